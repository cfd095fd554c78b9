"""What acts read: the records and the store of an owner only where the version asks for papers, or the act is
about a document."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from application import keeping
from application.remembered import Remembered
from domain.document_store import store_stream
from tests.office.asked_papers import (
    BIRTH,
    DESK,
    LAND,
    both_published,
    check,
    do,
    filed,
    kept_for,
    known,
    upload,
)
from tests.office.test_document_stores import documents
from tests.office.world import Office

PLAIN = "1.000001"


@pytest.fixture
async def papers(office: Office) -> Office:
    await both_published(office)
    return office


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The streams of persons and stores that were read from now on."""
    streams, real = list[UUID](), Remembered.read

    async def noted(self: Any, cls: Any, id: UUID, parts: Any) -> Any:
        streams.append(id)
        return await real(self, cls, id, parts)

    monkeypatch.setattr(Remembered, "read", noted)
    return streams


async def test_where_a_version_names_no_papers_nobodys_store_is_read(
    papers: Office, read: list[UUID]
) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, PLAIN)
    read.clear()
    await do(papers, code, "accept")
    await do(papers, code, "request-supplement", request="bổ sung", components=[])
    assert read == []


async def test_where_it_names_papers_the_store_decides(papers: Office, read: list[UUID]) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner)
    code = await filed(papers, owner, LAND)
    read.clear()
    await do(papers, code, "accept")
    assert {owner, store_stream(owner)} <= set(read)


async def test_what_a_check_only_keeps_puts_no_condition_on_the_store(
    papers: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who the owner is decides where it is kept; what else lies there does not."""
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    conditions = list[Any]()
    ledger = type(papers.dossiers.ledger)
    real = ledger.append

    async def append(self: Any, *aggregates: Any, **more: Any) -> Any:
        conditions.append(more.get("nothing_newer"))
        return await real(self, *aggregates, **more)

    await upload(papers, code, owner, "khai-sinh")
    monkeypatch.setattr(ledger, "append", append)
    await check(papers, code, "khai-sinh", "in_order")
    (condition,) = conditions
    assert owner in condition.streams
    assert store_stream(owner) not in condition.streams


async def test_acceptances_of_one_owner_at_once_are_all_recorded(
    papers: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, desk = await papers.applicant("Công ty Điện"), papers.officer(DESK)
    codes = [await filed(papers, owner, BIRTH, "to-khai") for _ in range(20)]
    for code in codes:
        await upload(papers, code, owner, "khai-sinh")
    revisions = [(await known(papers, code)).dossier.version for code in codes]
    decided, real = list[str](), keeping.keep_after

    def counted(ledger: Any, acted: Any, name: str) -> None:
        decided.append(name)
        real(ledger, acted, name)

    monkeypatch.setattr("application.dossiers.keep_after", counted)
    at_once = zip(codes, revisions, strict=True)
    await asyncio.gather(*(papers.act(desk, code, "accept", revision) for code, revision in at_once))
    assert len(await documents(papers, owner)) == len(codes)
    assert len(decided) <= 3 * len(codes)
