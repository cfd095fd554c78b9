"""What an inspection looks for in what is on record: nothing that was refused, and nothing that need be
wrong, but what an inspector asks about first.

Each check stands beside the rule or the defect that it comes from; its thresholds are the inspector's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from domain import component_rules, ending_rules, waiting_rules
from domain.dossier_facts import DossierExtended, SupplementRequested
from domain.dossier_import_facts import DossierStepImported
from domain.facts import Fact, Recorded
from domain.refusals import LEDGER


@dataclass(frozen=True, slots=True)
class Check:
    """`id`; `act` and `article`: where the rule that it looks after stands."""

    id: str
    act: str
    article: str

    @property
    def of_law(self) -> bool:
        """Whether an act says it, and not this ledger alone."""
        return self.act != LEDGER


RECORDED_LATE = Check("recorded_late", LEDGER, "dating back hides lateness: reference section 1.5, defect 10")
EXTENDED = Check("extended", ending_rules.EXTEND.act, ending_rules.EXTEND.article)
ASKED_OFTEN = Check("asked_often", waiting_rules.SUPPLEMENT_TRIPS.act, waiting_rules.SUPPLEMENT_TRIPS.article)
HELD_LONG = Check("held_long", LEDGER, "work that rests: the inspector says from how many days on")
ASKED_FOR_HELD = Check("asked_for_held", component_rules.HELD.act, component_rules.HELD.article)
WITHOUT_POSTING = Check("without_posting", LEDGER, "an officer acts through a posting of the time")
OUTSIDE_HOURS = Check("outside_hours", LEDGER, "office hours as loaded: docs/working-time.md")
RULE_NOT_KEPT = Check("rule_not_kept", LEDGER, "the fact names the rule: domain/anomalies.py")

CHECKS: Final = (
    RECORDED_LATE,
    EXTENDED,
    ASKED_OFTEN,
    HELD_LONG,
    ASKED_FOR_HELD,
    WITHOUT_POSTING,
    OUTSIDE_HOURS,
    RULE_NOT_KEPT,
)
MOST_REQUESTS: Final = 2
"""Of supplements to one dossier, before an inspector asks why."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on something is found. `late`: between doing and recording; `held`: at one agency, while open
    (calendar days, both)."""

    late: timedelta = timedelta(days=1)
    held: timedelta = timedelta(days=30)


def late_by(recorded: Recorded[Any], thresholds: Thresholds) -> timedelta | None:
    """By how much a fact was recorded after it was done, where that is too much. A step of an earlier
    system is none: it was done before it could be recorded here."""
    fact: Fact = recorded.fact
    if isinstance(fact, DossierStepImported):
        return None
    late = recorded.recorded_at - fact.envelope.occurred_at
    return late if late > thresholds.late else None


def of_fact(fact: Fact) -> tuple[Check, ...]:
    """What the fact alone tells."""
    if isinstance(fact, DossierExtended):
        return (EXTENDED,)
    if isinstance(fact, SupplementRequested) and fact.allowed:
        return (ASKED_FOR_HELD,)
    return ()
