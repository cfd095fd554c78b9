"""A dossier's history and state as of then: what was dated back, what a correction corrects, what changed
between two instants, what an earlier system told, and an instant that is hardly past."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from application.import_mapping import ImportMapping, read_mapping
from application.importing import Importing, import_cases
from domain.imported_case import ImportedCase, ImportedStep
from infra.export_files import read_export
from infra.reference import IMPORT_MAPPINGS
from tests.http.client import Api, open_api
from tests.http.test_commands import assert_problem
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, Office
from tests.support import Database

DAY = timedelta(days=1)


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    async with open_api(database) as opened:
        yield opened
        audited = await opened.office.audited()
        assert audited.ok, audited.findings


async def now_and_position(api: Api) -> tuple[datetime, int]:
    moment = await api.office.reader.moment(fresh=True)
    return moment.now, moment.read_up_to


async def read(api: Api, code: str, **asked: Any) -> dict[str, Any]:
    """The history (`what`: another read), as asked."""
    what = asked.pop("what", "/history")
    query = "&".join(f"{name}={quote(str(value))}" for name, value in asked.items())
    answer = await api.get(f"/v1/dossiers/{code}{what}?{query}", api.desk)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def acts(api: Api, code: str, act: str, **body: Any) -> int:
    revision = (await read(api, code, what=""))["revision"]
    answer = await api.post(f"/v1/dossiers/{code}/{act}", body, api.desk, revision=revision)
    assert answer.status_code == 200, answer.text
    position: int = answer.json()["position"]
    return position


async def test_a_correction_recorded_late_names_what_it_corrects_and_is_marked(api: Api) -> None:
    filed = await api.filed()
    code, (said, _) = filed["code"], await now_and_position(api)
    await api.office.move_clock(said + 3 * DAY)
    at = await acts(
        api, code, "correct", corrects=1, place="07201", note="nhầm xã", occurred_at=said.isoformat()
    )
    first, *_, last = (await read(api, code))["facts"]
    assert last["corrects"] == {"version": 1, "position": first["position"], "type": first["type"]}
    assert first["corrected_by"] == [at]
    assert 3 * 86_400 <= last["back_dated_by"] < 3 * 86_400 + 60
    assert first["back_dated_by"] is None
    assert last["posting"]["agency"] == last["acting_agency"]
    assert last["procedure_version"] | {"valid_from": None} == {
        "procedure": "1.000001",
        "version": 1,
        "valid_from": None,
        "decision_no": "1/QĐ",
        "pinned": True,
    }
    (rule,) = last["decided_by"]
    assert (rule["rule"], rule["act"]) == ("dossier.correct.recorded_fact", "Decree 61/2018/NĐ-CP")
    before = await read(api, code, known_at=at - 1)
    assert before["facts"][0]["corrected_by"] == []
    assert before["changes"] is None


async def test_what_was_learned_between_two_positions_about_one_instant(api: Api) -> None:
    filed = await api.filed()
    code, (said, since) = filed["code"], await now_and_position(api)
    await api.office.move_clock(said + 3 * DAY)
    dated = (said + timedelta(microseconds=1)).isoformat()
    await acts(api, code, "correct", corrects=1, place="07201", note="nhầm xã", occurred_at=dated)
    await acts(api, code, "assign", officer=api.desk.id)
    told = await read(api, code, since=since, valid_at=(said + DAY).isoformat())
    assert [fact["type"] for fact in told["facts"]] == ["dossier.corrected.v1"]
    changed = {one["property"]: (one["before"], one["after"]) for one in told["changes"]["properties"]}
    assert changed["place.code"] == ("07207", "07201")
    assert changed.keys() == {"place.code", "place.unit", "revision"}
    as_seen = await read(api, code, since=since)
    changed = {one["property"]: (one["before"], one["after"]) for one in as_seen["changes"]["properties"]}
    assert changed["status"] == (2, 4)
    assert changed["officer"] == (None, api.desk.id)
    assert as_seen["changes"]["since"]["position"] == since
    first = await read(api, code, since=filed["position"] - 2)
    assert {one["before"] for one in first["changes"]["properties"] if one["property"] != "linked"} == {None}


async def test_a_beginning_after_the_end_is_refused(api: Api) -> None:
    filed = await api.filed()
    path = f"/v1/dossiers/{filed['code']}/history?since={filed['position']}&known_at=3"
    assert_problem(await api.get(path, api.desk), 422, "urn:hoso:since_after")
    assert_problem(await api.get(path), 401, "urn:hoso:no_token")


async def test_a_dossier_is_not_there_before_it_was_known_and_before_it_began(api: Api) -> None:
    before, _ = await now_and_position(api)
    filed = await api.filed()
    path = f"/v1/dossiers/{filed['code']}"
    unknown = await api.get(f"{path}?known_at=5", api.desk)
    assert_problem(unknown, 404, "urn:hoso:not_known_yet")
    early = await api.get(f"{path}?valid_at={quote((before - DAY).isoformat())}", api.desk)
    assert_problem(early, 404, "urn:hoso:not_begun_then")


async def test_who_holds_it_after_an_hour_depends_on_whether_the_act_was_known(api: Api) -> None:
    filed = await api.filed()
    _, before = await now_and_position(api)
    await api.office.scheduled()
    _, after = await now_and_position(api)
    later = (HOUR + DAY).isoformat()

    async def holder(**asked: Any) -> str:
        found = (await read(api, filed["code"], what="", **asked))["holder"]["identifier"]
        return str(found)

    assert await holder(valid_at=later, known_at=before) == DISTRICT
    assert await holder(valid_at=later, known_at=after) == NEW_DESKS["07210"]
    await api.office.move_clock(HOUR + 2 * DAY)
    assert await holder(valid_at=later, known_at=before) == DISTRICT
    assert await holder(valid_at=later) == NEW_DESKS["07210"]
    assert await holder(valid_at=(HOUR - DAY).isoformat()) == DISTRICT


async def test_what_is_left_is_counted_from_the_instant_and_no_etag_is_given(api: Api) -> None:
    filed = await api.filed()
    now, position = await now_and_position(api)
    later = quote((now + 7 * DAY).isoformat())
    answer = await api.get(f"/v1/dossiers/{filed['code']}?valid_at={later}&known_at={position}", api.desk)
    assert answer.headers["ledger-position"] == str(position)
    assert "etag" not in answer.headers
    left = answer.json()["due"]["remaining"]
    today = (await read(api, filed["code"], what=""))["due"]["remaining"]
    assert (today["amount"], left["amount"] < 1) == (5, True)
    far = await read(api, filed["code"], what="", valid_at="2031-01-01")
    assert far["due"]["remaining"] is None, "nobody has published the calendar until then"


async def imported(office: Office, cases: list[ImportedCase]) -> str:
    importer = await office.appointed(
        {"number": "I-1", "name": "Nhập", "postings": [{"agency": DISTRICT, "roles": ["importer"]}]}
    )
    run = Importing(office.opened.ledger, office.reader, office.opened.index)
    mapping = ImportMapping(source="so", activity_status={"receive": 2, "process": 4, "done": 9})
    await import_cases(run, importer, lambda: cases, mapping)
    return "so:1"


async def test_what_an_earlier_system_told_is_valid_when_it_was_done(api: Api) -> None:
    days = [datetime(2025, 5, day, 2, tzinfo=UTC) for day in (5, 6, 7)]
    steps = [
        ImportedStep(number, activity, at.isoformat(), at, ())
        for number, (activity, at) in enumerate(zip(("receive", "process", "done"), days, strict=True))
    ]
    code = await imported(api.office, [ImportedCase("1", (), tuple(steps), 1)])
    assert [(await read(api, code, what="", valid_at=at.isoformat()))["status"] for at in days] == [2, 4, 9]
    then = await read(api, code, what="", valid_at=days[1].isoformat())
    assert (then["code"], then["holder"]) == (code, None), "nobody held it here before it was imported"
    held = await read(api, code, what="", valid_at="2025-07-01")
    assert held["holder"]["identifier"] == DISTRICT
    early = await api.get(f"/v1/dossiers/{code}?valid_at=2025-05-04", api.desk)
    assert_problem(early, 404, "urn:hoso:not_begun_then")
    assert {fact["back_dated_by"] for fact in (await read(api, code))["facts"]} == {None}


async def test_an_instant_that_is_hardly_past_waits_for_what_is_being_recorded(api: Api) -> None:
    filed = await api.filed()
    now, position = await now_and_position(api)
    path = f"/v1/dossiers/{filed['code']}/history?known_at={quote(now.isoformat())}"
    async with await psycopg.AsyncConnection.connect(api.office.database.app_dsn) as recording:
        await recording.execute("SELECT pg_advisory_xact_lock(709321001)")
        asked = asyncio.create_task(api.get(path, api.desk))
        done, _ = await asyncio.wait([asked], timeout=0.5)
        assert not done, "somebody is recording, and may have taken an earlier time"
        await recording.rollback()
        answer = await asked
    assert answer.status_code == 200, answer.text
    assert answer.json()["read_up_to"] == position


async def test_the_status_of_the_export_is_not_that_of_an_earlier_day(api: Api, tmp_path: Path) -> None:
    mapping = read_mapping(IMPORT_MAPPINGS["dong-bo-ho-so"].read_text(encoding="utf-8"), "motcua")
    code = "000.00.00.H06-250501-0001"
    told = {"MaHoSo": code, "TrangThaiHoSo": "10", "NgayNopHoSo": "20250501080000"}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(told | {"NgayTra": "20250520080000"}), encoding="utf-8")
    importer = await api.office.appointed(
        {"number": "I-1", "name": "Nhập", "postings": [{"agency": DISTRICT, "roles": ["importer"]}]}
    )
    run = Importing(api.office.opened.ledger, api.office.reader, api.office.opened.index)
    await import_cases(run, importer, lambda: read_export(path, mapping.zone, mapping.form), mapping)
    for day in ("2025-05-01", "2025-05-21"):
        assert (await read(api, code, what="", valid_at=day))["status"] is None
    assert (await read(api, code, what=""))["status"] == 10
