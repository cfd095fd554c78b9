"""The two officers of each agency who act on what it holds, as the facts of a load name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from application.organisation import Organisation
from bench.country import Officers


@dataclass(frozen=True, slots=True)
class Desk:
    """An agency before the hour. `agency`: its id; `desk` and `decider`: ids of officer and posting; all as
    text."""

    identifier: str
    agency: bytes
    desk: tuple[bytes, bytes]
    decider: tuple[bytes, bytes]


def desks_of(organisation: Organisation, officers: Officers, now: datetime) -> dict[str, Desk]:
    """Every agency with its team, by identifier."""

    def who(identifier: str, roles: tuple[str, ...]) -> tuple[bytes, bytes]:
        officer = officers[identifier, roles][0]
        posting = organisation.posted(officer, now)[0][0].posting_id
        return str(officer).encode(), str(posting).encode()

    return {
        agency.identifier: Desk(
            agency.identifier,
            str(agency.id).encode(),
            who(agency.identifier, ("desk", "handler")),
            who(agency.identifier, ("decider",)),
        )
        for agency in organisation.agencies.values()
        if (agency.identifier, ("decider",)) in officers
    }
