"""Finding citizens by number, name or phone, through keyed hashes in an erasable table; and filling that
table from the log.

Who was erased is not found: the rows go with the key. What was asked for stands nowhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.citizens import Citizens
from application.ledger import Ledger
from application.policy import Identity, allow
from application.refusals import BadRequest
from application.search_terms import asked_by, terms_of
from domain.citizen import Citizen
from domain.facts import Category
from domain.local_time import local_date

MOST_FOUND = 50
PAGE = 1000
ENDING = 3
TRIES = 3

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; where more than one is given, all of it."""

    number: str | None = None
    name: str | None = None
    phone: str | None = None


async def search(office: Citizens, identity: Identity, asked: Asked) -> Json:
    """Who is found, at most 50, with what tells them apart; `more`: there are others. Numbers and phones are
    shown by their last digits, an address not at all. Raises NotAllowed, BadRequest (search_empty)."""
    moment = await office.reader.moment(fresh=True)
    allow(identity, "search-citizens", moment)
    wanted = asked_by(asked.name, asked.number, asked.phone)
    if not wanted:
        raise BadRequest("search_empty", "nothing is looked for: give a number, a name or a phone")
    ids = await office.numbers.find_terms(wanted, MOST_FOUND + 1)
    records = {id_: Citizen.empty(id_) for id_ in ids[:MOST_FOUND]}
    since: dict[UUID, int] = {}
    for recorded in await office.ledger.facts_of(sorted(records)) if records else ():
        id_ = recorded.fact.originator_id
        records[id_].replay(recorded.fact)
        since.setdefault(id_, local_date(recorded.fact.envelope.occurred_at).year)
    await office.ledger.keyring.load(sorted(records))
    items = [_shown(office.ledger, record, since[id_]) for id_, record in records.items() if record.version]
    return {"items": [item for item in items if item["name"]], "more": len(ids) > MOST_FOUND}


def _shown(ledger: Ledger, record: Citizen, year: int) -> Json:
    opened = ledger.keyring.open
    number = opened(record.number) if record.number else None
    phone = opened(record.phone) if record.phone else None
    return {
        "id": record.id,
        "kind": record.kind,
        "name": opened(record.name),
        "number_kind": record.number_kind,
        "number_ends": number[-ENDING:] if number else None,
        "phone_ends": phone[-ENDING:] if phone else None,
        "identified_in": year,
        "merged_into": record.merged_into,
    }


async def index_one(office: Citizens, citizen: UUID) -> bool:
    """Let a citizen be found by what is known of them now, and by nothing else; False: nothing is, or it was
    erased. What changes meanwhile is read again."""
    for _ in range(TRIES):
        record = await office.ledger.load(Citizen, citizen)
        await office.ledger.keyring.load([citizen])
        known = (record.name, record.number, record.phone)
        name, number, phone = (office.ledger.keyring.open(text) if text else None for text in known)
        if not name:
            return False
        await office.numbers.replace_terms(citizen, list(terms_of(name, number, phone)))
        if (await office.ledger.load(Citizen, citizen)).version == record.version:
            break
    return True


async def index_all(office: Citizens, identity: Identity) -> AsyncIterator[tuple[int, int, int]]:
    """Fill the table from the log: for ledgers older than the search, and after a crash. Yields after each
    page the position, how many citizens can be found, and how many were erased. Raises NotAllowed."""
    allow(identity, "index-citizens", await office.reader.moment(fresh=True))
    position = found = erased = 0
    while page := await office.ledger.recorder.events_after(position, PAGE):
        for stored in page:
            if stored.category == Category.CITIZEN and stored.version == 1:
                known = await index_one(office, stored.stream_id)
                found, erased = found + known, erased + (not known)
        position = page[-1].position
        yield position, found, erased
