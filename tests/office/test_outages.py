"""Announced outages move the clocks for which a rule says so, and no others (reference section 1.3)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

from application.outages import Announcement, Moved, announce, move_clocks
from application.policy import Identity
from domain import record_rules
from interfaces.views import ShownDossiers
from tests.office.one_dossier import (
    MONDAY,
    ask,
    bring,
    do,
    due,
    end_of,
    in_processing,
    known,
    received_elsewhere,
    refused_by,
    statutory,
)
from tests.office.province import OLD_DESKS
from tests.office.test_dissolving import registrar
from tests.office.world import Office

SOURCE = "thông báo của đơn vị vận hành"
PORTAL = {"clock": {"outages": ["portal"]}}


def june(day: int, hour: int) -> datetime:
    """Local time of a day of June 2025."""
    return datetime(2025, 6, day, hour - 7, tzinfo=UTC)


async def out_of_order(
    office: Office, starts: datetime, ends: datetime, system: str = "portal", linked_groups: bool = False
) -> None:
    """Announced, and nothing else done."""
    outage = Announcement(system, starts, ends, linked_groups, SOURCE)
    await announce(office.dossiers, await registrar(office), outage)


async def swept(office: Office, starts: datetime, ends: datetime, system: str = "portal") -> Moved:
    return await moved_by(office, Announcement(system, starts, ends, False, SOURCE))


async def moved_by(office: Office, outage: Announcement) -> Moved:
    index, asked = office.handovers.index, await registrar(office)
    assert isinstance(index, ShownDossiers)
    return await move_clocks(office.dossiers, index, asked.identity, outage)


async def test_two_days_without_the_portal_are_left_out_of_the_limit(office: Office) -> None:
    code = await in_processing(office, PORTAL)
    assert await statutory(office, code) == end_of(9)
    await office.move_clock(june(5, 11))
    await out_of_order(office, june(3, 10), june(5, 10))
    moved = await swept(office, june(3, 10), june(5, 10))
    assert (moved.looked_at, moved.moved) == (1, 1)
    assert await statutory(office, code) == end_of(
        11
    )  # 4, 5, 6 and 9 June were left; 6, 9, 10 and 11 stand for them
    assert (await swept(office, june(3, 10), june(5, 10))).moved == 0


async def test_an_act_leaves_out_first_what_is_known_by_then(office: Office) -> None:
    code = await in_processing(office, PORTAL)
    await office.move_clock(june(5, 11))
    await out_of_order(office, june(3, 10), june(5, 10))
    # By 9 June, the date before, it would be too late.
    await do(office, code, "extend", june(9, 9), until=end_of(12), reason="chờ kết quả")
    found = await due(office, code)
    assert found is not None
    assert (found["statutory"], found["extended_until"]) == (end_of(11), end_of(12))


async def test_an_outage_within_one_day_moves_no_limit_in_days(office: Office) -> None:
    code = await in_processing(office, PORTAL)
    await office.move_clock(june(3, 17))
    await out_of_order(office, june(3, 8), june(3, 16))
    assert (await swept(office, june(3, 8), june(3, 16))).moved == 0
    assert await statutory(office, code) == end_of(9)


async def test_a_procedure_that_does_not_name_the_system_is_not_moved(office: Office) -> None:
    code = await in_processing(office, {"clock": {"outages": ["land_register"]}})
    await office.move_clock(june(5, 11))
    await out_of_order(office, june(3, 10), june(5, 10))
    assert (await swept(office, june(3, 10), june(5, 10))).looked_at == 0
    await do(office, code, "begin-inspection", subject="xem thực địa")
    assert await statutory(office, code) == end_of(9)


async def test_linked_groups_are_moved_since_september_2026_only(office: Office) -> None:
    await in_processing(office)
    linked = await received_elsewhere(office, OLD_DESKS["07207"], linked_group=uuid4())
    promised = await statutory(office, linked)
    await office.move_clock(june(5, 11))
    await out_of_order(office, june(3, 10), june(5, 10), linked_groups=True)
    moved = await moved_by(office, Announcement("portal", june(3, 10), june(5, 10), True, SOURCE))
    assert (moved.looked_at, moved.moved) == (1, 0)
    assert await statutory(office, linked) == promised


async def test_an_outage_that_lasts_longer_than_announced_moves_further(office: Office) -> None:
    code = await in_processing(office, PORTAL)
    await office.move_clock(june(6, 11))
    await out_of_order(office, june(3, 10), june(5, 10))
    await swept(office, june(3, 10), june(5, 10))
    await out_of_order(office, june(3, 10), june(6, 10))
    assert (await swept(office, june(3, 10), june(6, 10))).moved == 1
    assert await statutory(office, code) == end_of(12)


async def test_what_was_late_before_the_outage_stays_late(office: Office) -> None:
    code = await in_processing(office, PORTAL)
    await office.move_clock(june(13, 9))
    await out_of_order(office, june(10, 8), june(12, 8))
    assert (await swept(office, june(10, 8), june(12, 8))).moved == 0
    assert await statutory(office, code) == end_of(9)


async def test_papers_asked_for_during_an_outage_leave_what_was_left_at_its_beginning(office: Office) -> None:
    code = await in_processing(office, PORTAL | {"supplement": {"pattern": "suspend"}})
    await office.move_clock(june(4, 9))
    await out_of_order(office, june(3, 10), june(12, 10))
    await ask(office, code, june(5, 9))
    left = (await known(office, code)).dossier.clock_left
    assert left is not None
    assert (left.amount, left.unit) == (4, "working_day")
    await bring(office, code, june(16, 9))
    assert await statutory(office, code) == end_of(20)


async def test_an_outage_ends_after_it_begins(office: Office) -> None:
    await office.move_clock(MONDAY)
    await refused_by(record_rules.OUTAGE, out_of_order(office, june(5, 10), june(5, 10)))


async def test_the_same_announcement_adds_nothing(office: Office) -> None:
    outage = Announcement("portal", june(3, 10), june(5, 10), False, SOURCE)
    assert await announce(office.dossiers, await registrar(office), outage) is not None
    assert await announce(office.dossiers, await registrar(office), outage) is None


async def test_outages_give_the_same_date_in_whatever_order_they_are_announced(office: Office) -> None:
    code = await in_processing(office, PORTAL)
    await office.move_clock(june(6, 17))
    for starts, ends in ((june(5, 8), june(6, 8)), (june(3, 8), june(4, 8))):
        await out_of_order(office, starts, ends)
        await swept(office, starts, ends)
    assert await statutory(office, code) == end_of(11)


async def test_an_outage_before_papers_that_becomes_known_after_them_counts_too(office: Office) -> None:
    code = await in_processing(office, PORTAL | {"supplement": {"pattern": "suspend"}})
    await ask(office, code, june(5, 9))
    await bring(office, code, june(5, 10))
    await out_of_order(office, june(3, 8), june(4, 8))
    assert (await swept(office, june(3, 8), june(4, 8))).moved == 1
    assert await statutory(office, code) == end_of(10)


async def test_a_planned_outage_moves_the_date_once_it_is_announced(office: Office) -> None:
    code = await in_processing(office, PORTAL)
    await out_of_order(office, june(3, 10), june(5, 10))
    assert (await swept(office, june(3, 10), june(5, 10))).moved == 1
    assert await statutory(office, code) == end_of(11)
    await ask(office, code, june(2, 16))  # before it begins: 3, 4, 5, 6 and 9 June are left
    left = (await known(office, code)).dossier.clock_left
    assert left is not None
    assert left.amount == 5


async def test_an_outage_that_was_shorter_than_announced_leaves_out_no_more_than_it_was(
    office: Office,
) -> None:
    code = await in_processing(office, PORTAL)
    await out_of_order(office, june(3, 10), june(5, 10))
    await swept(office, june(3, 10), june(5, 10))
    await out_of_order(office, june(3, 10), june(4, 10))
    assert (await swept(office, june(3, 10), june(4, 10))).moved == 1
    assert await statutory(office, code) == end_of(10)


async def test_what_an_applicant_does_waits_for_no_calendar(office: Office) -> None:
    code = await in_processing(office, PORTAL)
    await out_of_order(office, june(3, 10), datetime(2025, 12, 31, 1, tzinfo=UTC))  # into 2026, not published
    assert (await swept(office, june(3, 10), datetime(2025, 12, 31, 1, tzinfo=UTC))).uncounted == 1
    owner = Identity("applicant", str((await known(office, code)).dossier.owner))
    await office.act(owner, code, "withdraw", None)
    assert (await known(office, code)).dossier.status == 7


async def test_several_that_announce_at_once_are_all_heard(office: Office) -> None:
    asked = await registrar(office)
    several = [Announcement("portal", june(day, 8), june(day, 12), False, SOURCE) for day in (3, 4, 5, 6)]
    done = await asyncio.gather(*(announce(office.dossiers, asked, said) for said in several))
    assert all(done)
    moment = await office.reader.moment(fresh=True)
    assert len(moment.organisation.outages) == 4
