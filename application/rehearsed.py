"""What a rehearsal found, part by part, and the same counts of a real run: from the recorded facts alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from application.ledger import Ledger
from domain.facts import Category
from domain.handed_over_facts import DossierHandedOver

PAGE = 1000
ORPHANS: Final = ("officers_without_move", "desks_left")

Json = dict[str, Any]


@dataclass(slots=True)
class Outcome:
    """What the transfers of one part say: how many, by which rule, provisional (a person still decides),
    overdue at the hour, by status."""

    handed_over: int = 0
    provisional: int = 0
    overdue: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)
    by_receiver: Counter[UUID] = field(default_factory=Counter)

    def add(self, fact: DossierHandedOver) -> None:
        self.handed_over += 1
        self.provisional += fact.provisional
        self.overdue += fact.remaining_amount is not None and fact.remaining_amount < 0
        self.by_rule[fact.rule] += 1
        self.by_receiver[fact.to_agency] += 1
        self.by_status[str(fact.status or "unknown")] += 1

    def as_dict(self) -> Json:
        return {
            "handed_over": self.handed_over,
            "provisional": self.provisional,
            "overdue": self.overdue,
            "by_rule": dict(sorted(self.by_rule.items())),
            "by_status": dict(sorted(self.by_status.items())),
        }


@dataclass(slots=True)
class Rehearsed:
    """One part. `state`: before the rehearsal; `simulated`, `reconciled`: their counts; `seconds`: by step;
    `nobody`: agencies that got dossiers and have nobody who can receive them, with how many; `unstaffed`: all
    that may receive and have nobody (`staffing`); `findings`: what a person has to look at before the real
    hour."""

    part: UUID
    name: str
    state: str
    seconds: dict[str, float] = field(default_factory=dict)
    simulated: Mapping[str, Any] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=Outcome)
    reconciled: Mapping[str, Any] = field(default_factory=dict)
    nobody: Mapping[str, int] = field(default_factory=dict)
    unstaffed: Mapping[str, Any] = field(default_factory=lambda: {"amount": 0, "agencies": []})
    findings: list[str] = field(default_factory=list)

    def orphans(self, name: str) -> int:
        """How many of these (ORPHANS) the simulation named; one of an earlier release may not know them."""
        return int(dict(self.simulated.get(name, {})).get("amount", 0))

    def as_dict(self) -> Json:
        return {
            "part": self.part,
            "name": self.name,
            "state": self.state,
            "simulated": dict(self.simulated),
            "outcome": self.outcome.as_dict(),
            "reconciled": dict(self.reconciled),
            "to_decide": self.outcome.provisional,
            "orphans": {name: self.orphans(name) for name in ORPHANS}
            | {"receivers_without_officers": self.unstaffed["amount"]},
            "nobody_to_receive": dict(self.nobody),
            "without_holder": self.reconciled.get("holders_other_than_one"),
            "seconds": {step: round(took, 3) for step, took in self.seconds.items()},
            "findings": self.findings,
        }


async def outcomes(ledger: Ledger, parts: Sequence[UUID], *, after: int = 0) -> dict[UUID, Outcome]:
    """What the transfers of these parts say, from the log alone; those recorded after a position."""
    found = {part: Outcome() for part in parts}
    while page := await ledger.recorder.events_after(after, PAGE, (Category.HANDED_OVER,)):
        for stored in page:
            fact = ledger.codec.decode(stored).fact
            if isinstance(fact, DossierHandedOver) and fact.part in found:
                found[fact.part].add(fact)
        after = page[-1].position
    return found


def real_run_seconds(rehearsed: Sequence[Rehearsed]) -> float:
    """How long transfer and reconciliation took here: the real run takes about as long on this server."""
    return sum(one.seconds.get(step, 0.0) for one in rehearsed for step in ("transfer", "reconcile"))


def summed(rehearsed: Sequence[Rehearsed]) -> Json:
    """All parts together."""
    whole = Outcome()
    for one in rehearsed:
        whole.handed_over += one.outcome.handed_over
        whole.provisional += one.outcome.provisional
        whole.overdue += one.outcome.overdue
        whole.by_rule += one.outcome.by_rule
        whole.by_status += one.outcome.by_status
    without = sum(one.reconciled.get("holders_other_than_one", 0) for one in rehearsed)
    found = sum(len(one.findings) for one in rehearsed)
    simulated = sum(one.simulated.get("total", 0) for one in rehearsed)
    return whole.as_dict() | {"simulated": simulated, "without_holder": without, "findings": found}
