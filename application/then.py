"""A dossier as it was valid at an instant and as the ledger knew it up to a position.

Both are asked for together. *Known*: only what was recorded up to the position counts, of the dossier, of the
organisation, of the calendar and of who is the same person. *Valid*: of that, the facts that had happened by
the instant, whenever they were recorded. Who held it goes by when facts were recorded, as `domain.holding`
says, so nobody held it before the ledger had it.

An answer for a pair never changes afterwards: nothing in it is taken from what was recorded later, from a
read model, or from the present time. Lawful erasure is the one exception: erased text is null for every pair.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from application.dossiers import Dossiers, placements_of
from application.ledger import Ledger
from application.moment import Moment, OrganisationReader
from application.persons import Person, person_by
from application.refusals import NotFound
from domain.citizen import Citizen
from domain.document_store import DocumentStore, store_stream
from domain.dossier import Dossier
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Fact, Recorded
from domain.holding import Held, holder
from domain.kept_documents import NO_DOCUMENTS, KeptDocuments
from domain.valid_then import as_valid

KnownAt = int | datetime | None
"""A position, an instant, or None: now."""


@dataclass(frozen=True, slots=True)
class Then:
    """`moment`: `now` is the instant for which it is valid, `read_up_to` the position up to which it was
    known, with the organisation as known there. `dossier`: folded from what had happened; `held` None: nobody
    yet, or it is quarantined."""

    moment: Moment
    dossier: Dossier
    held: Held | None


async def moment_then(reader: OrganisationReader, valid_at: datetime | None, known_at: KnownAt) -> Moment:
    """The moment that a pair asks for: `now` is `valid_at` (None: the ledger's time). What is worked out from
    it is worked out before anything else is awaited: where the position is the log's end, the organisation
    goes on when something is recorded. BadRequest (not_recorded_yet), Overloaded."""
    moment = await reader.as_known(known_at)
    return moment if valid_at is None else replace(moment, now=valid_at)


async def pair_then(
    reader: OrganisationReader, valid_at: datetime | None, known_at: KnownAt
) -> tuple[datetime, int]:
    """The instant and the position that a pair means; for None the ledger's time, and the last position that
    is recorded now. BadRequest (not_recorded_yet)."""
    moment = await reader.moment(fresh=True)
    position = moment.read_up_to if known_at is None else await reader.position_known(known_at, moment)
    return valid_at or moment.now, position


async def position_then(reader: OrganisationReader, known_at: KnownAt) -> int:
    """The position that `known_at` means; for None the last one that is recorded now. BadRequest."""
    moment = await reader.moment(fresh=True)
    return moment.read_up_to if known_at is None else await reader.position_known(known_at, moment)


@dataclass(frozen=True, slots=True)
class RecordedThen:
    """What was known of a dossier up to a position: its own facts and those that placed it."""

    moment: Moment
    history: DossierTimeline
    facts: list[Recorded[Fact]] = field(repr=False)


async def recorded_then(
    office: Dossiers, dossier_id: UUID, valid_at: datetime | None, position: int, code: str
) -> RecordedThen:
    """By the organisation as known then, at `valid_at` (None: when the position was recorded). NotFound
    (not_known_yet). As with `moment_then`, it is used before anything else is awaited."""
    at = valid_at or await recorded_at(office, position)
    facts: list[Recorded[Fact]] = []
    read, unread = set[UUID](), {dossier_id}
    while True:
        found = await office.ledger.facts_of(sorted(unread))
        facts = sorted([*facts, *(r for r in found if r.position <= position)], key=lambda r: r.position)
        read |= unread
        if not any(r.fact.originator_id == dossier_id for r in facts):
            raise NotFound("not_known_yet", f"nothing about {code} was recorded up to position {position}")
        moment = await moment_then(office.reader, at, position)
        history = timeline(facts)
        unread = placements_of(moment, history, facts[-1].recorded_at) - read
        if not unread:
            return RecordedThen(moment, history, facts)


async def recorded_at(office: Dossiers, position: int) -> datetime | None:
    """When a position was recorded; None for none."""
    stored = await office.ledger.recorder.events_after(position - 1, 1) if position else []
    return stored[0].recorded_at if stored else None


async def dossier_then(
    office: Dossiers, dossier_id: UUID, valid_at: datetime, position: int, code: str
) -> Then:
    """Raises NotFound: nothing of it was recorded up to the position (not_known_yet), or it had not begun by
    `valid_at` (not_begun_then). As with `moment_then`, it is used before anything else is awaited."""
    known = await recorded_then(office, dossier_id, valid_at, position, code)
    dossier = as_valid(Dossier.empty(dossier_id), known.facts, valid_at)
    if not dossier.code:
        raise NotFound(
            "not_begun_then", f"the dossier {code} had not begun by {valid_at.isoformat()}: ask for later"
        )
    held = holder(known.history, known.moment.organisation.steps, valid_at)
    return Then(known.moment, dossier, held)


async def person_then(ledger: Ledger, citizen: UUID, valid_at: datetime, position: int) -> Person:
    """The person for whom this id stood, with every record as it was."""

    async def read(ids: list[UUID]) -> dict[UUID, Citizen]:
        recorded = [r for r in await ledger.facts_of(ids) if r.position <= position]
        return {id: as_valid(Citizen.empty(id), recorded, valid_at) for id in ids}

    return await person_by(read, citizen)


async def documents_then(
    ledger: Ledger, owner: UUID | None, valid_at: datetime, position: int, *, bringing: bool = False
) -> KeptDocuments:
    """What the owner had in store, in the records that stood for one person; nothing for nobody, and for
    whoever only brings papers."""
    if owner is None or bringing:
        return NO_DOCUMENTS
    same = (await person_then(ledger, owner, valid_at, position)).ids
    records = (owner, *(one for one in same if one != owner))
    streams = [store_stream(record) for record in records]
    recorded = [r for r in await ledger.facts_of(streams) if r.position <= position]
    stores = [as_valid(DocumentStore.empty(stream), recorded, valid_at) for stream in streams]
    return KeptDocuments(*stores, records=same)


async def time_of(ledger: Ledger, known_at: int | datetime, position: int) -> datetime:
    """The instant as of which is asked: that itself, or when the position was recorded."""
    if isinstance(known_at, datetime):
        return known_at
    (stored,) = await ledger.recorder.events_after(position - 1, 1)
    return stored.recorded_at
