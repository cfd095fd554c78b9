"""From one part of an act's file to the part's draft: references and identifiers become ids, new units and
agencies are made, each fault names its item.

A file's part: name, province (CODE@DATE, may begin by this part), ends [CODE@DATE], begins [{code, name,
kind, level, parent}], links [{from, to, kind, default}],
agencies {begins [agency entries], ends [{agency, heir, closed_by}], receivers [{unit, level, agency}]},
rules [{procedure, level, origin}], postings [{officer, from, to}].
A new unit is valid from the act's day; CODE@DAY names it within the file. What another draft begins is
nothing yet, so a wrong draft is cancelled and its file drafted again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from application.ids import new_id
from application.moment import Moment
from application.organisation import Organisation
from application.refusals import BadRequest, NotFound
from application.registry import found_agency
from domain import handover_rules as rules
from domain.facts import Aggregate, Envelope
from domain.handover_draft import PartDraft
from domain.handover_facts import Closing, LevelRule, Link, PostingMove, Receiver
from domain.handover_part import HandoverPart
from domain.local_time import local_date
from domain.refusals import Refused
from domain.unit import Unit

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DraftedPart:
    """The drafted part and everything that begins by it."""

    part: HandoverPart
    aggregates: tuple[Aggregate, ...]


@dataclass(slots=True)
class _Names:
    """What the file may name: everything known, and what begins by this part."""

    organisation: Organisation
    now: datetime
    units: dict[str, UUID]
    agencies: dict[str, UUID]

    def unit(self, reference: str) -> UUID:
        return self.units.get(reference) or self.organisation.unit_by_reference(reference, self.now).id

    def agency(self, identifier: str) -> UUID:
        return self.agencies.get(identifier) or self.organisation.agency_by_identifier(identifier).id

    def officer(self, id_: str) -> UUID:
        officer = UUID(id_)
        if officer not in self.organisation.officers:
            raise NotFound("unknown_officer", f"there is no officer {officer}: name one of GET /v1/officers")
        return officer


def draft_part(
    moment: Moment,
    envelope: Envelope,
    act_id: UUID,
    effective_at: datetime,
    document: Document,
    also_ending: Collection[str] = (),
) -> DraftedPart:
    """`also_ending`: identifiers of the agencies that the act's other parts end. Raises BadRequest or
    NotFound
    naming the item, and Refused by the domain's rules for drafts."""
    part = HandoverPart.empty(new_id(moment.now))
    names = _Names(moment.organisation, moment.now, {}, {})
    units = _new_units(moment, envelope, part.id, effective_at, document.get("begins", ()), names)
    agencies = _new_agencies(moment, envelope, part.id, document["agencies"].get("begins", ()), names)
    elsewhere = [names.agency(identifier) for identifier in also_ending]
    part.draft(envelope, _draft(act_id, effective_at, document, names, units), elsewhere)
    return DraftedPart(part, (*units, *agencies, part))


def _draft(
    act_id: UUID, effective_at: datetime, document: Document, names: _Names, units: Sequence[Unit]
) -> PartDraft:
    agencies = document["agencies"]
    return PartDraft(
        act=act_id,
        name=document["name"],
        province=names.unit(document["province"]),
        effective_at=effective_at,
        ends=tuple(names.unit(reference) for reference in document["ends"]),
        begins=tuple(unit.id for unit in units),
        links=tuple(
            Link(names.unit(link["from"]), names.unit(link["to"]), link["kind"], link.get("default", True))
            for link in document["links"]
        ),
        closings=tuple(
            Closing(names.agency(end["agency"]), names.agency(end["heir"]), names.officer(end["closed_by"]))
            for end in agencies["ends"]
        ),
        receivers=tuple(
            Receiver(names.unit(r["unit"]), r["level"], names.agency(r["agency"]))
            for r in agencies["receivers"]
        ),
        rules=tuple(
            LevelRule(r.get("rule", "level"), r["procedure"], r["level"], r.get("origin", "assumed"))
            for r in document["rules"]
        ),
        postings=tuple(
            PostingMove(_posting(names, move), names.agency(move["to"]))
            for move in document.get("postings", ())
        ),
    )


def _posting(names: _Names, move: Document) -> UUID:
    """The posting that a move names: by id, or as an officer's posting at an agency."""
    if "posting" in move:
        posting_id = UUID(move["posting"])
        if not any(o.posting(posting_id) for o in names.organisation.officers.values()):
            raise NotFound("unknown_posting", f"no officer has the posting {posting_id}")
        return posting_id
    officer, agency = UUID(move["officer"]), names.agency(move["from"])
    for posting, where in names.organisation.posted(officer, names.now):
        if where == agency:
            return posting.posting_id
    raise NotFound("unknown_posting", f"officer {officer} is not posted at {move['from']}")


def _new_units(
    moment: Moment,
    envelope: Envelope,
    part_id: UUID,
    effective_at: datetime,
    entries: Sequence[Document],
    names: _Names,
) -> list[Unit]:
    day = local_date(effective_at)
    made = []
    for entry in entries:
        unit = Unit.empty(new_id(moment.now))
        unit.establish(
            envelope,
            code=entry["code"],
            name=entry["name"],
            level=entry["level"],
            kind=entry["kind"],
            parent=names.unit(entry["parent"]) if entry.get("parent") else None,
            valid_from=day,
            known_valid_on=day,
            begins_by=part_id,
            source=entry.get("source", ""),
            origin=dict(entry.get("origin", {})),
        )
        if unit.reference in names.units:
            raise BadRequest("unit_twice", f"the part begins {unit.reference} twice: leave one out")
        if any(u.reference == unit.reference for u in moment.organisation.units_with_code(unit.code)):
            raise Refused(rules.BEGINS_ONCE, unit=unit.reference)
        names.units[unit.reference] = unit.id
        made.append(unit)
    return made


def _new_agencies(
    moment: Moment, envelope: Envelope, part_id: UUID, entries: Sequence[Document], names: _Names
) -> list[Aggregate]:
    organisation = moment.organisation
    known = {a.identifier: a.id for a in organisation.agencies.values() if organisation.counts(a.begins_by)}
    made: list[Aggregate] = []
    for entry in entries:
        if entry["identifier"] in known or entry["identifier"] in names.agencies:
            raise BadRequest(
                "agency_twice",
                f"the agency {entry['identifier']} is there already: a new one needs a new identifier",
            )
        agency = found_agency(
            envelope, entry, moment, known | names.agencies, begins_by=part_id, unit=names.unit(entry["unit"])
        )
        names.agencies[agency.identifier] = agency.id
        made.append(agency)
    return made
