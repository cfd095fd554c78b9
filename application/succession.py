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
