"""Random submissions to a witness, and a naive model of what it may cosign: it knows every leaf, the witness
knows signatures and proofs alone."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.notes import read_checkpoint, read_note
from interfaces.witness_wiring import make_witness, open_witness
from tests.witness.log import Log, body, mth

MOST = 40
sizes = st.integers(0, MOST)


class Submissions(RuleBasedStateMachine):
    """One log that forks into three histories of one key. The model: the leaves that were cosigned last."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
        make_witness(self.folder / "w", "witness.example", "ed25519")
        first = Log(MOST, "log.example/machine")
        self.histories = [first, first.fork(11, MOST, "a"), first.fork(24, MOST, "b")]
        self.now = 1_000_000.0
        self.witness = open_witness(self.folder / "w", clock=lambda: self.now)
        self.witness.trust(str(first.key))
        self.cosigned: list[bytes] | None = None
        self.last = 0
        self.proofs: set[bytes] = set()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(history=st.integers(0, 2), old=sizes, size=sizes, known=st.booleans(), broken=st.integers(0, 6))
    def anything_is_sent(self, history: int, old: int, size: int, known: bool, broken: int) -> None:
        log = self.histories[history]
        if known:  # from the size that the witness has
            old = len(self.cosigned or [])
        old, size = min(old, size), max(old, size)
        hashes = log.proof(old, size)
        if broken == 5 and hashes:
            hashes = [bytes([hashes[0][0] ^ 1]) + hashes[0][1:], *hashes[1:]]
        elif broken == 6:
            hashes = [*hashes, bytes(32)]
        self._send(log, old, size, hashes)

    @rule(history=st.integers(0, 2), by=st.integers(0, 3), passed=st.sampled_from([-2, 0, 0, 1, 60]))
    def it_grows_a_little(self, history: int, by: int, passed: int) -> None:
        log, old = self.histories[history], len(self.cosigned or [])
        self.now += passed
        size = min(old + by, MOST)
        self._send(log, old, size, log.proof(old, size))

    def _send(self, log: Log, old: int, size: int, hashes: list[bytes]) -> None:
        sound = hashes == log.proof(old, size)
        answer = self.witness.witnessing.add_checkpoint(body(old, hashes, str(log.note(size))))
        expected = self._expected(log.leaves[:size], old, sound)
        assert answer.verdict == expected, answer
        if expected == "cosigned":
            self.cosigned, self.last = log.leaves[:size], int(self.now)
        elif expected == "other_size":
            assert answer.text == f"{len(self.cosigned or [])}\n"

    def _expected(self, leaves: list[bytes], old: int, sound: bool) -> str:
        before = self.cosigned or []
        if self.cosigned is not None and len(leaves) == len(before) and leaves != before:
            self.proofs.add(mth(before) + mth(leaves))
        if old != len(before):
            return "other_size"
        if leaves[:old] != before or not sound:
            return "inconsistent"
        return "clock_behind" if self.now < self.last else "cosigned"

    @rule()
    def it_starts_again(self) -> None:
        self.witness = open_witness(self.folder / "w", clock=lambda: self.now)

    @rule()
    def it_is_distrusted_and_trusted_again(self) -> None:
        key = str(self.histories[0].key)
        assert self.witness.state.distrust(key) == 1
        answer = self.witness.witnessing.add_checkpoint(self.histories[0].body(0, MOST))
        assert answer.verdict == "unknown_log"
        self.witness.trust(key)

    @invariant()
    def what_is_known_is_what_was_cosigned(self) -> None:
        (known,) = self.witness.logs()
        if self.cosigned is None:
            assert known.latest is None
        else:
            assert known.latest is not None
            found = read_checkpoint(read_note(known.latest.note.encode()).text)
            assert (found.size, found.root) == (len(self.cosigned), mth(self.cosigned))
            assert known.latest.cosigned_at == self.last

    @invariant()
    def every_proof_of_a_fork_is_kept(self) -> None:
        kept: set[Any] = set()
        for each in self.witness.evidence():
            if each.kind == "same_size_other_root":
                ours = read_checkpoint(read_note(each.cosigned.encode()).text)
                theirs = each.refused.partition("\n\n")[2]
                kept.add(ours.root + read_checkpoint(read_note(theirs.encode()).text).root)
        assert kept == self.proofs


TestSubmissions = Submissions.TestCase
TestSubmissions.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
