"""Random lives of a dossier, lawful and not, against a naive life that counts days over the calendar file:
the same status, the same due date, the same remaining time, a history that replays to the same dossier, and
an audit that finds every date again."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from application.acted import Acted
from application.audit_clocks import wrong_dates
from application.clocks import catch_up, follow
from application.dossiers import envelope_of, perform
from application.moment import Moment
from application.organisation import Organisation
from application.policy import Acting
from domain.deadlines import remaining
from domain.dossier import Dossier
from domain.facts import Actor, Aggregate, Envelope, Recorded
from domain.local_time import VIETNAM
from domain.office_hours import OfficeHours
from domain.outages import Outages
from domain.procedure import Procedure
from domain.refusals import Refused
from domain.working_hours import OFFICE
from tests.clock.calendars import OFFICE_WEEK, years
from tests.clock.naive_days import STEP, NaiveDays
from tests.clock.naive_life import FROM, Limit, NaiveLife
from tests.clock.naive_life import Procedure as NaiveProcedure
from tests.domain import situations as given

EPOCH = datetime(2025, 4, 1)  # noqa: DTZ001
MOST_STEPS = (datetime(2026, 12, 1) - EPOCH) // STEP  # noqa: DTZ001
NAIVE_DAYS = NaiveDays()
LIMITS = st.one_of(
    st.tuples(st.integers(1, 15), st.just("working_day")),
    st.tuples(st.integers(1, 30), st.just("calendar_day")),
    st.tuples(st.integers(1, 90), st.just("hour")),
    st.tuples(st.integers(1, 40), st.just("working_hour")),
    st.tuples(st.integers(1, 2), st.just("month")),
)
PATTERNS = st.sampled_from([None, "recount", "suspend", "residual", "restart_at_intake", "new_submission"])
WAITS = st.sampled_from(["payment", "consultation", "inspection"])
ACTING = Acting(Actor("officer", str(UUID(int=1))), None, given.DESK)
WHOLE_DAY = 24 * 12
ENDINGS = ("finish", "withdraw")
GOING_ON = sorted(set(FROM) - set(ENDINGS))
HEAD = count(1)
"""Positions of the log: what is recorded later is not known before."""
LONG_ENOUGH = 15
"""Facts after which a life may end."""


@cache
def in_general() -> tuple[Recorded[Any], ...]:
    """The file's calendar and office hours."""
    made: list[Aggregate] = list(years())
    hours = OfficeHours.empty(uuid4())
    openings = tuple(
        {"day": day, "opens": opens.isoformat(), "closes": closes.isoformat()}
        for day, spans in enumerate(OFFICE_WEEK, start=1)
        for opens, closes in spans
    )
    hours.set(given.by(), schedule=OFFICE, valid_from=None, openings=openings, source="thử")
    facts = [fact for aggregate in (*made, hours) for fact in aggregate.collect_events()]
    return tuple(Recorded(fact, next(HEAD), given.START, b"") for fact in facts)


def organisation() -> Organisation:
    """With these; each life adds a procedure and outages of its own."""
    known = Organisation()
    for recorded in in_general():
        known.apply(recorded)
    return known


def record(known: Organisation, aggregate: Aggregate) -> None:
    for fact in aggregate.collect_events():
        known.apply(Recorded(fact, next(HEAD), given.START, b""))


def published(procedure: NaiveProcedure) -> Procedure:
    amount, unit = procedure.limit
    supplement: dict[str, Any] = {"pattern": procedure.pattern}
    if procedure.residual is not None:
        fresh, fresh_unit = procedure.residual
        supplement["residual"] = {"amount": fresh, "unit": fresh_unit}
    line = {"channel": "counter", "case": None, "limit_amount": amount, "limit_unit": unit, "fee_vnd": 0}
    made = Procedure.empty(uuid4())
    clock: dict[str, Any] = {"start": procedure.start, "excluded": sorted(procedure.excluded)}
    if procedure.moved_by_outages:
        clock["outages"] = [str(made.id)]
    made.publish(
        given.by(),
        code=str(made.id),
        number=1,
        name="thử",
        field="thử",
        decision_no="1",
        valid_from=None,
        level="commune",
        place_basis="residence",
        channels=(line,),
        components=(),
        results=(),
        source="thử",
        origin={},
        terms={"clock": clock, "supplement": supplement},
    )
    return made


class Lives(RuleBasedStateMachine):
    @initialize(
        limit=LIMITS,
        start=st.sampled_from(["acceptance", "acceptance", "payment"]),
        excluded=st.frozensets(WAITS),
        pattern=PATTERNS,
        residual=st.tuples(st.integers(1, 10), st.just("working_day")),
        at=st.integers(0, MOST_STEPS),
        begun=st.booleans(),
        outages=st.booleans(),
    )
    def begin(
        self,
        limit: Limit,
        start: str,
        excluded: frozenset[str],
        pattern: str | None,
        residual: Limit,
        at: int,
        begun: bool,
        outages: bool,
    ) -> None:
        told = residual if pattern == "residual" else None
        procedure = NaiveProcedure(limit, start, excluded, pattern, told, outages)
        self.naive = NaiveLife(procedure, NAIVE_DAYS, OFFICE_WEEK)
        self.known, own = organisation(), published(procedure)
        record(self.known, own)
        self.system, self.outages = str(own.id), Outages.empty(uuid4())
        self.positions: list[int] = []
        self.shown = EPOCH + at * STEP
        self.dossier = Dossier.empty(given.an_id(100))
        self.dossier.submit(
            Envelope(ACTING.actor, self.now, None, given.DESK, given.DESK),
            code="000.00.21.H26-250602-0001",
            code_origin="assumed",
            procedure=own.id,
            procedure_code=own.code,
            channel="counter",
            owner=given.OWNER,
            submitter=given.OWNER,
            receiving_agency=given.DESK,
            competent_agency=given.DESK,
            returning_agency=given.DESK,
            components=(),
        )
        for act in ("accept", "assign") if begun else ():
            self.attempt(act)

    @property
    def now(self) -> datetime:
        return self.shown.replace(tzinfo=VIETNAM).astimezone(UTC)

    @rule(steps=st.integers(0, 20 * WHOLE_DAY) | st.integers(0, 2 * WHOLE_DAY) | st.integers(0, 3))
    def time_passes(self, steps: int) -> None:
        self.shown += steps * STEP

    @rule(act=st.sampled_from(sorted(FROM)))
    def something_unlawful(self, act: str) -> None:
        if not self.naive.may(act):
            self.attempt(act)

    @rule(choice=st.integers(0, len(GOING_ON) - 1))
    def something_lawful(self, choice: int) -> None:
        lawful = [act for act in GOING_ON if self.naive.may(act)]
        if lawful:
            self.attempt(lawful[choice % len(lawful)])

    @rule(began=st.integers(-6 * WHOLE_DAY, 6 * WHOLE_DAY), lasted=st.integers(1, 4 * WHOLE_DAY))
    def a_system_is_out_of_order(self, began: int, lasted: int) -> None:
        """It becomes known, before, meanwhile or afterwards, and the clocks that it moves are moved."""
        start = self.shown + began * STEP
        end = start + lasted * STEP
        starts, ends = (told.replace(tzinfo=VIETNAM).astimezone(UTC) for told in (start, end))
        self.outages.announce(
            given.by(), system=self.system, starts=starts, ends=ends, linked_groups=False, source="thử"
        )
        record(self.known, self.outages)
        moment = Moment(self.now, next(HEAD), self.known)
        envelope = envelope_of(ACTING, moment, self.now, given.DESK)
        if catch_up(self.dossier, moment, envelope):
            follow(self.dossier, moment, envelope)
        self.naive.out_of_order(start, end, self.shown)

    @rule(act=st.sampled_from(ENDINGS))
    def an_end(self, act: str) -> None:
        if self.dossier.version > LONG_ENOUGH:
            self.attempt(act)

    def attempt(self, act: str) -> None:
        allowed = self.naive.may(act)
        try:
            self.do(act)
        except Refused:
            assert not allowed, f"{act} from {self.naive.status} was refused"
        else:
            assert allowed, f"{act} from {self.naive.status} was allowed"
            self.naive.do(act, self.shown)

    def do(self, act: str) -> None:
        """As the application does it; to whom it is given and who is asked is looked up elsewhere."""
        moment = Moment(self.now, next(HEAD), self.known)
        acted = Acted(self.dossier, moment, ACTING, given.DESK, self.now)
        if act not in ("assign", "consult"):
            perform(acted, act, self.fields(act))
            return
        envelope = envelope_of(ACTING, moment, self.now, given.DESK)
        if act == "assign":
            self.dossier.assign(envelope, officer=given.OFFICER)
        else:
            self.dossier.consult(envelope, agency=given.DIVISION, question=given.A_TEXT)
        follow(self.dossier, moment, envelope)

    def fields(self, act: str) -> dict[str, Any]:
        unpaid = [(key, owed) for key, owed in self.dossier.obligations.items() if owed.reference is None]
        unpaid.sort(key=lambda known: known[1].lapsed)  # the one that is waited for first
        obligation, owed = next(iter(unpaid), (given.OBLIGATION, None))
        fields: dict[str, dict[str, Any]] = {
            "request-supplement": {"request": "giấy tờ", "components": ()},
            "submit-supplement": {"components": ()},
            "request-payment": {"amount_vnd": 1000, "purpose": "fee"},
            "confirm-payment": {
                "obligation": obligation,
                "amount_vnd": 1000 if owed is None else owed.amount_vnd,
                "paid_at": self.now,
                "reference": f"GD{self.dossier.version}",
            },
            "resume": {"reason": "đủ rồi"},
            "answer-consultation": {"consultation": min(self.dossier.consulted, default=1), "answer": "có"},
            "begin-inspection": {"subject": "thửa đất"},
            "end-inspection": {"finding": "đúng"},
            "finish": {"outcome": "granted"},
            "withdraw": {},
        }
        return fields.get(act, {})

    @invariant()
    def it_is_where_the_naive_life_is(self) -> None:
        assert self.dossier.status == self.naive.status
        due = self.dossier.statutory_due
        shown = None if due is None else due.astimezone(VIETNAM).replace(tzinfo=None)
        assert shown == self.naive.due()

    @invariant()
    def as_much_is_left(self) -> None:
        due, unit = self.dossier.due, self.dossier.limit_unit
        if due is not None and unit is not None:
            left = remaining(unit, due, self.now, self.known.calendar, self.known.hours(OFFICE))
            assert left[1] == self.naive.remaining(self.shown)

    @invariant()
    def its_history_replays_to_the_same(self) -> None:
        assert given.state(given.replayed(self.dossier)) == given.state(self.dossier)

    @invariant()
    def the_audit_finds_every_date_again(self) -> None:
        told = self.dossier.pending_events
        self.positions += [next(HEAD) for _ in told[len(self.positions) :]]
        facts = [Recorded(f, n, self.now, b"") for n, f in zip(self.positions, told, strict=True)]
        assert list(wrong_dates(facts, self.known)) == []


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
