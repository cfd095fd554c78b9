"""Taking a part of the log along, for the auditor's own tools: as public events and as OCEL.

Promises: memory is some pages of the log beside what is known of the organisation; what is personal stays
sealed and out of the file; two exports of the same positions differ in their checkpoint alone. Every file
says which positions of which ledger it is, and under which checkpoint.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.export_objects import Objects
from application.export_ports import (
    Attribute,
    Counts,
    Extent,
    LinesFile,
    Link,
    OcelFile,
    TableFile,
    TableRow,
    Told,
)
from application.feed import OF_DOSSIERS, Feed
from application.ledger import Ledger
from application.moment import Moment, OrganisationReader
from application.organisation import Organisation
from application.policy import Identity, allow
from application.ports import StoredFact
from application.refusals import BadRequest
from application.tlog import Tlog
from domain.facts import Fact, Recorded

PAGE = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Exporting:
    """What the functions below work with; wiring makes one."""

    ledger: Ledger
    reader: OrganisationReader
    tlog: Tlog
    feed: Feed
    ledger_id: UUID


async def extent(
    office: Exporting, identity: Identity, first: int | None = None, last: int | None = None
) -> tuple[Extent, Moment]:
    """The positions to export, for who may, with the organisation as known at the last. None: from the first
    position, up to the last one recorded now. Raises NotAllowed, BadRequest (bad_range, not_recorded_yet)."""
    now = await office.reader.moment(fresh=True)
    allow(identity, "export", now)
    begins, ends = 1 if first is None else first, now.read_up_to if last is None else last
    if ends > now.read_up_to:
        raise BadRequest(
            "not_recorded_yet",
            f"this ledger ends at position {now.read_up_to}: export up to that, or to one before",
        )
    if not 1 <= begins <= ends:
        raise BadRequest(
            "bad_range", f"positions {begins} to {ends} are none: the first comes before the last"
        )
    known = now if ends == now.read_up_to else await office.reader.as_known(ends)
    return await _covered(office, Extent(office.ledger_id, begins, ends)), known


async def _covered(office: Exporting, found: Extent) -> Extent:
    """With the smallest published checkpoint of the open log that covers it."""
    logs = await office.tlog.record.logs()
    if not logs:
        return found
    origin = logs[-1].origin
    published = await office.tlog.checkpoints.at_least(origin, found.last)
    if published is None:
        return Extent(found.ledger, found.first, found.last, origin)
    return Extent(
        found.ledger,
        found.first,
        found.last,
        origin,
        published.note,
        published.size,
        published.root.hex(),
        published.signed_at,
    )


async def pages(
    office: Exporting, first: int, last: int, progress: Progress, *, limit: int = PAGE
) -> AsyncIterator[list[StoredFact]]:
    """The log between two positions, these included."""
    after = first - 1
    while after < last:
        page = await office.ledger.recorder.events_after(after, min(limit, last - after))
        if not page or page[-1].position > last:
            raise RuntimeError(f"the log has a hole after position {after}: run `hoso audit`")
        yield page
        after = page[-1].position
        progress(after - first + 1, last - first + 1)


async def export_events(
    office: Exporting, found: Extent, known: Moment, file: LinesFile, progress: Progress
) -> Counts:
    """Every event as the feed gives it."""
    async for page in pages(office, found.first, found.last, progress):
        file.add((await office.feed.told(page, known)).events)
    return file.end()


async def export_table(
    office: Exporting, found: Extent, known: Moment, file: TableFile, progress: Progress
) -> Counts:
    """Every event as a row."""
    async for page in pages(office, found.first, found.last, progress):
        told = (await office.feed.told(page, known)).events
        decoded = map(office.ledger.codec.decode, page)
        file.add([_row(recorded, event) for recorded, event in zip(decoded, told, strict=True)])
    return file.end()


def _row(recorded: Recorded[Fact], event: Mapping[str, Any]) -> TableRow:
    fact, envelope = recorded.fact, recorded.fact.envelope
    holder = event["data"].get("holder") if fact.CATEGORY in OF_DOSSIERS else None
    return TableRow(
        recorded.position,
        event["type"],
        envelope.occurred_at,
        recorded.recorded_at,
        str(fact.originator_id),
        fact.originator_version,
        event["subject"] if fact.CATEGORY in OF_DOSSIERS else None,
        holder["identifier"] if holder else None,
        str(holder["agency"]) if holder else None,
        _text(envelope.acting_agency),
        envelope.actor.kind,
        envelope.actor.id,
        _text(envelope.posting_id),
        envelope.rules,
        recorded.leaf,
        event["data"],
    )


def _text(id: UUID | None) -> str | None:
    return None if id is None else str(id)


async def export_ocel(
    office: Exporting, found: Extent, known: Moment, file: OcelFile, progress: Progress
) -> Counts:
    """Events, objects and what both have to do with each other. Facts before the first position are read as
    well: they say what the objects were by then."""
    objects = Objects(found.ledger)
    codec = office.ledger.codec
    async for page in pages(office, 1, found.last, progress):
        file.add(objects.read(codec.decode(stored)) for stored in page)
    return file.end(*_by_acts(known.organisation))


def _by_acts(organisation: Organisation) -> tuple[list[Link], list[Told]]:
    """Which agencies scheduled acts end, and who succeeds them: no fact says it, the hour does."""
    links: list[Link] = []
    told: list[Told] = []
    for step in organisation.steps:
        for agency, heir in sorted(step.rules.heirs.items()):
            links.append(Link(str(agency), "agency", str(heir), "agency", "succeeded by"))
            ended = Attribute("ended", "boolean", True)
            told.append(Told(str(agency), "agency", ended, step.hour, step.hour))
    return links, told
