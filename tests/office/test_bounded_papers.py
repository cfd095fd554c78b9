"""Papers that come without end: how often one is provided, and what an applicant brings unasked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain import component_rules as rules
from tests.office.asked_papers import BIRTH, a_file, ask, both_published, check, do, filed, known, upload
from tests.office.one_dossier import refused_by
from tests.office.test_document_stores import themself
from tests.office.world import Office


@pytest.fixture
async def papers(office: Office) -> Office:
    await both_published(office)
    return office


async def brought(office: Office, code: str, owner: UUID, paper: str) -> None:
    file = await a_file(office, owner)
    await do(office, code, "upload-component", who=themself(owner), component=paper, file=file)


async def test_a_paper_is_provided_to_a_dossier_twenty_times_and_no_more(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    for _ in range(20):
        await upload(papers, code, owner, "khai-sinh")
    said: dict[str, Any] = {"component": "khai-sinh", "file": await a_file(papers, owner)}
    await refused_by(rules.AT_MOST, do(papers, code, "upload-component", **said))
    await refused_by(rules.AT_MOST, do(papers, code, "digitise-component", form="original", **said))
    found: dict[str, Any] = {"source": "csdl", "component": "khai-sinh"}
    await refused_by(rules.AT_MOST, do(papers, code, "record-lookup", outcome="found", **found))
    await do(papers, code, "record-lookup", outcome="not_found", **found)
    await upload(papers, code, owner, "so-ho-khau")


async def test_after_acceptance_an_applicant_does_not_bring_the_same_paper_again_unasked(
    papers: Office,
) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    await brought(papers, code, owner, "khai-sinh")
    await brought(papers, code, owner, "khai-sinh")  # before acceptance they may think better of it
    await do(papers, code, "accept")
    await refused_by(rules.AWAITED, brought(papers, code, owner, "khai-sinh"))
    await brought(papers, code, owner, "so-ho-khau")  # nobody had
    await refused_by(rules.AWAITED, brought(papers, code, owner, "so-ho-khau"))
    await upload(papers, code, owner, "so-ho-khau")  # an officer knows why


async def test_what_was_asked_for_is_brought_and_nothing_beside_it(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai", "so-ho-khau", accept=True)
    await upload(papers, code, owner, "khai-sinh")
    await check(papers, code, "khai-sinh", "unusable")
    await refused_by(rules.AWAITED, brought(papers, code, owner, "khai-sinh"))
    await ask(papers, code, "khai-sinh")
    await brought(papers, code, owner, "khai-sinh")
    await refused_by(rules.AWAITED, brought(papers, code, owner, "so-ho-khau"))
    await do(papers, code, "submit-supplement", components=())
    await refused_by(rules.AWAITED, brought(papers, code, owner, "khai-sinh"))
    await check(papers, code, "so-ho-khau", "unusable")
    await ask(papers, code, "so-ho-khau")
    await brought(papers, code, owner, "so-ho-khau")
    provisions = (await known(papers, code)).dossier.provisions
    assert len(provisions["so-ho-khau"].provided) == 2
