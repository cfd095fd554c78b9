"""What changes about an applicant after the first identification: another phone or address, a verified
identity. Each raises NotAllowed, NotFound and Refused."""

from __future__ import annotations

from uuid import UUID

from application.changing import Asked, Changed, Find, Office, change
from application.citizen_search import index_one
from application.citizens import Citizens
from application.moment import Moment
from application.persons import records_of
from application.refusals import NotFound
from domain.citizen import Citizen
from domain.facts import Envelope, Personal


async def change_contact(
    office: Citizens, asked: Asked, citizen: UUID, *, phone: str | None = None, address: str | None = None
) -> Changed:
    """A new phone or address; what is None stays as it was. Dossiers keep what was known when they were
    filed: the fact of that time stays, and says what it said."""

    def do(found: Citizen, envelope: Envelope, _: Moment) -> None:
        found.change_contact(
            envelope,
            phone=Personal(citizen, phone) if phone else None,
            address=Personal(citizen, address) if address else None,
        )

    about = await records_of(office.ledger, asked.identity, citizen)
    changed = await change(office, asked, "change-citizen", Citizen, _citizen(office, citizen), do, about)
    await index_one(office, citizen)  # found by the new phone and no longer by the old one
    return changed


async def verify_citizen(office: Office, asked: Asked, citizen: UUID, *, level: str, source: str) -> Changed:
    """The identity was verified to `level` by `source`, a system's name and never a person's."""

    def do(found: Citizen, envelope: Envelope, _: Moment) -> None:
        found.verify(envelope, level=level, source=source)

    return await change(
        office, asked, "verify-citizen", Citizen, _citizen(office, citizen), do, frozenset({citizen})
    )


def _citizen(office: Office, citizen: UUID) -> Find:
    async def find(_: Moment) -> UUID:
        if not await office.ledger.facts_of([citizen]):
            raise NotFound("unknown_citizen", f"there is no citizen {citizen}")
        return citizen

    return find
