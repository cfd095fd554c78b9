"""What follows when papers or a payment do not come in the applicant's time is what the procedure says
(mistake 3: not waiting for ever while nothing happens)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from application import reading
from domain import ending_rules, waiting_rules
from domain.dossier_facts import DossierStopped
from tests.office.one_dossier import (
    DESK,
    MONDAY,
    PROCEDURE,
    ask,
    bring,
    do,
    end_of,
    in_processing,
    known,
    published,
    refused_by,
)
from tests.office.world import Office

TEN_DAYS = {"amount": 10, "unit": "calendar_day"}
TUESDAY = datetime(2025, 6, 3, 1, tzinfo=UTC)
LATER = datetime(2025, 6, 20, 1, tzinfo=UTC)


def papers(then: str | None) -> dict[str, Any]:
    return {"supplement": {"pattern": "suspend", "until": TEN_DAYS, "then": then}}


async def waiting(office: Office, then: str | None) -> str:
    """Papers are awaited since Tuesday, for ten days."""
    code = await in_processing(office, papers(then))
    await ask(office, code, TUESDAY)
    return code


async def passed(office: Office, code: str, at: datetime | None = LATER) -> None:
    await do(office, code, "time-passed", at, reason="quá hạn bổ sung")


async def test_papers_that_do_not_come_stop_the_dossier_where_the_procedure_says_so(office: Office) -> None:
    code = await waiting(office, "stop")
    await passed(office, code)
    found = (await known(office, code)).dossier
    assert (found.status, found.closed) == (8, False)


async def test_a_procedure_that_closes_stops_the_dossier_and_closes_it(office: Office) -> None:
    code = await waiting(office, "close")
    await passed(office, code)
    found = (await known(office, code)).dossier
    assert (found.status, found.closed) == (8, True)


async def test_a_procedure_that_refuses_gives_a_result_and_is_not_stopped(office: Office) -> None:
    code = await waiting(office, "refuse")
    await office.move_clock(LATER)
    stopping = do(office, code, "stop", ground="supplement_missing", reason="quá hạn")
    await refused_by(waiting_rules.THEN_OTHER, stopping)
    await passed(office, code, None)
    told = await state(office, code)
    assert told["status"] == 9
    assert told["finished"]["on_time"] == {"statutory": True, "promised": True, "extended": None}


async def test_where_the_procedure_is_silent_an_officer_decides(office: Office) -> None:
    code = await in_processing(office, papers(None))
    await ask(office, code, TUESDAY)
    await office.move_clock(LATER)
    await refused_by(waiting_rules.THEN_SAID, passed(office, code, None))
    await do(office, code, "stop", ground="supplement_missing", reason="quá hạn")


async def test_nothing_follows_before_the_time_has_passed(office: Office) -> None:
    code = await waiting(office, "stop")
    last = datetime(2025, 6, 13, 16, 59, tzinfo=UTC)  # a minute before the end of the tenth day
    await refused_by(waiting_rules.TIME_PASSED, passed(office, code, last))
    await passed(office, code, end_of(13))


async def test_at_intake_it_is_refused_there_and_does_not_count_as_received(office: Office) -> None:
    await published(office, papers("close"))
    await office.move_clock(MONDAY)
    code = (await office.filed(DESK, "07207", PROCEDURE, accept=False)).code
    await ask(office, code, TUESDAY)
    await passed(office, code)
    found = (await known(office, code)).dossier
    assert (found.status, found.closed, found.due) == (3, True, None)


async def test_papers_that_come_late_but_before_anybody_acted_are_taken(office: Office) -> None:
    code = await waiting(office, "stop")
    await bring(office, code, LATER)
    await refused_by(waiting_rules.TIME_PASSED, passed(office, code, None))


async def test_an_unpaid_fee_stops_the_dossier_once_the_time_to_pay_has_passed(office: Office) -> None:
    code = await in_processing(office, {"payment": {"until": TEN_DAYS, "then": "stop"}})
    await do(office, code, "request-payment", TUESDAY, purpose="tax", amount_vnd=50_000, count=1)
    awaited = (await state(office, code))["awaited"]
    assert (awaited["what"], awaited["then"], awaited["passed"]) == ("payment", "stop", False)
    await passed(office, code)
    found = (await known(office, code)).dossier
    assert found.status == 8
    (stopped,) = [f.fact for f in (await known(office, code)).facts if isinstance(f.fact, DossierStopped)]
    assert stopped.ground == "payment_missing"


async def test_what_is_awaited_and_what_follows_is_shown_with_its_date(office: Office) -> None:
    code = await waiting(office, "stop")
    assert (await state(office, code))["awaited"] == {
        "what": "supplement",
        "until": end_of(13),
        "passed": False,
        "then": "stop",
    }
    await office.move_clock(LATER)
    assert (await state(office, code))["awaited"]["passed"] is True


async def test_stopping_for_another_ground_is_as_before(office: Office) -> None:
    code = await waiting(office, "refuse")
    early = do(office, code, "stop", ground="conditions_not_met", reason="không đủ điều kiện")
    await refused_by(ending_rules.STOP_LATE, early)


async def state(office: Office, code: str) -> dict[str, Any]:
    return await reading.state(office.dossiers, office.officer(DESK), code)
