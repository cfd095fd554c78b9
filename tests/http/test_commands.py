"""Commands over HTTP: what each situation answers, and that a repeat gets the first answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from httpx import Response

from application.ledger import Ledger
from application.policy import Identity
from infra.limits import Limits
from infra.recorder import PostgresRecorder
from tests.http.client import BODY_LIMIT, Api
from tests.office.world import OLD_DESKS


def assert_problem(answer: Response, status: int, type_: str) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["type"]) == (status, type_), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


async def test_a_dossier_is_submitted_read_and_assigned(api: Api) -> None:
    filed = await api.filed()
    assert set(filed) == {"code", "revision", "position", "recorded_at"}
    state = await api.get(f"/v1/dossiers/{filed['code']}?min_position={filed['position']}", api.desk)
    assert state.status_code == 200, state.text
    assert state.headers["etag"] == f'"{filed["revision"]}"'
    body = state.json()
    assert (body["status"], body["holder"]["unit"]) == (2, "213@2025-06-01")
    assert body["due"]["remaining"] == {"unit": "working_day", "amount": 5}
    path = f"/v1/dossiers/{filed['code']}/assign"
    assigned = await api.post(path, {"officer": api.desk.id}, api.desk, revision=filed["revision"])
    assert assigned.status_code == 200, assigned.text
    assert assigned.headers["etag"] == f'"{filed["revision"] + 1}"'
    assert int(assigned.headers["ledger-position"]) == assigned.json()["position"] > filed["position"]
    assert assigned.headers["location"] == f"/v1/dossiers/{filed['code']}"


async def test_a_repeat_gets_the_first_answer_even_when_the_dossier_has_moved_on(api: Api) -> None:
    filing = await api.filing()
    first = await api.post("/v1/dossiers", filing, api.desk, key="one")
    again = await api.post("/v1/dossiers", filing, api.desk, key="one")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    path = f"/v1/dossiers/{first.json()['code']}/assign"
    body = {"officer": api.desk.id}
    assigned = await api.post(path, body, api.desk, key="two", revision=2)
    taken = await api.post(f"/v1/dossiers/{first.json()['code']}/take", {}, api.desk, revision=3)
    assert taken.status_code == 200, taken.text
    repeated = await api.post(path, body, api.desk, key="two", revision=2)
    assert (repeated.status_code, repeated.json()) == (200, assigned.json())
    assert repeated.headers["etag"] == assigned.headers["etag"]


async def test_a_key_with_another_body_is_refused_and_another_identity_may_use_it(api: Api) -> None:
    filing = await api.filing()
    assert (await api.post("/v1/dossiers", filing, api.desk, key="one")).status_code == 201
    other = await api.post("/v1/dossiers", filing | {"place": "07201"}, api.desk, key="one")
    assert_problem(other, 422, "urn:hoso:key_reused")
    portal = await api.post("/v1/dossiers", filing | {"accept": False}, Identity("portal", "one"), key="one")
    assert portal.status_code == 201, portal.text


async def test_a_stale_revision_says_the_current_one(api: Api) -> None:
    filed = await api.filed()
    path = f"/v1/dossiers/{filed['code']}/assign"
    stale = await api.post(path, {"officer": api.desk.id}, api.desk, revision=1)
    body = assert_problem(stale, 412, "urn:hoso:stale_revision")
    assert body["current_revision"] == filed["revision"]
    assert stale.headers["etag"] == f'"{filed["revision"]}"'


async def test_what_a_command_must_carry(api: Api) -> None:
    filed = await api.filed()
    path, body = f"/v1/dossiers/{filed['code']}/assign", {"officer": api.desk.id}
    assert_problem(
        await api.post(path, body, api.desk, key=None, revision=2), 422, "urn:hoso:idempotency_key_missing"
    )
    assert_problem(
        await api.post(path, body, api.desk, key="k" * 201, revision=2),
        422,
        "urn:hoso:idempotency_key_missing",
    )
    assert_problem(await api.post(path, body, api.desk), 428, "urn:hoso:if_match_missing")
    malformed = await api.post(path, body, api.desk, headers={"If-Match": "*"})
    assert_problem(malformed, 422, "urn:hoso:if_match_malformed")


async def test_a_fact_from_outside_needs_no_revision(api: Api) -> None:
    filed = await api.filed()
    path = f"/v1/dossiers/{filed['code']}/withdraw"
    withdrawn = await api.post(path, {"reason": "đổi ý"}, Identity("portal", "dvc"))
    assert withdrawn.status_code == 200, withdrawn.text


async def test_a_rule_that_refuses_is_named_with_its_act_in_both_languages(api: Api) -> None:
    filed = await api.filed()
    path = f"/v1/dossiers/{filed['code']}/return-result"
    english = await api.post(path, {"way": "counter"}, api.desk, revision=2)
    body = assert_problem(english, 409, "urn:hoso:rule:dossier.return_result.only_finished")
    assert body["act"]
    assert body["article"]
    vietnamese = await api.post(
        path, {"way": "counter"}, api.desk, revision=2, headers={"Accept-Language": "vi-VN, en;q=0.5"}
    )
    assert vietnamese.json()["detail"] == (
        "Chỉ trả kết quả khi hồ sơ đã xử lý xong. [act: return_result; trạng thái: 2] "
        "Hãy đọc lại hồ sơ và chọn việc được phép ở trạng thái hiện tại."
    )
    assert vietnamese.headers["content-language"] == "vi"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"place": "99999"}, 404, "unknown_unit"),
        ({"place": "07207@1999-01-01x"}, 404, "unknown_unit"),
        ({"place": "213"}, 422, "place_not_commune"),
        ({"procedure": "9.999999"}, 404, "unknown_procedure"),
        ({"receiving_agency": "00000000-0000-7000-8000-000000000000"}, 404, "unknown_agency"),
        ({"owner": "nobody"}, 422, "invalid_request"),
        ({"accept": "yes"}, 422, "invalid_request"),
        ({"matter": "x" * 4001}, 422, "invalid_request"),
        ({"matter": "zero\x00"}, 422, "invalid_request"),
        ({"components": [{"id": "a", "form": "copy", "count": 1}] * 201}, 422, "invalid_request"),
        ({"colour": "red"}, 422, "invalid_request"),
    ],
)
async def test_what_cannot_be_meant_says_which(
    api: Api, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = await api.post("/v1/dossiers", await api.filing(**changes), api.desk)
    assert_problem(answer, status, f"urn:hoso:{code}")


async def test_a_missing_field_and_a_body_that_is_no_json(api: Api) -> None:
    filing = await api.filing()
    del filing["procedure"]
    body = assert_problem(await api.post("/v1/dossiers", filing, api.desk), 422, "urn:hoso:invalid_request")
    assert body["errors"][0]["at"] == "body/procedure"
    for broken in (b'{"procedure": ', b"", b"\xff\xfe", b"[" * 50_000):
        answer = await api.post("/v1/dossiers", broken, api.desk)
        assert answer.status_code in (400, 422), answer.text
        assert "traceback" not in answer.text.lower()


async def test_a_body_over_the_limit_is_refused_whole_or_in_chunks(api: Api) -> None:
    large = b"x" * (BODY_LIMIT + 1)
    assert_problem(await api.post("/v1/dossiers", large, api.desk), 413, "urn:hoso:body_too_large")

    async def chunks() -> Any:
        for _ in range(10):
            yield large[: BODY_LIMIT // 4]

    headers = {"Authorization": f"Bearer {api.token(api.desk)}", "Idempotency-Key": "k"}
    answer = await api.http.post(
        "/v1/dossiers", content=chunks(), headers=headers | {"Content-Type": "application/json"}
    )
    assert_problem(answer, 413, "urn:hoso:body_too_large")


async def test_unknown_and_malformed_codes_and_acts(api: Api) -> None:
    filed = await api.filed()
    assert_problem(await api.get("/v1/dossiers/H05-250601-9999", api.desk), 404, "urn:hoso:unknown_dossier")
    malformed = await api.get("/v1/dossiers/a%20b", api.desk)
    assert_problem(malformed, 422, "urn:hoso:rule:dossier.code.acceptable")
    unknown = await api.post(f"/v1/dossiers/{filed['code']}/swallow", {}, api.desk, revision=2)
    assert_problem(unknown, 404, "urn:hoso:unknown_act")


async def test_a_code_from_elsewhere_is_kept_and_no_second_dossier_gets_it(api: Api) -> None:
    filed = await api.filed(code="12-2024-HS")
    assert filed["code"] == "12-2024-HS"
    read = await api.get("/v1/dossiers/12-2024-HS", api.desk)
    assert (read.status_code, read.json()["code"]) == (200, "12-2024-HS")
    taken = await api.post("/v1/dossiers", await api.filing(code="12-2024-HS"), api.desk)
    assert_problem(taken, 409, "urn:hoso:code_taken")


async def test_over_the_queue_s_bound_callers_are_asked_to_come_again_and_the_others_are_recorded(
    api: Api,
) -> None:
    narrow = await PostgresRecorder.open(api.office.database.app_dsn, Limits(queue_items=1))
    try:
        ledger = Ledger(narrow, api.office.opened.codec, api.office.opened.keyring)
        dossiers = replace(api.services.dossiers, ledger=ledger)
        api.app.state.services = replace(api.services, ledger=ledger, dossiers=dossiers)
        filing = await api.filing()
        answers = await asyncio.gather(*(api.post("/v1/dossiers", filing, api.desk) for _ in range(40)))
        refused = [a for a in answers if a.status_code != 201]
        assert 0 < len(refused) < len(answers)
        for answer in refused:
            assert_problem(answer, 503, "urn:hoso:overloaded")
            assert int(answer.headers["retry-after"]) >= 1
        recorded = {a.json()["position"] for a in answers if a.status_code == 201}
        assert len(recorded) == len(answers) - len(refused)
    finally:
        await narrow.close()


async def test_who_may_not(api: Api) -> None:
    filed = await api.filed()
    path = f"/v1/dossiers/{filed['code']}/assign"
    body = {"officer": api.desk.id}
    nobody = await api.post(path, body, revision=2)
    assert_problem(nobody, 401, "urn:hoso:no_token")
    assert nobody.headers["www-authenticate"] == "Bearer"
    forged = await api.post(path, body, revision=2, headers={"Authorization": "Bearer a.b.c"})
    assert_problem(forged, 401, "urn:hoso:bad_token")
    elsewhere = api.office.officer(OLD_DESKS["07201"])
    assert_problem(await api.post(path, body, elsewhere, revision=2), 403, "urn:hoso:not_the_holder")
    citizen = Identity("applicant", "00000000-0000-7000-8000-000000000001")
    read = await api.get(f"/v1/dossiers/{filed['code']}", citizen)
    assert_problem(read, 403, "urn:hoso:not_a_party")
