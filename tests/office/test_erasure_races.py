"""Filing and erasing at once: whoever comes first, nobody who was erased has something that goes on."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest

from application import erasing
from application.ports import Overloaded, SubjectErased
from application.refusals import Refused
from domain import erasure_rules as rules
from tests.office.asked_papers import both_published, filed
from tests.office.erasures import by, requested
from tests.office.test_voice import complained
from tests.office.world import Office

LATE = {rules.ALREADY.id, rules.BEING_DECIDED.id}
EARLY = {rules.PROCEDURE_OPEN.id, rules.VOICE_OPEN.id, *LATE}
ROUNDS = 25


async def _tried(doing: Coroutine[Any, Any, Any], may_refuse: set[str]) -> bool:
    try:
        await doing
    except Refused as refused:
        if refused.rule.id not in may_refuse:
            raise
        return False
    except (SubjectErased, Overloaded):
        return False
    return True


async def _erased(office: Office, owner: UUID) -> None:
    erasure = await requested(office, owner)
    await erasing.carry_out(office.erasing, await by(office, "second"), erasure)


async def _dossier(office: Office, owner: UUID) -> None:
    await filed(office, owner)


async def _complaint(office: Office, owner: UUID) -> None:
    await complained(office, by=owner)


@pytest.mark.parametrize("begins", [_dossier, _complaint])
async def test_what_begins_and_an_erasure_exclude_each_other(
    office: Office, begins: Callable[[Office, UUID], Coroutine[Any, Any, None]]
) -> None:
    await both_published(office)
    await by(office, "second")
    chance = random.Random(begins.__name__)
    came: set[tuple[bool, bool]] = set()
    for _ in range(ROUNDS):
        owner = await office.applicant("Lò Thị Đua")
        waits = chance.uniform(0, 0.02)

        async def later(waits: float = waits, owner: UUID = owner) -> bool:
            await asyncio.sleep(waits)
            return await _tried(begins(office, owner), LATE)

        erased = _tried(_erased(office, owner), EARLY)
        begun, gone = await asyncio.gather(later(), erased)
        came.add((begun, gone))
    assert came == {(True, False), (False, True)}
