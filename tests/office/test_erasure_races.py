"""Filing and erasing at once: whoever comes first, nobody who was erased has something that goes on."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from application import erasing
from application.filing import submit
from application.ports import Overloaded, SubjectErased
from application.refusals import Refused
from domain import erasure_rules as rules
from tests.office.asked_papers import DESK, both_published, do, filed
from tests.office.erasures import by, held, kept_for, requested
from tests.office.people_unjudged import submission
from tests.office.test_voice import complained
from tests.office.world import HOUR, Office

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
    """Of a procedure that asks for no papers: else the owner's store is read too, and stands in for them."""
    said = await submission(office, owner, owner, None)
    await submit(office.dossiers, office.officer(DESK), said, office.command())


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


class _Between:
    """A recorder before whose next append something else happens, once."""

    def __init__(self, office: Office, happens: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        self._append = office.opened.recorder.append
        self._happens: Callable[[], Coroutine[Any, Any, Any]] | None = happens

    async def append(self, item: Any) -> Any:
        happens, self._happens = self._happens, None
        if happens is not None:
            await happens()
        return await self._append(item)


async def test_a_hold_that_comes_between_judging_and_recording_stops_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await office.applicant("Lò Thị Giữ")
    erasure, second = await requested(office, owner), await by(office, "second")
    between = _Between(office, lambda: held(office, owner))
    monkeypatch.setattr(office.erasing.ledger.recorder, "append", between.append)
    with pytest.raises(Refused) as refusal:
        await erasing.carry_out(office.erasing, second, erasure)
    assert refusal.value.rule is rules.HELD


async def test_a_request_that_comes_between_deciding_and_filing_stops_the_filing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await both_published(office)
    owner = await office.applicant("Lò Thị Giữa")
    await by(office)
    between = _Between(office, lambda: requested(office, owner))
    monkeypatch.setattr(office.erasing.ledger.recorder, "append", between.append)
    with pytest.raises(Refused) as refusal:
        await _dossier(office, owner)
    assert refusal.value.rule is rules.BEING_DECIDED
    other = await office.applicant("Lò Thị Khác")
    between._happens = lambda: requested(office, other)
    with pytest.raises(Refused) as refusal:
        await complained(office, by=other)
    assert refusal.value.rule is rules.BEING_DECIDED


async def test_a_correction_that_comes_between_judging_and_recording_counts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The period of its dossier is over, and by the correction runs anew."""
    await both_published(office)
    owner = await office.applicant("Lò Thị Tiếp")
    code = await filed(office, owner)
    await do(office, code, "withdraw")
    await kept_for(office, None, 1)
    await office.move_clock(HOUR - timedelta(hours=1))
    with pytest.raises(Refused):
        await requested(office, owner)
    await office.move_clock(HOUR + timedelta(days=9))
    erasure, second = await requested(office, owner), await by(office, "second")
    correct: dict[str, Any] = {"corrects": 1, "place": None, "note": "ghi nhầm"}
    between = _Between(office, lambda: do(office, code, "correct", **correct))
    monkeypatch.setattr(office.erasing.ledger.recorder, "append", between.append)
    with pytest.raises(Refused) as refusal:
        await erasing.carry_out(office.erasing, second, erasure)
    assert refusal.value.rule is rules.PERIOD_RUNS
