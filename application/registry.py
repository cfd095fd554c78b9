"""Loading territory, agencies and officers (and, in catalogue_loads, procedures and calendars), in bulk and
again: what is known
already is left alone, so a load that was cut short is finished by running it again.

Each entry is one item with a claim, so two loads at once cannot make a unit, an agency, an officer or a
procedure twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from application.ids import new_id
from application.ledger import Ledger, personal_subjects
from application.moment import Moment, OrganisationReader
from application.policy import Acting, Identity, allow
from application.ports import Claim, ClaimTaken, Item, NothingNewer, Receipt
from application.refusals import BadRequest
from domain.agency import Agency
from domain.facts import Aggregate, Category, Envelope, Personal
from domain.officer import Officer
from domain.unit import Unit

CHUNK = 1000
LEVELS = ("province", "district", "commune")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many entries were recorded now, and how many were known already. `of_a_list`: codes of procedures
    that a published list gave, of which a document records nothing unless it is told from which day."""

    recorded: int
    known: int
    of_a_list: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Registry:
    """What the functions below work with."""

    ledger: Ledger
    reader: OrganisationReader


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A unit to establish. `parent`: the parent's code among the entries or units known."""

    code: str
    name: str
    level: str
    kind: str
    parent: str | None
    valid_from: date | None
    known_valid_on: date
    source: str
    origin: Mapping[str, str]


async def load_units(office: Registry, identity: Identity, entries: Sequence[UnitEntry]) -> Loaded:
    """Establish units, provinces first. A unit is (code, valid from); one with the same code and day is
    known."""
    moment = await office.reader.moment(fresh=True)
    envelope = envelope_of(allow(identity, "load-units", moment), moment)
    ids = {
        (unit.code, unit.level): unit.id
        for unit in moment.organisation.units.values()
        if moment.organisation.unit_valid_at(unit, moment.now)
    }
    by_act = {u.reference for u in moment.organisation.units.values() if _begins_by_act(u, moment)}
    made: list[tuple[Aggregate, list[Claim]]] = []
    for entry in sorted(entries, key=lambda e: LEVELS.index(e.level)):
        unit = Unit.empty(new_id(moment.now))
        parent = _parent_id(entry, ids)
        unit.establish(
            envelope,
            code=entry.code,
            name=entry.name,
            level=entry.level,
            kind=entry.kind,
            parent=parent,
            valid_from=entry.valid_from,
            known_valid_on=entry.known_valid_on,
            begins_by=None,
            source=entry.source,
            origin=dict(entry.origin),
        )
        ids.setdefault((entry.code, entry.level), unit.id)
        if unit.reference not in by_act:
            made.append((unit, [office.ledger.claim("unit", unit.reference, unit.id)]))
    loaded = await record_each(office, made, _no_act_between(moment))
    return Loaded(loaded.recorded, loaded.known + len(entries) - len(made))


def _parent_id(entry: UnitEntry, ids: Mapping[tuple[str, str], UUID]) -> UUID | None:
    if entry.parent is None:
        return None
    for level in LEVELS:
        if (entry.parent, level) in ids and level != entry.level:
            return ids[entry.parent, level]
    raise BadRequest(
        "unknown_parent",
        f"unit {entry.code} names the parent {entry.parent}, which is neither loaded nor in the file",
    )


async def load_agencies(office: Registry, identity: Identity, entries: Iterable[Mapping[str, Any]]) -> Loaded:
    """Found agencies. An entry: identifier, name, kind, unit (CODE@DATE), parent (identifier)?, address,
    hotline, hours, legal_form, valid_from?, origin."""
    moment = await office.reader.moment(fresh=True)
    envelope = envelope_of(allow(identity, "load-agencies", moment), moment)
    organisation = moment.organisation
    ids = {a.identifier: a.id for a in organisation.agencies.values() if organisation.agency_counts(a)}
    by_act = {a.identifier for a in organisation.agencies.values() if _begins_by_act(a, moment)}
    made: list[tuple[Aggregate, list[Claim]]] = []
    skipped = 0
    for entry in entries:
        if entry["identifier"] in by_act:
            skipped += 1
            continue
        agency = found_agency(envelope, entry, moment, ids, begins_by=None)
        ids.setdefault(agency.identifier, agency.id)
        made.append((agency, [office.ledger.claim("agency", agency.identifier, agency.id)]))
    loaded = await record_each(office, made, _no_act_between(moment))
    return Loaded(loaded.recorded, loaded.known + skipped)


def _begins_by_act(begun: Unit | Agency, moment: Moment) -> bool:
    """Whether a scheduled part begins it. Such a unit or agency has no claim (an act that is cancelled leaves
    none behind), so a load has to look."""
    organisation = moment.organisation
    counts = organisation.unit_counts(begun) if isinstance(begun, Unit) else organisation.agency_counts(begun)
    return begun.begins_by is not None and counts


def _no_act_between(moment: Moment) -> NothingNewer:
    """Nothing was drafted, scheduled or cancelled since the load looked."""
    return NothingNewer(moment.read_up_to, (), (Category.HANDOVER_PART,))


def found_agency(
    envelope: Envelope,
    entry: Mapping[str, Any],
    moment: Moment,
    ids: Mapping[str, UUID],
    *,
    begins_by: UUID | None,
    unit: UUID | None = None,
) -> Agency:
    """A new agency from one entry of a file; its unit is looked up unless given."""
    agency = Agency.empty(new_id(moment.now))
    parent = entry.get("parent")
    if parent is not None and parent not in ids:
        raise BadRequest(
            "unknown_agency", f"agency {entry['identifier']} names the parent {parent}, which is not there"
        )
    agency.found(
        envelope,
        identifier=entry["identifier"],
        name=entry["name"],
        kind=entry["kind"],
        unit=unit or moment.organisation.unit_by_reference(entry["unit"], moment.now).id,
        parent=ids[parent] if parent else None,
        address=entry.get("address", ""),
        hotline=entry.get("hotline", ""),
        hours=entry.get("hours", ""),
        legal_form=entry.get("legal_form", ""),
        valid_from=_day(entry.get("valid_from")),
        begins_by=begins_by,
        origin=dict(entry.get("origin", {})),
    )
    return agency


async def load_officers(office: Registry, identity: Identity, entries: Iterable[Mapping[str, Any]]) -> Loaded:
    """Appoint officers and post them. An entry: number (the organisation's staff number), name, postings:
    [{agency (identifier), roles, from?, until?}]."""
    moment = await office.reader.moment(fresh=True)
    envelope = envelope_of(allow(identity, "load-officers", moment), moment)
    made: list[tuple[Aggregate, list[Claim]]] = []
    for entry in entries:
        officer = Officer.empty(new_id(moment.now))
        officer.appoint(envelope, name=Personal(officer.id, entry["name"]))
        for posting in entry["postings"]:
            officer.post(
                envelope,
                posting_id=new_id(moment.now),
                agency=moment.organisation.agency_by_identifier(posting["agency"]).id,
                roles=tuple(posting["roles"]),
                from_=_instant(posting.get("from")) or moment.now,
                until=_instant(posting.get("until")),
                begins_by=None,
            )
        made.append((officer, [office.ledger.claim("officer", entry["number"], officer.id)]))
    return await record_each(office, made)


async def record_each(
    office: Registry,
    made: Sequence[tuple[Aggregate, list[Claim]]],
    nothing_newer: NothingNewer | None = None,
) -> Loaded:
    """Append each aggregate as an item of its own, in chunks; what is claimed already counts as known."""
    recorded = known = 0
    for chunk in _chunks(made):
        decided = [fact for aggregate, _ in chunk for fact in aggregate.pending_events]
        await office.ledger.keyring.ensure(sorted(personal_subjects(decided)))  # once, not a commit for each
        items: list[Item] = [
            await office.ledger.item(aggregate, claims=claims, nothing_newer=nothing_newer)
            for aggregate, claims in chunk
        ]
        for outcome in await office.ledger.recorder.append_many(items):
            if isinstance(outcome, Receipt):
                recorded += 1
            elif isinstance(outcome, ClaimTaken):
                known += 1
            else:
                raise outcome
    return Loaded(recorded, known)


def _chunks(
    made: Sequence[tuple[Aggregate, list[Claim]]],
) -> Iterator[list[tuple[Aggregate, list[Claim]]]]:
    remaining = iter(made)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def envelope_of(acting: Acting, moment: Moment) -> Envelope:
    return Envelope(
        actor=acting.actor, occurred_at=moment.now, posting_id=acting.posting_id, acting_agency=acting.agency
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    t = datetime.fromisoformat(text)
    if t.tzinfo is None:
        raise BadRequest("no_zone", f"the instant {text} has no zone: write e.g. 2025-06-01T08:00:00+07:00")
    return t
