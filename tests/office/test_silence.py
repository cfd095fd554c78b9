"""Receivers that do not answer: who is silent, reminded once a day, escalated later; obstacles that stay
open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from application import obstacles
from application.coordinators import name
from application.receiving import acknowledge, place, refuse
from application.refusals import NotAllowed
from application.registers import Silent
from application.reminding import remind, silent
from domain.coordination import ReceiverEscalated, ReceiverReminded, coordination_stream_id
from tests.office.acts import at, scheduled, transferred
from tests.office.test_chained_acts import SPLIT_DAY, WEST, reformed, split
from tests.office.test_coordination import CLERK, DESK, OTHER, OTHER_DESK, shown
from tests.office.test_receiving import id_of, moved, part_of
from tests.office.test_the_hour import run_transfer
from tests.office.world import DISTRICT, HOUR, Office

NOTHING = {"reminded": 0, "escalated": 0, "obstacles_escalated": 0}


async def silence(office: Office) -> list[Silent]:
    return await silent(await shown(office), office.officers["first operator"], [part_of(office)])


async def run(office: Office) -> dict[str, int]:
    operator = office.officers["first operator"]
    done = [p async for p in remind(await shown(office), operator, [part_of(office)])]
    return done[-1].counts


async def test_a_receiver_is_silent_until_it_has_answered_for_everything(office: Office) -> None:
    dossiers = await moved(office, filed=3)
    (one,) = await silence(office)
    desk = await office.agency(DESK)
    assert (one.agency, one.waiting, one.reminders) == (desk, 3, 0)
    assert one.oldest >= HOUR
    clerk, part = office.officer(CLERK), part_of(office)
    await acknowledge(office.handovers, clerk, part, desk, dossiers[:1])
    await refuse(office.handovers, clerk, part, desk, dossiers[1:2], reason="không")
    (one,) = await silence(office)
    assert one.waiting == 1
    to = await office.agency(OTHER_DESK)
    await place(office.handovers, office.officers["first operator"], part, dossiers[1], to, "07213")
    assert {s.agency: s.waiting for s in await silence(office)} == {desk: 1, to: 1}
    await acknowledge(office.handovers, clerk, part, desk, dossiers[2:])
    assert {s.agency: s.waiting for s in await silence(office)} == {to: 1}


async def test_what_was_answered_before_its_transfer_was_stated_waits_no_more(office: Office) -> None:
    filed = [await office.filed(DISTRICT, "07207@2025-06-01") for _ in range(2)]
    await office.scheduled()
    await office.move_clock(HOUR)
    dossier = await id_of(office, filed[0].code)
    desk = await office.agency(DESK)
    await acknowledge(office.handovers, office.officer(CLERK), part_of(office), desk, [dossier])
    assert await silence(office) == []
    await run_transfer(office)
    (one,) = await silence(office)
    assert (one.agency, one.waiting) == (desk, 1)


async def test_the_silent_are_reminded_once_a_day_and_escalated_later(office: Office) -> None:
    await moved(office, filed=2)
    operator, part = office.officers["first operator"], part_of(office)
    assert await run(office) == NOTHING
    await office.move_clock(HOUR + timedelta(days=2, minutes=5))
    assert await run(office) == NOTHING | {"reminded": 1}
    assert await run(office) == NOTHING
    await office.move_clock(HOUR + timedelta(days=3))
    assert await run(office) == NOTHING | {"reminded": 1}
    superior = office.officers["second operator"].uuid
    assert superior is not None
    assert operator.uuid is not None
    await name(office.handovers, operator, part, operator.uuid, escalates_to=superior)
    await office.move_clock(HOUR + timedelta(days=5, minutes=5))
    assert await run(office) == NOTHING | {"reminded": 1, "escalated": 1}
    assert await run(office) == NOTHING
    await office.move_clock(HOUR + timedelta(days=6))
    assert await run(office) == NOTHING | {"reminded": 1}
    (one,) = await silence(office)
    assert (one.reminders, one.escalations, one.escalated_to) == (4, 1, superior)
    stream = coordination_stream_id(part, one.agency, HOUR)
    said = [r.fact for r in await office.opened.ledger.facts_of([stream])]
    assert [type(fact) for fact in said] == [ReceiverReminded] * 3 + [ReceiverEscalated, ReceiverReminded]
    assert said[0].waiting == 2  # type: ignore[attr-defined]


async def test_who_answered_is_left_alone(office: Office) -> None:
    dossiers = await moved(office, filed=2)
    desk = await office.agency(DESK)
    await acknowledge(office.handovers, office.officer(CLERK), part_of(office), desk, dossiers)
    await office.move_clock(HOUR + timedelta(days=9))
    assert await run(office) == NOTHING
    assert await silence(office) == []


async def test_only_the_coordination_reminds(office: Office) -> None:
    await moved(office)
    with pytest.raises(NotAllowed):
        async for _ in remind(await shown(office), office.officer(CLERK), [part_of(office)]):
            pass


async def test_an_obstacle_that_stays_open_is_escalated_by_the_run(office: Office) -> None:
    dossiers = await moved(office)
    desk, clerk, part = await office.agency(DESK), office.officer(CLERK), part_of(office)
    await acknowledge(office.handovers, clerk, part, desk, dossiers)
    told = obstacles.Report(part, desk, "account", "tài khoản bị khóa", dossiers[0])
    await obstacles.report(await shown(office), clerk, told)
    await office.move_clock(HOUR + timedelta(days=8))
    assert await run(office) == NOTHING | {"obstacles_escalated": 1}
    assert await run(office) == NOTHING
    operator = office.officers["first operator"]
    (row,) = await obstacles.listed(await shown(office), operator, [part])
    assert (row["escalated_to"], row["escalations"], row["age_days"]) == (operator.uuid, 1, 7)


async def test_what_was_sent_on_or_concluded_waits_no_more(office: Office) -> None:
    filed = [await office.filed(DISTRICT, "07207@2025-06-01") for _ in range(3)]
    await office.scheduled()
    await office.move_clock(HOUR)
    await run_transfer(office)
    desk, elsewhere = await office.agency(DESK), await office.agency(OTHER_DESK)
    clerk = office.officer(CLERK)
    assert [(s.agency, s.waiting) for s in await silence(office)] == [(desk, 3)]
    await office.act(clerk, filed[0].code, "withdraw", None, reason="tự rút")
    assert [(s.agency, s.waiting) for s in await silence(office)] == [(desk, 2)]
    await office.act(clerk, filed[1].code, "forward", None, to_agency=elsewhere, note=None)
    assert [(s.agency, s.waiting) for s in await silence(office)] == [(desk, 1)]
    await office.act(clerk, filed[2].code, "forward", None, to_agency=elsewhere, note=None)
    assert await silence(office) == []
    await office.move_clock(HOUR + timedelta(days=9))
    assert await run(office) == NOTHING


async def test_a_placement_is_reminded_of_by_its_own_age(office: Office) -> None:
    filed = [await office.filed(DISTRICT, "07207@2025-06-01") for _ in range(2)]
    await office.scheduled()
    await office.move_clock(HOUR)
    await run_transfer(office)
    dossiers = [await id_of(office, answer.code) for answer in filed]
    desk, to = await office.agency(DESK), await office.agency(OTHER_DESK)
    clerk, operator, part = office.officer(CLERK), office.officers["first operator"], part_of(office)
    await refuse(office.handovers, clerk, part, desk, dossiers, reason="không")
    await place(office.handovers, operator, part, dossiers[0], to, "07213")
    await office.move_clock(HOUR + timedelta(days=3))
    await office.act(office.officer(OTHER), filed[0].code, "withdraw", None, reason="tự rút")
    await place(office.handovers, operator, part, dossiers[1], to, "07213")
    (one,) = await silence(office)
    assert (one.agency, one.waiting) == (to, 1)
    assert one.oldest >= HOUR + timedelta(days=3)
    assert await run(office) == NOTHING


async def test_what_a_later_act_moved_is_asked_of_its_receiver_alone(office: Office) -> None:
    await office.filed(DISTRICT, "07207@2025-06-01")
    first = await reformed(office)
    second = await scheduled(office, split(office))
    await at(office, f"{SPLIT_DAY}T00:00:00")
    await transferred(office, second)
    operator = office.officers["first operator"]
    found = await silent(await shown(office), operator, [first, second])
    assert [(s.part, s.agency, s.waiting) for s in found] == [(second, await office.agency(WEST), 1)]
