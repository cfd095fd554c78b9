"""Whether a handover changed a due date: recomputed from the dossier's own facts, where no handover
stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from application.clocks import Counting, counting
from application.ledger import Ledger
from application.moment import OrganisationReader
from application.organisation import Organisation
from domain.clock import set_due
from domain.deadlines import due
from domain.dossier_facts import (
    ClockSet,
    ClockSuspended,
    DossierAccepted,
    DossierBegun,
    DossierExtended,
    DossierImported,
)
from domain.facts import Fact
from domain.terms import GENERAL_TERMS

CHUNK = 500


class Dates(NamedTuple):
    """When a dossier is due: by law, as promised, and by its extension. Exclusive instants."""

    statutory: datetime | None = None
    promised: datetime | None = None
    extended: datetime | None = None


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
        changed += [d for d in chunk if recomputed(facts[d], moment.organisation) != shown[d]]
    return changed


def recomputed(facts: Sequence[Fact], organisation: Organisation) -> Dates:
    """The dates by the acceptance (its limit, counted from its beginning) and the extension, if any."""
    on = _counted_on(facts, organisation)
    dates = Dates()
    for fact in facts:
        if isinstance(fact, DossierAccepted) and fact.limit_amount and fact.limit_unit:
            accepted = due(fact.limit_amount, fact.limit_unit, fact.counted_from, *on)
            dates = Dates(accepted, accepted)
        elif isinstance(fact, ClockSuspended):
            dates = Dates()
        elif isinstance(fact, ClockSet):
            statutory = set_due(fact, *on)
            dates = Dates(statutory, statutory, fact.extended_until)
        elif isinstance(fact, DossierExtended):
            dates = dates._replace(extended=fact.until)
    return dates


def _counted_on(facts: Sequence[Fact], organisation: Organisation) -> Counting:
    """What is known now of the calendar, and of the hours that the version it was accepted under goes by."""
    terms, code = GENERAL_TERMS, None
    for fact in facts:
        if isinstance(fact, (DossierBegun, DossierImported)):
            code = fact.procedure_code
        elif isinstance(fact, DossierAccepted) and code is not None:
            terms = organisation.procedure_by_code(code).versions[fact.procedure_version].terms
    return counting(organisation, terms)
