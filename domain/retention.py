"""For how long dossiers are kept, and runs that erase what is due. Periods are dated data with their source:
no text that was found gives one for dossiers, so where nobody has loaded one, none is over.

A period is counted from the day on which a dossier was concluded, or from the last correction or result of it
after that; it is worked out anew each time that it is asked, so a fact that comes later moves it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from domain import erasure_rules as rules
from domain.clear_text import DECISION, judge_form
from domain.deadlines import LARGEST_AMOUNT, day_after
from domain.dossier import Dossier
from domain.dossier_facts import DossierCorrected, ResultIssued, ResultLinked
from domain.erasure_facts import RetentionPeriodSet, RetentionRunBegun, RetentionRunEnded
from domain.facts import Actor, Aggregate, Envelope, Fact, Recorded
from domain.local_time import local_date
from domain.mandates import PROCEDURE
from domain.refusals import Refused

UNITS: Final = ("month", "year")
CONCLUDED: Final = frozenset((3, 7, 8, 10))
COUNTED_ANEW: Final = (DossierCorrected, ResultIssued, ResultLinked)
SOURCE_CHARACTERS: Final = 300


class Period(NamedTuple):
    """What holds from a day on (None: from the beginning). `months` None: for ever."""

    valid_from: date | None
    months: int | None
    source: str
    set_by: Actor

    def over_on(self, counted_from: date) -> date | None:
        """The first day on which it is over; None: never."""
        return None if self.months is None else day_after(counted_from, self.months, "month")


class RetentionPeriods(Aggregate):
    """All periods of one procedure, or of those without one of their own."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.procedure: str | None = None
        self.periods: tuple[Period, ...] = ()

    def set(
        self,
        envelope: Envelope,
        *,
        procedure: str | None,
        amount: int | None,
        unit: str | None,
        valid_from: date | None,
        source: str,
    ) -> None:
        """Raises Refused (retention.period_whole, retention.period_in_order, value.code)."""
        judge_form("procedure", procedure, PROCEDURE)
        whole = (amount is None) == (unit is None) and (unit is None or unit in UNITS)
        if not whole or not (amount is None or 1 <= amount <= LARGEST_AMOUNT // 12):
            raise Refused(rules.PERIOD_WHOLE)
        last = self.periods[-1].valid_from if self.periods else None
        later = not self.periods or (valid_from is not None and (last is None or last < valid_from))
        if not later or (self.periods and self.procedure != procedure):
            raise Refused(rules.PERIOD_ORDER, procedure=procedure)
        self.record(
            RetentionPeriodSet,
            envelope,
            procedure=procedure,
            amount=amount,
            unit=unit,
            valid_from=valid_from,
            source=source,
        )

    def says(self, valid_from: date | None, amount: int | None, unit: str | None) -> bool:
        """Whether exactly this was set already."""
        return any(
            (one.valid_from, one.months) == (valid_from, in_months(amount, unit)) for one in self.periods
        )

    def on(self, day: date) -> Period | None:
        """What holds for what is judged on a day."""
        held = [one for one in self.periods if one.valid_from is None or one.valid_from <= day]
        return held[-1] if held else None

    def apply(self, fact: Fact) -> None:
        assert isinstance(fact, RetentionPeriodSet), fact
        self.procedure = fact.procedure
        months = in_months(fact.amount, fact.unit)
        self.periods = (*self.periods, Period(fact.valid_from, months, fact.source, fact.envelope.actor))


class RetentionRun(Aggregate):
    """One run: begun, then ended. `begun`: None before."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.begun: RetentionRunBegun | None = None
        self.ended: RetentionRunEnded | None = None

    @property
    def goes_on(self) -> bool:
        return self.begun is not None and self.ended is None

    def begin(self, envelope: Envelope, *, cut_off: date, periods_position: int, decision: str) -> None:
        """Raises Refused (retention.run_one, value.code)."""
        if self.begun is not None:
            raise Refused(rules.RUN_ONE)
        judge_form("decision", decision, DECISION)
        self.record(
            RetentionRunBegun,
            envelope,
            cut_off=cut_off,
            periods_position=periods_position,
            decision=decision,
        )

    def end(self, envelope: Envelope, *, looked_at: int, erased: int, kept: dict[str, int]) -> None:
        """`kept`: how many, by the id of the rule that kept them. Raises Refused (retention.run_goes_on)."""
        if not self.goes_on:
            raise Refused(rules.RUN_ENDED)
        told = tuple({"rule": rule, "count": count} for rule, count in sorted(kept.items()))
        self.record(RetentionRunEnded, envelope, looked_at=looked_at, erased=erased, kept=told)

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, RetentionRunBegun):
            self.begun = fact
        else:
            assert isinstance(fact, RetentionRunEnded), fact
            self.ended = fact


def in_months(amount: int | None, unit: str | None) -> int | None:
    return amount * 12 if amount is not None and unit == "year" else amount


def counted_from(facts: Iterable[Recorded[Fact]], dossier: Dossier) -> date | None:
    """The day, in Vietnam, from which a dossier's period is counted; None while it is not concluded.
    `dossier`: empty, and folded by this."""
    since: date | None = None
    for recorded in facts:
        before = dossier.status
        dossier.replay(recorded.fact)
        if dossier.status not in CONCLUDED:
            since = None
        elif before not in CONCLUDED or isinstance(recorded.fact, COUNTED_ANEW):
            since = local_date(recorded.fact.envelope.occurred_at)
    return since
