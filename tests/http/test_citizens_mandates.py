"""Who acts for whom over HTTP: mandates, and what nobody gets round by leaving one out."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain import files
from tests.http.client import Api
from tests.http.test_citizens import DAY, filed_for, mandated, merged, next_day, today
from tests.http.test_commands import assert_problem
from tests.http.test_documents import kept
from tests.http.test_files import put
from tests.http.test_who_may import NOBODY, PORTAL, applicant
from tests.office.asked_papers import DESK, LAND, both_published


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


# a mandate that was left out


async def test_who_left_the_mandate_out_reads_neither_files_nor_results_nor_history_and_reuses_nothing(
    api: Api,
) -> None:
    await both_published(api.office)
    owner, bringer, clerk = await applicant(api), await applicant(api), api.office.officer(DESK)
    document = await kept(api, UUID(owner.id))
    office = {"place": "07207", "receiving_agency": str(await api.agency(DESK)), "components": []}
    filed = await filed_for(api, owner, bringer, None, procedure=LAND, **office)
    assert filed.status_code == 201, filed.text
    path = f"/v1/dossiers/{filed.json()['code']}"
    file = (await put(api, owner.id, clerk)).json()["file"]
    shown = {"component": "trich-do", "file": file}
    assert (await api.post(f"{path}/upload-component", shown, owner)).status_code == 200
    reuse = {"component": "ks-ban-sao", "document": document}

    for hidden in ("history", "control-slip", f"files/{file}"):
        assert_problem(await api.get(f"{path}/{hidden}", bringer), 403, "urn:hoso:not_a_party")
    assert_problem(await api.post(f"{path}/reuse-component", reuse, bringer), 403, "urn:hoso:not_a_party")
    assert_problem(await api.get(f"/v1/citizens/{owner.id}/documents", bringer), 403, "urn:hoso:not_a_party")
    told = (await api.get(path, bringer)).json()
    assert (told["status"], told["provisions"], told["results"]) == (1, None, None)
    own = (await api.get(path, owner)).json()
    assert ([paper["component"] for paper in own["provisions"]], own["results"]) == (["trich-do"], [])

    mandate = await mandated(api, owner, bringer)  # it counts though the submission did not name it
    for opened in ("history", f"files/{file}"):
        assert (await api.get(f"{path}/{opened}", bringer)).status_code == 200
    assert (await api.get(path, bringer)).json()["results"] == []
    ended = await api.post(f"/v1/citizens/{owner.id}/mandates/{mandate}/end", {}, owner)
    assert ended.status_code == 200, ended.text
    assert_problem(await api.get(f"{path}/files/{file}", bringer), 403, "urn:hoso:not_a_party")
    assert (await api.get(f"{path}/files/{file}", owner)).status_code == 200
    assert (await api.post(f"{path}/withdraw", {}, bringer)).status_code == 200


async def test_whose_mandate_is_over_gets_no_further_by_filing_anew_without_one(api: Api) -> None:
    mother, son = await applicant(api), await applicant(api)
    duplicate = await applicant(api)
    mandate = await mandated(api, mother, son)
    assert (await merged(api, duplicate, son)).status_code == 200
    ended = await api.post(f"/v1/citizens/{mother.id}/mandates/{mandate}/end", {}, mother)
    assert ended.status_code == 200, ended.text
    filed = await filed_for(api, mother, son, None)
    assert filed.status_code == 201, filed.text
    path = f"/v1/dossiers/{filed.json()['code']}"
    for who in (son, duplicate):
        assert_problem(await api.get(f"{path}/history", who), 403, "urn:hoso:not_a_party")
        assert (await api.get(path, who)).json()["results"] is None
    assert (await api.get(f"{path}/history", mother)).status_code == 200
