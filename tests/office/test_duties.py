"""The applicant hears in time, and what is received for others is forwarded on the same day; what comes later
is on record by the rule that it broke (reference section 3.1). An apology takes nothing of it back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from application import reading
from application.dossiers import act
from application.filing import Submission, submit
from application.transfer import transfer
from domain import ending_rules, waiting_rules
from tests.office.one_dossier import (
    DESK,
    PROCEDURE,
    assigned,
    do,
    due,
    end_of,
    in_processing,
    known,
    published,
    received_elsewhere,
)
from tests.office.province import NEW_DESKS, NEW_PROVINCE, OLD_DESKS, PROVINCE
from tests.office.test_office_hours import open_at, opening
from tests.office.world import HOUR, Office

WORKDAY = (
    *opening((1, 2, 3, 4, 5), "08:00", "12:00"),
    *opening((1, 2, 3, 4, 5), "13:00", "17:00"),
)
OTHER_DESK = OLD_DESKS["07210"]


def june(day: int, hour: int, minute: int = 0) -> datetime:
    """Local time of a day of June 2025; the second is a Monday."""
    return datetime(2025, 6, day, hour - 7, minute, tzinfo=UTC)


async def filed_online(office: Office, at: datetime, *, hours: bool = True) -> str:
    """Not accepted yet. `hours`: whether it is known when offices open."""
    await published(office, None)
    if hours:
        await open_at(office, WORKDAY)
    await office.move_clock(at)
    owner = await office.applicant()
    agency = await office.agency(DESK)
    filing = Submission(
        procedure=PROCEDURE,
        channel="counter",
        owner=owner,
        submitter=owner,
        place="07207",
        receiving_agency=agency,
    )
    return (await submit(office.dossiers, office.officer(DESK), filing, office.command())).code


async def state(office: Office, code: str, desk: str = DESK) -> dict[str, Any]:
    return await reading.state(office.dossiers, office.officer(desk), code)


async def named(office: Office, code: str) -> tuple[str, ...]:
    """The rules that the last act's own fact names."""
    facts = [recorded.fact for recorded in (await known(office, code)).facts]
    acts = [fact for fact in facts if not fact.TOPIC.startswith("dossier.clock_")]
    return acts[-1].envelope.rules


async def test_an_answer_on_the_next_working_day_is_in_time(office: Office) -> None:
    code = await filed_online(office, june(2, 10))
    assert (await state(office, code))["notice_by"] == end_of(3)
    await do(office, code, "accept", june(3, 16))
    assert waiting_rules.FIRST_NOTICE.id not in await named(office, code)
    assert (await state(office, code))["notice_by"] is None


async def test_an_answer_after_that_is_taken_and_names_the_rule(office: Office) -> None:
    code = await filed_online(office, june(2, 10))
    await do(office, code, "accept", june(4, 8))
    assert waiting_rules.FIRST_NOTICE.id in await named(office, code)


async def test_only_the_first_word_to_the_applicant_has_that_limit(office: Office) -> None:
    code = await filed_online(office, june(2, 10))
    await do(office, code, "request-supplement", june(3, 9), request="bản sao", components=())
    await office.act(office.officer(DESK), code, "submit-supplement", None, components=())
    await do(office, code, "accept", june(10, 9))
    assert waiting_rules.FIRST_NOTICE.id not in await named(office, code)


async def test_where_nobody_said_when_offices_open_no_such_time_is_known(office: Office) -> None:
    await published(office, None)
    await office.move_clock(june(2, 10))
    code = (await office.filed(DESK, "07207", PROCEDURE, accept=False)).code
    assert (await state(office, code))["notice_by"] is None


async def test_where_the_first_hours_are_of_a_later_day_no_such_time_is_known_before(office: Office) -> None:
    code = await filed_online(office, june(2, 10), hours=False)
    await open_at(office, WORKDAY, valid_from=date(2025, 7, 1))
    other = await office.agency(OTHER_DESK)
    elsewhere = await received_elsewhere(office, OTHER_DESK)
    assert (await state(office, elsewhere))["forward_by"] is None
    await do(office, elsewhere, "forward", june(3, 9), to_agency=other)
    assert waiting_rules.FORWARD_BY.id not in await named(office, elsewhere)
    assert (await state(office, code))["notice_by"] == end_of(3)
    await do(office, code, "accept", june(3, 10))


async def received_for_another(office: Office, at: datetime, competent: str = OTHER_DESK) -> tuple[str, UUID]:
    await published(office, None)
    await open_at(office, WORKDAY)
    await office.move_clock(at)
    return await received_elsewhere(office, competent), await office.agency(competent)


async def test_what_is_received_for_another_agency_leaves_on_the_same_day(office: Office) -> None:
    code, other = await received_for_another(office, june(2, 14))
    assert (await state(office, code))["forward_by"] == june(2, 17)
    await do(office, code, "forward", june(2, 16), to_agency=other)
    assert waiting_rules.FORWARD_BY.id not in await named(office, code)
    assert (await state(office, code, OTHER_DESK))["forward_by"] is None


async def test_received_after_15_it_leaves_when_the_next_working_day_begins(office: Office) -> None:
    code, other = await received_for_another(office, june(6, 15, 1))
    assert (await state(office, code))["forward_by"] == june(9, 8)
    await do(office, code, "forward", june(9, 9), to_agency=other)
    assert waiting_rules.FORWARD_BY.id in await named(office, code)


async def test_what_came_back_with_its_result_is_not_late_when_it_goes_on(office: Office) -> None:
    code, other = await received_for_another(office, june(2, 14))
    await do(office, code, "forward", june(2, 16), to_agency=other)
    await assigned(office, code, OTHER_DESK)
    await do(office, code, "finish", june(5, 9), OTHER_DESK, outcome="granted")
    await do(office, code, "forward", june(5, 10), OTHER_DESK, to_agency=await office.agency(DESK))
    assert (await state(office, code))["forward_by"] is None
    await do(office, code, "forward", june(5, 11), to_agency=await office.agency(PROVINCE))
    assert waiting_rules.FORWARD_BY.id not in await named(office, code)


async def test_what_was_sent_back_to_the_receiver_has_left_it_once(office: Office) -> None:
    code, other = await received_for_another(office, june(2, 14))
    await do(office, code, "forward", june(2, 16), to_agency=other)
    desk = await office.agency(DESK)
    await assigned(office, code, OTHER_DESK)
    await do(office, code, "send-back", june(4, 9), OTHER_DESK, to_agency=desk, reason="thiếu chữ ký")
    back = await known(office, code)
    assert (back.dossier.status, back.held.agency) == (4, desk)
    assert (await state(office, code))["forward_by"] is None
    await do(office, code, "forward", june(4, 10), to_agency=other)
    assert waiting_rules.FORWARD_BY.id not in await named(office, code)


async def test_what_the_receiver_finished_itself_has_no_time_to_leave(office: Office) -> None:
    code, _ = await received_for_another(office, june(2, 14))
    await assigned(office, code)
    await do(office, code, "finish", june(2, 15), outcome="granted")
    assert (await state(office, code))["forward_by"] is None


async def test_the_heir_that_forwards_late_has_it_on_record(office: Office) -> None:
    code, _ = await received_for_another(office, june(27, 14))
    await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=10))
    assert (await known(office, code)).held.agency == await office.agency(NEW_PROVINCE)
    assert (await state(office, code, PROVINCE))["forward_by"] == june(27, 17)
    to = await office.agency(NEW_DESKS["07210"])
    await do(office, code, "forward", desk=PROVINCE, to_agency=to)
    assert waiting_rules.FORWARD_BY.id in await named(office, code)
    assert (await state(office, code))["forward_by"] is None


async def test_an_heir_of_both_agencies_forwards_nothing(office: Office) -> None:
    code, _ = await received_for_another(office, june(27, 14), PROVINCE)
    await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=10))
    assert (await known(office, code)).held.agency == await office.agency(NEW_PROVINCE)
    assert (await state(office, code, PROVINCE))["forward_by"] is None


async def test_the_heir_apologises_for_what_it_inherited_and_no_date_moves(office: Office) -> None:
    code = await in_processing(office)
    await do(office, code, "finish", june(11, 9), outcome="granted")  # it was due on the ninth
    late = (await state(office, code))["finished"]["on_time"]
    assert late == {"statutory": False, "promised": False, "extended": None}
    part = await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=1))
    async for _ in transfer(office.handovers, office.officers["first operator"], part):
        pass
    before = await due(office, code, PROVINCE)
    expected = HOUR + timedelta(days=3)
    await do(office, code, "apologise", desk=PROVINCE, text="xin lỗi vì chậm trễ", expected=expected)
    assert await due(office, code, PROVINCE) == before
    assert (await state(office, code, PROVINCE))["finished"]["on_time"] == late
    await do(office, code, "return-result", desk=PROVINCE, way="counter")
    await do(office, code, "apologise", desk=PROVINCE, text="xin lỗi lần nữa")
    assert (await known(office, code)).dossier.status == 10


@pytest.mark.parametrize(("recorded", "on_record"), [(june(9, 16), False), (june(10, 8), True)])
async def test_a_result_dated_before_its_due_date_and_recorded_after_it_is_on_record(
    office: Office, recorded: datetime, on_record: bool
) -> None:
    code = await in_processing(office)  # due at the end of the ninth
    await office.move_clock(recorded)
    revision = (await known(office, code)).dossier.version
    finish = {"outcome": "granted"}
    await act(
        *(office.dossiers, office.officer(DESK), code, "finish", finish),
        command=office.command(),
        revision=revision,
        occurred_at=june(9, 15),
    )
    assert (ending_rules.DATED_BACK.id in await named(office, code)) is on_record
