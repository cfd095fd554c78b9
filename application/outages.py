"""Outages of systems: announced once, and then left out of the clocks that the rules let them move.

An act on a dossier leaves out first what is known by then; the run here does it for all whose result is not
ready, so that their dates are right without anybody acting. It may be stopped and run again: what was moved
already is not moved twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from application.changing import Asked, Changed, change
from application.clocks import catch_up, follow
from application.dossiers import Dossiers, envelope_of, load_by_id
from application.ids import new_id
from application.moment import Moment, decide
from application.policy import Identity, allow
from application.ports import ClaimTaken
from application.refusals import BadRequest
from domain.outages import Outage, Outages

PAGE = 250
AT_ONCE = 16
GRANT = "announce-outage"
UNCOUNTED = -1
TRIES = 3


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the owner of a system says: out of order [starts, ends), aware instants."""

    system: str
    starts: datetime
    ends: datetime
    linked_groups: bool
    source: str

    @property
    def outage(self) -> Outage:
        return Outage(self.system, self.starts.astimezone(UTC), self.ends.astimezone(UTC), self.linked_groups)


class ClockIndex(Protocol):
    """Which dossiers an outage may concern, by a read model; pages by dossier id."""

    async def shown(self, position: int) -> None:
        """Wait until the read model includes this position."""
        ...

    async def clocks_of(
        self, procedures: tuple[str, ...], linked: bool, after: UUID | None, limit: int
    ) -> list[UUID]:
        """Dossiers of these procedures and, if `linked`, of linked groups, whose result is not ready."""
        ...


@dataclass(slots=True)
class Moved:
    """What a run did: procedures that name the system, dossiers looked at, dates moved, dates that could not
    be counted since a year's calendar is not published, the position of the last."""

    procedures: int = 0
    looked_at: int = 0
    moved: int = 0
    uncounted: int = 0
    position: int = 0


async def announce(office: Dossiers, asked: Asked, said: Announcement) -> Changed | None:
    """Record that a system was or will be out of order; None where exactly this was announced already.
    Raises Refused (outage.half_open), NotAllowed."""
    for _ in range(TRIES):
        try:
            return await _announce(office, asked, said)
        except ClaimTaken:  # somebody else announced the system's first one just now
            continue
    return await _announce(office, asked, said)


async def _announce(office: Dossiers, asked: Asked, said: Announcement) -> Changed | None:
    moment, outage = await office.reader.moment(fresh=True), said.outage
    allow(asked.identity, GRANT, moment)
    systems = moment.organisation.system_outages.values()
    known = next((outages for outages in systems if outages.system == outage.system), None)
    if known is not None and known.says(outage):
        return None
    stream = known.id if known is not None else new_id(moment.now)

    async def find(moment: Moment) -> UUID:
        return stream

    return await change(
        office,
        asked,
        GRANT,
        Outages,
        find,
        lambda outages, envelope, moment: outages.announce(envelope, **outage._asdict(), source=said.source),
        claims=() if known is not None else [("outages", outage.system)],
    )


async def move_clocks(
    office: Dossiers,
    index: ClockIndex,
    identity: Identity,
    said: Announcement,
    progress: Callable[[Moved], None] = lambda moved: None,
) -> Moved:
    """Leave the outage out of every clock that it moves. Raises NotAllowed, BadRequest (calendar_unknown)."""
    moment, outage = await office.reader.moment(fresh=True), said.outage
    allow(identity, GRANT, moment)
    codes = tuple(
        procedure.code or ""
        for procedure in moment.organisation.procedures.values()
        if any(outage.system in version.terms.clock.outages for version in procedure.versions.values())
    )
    moved, after = Moved(len(codes)), None
    if not codes and not outage.linked_groups:
        return moved
    await index.shown(moment.read_up_to)
    while page := await index.clocks_of(codes, outage.linked_groups, after, PAGE):
        for begin in range(0, len(page), AT_ONCE):
            several = page[begin : begin + AT_ONCE]
            positions = await asyncio.gather(*(_moved(office, identity, dossier) for dossier in several))
            moved.looked_at += len(several)
            moved.moved += sum(position > 0 for position in positions)
            moved.uncounted += positions.count(UNCOUNTED)
            moved.position = max(moved.position, *positions)
            progress(moved)
        after = page[-1]
    return moved


async def _moved(office: Dossiers, identity: Identity, dossier_id: UUID) -> int:
    """The position at which the dossier's date was moved; 0 where nothing was to be moved, UNCOUNTED where
    a year's calendar is missing."""

    async def decision(moment: Moment) -> int:
        acting = allow(identity, GRANT, moment)
        known = await load_by_id(office, dossier_id, moment)
        envelope = envelope_of(acting, moment, moment.now, known.held.agency)
        try:
            if not catch_up(known.dossier, moment, envelope):
                return 0
        except BadRequest:  # the others are moved all the same
            return UNCOUNTED
        follow(
            known.dossier, moment, envelope
        )  # what was late, and is not any more, stands if papers are awaited
        receipt = await office.ledger.append(
            known.dossier,
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer(known.streams),
        )
        return receipt.last

    return await decide(office.reader, decision, versions_too=True)
