"""One unit, agency, officer or procedure by what people call it, for an instant: what `show` commands say.

The values are those of `application.catalogue`, so that a command and HTTP say the same. Also Vietnam's days
for interfaces, which know no rules of their own.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from application import catalogue
from application.catalogue import Json, day_of, end_of
from application.ledger import Ledger
from application.organisation import Organisation
from application.publications import state_on
from application.refusals import NotFound
from domain.calendar import CalendarUnknown
from domain.citizen import Citizen
from domain.local_time import VIETNAM, day_start, local_date
from domain.unit import Unit

__all__ = ["VIETNAM", "CalendarUnknown", "Json", "day_of", "day_start", "end_of"]


def units_named(organisation: Organisation, code: str, t: datetime) -> list[Json]:
    """CODE@DATE: that unit; CODE: every unit that ever had it, with `until`. NotFound."""
    found = _units(organisation, code, t)
    return [catalogue.unit(organisation, u.reference, t) | {"until": _until(organisation, u)} for u in found]


def _units(organisation: Organisation, code: str, t: datetime) -> list[Unit]:
    if "@" in code:
        return [organisation.unit_by_reference(code, t)]
    found = organisation.units_with_code(code)
    if not found:
        raise NotFound("unknown_unit", f"no unit has the code {code}: load it with `hoso units load`")
    return found


def _until(organisation: Organisation, unit: Unit) -> datetime | None:
    """The instant of its end by law, by a scheduled act or on its own."""
    by_act = organisation.known_acts.unit_ends.get(unit.id)
    ends = [by_act] if by_act is not None else []
    if unit.until is not None:
        ends.append(day_start(unit.until))
    return min(ends, default=None)


def agency_named(organisation: Organisation, identifier: str, t: datetime) -> Json:
    """The agency with this identifier, whether it is open at `t`, and by identifier its `heir` by then."""
    found = organisation.agency_by_identifier(identifier)
    heir = organisation.heir_of(found.id, t)
    return catalogue.agency(organisation, found.id, t) | {
        "open": organisation.agency_open_at(found, t),
        "heir": organisation.agencies[heir].identifier if heir != found.id else None,
    }


async def officer_named(ledger: Ledger, organisation: Organisation, wanted: str) -> UUID:
    """The officer with this staff number or id. NotFound."""
    found = await ledger.find("officer", wanted)
    if found is None:
        try:
            found = UUID(wanted)
        except ValueError:
            found = None
    if found is None or found not in organisation.officers:
        raise NotFound(
            "unknown_officer", f"no officer has the number or id {wanted}: see `hoso officers load`"
        )
    return found


def officer_shown(organisation: Organisation, officer: UUID, t: datetime) -> Json:
    """Postings in force at `t`, each with the agency where an act has moved it. No name."""
    return {
        "id": officer,
        "at": t,
        "suspended": organisation.officers[officer].suspended_at(t),
        "postings": [
            {
                "posting": posting.posting_id,
                "agency": organisation.agencies[agency].identifier,
                "roles": list(posting.roles),
                "from": posting.from_,
                "until": posting.until,
            }
            for posting, agency in organisation.posted(officer, t)
        ],
    }


def procedure_named(organisation: Organisation, code: str, t: datetime) -> Json:
    """The procedure in the version valid at `t`, and `versions` with the day from which each is and the state
    of its publication. NotFound."""
    shown = catalogue.procedure(organisation, code, t)
    found, day = organisation.procedure_by_code(code), local_date(t)
    numbered = [
        {
            "number": number,
            "valid_from": version.valid_from,
            "level": version.level,
            "publication": state_on(organisation, found, number, day),
        }
        for number, version in sorted(found.versions.items())
    ]
    return shown | {"versions": numbered}


async def is_citizen(ledger: Ledger, citizen: UUID) -> bool:
    """Whether an applicant with this id is recorded."""
    return (await ledger.load(Citizen, citizen)).version > 0
