"""What a dossier provides is kept for its owner: once, with the acceptance or a check, and counts until it is
withdrawn; who read it is on record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from application import stores
from application.policy import Identity
from application.reading import state
from application.refusals import NotAllowed, NotFound
from domain import component_rules, store_rules
from domain.dossier_facts import SupplementRequested
from tests.office.asked_papers import (
    BIRTH,
    DESK,
    LAND,
    OTHER_DESK,
    PDF,
    ask,
    both_published,
    check,
    do,
    filed,
    kept_for,
    last_fact,
    upload,
)
from tests.office.one_dossier import refused_by
from tests.office.world import Office


@pytest.fixture
async def papers(office: Office) -> Office:
    await both_published(office)
    return office


def themself(owner: UUID) -> Identity:
    return Identity("applicant", str(owner))


async def documents(office: Office, owner: UUID) -> dict[UUID, dict[str, Any]]:
    found = await stores.listed(office.dossiers, themself(owner), owner, limit=50)
    return {row["document"]: row for row in found}


async def kinds(office: Office, owner: UUID) -> list[str]:
    return [row["kind"] for row in (await documents(office, owner)).values()]


async def test_acceptance_keeps_what_came_as_a_file_and_is_of_a_kind(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    for paper in ("khai-sinh", "to-khai", "so-ho-khau"):
        await upload(papers, code, owner, paper)
    await check(papers, code, "so-ho-khau", "unusable")
    assert await kinds(papers, owner) == []
    await do(papers, code, "accept")
    assert await kinds(papers, owner) == ["birth_extract"]  # the form is of no kind, the book of no use


async def test_what_comes_after_acceptance_is_kept_when_it_is_found_in_order_and_once(papers: Office) -> None:
    owner = await papers.applicant()
    code = await kept_for(papers, owner)
    await upload(papers, code, owner, "so-ho-khau")
    assert await kinds(papers, owner) == ["birth_extract"]
    for paper in ("so-ho-khau", "so-ho-khau", "khai-sinh"):
        await check(papers, code, paper, "in_order")
    assert await kinds(papers, owner) == ["birth_extract", "household_book"]


async def test_what_its_own_dossier_finds_unusable_is_withdrawn_with_the_check(papers: Office) -> None:
    owner = await papers.applicant()
    code = await kept_for(papers, owner)
    await check(papers, code, "khai-sinh", "unusable")
    ((_, row),) = (await documents(papers, owner)).items()
    assert (row["withdrawn"], row["valid"]) == ("unusable", False)


async def test_the_file_of_a_paper_is_kept_by_its_check_also_where_it_was_listed_after_it_came(
    papers: Office,
) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai", accept=True)
    await ask(papers, code, "khai-sinh")
    await upload(papers, code, owner, "khai-sinh")
    listed: dict[str, Any] = {"id": "khai-sinh", "form": "electronic", "count": 1}
    await do(papers, code, "submit-supplement", components=(listed,))
    await check(papers, code, "khai-sinh", "in_order")
    assert await kinds(papers, owner) == ["birth_extract"]
    await check(papers, code, "khai-sinh", "unusable")
    ((_, row),) = (await documents(papers, owner)).items()
    assert (row["withdrawn"], row["valid"]) == ("unusable", False)
    await ask(papers, code, "khai-sinh")


async def test_a_file_of_the_submitters_own_serves_the_dossier_and_is_kept_for_nobody(papers: Office) -> None:
    owner, proxy = await papers.applicant(), await papers.applicant("Phạm Thị Thay")
    code = await filed(papers, owner, BIRTH, "to-khai", submitter=proxy)
    await upload(papers, code, proxy, "khai-sinh")
    await refused_by(component_rules.HELD, ask(papers, code, "khai-sinh"))
    await do(papers, code, "accept")
    assert await kinds(papers, owner) == []


async def test_a_withdrawn_document_is_not_re_used_and_its_paper_is_asked_for(papers: Office) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner)
    ((document, _),) = (await documents(papers, owner)).items()
    said: dict[str, Any] = {"ground": "forged", "reason": "giấy giả"}
    with pytest.raises(NotAllowed):
        await stores.withdraw(papers.dossiers, papers.officer(OTHER_DESK), owner, document, **said)
    await stores.withdraw(papers.dossiers, papers.officer(DESK), owner, document, **said)
    again = stores.withdraw(papers.dossiers, papers.officer(DESK), owner, document, **said)
    await refused_by(store_rules.WITHDRAWN_ONCE, again)
    code = await filed(papers, owner, LAND, desk=OTHER_DESK)
    reuse = do(papers, code, "reuse-component", desk=OTHER_DESK, component="ks-ban-sao", document=document)
    await refused_by(component_rules.REUSE_VALID, reuse)
    await ask(papers, code, "ks-ban-sao", desk=OTHER_DESK)
    fact = await last_fact(papers, code)
    assert isinstance(fact, SupplementRequested)
    assert [(one.ground, one.document) for one in fact.allowed] == [("withdrawn", document)]


async def read(office: Office, who: Identity, owner: UUID, document: UUID, code: str | None = None) -> bytes:
    opened = await stores.content(office.dossiers, who, owner, document, code)
    return b"".join([chunk async for chunk in opened.chunks])


async def test_who_reads_a_content_is_on_record_before_it_is_given(papers: Office) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner)
    ((document, _),) = (await documents(papers, owner)).items()
    code = await filed(papers, owner, LAND, desk=OTHER_DESK)
    clerk = papers.officer(OTHER_DESK)
    opened = await stores.content(papers.dossiers, clerk, owner, document, code)
    mine = themself(owner)
    rows = await stores.readings(papers.dossiers, mine, owner, document, limit=50)
    assert [(row["actor"]["id"], row["purpose"]) for row in rows] == [(clerk.id, "dossier")]
    await opened.chunks.aclose()
    assert await read(papers, mine, owner, document) == PDF
    rows = await stores.readings(papers.dossiers, mine, owner, document, after=1, limit=50)
    assert [(row["number"], row["purpose"]) for row in rows] == [(2, "own")]


async def test_an_officer_reads_through_a_dossier_of_the_owner_in_hand_alone(papers: Office) -> None:
    owner = await papers.applicant()
    first = await kept_for(papers, owner)
    ((document, _),) = (await documents(papers, owner)).items()
    clerk = papers.officer(OTHER_DESK)
    strangers = await filed(papers, await papers.applicant("Nguyễn Văn Khác"), LAND, desk=OTHER_DESK)
    for code in (None, first, strangers):  # none; at another desk; another owner's
        with pytest.raises(NotAllowed):
            await read(papers, clerk, owner, document, code)
    with pytest.raises(NotAllowed):
        await stores.readings(papers.dossiers, clerk, owner, document, limit=50)
    with pytest.raises(NotAllowed):
        await documents_as(papers, themself(await papers.applicant("Lê Thị Tò")), owner)


async def documents_as(office: Office, who: Identity, owner: UUID) -> None:
    await stores.listed(office.dossiers, who, owner, limit=50)


async def test_a_page_of_a_store_goes_on_after_its_last_document(papers: Office) -> None:
    owner = await papers.applicant()
    code = await kept_for(papers, owner)
    await upload(papers, code, owner, "so-ho-khau")
    await check(papers, code, "so-ho-khau", "in_order")
    first, second = await documents(papers, owner)
    mine = themself(owner)
    page = await stores.listed(papers.dossiers, mine, owner, after=first, limit=1)
    assert [row["document"] for row in page] == [second]
    with pytest.raises(NotFound):
        await stores.listed(papers.dossiers, mine, owner, after=owner, limit=1)


async def test_a_dossier_says_of_each_paper_how_it_stands(papers: Office) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner)
    ((document, _),) = (await documents(papers, owner)).items()
    code = await filed(papers, owner, LAND, "trich-do")
    await do(papers, code, "reuse-component", component="ks-ban-sao", document=document)
    found = await state(papers.dossiers, papers.officer(DESK), code)
    by_id = {one["component"]: one for one in found["provisions"]}
    reused, handed_in = by_id["ks-ban-sao"], by_id["trich-do"]
    assert (reused["digitisation"], reused["held"]["by"], reused["asked"]) == (2, "dossier", 0)
    assert reused["provided"][0]["document"] == document
    assert (handed_in["digitisation"], handed_in["provided"][0]["way"]) == (0, "handed_in")
