"""Asking for papers, bringing them, and the clock that begins, stops and goes on: reference section 3.3."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain import clear_text, waiting_rules
from domain.clear_text import judge_components, judge_ids, judge_one_of
from domain.clock import OUTAGE, START, Going, Left
from domain.deadlines import judge_ahead
from domain.dossier_components import DossierComponents
from domain.dossier_facts import ClockSet, ClockSuspended, SupplementRequested, SupplementSubmitted
from domain.dossier_supplement_facts import Allowance
from domain.facts import Envelope, Personal
from domain.refusals import Refused, Rule
from domain.terms import GENERAL_PATTERN, MOST_TRIPS, NEW_SUBMISSION, REFUSE, RESTART
from domain.transitions import SUBMITTED


def judge_until(given: datetime | None, asked: datetime | None) -> None:
    """Refuse a deadline of the officer's own where the procedure gives one."""
    if given is not None and asked is not None and asked != given:
        raise Refused(waiting_rules.SUPPLEMENT_UNTIL, given=given.isoformat(), asked=asked.isoformat())


def judge_what_follows(then: str | None) -> None:
    """Refuse to stop for missing papers where the procedure says that the matter is refused."""
    if then == REFUSE:
        raise Refused(waiting_rules.THEN_OTHER, then=then)


class DossierSupplements(DossierComponents):
    """A dossier that waits for papers. See `domain.dossier.Dossier`."""

    def request_supplement(
        self,
        envelope: Envelope,
        *,
        request: Personal,
        components: tuple[str, ...],
        until: datetime | None = None,
        not_followed: Personal | None = None,
        trips: int = MOST_TRIPS,
        allowed: tuple[Allowance, ...] = (),
        decided: tuple[Rule, ...] = (),
    ) -> None:
        """Ask for papers. Without `until` no deadline can pass, so that neither refusal nor stop can follow
        from it. Asked for `trips` times already, the applicant must have failed to follow the guidance:
        `not_followed` says in what, and the fact names the rule, so that it is found. `allowed`: what let
        papers be asked for that were held or connected, as `Asking.judge_asking` found it; `decided`: the
        rules by which (`Asking.decides`)."""
        self._judge("request_supplement")
        judge_ids("components", components)
        judge_ahead(until, envelope.occurred_at)
        for one in allowed:
            judge_one_of("ground", one.ground, clear_text.ALLOWANCES)
        once_more = self.trips >= trips
        if once_more and not_followed is None:
            raise Refused(waiting_rules.SUPPLEMENT_TRIPS, asked=self.trips, at_most=trips)
        self._decide(
            "request_supplement",
            SupplementRequested,
            envelope,
            (*decided, *((waiting_rules.SUPPLEMENT_TRIPS,) if once_more else ())),
            request=request,
            components=components,
            until=until,
            not_followed=not_followed if once_more else None,
            allowed=allowed,
        )

    def submit_supplement(
        self,
        envelope: Envelope,
        *,
        components: tuple[dict[str, Any], ...],
        pattern: str = GENERAL_PATTERN,
    ) -> None:
        """The papers came, in time or late: go on where the dossier was, or at intake where the procedure's
        `pattern` receives it anew. Refused where papers are brought by filing anew alone."""
        self._judge("submit_supplement")
        judge_components(components)
        if pattern == NEW_SUBMISSION:
            raise Refused(waiting_rules.SUPPLEMENT_ANEW)
        anew = pattern == RESTART and self.clock_left is not None
        self._decide(
            "submit_supplement",
            SupplementSubmitted,
            envelope,
            components=components,
            resumes=SUBMITTED if anew else self._before(),
        )

    def suspend_clock(self, envelope: Envelope, *, cause: str, left: Left, calendar_position: int) -> None:
        """The clock stops with so much left; recorded with the act that stops it."""
        if not self.clock_runs:
            raise Refused(waiting_rules.CLOCK_RUNS, cause=cause)
        self._follow(
            ClockSuspended,
            envelope,
            cause=cause,
            left_amount=left.amount,
            left_unit=left.unit,
            extended_left=left.extended,
            calendar_position=calendar_position,
        )

    def set_clock(self, envelope: Envelope, *, cause: str, going: Going, calendar_position: int) -> None:
        """The clock goes on as worked out, or begins; recorded with the act that lets it. One that runs is
        set anew only where an outage is left out of it."""
        stands = self.clock_not_begun if going.pattern == START else self.clock_left is not None
        if not (self.clock_runs if cause == OUTAGE else stands):
            raise Refused(waiting_rules.CLOCK_STANDS, cause=cause)
        self._follow(
            ClockSet,
            envelope,
            cause=cause,
            pattern=going.pattern,
            counted_from=going.counted_from,
            amount=going.amount,
            unit=going.unit,
            statutory_due=going.due,
            promised=going.due,
            extended_until=going.extended_until,
            calendar_position=calendar_position,
        )
