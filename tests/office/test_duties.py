"""The applicant hears in time, and what is received for others is forwarded on the same day; what comes later
is on record by the rule that it broke (reference section 3.1). An apology takes nothing of it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from application import reading
from application.filing import Submission, submit
from application.transfer import transfer
from domain import waiting_rules
from tests.office.one_dossier import (
    DESK,
    PROCEDURE,
    do,
    due,
    end_of,
    in_processing,
    known,
    published,
    received_elsewhere,
)
from tests.office.province import OLD_DESKS, PROVINCE
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


async def filed_online(office: Office, at: datetime) -> str:
    """Through the portal, not accepted yet."""
    await published(office, None)
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


async def received_for_another(office: Office, at: datetime) -> tuple[str, UUID]:
    await published(office, None)
    await open_at(office, WORKDAY)
    await office.move_clock(at)
    return await received_elsewhere(office, OTHER_DESK), await office.agency(OTHER_DESK)


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
