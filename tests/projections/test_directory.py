"""The view `directory`: which unit a code means on a day, who succeeds whom, where a desk went."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain import handover_facts as h
from domain.agency_facts import AgencyChanged
from domain.officer_facts import OfficerPosted, OfficerSuspended
from domain.unit_facts import UnitRenamed
from projections.directory import Directory
from projections.runner import Runner
from tests.projections import world as w
from tests.projections.reading import (
    agencies,
    agency_by_id,
    desks_of,
    heirs,
    postings,
    unit_on,
    units,
)
from tests.support import Database

pytestmark = pytest.mark.anyio
MICROSECOND = timedelta(microseconds=1)


async def shown(views: Database, log: w.MemoryLog) -> None:
    await Runner(views.app_dsn, log.port(), [Directory()]).catch_up(log.head)


@pytest.fixture
def scheduled(log: w.MemoryLog) -> w.MemoryLog:
    for fact in [*w.part_facts(), w.scheduled()]:
        log.add(fact, w.NOW)
    return log


async def test_one_code_means_two_units_on_two_days(
    views: Database, scheduled: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    await shown(views, scheduled)
    old = await unit_on(reading, "07200", date(2025, 6, 30))
    new = await unit_on(reading, "07200", date(2025, 7, 1))
    assert old is not None
    assert new is not None
    assert (old["unit"], new["unit"]) == (w.OLD[0], w.NEW[0])
    assert (old["until"], new["since"]) == (w.HOUR, w.HOUR)
    assert await unit_on(reading, "07205", w.HOUR) is None
    assert (await unit_on(reading, "07205", w.HOUR - MICROSECOND) or {})["unit"] == w.OLD[5]
    for t, amount in ((w.HOUR - MICROSECOND, 10), (w.HOUR, 4)):
        assert len(await units(reading, t)) == amount


async def test_what_begins_by_a_part_has_not_begun_until_it_is_scheduled(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    for fact in [*w.part_facts(), w.scheduled(), w.cancelled()]:
        log.add(fact, w.NOW)
    await shown(views, log)
    unit = await unit_on(reading, "07200", date(2025, 7, 2))
    assert unit is not None
    assert unit["unit"] == w.OLD[0]
    assert await heirs(reading, w.OLD[0], w.HOUR + timedelta(days=2)) == []


async def test_heirs_pass_through_a_second_act(
    views: Database, scheduled: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    later = w.HOUR + timedelta(days=30)
    for fact in [*w.later_part(later), w.scheduled(w.OTHER_PART, later)]:
        scheduled.add(fact, w.NOW)
    await shown(views, scheduled)
    found = [await heirs(reading, w.OLD[0], t) for t in (w.NOW, w.HOUR, later)]
    assert [[row["unit"] for row in rows] for rows in found] == [[], [w.NEW[0]], [w.NEW[1]]]
    split = await heirs(reading, w.OLD[5], w.HOUR)
    assert [(row["unit"], row["kind"], row["is_default"]) for row in split] == [
        (w.NEW[1], "part", False),
        (w.NEW[2], "part", True),
    ]


async def test_a_code_of_an_ended_desk_leads_to_the_desks_that_succeed_its_unit(
    views: Database, scheduled: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    await shown(views, scheduled)
    before = await desks_of(reading, "D0", w.HOUR - MICROSECOND)
    after = await desks_of(reading, "D0", w.HOUR)
    assert [row["identifier"] for row in before] == ["D0"]
    assert [row["identifier"] for row in after] == ["N0"]
    assert (after[0]["unit"], after[0]["hotline"]) == ("07200@2025-07-01", "1900")
    assert [row["identifier"] for row in await desks_of(reading, "O5", w.HOUR)] == ["N1", "N2"]
    assert await desks_of(reading, "unknown", w.HOUR) == []


async def test_an_agency_is_shown_as_it_is_on_the_day(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    log.add(
        AgencyChanged(
            originator_id=w.DISTRICT_DESK[0],
            originator_version=2,
            envelope=w.envelope(w.NOW),
            from_=date(2025, 6, 20),
            changes={"address": "2 New Street"},
            origin={"address": "sourced"},
        ),
        w.NOW,
    )
    await shown(views, log)
    before = await agency_by_id(reading, w.DISTRICT_DESK[0], w.NOW)
    after = await agency_by_id(reading, w.DISTRICT_DESK[0], w.HOUR)
    assert before is not None
    assert after is not None
    assert (before["address"], after["address"]) == ("1 Main Street", "2 New Street")
    assert len(await agencies(reading, w.NOW)) == 10
    assert [row["identifier"] for row in await agencies(reading, w.NOW, unit=w.OLD[2])] == ["O2"]


async def test_a_posting_moves_with_the_act_and_keeps_its_id(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    log.add(
        OfficerPosted(
            originator_id=w.OFFICER,
            originator_version=1,
            envelope=w.envelope(w.START),
            posting_id=w.uid(15, 1),
            agency=w.DISTRICT_DESK[0],
            roles=("desk", "handler"),
            from_=w.START,
            until=None,
            begins_by=None,
        ),
        w.START,
    )
    moved = h.PostingsListed(
        originator_id=w.PART,
        originator_version=6,
        envelope=w.envelope(w.START),
        part_version=1,
        postings=(h.PostingMove(w.uid(15, 1), w.NEW_DESK[1]),),
    )
    for fact in [*w.part_facts(), moved, w.scheduled(number=7)]:
        log.add(fact, w.NOW)
    log.add(
        OfficerSuspended(
            originator_id=w.OFFICER,
            originator_version=2,
            envelope=w.envelope(w.NOW),
            from_=w.HOUR,
            reason=w.sealed(w.OFFICER),
        ),
        w.NOW,
    )
    await shown(views, log)
    for t, agency, suspended in ((w.NOW, "D0", None), (w.HOUR, "N1", True)):
        [row] = await postings(reading, t, officer=w.OFFICER)
        assert (row["posting"], row["identifier"], row["suspended"]) == (w.uid(15, 1), agency, suspended)


async def test_a_renamed_unit_stays_the_same_unit(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    log.add(
        UnitRenamed(
            originator_id=w.OLD[0],
            originator_version=2,
            envelope=w.envelope(w.NOW),
            name="New name",
            kind="ward",
            from_=date(2025, 6, 20),
            act=None,
        ),
        w.NOW,
    )
    await shown(views, log)
    names = []
    for t in (date(2025, 6, 19), date(2025, 6, 20)):
        unit = await unit_on(reading, "07200", t)
        assert unit is not None
        names.append((unit["unit"], unit["name"], unit["kind"]))
    assert names == [(w.OLD[0], "Unit 07200", "commune"), (w.OLD[0], "New name", "ward")]
