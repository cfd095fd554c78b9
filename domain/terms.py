"""What a version of a procedure says beyond limit and fee: how a supplement moves its clock, by when it must
come, what follows when it does not, how often it may be asked for.

Five patterns are lawful (reference section 3.3), and which one applies is the procedure's own; where the
version does not say, the general rule recounts from the start. Terms are data of the version: nothing that
no source gives is filled in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain import record_rules
from domain.deadlines import LARGEST_AMOUNT, UNITS
from domain.refusals import Refused

RECOUNT: Final = "recount"
SUSPEND: Final = "suspend"
RESIDUAL: Final = "residual"
RESTART: Final = "restart_at_intake"
NEW_SUBMISSION: Final = "new_submission"
PATTERNS: Final = (RECOUNT, SUSPEND, RESIDUAL, RESTART, NEW_SUBMISSION)
GENERAL_PATTERN: Final = RECOUNT
"""Decree 61/2018 Art 19.4; the wording of Decree 118/2025, which replaced it, was not found."""

THEN: Final = ("refuse", "stop", "close")
MOST_TRIPS: Final = 2
"""Decree 63/2010 Arts 20.4, 21.2: nobody comes more than twice for supplements of one matter, unless the
guidance was not followed."""


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount in a unit of `domain.deadlines`."""

    amount: int
    unit: str


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


GENERAL_TERMS: Final = SupplementTerms()


def supplement_terms(terms: Mapping[str, Any]) -> SupplementTerms:
    """The supplement's part of a version's `terms`. Raises Refused (value.one_of, procedure.terms)."""
    said = terms.get("supplement") or {}
    pattern, then, at_most = said.get("pattern"), said.get("then"), said.get("at_most")
    _one_of("terms.supplement.pattern", pattern, PATTERNS)
    _one_of("terms.supplement.then", then, THEN)
    residual = _limit("terms.supplement.residual", said.get("residual"))
    if (pattern == RESIDUAL) != (residual is not None) or (at_most is not None and at_most < 1):
        raise Refused(record_rules.TERMS, pattern=pattern, at_most=at_most)
    until = _limit("terms.supplement.until", said.get("until"))
    return SupplementTerms(pattern, residual, until, then, at_most)


def judge_terms(terms: Mapping[str, Any]) -> None:
    """Refuse terms that say nothing known or contradict themselves."""
    for name in terms:
        _one_of("terms", name, ("supplement",))
    supplement_terms(terms)


def _limit(field: str, said: Mapping[str, Any] | None) -> Limit | None:
    if said is None:
        return None
    _one_of(f"{field}.unit", said["unit"], UNITS)
    if not 1 <= said["amount"] <= LARGEST_AMOUNT:
        raise Refused(record_rules.DEADLINE_AMOUNT, amount=said["amount"])
    return Limit(said["amount"], said["unit"])


def _one_of(field: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise Refused(record_rules.ONE_OF, field=field, value=value, allowed=allowed)
