"""A registrar changes officers, units and agencies; desks change applicants: each recorded once, and felt."""

from __future__ import annotations

from uuid import uuid4

import httpx

from application.policy import Identity
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.office.world import DISTRICT, OLD_DESKS, PROVINCE


async def _registrar(api: Api) -> Identity:
    posting = {"agency": PROVINCE, "roles": ["registrar"]}
    return await api.office.appointed({"number": "REG-1", "name": "Lê Thị Sổ", "postings": [posting]})


async def _clerk(api: Api) -> Identity:
    posting = {"agency": DISTRICT, "roles": ["desk"]}
    return await api.office.appointed({"number": "CLERK", "name": "Ngô Văn Cửa", "postings": [posting]})


async def _may_file(api: Api, who: Identity) -> httpx.Response:
    return await api.post("/v1/dossiers", await api.filing(), who)


async def test_a_suspended_officer_cannot_act_until_reinstated(api: Api) -> None:
    registrar, clerk = await _registrar(api), await _clerk(api)
    assert (await _may_file(api, clerk)).status_code == 201
    body = {"reason": "đang bị xem xét kỷ luật"}
    assert_problem(await api.post("/v1/officers/CLERK/suspend", body, api.desk), 403, "urn:hoso:role_missing")
    answer = await api.post("/v1/officers/CLERK/suspend", body, registrar, key="once")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["id"], answer.json()["revision"]) == (clerk.id, 3)
    assert_problem(await _may_file(api, clerk), 403, "urn:hoso:not_posted")
    again = await api.post("/v1/officers/CLERK/suspend", body, registrar, key="once")
    assert again.json() == answer.json()
    other = await api.post("/v1/officers/CLERK/suspend", {"reason": "khác"}, registrar, key="once")
    assert other.status_code == 422
    twice = await api.post("/v1/officers/CLERK/suspend", body, registrar)
    assert_problem(twice, 409, "urn:hoso:rule:officer.suspension_order")
    assert (await api.post(f"/v1/officers/{clerk.id}/reinstate", {}, registrar)).status_code == 200
    assert (await _may_file(api, clerk)).status_code == 201


async def test_an_officer_is_posted_to_a_second_agency_and_leaves_the_first(api: Api) -> None:
    registrar, clerk = await _registrar(api), await _clerk(api)
    desk = OLD_DESKS["07207"]
    filing = await api.filing(receiving_agency=str(await api.agency(desk)))
    assert_problem(await api.post("/v1/dossiers", filing, clerk), 403, "urn:hoso:not_the_holder")
    nowhere = await api.post("/v1/officers/CLERK/post", {"agency": "000.99", "roles": ["desk"]}, registrar)
    assert_problem(nowhere, 404, "urn:hoso:unknown_agency")
    posted = await api.post("/v1/officers/CLERK/post", {"agency": desk, "roles": ["desk"]}, registrar)
    assert posted.status_code == 200, posted.text
    assert (await api.post("/v1/dossiers", filing, clerk)).status_code == 201
    moment = await api.office.reader.moment(fresh=True)
    first = moment.organisation.posted(clerk.uuid or uuid4(), moment.now)[0][0].posting_id
    ended = await api.post("/v1/officers/CLERK/end-posting", {"posting": str(first)}, registrar)
    assert ended.status_code == 200, ended.text
    assert_problem(await _may_file(api, clerk), 403, "urn:hoso:not_the_holder")


async def test_a_unit_gets_another_name_and_stays_the_same_unit(api: Api) -> None:
    registrar = await _registrar(api)
    body = {"name": "Thị trấn Mới", "from": "2025-06-01"}
    answer = await api.post("/v1/units/07207/rename", body, registrar)
    assert answer.status_code == 200, answer.text
    unit = (await api.get("/v1/units/07207")).json()
    assert (unit["name"], unit["unit"]) == ("Thị trấn Mới", "07207@2025-06-01")


async def test_a_unit_ends_only_after_its_agencies(api: Api) -> None:
    registrar = await _registrar(api)
    body = {"until": "2025-06-02", "reason": "theo đề nghị"}
    refused = await api.post("/v1/units/07207/dissolve", body, registrar)
    assert_problem(refused, 409, "urn:hoso:rule:unit.without_agencies")
    agency = await api.post(f"/v1/agencies/{OLD_DESKS['07207']}/dissolve", body, registrar)
    assert agency.status_code == 200, agency.text
    assert (await api.post("/v1/units/07207/dissolve", body, registrar)).status_code == 200


async def test_an_agency_that_holds_a_dossier_does_not_end(api: Api) -> None:
    registrar = await _registrar(api)
    await api.filed()
    body = {"until": "2025-06-02", "reason": "theo đề nghị"}
    refused = await api.post(f"/v1/agencies/{DISTRICT}/dissolve", body, registrar)
    assert_problem(refused, 409, "urn:hoso:rule:agency.empty")


async def test_an_agency_gets_another_hotline(api: Api) -> None:
    registrar = await _registrar(api)
    url = f"/v1/agencies/{DISTRICT}/change"
    assert (await api.post(url, {"hotline": "0204 3 123 456"}, registrar)).status_code == 200
    assert_problem(await api.post(url, {}, registrar), 409, "urn:hoso:rule:agency.changes")
    listed = (await api.get("/v1/agencies")).json()["items"]
    assert [a["hotline"] for a in listed if a["identifier"] == DISTRICT] == ["0204 3 123 456"]


async def test_an_applicant_moves_house_and_is_verified(api: Api) -> None:
    citizen = await api.office.applicant()
    self_ = Identity("applicant", str(citizen))
    url = f"/v1/citizens/{citizen}"
    moved = await api.post(f"{url}/change-contact", {"address": "số 2, đường Mới"}, self_)
    assert moved.status_code == 200, moved.text
    assert (await api.get(url, self_)).json()["address"] == "số 2, đường Mới"
    stranger = Identity("applicant", str(await api.office.applicant()))
    other = await api.post(f"{url}/change-contact", {"phone": "0912"}, stranger)
    assert_problem(other, 403, "urn:hoso:not_a_party")
    verified = {"level": "level_2", "source": "vneid"}
    assert (await api.post(f"{url}/verify", verified, self_)).status_code == 403
    assert (await api.post(f"{url}/verify", verified, api.desk)).status_code == 200
    named = {"level": "level_2", "source": "Nguyễn Thị Bí Mật"}
    assert (await api.post(f"{url}/verify", named, api.desk)).status_code == 422
    unknown = await api.post(f"/v1/citizens/{uuid4()}/verify", verified, api.desk)
    assert_problem(unknown, 404, "urn:hoso:unknown_citizen")
