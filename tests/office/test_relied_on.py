"""What an acceptance relies on stands in the dossier, and each fact names the rules that decided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from application import stores
from application.reading import state
from domain import component_rules as rules
from domain.component_facts import ComponentReused
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
    last_fact,
    look_up,
)
from tests.office.test_document_stores import documents
from tests.office.world import Office

REPEALED = datetime(2025, 7, 2, 1, tzinfo=UTC)
CONNECTED = datetime(2026, 3, 2, 1, tzinfo=UTC)
LOOKED_UP_FIRST = datetime(2026, 8, 5, 1, tzinfo=UTC)


@pytest.fixture
async def papers(office: Office) -> Office:
    await both_published(office)
    return office


async def reused(office: Office, code: str) -> list[tuple[str, UUID]]:
    facts = [recorded.fact for recorded in (await known(office, code)).facts]
    return [(fact.component, fact.document) for fact in facts if isinstance(fact, ComponentReused)]


async def test_an_acceptance_records_the_document_of_the_store_that_it_relies_on(papers: Office) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner)
    ((document, _),) = (await documents(papers, owner)).items()
    code = await filed(papers, owner, LAND, desk=OTHER_DESK)
    await do(papers, code, "accept", desk=OTHER_DESK)
    assert await reused(papers, code) == [("ks-ban-sao", document)]
    assert (await known(papers, code)).dossier.provisions["ks-ban-sao"].digitisation == 2
    assert rules.COMPLETE.id in (await last_fact(papers, code)).envelope.rules
    counter = await filed(papers, owner, LAND, desk=OTHER_DESK, accept=True)
    assert await reused(papers, counter) == [("ks-ban-sao", document)]
    brought = await filed(papers, owner, LAND, "ks-ban-sao", desk=OTHER_DESK, accept=True)
    assert await reused(papers, brought) == []


async def test_a_dossier_shows_that_a_document_it_relies_on_was_withdrawn_since(papers: Office) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner, DESK)
    ((document, _),) = (await documents(papers, owner)).items()
    code = await filed(papers, owner, LAND, desk=OTHER_DESK, accept=True)

    async def withdrawn() -> Any:
        (paper,) = (await state(papers.dossiers, papers.officer(OTHER_DESK), code))["provisions"]
        return paper["provided"][0]["withdrawn"], paper["held"]

    assert (await withdrawn())[0] is None
    await stores.withdraw(
        papers.dossiers, papers.officer(DESK), owner, document, ground="forged", reason="giấy giả"
    )
    said, held = await withdrawn()
    assert (said["document"], said["ground"], held) == (document, "forged", None)


async def test_a_request_names_the_rules_that_let_it_be_asked(papers: Office) -> None:
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    await ask(papers, code, "so-ho-khau")
    named = (await last_fact(papers, code)).envelope.rules
    assert {rules.HELD.id, rules.NO_LONGER.id} <= set(named)
    assert rules.LOOK_UP_FIRST.id not in named
    await papers.move_clock(LOOKED_UP_FIRST)
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    await look_up(papers, code, "hon-thu", "not_found")
    await ask(papers, code, "hon-thu")
    assert rules.LOOK_UP_FIRST.id in (await last_fact(papers, code)).envelope.rules
