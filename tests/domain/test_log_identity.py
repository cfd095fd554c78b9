"""The log's name and keys against a naive model of them: logs are opened and lost, keys come and go in any
order, and the aggregate lets happen exactly what the model does. The model is a list of lines."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from domain import log_rules as rules
from domain.facts import Fact, Recorded
from domain.log_identity import Log, LogIdentity, demo_origin, logs_of
from domain.record_rules import ONE_OF
from domain.refusals import Refused, Rule
from tests.domain.situations import an_id, by

ORIGINS = ("hoso/one", "hoso/one/2", "hoso/one/3", "demo.other")
STEP = 10  # positions between two facts: other facts are recorded too


def vkey(origin: str, number: int, algorithm: int = 1) -> str:
    """C2SP signed-note, written out once more."""
    public = bytes([algorithm]) + hashlib.sha256(bytes([number])).digest()
    key_id = hashlib.sha256(origin.encode() + b"\n" + public).digest()[:4].hex()
    return f"{origin}+{key_id}+{base64.b64encode(public).decode()}"


def key_id(key: str) -> str:
    return key.split("+")[1]


@dataclass
class Line:
    """One key of one log in the model: at which fact it came, and at which it went."""

    log: int
    origin: str
    key: str
    came: int
    went: int | None = None


@dataclass
class Model:
    lines: list[Line] = field(default_factory=list)
    opened: int = 0
    lost: bool = True

    @property
    def signing(self) -> list[Line]:
        return [line for line in self.lines if line.went is None]


def fold(facts: list[Fact]) -> tuple[Log, ...]:
    at = datetime(2025, 6, 1, tzinfo=UTC)
    return logs_of(Recorded(fact, number * STEP, at, b"") for number, fact in enumerate(facts, 1))


class LogMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.identity = LogIdentity.empty(an_id(7))
        self.facts: list[Fact] = []
        self.model = Model()

    def expect(self, wanted: Rule | None, doing: Callable[[], None]) -> bool:
        if wanted is not None:
            with pytest.raises(Refused) as caught:
                doing()
            assert caught.value.rule == wanted
            assert self.identity.pending_events == []
            return False
        doing()
        self.facts += self.identity.collect_events()
        return True

    def bad_key(self, origin: str, key: str) -> Rule | None:
        if not key.startswith(origin + "+"):
            return rules.KEY_FORM
        public = key.split("+", 2)[2]
        if any(line.key.split("+", 2)[2] == public for line in self.model.lines):
            return rules.KEY_ONCE
        return None

    @rule(origin=st.sampled_from(ORIGINS), named=st.sampled_from(ORIGINS), number=st.integers(0, 7))
    def begin(self, origin: str, named: str, number: int) -> None:
        key, wanted = vkey(named, number), None
        if not self.model.lost:
            wanted = rules.OPEN_ONCE
        elif any(line.origin == origin for line in self.model.lines):
            wanted = rules.ORIGIN_NEW
        else:
            wanted = self.bad_key(origin, key)
        if self.expect(wanted, lambda: self.identity.open(by(), origin=origin, key=key)):
            self.model.opened, self.model.lost = self.model.opened + 1, False
            self.model.lines.append(Line(self.model.opened, origin, key, len(self.facts)))

    @rule(named=st.sampled_from(ORIGINS), number=st.integers(0, 7), own=st.booleans())
    def add(self, named: str, number: int, own: bool) -> None:
        origin = self.model.lines[-1].origin if self.model.lines else ""
        key = vkey(origin if own and origin else named, number)
        wanted = rules.OPEN if self.model.lost else self.bad_key(origin, key)
        if self.expect(wanted, lambda: self.identity.add_key(by(), key=key)):
            self.model.lines.append(Line(self.model.opened, origin, key, len(self.facts)))

    @rule(number=st.integers(0, 7), ground=st.sampled_from(("rotated", "lost", "exposed", "bored")))
    def withdraw(self, number: int, ground: str) -> None:
        origin = self.model.lines[-1].origin if self.model.lines else "none"
        key = vkey(origin, number)
        line = next((line for line in self.model.signing if line.key == key), None)
        wanted = None
        if ground == "bored":
            wanted = ONE_OF
        elif self.model.lost:
            wanted = rules.OPEN
        elif line is None:
            wanted = rules.KEY_SIGNS
        elif len(self.model.signing) == 1:
            wanted = rules.KEY_LAST
        doing = lambda: self.identity.withdraw_key(by(), key_id=key_id(key), ground=ground)  # noqa: E731
        if self.expect(wanted, doing):
            assert line is not None
            line.went = len(self.facts)

    @rule(ground=st.sampled_from(("restored_backup", "forked", "head_lost", "bored")))
    def lose(self, ground: str) -> None:
        wanted = ONE_OF if ground == "bored" else rules.OPEN if self.model.lost else None
        lost = {"kept_size": 5, "kept_root": "ab" * 32, "head": None, "ground": ground}
        if self.expect(wanted, lambda: self.identity.lose_history(by(), **lost)):  # type: ignore[arg-type]
            self.model.lost = True
            for line in self.model.signing:
                line.went = len(self.facts)

    @invariant()
    def who_signs_which_size_is_what_the_lines_say(self) -> None:
        logs = fold(self.facts)
        assert [log.number for log in logs] == list(range(1, self.model.opened + 1))
        assert [log.lost is None for log in logs] == [
            not self.model.lost and log.number == self.model.opened for log in logs
        ]
        for size in {s for n in range(len(self.facts) + 2) for s in (n * STEP - 1, n * STEP, n * STEP + 1)}:
            said = {(log.number, str(key)) for log in logs for key in log.signers(size)}
            wanted = {
                (line.log, line.key)
                for line in self.model.lines
                if line.came * STEP <= size and (line.went is None or size < line.went * STEP)
            }
            assert said == wanted
        if logs and not self.model.lost:
            assert {str(key) for key in logs[-1].signing()} == {line.key for line in self.model.signing}
            assert logs[-1].signing()

    @invariant()
    def what_was_recorded_gives_the_same_identity(self) -> None:
        again = LogIdentity.empty(an_id(7))
        for fact in self.facts:
            again.replay(fact)
        assert again.logs == self.identity.logs


def test_the_identity_does_what_a_naive_one_does() -> None:
    run_state_machine_as_test(
        LogMachine,
        settings=settings(
            max_examples=150, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_a_further_log_is_called_after_the_first_one() -> None:
    identity = LogIdentity.empty(an_id(7))
    assert identity.next_origin("hoso/one") == "hoso/one"
    for number in (1, 2, 3):
        origin = identity.next_origin("something.else")
        identity.open(by(), origin=origin, key=vkey(origin, number))
        identity.lose_history(by(), head=None, kept_size=1, kept_root="00" * 32, ground="head_lost")
    assert [log.origin for log in identity.logs] == ["something.else", "something.else/2", "something.else/3"]


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\n", "hồ-sơ", "a" * 121, "a\u00a0b"])
def test_a_name_that_a_note_cannot_carry_is_refused(origin: str) -> None:
    identity = LogIdentity.empty(an_id(7))
    with pytest.raises(Refused) as refused:
        identity.open(by(), origin=origin, key=vkey(origin, 1))
    assert refused.value.rule == rules.ORIGIN_FORM


@pytest.mark.parametrize(
    "key",
    ["", "hoso/one", vkey("hoso/one", 1)[:-4], vkey("hoso/one", 1) + " ", vkey("hoso/one", 1, algorithm=4)],
)
def test_what_is_no_signing_key_of_the_log_is_refused(key: str) -> None:
    identity = LogIdentity.empty(an_id(7))
    with pytest.raises(Refused) as refused:
        identity.open(by(), origin="hoso/one", key=key)
    assert refused.value.rule == rules.KEY_FORM


def test_one_public_key_under_two_names_is_one_key() -> None:
    identity = LogIdentity.empty(an_id(7))
    identity.open(by(), origin="hoso/one", key=vkey("hoso/one", 1))
    identity.lose_history(by(), head=None, kept_size=1, kept_root="00" * 32, ground="forked")
    with pytest.raises(Refused) as refused:
        identity.open(by(), origin="hoso/one/2", key=vkey("hoso/one/2", 1))
    assert refused.value.rule == rules.KEY_ONCE


def test_a_demo_ledger_s_origin_says_so_once() -> None:
    assert demo_origin("hoso/one") == "demo.hoso/one"
    assert demo_origin("demo.hoso/one") == "demo.hoso/one"
