"""What was on time, by each of three dates; nothing without a date counts as on time (defect 12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from application import reading
from application.catalogue_loads import load_procedures
from application.dossiers import act
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.office.one_dossier import DESK, PROCEDURE, do, end_of, in_processing, known, published
from tests.office.province import FIVE_DAYS, SYSTEM, procedure_entry
from tests.office.world import HOUR

JUNE = "/v1/on-time?from=2025-06-01&until=2025-07-01"


async def counted(api: Api) -> dict[str, Any]:
    moment = await api.office.reader.moment(fresh=True)
    answer = await api.get(f"{JUNE}&min_position={moment.read_up_to}", api.operator)
    assert answer.status_code == 200, answer.text
    (row,) = [row for row in answer.json()["items"] if row["identifier"] == DESK]
    found: dict[str, Any] = row
    return found


async def test_late_by_law_and_on_time_by_the_extension(api: Api) -> None:
    office = api.office
    first = await in_processing(office)  # due at the end of 9 June
    second = (await office.filed(DESK, "07207", PROCEDURE)).code
    third = (await office.filed(DESK, "07207", PROCEDURE)).code
    until = datetime(2025, 6, 20, 17, tzinfo=UTC)
    await do(office, second, "extend", until=until, reason="xác minh")
    await do(office, first, "finish", datetime(2025, 6, 9, 3, tzinfo=UTC), outcome="granted")
    await do(office, second, "finish", datetime(2025, 6, 12, 3, tzinfo=UTC), outcome="granted")
    row = await counted(api)
    assert (row["ready"], row["open_late"]) == (2, 1)
    assert row["statutory"] == row["promised"] == {"on_time": 1, "late": 1, "undated": 0}
    assert row["extended"] == {"on_time": 1, "late": 0, "undated": 1}
    assert row["in_force"] == {"on_time": 2, "late": 0, "undated": 0}
    await do(office, second, "send-back", reason="sai sót")
    await do(office, third, "finish", outcome="granted")
    row = await counted(api)
    assert (row["ready"], row["statutory"], row["open_late"]) == (
        2,
        {"on_time": 1, "late": 1, "undated": 0},
        0,
    )


async def test_a_matter_without_a_limit_is_neither_on_time_nor_late(api: Api) -> None:
    office = api.office
    await published(office, None)
    entry = procedure_entry("1.000001")
    (version, *_) = entry["versions"]
    version["channels"] = (FIVE_DAYS | {"limit_amount": None, "limit_unit": None},)
    entry["code"], entry["versions"] = "1.000008", [version]
    await load_procedures(office.registry, SYSTEM, [entry])
    await office.move_clock(datetime(2025, 6, 2, 1, tzinfo=UTC))
    code = (await office.filed(DESK, "07207", "1.000008")).code
    await do(office, code, "finish", datetime(2025, 6, 28, 3, tzinfo=UTC), outcome="granted")
    row = await counted(api)
    assert row["statutory"] == row["in_force"] == {"on_time": 0, "late": 0, "undated": 1}
    assert row["open_late"] == 0


async def test_a_result_that_was_ready_while_the_clock_stood_is_on_time(api: Api) -> None:
    office = api.office
    code = await in_processing(office, {"clock": {"excluded": ["inspection"]}})
    await do(office, code, "begin-inspection", subject="thực địa")
    await do(office, code, "finish", datetime(2025, 6, 25, 3, tzinfo=UTC), outcome="granted")
    row = await counted(api)
    assert (row["statutory"], row["extended"]) == (
        {"on_time": 1, "late": 0, "undated": 0},
        {"on_time": 0, "late": 0, "undated": 1},
    )


async def test_a_result_that_was_ready_while_the_clock_stood_is_on_time_by_the_extension_that_stood(
    api: Api,
) -> None:
    office = api.office
    code = await in_processing(office, {"clock": {"excluded": ["inspection"]}})
    await do(office, code, "extend", until=end_of(12), reason="xác minh")
    await do(office, code, "begin-inspection", subject="thực địa")
    await do(office, code, "finish", datetime(2025, 6, 25, 3, tzinfo=UTC), outcome="granted")
    shown = (await reading.state(office.dossiers, office.officer(DESK), code))["finished"]["on_time"]
    assert shown == {"statutory": True, "promised": True, "extended": True}
    row = await counted(api)
    assert row["extended"] == row["in_force"] == {"on_time": 1, "late": 0, "undated": 0}


async def test_a_result_dated_before_the_hour_counts_for_the_agency_that_was(api: Api) -> None:
    office = api.office
    desk = office.officer(DESK)
    filed = await office.filed(DESK, "07207")
    assigned = await office.act(desk, filed.code, "assign", filed.revision, officer=desk.uuid)
    await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=1))
    before = HOUR - timedelta(hours=2)
    fields = {"outcome": "granted", "result_code": None, "decision_no": "12/QĐ", "reason": None}
    command, revision = office.command(), assigned.revision
    await act(
        office.dossiers,
        desk,
        filed.code,
        "finish",
        fields,
        command=command,
        revision=revision,
        occurred_at=before,
    )
    assert (await known(office, filed.code)).held.agency != await office.agency(DESK)
    assert (await counted(api))["ready"] == 1


async def test_who_may_ask_and_for_how_long(api: Api) -> None:
    assert (await api.get(JUNE, api.desk)).status_code == 403
    for period in ("from=2025-06-02&until=2025-06-02", "from=2020-06-02&until=2025-06-02"):
        assert_problem(await api.get(f"/v1/on-time?{period}", api.operator), 422, "urn:hoso:bad_period")
