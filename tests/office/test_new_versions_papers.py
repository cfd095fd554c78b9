"""A new version between filing and acceptance gives a paper another id: what is in the dossier is that paper
still."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from application.catalogue_loads import load_procedures
from domain import component_rules as rules
from tests.office.asked_papers import ask, check, do, filed, known, last_fact, published, upload
from tests.office.one_dossier import refused_by
from tests.office.province import FIVE_DAYS, SYSTEM, procedure_entry
from tests.office.test_document_stores import kinds
from tests.office.world import Office

CODE = "1.000017"
OLD: tuple[dict[str, Any], ...] = (
    {"component": "ks-cu", "kind": "birth_extract", "required": True},
    {"component": "con-cu", "kind": "birth_extract", "whose": "other"},
)
NEW: list[dict[str, Any]] = [
    {"component": "ks-moi", "kind": "birth_extract", "required": True},
    {"component": "con-moi", "kind": "birth_extract", "whose": "other"},
]
NEW_FROM = date(2025, 6, 20)


@pytest.fixture
async def papers(office: Office) -> Office:
    await published(office, CODE, OLD)
    await office.reader.moment(fresh=True)
    return office


async def a_new_version(office: Office) -> None:
    entry = procedure_entry("1.000001")
    (version, *_) = entry["versions"]
    version |= {
        "terms": {"papers": NEW},
        "valid_from": NEW_FROM,
        "channels": (FIVE_DAYS | {"limit_amount": None, "limit_unit": None},),
        "components": tuple({"id": p["component"], "name": p["component"], "copies": 1} for p in NEW),
    }
    # the first one stands already and is left alone
    await load_procedures(office.registry, SYSTEM, [entry | {"code": CODE, "versions": [version, version]}])
    await office.move_clock(datetime(2025, 6, 21, 1, tzinfo=UTC))
    await office.reader.moment(fresh=True)


async def test_what_was_filed_under_the_old_id_is_not_asked_for_under_the_new_one(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, CODE)
    await upload(papers, code, owner, "ks-cu")
    await a_new_version(papers)
    await refused_by(rules.HELD, ask(papers, code, "ks-moi"))
    await do(papers, code, "accept")
    assert (await known(papers, code)).dossier.procedure_version == 2
    assert await kinds(papers, owner) == ["birth_extract"]
    await refused_by(rules.HELD, ask(papers, code, "ks-moi"))


async def test_what_was_unusable_under_the_old_id_lets_the_new_one_be_asked_for(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, CODE, "ks-cu")
    await a_new_version(papers)
    await check(papers, code, "ks-cu", "unusable")
    await refused_by(rules.COMPLETE, do(papers, code, "accept"))
    await ask(papers, code, "ks-moi")
    allowed: Any = await last_fact(papers, code)
    assert [(one.component, one.ground) for one in allowed.allowed] == [("ks-moi", "unusable")]


async def test_somebody_elses_paper_under_another_id_may_be_of_somebody_else_again(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, CODE, "ks-cu", "con-cu")
    await a_new_version(papers)
    await ask(papers, code, "con-moi")
