"""Whose a paper is, what it was made of and how long it counts: what is kept for other dossiers and what
not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain import component_rules as rules
from tests.office.asked_papers import (
    a_file,
    ask,
    check,
    do,
    filed,
    published,
    upload,
)
from tests.office.one_dossier import refused_by
from tests.office.test_document_stores import documents, kinds
from tests.office.world import Office

CHILD, PERSON = "1.000014", "1.000015"
CHILD_PAPERS: tuple[dict[str, Any], ...] = (
    {"component": "ks-cha", "kind": "birth_extract", "required": True},
    {"component": "ks-con", "kind": "birth_extract", "whose": "other", "required": True},
)
PERSON_PAPERS: tuple[dict[str, Any], ...] = (
    {"component": "ks", "kind": "birth_extract"},
    {"component": "doc-than", "kind": "single_status", "valid": {"amount": 6, "unit": "month"}},
)


@pytest.fixture
async def papers(office: Office) -> Office:
    await published(office, CHILD, CHILD_PAPERS)
    await published(office, PERSON, PERSON_PAPERS)
    await office.reader.moment(fresh=True)
    return office


async def test_the_childs_extract_is_neither_held_by_the_fathers_nor_kept_as_his(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, CHILD)
    await upload(papers, code, owner, "ks-con")
    await refused_by(rules.COMPLETE, do(papers, code, "accept"))
    await upload(papers, code, owner, "ks-cha")
    await do(papers, code, "accept")
    ((document, row),) = (await documents(papers, owner)).items()
    assert row["kind"] == "birth_extract"
    again = await filed(papers, owner, CHILD)
    await refused_by(rules.HELD, ask(papers, again, "ks-cha"))
    reuse = do(papers, again, "reuse-component", component="ks-con", document=document)
    await refused_by(rules.REUSE_KIND, reuse)
    await refused_by(rules.COMPLETE, do(papers, again, "accept"))
    await ask(papers, again, "ks-con")


async def test_the_childs_extract_is_not_kept_by_its_check_either(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, CHILD, "ks-cha", "ks-con", accept=True)
    await upload(papers, code, owner, "ks-con")
    await check(papers, code, "ks-con", "in_order")
    assert await kinds(papers, owner) == []


async def test_a_version_that_asks_husband_and_wife_for_one_kind_says_whose_each_is(papers: Office) -> None:
    both = tuple(paper | {"whose": "owner"} for paper in CHILD_PAPERS)
    await refused_by(rules.PAPERS_ONCE_OF_OWNER, published(papers, "1.000016", both))


@pytest.mark.parametrize(("form", "kept"), [("original", 1), ("certified", 1), ("copy", 0)])
async def test_a_scan_of_a_plain_copy_is_not_kept(papers: Office, form: str, kept: int) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, PERSON)
    said: dict[str, Any] = {"component": "ks", "file": await a_file(papers, owner), "form": form}
    await do(papers, code, "digitise-component", **said)
    await do(papers, code, "accept")
    await check(papers, code, "ks", "in_order")
    assert len(await kinds(papers, owner)) == kept


async def test_a_paper_that_counts_for_half_a_year_is_asked_for_after_it(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, PERSON)
    await upload(papers, code, owner, "doc-than")
    await do(papers, code, "accept")
    ((_, row),) = (await documents(papers, owner)).items()
    assert row["valid_until"] is not None
    soon = await filed(papers, owner, PERSON)
    await refused_by(rules.HELD, ask(papers, soon, "doc-than"))
    await papers.move_clock(datetime(2025, 12, 30, 1, tzinfo=UTC))
    await papers.reader.moment(fresh=True)
    await ask(papers, soon, "doc-than")
