"""What stands beside a dossier's own stream belongs to its history: its papers, and the obstacles that name
it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from application import history as life
from application.history import History, history
from application.obstacles import Report, assign, escalate, report, resolve
from application.papers import Check, Listing, check_each, list_each
from application.policy import Identity
from application.refusals import NotAllowed
from interfaces.registers import ShownRegisters
from tests.office.erasures import destroyed_on_record
from tests.office.test_coordination import CLERK, DESK, OTHER, shown
from tests.office.test_papers import TWO, filed, past_the_hour
from tests.office.test_receiving import part_of
from tests.office.world import DISTRICT, HOUR, Office

OBSTACLES = [f"obstacle.{word}.v1" for word in ("reported", "assigned", "escalated", "resolved")]


async def told(office: Office, dossier: UUID, who: Identity | None = None, **asked: Any) -> History:
    (first,) = await office.opened.recorder.first_of([dossier])
    code = office.opened.codec.decode(first).fact.code  # type: ignore[attr-defined]
    index = ShownRegisters(office.shown._views)
    return await history(office.dossiers, index, who or office.officer(CLERK), code, **asked)


def named(found: History, prefix: str) -> list[dict[str, Any]]:
    return [entry for entry in found.entries if entry["type"].startswith(prefix)]


async def test_papers_are_listed_and_checked_with_who_and_when(office: Office) -> None:
    one, two = await filed(office, 2)
    district, clerk = office.officer(DISTRICT), office.officer(CLERK)
    await list_each(office.handovers, district, [part_of(office)], [Listing(one, "H-12", TWO)])
    before = await told(office, one, district)
    assert [entry["type"] for entry in named(before, "papers.")] == ["papers.listed.v1"]
    await past_the_hour(office)
    checks = [Check(one, {"c2": 1}, "H-13")]
    await check_each(office.handovers, clerk, [part_of(office)], checks, report_missing=True)
    found = await told(office, one)
    listed, checked = named(found, "papers.")
    assert listed["actor"] == {"kind": "officer", "id": district.id}
    assert listed["data"]["box"] == "H-12"
    assert listed["data"]["originals"] == [{"component": "c1", "count": 2}, {"component": "c2", "count": 1}]
    assert (checked["actor"]["id"], checked["acting_agency"]) == (clerk.id, await office.agency(DESK))
    assert checked["occurred_at"] >= HOUR
    assert checked["data"]["missing"] == [{"component": "c1", "count": 2}]
    (missing,) = named(found, "obstacle.")
    assert missing["data"]["description"]["text"] == "H-13: c1: 2"
    assert [e["position"] for e in found.entries] == sorted(e["position"] for e in found.entries)
    assert named(await told(office, two), "papers.") == named(await told(office, two), "obstacle.") == []
    then = await told(office, one, known_at=listed["position"])
    assert [entry["type"] for entry in named(then, "papers.")] == ["papers.listed.v1"]
    assert named(then, "obstacle.") == []


async def test_papers_listed_by_a_part_that_did_not_move_it_are_told_too(office: Office) -> None:
    (one,) = await filed(office)
    district = office.officer(DISTRICT)
    await list_each(office.handovers, district, [part_of(office)], [Listing(one, "H-1", TWO)])
    code = (await told(office, one, district)).code
    await office.act(district, code, "withdraw", None, reason=None)
    await past_the_hour(office)
    assert len(named(await told(office, one, district), "papers.")) == 1


async def test_an_obstacle_is_told_from_its_report_to_its_resolution(office: Office) -> None:
    one, two = await filed(office, 2)
    await past_the_hour(office)
    clerk, operator = office.officer(CLERK), office.officers["first operator"]
    desk, part = await office.agency(DESK), part_of(office)
    registers = await shown(office)
    done = await report(registers, clerk, Report(part, desk, "data", "thiếu dữ liệu", one))
    await report(registers, clerk, Report(part, desk, "premises", "không về hồ sơ nào"))
    obstacle = UUID(done.counts["obstacle"])
    sees_to_it = office.officer(OTHER).uuid
    superior = office.officers["second operator"].uuid
    assert sees_to_it is not None
    assert superior is not None
    await assign(registers, operator, obstacle, sees_to_it)
    await escalate(registers, operator, obstacle, superior, "quá ba ngày")
    await resolve(registers, office.officer(OTHER), obstacle, "đã bổ sung")
    found = await told(office, one)
    entries = named(found, "obstacle.")
    assert [entry["type"] for entry in entries] == OBSTACLES
    assert [entry["actor"]["id"] for entry in entries] == [
        clerk.id,
        operator.id,
        operator.id,
        office.officer(OTHER).id,
    ]
    assert entries[2]["data"]["reason"]["text"] == "quá ba ngày"
    assert (found.obstacles_up_to, found.obstacles_left_out) == (found.read_up_to, False)
    assert named(await told(office, two), "obstacle.") == []
    with pytest.raises(NotAllowed):
        await told(office, one, office.officer(OTHER))

    await destroyed_on_record(office, obstacle)
    erased = named(await told(office, one), "obstacle.")
    assert erased[0]["data"]["description"] == {"subject": obstacle, "text": None, "erased": True}
    assert [entry["type"] for entry in erased] == OBSTACLES


async def test_more_obstacles_than_a_history_tells_are_said_to_be_left_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = await filed(office)
    await past_the_hour(office)
    desk, registers = await office.agency(DESK), await shown(office)
    for number in range(3):
        told_of = Report(part_of(office), desk, "other", f"việc {number}", one)
        await report(registers, office.officer(CLERK), told_of)
    await shown(office)
    monkeypatch.setattr(life, "MOST_OBSTACLES", 2)
    found = await told(office, one)
    assert (len(named(found, "obstacle.")), found.obstacles_left_out) == (2, True)
