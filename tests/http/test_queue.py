"""What waits in vain is seen: a desk's queue has it by the end of the applicant's time (mistake 3: not for
ever in status 5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.http.client import Api
from tests.office.one_dossier import DESK, PROCEDURE, ask, bring, do, end_of, in_processing, known

TEN_DAYS: dict[str, dict[str, Any]] = {
    "supplement": {"pattern": "suspend", "until": {"amount": 10, "unit": "calendar_day"}}
}


async def queue(api: Api) -> list[dict[str, Any]]:
    moment = await api.office.reader.moment(fresh=True)
    agency = await api.office.agency(DESK)
    path = f"/v1/queues/{agency}?min_position={moment.read_up_to}"
    answer = await api.get(path, api.office.officer(DESK))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_papers_that_wait_past_their_time_stand_in_the_queue_by_it(api: Api) -> None:
    office = api.office
    waiting = await in_processing(office, TEN_DAYS)
    await ask(office, waiting, datetime(2025, 6, 3, 1, tzinfo=UTC))  # until the end of the 13th
    await office.move_clock(datetime(2025, 6, 10, 1, tzinfo=UTC))
    later = (await office.filed(DESK, "07207", PROCEDURE)).code  # due at the end of the 17th
    found = await queue(api)
    assert [row["code"] for row in found] == [waiting, later]
    until = datetime.fromisoformat(found[0]["awaited_until"])
    assert (until, found[0]["passed"], found[0]["overdue"]) == (end_of(13), False, False)
    await office.move_clock(end_of(13) + timedelta(hours=8))
    assert [row["passed"] for row in await queue(api)] == [True, False]
    await bring(office, waiting, end_of(13) + timedelta(hours=9))
    found = await queue(api)
    assert [(row["code"], row["awaited_until"]) for row in found] == [(later, None), (waiting, None)]


async def test_a_payment_is_waited_for_by_its_time_and_the_limit_runs_on(api: Api) -> None:
    office = api.office
    code = await in_processing(office)  # due at the end of the ninth
    until = end_of(5)
    await do(office, code, "request-payment", purpose="tax", amount_vnd=10_000, count=1, until=until)
    (row,) = await queue(api)
    assert datetime.fromisoformat(row["awaited_until"]) == until
    assert datetime.fromisoformat(row["statutory_due"]) == end_of(9)


async def test_papers_whose_stop_was_taken_back_are_waited_for_by_their_time_again(api: Api) -> None:
    office = api.office
    terms = {"supplement": TEN_DAYS["supplement"] | {"then": "stop"}}
    code = await in_processing(office, terms)
    await ask(office, code, datetime(2025, 6, 3, 1, tzinfo=UTC))  # until the end of the 13th
    later = datetime(2025, 6, 20, 1, tzinfo=UTC)
    await do(office, code, "time-passed", later, reason="quá hạn bổ sung")
    assert await queue(api) == []
    await do(office, code, "recall", later + timedelta(hours=1), reason="đã nộp ở bộ phận khác")
    (row,) = await queue(api)
    assert (row["status"], datetime.fromisoformat(row["awaited_until"]), row["passed"]) == (
        5,
        end_of(13),
        True,
    )


async def test_a_payment_whose_stop_was_taken_back_is_no_longer_owed(api: Api) -> None:
    office = api.office
    code = await in_processing(
        office, {"payment": {"until": TEN_DAYS["supplement"]["until"], "then": "stop"}}
    )
    await do(office, code, "request-payment", purpose="tax", amount_vnd=10_000, count=1)
    later = datetime(2025, 6, 20, 1, tzinfo=UTC)
    await do(office, code, "time-passed", later, reason="quá hạn nộp")
    await do(office, code, "recall", later + timedelta(hours=1), reason="nhầm")
    (row,) = await queue(api)
    assert (row["status"], row["awaited_until"]) == (6, None)
    assert (await known(office, code)).dossier.awaited_until is None
