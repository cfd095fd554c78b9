"""What anybody may ask: tracking, territory, catalogue, pages, operations; and who is let in at all."""

from __future__ import annotations

import re

import httpx
import pytest

from application.policy import Identity
from interfaces.http.limits import LOOKUPS_PER_MINUTE, LookupLimiter, is_loopback
from interfaces.http.problems import Problem
from tests.http.client import Api
from tests.http.test_commands import assert_problem


async def test_tracking_shows_code_and_degree_of_completion_and_the_desks(api: Api) -> None:
    filed = await api.filed()
    answer = await api.get(f"/v1/track/{filed['code']}")
    assert answer.json()["degree_of_completion"] == {"status": 2, "text": "accepted"}
    assert set(answer.json()) == {"code", "degree_of_completion", "desks"}
    (desk,) = answer.json()["desks"]
    assert (desk["identifier"], desk["unit"]) == ("000.00.01.H02", "213@2025-06-01")
    assert_problem(await api.get("/v1/track/H05-250601-0001"), 404, "urn:hoso:unknown_dossier")


def test_look_ups_from_one_address_are_limited_and_others_go_on() -> None:
    now = 100.0
    limiter = LookupLimiter(lambda: now)
    for _ in range(LOOKUPS_PER_MINUTE):
        limiter.take("10.0.0.1")
    with pytest.raises(Problem) as refused:
        limiter.take("10.0.0.1")
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "1")
    limiter.take("10.0.0.2")
    now += 2.0
    limiter.take("10.0.0.1")


async def test_units_and_heirs_before_and_after_the_hour(api: Api) -> None:
    await api.office.scheduled()
    _, head = await api.services.ledger.recorder.clock()
    now = await api.get(f"/v1/units/07210?min_position={head}")
    assert (now.json()["unit"], now.json()["valid"]) == ("07210@2025-06-01", True)
    assert (await api.get("/v1/units/07210@2025-06-01/heirs")).json()["heirs"] == []
    after = await api.get("/v1/units/07210?valid_at=2025-07-01")
    assert after.json()["unit"] == "07210@2025-07-01"
    heirs = await api.get("/v1/units/07201/heirs?valid_at=2025-07-01")
    assert [heir["unit"] for heir in heirs.json()["heirs"]] == ["07213@2025-07-01"]
    assert heirs.json()["heirs"][0]["desk"]["identifier"] == "000.13.00.H05"
    assert [(x["kind"], x["act"]) for x in heirs.json()["links"]] == [("whole", "1658/NQ-UBTVQH15")]
    assert heirs.json()["undated"] == []
    district = await api.get("/v1/units/213/heirs?valid_at=2025-07-01T00:00:00%2B07:00")
    assert {heir["unit"] for heir in district.json()["heirs"]} == {"07210@2025-07-01", "07213@2025-07-01"}
    assert_problem(await api.get("/v1/units/99999"), 404, "urn:hoso:unknown_unit")
    assert_problem(await api.get("/v1/units/213?valid_at=2025-07-01"), 404, "urn:hoso:dead_unit")
    assert_problem(await api.get("/v1/units/213?valid_at=soon"), 422, "urn:hoso:no_zone")


async def test_lists_of_units_agencies_procedures_and_officers(api: Api) -> None:
    codes: list[str] = []
    cursor = ""
    for _ in range(5):
        page = (await api.get(f"/v1/units?limit=2{cursor}")).json()
        codes += [unit["code"] for unit in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert codes == ["07201", "07207", "07210", "213", "24"]
    communes = (await api.get("/v1/units?level=commune&parent=213")).json()["items"]
    assert len(communes) == 3
    agencies = (await api.get("/v1/agencies?unit=213")).json()["items"]
    assert [agency["identifier"] for agency in agencies] == ["000.00.01.H02"]
    procedures = (await api.get("/v1/procedures")).json()["items"]
    assert [procedure["code"] for procedure in procedures] == ["1.000001", "1.000002", "1.000003"]
    assert (await api.get("/v1/procedures/1.000001?valid_at=2025-07-02")).json()["level"] == "commune"
    assert (await api.get("/v1/officers")).status_code == 401
    officers = await api.get("/v1/officers", api.desk)
    assert len(officers.json()["items"]) == 7
    assert "Cán bộ" not in officers.text


async def test_citizens_are_identified_once_and_read_by_themselves(api: Api) -> None:
    who = {"kind": "person", "name": "Nguyễn Văn Mẫu", "number_kind": "personal_number"}
    body = who | {"number": "024200000001"}
    first = await api.post("/v1/citizens", body, api.desk)
    assert first.status_code == 201, first.text
    again = await api.post("/v1/citizens", body, api.desk)
    assert again.json()["id"] == first.json()["id"]
    own = Identity("applicant", first.json()["id"])
    assert (await api.get(f"/v1/citizens/{own.id}", own)).json()["name"] == "Nguyễn Văn Mẫu"
    other = Identity("applicant", "00000000-0000-7000-8000-000000000001")
    assert_problem(await api.get(f"/v1/citizens/{own.id}", other), 403, "urn:hoso:not_a_party")
    wrong = await api.post("/v1/citizens", body | {"number": "12"}, api.desk)
    assert_problem(wrong, 409, "urn:hoso:rule:citizen.personal_number")


async def test_the_pages_need_nothing_from_elsewhere_and_say_demo(api: Api) -> None:
    filed = await api.filed()
    for path in ("/", "/docs", f"/?code={filed['code']}", "/?code=<script>"):
        for lang in ("vi", "en"):
            page = await api.get(path, headers={"Accept-Language": lang})
            assert page.status_code == 200, page.text
            assert page.headers["content-language"] == lang
            assert "demo" in page.text
            assert "{{" not in page.text
            assert not re.search(r'(src|href|action)="(https?:)?//', page.text)
            assert "<script" not in page.text
    tracked = await api.get(f"/?code={filed['code']}", headers={"Accept-Language": "en"})
    assert f"<strong>{filed['code']}</strong>: accepted" in tracked.text
    docs = await api.get("/docs")
    assert "POST /v1/dossiers/{code}/request-supplement" in docs.text


async def test_the_page_has_a_row_per_district(api: Api) -> None:
    for _ in range(2):
        filed = await api.filed()
    await api.office.scheduled()
    _, head = await api.services.ledger.recorder.clock()
    assert (await api.get(f"/v1/track/{filed['code']}?min_position={head}")).status_code == 200
    page = await api.get("/", headers={"Accept-Language": "en"})
    assert '<th scope="row">Đơn vị 213</th><td>1</td><td>2</td><td>0</td>' in page.text


async def test_operations(api: Api) -> None:
    await api.filed()
    assert (await api.get("/healthz")).json() == {"ok": True}
    ready = (await api.get("/readyz")).json()
    assert (ready["ok"], ready["demo"]) == (True, True)
    metrics = await api.get("/metrics")
    assert 'hoso_requests_total{method="POST",route="/v1/dossiers",status="201"} 1' in metrics.text
    assert re.search(r"^hoso_recorded_position \d+$", metrics.text, re.M)


async def test_nothing_there_and_wrong_methods_are_problems_too(api: Api) -> None:
    assert_problem(await api.get("/v1/nothing"), 404, "urn:hoso:not_found")
    wrong = await api.http.request("DELETE", "/v1/dossiers")
    assert_problem(wrong, 405, "urn:hoso:method_not_allowed")
    assert "allow" in wrong.headers
    long = await api.http.get("/v1/units", headers={"X-Long": "x" * 20_000})
    assert_problem(long, 431, "urn:hoso:headers_too_large")


async def test_a_demo_ledger_serves_this_machine_only(api: Api) -> None:
    transport = httpx.ASGITransport(api.app, client=("192.0.2.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://hoso.example") as elsewhere:
        assert_problem(await elsewhere.get("/healthz"), 403, "urn:hoso:loopback_only")
    assert is_loopback(("127.8.8.8", 1))
    assert is_loopback(("::1", 1))
    assert not is_loopback(("not an address", 1))
