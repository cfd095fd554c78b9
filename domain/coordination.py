"""Who is responsible for what persons still have to decide of a part, and what is recorded of a receiving
agency that does not answer: it was reminded, then escalated to whom the coordinator answers to. The latter in
one stream per part and agency; how many wait and since when is told from outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain import register_rules as rules
from domain.derived_ids import derived_stream_id
from domain.facts import Aggregate, Category, Envelope, Fact
from domain.handover_facts import CoordinatorEnded, CoordinatorNamed
from domain.handover_part import HandoverPart
from domain.local_time import local_date
from domain.refusals import Refused


@dataclass(frozen=True, kw_only=True)
class ReceiverReminded(Fact):
    """`waiting`: dossiers handed over to the agency and not answered; `oldest`: since when the oldest
    waits."""

    TOPIC: ClassVar[str] = "handover.receiver_reminded.v1"
    CATEGORY: ClassVar[int] = Category.COORDINATION

    part: UUID
    agency: UUID
    waiting: int
    oldest: datetime


@dataclass(frozen=True, kw_only=True)
class ReceiverEscalated(Fact):
    """As `ReceiverReminded`; `to_officer`: whose turn it is now."""

    TOPIC: ClassVar[str] = "handover.receiver_escalated.v1"
    CATEGORY: ClassVar[int] = Category.COORDINATION

    part: UUID
    agency: UUID
    to_officer: UUID
    waiting: int
    oldest: datetime


def name_coordinator(
    part: HandoverPart, envelope: Envelope, *, officer: UUID, agency: UUID | None, escalates_to: UUID | None
) -> None:
    """Into the part's own stream. Raises Refused (handover.coordinator_open)."""
    if part.cancelled or part.closed or not part.part_version:
        raise Refused(rules.COORDINATOR_OPEN, part=str(part.id))
    part.record(CoordinatorNamed, envelope, officer=officer, agency=agency, escalates_to=escalates_to)


def end_coordinator(
    part: HandoverPart,
    envelope: Envelope,
    named: Mapping[UUID | None, CoordinatorNamed],
    *,
    officer: UUID,
    agency: UUID | None,
) -> None:
    """Into the part's own stream, after the close too. `named`: those who stand. Raises Refused
    (handover.coordinator_stands)."""
    stands = named.get(agency)
    if stands is None or stands.officer != officer:
        about = {"agency": str(agency)} if agency else {}
        raise Refused(rules.COORDINATOR_STANDS, part=str(part.id), officer=str(officer), **about)
    part.record(CoordinatorEnded, envelope, officer=officer, agency=agency)


def responsible(
    named: Mapping[UUID | None, CoordinatorNamed], held_before: UUID | None
) -> CoordinatorNamed | None:
    """Whoever was named for what `held_before` held, else for the part; None: nobody."""
    return named.get(held_before) or named.get(None)


def may_decide(named: Mapping[UUID | None, CoordinatorNamed], officer: UUID, held_before: UUID) -> bool:
    """Whether a naming that stands lets the officer decide what `held_before` held: the one for that agency,
    or the one for the part."""
    return any(
        one is not None and one.officer == officer for one in (named.get(held_before), named.get(None))
    )


def agencies_of(named: Mapping[UUID | None, CoordinatorNamed], officer: UUID) -> tuple[UUID, ...] | None:
    """For what agencies held the officer is named; None: for the part, so for all of them."""
    own = [agency for agency, one in named.items() if one.officer == officer]
    return None if None in own else tuple(sorted(agency for agency in own if agency is not None))


def coordination_stream_id(part_id: UUID, agency_id: UUID, effective_at: datetime) -> UUID:
    """UUIDv8 of the hour and SHA-256("coordination" | part id | agency id)."""
    return derived_stream_id(effective_at, b"coordination" + part_id.bytes + agency_id.bytes)


class Coordination(Aggregate):
    """`reminded_at`, `escalated_at`: the last time, or None."""

    reminded_at: datetime | None = None
    escalated_at: datetime | None = None

    def remind(self, envelope: Envelope, *, part: UUID, agency: UUID, waiting: int, oldest: datetime) -> None:
        """Raises Refused (handover.nothing_waits, handover.reminded_once)."""
        self._must_wait(agency, waiting)
        if self.reminded_on(envelope.occurred_at):
            raise Refused(rules.REMINDED_ONCE, agency=str(agency))
        self.record(ReceiverReminded, envelope, part=part, agency=agency, waiting=waiting, oldest=oldest)

    def escalate(
        self,
        envelope: Envelope,
        *,
        part: UUID,
        agency: UUID,
        to_officer: UUID,
        waiting: int,
        oldest: datetime,
    ) -> None:
        """Raises Refused (handover.nothing_waits, handover.escalated_once)."""
        self._must_wait(agency, waiting)
        if self.escalated_at and local_date(self.escalated_at) == local_date(envelope.occurred_at):
            raise Refused(rules.ESCALATED_ONCE, agency=str(agency))
        self.record(
            ReceiverEscalated,
            envelope,
            part=part,
            agency=agency,
            to_officer=to_officer,
            waiting=waiting,
            oldest=oldest,
        )

    def reminded_on(self, t: datetime) -> bool:
        """Whether the receiver was reminded on the day (in Vietnam) of `t`."""
        return self.reminded_at is not None and local_date(self.reminded_at) == local_date(t)

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, ReceiverReminded):
            self.reminded_at = fact.envelope.occurred_at
        elif isinstance(fact, ReceiverEscalated):
            self.escalated_at = fact.envelope.occurred_at

    def _must_wait(self, agency: UUID, waiting: int) -> None:
        if waiting < 1:
            raise Refused(rules.NOTHING_WAITS, agency=str(agency))
