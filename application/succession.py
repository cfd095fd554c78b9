"""Who stands for a unit or a desk after the acts that have come into effect: public, and asked by code.

Everything is read from the organisation as known at a moment, for an instant `t` (aware). Units begin and
end by their act's instant and the newest version known, whenever that was recorded.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from application.organisation import Organisation
from application.refusals import NotFound
from domain.dossier_code import parse
from domain.handover_facts import Link
from domain.handover_part import HandoverPart
from domain.local_time import local_date
from domain.unit import Unit

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Heir:
    """A unit that stands for an ended one. `kind`: whole, part or same; `default`: provisionally for a split;
    `hour`: since when, by law; `certain`: no split and no disputed link on the way; `desk`: the agency that
    receives there, where one is named."""

    unit: UUID
    kind: str
    default: bool
    hour: datetime
    part: UUID
    desk: UUID | None
    certain: bool


@dataclass(frozen=True, slots=True)
class LinkByLaw:
    """One link of a part that is scheduled, or of one whose act does not say its day yet (`since` None: such
    a part is only drafted)."""

    link: Link
    part: UUID
    act: UUID
    since: datetime | None


def heirs_of_unit(organisation: Organisation, unit: UUID, t: datetime) -> list[Heir]:
    """The units that succeed `unit` at `t` by law, through as many acts as there were; empty while it is
    valid. A disputed link decides nothing where there is another."""
    found: dict[UUID, Heir] = {}
    part = _ended_by(organisation, unit)
    if part is None or part.effective_at > t:
        return []
    rules = part.rules(part.scheduled)
    for to, kind, default in rules.successors.get(unit, ()):
        further = [] if to == unit else heirs_of_unit(organisation, to, t)
        certain = kind != "part" and unit not in rules.doubtful
        own = Heir(to, kind, default, part.effective_at, part.id, rules.receivers.get(to), certain)
        for heir in further or [own]:
            found.setdefault(heir.unit, replace(heir, certain=heir.certain and certain))
    return list(found.values())


def _ended_by(organisation: Organisation, unit: UUID) -> HandoverPart | None:
    """The scheduled part that ends the unit, by the newest version known."""
    ended_by = organisation.known_acts.ended_by.get(unit)
    return None if ended_by is None else organisation.parts[ended_by]


def links_of_unit(organisation: Organisation, unit: UUID) -> list[LinkByLaw]:
    """By which links a scheduled part gives the unit successors, disputed ones too."""
    part = _ended_by(organisation, unit)
    if part is None:
        return []
    draft = part.draft_of(part.scheduled)
    links = (link for link in draft.links if link.from_ == unit)
    return [LinkByLaw(link, part.id, draft.act, draft.effective_at) for link in links]


def undated_links(organisation: Organisation, units: Collection[UUID]) -> list[LinkByLaw]:
    """The links from these units in drafts of acts that do not say yet from when they count."""
    return [
        LinkByLaw(link, part.id, part.act, None)
        for part in organisation.parts.values()
        if part.part_version and not part.cancelled and part.scheduled is None
        if part.draft_of().effective_at is None
        for link in part.draft_of().links
        if link.from_ in units
    ]


def links_onwards(organisation: Organisation, unit: UUID) -> list[LinkByLaw]:
    """Every link from the unit on, through all scheduled acts in their order, disputed ones too (which lead
    no further where there is another)."""
    found: list[LinkByLaw] = []
    following, seen = [unit], {unit}
    while following:
        links = links_of_unit(organisation, following.pop(0))
        found += links
        sure = [by.link.to for by in links if not by.link.disputed]
        onwards = sure or [by.link.to for by in links]
        following += [to for to in dict.fromkeys(onwards) if to not in seen]
        seen.update(onwards)
    return found


def desks_after(organisation: Organisation, agency: UUID, t: datetime) -> list[UUID]:
    """The desks to which what `agency` held has gone by `t`: those of the units that succeed its own and the
    units within, the province's, and its default heir. The agency itself while it is open."""
    standing = organisation.known_acts.at(t)
    if agency not in standing.heirs:
        return [agency]
    if agency not in standing.desks:
        standing.desks[agency] = _desks_after(organisation, agency, t)
    return standing.desks[agency]


def _desks_after(organisation: Organisation, agency: UUID, t: datetime) -> list[UUID]:
    parts = organisation.known_acts.at(t).parts
    step = next(s for s in parts.values() if s.rules.ends(agency))
    founded = organisation.agencies[agency]
    units = {founded.unit, organisation.unit_of(founded, step.effective_at - MICROSECOND)}
    within = [u for u in step.rules.successors if u in units or organisation.units[u].parent in units]
    desks = [heir.desk for u in within for heir in heirs_of_unit(organisation, u, t)]
    desks += [step.rules.heirs[agency], step.rules.province_desk]
    return list(dict.fromkeys(organisation.heir_of(desk, t) for desk in desks if desk is not None))


def agency_in_code(organisation: Organisation, code: str) -> UUID | None:
    """The agency whose identifier begins the code, where the code has a form that says one."""
    parts = parse(code)
    if parts is None:
        return None
    try:
        return organisation.agency_by_identifier(parts.identifier).id
    except NotFound:
        return None


def open_agency(organisation: Organisation, agency: UUID, t: datetime) -> UUID:
    """The agency that was named, or its heir where an act has ended it: what is addressed to the dissolved
    goes to the heir. NotFound where it is unknown, or neither is open at `t`."""
    if agency not in organisation.agencies:
        raise NotFound("unknown_agency", f"there is no agency {agency}: name one of GET /v1/agencies")
    heir = organisation.agencies[organisation.heir_of(agency, t)]
    if not organisation.agency_open_at(heir, t):
        raise NotFound(
            "unknown_agency",
            f"the agency {heir.identifier} is not open on {local_date(t)}: name one of GET /v1/agencies",
        )
    return heir.id


def living_unit(organisation: Organisation, reference: str, t: datetime) -> Unit:
    """The unit of this name, valid at `t`. NotFound says which units stand for one that is not."""
    unit = organisation.unit_by_reference(reference, t)
    if organisation.unit_valid_at(unit, t):
        return unit
    heirs = [organisation.units[heir.unit].reference for heir in heirs_of_unit(organisation, unit.id, t)]
    after = f"name what stands for it: {', '.join(heirs)}" if heirs else "name one of GET /v1/units"
    raise NotFound("dead_unit", f"the unit {unit.reference} is not valid on {local_date(t)}: {after}")


def abolished_for(organisation: Organisation, procedure_code: str, agency: UUID, t: datetime) -> bool:
    """Whether an act that concerns the agency has abolished the procedure by `t`."""
    unit = organisation.unit_of(organisation.agencies[agency], t)
    for step in organisation.known_acts.at(t).parts.values():
        rules = step.rules
        if rules.levels.get(procedure_code) != "abolished":
            continue
        if agency == rules.province_desk or agency in (*rules.heirs.values(), *rules.receivers.values()):
            return True
        if unit in rules.begun_units:
            return True
    return False
