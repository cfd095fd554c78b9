"""Who stands for a unit, as commands and HTTP say it: at an instant, by which links of which acts, and what
is not certain about it.

Shapes: {unit, name, at, valid, heirs [unit values + kind_of_succession, default, certain, since, part, desk],
links [{of, unit, name, kind, default, decided_by, basis, disputed, since, in_effect, act, issued_on, part}],
undated [{of, unit, name, kind, act, issued_on, handover, part}]}. `links` has every link from the unit on,
those to come included; `undated` what acts that do not say their day would change of the units named.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from application import catalogue
from application.organisation import Organisation
from application.refusals import NotFound
from application.succession import (
    LinkByLaw,
    heirs_of_unit,
    links_onwards,
    undated_links,
)
from domain.local_time import local_date
from domain.unit import Unit

Json = dict[str, Any]


def heirs(organisation: Organisation, reference: str, t: datetime) -> Json:
    """Who stands for a unit at `t`. A bare code names the unit that ended last with it by then, else the one
    that has it. NotFound."""
    return of_unit(organisation, unit_ever(organisation, reference, t), t)


def heirs_named(organisation: Organisation, code: str, t: datetime) -> list[Json]:
    """The same for CODE@DATE, or for every unit that has had a bare code by `t`, the oldest first.
    NotFound."""
    if "@" in code:
        return [of_unit(organisation, organisation.unit_by_reference(code, t), t)]
    found = organisation.units_with_code(code)
    if not found:
        raise NotFound("unknown_unit", f"no unit has the code {code}: load it with `hoso units load`")
    by_then = [unit for unit in found if unit.valid_from is None or unit.valid_from <= local_date(t)]
    ordered = sorted(by_then or found, key=lambda unit: unit.reference)
    return [of_unit(organisation, unit, t) for unit in ordered]


def of_unit(organisation: Organisation, found: Unit, t: datetime) -> Json:
    """The same for one unit."""
    standing = heirs_of_unit(organisation, found.id, t)
    onwards = links_onwards(organisation, found.id)
    involved = {found.id, *(by.link.to for by in onwards if not by.link.disputed)}
    return {
        "unit": found.reference,
        "name": found.name_on(local_date(t)),
        "at": t,
        "valid": organisation.unit_valid_at(found, t),
        "heirs": [
            catalogue.unit_values(organisation, organisation.units[heir.unit], t)
            | {
                "kind_of_succession": heir.kind,
                "default": heir.default,
                "certain": heir.certain,
                "since": heir.hour,
                "part": heir.part,
                "desk": catalogue.agency(organisation, heir.desk, t) if heir.desk else None,
            }
            for heir in standing
        ],
        "links": [_link(organisation, by, t) for by in onwards],
        "undated": [_undated(organisation, by) for by in undated_links(organisation, involved)],
    }


def _link(organisation: Organisation, by: LinkByLaw, t: datetime) -> Json:
    link, act = by.link, organisation.acts[by.act]
    return {
        "of": organisation.units[link.from_].reference,
        "unit": organisation.units[link.to].reference,
        "name": organisation.units[link.to].name_on(local_date(by.since or t)),
        "kind": link.kind,
        "default": link.default,
        "decided_by": link.decided_by,
        "basis": link.basis,
        "disputed": link.disputed,
        "since": by.since,
        "in_effect": by.since is not None and by.since <= t,
        "act": act.number,
        "issued_on": act.issued_on,
        "part": by.part,
    }


def _undated(organisation: Organisation, by: LinkByLaw) -> Json:
    act = organisation.acts[by.act]
    return {
        "of": organisation.units[by.link.from_].reference,
        "unit": organisation.units[by.link.to].reference,
        "name": organisation.units[by.link.to].name_on(date.max),
        "kind": by.link.kind,
        "act": act.number,
        "issued_on": act.issued_on,
        "handover": by.act,
        "part": by.part,
    }


def unit_ever(organisation: Organisation, reference: str, t: datetime) -> Unit:
    """CODE@DATE, or the unit with this code that ended last before `t`, else the valid one. NotFound."""
    if "@" not in reference:
        ended: list[tuple[datetime, UUID]] = [
            (by.since, unit.id)
            for unit in organisation.units_with_code(reference)
            for by in links_onwards(organisation, unit.id)[:1]
            if by.since is not None and by.since <= t
        ]
        if ended:
            return organisation.units[max(ended)[1]]
    return organisation.unit_by_reference(reference, t)
