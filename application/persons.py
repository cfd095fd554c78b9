"""One person, several records: which ids stand for one person now, and as whom somebody acts on a dossier.

A merge is a link between two records and rewrites nothing: dossiers keep the owner's id that they were filed
with, and reading follows the links.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from application.grants import GRANTS, OWNER
from application.ledger import Ledger
from application.policy import Identity
from domain.citizen import Citizen
from domain.dossier import Dossier
from domain.mandates import Mandate, judge_acting, judge_filing, lets_act


@dataclass(frozen=True, slots=True)
class Person:
    """`survivor`: the record that the others are merged into, first in `ids`; `records`: every record by its
    id, as read."""

    survivor: UUID
    records: dict[UUID, Citizen]

    @property
    def ids(self) -> tuple[UUID, ...]:
        return (self.survivor, *sorted(self.records.keys() - {self.survivor}))

    @property
    def mandates(self) -> list[Mandate]:
        return [mandate for record in self.records.values() for mandate in record.mandates.values()]


async def same_person(ledger: Ledger, citizen: UUID) -> tuple[UUID, ...]:
    """All ids that stand for one person as of now, the survivor's first; of who was never merged: that id
    alone. An id that nobody has is answered with itself."""
    return (await person(ledger, citizen)).ids


async def person(ledger: Ledger, citizen: UUID) -> Person:
    """The person for whom this id stands, with every record: up to the survivor, then down to all that are
    merged into it. Who was never merged costs one read."""
    return await person_by(lambda ids: _read(ledger, ids), citizen)


async def person_by(read: Callable[[list[UUID]], Awaitable[dict[UUID, Citizen]]], citizen: UUID) -> Person:
    """The same by records that are read in another way."""
    records = await read([citizen])
    survivor = citizen
    while (into := records[survivor].merged_into) is not None and into not in records:
        records |= await read([into])
        survivor = into
    unread = _absorbed(records)
    while unread:
        records |= await read(sorted(unread))
        unread = _absorbed(records)
    return Person(survivor, records)


def _absorbed(records: dict[UUID, Citizen]) -> set[UUID]:
    return {one for record in records.values() for one in record.absorbed} - records.keys()


async def _read(ledger: Ledger, ids: list[UUID]) -> dict[UUID, Citizen]:
    read = ledger.remembered.read
    return {id_: await read(Citizen, id_, lambda record: len(record.mandates)) for id_ in ids}


async def records_of(ledger: Ledger, identity: Identity, citizen: UUID | None) -> frozenset[UUID]:
    """Whose tokens the policy takes for this citizen's own: for an applicant with another id, every record of
    the same person. Nobody's where no citizen is named."""
    if citizen is None:
        return frozenset()
    if identity.kind != "applicant" or identity.uuid == citizen:
        return frozenset({citizen})
    return frozenset(await same_person(ledger, citizen))


async def speakers_for(ledger: Ledger, identity: Identity, citizen: UUID, today: date) -> frozenset[UUID]:
    """The same, and whoever has a mandate of this citizen that is in force today."""
    own = await records_of(ledger, identity, citizen)
    if identity.kind != "applicant" or identity.uuid is None or identity.uuid in own:
        return own
    given_by, asking = await person(ledger, citizen), await same_person(ledger, identity.uuid)
    speaks = any(m.representative in asking and m.in_force(today) for m in given_by.mandates)
    return own | {identity.uuid} if speaks else own


async def speakers_for_any(
    ledger: Ledger, identity: Identity, citizens: Collection[UUID], today: date
) -> frozenset[UUID]:
    """The same for what several citizens are parties of: who is one of them under another record, or has a
    mandate of one that is in force today, speaks too."""
    own = frozenset(citizens)
    if identity.kind != "applicant" or identity.uuid is None or identity.uuid in own:
        return own
    asking = await person(ledger, identity.uuid)
    if not own.isdisjoint(asking.records):
        return own | {identity.uuid}
    for citizen in sorted(own):
        given_by = await person(ledger, citizen)
        if any(m.representative in asking.records and m.in_force(today) for m in given_by.mandates):
            return own | {identity.uuid}
    return own


@dataclass(frozen=True, slots=True)
class Speaking:
    """`parties`: whose tokens the policy takes for parties; `party`: the owner or submitter as whom an
    applicant acts whose token has another id of theirs; `streams`: what was read for that; `bringing`: of the
    parties, under which ids somebody only brings papers: a submitter with no mandate in force."""

    parties: frozenset[UUID]
    party: UUID | None = None
    streams: tuple[UUID, ...] = ()
    bringing: frozenset[UUID] = field(default_factory=frozenset)

    def parties_to(self, act: str) -> frozenset[UUID]:
        """Who may do this act as a party: what is the owner's is not for whoever only brings papers."""
        return self.parties - self.bringing if GRANTS[act].citizen == OWNER else self.parties


async def speaking(ledger: Ledger, identity: Identity, dossier: Dossier, today: date) -> Speaking:
    """As whom `identity` speaks about a dossier. An owner always may; a submitter who filed under a mandate
    only while one is in force; one who named none brings papers, unless one is in force that nobody named.
    Leaving a mandate out opens nothing. Raises Refused (mandate.act.over)."""
    owner, submitter = dossier.owner, dossier.submitter
    parties = frozenset(party for party in (owner, submitter) if party)
    own = identity.uuid if identity.kind == "applicant" else None
    if own is None or not parties or own == owner:
        return Speaking(parties)
    asking = await person(ledger, own)
    if owner in asking.records:
        return Speaking(parties | {own}, owner, asking.ids)
    if submitter not in asking.records:
        return Speaking(parties)
    if owner is None:  # an import that names no owner: nobody else speaks for it
        return Speaking(parties | {own}, submitter, asking.ids)
    given_by = await person(ledger, owner)
    read, procedure = (*asking.ids, *given_by.ids), dossier.procedure_code
    if dossier.mandate is not None:
        judge_acting(given_by.mandates, dossier.mandate, asking.ids, procedure, today)
    elif not lets_act(given_by.mandates, asking.ids, procedure, today):
        return Speaking(parties | {own}, submitter, read, frozenset(asking.ids))
    return Speaking(parties | {own}, submitter, read)


async def judge_mandate(
    ledger: Ledger, mandate: UUID, owner: UUID, submitter: UUID, procedure: str, today: date
) -> tuple[UUID, ...]:
    """May the submitter file for the owner under this mandate today? Gives the streams that were read for the
    answer. Raises Refused."""
    given_by, asking = await person(ledger, owner), await same_person(ledger, submitter)
    named = next((given for given in given_by.mandates if given.id == mandate), None)
    judge_filing(named, asking, procedure, today)
    return (*given_by.ids, *asking)
