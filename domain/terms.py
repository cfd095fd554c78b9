"""What a version of a procedure says beyond limit and fee: from what its clock runs, which waits do not
count, how a supplement moves it, by when it must come, what follows when it does not, how often it may be
asked for. What is paid stands in `domain.fees`, what papers it asks for in `domain.paper_terms`.

Five patterns are lawful (reference section 3.3), and which one applies is the procedure's own; where the
version does not say, the general rule recounts from the start. Terms are data of the version: nothing that
no source gives is filled in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain import record_rules
from domain.fees import NOT_SAID, PaymentTerms, payment_terms
from domain.paper_terms import NO_PAPERS, PaperTerms, paper_terms
from domain.refusals import Refused
from domain.term_values import Limit, judge_choice, read_limit
from domain.working_hours import OFFICE

RECOUNT: Final = "recount"
SUSPEND: Final = "suspend"
RESIDUAL: Final = "residual"
RESTART: Final = "restart_at_intake"
NEW_SUBMISSION: Final = "new_submission"
PATTERNS: Final = (RECOUNT, SUSPEND, RESIDUAL, RESTART, NEW_SUBMISSION)
GENERAL_PATTERN: Final = RECOUNT
"""Decree 61/2018 Art 19.4; the wording of Decree 118/2025, which replaced it, was not found."""

ACCEPTANCE: Final = "acceptance"
ARRIVAL: Final = "arrival"
PAYMENT: Final = "payment"
STARTS: Final = (ACCEPTANCE, ARRIVAL, PAYMENT)
"""From what a limit runs: the acceptance as complete, the arrival at the competent agency, the confirmed
payment (reference section 3.3, procedure 1.013082)."""

CONSULTATION: Final = "consultation"
INSPECTION: Final = "inspection"
EXCLUDABLE: Final = (PAYMENT, CONSULTATION, INSPECTION)
"""Waits that count unless the procedure's text excludes them: by the general rule consultation is inside the
limit (Decree 61/2018 Art 19.5), 118 texts say otherwise of one thing or another (reference section 3.3)."""

REFUSE: Final = "refuse"
STOP: Final = "stop"
CLOSE: Final = "close"
THEN: Final = (REFUSE, STOP, CLOSE)
"""What follows when the applicant's time has passed."""
MOST_TRIPS: Final = 2
"""Decree 63/2010 Arts 20.4, 21.2: nobody comes more than twice for supplements of one matter, unless the
guidance was not followed."""


@dataclass(frozen=True, slots=True)
class SupplementTerms:
    """`pattern` None: the version does not say. `residual`: the fresh period of that pattern. `until`: the
    applicant's time; `then`: what follows when it has passed; `at_most`: requests (None: the general
    ceiling)."""

    pattern: str | None = None
    residual: Limit | None = None
    until: Limit | None = None
    then: str | None = None
    at_most: int | None = None

    @property
    def applied(self) -> str:
        """The pattern that the clock follows."""
        return self.pattern or GENERAL_PATTERN

    @property
    def trips(self) -> int:
        """How often papers may be asked for before the applicant's not following the guidance must be
        shown."""
        return min(self.at_most or MOST_TRIPS, MOST_TRIPS)


@dataclass(frozen=True, slots=True)
class ClockTerms:
    """`start`: from what the limit runs; None: the version does not say, so the general rules of the day do.
    `excluded`: the waits that do not count; `schedule`: the offices on whose hours working hours run;
    `outages`: the systems whose announced outages do not count."""

    start: str | None = None
    excluded: tuple[str, ...] = ()
    schedule: str = OFFICE
    outages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultTerms:
    """`refusals`: the codes of the version's results that are refusals."""

    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """All that a version says of these."""

    clock: ClockTerms = ClockTerms()
    supplement: SupplementTerms = SupplementTerms()
    payment: PaymentTerms = NOT_SAID
    papers: PaperTerms = NO_PAPERS
    results: ResultTerms = ResultTerms()


GENERAL_TERMS: Final = Terms()


def terms_of(said: Mapping[str, Any]) -> Terms:
    """A version's `terms`. Raises Refused (value.one_of, procedure.terms, deadline.amount) for what says
    nothing known or contradicts itself."""
    for name in said:
        judge_choice("terms", name, ("clock", "papers", "payment", "results", "supplement"))
    return Terms(
        _clock_terms(said.get("clock") or {}),
        _supplement_terms(said.get("supplement") or {}),
        payment_terms(said.get("payment") or {}),
        paper_terms(said.get("papers") or ()),
        ResultTerms(tuple((said.get("results") or {}).get("refusals") or ())),
    )


def _clock_terms(said: Mapping[str, Any]) -> ClockTerms:
    start, excluded = said.get("start"), tuple(said.get("excluded") or ())
    judge_choice("terms.clock.start", start, STARTS)
    for wait in excluded:
        judge_choice("terms.clock.excluded", wait, EXCLUDABLE)
    outages = tuple(said.get("outages") or ())
    return ClockTerms(start, excluded, said.get("schedule") or OFFICE, outages)


def _supplement_terms(said: Mapping[str, Any]) -> SupplementTerms:
    pattern, then, at_most = said.get("pattern"), said.get("then"), said.get("at_most")
    judge_choice("terms.supplement.pattern", pattern, PATTERNS)
    judge_choice("terms.supplement.then", then, THEN)
    residual = read_limit("terms.supplement.residual", said.get("residual"))
    if (pattern == RESIDUAL) != (residual is not None) or (at_most is not None and at_most < 1):
        raise Refused(record_rules.TERMS, pattern=pattern, at_most=at_most)
    until = read_limit("terms.supplement.until", said.get("until"))
    return SupplementTerms(pattern, residual, until, then, at_most)
