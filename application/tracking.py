"""What the public learns of a dossier by its code: the code and the degree of completion, exactly these.

So says Circular 01/2018 Art 16. Beside it stand the desks that today stand for the agency that the code
names, which is public anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from application import catalogue
from application.dossiers import Dossiers, load
from application.policy import allow
from application.succession import agency_in_code, desks_after


@dataclass(frozen=True, slots=True)
class Tracked:
    """`status`: one of the ten, None where an imported dossier's is unknown."""

    code: str
    status: int | None
    desks: tuple[dict[str, Any], ...]


async def track(office: Dossiers, code: str) -> Tracked:
    """Raises NotFound (also for a dossier in quarantine), Refused for what can be no code."""
    moment = await office.reader.moment(fresh=True)
    allow(None, "track", moment)
    known = await load(office, code, moment)
    organisation = moment.organisation
    named = agency_in_code(organisation, code)
    desks = desks_after(organisation, named, moment.now) if named else []
    shown = tuple(_desk(catalogue.agency(organisation, desk, moment.now)) for desk in desks)
    return Tracked(known.dossier.code or code, known.dossier.status, shown)


def _desk(agency: dict[str, Any]) -> dict[str, Any]:
    return {name: agency[name] for name in ("identifier", "name", "unit", "address", "hotline", "hours")}
