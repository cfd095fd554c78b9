"""Acts' files of the small province beside that of 2025, and taking a part through all its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from application.amending import amend
from application.handovers import approve, draft, schedule
from application.simulating import simulate
from application.transfer import Progress, transfer
from tests.office.province import NEW_PROVINCE, PROVINCE, agency_entry
from tests.office.world import Office

Json = dict[str, Any]

PROVINCE_UNIT = "24@2025-07-01"
LEVELS = {"1.000001": "commune", "1.000002": "province", "1.000003": "abolished"}


def unit(code: str) -> Json:
    return {"code": code, "name": f"Xã {code}", "level": "commune", "kind": "Xã", "parent": PROVINCE_UNIT}


def link(old: str, new: str, kind: str = "whole", *, default: bool = True, **more: Any) -> Json:
    return {"from": old, "to": new, "kind": kind, "default": default} | more


def an_act(
    office: Office,
    day: str,
    *,
    number: str,
    ends: Sequence[str] = (),
    begins: Sequence[str] = (),
    links: Sequence[Json] = (),
    founds: Mapping[str, str] = {},
    closes: Mapping[str, str] = {},
    receives: Mapping[str, str] = {},
    **more: Any,
) -> Json:
    """An act of one part. `begins`: codes; `founds`: identifier to its unit; `closes`: agency to its heir;
    `receives`: unit to its agency."""
    closer = office.officer(PROVINCE).id
    receivers = [{"unit": u, "level": "commune", "agency": a} for u, a in receives.items()]
    if closes:
        receivers.append({"unit": PROVINCE_UNIT, "level": "province", "agency": NEW_PROVINCE})
    part = {
        "name": f"Bắc Ninh, {number}",
        "province": PROVINCE_UNIT,
        "ends": list(ends),
        "begins": [unit(code) for code in begins],
        "links": list(links),
        "agencies": {
            "begins": [agency_entry(identifier, "desk", at) for identifier, at in founds.items()],
            "ends": [{"agency": a, "heir": h, "closed_by": closer} for a, h in closes.items()],
            "receivers": receivers,
        },
        "rules": [{"procedure": p, "level": level, "origin": "assumed"} for p, level in LEVELS.items()],
        "postings": [],
    }
    return {
        "number": number,
        "title": f"Nghị quyết {number}",
        "issued_on": "2025-06-16",
        "effective_at": f"{day}T00:00:00+07:00" if day else None,
        "reference": "tests",
        "parts": [part | more],
    }


async def drafted(office: Office, document: Json) -> UUID:
    answer = await draft(office.handovers, office.officers["first operator"], document)
    assert answer.part is not None
    return answer.part


async def approved(office: Office, part: UUID) -> None:
    """Simulated and approved by two officers, whatever version is the latest."""
    first, second = (office.officers[f"{n} operator"] for n in ("first", "second"))
    await simulate(office.handovers, first, part)
    digest = (await office.reader.moment(fresh=True)).organisation.parts[part].digest()
    await approve(office.handovers, first, part, digest)
    await approve(office.handovers, second, part, digest)


async def through(office: Office, part: UUID) -> UUID:
    """Simulated, approved by two officers and scheduled, whatever version is the latest."""
    await approved(office, part)
    await schedule(office.handovers, office.officers["first operator"], part)
    return part


async def scheduled(office: Office, document: Json) -> UUID:
    return await through(office, await drafted(office, document))


async def amended(office: Office, part: UUID, document: Json) -> None:
    await amend(office.handovers, office.officers["first operator"], part, document)
    await through(office, part)


async def transferred(office: Office, part: UUID) -> Progress:
    last = None
    async for progress in transfer(office.handovers, office.officers["first operator"], part):
        last = progress
    assert last is not None
    return last


async def at(office: Office, moment: str) -> None:
    """Move the demo clock to this instant (Vietnam's day and time)."""
    await office.move_clock(datetime.fromisoformat(f"{moment}+07:00"))
