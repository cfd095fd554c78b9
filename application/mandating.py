"""Who acts for whom: mandates given, ended and read. Each raises NotAllowed, NotFound and Refused.

A mandate stands in the stream of whoever gave it; what is read are those of every record of one person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from application.changing import Asked, Changed, change
from application.dossiers import Dossiers
from application.ids import new_id
from application.moment import Moment
from application.persons import person, records_of
from application.policy import Identity, allow
from application.refusals import NotFound
from application.then import KnownAt, pair_then, person_then
from domain.citizen import Citizen
from domain.citizen_facts import MandateGiven
from domain.facts import Envelope
from domain.local_time import local_date

MOST_SHOWN = 500

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """Who may act, from the day `valid_from` (None: today) until the day `valid_until` (exclusive; None:
    until it is ended), for these procedures (empty: all)."""

    representative: UUID
    kind: str
    valid_from: date | None = None
    valid_until: date | None = None
    procedures: tuple[str, ...] = ()


async def give(office: Dossiers, asked: Asked, citizen: UUID, given: Given) -> tuple[UUID, Changed]:
    """Record a mandate of `citizen`; its id, and the change."""

    same: set[UUID] = set()

    async def find(moment: Moment) -> UUID:
        await _known(office, citizen)
        same.clear()  # decided again, it is read again
        same.update((await person(office.ledger, citizen)).ids)
        await office.citizens.check(office.ledger.recorder, [given.representative])
        for code in given.procedures:
            moment.organisation.procedure_by_code(code)
        return citizen

    def do(found: Citizen, envelope: Envelope, moment: Moment) -> None:
        today = local_date(moment.now)
        found.give_mandate(
            envelope,
            mandate=new_id(moment.now),
            representative=given.representative,
            kind=given.kind,
            valid_from=given.valid_from or today,
            valid_until=given.valid_until,
            procedures=given.procedures,
            today=today,
            same=same,
        )

    about = await records_of(office.ledger, asked.identity, citizen)
    changed = await change(office, asked, "give-mandate", Citizen, find, do, about)
    for recorded in await office.ledger.facts_of([citizen]):
        fact = recorded.fact
        if isinstance(fact, MandateGiven) and fact.originator_version == changed.revision:
            return fact.mandate, changed
    raise AssertionError("a mandate that was just recorded is not in the stream")


async def end(
    office: Dossiers, asked: Asked, citizen: UUID, mandate: UUID, ended_on: date | None = None
) -> Changed:
    """From the day `ended_on` (None: today) on the mandate holds no longer."""

    async def find(_: Moment) -> UUID:
        await _known(office, citizen)
        records = (await person(office.ledger, citizen)).records
        return next((id_ for id_, record in records.items() if mandate in record.mandates), citizen)

    def do(found: Citizen, envelope: Envelope, moment: Moment) -> None:
        today = local_date(moment.now)
        found.end_mandate(envelope, mandate=mandate, ended_on=ended_on or today, today=today)

    about = await records_of(office.ledger, asked.identity, citizen)
    return await change(office, asked, "give-mandate", Citizen, find, do, about)


async def read(
    office: Dossiers,
    identity: Identity,
    citizen: UUID,
    *,
    valid_at: datetime | None = None,
    known_at: KnownAt = None,
) -> Json:
    """The mandates that this person gave, the newest first, and which are in force today; or as valid and
    known then, and in force on that day."""
    moment = await office.reader.moment(fresh=True)
    found = await person(office.ledger, citizen)
    allow(identity, "read-mandates", moment, parties=frozenset(found.ids))
    await _known(office, citizen)
    today = local_date(valid_at or moment.now)
    if valid_at is not None or known_at is not None:
        t, position = await pair_then(office.reader, valid_at, known_at)
        found = await person_then(office.ledger, citizen, t, position)
    items = [
        {
            "mandate": mandate.id,
            "given_by": record.id,
            "representative": mandate.representative,
            "kind": mandate.kind,
            "valid_from": mandate.since,
            "valid_until": mandate.until,
            "procedures": list(mandate.procedures),
            "in_force": mandate.in_force(today),
        }
        for record in found.records.values()
        for mandate in record.mandates.values()
    ]
    items.sort(key=lambda item: str(item["mandate"]), reverse=True)
    return {"items": items[:MOST_SHOWN], "more": len(items) > MOST_SHOWN, "today": today}


async def _known(office: Dossiers, citizen: UUID) -> None:
    if not await office.ledger.facts_of([citizen]):
        raise NotFound("unknown_citizen", f"there is no citizen {citizen}")
