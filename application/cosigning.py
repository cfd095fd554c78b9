"""Asking the witnesses of a policy to cosign a checkpoint: all at once, bounded in time, and nothing is
believed that does not verify.

A witness answers with signature lines, with the size that it has (then it is asked again with a proof from
there), or with a refusal. A line counts when it is by a key of the policy, good for this very checkpoint, and
of about now: at most a minute ahead of our clock, and not older than the freshness bound.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from application.tlog_ports import (
    Consistency,
    Cosignature,
    Cosigned,
    LastCosignature,
    Refused,
    TlogUnavailable,
    Verify,
    Witness,
)
from domain.notes import (
    Note,
    NoteBroken,
    Signature,
    VerifierKey,
    cosigned_at,
    read_checkpoint,
    read_note,
    signed_by,
)
from domain.trust_policy import TrustPolicy
from domain.witness_protocol import read_cosignatures

AHEAD_SECONDS = 60
TRIES = 3
"""A witness that names another size each time is given up."""
GRACE_SECONDS = 2.0
"""How long the others may still take once the quorum is there."""
AGAIN_SECONDS = 15.0
"""After which a witness that did not cosign is asked again about the same checkpoint."""
OTHER_SIZE = 409


class _NotCosigned(Exception):
    """What is wrong with one witness, as the operator reads it."""


@dataclass(slots=True)
class _Known:
    """What is known of one witness and this log: on record, and since this process began."""

    size: int = 0
    highest: int = 0
    last: datetime | None = None
    lines: dict[VerifierKey, Cosignature] = field(default_factory=dict)
    """For the checkpoint that was asked about last."""


class Cosigning:
    """The Cosigner of a policy. `clock`: POSIX time in seconds; `seconds`: for all witnesses together;
    `fresh_seconds`: how old a cosignature may be."""

    def __init__(
        self,
        policy: TrustPolicy,
        witnesses: Sequence[Witness],
        verify: Verify,
        clock: Callable[[], float],
        *,
        seconds: float,
        fresh_seconds: float,
    ) -> None:
        self._policy, self._witnesses = policy, witnesses
        self._verify, self._clock = verify, clock
        self._seconds, self._fresh = seconds, fresh_seconds
        self._known = {witness.name: _Known() for witness in witnesses}
        self._origin = self._text = ""

    def knows(self, origin: str, cosigned: Sequence[LastCosignature]) -> None:
        """See the port."""
        self._of(origin)
        on_record = {(one.witness, one.key_id): one for one in cosigned}
        for witness in self._witnesses:
            known = self._known[witness.name]
            for key in witness.keys:
                if (one := on_record.get((key.name, key.key_id))) is not None:
                    known.size = known.highest = max(known.highest, one.size)
                    known.last = one.cosigned_at if known.last is None else max(known.last, one.cosigned_at)

    async def cosign(self, note: str, size: int, consistency: Consistency) -> Cosigned:
        """See the port. A checkpoint that was asked about before keeps the cosignatures that it has, and only
        those are asked that lack or whose cosignature is half as old as it may be."""
        read = read_note(note.encode())
        self._of(read_checkpoint(read.text).origin)
        if read.text != self._text:
            self._text = read.text
            for known in self._known.values():
                known.lines = {}
        wanting = [witness for witness in self._witnesses if not self._has_fresh(witness)]
        wrong = await self._ask_all(wanting, read, size, consistency)
        lines = [line for known in self._known.values() for line in known.lines.values()]
        unnamed = unnamed_log(self._policy, self._origin, {one.key_id for one in read.signatures})
        quorum = unnamed is None and self._policy.reached({line.key for line in lines})
        again = AGAIN_SECONDS if wrong else self._fresh / 2
        report = " ".join(said for said in (unnamed, self._report(wrong, quorum)) if said) or None
        return Cosigned(tuple(lines), quorum, report, again if self._witnesses else None)

    def _of(self, origin: str) -> None:
        """Another log begins: after a loss, nothing that a witness has of the one before is of this one."""
        if origin != self._origin:
            self._origin, self._text = origin, ""
            self._known = {witness.name: _Known() for witness in self._witnesses}

    async def _ask_all(
        self, wanting: Sequence[Witness], note: Note, size: int, consistency: Consistency
    ) -> dict[str, str]:
        """What is wrong, by the witness's name."""
        asked = {asyncio.create_task(self._ask(each, note, size, consistency)): each for each in wanting}
        wrong: dict[str, str] = {}
        loop = asyncio.get_running_loop()
        until = loop.time() + self._seconds
        pending = set(asked)
        try:
            while pending and (left := until - loop.time()) > 0:
                done, pending = await asyncio.wait(pending, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    if problem := task.result():
                        wrong[asked[task].name] = problem
                if self._has_quorum():
                    until = min(until, loop.time() + GRACE_SECONDS)
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)
        return wrong | {asked[task].name: "did not answer in time" for task in pending}

    async def _ask(self, witness: Witness, note: Note, size: int, consistency: Consistency) -> str | None:
        """None, or what is wrong."""
        try:
            answer = await self._answer(witness, note, size, consistency)
            self._believe(witness, note, answer)
        except _NotCosigned as problem:
            return str(problem)
        except TlogUnavailable as error:
            return str(error)
        known = self._known[witness.name]
        known.size = size
        known.highest = max(known.highest, size)
        return None

    async def _answer(self, witness: Witness, note: Note, size: int, consistency: Consistency) -> str:
        known = self._known[witness.name]
        old = known.size if known.size <= size else 0
        for _ in range(TRIES):
            proof = [] if old in (0, size) else await consistency(old)
            answer = await witness.add_checkpoint(old, proof, str(note))
            if isinstance(answer, str):
                _not_forgotten(known, old)
                return answer
            if answer.status != OTHER_SIZE or answer.latest is None:
                raise _NotCosigned(f"refuses with {answer.status}: {answer.says}")
            old = self._older(known, old, size, answer)
        raise _NotCosigned(f"named another size at each of {TRIES} tries")

    def _older(self, known: _Known, old: int, size: int, answer: Refused) -> int:
        """From which size to try again."""
        latest = answer.latest
        assert latest is not None
        if latest > size:
            raise _NotCosigned(
                f"has cosigned {latest} entries, more than the {size} of this log: this log lost its end, or "
                "somebody else signs with its key. Stop attesting until that is known; where database and "
                "head were both restored, move the head away and run `hoso tlog recover --ground head_lost`"
            )
        _not_forgotten(known, latest)
        if latest == old:
            raise _NotCosigned(f"says that it has cosigned {latest} entries and refuses to go on from them")
        known.size = latest
        return latest

    def _believe(self, witness: Witness, note: Note, answer: str) -> None:
        """Keep the cosignatures that are good. Raises _NotCosigned where one is not, or a key has none."""
        try:
            lines = read_cosignatures(answer.encode())
        except NoteBroken as error:
            raise _NotCosigned(f"answers with no cosignature: {error}") from None
        known = self._known[witness.name]
        for key in witness.keys:
            line = next((each for each in lines if (each.name, each.key_id) == (key.name, key.key_id)), None)
            if line is None:
                raise _NotCosigned(f"did not sign by the key {key.key_id.hex()} of the policy")
            at = self._good(note, key, line)
            known.lines[key] = Cosignature(key, line, at)
            known.last = at if known.last is None else max(known.last, at)

    def _good(self, note: Note, key: VerifierKey, line: Signature) -> datetime:
        try:
            signed_by(Note(note.text, (line,)), key, self._verify)
        except NoteBroken:
            raise _NotCosigned(f"answers with a signature by {key.key_id.hex()} that is not good") from None
        ahead = cosigned_at(line) - self._clock()
        if ahead > AHEAD_SECONDS:
            raise _NotCosigned(f"signs with a time {ahead:.0f} s ahead of ours: one of the clocks is wrong")
        if -ahead > self._fresh:
            raise _NotCosigned(
                f"signs with a time that passed {-ahead:.0f} s ago: one of the clocks is wrong"
            )
        return datetime.fromtimestamp(cosigned_at(line), UTC)

    def _has_quorum(self) -> bool:
        return self._policy.reached({key for known in self._known.values() for key in known.lines})

    def _has_fresh(self, witness: Witness) -> bool:
        lines = self._known[witness.name].lines
        return all(
            key in lines and self._clock() - lines[key].cosigned_at.timestamp() < self._fresh / 2
            for key in witness.keys
        )

    def _report(self, wrong: dict[str, str], quorum: bool) -> str | None:
        """One sentence for each witness that something is wrong with."""
        if not wrong:
            return None
        told = [f"The witness {name} {problem}{self._age(name)}." for name, problem in wrong.items()]
        return " ".join(([] if quorum else ["The quorum of witnesses is missing."]) + told)

    def _age(self, name: str) -> str:
        """Where its last cosignature is older than the bound."""
        last = self._known[name].last
        if last is None:
            return ""
        seconds = self._clock() - last.timestamp()
        return f"; its last cosignature is {seconds / 60:.0f} minutes old" if seconds > self._fresh else ""


def unnamed_log(policy: TrustPolicy, origin: str, key_ids: Collection[bytes]) -> str | None:
    """What is wrong where the policy names logs and not this one by a key that signs it: whoever verifies by
    that file refuses every proof of this log, however many witnesses cosigned it."""
    if policy.names(origin, key_ids):
        return None
    named = ", ".join(sorted({log.key.name for log in policy.logs})[:3])
    other = "by other keys only" if policy.keys_of(origin) else f"but others ({named})"
    return (
        f"The policy in HOSO_WITNESS_POLICY does not name this log, {origin}, {other}, so no checkpoint is"
        " good by it. Add a line `log` with the key that GET /tlog/key shows, or take out its lines `log`;"
        " then start again."
    )


def _not_forgotten(known: _Known, has: int) -> None:
    """A witness goes on from what it cosigned, never from less."""
    if has < known.highest:
        raise _NotCosigned(
            f"has {has} entries and cosigned {known.highest} before: it lost its state and must not be "
            "believed. Tell its operator, and take it out of the policy"
        )
