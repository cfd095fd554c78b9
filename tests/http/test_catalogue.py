"""The published list over HTTP: what is in doubt, deciding it, programmes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from application.national_loads import load_list
from application.policy import Identity
from application.programmes import tag_procedures
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.office.province import PROVINCE, SYSTEM
from tests.reference.national import sample

BIRTH = "1.001193"
BODY = {
    "version": 1,
    "channel": "counter",
    "limit_amount": 1,
    "limit_unit": "working_day",
    "basis": "Luật Hộ tịch 2014, Điều 16",
}


@pytest.fixture
async def listed(api: Api) -> Api:
    await load_list(api.office.registry, SYSTEM, list(sample().values()))
    await api.office.reader.moment(fresh=True)
    return api


async def registrar(api: Api) -> Identity:
    posting = {"agency": PROVINCE, "roles": ["registrar"]}
    return await api.office.appointed({"number": "REG-1", "name": "Lê Thị Sổ", "postings": [posting]})


async def lines(api: Api) -> dict[str, Any]:
    shown = (await api.get(f"/v1/procedures/{BIRTH}")).json()
    return {line["channel"]: line["limit"] for line in shown["channels"]}


async def test_a_doubt_is_shown_decided_and_gone_from_the_list(listed: Api) -> None:
    api = listed
    page = (await api.get("/v1/procedure-doubts?limit=2")).json()
    assert [item["code"] for item in page["items"]] == ["1.000656", "1.000894"]
    following = (await api.get(f"/v1/procedure-doubts?limit=200&cursor={page['next']}")).json()
    assert [item["code"] for item in following["items"]] == [BIRTH, "1.004873", "2.001428", "3.000226"]
    assert following["next"] is None
    (first, *_) = following["items"][0]["limits"]
    assert (first["version"], first["doubts"], first["listed_time"]) == (1, ["unit_missing"], "1")
    assert {limit["state"] for limit in (await lines(api)).values()} == {"in_doubt"}

    filed = await api.post("/v1/dossiers", await api.filing(procedure=BIRTH, accept=False), api.desk)
    code, revision = filed.json()["code"], filed.json()["revision"]
    early = await api.post(f"/v1/dossiers/{code}/accept", {}, api.desk, revision=revision)
    assert_problem(early, 409, "urn:hoso:rule:accept.limit_decided")

    who = await registrar(api)
    url = f"/v1/procedures/{BIRTH}/decide-limit"
    assert_problem(await api.post(url, BODY, api.desk), 403, "urn:hoso:role_missing")
    done = await api.post(url, BODY, who, key="once")
    assert done.status_code == 200, done.text
    assert (await api.post(url, BODY, who, key="once")).json() == done.json()
    assert_problem(await api.post(url, BODY, who), 409, "urn:hoso:rule:procedure.decide.news")
    shown = await lines(api)
    assert (shown["counter"]["state"], shown["counter"]["amount"]) == ("decided", 1)
    assert shown["counter"]["basis"] == BODY["basis"]
    assert shown["online"]["state"] == "in_doubt"
    accepted = await api.post(f"/v1/dossiers/{code}/accept", {}, api.desk, revision=revision)
    assert accepted.status_code == 200, accepted.text


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"limit_unit": "day"}, 422),
        ({"limit_amount": 0}, 422),
        ({"limit_amount": "1"}, 422),
        ({"basis": ""}, 422),
        ({"channel": "fax"}, 422),
        ({"channel": "kiosk"}, 409),
        ({"more": 1}, 422),
        ({"limit_unit": None}, 409),
        ({"version": 2}, 409),
    ],
)
async def test_a_decision_that_says_nonsense_is_refused(
    listed: Api, changed: dict[str, Any], status: int
) -> None:
    answer = await listed.post(
        f"/v1/procedures/{BIRTH}/decide-limit", BODY | changed, await registrar(listed)
    )
    assert answer.status_code == status, answer.text


async def test_of_a_procedure_that_nobody_loaded_nothing_is_decided(api: Api) -> None:
    missing = await api.post("/v1/procedures/9.999999/decide-limit", BODY, await registrar(api))
    assert_problem(missing, 404, "urn:hoso:unknown_procedure")


async def test_procedures_of_a_programme_are_listed_with_it(listed: Api) -> None:
    programme = {
        "programme": "made-up",
        "valid_from": date(2025, 6, 1),
        "valid_until": None,
        "source": "tests",
    }
    await tag_procedures(listed.office.registry, SYSTEM, programme, [BIRTH])
    await listed.office.reader.moment(fresh=True)
    items = (await listed.get("/v1/procedures?programme=made-up")).json()["items"]
    assert [item["code"] for item in items] == [BIRTH]
    assert items[0]["programmes"][0]["valid_from"] == "2025-06-01"
    assert (await listed.get("/v1/procedures?programme=other")).json()["items"] == []
