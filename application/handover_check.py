"""Whether a handover changed a due date: recomputed from the dossier's own facts, where no handover
stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from application.ledger import Ledger
from application.moment import OrganisationReader
from domain.calendar import WorkingCalendar
from domain.clock import set_due
from domain.deadlines import due
from domain.dossier_facts import ClockSet, ClockSuspended, DossierAccepted, DossierExtended
from domain.facts import Fact

CHUNK = 500


class Dates(NamedTuple):
    """What a dossier is due: by law, and as told to the applicant. Exclusive instants."""

    statutory: datetime | None
    promised: datetime | None


async def due_dates_changed(
    ledger: Ledger, reader: OrganisationReader, shown: Mapping[UUID, Dates]
) -> list[UUID]:
    """The dossiers whose shown dates are not those that their own facts and the calendar give."""
    moment = await reader.moment(fresh=True)
    remaining = iter(shown)
    changed: list[UUID] = []
    while chunk := list(islice(remaining, CHUNK)):
        facts: dict[UUID, list[Fact]] = {dossier: [] for dossier in chunk}
        for recorded in await ledger.facts_of(chunk):
            facts[recorded.fact.originator_id].append(recorded.fact)
        calendar = moment.organisation.calendar
        changed += [d for d in chunk if recomputed(facts[d], calendar) != shown[d]]
    return changed


def recomputed(facts: Sequence[Fact], calendar: WorkingCalendar) -> Dates:
    """The dates by the acceptance (its limit, counted from its beginning) and the extension, if any."""
    statutory: datetime | None = None
    promised: datetime | None = None
    for fact in facts:
        if isinstance(fact, DossierAccepted) and fact.limit_amount and fact.limit_unit:
            statutory = promised = due(fact.limit_amount, fact.limit_unit, fact.counted_from, calendar)
        elif isinstance(fact, ClockSuspended):
            statutory = promised = None
        elif isinstance(fact, ClockSet):
            statutory = set_due(fact, calendar)
            promised = fact.extended_until or statutory
        elif isinstance(fact, DossierExtended):
            promised = fact.until
    return Dates(statutory, promised)
