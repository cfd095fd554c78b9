"""The six numbers of every agency and of the country for a period, as known at a position or an instant.

One pass over the log, dossier by dossier, with counts per agency only in memory; `application.flow` says
what is counted and where. What was known at a position never changes, so neither does its answer; and a
period that was over by then has the same numbers whatever is recorded later: nothing is un-handed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from application.flow import Flow, Numbers, summed
from application.moment import OrganisationReader
from application.organisation import Organisation
from application.policy import Identity, allow
from application.ports import Recorder
from application.refusals import BadRequest
from domain.holding import DossierHistory

THE_PERIOD = 1


class DossierScan(Protocol):
    """The log in one snapshot, as `infra.scan` has it. `head`: its last position."""

    head: int

    def histories(self, position: int) -> AsyncIterator[list[DossierHistory]]:
        """Every dossier as known at a position, in pages."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """What is known for an answer: the organisation up to `position`, the ledger's time `until` there (aware
    UTC)."""

    position: int
    until: datetime
    organisation: Organisation


@dataclass(frozen=True, slots=True)
class Stock:
    """`agencies`: by identifier, those with any number other than 0; `country`: the sum of all agencies.
    `counted_until`: the end of the period, or the time known when that is earlier."""

    from_: datetime
    until: datetime
    counted_until: datetime
    position: int
    dossiers: int
    agencies: Mapping[str, Numbers]
    country: Numbers
    unbalanced: tuple[str, ...]

    def document(self, agency: str | None = None) -> dict[str, Any]:
        """As --json shows it. `agency`: this one alone, with zeros where it has nothing."""
        chosen = {agency: self.agencies.get(agency, Numbers())} if agency else self.agencies
        return {
            "from": self.from_,
            "until": self.until,
            "counted_until": self.counted_until,
            "known_at": self.position,
            "dossiers": self.dossiers,
            "agencies": {name: numbers.as_dict() for name, numbers in chosen.items()},
            "country": self.country.as_dict(),
            "balanced": not self.unbalanced,
            "unbalanced": list(self.unbalanced),
        }


async def known_at(
    reader: OrganisationReader,
    recorder: Recorder,
    identity: Identity | None,
    asked: int | datetime | None,
) -> Known:
    """What was known at a position (its own time), at an instant, or (None) is known now. NotAllowed,
    BadRequest (not_recorded_yet)."""
    now = await reader.moment(fresh=True)
    allow(identity, "read-flow", now)
    if asked is None:
        return Known(now.read_up_to, now.now, now.organisation)
    moment = await reader.as_known(asked)
    if isinstance(asked, datetime):
        return Known(moment.read_up_to, asked, moment.organisation)
    (stored,) = await recorder.events_after(max(asked - 1, 0), 1)
    return Known(moment.read_up_to, stored.recorded_at, moment.organisation)


async def stock(
    scan: DossierScan,
    known: Known,
    from_: datetime,
    until: datetime,
    progress: Callable[[int], None] = lambda dossiers: None,
) -> Stock:
    """Count the period [from_, until). `progress` gets the dossiers read so far. Raises BadRequest
    (bad_period) when it ends before it begins or begins after what is known."""
    if until <= from_:
        raise BadRequest("bad_period", "the period ends before it begins: `until` must be after `from`")
    if from_ > known.until:
        raise BadRequest(
            "bad_period", f"the period begins after {known.until.isoformat()}, up to which facts are known"
        )
    flow = Flow([from_, until], known.organisation.steps_known_at(known.position), known.until, THE_PERIOD)
    read = 0
    async for page in scan.histories(known.position):
        for history in page:
            flow.add(history)
        read += len(page)
        progress(read)
    counts = flow.of_period(THE_PERIOD)
    named = _named(known.organisation, counts)
    return Stock(
        from_=from_,
        until=until,
        counted_until=min(until, known.until),
        position=known.position,
        dossiers=flow.dossiers,
        agencies={name: counts[named[name]] for name in sorted(named)},
        country=summed(counts),
        unbalanced=tuple(flow.unbalanced(known.organisation)),
    )


def _named(organisation: Organisation, agencies: Iterable[UUID]) -> dict[str, UUID]:
    """By identifier; by id where the identifier says nothing or is another's too."""
    named: dict[str, UUID] = {}
    for agency in sorted(agencies):
        known = organisation.agencies.get(agency)
        name = known.identifier if known else str(agency)
        named[name if name not in named else str(agency)] = agency
    return named


def agency_named(known: Known, identifier: str) -> UUID:
    """Raises NotFound for an agency that is not known."""
    return known.organisation.agency_by_identifier(identifier).id


def not_transferred(organisation: Organisation, t: datetime) -> list[UUID]:
    """Parts with a step that has taken effect by `t` and whose transfer is not finished."""
    return sorted(
        {
            step.part_id
            for step in organisation.steps
            if step.hour <= t and step.part_version not in organisation.parts[step.part_id].finished
        }
    )
