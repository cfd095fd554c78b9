"""Territory, organisation and procedures as plain values, for any instant: what the public lists show.

The organisation is in memory and small; a list is filtered, then cut by its key (`after`, `limit`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from application.limit_decisions import limit_of_line
from application.organisation import Organisation
from application.publications import publication_of, state_on
from application.refusals import NotFound
from domain.agency import Agency
from domain.fees import PaymentTerms
from domain.local_time import day_end, local_date
from domain.procedure import Procedure, ProcedureVersion
from domain.terms import SupplementTerms
from domain.unit import Unit

Json = dict[str, Any]


def end_of(day: date) -> datetime:
    """The last instant of a day in Vietnam."""
    return day_end(day) - timedelta(microseconds=1)


def day_of(t: datetime) -> date:
    """The day of an instant in Vietnam."""
    return local_date(t)


def units(
    organisation: Organisation, t: datetime, level: str | None, parent: str | None, after: str, limit: int
) -> list[Json]:
    """Units valid at `t` by reference, after `after`. `parent`: CODE or CODE@DATE. NotFound."""
    within = organisation.unit_by_reference(parent, t).id if parent else None
    found = sorted(
        (known.reference, known.id)
        for known in organisation.units.values()
        if known.reference > after
        and (level is None or known.level == level)
        and (within is None or known.parent == within)
    )
    ordered = (organisation.units[unit_id] for _, unit_id in found)
    valid = (known for known in ordered if organisation.unit_valid_at(known, t))
    return [unit_values(organisation, known, t) for known in _first(valid, limit)]


def unit(organisation: Organisation, reference: str, t: datetime) -> Json:
    """One unit, valid at `t` or named by CODE@DATE. NotFound."""
    found = organisation.unit_by_reference(reference, t)
    return unit_values(organisation, found, t) | {"desks": _desks(organisation, found, t)}


def agencies(organisation: Organisation, t: datetime, unit: str | None, after: str, limit: int) -> list[Json]:
    """Agencies open at `t` by identifier, after `after`; of one unit or all."""
    of = organisation.unit_by_reference(unit, t).id if unit else None
    known = organisation.agencies_of_unit(of) if of else organisation.agencies.values()
    found = sorted((a.identifier, a.id) for a in known if a.identifier > after)
    is_open = (organisation.agencies[i] for _, i in found if _open(organisation, i, t))
    return [_agency(organisation, agency, t) for agency in _first(is_open, limit)]


def officers(
    organisation: Organisation, t: datetime, agency: UUID | None, after: str, limit: int
) -> list[Json]:
    """Officers with a posting in force at `t`, by id; at one agency or anywhere."""
    rows = []
    for officer in sorted(organisation.officers, key=str):
        if str(officer) <= after:
            continue
        posted = organisation.posted(officer, t)
        if posted and (agency is None or any(where == agency for _, where in posted)):
            rows.append({"officer": officer, "postings": [_posting(p, where) for p, where in posted]})
        if len(rows) == limit:
            break
    return rows


def _posting(posting: Any, where: UUID) -> Json:
    return {
        "posting": posting.posting_id,
        "agency": where,
        "roles": list(posting.roles),
        "from": posting.from_,
        "until": posting.until,
    }


def procedures(
    organisation: Organisation,
    t: datetime,
    after: str,
    limit: int,
    publication: str | None = None,
    programme: str | None = None,
) -> list[Json]:
    """Procedures in force at `t`, by code, after `after`; those whose publication is in one state then, those
    of one programme then, or all."""
    day = local_date(t)
    found = sorted((p.code or "", p.id) for p in organisation.procedures.values() if (p.code or "") > after)
    versions = ((organisation.procedures[i], organisation.procedures[i].version_at(day)) for _, i in found)
    wanted = (
        (p, v)
        for p, v in versions
        if v
        and (publication is None or state_on(organisation, p, v.number, day) == publication)
        and (programme is None or programme in {tag.programme for tag in p.tagged_on(day)})
    )
    return [_shown(organisation, p, v, day) for p, v in _first(wanted, limit)]


def procedure(organisation: Organisation, code: str, t: datetime) -> Json:
    """One procedure in the version valid at `t`. NotFound."""
    found, day = organisation.procedure_by_code(code), local_date(t)
    version = version_on(organisation, code, t)
    return _shown(organisation, found, version, day)


def version_on(organisation: Organisation, code: str, t: datetime) -> ProcedureVersion:
    """The version of a procedure valid at `t`. NotFound."""
    version = organisation.procedure_by_code(code).version_at(local_date(t))
    if version is None:
        raise NotFound("procedure_not_in_force", f"procedure {code} has no version in force on that day")
    return version


def _shown(organisation: Organisation, found: Procedure, version: ProcedureVersion, day: date) -> Json:
    return {
        "code": found.code,
        "id": found.id,
        "version": version.number,
        "name": version.name,
        "field": version.field,
        "decision_no": version.decision_no,
        "valid_from": version.valid_from,
        "level": version.level,
        "levels": list(version.levels),
        "place_basis": version.place_basis,
        "channels": [
            {**line, "limit": limit_of_line(organisation, found, version, line)} for line in version.channels
        ],
        "programmes": [tag._asdict() for tag in found.tagged_on(day)],
        "components": list(version.components),
        "results": list(version.results),
        "refusals": list(version.terms.results.refusals),
        "clock": {
            "start": version.terms.clock.start,
            "excluded": list(version.terms.clock.excluded),
            "schedule": version.terms.clock.schedule,
            "outages": list(version.terms.clock.outages),
        },
        "supplement": _supplement(version.terms.supplement),
        "payment": _payment(version.terms.payment),
        "papers": [asdict(term) for term in version.terms.papers.papers],
        "publication": publication_of(organisation, found, version.number, day),
    }


def _supplement(terms: SupplementTerms) -> Json:
    """`general`: the version does not say how a supplement moves the clock, so the general rule does."""
    return {
        "pattern": terms.applied,
        "general": terms.pattern is None,
        "residual": asdict(terms.residual) if terms.residual else None,
        "until": asdict(terms.until) if terms.until else None,
        "then": terms.then,
        "requests": terms.trips,
    }


def _payment(terms: PaymentTerms) -> Json:
    return {
        "fees": [asdict(fee) for fee in terms.fees],
        "until": asdict(terms.until) if terms.until else None,
        "then": terms.then,
        "refunded": terms.refunded,
    }


def unit_values(organisation: Organisation, found: Unit, t: datetime) -> Json:
    """A unit as it is at `t`, without its desks."""
    day = local_date(t)
    parent = organisation.units.get(found.parent) if found.parent else None
    return {
        "unit": found.reference,
        "id": found.id,
        "code": found.code,
        "name": found.name_on(day),
        "kind": found.kind_on(day),
        "level": found.level,
        "parent": parent.reference if parent else None,
        "valid_from": found.valid_from,
        "known_valid_on": found.known_valid_on,
        "valid": organisation.unit_valid_at(found, t),
    }


def _desks(organisation: Organisation, found: Unit, t: datetime) -> list[Json]:
    own = organisation.agencies_of_unit(found.id)
    return [_agency(organisation, a, t) for a in own if _open(organisation, a.id, t)]


def _open(organisation: Organisation, agency: UUID, t: datetime) -> bool:
    return organisation.agency_open_at(organisation.agencies[agency], t)


def _agency(organisation: Organisation, found: Agency, t: datetime) -> Json:
    values = found.on(local_date(t))
    return {
        "id": found.id,
        "identifier": values.identifier,
        "name": values.name,
        "kind": values.kind,
        "unit": organisation.units[found.unit].reference,
        "parent": found.parent,
        "address": values.address,
        "hotline": values.hotline,
        "hours": values.hours,
        "legal_form": values.legal_form,
        "valid_from": found.valid_from,
        "origin": dict(values.origin),
    }


def agency(organisation: Organisation, agency_id: UUID, t: datetime) -> Json:
    """One agency as it is at `t`."""
    return _agency(organisation, organisation.agencies[agency_id], t)


def _first(rows: Iterable[Any], limit: int) -> list[Any]:
    found: list[Any] = []
    for row in rows:
        found.append(row)
        if len(found) == limit:
            break
    return found
