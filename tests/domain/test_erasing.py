"""Who is refused when: for any dossiers, holds, periods, grounds and days, as a reading of the rules one by
one says; and what may follow what in an erasure, beside a model of four words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from application.erasing_concern import Concern, OfDossier, judge, stands_in_the_way
from application.retained import Retained
from domain import erasure_rules as rules
from domain.citizen import Citizen
from domain.erasure import GROUNDS, Erasure
from domain.facts import Actor, Envelope, Personal
from domain.holds import Hold
from domain.refusals import Refused
from domain.retention import RetentionPeriods

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PERSON = UUID(int=1)
PROCEDURES = ("1.000001", "1.000002")
EDGES = [date(year, month, day) for year in range(2024, 2028) for month, day in ((2, 28), (3, 1))]
DAYS = st.sampled_from([date(2024, 2, 29), *EDGES]) | st.dates(date(2024, 1, 1), date(2028, 12, 31))
"""Often such that a period ends on the very day."""


def envelope(name: str = "a") -> Envelope:
    return Envelope(Actor("officer", name), NOW)


def known_person() -> Citizen:
    citizen = Citizen.empty(PERSON)
    none: dict[str, None] = {"number": None, "phone": None, "address": None}
    citizen.identify(envelope(), kind="person", name=Personal(PERSON, "Lò"), number_kind="none", **none)
    citizen.collect_events()
    return citizen


@st.composite
def dossiers(draw: st.DrawFn) -> list[OfDossier]:
    found = []
    for number in range(draw(st.integers(0, 4))):
        status = draw(st.sampled_from((None, *range(1, 11))))
        since = draw(DAYS) if status in (3, 7, 8, 10) else None
        procedure = draw(st.sampled_from((*PROCEDURES, None)))
        found.append(
            OfDossier(UUID(int=100 + number), f"d{number}", procedure, status, since, draw(st.booleans()))
        )
    return found


@st.composite
def periods(draw: st.DrawFn) -> dict[str | None, int | None]:
    """Years by procedure; None for ever; what is not in it was never loaded."""
    asked = draw(st.lists(st.sampled_from((*PROCEDURES, None)), unique=True))
    return {procedure: draw(st.none() | st.integers(1, 3)) for procedure in asked}


def loaded(said: dict[str | None, int | None], held: list[tuple[UUID, bool]]) -> Retained:
    known = Retained()
    for number, (procedure, years) in enumerate(said.items()):
        one = RetentionPeriods.empty(UUID(int=200 + number))
        unit = "year" if years else None
        one.set(envelope(), procedure=procedure, amount=years, unit=unit, valid_from=None, source="x")
        known.periods[one.id] = one
    for number, (id, stands) in enumerate(held):
        hold = Hold.empty(UUID(int=300 + number))
        hold.place(envelope(), kind="dossier", held=id, ground="court", decision="5/TA")
        if not stands:
            hold.lift(envelope(), decision="6/TA")
        known.holds[hold.id] = hold
    return known


def years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


@settings(max_examples=400, deadline=None)
@given(
    dossiers(),
    periods(),
    st.lists(st.tuples(st.sampled_from([PERSON, UUID(int=100), UUID(int=999)]), st.booleans()), max_size=3),
    st.booleans(),
    st.booleans(),
    st.sampled_from(GROUNDS),
    DAYS,
)
def test_what_stands_in_the_way_is_what_the_rules_say_one_by_one(
    own: list[OfDossier],
    said: dict[str | None, int | None],
    held: list[tuple[UUID, bool]],
    voice: bool,
    group: bool,
    ground: str,
    day: date,
) -> None:
    concern = Concern("citizen", PERSON, {PERSON: known_person()}, own)
    concern.voices = [UUID(int=7)] if voice else []
    concern.groups = [UUID(int=8)] if group else []
    expected: set[str] = set()
    theirs = {PERSON, *(one.id for one in own)}
    if any(stands and id in theirs for id, stands in held):
        expected.add("erase.legal_hold")
    if any(one.status not in (3, 7, 8, 10) for one in own):
        expected.add("erase.procedure_open")
    if voice:
        expected.add("erase.complaint_open")
    if group:
        expected.add("erase.linked_group_open")
    if ground in ("person_asked", "retention_over"):
        for one in own:
            if one.since is None:
                continue
            if one.procedure not in said and None not in said:
                expected.add("erase.period_known")
                continue
            years = said[one.procedure] if one.procedure in said else said[None]
            if years is None:
                expected.add("erase.statutory_register")
            elif day < years_after(one.since, years):
                expected.add("erase.period_over")
    known = loaded(said, held)
    assert {way.rule.id for way in stands_in_the_way(concern, known, ground, day)} == expected
    if expected:
        with pytest.raises(Refused) as refusal:
            judge(concern, known, ground, day)
        assert refusal.value.rule.id in expected
    else:
        judge(concern, known, ground, day)


class ErasureMachine(RuleBasedStateMachine):
    """One person and one erasure after another, by two officers; the model is a word for each."""

    def __init__(self) -> None:
        super().__init__()
        self.citizen, self.number = known_person(), 1000
        self.person, self.by, self.erasure = "lives", "", Erasure.empty(UUID(int=0))

    def expect(self, refused: object, doing: object) -> None:
        if refused is None:
            doing()  # type: ignore[operator]
        else:
            with pytest.raises(Refused) as refusal:
                doing()  # type: ignore[operator]
            assert refusal.value.rule is refused

    @rule(officer=st.sampled_from("ab"))
    def request(self, officer: str) -> None:
        says = {"erased": rules.ALREADY, "asked": rules.REQUESTED_ONCE}.get(self.person)
        self.number += 1
        erasure = Erasure.empty(UUID(int=self.number))

        def doing() -> None:
            self.citizen.begin_erasure(envelope(officer), erasure.id)
            erasure.request(
                envelope(officer),
                kind="citizen",
                subject=PERSON,
                citizens=(PERSON,),
                ground="person_asked",
                decision="1/QĐ",
            )

        self.expect(says, doing)
        if says is None:
            self.person, self.by, self.erasure = "asked", officer, erasure

    @rule(officer=st.sampled_from("ab"))
    def carry_out(self, officer: str) -> None:
        says = None if self.person == "asked" and officer != self.by else rules.REQUESTED
        if self.person == "asked" and officer == self.by:
            says = rules.FOUR_EYES

        def doing() -> None:
            self.erasure.carry_out(envelope(officer), subjects=(PERSON,), beside=(), files=0)
            self.citizen.end_erasure(envelope(officer), self.erasure.id, carried_out=True)

        self.expect(says, doing)
        if says is None:
            self.person = "erased"

    @rule(officer=st.sampled_from("ab"))
    def withdraw(self, officer: str) -> None:
        says = None if self.person == "asked" else rules.REQUESTED

        def doing() -> None:
            self.erasure.withdraw(envelope(officer), ground="mistake")
            self.citizen.end_erasure(envelope(officer), self.erasure.id, carried_out=False)

        self.expect(says, doing)
        if says is None:
            self.person = "lives"

    @rule()
    def begin_something(self) -> None:
        says = {"erased": rules.ALREADY, "asked": rules.BEING_DECIDED}.get(self.person)
        self.expect(says, self.citizen.judge_may_begin)

    @rule()
    def verify(self) -> None:
        says = rules.ALREADY if self.person == "erased" else None
        self.expect(says, lambda: self.citizen.verify(envelope(), level="vneid_2", source="vneid"))

    @precondition(lambda self: self.person == "erased")
    @rule()
    def another_erasure_does_not_end_this_one(self) -> None:
        self.expect(
            rules.SAME_PEOPLE,
            lambda: self.citizen.end_erasure(envelope(), UUID(int=5), carried_out=False),
        )


TestErasure = ErasureMachine.TestCase
TestErasure.settings = settings(max_examples=100, deadline=None)


def test_a_period_set_before_another_and_half_a_period_are_refused() -> None:
    one = RetentionPeriods.empty(UUID(int=1))

    def put(amount: int | None, unit: str | None, valid_from: date | None) -> None:
        one.set(envelope(), procedure=None, amount=amount, unit=unit, valid_from=valid_from, source="x")

    for amount, unit in ((1, None), (None, "year"), (1, "day"), (0, "year")):
        with pytest.raises(Refused) as half:
            put(amount, unit, None)
        assert half.value.rule is rules.PERIOD_WHOLE
    put(2, "year", date(2026, 1, 1))
    for earlier in (None, date(2026, 1, 1), date(2025, 1, 1)):
        with pytest.raises(Refused) as order:
            put(1, "year", earlier)
        assert order.value.rule is rules.PERIOD_ORDER
    assert one.on(date(2025, 12, 31)) is None
    period = one.on(date(2026, 1, 1))
    assert period is not None
    assert period.over_on(date(2024, 2, 29)) == date(2026, 2, 28)
    assert period.over_on(date(2026, 1, 31)) == date(2028, 1, 31)


def test_a_period_is_over_on_its_day_and_not_the_day_before() -> None:
    concern = Concern("citizen", PERSON, {PERSON: known_person()})
    concern.dossiers = [OfDossier(UUID(int=100), "d", PROCEDURES[0], 10, date(2024, 7, 1), True)]
    known = loaded({PROCEDURES[0]: 2}, [])
    with pytest.raises(Refused) as refusal:
        judge(concern, known, "retention_over", date(2026, 6, 30))
    assert refusal.value.rule is rules.PERIOD_RUNS
    assert refusal.value.details["until"] == "2026-07-01"
    judge(concern, known, "retention_over", date(2026, 7, 1))
