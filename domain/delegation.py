"""Absence and delegation of one officer, within the officer's stream.

A delegate acts through a posting of the delegator within [from, until), as long as that posting stands; only
a posting of one's own can be delegated, so nothing is passed on twice. A posting that an act moves keeps its
id, so its delegation goes along. Instants are aware.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from domain import delegation_rules as rules
from domain.facts import Fact
from domain.officer_facts import AbsenceEnded, AbsenceSet, DelegationEnded, OfficerDelegated
from domain.refusals import Refused

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Absence:
    """From `from_` until `until` (None: open)."""

    from_: datetime
    until: datetime | None

    def at(self, t: datetime) -> bool:
        return self.from_ <= t and (self.until is None or t < self.until)


@dataclass(frozen=True, slots=True)
class Delegation:
    delegation_id: UUID
    posting_id: UUID
    to_officer: UUID
    from_: datetime
    until: datetime

    def at(self, t: datetime) -> bool:
        return self.from_ <= t < self.until


@dataclass(slots=True)
class Absences:
    """An officer's absences and delegations as folded so far."""

    absences: list[Absence] = field(default_factory=list)
    delegations: dict[UUID, Delegation] = field(default_factory=dict)

    def absent_at(self, t: datetime) -> bool:
        return any(absence.at(t) for absence in self.absences)

    def to(self, officer: UUID, t: datetime) -> Iterator[Delegation]:
        """What this officer has delegated to another, in force at `t`."""
        return (d for d in self.delegations.values() if d.to_officer == officer and d.at(t))

    # judging

    def judge_absence(self, from_: datetime, until: datetime | None) -> None:
        """Raises Refused (absence.order)."""
        last = self.absences[-1] if self.absences else None
        overlaps = last is not None and (last.until is None or from_ < last.until)
        if overlaps or (until is not None and until <= from_):
            raise Refused(rules.ABSENCE_ORDER, from_=from_.isoformat())

    def judge_end_of_absence(self, at: datetime) -> None:
        """Raises Refused (absence.open)."""
        if not self.absences or not self.absences[-1].at(at):
            raise Refused(rules.ABSENCE_OPEN, at=at.isoformat())

    def judge_delegation(self, wanted: Delegation, owner: UUID, now: datetime) -> None:
        """Raises Refused (delegation.to_another, delegation.period, delegation.one_at_a_time)."""
        if wanted.to_officer == owner:
            raise Refused(rules.DELEGATION_OTHER, officer=str(owner))
        if wanted.from_ < now or not wanted.from_ < wanted.until <= wanted.from_ + LONGEST:
            raise Refused(
                rules.DELEGATION_PERIOD, from_=wanted.from_.isoformat(), until=wanted.until.isoformat()
            )
        for other in self.delegations.values():
            same = other.posting_id == wanted.posting_id
            if same and other.from_ < wanted.until and wanted.from_ < other.until:
                raise Refused(rules.DELEGATION_ONE, posting=str(wanted.posting_id))

    def judge_end_of_delegation(self, delegation_id: UUID, at: datetime) -> None:
        """Also of one that has not begun. Raises Refused (delegation.open)."""
        found = self.delegations.get(delegation_id)
        if found is None or at >= found.until:
            raise Refused(rules.DELEGATION_OPEN, delegation=str(delegation_id), at=at.isoformat())

    # replay

    def fold(self, fact: Fact) -> None:
        if isinstance(fact, AbsenceSet):
            self.absences.append(Absence(fact.from_, fact.until))
        elif isinstance(fact, AbsenceEnded):
            self.absences[-1] = replace(self.absences[-1], until=fact.at)
        elif isinstance(fact, OfficerDelegated):
            self.delegations[fact.delegation_id] = Delegation(
                fact.delegation_id, fact.posting_id, fact.to_officer, fact.from_, fact.until
            )
        elif isinstance(fact, DelegationEnded):
            ended = self.delegations[fact.delegation_id]
            self.delegations[fact.delegation_id] = replace(ended, until=max(fact.at, ended.from_))
