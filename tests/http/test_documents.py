"""Papers and the store of documents over HTTP: from an upload to who read it, with what is refused."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from application.policy import Identity
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.office.asked_papers import BIRTH, DESK, LAND, PDF, a_file, both_published
from tests.office.world import Office


@pytest.fixture
async def papers(api: Api) -> Api:
    await both_published(api.office)
    return api


def clerk(office: Office) -> Identity:
    return office.officer(DESK)


async def filed(api: Api, owner: UUID, procedure: str, *papers: str) -> tuple[str, int]:
    body = {
        "procedure": procedure,
        "channel": "counter",
        "owner": str(owner),
        "place": "07207",
        "receiving_agency": str(await api.office.agency(DESK)),
        "components": [{"id": id, "form": "original"} for id in papers],
    }
    answer = await api.post("/v1/dossiers", body, clerk(api.office))
    assert answer.status_code == 201, answer.text
    return answer.json()["code"], answer.json()["revision"]


async def kept(api: Api, owner: UUID) -> str:
    """An extract that came as a file, with a dossier that was accepted; its document."""
    code, _ = await filed(api, owner, BIRTH, "to-khai")
    mine = Identity("applicant", str(owner))
    said = {"component": "khai-sinh", "file": await a_file(api.office, owner)}
    answer = await api.post(f"/v1/dossiers/{code}/upload-component", said, mine)
    assert answer.status_code == 200, answer.text
    accepted = await api.post(
        f"/v1/dossiers/{code}/accept", {}, clerk(api.office), revision=answer.json()["revision"]
    )
    assert accepted.status_code == 200, accepted.text
    (row,) = (await api.get(f"/v1/citizens/{owner}/documents", mine)).json()["items"]
    assert (row["kind"], row["valid"], row["media_type"]) == ("birth_extract", True, "application/pdf")
    return str(row["document"])


async def test_a_paper_that_was_given_once_is_held_read_withdrawn_and_needed_again(papers: Api) -> None:
    owner = await papers.office.applicant()
    mine, desk = Identity("applicant", str(owner)), clerk(papers.office)
    document = await kept(papers, owner)
    code, revision = await filed(papers, owner, LAND)
    needed = (await papers.get(f"/v1/procedures/{LAND}/papers?owner={owner}", desk)).json()["papers"]
    assert [(p["component"], p["standing"]) for p in needed] == [
        ("ks-ban-sao", "held"),
        ("trich-do", "needed"),
    ]
    asking = {"request": "nộp trích lục", "components": ["ks-ban-sao"]}
    refused = await papers.post(f"/v1/dossiers/{code}/request-supplement", asking, desk, revision=revision)
    assert_problem(refused, 409, "urn:hoso:rule:component.held")
    at = f"/v1/citizens/{owner}/documents/{document}"
    got = await papers.get(f"{at}/content?dossier={code}", desk)
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, PDF, "application/pdf")
    assert got.headers["content-security-policy"] == "sandbox; default-src 'none'"
    (reading,) = (await papers.get(f"{at}/readings", mine)).json()["items"]
    assert (reading["actor"]["id"], reading["purpose"]) == (desk.id, "dossier")
    gone = {"ground": "revoked", "reason": "thu hồi"}
    first = await papers.post(f"{at}/withdraw", gone, desk, key="once")
    again = await papers.post(f"{at}/withdraw", gone, desk, key="once")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert (await papers.get(at, mine)).json()["withdrawn"] == "revoked"
    done = await papers.post(f"/v1/dossiers/{code}/request-supplement", asking, desk, revision=revision)
    assert done.status_code == 200, done.text
    provisions = (await papers.get(f"/v1/dossiers/{code}", desk)).json()["provisions"]
    assert [(p["component"], p["asked"], p["held"]) for p in provisions] == [("ks-ban-sao", 1, None)]


async def test_a_store_is_its_owners_and_an_officers_through_a_dossier_in_hand(papers: Api) -> None:
    owner = await papers.office.applicant()
    document = await kept(papers, owner)
    desk, stranger = clerk(papers.office), Identity("applicant", str(await papers.office.applicant("Lê")))
    at = f"/v1/citizens/{owner}/documents"
    assert_problem(await papers.get(at, stranger), 403, "urn:hoso:not_a_party")
    assert_problem(await papers.get(at, desk), 403, "urn:hoso:not_the_holder")
    assert_problem(await papers.get(f"{at}/{document}/readings", desk), 403, "urn:hoso:role_missing")
    needed = f"/v1/procedures/{LAND}/papers?owner={owner}"
    assert_problem(await papers.get(needed, stranger), 403, "urn:hoso:not_a_party")
    mine = Identity("applicant", str(owner))
    assert_problem(await papers.get(f"{at}/{uuid4()}", mine), 404, "urn:hoso:unknown_document")
    nobody = uuid4()
    themself = Identity("applicant", str(nobody))
    gone = await papers.get(f"/v1/citizens/{nobody}/documents", themself)
    assert_problem(gone, 404, "urn:hoso:unknown_citizen")


async def test_a_store_comes_in_pages(papers: Api) -> None:
    owner = await papers.office.applicant()
    mine = Identity("applicant", str(owner))
    first, second = await kept_twice(papers, owner)
    page = (await papers.get(f"/v1/citizens/{owner}/documents?limit=1", mine)).json()
    assert [row["document"] for row in page["items"]] == [first]
    rest = await papers.get(f"/v1/citizens/{owner}/documents?limit=1&cursor={page['next']}", mine)
    assert [row["document"] for row in rest.json()["items"]] == [second]


async def kept_twice(api: Api, owner: UUID) -> list[str]:
    await kept(api, owner)
    code, revision = await filed(api, owner, LAND, "trich-do")
    desk = clerk(api.office)
    said = {"component": "trich-do", "file": await a_file(api.office, owner), "form": "original"}
    done = await api.post(f"/v1/dossiers/{code}/digitise-component", said, desk, revision=revision)
    assert done.status_code == 200, done.text
    accepted = await api.post(f"/v1/dossiers/{code}/accept", {}, desk, revision=done.json()["revision"])
    assert accepted.status_code == 200, accepted.text
    mine = Identity("applicant", str(owner))
    rows = (await api.get(f"/v1/citizens/{owner}/documents", mine)).json()["items"]
    return [row["document"] for row in rows]


async def test_a_file_that_nobody_put_is_no_paper(papers: Api) -> None:
    owner = await papers.office.applicant()
    code, _ = await filed(papers, owner, BIRTH)
    said = {"component": "khai-sinh", "file": "ab" * 32}
    mine = Identity("applicant", str(owner))
    answer = await papers.post(f"/v1/dossiers/{code}/upload-component", said, mine)
    assert_problem(answer, 404, "urn:hoso:file_not_put")
