"""People over HTTP: who acts for whom, one person with two records, and finding them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest

from application.policy import Identity
from interfaces.tokens import ALGORITHM, BadToken
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.http.test_who_may import NOBODY, PORTAL, applicant, registrar

DAY = timedelta(days=1)


async def today(api: Api) -> Any:
    moment = await api.office.reader.moment(fresh=True)
    return (moment.now + timedelta(hours=7)).date()


async def now(api: Api) -> datetime:
    return (await api.office.reader.moment(fresh=True)).now


async def next_day(api: Api, days: int = 1) -> None:
    await api.office.move_clock((await api.office.reader.moment(fresh=True)).now + days * DAY)
    await api.office.reader.moment(fresh=True)


async def identified(api: Api, name: str, **further: Any) -> Identity:
    body = {"kind": "person", "name": name} | further
    answer = await api.post("/v1/citizens", body, api.desk)
    assert answer.status_code == 201, answer.text
    return Identity("applicant", answer.json()["id"])


async def mandated(api: Api, owner: Identity, to: Identity, **further: Any) -> str:
    body = {"representative": to.id, "kind": "authorised"} | further
    answer = await api.post(f"/v1/citizens/{owner.id}/mandates", body, owner)
    assert answer.status_code == 201, answer.text
    mandate: str = answer.json()["mandate"]
    return mandate


async def filed_for(api: Api, owner: Identity, by: Identity, mandate: str | None, **further: Any) -> Any:
    body = await api.filing(owner=owner.id, submitter=by.id, accept=False, channel="online") | further
    return await api.post("/v1/dossiers", body | ({"mandate": mandate} if mandate else {}), by)


async def merged(api: Api, one: Identity, into: Identity, **further: Any) -> Any:
    body = {"into": into.id, "ground": "registered_twice"} | further
    return await api.post(f"/v1/citizens/{one.id}/merge", body, await registrar(api))


async def found(api: Api, who: Identity | None = None, **asked: str) -> list[str]:
    answer = await api.post("/v1/citizens/search", asked, who or api.desk)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


# by which account


async def test_the_level_of_an_applicants_account_comes_from_the_token_and_of_others_from_what_they_say(
    api: Api,
) -> None:
    own = await applicant(api)
    body = await api.filing(owner=own.id, accept=False)
    token = api.services.tokens.issue("applicant", own.id, level="vneid_2")
    signed = {"Authorization": f"Bearer {token}"}
    by_level = await api.post("/v1/dossiers", body, headers=signed)
    assert by_level.status_code == 201, by_level.text
    higher = await api.post("/v1/dossiers", body | {"identity_level": "vneid_2"}, own)
    assert_problem(higher, 409, "urn:hoso:rule:dossier.submit.level_of_account")
    plain = await api.post("/v1/dossiers", body, own)
    said = await api.post("/v1/dossiers", body | {"identity_level": "vneid_1"}, PORTAL)
    shown = await api.post("/v1/dossiers", body | {"identity_level": "none"}, api.desk)
    levels = [
        (await api.get(f"/v1/dossiers/{answer.json()['code']}", api.desk)).json()["identity_level"]
        for answer in (by_level, plain, said, shown)
    ]
    assert levels == ["vneid_2", None, "vneid_1", "none"]


@pytest.mark.parametrize(("kind", "level"), [("applicant", "vneid_9"), ("officer", "vneid_2")])
async def test_a_token_names_a_level_that_exists_and_of_applicants_alone(
    api: Api, kind: str, level: str
) -> None:
    tokens = api.services.tokens
    with pytest.raises(ValueError, match="no level"):
        tokens.issue(kind, NOBODY, level=level)
    claims = jwt.decode(tokens.issue(kind, NOBODY), options={"verify_signature": False})
    key = tokens._private_key
    assert key is not None
    with pytest.raises(BadToken, match="no level"):
        tokens.verify(jwt.encode(claims | {"level": level}, key, algorithm=ALGORITHM))


# numbers


async def test_a_household_business_and_its_owner_have_one_number_and_are_two(api: Api) -> None:
    number = {"number_kind": "personal_number", "number": "024099012345"}
    owner = await identified(api, "Phạm Văn Quán", **number)
    household = await identified(api, "Quán cơm Phạm", kind="household_business", **number)
    assert owner != household
    assert await identified(api, "x", kind="household_business", **number) == household
    assert await found(api, number="024099012345") == [owner.id, household.id]


async def test_an_enterprise_code_that_was_mistyped_is_refused_over_http_and_not_repeated(api: Api) -> None:
    body = {"kind": "organisation", "name": "Công ty", "number_kind": "enterprise_code"}
    wrong = await api.post("/v1/citizens", body | {"number": "0100109107"}, api.desk)
    assert_problem(wrong, 409, "urn:hoso:rule:citizen.enterprise_code.check_digit")
    assert "0100109107" not in wrong.text
    assert (await api.post("/v1/citizens", body | {"number": "0100109106-001"}, api.desk)).is_success
