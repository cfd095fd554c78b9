"""The whole country on a real ledger, of law only: every unit before the reform, a centre, two operators."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from application.handovers import approve, draft, schedule
from application.policy import Identity
from application.registry import load_agencies, load_officers, load_units
from application.simulating import simulate
from infra import reference
from interfaces.cli.real_acts import documents
from interfaces.cli.reference import unit_entries
from interfaces.http.handover_requests import Draft
from tests.office.province import PROVINCE, SYSTEM, agency_entry
from tests.office.world import Office

Document = dict[str, Any]
OPERATORS = ("first operator", "second operator")


async def country(office: Office) -> None:
    """All 10,794 units, an agency and two operators."""
    await load_units(office.registry, SYSTEM, unit_entries(reference.UNITS, era="old", provinces=()))
    await furnished(office)


async def province(office: Office) -> None:
    """The same with the units of Bắc Ninh and Bắc Giang alone, for speed."""
    entries = unit_entries(reference.UNITS, era="old", provinces=("24", "27"))
    await load_units(office.registry, SYSTEM, entries)
    await furnished(office)


async def furnished(office: Office) -> None:
    await load_agencies(office.registry, SYSTEM, [agency_entry(PROVINCE, "centre", "24@2025-06-30")])
    post = {"agency": PROVINCE, "roles": ["operator"]}
    entries = [{"number": one, "name": "Lê Văn Thử", "postings": [post]} for one in OPERATORS]
    await load_officers(office.registry, SYSTEM, entries)
    for number in OPERATORS:
        found = await office.opened.ledger.find("officer", number)
        office.officers[number] = Identity("officer", str(found))


def act_2025(*provinces: str) -> Document:
    (act,) = documents("2025", provinces)
    return act


def act_2026(number: str) -> Document:
    (act,) = (act for act in documents("2026", ()) if act["number"].startswith(number))
    return act


def checked(document: Mapping[str, Any]) -> Document:
    """As a file is read: every field checked."""
    return Draft.model_validate(json.loads(json.dumps(document))).model_dump(mode="json", by_alias=True)


async def drafted(office: Office, document: Mapping[str, Any]) -> list[UUID]:
    """The act's parts."""
    answer = await draft(office.handovers, office.officers[OPERATORS[0]], checked(document))
    return [UUID(part) for part in answer.counts["parts"]]


async def scheduled(office: Office, part: UUID) -> None:
    """Simulated, approved by two officers, scheduled."""
    first, second = (office.officers[one] for one in OPERATORS)
    await simulate(office.handovers, first, part)
    digest = (await office.reader.moment(fresh=True)).organisation.parts[part].digest()
    await approve(office.handovers, first, part, digest)
    await approve(office.handovers, second, part, digest)
    await schedule(office.handovers, first, part)


async def in_force(office: Office, document: Mapping[str, Any]) -> list[UUID]:
    """The whole act drafted and scheduled."""
    parts = await drafted(office, document)
    for part in parts:
        await scheduled(office, part)
    return parts
