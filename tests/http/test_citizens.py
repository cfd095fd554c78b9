"""People over HTTP: who acts for whom, one person with two records, and finding them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest

from application.persons import same_person
from application.policy import Identity
from domain import files
from interfaces.tokens import ALGORITHM, BadToken
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.http.test_files import put
from tests.http.test_who_may import NOBODY, PORTAL, applicant

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
    return await api.post(f"/v1/citizens/{one.id}/merge", body, api.desk)


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


# mandates


async def test_a_mandate_from_tomorrow_may_not_file_today_and_one_that_ended_may_not_withdraw(
    api: Api,
) -> None:
    mother, son, stranger = await applicant(api), await applicant(api), await applicant(api)
    tomorrow = (await today(api)) + DAY
    mandate = await mandated(api, mother, son, valid_from=str(tomorrow), procedures=["1.000001"])
    early = await filed_for(api, mother, son, mandate)
    assert_problem(early, 409, "urn:hoso:rule:mandate.file.in_force")
    await next_day(api)
    assert_problem(
        await filed_for(api, mother, stranger, mandate), 409, "urn:hoso:rule:mandate.file.from_owner"
    )
    assert_problem(
        await filed_for(api, mother, son, mandate, procedure="1.000002"),
        409,
        "urn:hoso:rule:mandate.file.covers",
    )
    filed = await filed_for(api, mother, son, mandate)
    assert filed.status_code == 201, filed.text
    path = f"/v1/dossiers/{filed.json()['code']}"
    read = await api.get(path, son)
    assert (read.json()["mandate"], read.json()["submitter"]) == (mandate, son.id)

    ended = await api.post(f"/v1/citizens/{mother.id}/mandates/{mandate}/end", {}, mother)
    assert ended.status_code == 200, ended.text
    for answer in (
        await api.post(f"{path}/withdraw", {"reason": "thôi"}, son),
        await api.post(f"{path}/submit-supplement", {"components": []}, son),
        await api.get(path, son),
        await api.get(f"{path}/history", son),
    ):
        problem = assert_problem(answer, 409, "urn:hoso:rule:mandate.act.over")
        assert "the owner acts and reads, or gives a new mandate" in problem["detail"]
    assert (await api.get(path, mother)).status_code == 200
    await mandated(api, mother, son)
    assert (await api.get(path, son)).status_code == 200
    assert (await api.post(f"{path}/withdraw", {"reason": "thôi"}, son)).status_code == 200


async def test_who_only_brings_the_papers_names_no_mandate_and_goes_on_as_before(api: Api) -> None:
    owner, postman = await applicant(api), await applicant(api)
    filed = await filed_for(api, owner, postman, None)
    assert filed.status_code == 201, filed.text
    read = await api.get(f"/v1/dossiers/{filed.json()['code']}", postman)
    assert (read.status_code, read.json()["mandate"]) == (200, None)


async def test_mandates_are_given_and_read_by_the_citizen_a_desk_and_a_portal_alone(api: Api) -> None:
    owner, other = await applicant(api), await applicant(api)
    path = f"/v1/citizens/{owner.id}/mandates"
    body = {"representative": other.id, "kind": "guardian"}
    assert_problem(await api.post(path, body, other), 403, "urn:hoso:not_a_party")
    assert_problem(await api.post(path, body, api.operator), 403, "urn:hoso:role_missing")
    for who in (owner, api.desk, PORTAL):
        given = await api.post(path, body, who, key=f"same-{who.kind}")
        again = await api.post(path, body, who, key=f"same-{who.kind}")
        assert given.json() == again.json()
    read = (await api.get(path, owner)).json()
    assert [item["in_force"] for item in read["items"]] == [True] * 3
    assert_problem(await api.get(path, other), 403, "urn:hoso:not_a_party")
    nobody = await api.post(path, body | {"representative": NOBODY}, owner)
    assert_problem(nobody, 404, "urn:hoso:unknown_citizen")
    unknown = await api.post(path, body | {"procedures": ["9.999999"]}, owner)
    assert_problem(unknown, 404, "urn:hoso:unknown_procedure")
    assert_problem(await api.post(f"{path}/{NOBODY}/end", {}, owner), 409, "urn:hoso:rule:mandate.end.known")


# one person, two records


async def test_a_merged_duplicates_dossiers_are_the_survivors_and_no_old_fact_changes(
    api: Api,
) -> None:
    old = await identified(api, "Trần Thị Thử")
    new = await identified(api, "Trần Thị Thử", number_kind="personal_number", number="024199012345")
    before = await api.post("/v1/dossiers", await api.filing(owner=old.id), api.desk)
    path = f"/v1/dossiers/{before.json()['code']}"
    assert_problem(await api.get(path, new), 403, "urn:hoso:not_a_party")
    facts = (await api.get(f"{path}/history", api.desk)).json()["facts"]

    assert_problem(await api.post(f"/v1/citizens/{old.id}/merge", {"into": new.id, "ground": "other"}, old),
                   403, "urn:hoso:kind_not_allowed")  # fmt: skip
    assert (await merged(api, old, new, note="hai lần đăng ký")).status_code == 200
    assert (await api.get(path, new)).json()["owner"] == old.id
    assert (await api.get(f"{path}/history", new)).json()["facts"][0]["type"] == "dossier.submitted.v3"
    assert (await api.get(f"{path}/history", api.desk)).json()["facts"] == facts
    read = (await api.get(f"/v1/citizens/{old.id}", new)).json()
    assert (read["merged_into"], read["survivor"], read["same_as"]) == (new.id, new.id, [new.id])
    assert (await api.get(f"/v1/citizens/{new.id}?dossier={before.json()['code']}", api.desk)).is_success
    withdrawn = await api.post(f"{path}/withdraw", {}, new)
    assert withdrawn.status_code == 200, withdrawn.text
    rated = await api.post(f"{path}/rate", {"score": 2}, new)
    assert rated.status_code == 200, rated.text

    apart = await api.post(f"/v1/citizens/{old.id}/separate", {"note": "nhầm"}, api.desk)
    assert apart.status_code == 200, apart.text
    assert_problem(await api.get(path, new), 403, "urn:hoso:not_a_party")
    again = await api.post(f"/v1/citizens/{old.id}/separate", {}, api.desk)
    assert_problem(again, 409, "urn:hoso:rule:citizen.separate.merged")


async def test_a_persons_own_list_has_the_dossiers_of_every_record_and_of_nobody_else(api: Api) -> None:
    old, new, other = await applicant(api), await applicant(api), await applicant(api)
    filed = [await api.filed(owner=who.id) for who in (old, new, other, old)]
    position = filed[-1]["position"]
    path = f"/v1/citizens/{new.id}/dossiers?min_position={position}"
    before = (await api.get(path, new)).json()["items"]
    assert [row["code"] for row in before] == [filed[1]["code"]]
    assert (await merged(api, old, new)).status_code == 200
    expected = [filed[0]["code"], filed[1]["code"], filed[3]["code"]]
    for who in (new, old, PORTAL):
        for one in (new, old):
            answer = await api.get(f"/v1/citizens/{one.id}/dossiers", who)
            assert [row["code"] for row in answer.json()["items"]] == expected
    first = (await api.get(f"{path}&limit=2", new)).json()
    rest = (await api.get(f"{path}&limit=2&cursor={first['next']}", new)).json()
    assert [row["code"] for row in (*first["items"], *rest["items"])] == expected
    assert rest["next"] is None
    assert_problem(await api.get(path, other), 403, "urn:hoso:not_a_party")
    assert_problem(await api.get(path, api.desk), 403, "urn:hoso:role_missing")
    unknown = await api.get(f"/v1/citizens/{NOBODY}/dossiers", PORTAL)
    assert_problem(unknown, 404, "urn:hoso:unknown_citizen")


async def test_what_a_duplicate_said_of_an_agency_is_the_survivors_to_read_and_take_back(api: Api) -> None:
    old, new = await applicant(api), await applicant(api)
    body = {
        "agency": str(await api.agency()),
        "kind": "feedback",
        "way": "online",
        "text": "chậm",
        "by": old.id,
    }
    said = await api.post("/v1/voice", body, old)
    assert said.status_code == 201, said.text
    path = f"/v1/voice/{said.json()['id']}"
    assert (await api.get(path, new)).status_code == 403
    assert (await merged(api, old, new)).status_code == 200
    assert (await api.get(path, new)).json()["text"] == "chậm"
    assert (await api.post(f"{path}/withdraw", {}, new)).status_code == 200


async def test_a_duplicates_number_gives_the_survivor_along_a_chain_and_no_circle_is_made(api: Api) -> None:
    number = {"number_kind": "personal_number", "number": "999000000001"}
    one, two, three = [
        await identified(api, f"Lê Văn {n}", **(number if n == "Một" else {})) for n in ("Một", "Hai", "Ba")
    ]
    assert (await merged(api, one, two)).status_code == 200
    assert (await merged(api, two, three)).status_code == 200
    assert await identified(api, "ai đó", **number) == three
    ids = {one.id, two.id, three.id}
    for who in (one, two, three):
        known = await same_person(api.services.ledger, UUID(who.id))
        assert (str(known[0]), {str(id_) for id_ in known}) == (three.id, ids)
    assert_problem(await merged(api, three, one), 409, "urn:hoso:rule:citizen.merge.no_circle")
    assert_problem(await merged(api, one, three), 409, "urn:hoso:rule:citizen.merge.once")
    assert_problem(await merged(api, one, one), 409, "urn:hoso:rule:citizen.merge.another")
    company = await identified(api, "Công ty Thử", kind="organisation")
    assert_problem(await merged(api, company, one), 409, "urn:hoso:rule:citizen.merge.same_kind")
    other = await identified(api, "Lê Văn Bốn", number_kind="personal_number", number="999000000002")
    five = await identified(api, "Lê Văn Năm", number_kind="personal_number", number="999000000003")
    assert_problem(await merged(api, other, five), 409, "urn:hoso:rule:citizen.merge.numbers")
    assert (await merged(api, other, five, ground="wrong_number")).status_code == 200
    assert_problem(
        await api.post(f"/v1/citizens/{NOBODY}/merge", {"into": one.id, "ground": "other"}, api.desk),
        404,
        "urn:hoso:unknown_citizen",
    )


async def test_two_merges_at_once_that_would_close_a_circle_are_one_merge(api: Api) -> None:
    """They write to no stream in common: what each was decided on is what tells the second."""
    for _ in range(3):
        one, two, three, four = [await applicant(api) for _ in range(4)]
        assert (await merged(api, one, two)).status_code == 200
        assert (await merged(api, three, four)).status_code == 200
        answers = await asyncio.gather(merged(api, two, three), merged(api, four, one))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        known = [await same_person(api.services.ledger, UUID(who.id)) for who in (one, two, three, four)]
        assert len(known[0]) == 4
        assert known == [known[0]] * 4


async def test_a_mandate_given_by_a_duplicate_lets_the_representative_file_for_the_survivor(api: Api) -> None:
    old, new = await applicant(api), await applicant(api)
    son, sons_duplicate = await applicant(api), await applicant(api)
    mandate = await mandated(api, old, son)
    assert (await merged(api, old, new)).status_code == 200
    assert (await merged(api, sons_duplicate, son)).status_code == 200
    filed = await filed_for(api, new, sons_duplicate, mandate)
    assert filed.status_code == 201, filed.text
    assert (await api.get(f"/v1/dossiers/{filed.json()['code']}", son)).status_code == 200
    ended = await api.post(f"/v1/citizens/{new.id}/mandates/{mandate}/end", {}, new)
    assert ended.status_code == 200, ended.text
    over = await api.get(f"/v1/dossiers/{filed.json()['code']}", son)
    assert_problem(over, 409, "urn:hoso:rule:mandate.act.over")


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


async def test_a_representative_puts_and_reads_files_only_while_the_mandate_is_in_force(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "FIELD", "result_digest")
    mother, son = await applicant(api), await applicant(api)
    assert_problem(await put(api, mother.id, son), 403, "urn:hoso:not_a_party")
    mandate = await mandated(api, mother, son)
    stored = await put(api, mother.id, son)
    assert stored.status_code == 201, stored.text
    code = (await filed_for(api, mother, son, mandate)).json()["code"]
    looked = {"source": "vneid", "outcome": "found", "result_digest": stored.json()["file"]}
    assert (await api.post(f"/v1/dossiers/{code}/record-lookup", looked, PORTAL)).status_code == 200
    path = f"/v1/dossiers/{code}/files/{stored.json()['file']}"
    assert (await api.get(path, son)).status_code == 200
    ended = await api.post(f"/v1/citizens/{mother.id}/mandates/{mandate}/end", {}, mother)
    assert ended.status_code == 200, ended.text
    assert_problem(await api.get(path, son), 409, "urn:hoso:rule:mandate.act.over")
    assert_problem(await put(api, mother.id, son), 403, "urn:hoso:not_a_party")
    assert (await api.get(path, mother)).status_code == 200


async def test_the_documents_of_a_duplicate_are_the_survivors_to_read(api: Api) -> None:
    old, new = await applicant(api), await applicant(api)
    paths = (f"/v1/citizens/{old.id}/documents", f"/v1/procedures/1.000001/papers?owner={old.id}")
    for path in paths:
        assert_problem(await api.get(path, new), 403, "urn:hoso:not_a_party")
    assert (await merged(api, old, new)).status_code == 200
    for path in paths:
        assert (await api.get(path, new)).status_code == 200
