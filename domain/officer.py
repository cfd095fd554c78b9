"""An officer acts through a posting: one agency, some roles, [from, until). Several postings at once are
possible, in several agencies.

A posting that a handover moves keeps its id; the move is the part's (`PartRules.posting_moves`), not a fact
of the officer. Whoever reads postings also asks whether `begins_by` has come into effect. Instants are aware.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain import delegation_rules
from domain import organisation_rules as rules
from domain.delegation import Absences, Delegation
from domain.facts import Aggregate, Envelope, Fact, PersonalText
from domain.officer_facts import (
    AbsenceEnded,
    AbsenceSet,
    DelegationEnded,
    OfficerAppointed,
    OfficerDelegated,
    OfficerPosted,
    OfficerReinstated,
    OfficerSuspended,
    PostingEnded,
)
from domain.refusals import Refused

__all__ = [
    "ROLES",
    "Officer",
    "OfficerAppointed",
    "OfficerPosted",
    "OfficerReinstated",
    "OfficerSuspended",
    "Posting",
    "PostingEnded",
]

ROLES = ("desk", "handler", "decider", "operator", "registrar", "importer", "auditor")


@dataclass(frozen=True, slots=True)
class Posting:
    """`from_` to `until` (null: open), half-open. `begins_by`: the handover part without which it does not
    stand."""

    posting_id: UUID
    agency: UUID
    roles: tuple[str, ...]
    from_: datetime
    until: datetime | None
    begins_by: UUID | None


class Officer(Aggregate):
    name: PersonalText
    _postings: dict[UUID, Posting]
    _suspensions: list[tuple[datetime, bool]]
    away: Absences

    def appoint(self, envelope: Envelope, *, name: PersonalText) -> None:
        """Raises Refused (organisation.once)."""
        if self.version:
            raise Refused(rules.ONCE, officer=str(self.id))
        self.record(OfficerAppointed, envelope, name=name)

    def post(
        self,
        envelope: Envelope,
        *,
        posting_id: UUID,
        agency: UUID,
        roles: Iterable[str],
        from_: datetime,
        until: datetime | None = None,
        begins_by: UUID | None = None,
    ) -> None:
        """Raises Refused (organisation.unknown, officer.posting_once, officer.roles,
        organisation.half_open)."""
        self._must_exist()
        roles = tuple(roles)
        if posting_id in self._postings:
            raise Refused(rules.POSTING_ONCE, posting=str(posting_id))
        if not roles or not set(roles) <= set(ROLES) or len(set(roles)) < len(roles):
            raise Refused(rules.POSTING_ROLES, roles=roles)
        if until is not None and until <= from_:
            raise Refused(rules.HALF_OPEN, posting=str(posting_id), until=until.isoformat())
        self.record(
            OfficerPosted,
            envelope,
            posting_id=posting_id,
            agency=agency,
            roles=roles,
            from_=from_,
            until=until,
            begins_by=begins_by,
        )

    def end_posting(self, envelope: Envelope, *, posting_id: UUID, at: datetime) -> None:
        """Raises Refused (officer.posting_open)."""
        posting = self._postings.get(posting_id) if self.version else None
        if posting is None or at < posting.from_ or (posting.until is not None and at >= posting.until):
            raise Refused(rules.POSTING_OPEN, posting=str(posting_id), at=at.isoformat())
        self.record(PostingEnded, envelope, posting_id=posting_id, at=at)

    def suspend(self, envelope: Envelope, *, from_: datetime, reason: PersonalText) -> None:
        """No posting counts from then on. Raises Refused (organisation.unknown, officer.suspension_order)."""
        self._must_exist()
        self._must_follow(from_, suspended=False)
        self.record(OfficerSuspended, envelope, from_=from_, reason=reason)

    def reinstate(self, envelope: Envelope, *, from_: datetime) -> None:
        """Raises Refused (organisation.unknown, officer.suspension_order)."""
        self._must_exist()
        self._must_follow(from_, suspended=True)
        self.record(OfficerReinstated, envelope, from_=from_)

    def be_absent(self, envelope: Envelope, *, from_: datetime, until: datetime | None) -> None:
        """Raises Refused (organisation.unknown, absence.order)."""
        self._must_exist()
        self.away.judge_absence(from_, until)
        self.record(AbsenceSet, envelope, from_=from_, until=until)

    def come_back(self, envelope: Envelope, *, at: datetime) -> None:
        """Raises Refused (organisation.unknown, absence.open)."""
        self._must_exist()
        self.away.judge_end_of_absence(at)
        self.record(AbsenceEnded, envelope, at=at)

    def delegate(
        self,
        envelope: Envelope,
        *,
        delegation_id: UUID,
        posting_id: UUID,
        to_officer: UUID,
        from_: datetime,
        until: datetime,
        now: datetime,
    ) -> None:
        """Let another officer act through one of these postings. Raises Refused (organisation.unknown,
        delegation.own_posting, delegation.to_another, delegation.period, delegation.one_at_a_time)."""
        self._must_exist()
        posting = self._postings.get(posting_id)
        if posting is None or (posting.until is not None and posting.until <= from_):
            raise Refused(delegation_rules.DELEGATION_OWN, posting=str(posting_id))
        wanted = Delegation(delegation_id, posting_id, to_officer, from_, until)
        self.away.judge_delegation(wanted, self.id, now)
        self.record(
            OfficerDelegated,
            envelope,
            delegation_id=delegation_id,
            posting_id=posting_id,
            to_officer=to_officer,
            from_=from_,
            until=until,
        )

    def end_delegation(self, envelope: Envelope, *, delegation_id: UUID, at: datetime) -> None:
        """Raises Refused (organisation.unknown, delegation.open)."""
        self._must_exist()
        self.away.judge_end_of_delegation(delegation_id, at)
        self.record(DelegationEnded, envelope, delegation_id=delegation_id, at=at)

    def postings_at(self, t: datetime) -> list[Posting]:
        """Postings with from <= t < until, in the order in which they were made."""
        return [
            posting
            for posting in self._postings.values()
            if posting.from_ <= t and (posting.until is None or t < posting.until)
        ]

    def posting(self, posting_id: UUID) -> Posting | None:
        return self._postings.get(posting_id)

    def suspended_at(self, t: datetime) -> bool:
        suspended = False
        for from_, state in self._suspensions:
            if from_ <= t:
                suspended = state
        return suspended

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, OfficerAppointed):
            self.name = fact.name
            self._postings, self._suspensions, self.away = {}, [], Absences()
        elif isinstance(fact, OfficerPosted):
            self._postings[fact.posting_id] = Posting(
                posting_id=fact.posting_id,
                agency=fact.agency,
                roles=fact.roles,
                from_=fact.from_,
                until=fact.until,
                begins_by=fact.begins_by,
            )
        elif isinstance(fact, PostingEnded):
            self._postings[fact.posting_id] = replace(self._postings[fact.posting_id], until=fact.at)
        elif isinstance(fact, OfficerSuspended):
            self._suspensions.append((fact.from_, True))
        elif isinstance(fact, OfficerReinstated):
            self._suspensions.append((fact.from_, False))
        else:
            self.away.fold(fact)

    def _must_follow(self, from_: datetime, *, suspended: bool) -> None:
        last, state = self._suspensions[-1] if self._suspensions else (None, False)
        if state is not suspended or (last is not None and from_ < last):
            raise Refused(rules.SUSPENSION_ORDER, officer=str(self.id), from_=from_.isoformat())

    def _must_exist(self) -> None:
        if not self.version:
            raise Refused(rules.UNKNOWN, officer=str(self.id))
