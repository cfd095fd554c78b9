"""What is held, connected, asked for and valid is so today, whatever day an act is said to have been done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from application.dossiers import act
from domain import component_rules as rules
from tests.office.asked_papers import (
    BIRTH,
    DESK,
    REGISTER,
    both_published,
    do,
    filed,
    known,
    published,
    upload,
)
from tests.office.one_dossier import refused_by
from tests.office.test_document_stores import documents, themself
from tests.office.world import Office

AFTERWARDS = datetime(2025, 7, 9, 1, tzinfo=UTC)
CONNECTED = datetime(2026, 3, 2, 1, tzinfo=UTC)
LOOKED_UP_FIRST = datetime(2026, 8, 5, 1, tzinfo=UTC)


@pytest.fixture
async def papers(office: Office) -> Office:
    await both_published(office)
    return office


async def test_a_request_that_is_dated_back_is_judged_by_the_rules_of_today(papers: Office) -> None:
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    before = (await papers.reader.moment(fresh=True)).now
    await papers.move_clock(LOOKED_UP_FIRST)
    for paper, rule in (("so-ho-khau", rules.NO_LONGER), ("hon-thu", rules.LOOK_UP_FIRST)):
        said = {"request": "bổ sung", "components": (paper,)}
        revision = (await known(papers, code)).dossier.version
        asked = act(
            *(papers.dossiers, papers.officer(DESK), code, "request-supplement", said),
            command=papers.command(),
            revision=revision,
            occurred_at=before,
        )
        await refused_by(rule, asked)


async def test_a_document_that_is_over_is_not_re_used_as_of_a_day_before(papers: Office) -> None:
    term = {"component": "xac-nhan", "kind": "single_status", "valid": {"amount": 1, "unit": "month"}}
    await published(papers, "1.000018", (term,))
    await papers.reader.moment(fresh=True)
    owner = await papers.applicant()
    first = await filed(papers, owner, "1.000018")
    await upload(papers, first, owner, "xac-nhan")
    await do(papers, first, "accept")
    ((document, _),) = (await documents(papers, owner)).items()
    code = await filed(papers, owner, "1.000018")
    before = (await papers.reader.moment(fresh=True)).now
    await papers.move_clock(AFTERWARDS)
    await papers.reader.moment(fresh=True)
    said = {"component": "xac-nhan", "document": document}
    me, again = themself(owner), papers.command()
    late = act(papers.dossiers, me, code, "reuse-component", said, command=again, occurred_at=before)
    await refused_by(rules.REUSE_VALID, late)


async def test_a_look_up_made_before_the_dossier_was_begun_does_not_count_for_it(papers: Office) -> None:
    await papers.move_clock(LOOKED_UP_FIRST)
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    said: dict[str, Any] = {"source": REGISTER, "outcome": "unavailable", "component": "hon-thu"}
    before = do(papers, code, "record-lookup", looked_up_at=CONNECTED, **said)
    await refused_by(rules.LOOKED_UP_SINCE, before)
    same_day = (await papers.reader.moment(fresh=True)).now - timedelta(minutes=30)
    await do(papers, code, "record-lookup", looked_up_at=same_day, **said)
