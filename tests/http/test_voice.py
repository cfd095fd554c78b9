"""Feedback, complaints and ratings over HTTP, with what is refused."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from application.policy import Identity
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.http.test_coordination import shown
from tests.office.test_voice import PORTAL, limited
from tests.office.world import DISTRICT, OLD_DESKS

OTHER = OLD_DESKS["07207"]


async def said(api: Api, **changes: Any) -> dict[str, Any]:
    body = {
        "kind": "complaint",
        "agency": str(await api.agency(DISTRICT)),
        "way": "online",
        "text": "hồ sơ bị trả chậm",
        "by": str(await api.office.applicant()),
    }
    return body | changes


async def received(api: Api, who: Identity | None = None, **changes: Any) -> str:
    answer = await api.post("/v1/voice", await said(api, **changes), who or api.desk)
    assert answer.status_code == 201, answer.text
    id = str(answer.json()["id"])
    assert answer.headers["location"] == f"/v1/voice/{id}"
    return id


async def test_a_complaint_from_its_receipt_to_its_answer(api: Api) -> None:
    await limited(api.office, 3)
    citizen = Identity("applicant", str(await api.office.applicant()))
    voice = await received(api, citizen, by=citizen.id)
    found = (await api.get(f"/v1/voice/{voice}", citizen)).json()
    assert (found["text"], found["open"], found["late"]) == ("hồ sơ bị trả chậm", True, False)
    assert found["answers"]["identifier"] == DISTRICT
    (item,) = (await shown(api, "/v1/voice?open=true"))["items"]
    assert (item["voice"], item["text"], item["texts"]) == (voice, None, False)
    other = {"to_agency": str(await api.agency(OTHER)), "reason": "thuộc xã"}
    assert (await api.post(f"/v1/voice/{voice}/pass-on", other, api.desk)).status_code == 200
    answering = {"outcome": "upheld", "text": "xin lỗi, đã trả"}
    clerk = api.office.officer(OTHER)
    assert_problem(
        await api.post(f"/v1/voice/{voice}/answer", answering, api.desk), 403, "urn:hoso:not_the_holder"
    )
    done = await api.post(f"/v1/voice/{voice}/answer", answering, clerk, key="once")
    again = await api.post(f"/v1/voice/{voice}/answer", answering, clerk, key="once")
    assert done.json() == again.json() == {"id": voice, "revision": 3, "position": done.json()["position"]}
    found = (await api.get(f"/v1/voice/{voice}", citizen)).json()
    assert (found["outcome"], found["answer"], found["due"]) == ("upheld", "xin lỗi, đã trả", item["due"])
    taken_back = await api.post(f"/v1/voice/{voice}/withdraw", {}, citizen)
    assert_problem(taken_back, 409, "urn:hoso:rule:voice.open")
    assert (await shown(api, "/v1/voice?open=true"))["items"] == []
    page = await shown(api, f"/v1/voice?agency={await api.agency(OTHER)}", clerk)
    assert page["items"][0]["answer"] == "xin lỗi, đã trả"


async def test_anonymous_feedback_is_taken_and_lists_go_on_page_by_page(api: Api) -> None:
    voices = [await received(api, PORTAL, kind="feedback", by=None) for _ in range(3)]
    first = await shown(api, "/v1/voice?limit=2")
    rest = await shown(api, f"/v1/voice?limit=2&cursor={first['next']}")
    assert [item["voice"] for item in (*first["items"], *rest["items"])] == voices
    assert all(item["anonymous"] and item["due"] is None for item in first["items"])
    assert (await shown(api, "/v1/voice?late=true"))["items"] == []
    assert_problem(await api.get("/v1/voice?cursor=x", api.operator), 422, "urn:hoso:bad_cursor")


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "rumour"},
        {"way": "Nguyễn Văn A"},
        {"text": ""},
        {"text": "x" * 4001},
        {"procedure": "không rõ"},
        {"author": "ai đó"},
        {"occurred_at": "2025-06-01"},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_what_cannot_be_meant_is_refused(api: Api, changes: dict[str, str]) -> None:
    answer = await api.post("/v1/voice", await said(api, **changes), api.desk)
    assert_problem(answer, 422, "urn:hoso:invalid_request")


async def test_who_and_what_there_is_not(api: Api) -> None:
    nobody = str(uuid4())
    for changes, code in (
        ({"agency": nobody}, "unknown_agency"),
        ({"dossier": nobody}, "unknown_dossier"),
        ({"by": nobody}, "unknown_citizen"),
        ({"procedure": "9.999999"}, "unknown_procedure"),
    ):
        assert_problem(
            await api.post("/v1/voice", await said(api, **changes), api.desk), 404, f"urn:hoso:{code}"
        )
    assert_problem(await api.get(f"/v1/voice/{nobody}", api.operator), 404, "urn:hoso:unknown_voice")
    answering = {"outcome": "upheld", "text": "x"}
    assert_problem(
        await api.post(f"/v1/voice/{nobody}/answer", answering, api.desk), 404, "urn:hoso:unknown_voice"
    )
    stranger = Identity("applicant", nobody)
    assert_problem(await api.post("/v1/voice", await said(api), stranger), 403, "urn:hoso:not_a_party")
    voice = await received(api)
    assert_problem(await api.get(f"/v1/voice/{voice}", stranger), 403, "urn:hoso:not_a_party")
    assert_problem(await api.get("/v1/voice", api.desk), 403, "urn:hoso:role_missing")
    assert_problem(await api.get("/v1/voice"), 401, "urn:hoso:no_token")


async def test_a_rating_needs_no_revision_and_comes_once_after_the_end(api: Api) -> None:
    filing = await api.filing()
    owner = Identity("applicant", filing["owner"])
    code = (await api.post("/v1/dossiers", filing, api.desk)).json()["code"]
    path = f"/v1/dossiers/{code}"
    early = await api.post(f"{path}/rate", {"score": 2}, owner)
    assert_problem(early, 409, "urn:hoso:rule:dossier.rate.only_ended")
    done = await api.post(f"{path}/finish", {"outcome": "granted"}, api.desk, revision=2)
    assert done.status_code == 200, done.text
    rated = await api.post(f"{path}/rate", {"score": 1, "comment": "hơi chậm"}, owner)
    assert rated.status_code == 200, rated.text
    again = await api.post(f"{path}/rate", {"score": 2}, owner)
    assert_problem(again, 409, "urn:hoso:rule:dossier.rate.once")
    assert_problem(await api.post(f"{path}/rate", {"score": 3}, owner), 422, "urn:hoso:invalid_request")
    assert_problem(await api.post(f"{path}/rate", {"score": 2}, api.desk), 403, "urn:hoso:role_missing")
    history = (await api.get(f"{path}/history", owner)).json()["facts"]
    assert history[-1]["type"] == "dossier.rated.v1"
    assert (history[-1]["data"]["score"], history[-1]["status"]) == (1, 9)
    assert history[-1]["data"]["comment"]["text"] == "hơi chậm"
