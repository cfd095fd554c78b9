"""Who stands for a unit or a desk after the acts that have come into effect: public, and asked by code.

Everything is read from the organisation as known at a moment, for an instant `t` (aware).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.organisation import Organisation
from application.refusals import NotFound
from domain.dossier_code import parse
from domain.holding import Step
from domain.local_time import local_date
from domain.unit import Unit


@dataclass(frozen=True, slots=True)
class Heir:
    """A unit that stands for an ended one. `kind`: whole, part or same; `default`: provisionally for a split;
    `desk`: the agency that receives there, where one is named."""

    unit: UUID
    kind: str
    default: bool
    hour: datetime
    part: UUID
    desk: UUID | None


def heirs_of_unit(organisation: Organisation, unit: UUID, t: datetime) -> list[Heir]:
    """The units that succeed `unit` at `t`, through as many acts as there were; empty while it is valid."""
    step = _ended_by(organisation, unit, t)
    if step is None:
        return []
    found: dict[UUID, Heir] = {}
    for to, kind, default in step.rules.successors.get(unit, ()):
        further = [] if to == unit else heirs_of_unit(organisation, to, t)
        own = Heir(to, kind, default, step.hour, step.part_id, step.rules.receivers.get(to))
        for heir in further or [own]:
            found.setdefault(heir.unit, heir)
    return list(found.values())


def _ended_by(organisation: Organisation, unit: UUID, t: datetime) -> Step | None:
    return next((s for s in organisation.steps if s.hour <= t and unit in s.rules.ended_units), None)


def desks_after(organisation: Organisation, agency: UUID, t: datetime) -> list[UUID]:
    """The desks to which what `agency` held has gone by `t`: those of the units that succeed its own and the
    units within, the province's, and its default heir. The agency itself while it is open."""
    step = next((s for s in organisation.steps if s.hour <= t and s.rules.ends(agency)), None)
    if step is None:
        return [agency]
    unit = organisation.agencies[agency].unit
    within = [u for u in step.rules.successors if u == unit or organisation.units[u].parent == unit]
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
    for step in organisation.steps:
        rules = step.rules
        if step.hour > t or rules.levels.get(procedure_code) != "abolished":
            continue
        if agency == rules.province_desk or agency in (*rules.heirs.values(), *rules.receivers.values()):
            return True
        if organisation.agencies[agency].unit in rules.begun_units:
            return True
    return False
