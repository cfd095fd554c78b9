"""Moving a demo ledger's clock: forward only, by command, each move on record at the new time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from application.ledger import Ledger
from application.moment import OrganisationReader
from application.policy import Identity, allow
from application.ports import NewEvent, Receipt
from domain.facts import Aggregate, Envelope, Fact
from domain.ledger_facts import LedgerClockMoved


class DemoClock(Protocol):
    """A recorder whose clock can be moved."""

    async def move_clock(self, to: datetime, event: NewEvent) -> Receipt: ...


class _LedgerStream(Aggregate):
    """The ledger's own stream: created, then each move of its clock."""

    def apply(self, fact: Fact) -> None:
        pass

    def move_clock(self, envelope: Envelope, from_: datetime, to: datetime) -> None:
        self.record(LedgerClockMoved, envelope, from_=from_, to=to)


async def move_clock(
    ledger: Ledger,
    clock: DemoClock,
    reader: OrganisationReader,
    ledger_id: UUID,
    identity: Identity,
    to: datetime,
) -> Receipt:
    """Move the clock forward to `to` (aware). Raises Rejected for a system clock and for a time that has
    passed, StaleVersion when another move came between."""
    moment = await reader.moment(fresh=True)
    acting = allow(identity, "move-clock", moment)
    stream = await ledger.load(_LedgerStream, ledger_id)
    envelope = Envelope(
        actor=acting.actor, occurred_at=to, posting_id=acting.posting_id, acting_agency=acting.agency
    )
    stream.move_clock(envelope, moment.now, to)
    (fact,) = stream.collect_events()
    return await clock.move_clock(to, ledger.codec.encode(fact))
