"""The view `status`: situations of one dossier, or a few."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from projections.queue import queue_page
from projections.runner import Runner
from projections.status import Status
from projections.status_queries import (
    changed_dossiers,
    dossiers,
    holders,
    moving_by,
    open_at,
    stock,
)
from tests.projections import dossiers as lives
from tests.projections import world as w
from tests.projections.reading import dossier_by_code, dossier_by_id
from tests.support import Database

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def shown(views: Database, log: w.MemoryLog) -> None:
    await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head)


async def test_a_submitted_dossier_waits_at_the_desk_that_received_it(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    one = lives.DossierFacts(w.uid(100, 1))
    fact = one.submitted(w.NOW, w.DISTRICT_DESK[0])
    log.add(fact, w.NOW)
    await shown(views, log)
    row = await dossier_by_code(reading, fact.code, w.NOW + DAY)
    assert row is not None
    assert (row["status"], row["holder_identifier"], row["holder"]) == (1, "D0", "210@2025-06-30")
    assert (row["place"], row["level"], row["level_after"]) == ("07200@2025-06-30", "district", "commune")
    page, cursor = await queue_page(reading, w.DISTRICT_DESK[0], w.NOW + DAY)
    assert [entry["dossier"] for entry in page] == [one.id]
    assert cursor is None


async def test_when_a_part_is_scheduled_the_next_holder_stands_beside_the_holder(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    before, after = lives.DossierFacts(w.uid(100, 1)), lives.DossierFacts(w.uid(100, 2))
    log.add(before.submitted(w.NOW, w.DISTRICT_DESK[0], w.OLD[2]), w.NOW)
    for fact in [*w.part_facts(), w.scheduled()]:
        log.add(fact, w.NOW + DAY)
    log.add(after.submitted(w.NOW + 2 * DAY, w.OLD_DESK[0], procedure="1.002"), w.NOW + 2 * DAY)
    await shown(views, log)
    instant = timedelta(microseconds=1)
    for dossier, first, then in (
        (before.id, "D0", "N1"),
        (after.id, "O0", "H02.N"),
    ):
        for t, identifier in ((w.HOUR - instant, first), (w.HOUR, then), (w.HOUR + instant, then)):
            row = await dossier_by_id(reading, dossier, t)
            assert row is not None
            assert row["holder_identifier"] == identifier
    page, _ = await queue_page(reading, w.DISTRICT_DESK[0], w.HOUR - instant)
    assert [entry["next_holder"] for entry in page] == [w.NEW_DESK[1]]
    assert await queue_page(reading, w.DISTRICT_DESK[0], w.HOUR) == ([], None)
    page, _ = await queue_page(reading, w.NEW_DESK[1], w.HOUR)
    assert [entry["dossier"] for entry in page] == [before.id]
    assert await moving_by(reading, w.PART, 1, None, 10) == [before.id, after.id]


async def test_a_cancelled_part_leaves_nothing_behind(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    one = lives.DossierFacts(w.uid(100, 1))
    log.add(one.submitted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    for fact in [*w.part_facts(), w.scheduled(), w.cancelled()]:
        log.add(fact, w.NOW + DAY)
    await shown(views, log)
    assert [link["identifier"] for link in await holders(reading, one.id)] == ["D0"]
    page, _ = await queue_page(reading, w.DISTRICT_DESK[0], w.HOUR + DAY)
    assert [entry["next_holder"] for entry in page] == [None]


async def test_a_place_in_a_split_commune_gets_a_provisional_holder(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    one = lives.DossierFacts(w.uid(100, 1))
    for fact in [*w.part_facts(), w.scheduled()]:
        log.add(fact, w.NOW)
    log.add(one.submitted(w.NOW, w.DISTRICT_DESK[0], w.OLD[5]), w.NOW)
    await shown(views, log)
    row = await dossier_by_id(reading, one.id, w.HOUR)
    assert row is not None
    assert (row["holder_identifier"], row["provisional"]) == ("N2", True)


async def test_a_concluded_dossier_stays_where_it_ended(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    one = lives.DossierFacts(w.uid(100, 1))
    for fact in [*w.part_facts(), w.scheduled()]:
        log.add(fact, w.NOW)
    log.add(one.submitted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    log.add(one.withdrawn(w.NOW + DAY, w.DISTRICT_DESK[0]), w.NOW + DAY)
    await shown(views, log)
    row = await dossier_by_id(reading, one.id, w.HOUR + DAY)
    assert row is not None
    assert (row["holder_identifier"], row["status"]) == ("D0", 7)
    assert await moving_by(reading, w.PART, 1, None, 10) == []
    assert await queue_page(reading, w.NEW_DESK[0], w.HOUR + DAY) == ([], None)


async def test_a_handed_over_fact_confirms_its_link_and_moves_no_revision(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    one = lives.DossierFacts(w.uid(100, 1))
    for fact in [*w.part_facts(), w.scheduled()]:
        log.add(fact, w.NOW)
    log.add(one.submitted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    log.add(one.accepted(w.HOUR + DAY, w.NEW_DESK[0]), w.HOUR + DAY)
    stated = log.add(
        lives.handed_over(one.id, 1, w.DISTRICT_DESK[0], w.NEW_DESK[0], status=1), w.HOUR + 2 * DAY
    )
    await shown(views, log)
    row = await dossier_by_id(reading, one.id, w.HOUR + 3 * DAY)
    assert row is not None
    assert (row["revision"], row["holder_identifier"]) == (2, "N0")
    assert [link["transferred_at"] for link in await holders(reading, one.id)] == [None, stated]


async def test_a_decision_of_the_coordination_queue_sets_the_holder(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    one = lives.DossierFacts(w.uid(100, 1))
    for fact in [*w.part_facts(), w.scheduled()]:
        log.add(fact, w.NOW)
    log.add(one.submitted(w.NOW, w.DISTRICT_DESK[0], w.OLD[5]), w.NOW)
    decided = w.HOUR + DAY
    log.add(lives.placed(one.id, 1, 1, decided, w.NEW_DESK[2], w.NEW_DESK[1]), decided)
    await shown(views, log)
    links = await holders(reading, one.id)
    assert [(link["identifier"], link["provisional"]) for link in links] == [
        ("D0", False),
        ("N2", True),
        ("N1", False),
    ]
    page, _ = await queue_page(reading, w.NEW_DESK[1], decided)
    assert [entry["dossier"] for entry in page] == [one.id]


async def test_an_imported_dossier_shows_what_the_earlier_system_wrote(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    one = lives.DossierFacts(w.uid(100, 1))
    attributes = (
        {"key": "deadline", "type": "date", "value": "2011-10-10T00:00:00+02:00"},
        {"key": "enddate", "type": "date", "value": "2011-10-11T13:42:22+02:00"},
    )
    log.add(one.imported(w.NOW, w.PROVINCE_DESK, attributes), w.NOW)
    for number in range(3):
        log.add(one.step(w.NOW, w.PROVINCE_DESK, number), w.NOW)
    await shown(views, log)
    row = await dossier_by_id(reading, one.id, w.NOW)
    assert row is not None
    assert (row["status"], row["steps"], row["revision"], row["source"]) == (None, 3, 4, "old")
    assert (row["deadline"], row["enddate"]) == (attributes[0]["value"], attributes[1]["value"])


async def test_lists_page_by_id_and_by_last_change(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    made = [lives.DossierFacts(w.uid(100, n)) for n in range(5)]
    for dossier in made:
        log.add(dossier.submitted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    log.add(made[0].assigned(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    await shown(views, log)
    first = await dossiers(reading, w.NOW, holder=w.DISTRICT_DESK[0], limit=3)
    rest = await dossiers(reading, w.NOW, holder=w.DISTRICT_DESK[0], after=first[-1]["dossier"], limit=3)
    assert [row["dossier"] for row in first + rest] == [dossier.id for dossier in made]
    assert [row["dossier"] for row in await dossiers(reading, w.NOW, status=4)] == [made[0].id]
    changed = await changed_dossiers(reading, w.NOW, log.head - 2)
    assert [row["dossier"] for row in changed] == [made[4].id, made[0].id]
    opened = await open_at(reading, [w.DISTRICT_DESK[0], w.OLD_DESK[0]], w.NOW, None, 10)
    assert [row["dossier"] for row in opened] == [dossier.id for dossier in made]


async def test_what_the_agency_opened_itself_is_shown_and_counted_as_received_and_nobody_submitted_it(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    one = lives.DossierFacts(w.uid(100, 1))
    log.add(one.opened(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    log.add(one.accepted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    await shown(views, log)
    row = await dossier_by_id(reading, one.id, w.NOW)
    assert row is not None
    assert (row["status"], row["submitter"], row["submitted_at"]) == (2, None, None)
    assert (row["owner"], row["holder_agency"]) == (w.uid(9, 1), w.DISTRICT_DESK[0])
    (counts,) = await stock(reading, w.NOW + DAY)
    assert (counts["received"], counts["settled"]) == (1, 0)


async def test_what_the_agency_opened_itself_stands_in_the_queue_since_it_was_opened(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    first, second, third = (lives.DossierFacts(w.uid(100, number)) for number in (3, 2, 1))
    log.add(first.submitted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    log.add(second.opened(w.NOW + DAY, w.DISTRICT_DESK[0]), w.NOW + DAY)
    log.add(third.submitted(w.NOW + 2 * DAY, w.DISTRICT_DESK[0]), w.NOW + 2 * DAY)
    await shown(views, log)
    page, _ = await queue_page(reading, w.DISTRICT_DESK[0], w.NOW + 3 * DAY)
    assert [row["dossier"] for row in page] == [first.id, second.id, third.id]
    assert [row["submitted_at"] for row in page] == [w.NOW, None, w.NOW + 2 * DAY]


async def test_stock_and_flow_add_up_for_every_agency(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    a, b, heir = w.DISTRICT_DESK[0], w.DISTRICT_DESK[1], w.NEW_DESK[0]
    for fact in [*w.part_facts(), w.scheduled()]:
        log.add(fact, w.NOW)
    made = [lives.DossierFacts(w.uid(100, n)) for n in range(4)]
    for dossier in made:
        log.add(dossier.submitted(w.NOW, a), w.NOW)
    log.add(made[0].forwarded(w.NOW, a, b), w.NOW)
    log.add(made[1].finished(w.NOW, a), w.NOW)
    log.add(made[1].sent_back(w.NOW, a, b), w.NOW)
    log.add(made[2].withdrawn(w.NOW, a), w.NOW)
    log.add(lives.handed_over(made[3].id, 1, a, heir, status=1), w.HOUR)
    await shown(views, log)
    sums = {row["agency"]: row for row in await stock(reading, w.HOUR + 2 * DAY)}
    gained = ("received", "reopened", "forwarded_in", "handed_in")
    lost = ("settled", "forwarded_out", "handed_out")
    open_stock = {
        agency: sum(row[k] for k in gained) - sum(row[k] for k in lost) for agency, row in sums.items()
    }
    assert open_stock == {a: 0, b: 2, heir: 1}
    assert sum(row["handed_in"] for row in sums.values()) == sum(row["handed_out"] for row in sums.values())
