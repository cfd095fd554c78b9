"""Each rule of what citizens say, and of rating, by the situation in which it is met."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain import record_rules, voice_rules
from domain.facts import Actor, Personal, Recorded
from domain.refusals import Refused, Rule
from domain.voice import Voice, is_late, judge_said_now
from domain.voice_facts import VoiceLimitSet
from domain.voice_limits import VoiceLimits, VoiceLimitsKnown
from tests.domain import situations as given
from tests.domain.situations import (
    A_TEXT,
    DESK,
    DIVISION,
    GIVEN,
    OFFICER,
    OWNER,
    START,
    SUBMITTER,
    assert_refused,
    by,
)

DAY = timedelta(days=1)


def received(**changes: Any) -> Voice:
    voice = Voice.empty(given.an_id(500))
    receive(voice, **changes)
    return voice


def receive(voice: Voice, **changes: Any) -> None:
    said: dict[str, Any] = {
        "kind": "complaint",
        "agency": DESK,
        "way": "post",
        "text": A_TEXT,
        "by": OWNER,
        "counted_from": START,
        "calendar_position": 7,
    }
    voice.receive(by(), **said | changes)


def refused(rule: Rule, doing: Any) -> None:
    with pytest.raises(Refused) as refusal:
        doing()
    assert refusal.value.rule is rule


def test_it_is_received_once_and_as_what_exists() -> None:
    voice = received()
    refused(voice_rules.VOICE_ONCE, lambda: receive(voice))
    assert voice.version == 1
    for changes in ({"kind": "rumour"}, {"way": "dream"}):
        refused(record_rules.ONE_OF, lambda changes=changes: received(**changes))


@pytest.mark.parametrize(
    ("limit", "due"),
    [((5, "hour"), None), (None, START + DAY), ((5, "hour"), START), ((5, "hour"), START - DAY)],
)
def test_a_limit_is_whole_or_unknown(limit: Any, due: Any) -> None:
    refused(voice_rules.VOICE_LIMIT_WHOLE, lambda: received(limit=limit, due=due))


def test_what_was_not_received_goes_nowhere() -> None:
    nothing = Voice.empty(given.an_id(501))
    for doing in (
        lambda: nothing.pass_on(by(), from_agency=DESK, to_agency=DIVISION, reason=A_TEXT),
        lambda: nothing.answer(by(), agency=DESK, outcome="upheld", text=A_TEXT),
        lambda: nothing.withdraw(by()),
    ):
        refused(voice_rules.VOICE_KNOWN, doing)


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "withdrawn"])
def test_what_has_ended_goes_no_further(answered: bool) -> None:
    voice = received()
    if answered:
        voice.answer(by(), agency=DESK, outcome="upheld", text=A_TEXT)
    else:
        voice.withdraw(by(), reason=A_TEXT)
    for doing in (
        lambda: voice.pass_on(by(), from_agency=DESK, to_agency=DIVISION, reason=A_TEXT),
        lambda: voice.answer(by(), agency=DESK, outcome="upheld", text=A_TEXT),
        lambda: voice.withdraw(by()),
    ):
        refused(voice_rules.VOICE_OPEN, doing)


def test_it_is_passed_on_to_another_agency_and_answered_with_what_exists() -> None:
    voice = received()
    to_itself = lambda: voice.pass_on(by(), from_agency=DESK, to_agency=DESK, reason=A_TEXT)  # noqa: E731
    refused(voice_rules.VOICE_TO_ANOTHER, to_itself)
    voice.pass_on(by(), from_agency=DESK, to_agency=DIVISION, reason=A_TEXT)
    assert voice.agency == DIVISION
    ignored = lambda: voice.answer(by(), agency=DIVISION, outcome="ignored", text=A_TEXT)  # noqa: E731
    refused(record_rules.ONE_OF, ignored)


def test_what_nobody_is_named_for_is_not_withdrawn() -> None:
    voice = received(by=None)
    refused(voice_rules.VOICE_BY_SOMEBODY, lambda: voice.withdraw(by()))
    assert (voice.subject, received().subject) == (voice.id, OWNER)


def test_an_officer_who_takes_it_back_for_somebody_says_why() -> None:
    voice = received()
    refused(voice_rules.VOICE_TAKEN_BACK_FOR, lambda: voice.withdraw(by()))
    voice.withdraw(by(), reason=A_TEXT)
    taken_back = received()
    taken_back.withdraw(replace(by(), actor=Actor("applicant", str(OWNER))))
    assert (voice.withdrawn, taken_back.withdrawn) == (True, True)


def test_an_earlier_day_is_stated_by_who_received_it() -> None:
    spoken = replace(by(), actor=Actor("applicant", str(OWNER)))
    refused(voice_rules.VOICE_SAID_NOW, lambda: judge_said_now(spoken, START + DAY))
    judge_said_now(spoken, START)
    judge_said_now(by(), START + DAY)


def test_late_is_what_ends_at_its_due_date_or_after_it() -> None:
    due = START + DAY
    assert is_late(due, due, due + DAY) is True
    assert is_late(due, due - timedelta(microseconds=1), due + DAY) is False
    assert (is_late(due, None, due), is_late(due, None, START)) == (True, False)
    assert is_late(None, None, due) is None


# -- limits


def limits(*valid_from: date | None, kind: str = "complaint", amount: int = 5) -> VoiceLimits:
    made = VoiceLimits.empty(given.an_id(600))
    for number, day in enumerate(valid_from):
        made.set(by(), kind=kind, amount=amount + number, unit="working_day", valid_from=day, source="thử")
    return made


@pytest.mark.parametrize(
    "days",
    [(None, None), (date(2025, 6, 1), None), (date(2025, 6, 1), date(2025, 6, 1))],
    ids=["twice", "from the beginning after a day", "the same day"],
)
def test_each_limit_holds_from_a_later_day(days: tuple[date | None, ...]) -> None:
    refused(voice_rules.VOICE_LIMIT_ORDER, lambda: limits(*days))


def test_a_stream_of_limits_is_of_one_kind_and_of_whole_numbers() -> None:
    made = limits(None)
    other: dict[str, Any] = {"amount": 1, "unit": "hour", "valid_from": date(2025, 6, 1), "source": "thử"}
    refused(voice_rules.VOICE_LIMIT_ORDER, lambda: made.set(by(), kind="feedback", **other))
    refused(record_rules.DEADLINE_AMOUNT, lambda: limits(None, amount=0))
    refused(record_rules.ONE_OF, lambda: made.set(by(), kind="complaint", **other | {"unit": "moon"}))


def test_limits_are_known_as_of_a_position_and_hold_from_their_day() -> None:
    known = VoiceLimitsKnown()
    for position, fact in zip((10, 20), limits(None, date(2025, 6, 1)).collect_events(), strict=True):
        assert isinstance(fact, VoiceLimitSet)
        known.apply(Recorded(fact, position, datetime(2025, 5, 1, tzinfo=UTC), b""))
    may, june = date(2025, 5, 31), date(2025, 6, 1)

    def amount(day: date, position: int | None = None, kind: str = "complaint") -> int | None:
        found = known.on(kind, day, position)
        return None if found is None else found.amount

    assert (amount(may), amount(june)) == (5, 6)
    assert [amount(june, position) for position in (9, 10, 19, 20)] == [None, 5, 5, 6]
    assert amount(june, kind="feedback") is None


# -- rating


@pytest.mark.parametrize("party", [OWNER, SUBMITTER])
def test_each_party_rates_once(party: UUID) -> None:
    dossier = GIVEN[10]()
    status, held = dossier.status, list(dossier.holder_sets)
    dossier.rate(by(), by=OWNER, score=2)
    dossier.rate(by(), by=SUBMITTER, score=0, comment=Personal(SUBMITTER, "chậm"))
    assert (dossier.status, dossier.holder_sets) == (status, held)
    assert dossier.ratings == {OWNER: 2, SUBMITTER: 0}
    assert_refused(voice_rules.RATE_ONCE, dossier, lambda: dossier.rate(by(), by=party, score=1))


@pytest.mark.parametrize("nobody", [OFFICER, None])
def test_nobody_else_rates(nobody: UUID | None) -> None:
    dossier = GIVEN[10]()
    assert_refused(voice_rules.RATE_PARTY, dossier, lambda: dossier.rate(by(), by=nobody, score=1))


@pytest.mark.parametrize("score", [-1, 3])
def test_a_rating_is_two_one_or_nought(score: int) -> None:
    dossier = GIVEN[9]()
    assert_refused(voice_rules.RATE_SCORE, dossier, lambda: dossier.rate(by(), by=OWNER, score=score))


def test_what_is_under_way_is_not_rated() -> None:
    dossier = GIVEN[4]()
    assert_refused(voice_rules.RATE, dossier, lambda: dossier.rate(by(), by=OWNER, score=1))
