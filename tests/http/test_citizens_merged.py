"""One person with two records over HTTP: merged, separated, and read as one."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from application import citizens
from application.ledger import Ledger
from application.persons import Person, person, same_person
from tests.http.client import Api
from tests.http.test_citizens import identified, merged
from tests.http.test_commands import assert_problem
from tests.http.test_who_may import NOBODY, PORTAL, applicant, registrar


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

    apart = await api.post(f"/v1/citizens/{old.id}/separate", {"note": "nhầm"}, await registrar(api))
    assert apart.status_code == 200, apart.text
    assert_problem(await api.get(path, new), 403, "urn:hoso:not_a_party")
    again = await api.post(f"/v1/citizens/{old.id}/separate", {}, await registrar(api))
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
        await api.post(
            f"/v1/citizens/{NOBODY}/merge", {"into": one.id, "ground": "other"}, await registrar(api)
        ),
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


async def test_the_documents_of_a_duplicate_are_the_survivors_to_read(api: Api) -> None:
    old, new = await applicant(api), await applicant(api)
    paths = (f"/v1/citizens/{old.id}/documents", f"/v1/procedures/1.000001/papers?owner={old.id}")
    for path in paths:
        assert_problem(await api.get(path, new), 403, "urn:hoso:not_a_party")
    assert (await merged(api, old, new)).status_code == 200
    for path in paths:
        assert (await api.get(path, new)).status_code == 200


async def test_a_desk_neither_merges_nor_separates_since_that_opens_anybodys_data(api: Api) -> None:
    old, new = await applicant(api), await applicant(api)
    for act, body in (("merge", {"into": new.id, "ground": "registered_twice"}), ("separate", {})):
        answer = await api.post(f"/v1/citizens/{old.id}/{act}", body, api.desk)
        assert_problem(answer, 403, "urn:hoso:role_missing")


async def test_a_merge_of_two_numbers_is_found_among_the_anomalies_also_through_a_record_without_one(
    api: Api,
) -> None:
    def number(last: int) -> dict[str, str]:
        return {"number_kind": "personal_number", "number": f"99900000000{last}"}

    one, two = await identified(api, "Một", **number(1)), await identified(api, "Hai", **number(2))
    between = await identified(api, "Không số")
    assert (await merged(api, one, between)).status_code == 200
    assert (await api.get("/v1/anomalies", api.operator)).json()["items"] == []
    assert_problem(await merged(api, between, two), 409, "urn:hoso:rule:citizen.merge.numbers")
    assert (await merged(api, between, two, ground="wrong_number")).status_code == 200
    (item,) = (await api.get("/v1/anomalies", api.operator)).json()["items"]
    assert (item["fact"], item["dossier"]) == ("citizen.merged.v1", None)
    assert [named["rule"] for named in item["rules"]] == ["citizen.merge.two_numbers"]


async def test_nobody_gives_a_mandate_to_their_own_other_record(api: Api) -> None:
    old, middle, new = await applicant(api), await applicant(api), await applicant(api)
    for one, into in ((old, middle), (middle, new)):
        assert (await merged(api, one, into)).status_code == 200
    for owner, to in ((old, new), (new, old), (new, middle)):
        body = {"representative": to.id, "kind": "authorised"}
        given = await api.post(f"/v1/citizens/{owner.id}/mandates", body, owner)
        assert_problem(given, 409, "urn:hoso:rule:mandate.give.to_another")


async def test_a_link_undone_in_the_middle_while_somebody_is_looked_up_by_number_is_followed_no_more(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = {"number_kind": "personal_number", "number": "999000000009"}
    one, two, three = await identified(api, "Một", **number), await applicant(api), await applicant(api)
    for duplicate, into in ((one, two), (two, three)):
        assert (await merged(api, duplicate, into)).status_code == 200
    who, undone = await registrar(api), list[int]()

    async def read_then_separated(ledger: Ledger, citizen: UUID) -> Person:
        known = await person(ledger, citizen)
        if not undone:
            undone.append((await api.post(f"/v1/citizens/{one.id}/separate", {}, who)).status_code)
        return known

    monkeypatch.setattr(citizens, "person", read_then_separated)
    assert await identified(api, "Một", **number) == one
    assert undone == [200]
