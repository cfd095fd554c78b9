"""Who learns what of somebody's store: an officer through a dossier in hand, what serves it; and what is read
while people are separated or a dossier ends is decided again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from application import keeping, stores
from application.merging import merge, separate
from application.needed import needed
from application.policy import Identity
from application.reading import state
from application.refusals import NotAllowed, NotFound
from domain import component_rules
from tests.office.asked_papers import (
    BIRTH,
    DESK,
    LAND,
    OTHER_DESK,
    ask,
    both_published,
    do,
    filed,
    kept_for,
    known,
    upload,
)
from tests.office.one_dossier import refused_by
from tests.office.registrars import by_registrar
from tests.office.test_document_stores import documents, read, themself
from tests.office.world import Office


@pytest.fixture
async def papers(office: Office) -> Office:
    await both_published(office)
    return office


async def merged(office: Office) -> tuple[UUID, UUID]:
    """A person with two records; the document lies in the store of the second, which is merged into the
    first."""
    one, other = await office.applicant("Một Người"), await office.applicant("Người Khác")
    await kept_for(office, other)
    await merge(office.citizens, await by_registrar(office), other, into=one, ground="registered_twice")
    return one, other


async def test_people_separated_while_a_paper_is_re_used_lend_each_other_none(
    papers: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await merged(papers)
    code = await filed(papers, one, LAND)
    (document,) = await documents(papers, one)
    beside(papers, monkeypatch, separate(papers.citizens, await by_registrar(papers), other))
    reuse = do(papers, code, "reuse-component", component="ks-ban-sao", document=document)
    await refused_by(component_rules.REUSE_OWN, reuse)


async def test_people_merged_while_a_paper_is_asked_for_hold_it(
    papers: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await papers.applicant("Một Người"), await papers.applicant("Một Người")
    await kept_for(papers, other)
    code = await filed(papers, one, LAND)
    joined = merge(papers.citizens, await by_registrar(papers), other, into=one, ground="registered_twice")
    beside(papers, monkeypatch, joined)
    await refused_by(component_rules.HELD, ask(papers, code, "ks-ban-sao"))


def beside(office: Office, monkeypatch: pytest.MonkeyPatch, other: Any) -> None:
    """Somebody does `other` between the first reading of the documents and the append."""
    real, waiting = keeping.documents_of, [other]

    async def slow(*asked: Any) -> Any:
        found = await real(*asked)
        if waiting:
            await waiting.pop()
        return found

    monkeypatch.setattr(keeping, "documents_of", slow)


async def test_a_content_opened_while_its_owner_is_separated_is_not_given(
    papers: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await merged(papers)
    (document,) = await documents(papers, one)
    files = papers.dossiers.files
    closed: list[str] = []
    real = type(files).open

    async def slow(self: Any, file: str) -> Any:
        opened = await real(self, file)
        await separate(papers.citizens, await by_registrar(papers), other)
        monkeypatch.setattr(type(opened.chunks), "aclose", lambda self: told(closed))
        return opened

    monkeypatch.setattr(type(files), "open", slow)
    with pytest.raises(NotFound):
        await stores.content(papers.dossiers, themself(one), one, document)
    assert closed == ["closed"]
    assert await stores.readings(papers.dossiers, themself(other), other, document, limit=5) == []


async def told(closed: list[str]) -> None:
    closed.append("closed")


async def test_a_store_is_closed_to_the_desk_whose_dossier_was_withdrawn(papers: Office) -> None:
    owner, desk = await papers.applicant(), papers.officer(DESK)
    await kept_for(papers, owner, OTHER_DESK)
    (document,) = await documents(papers, owner)
    code = await filed(papers, owner, BIRTH, "to-khai")
    assert len(await stores.listed(papers.dossiers, desk, owner, code, limit=5)) == 1
    await do(papers, code, "withdraw", reason="thôi")
    for look in (
        stores.listed(papers.dossiers, desk, owner, code, limit=5),
        stores.one(papers.dossiers, desk, owner, document, code),
        stores.content(papers.dossiers, desk, owner, document, code),
    ):
        with pytest.raises(NotAllowed, match="concluded"):
            await look


async def test_a_desk_sees_of_a_store_what_its_dossier_may_need(papers: Office) -> None:
    owner, desk = await papers.applicant(), papers.officer(DESK)
    first = await filed(papers, owner, BIRTH, "to-khai")
    for paper in ("khai-sinh", "hon-thu"):
        await upload(papers, first, owner, paper)
    await do(papers, first, "accept")
    code = await filed(papers, owner, LAND, "ks-ban-sao")
    (marriage,) = [id for id, row in (await documents(papers, owner)).items() if row["kind"] == "marriage"]
    seen = await stores.listed(papers.dossiers, desk, owner, code, limit=5)
    assert [row["kind"] for row in seen] == ["birth_extract"]
    with pytest.raises(NotFound):
        await stores.one(papers.dossiers, desk, owner, marriage, code)
    with pytest.raises(NotFound):
        await read(papers, desk, owner, marriage, code)


async def test_an_auditor_who_names_a_dossier_reads_for_the_audit(papers: Office) -> None:
    owner = await papers.applicant()
    code = await kept_for(papers, owner)
    (document,) = await documents(papers, owner)
    auditor = await papers.appointed(
        {"number": "auditor", "name": "Kiểm tra", "postings": [{"agency": DESK, "roles": ["auditor"]}]}
    )
    await read(papers, auditor, owner, document, code)
    (row,) = await stores.readings(papers.dossiers, themself(owner), owner, document, limit=5)
    assert (row["purpose"], row["dossier"]) == ("audit", (await known(papers, code)).dossier.id)


async def test_which_document_stands_for_a_paper_is_told_to_its_owner(papers: Office) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner)
    (document,) = await documents(papers, owner)

    async def told_to(who: Identity) -> Any:
        found = await needed(papers.dossiers, who, LAND, owner=owner)
        return found["papers"][0]["held"]

    assert (await told_to(themself(owner)))["document"] == document
    for who in (papers.officer(OTHER_DESK), Identity("portal", "cong")):
        assert await told_to(who) == {"by": "store", "fact": None, "document": None}


async def test_files_and_documents_of_a_dossier_are_named_to_those_who_may_read_them(papers: Office) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner)
    (document,) = await documents(papers, owner)
    code = await filed(papers, owner, LAND)
    await upload(papers, code, owner, "trich-do")
    await do(papers, code, "reuse-component", component="ks-ban-sao", document=document)

    async def named_to(who: Identity) -> list[Any]:
        provisions = (await state(papers.dossiers, who, code))["provisions"]
        named = [one[name] for p in provisions for one in p["provided"] for name in ("file", "document")]
        return [found for found in (*named, *(p["held"]["document"] for p in provisions)) if found]

    for who in (papers.officer(DESK), themself(owner)):
        assert len(await named_to(who)) == 2
    for who in (papers.officer(OTHER_DESK), Identity("portal", "cong")):
        assert await named_to(who) == []


async def test_a_desk_withdraws_what_its_own_agency_vouched_for(papers: Office) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner)
    (document,) = await documents(papers, owner)
    desk = await papers.appointed(
        {"number": "only desk", "name": "Một cửa", "postings": [{"agency": DESK, "roles": ["desk"]}]}
    )
    await stores.withdraw(papers.dossiers, desk, owner, document, ground="forged", reason="giấy giả")
    assert [row["withdrawn"] for row in (await documents(papers, owner)).values()] == ["forged"]
