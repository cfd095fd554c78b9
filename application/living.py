"""Whether anything new may begin for somebody: not while an erasure of them is being decided, and never once
it was carried out."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from application.ledger import Ledger
from application.moment import Moment
from domain.citizen import Citizen


async def may_begin(ledger: Ledger, citizens: Iterable[UUID], moment: Moment) -> tuple[tuple[UUID, int], ...]:
    """The records that were read for that, each with the position up to which it was: what begins is appended
    only if nothing newer is in them, so that no erasure comes in between. Raises Refused (erase.already,
    erase.being_decided)."""
    read: list[tuple[UUID, int]] = []
    for citizen in sorted(set(citizens)):
        record, position = await ledger.remembered.read_at(Citizen, citizen, lambda one: len(one.mandates))
        record.judge_may_begin()
        read.append((citizen, max(position, moment.read_up_to)))
    return tuple(read)
