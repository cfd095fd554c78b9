"""What databases answered of papers: asked first where they are connected, kept as at that time, and what
lets a paper be asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain import component_rules as rules
from domain.dossier_facts import LookupRecorded
from tests.office.asked_papers import (
    BIRTH,
    REGISTER,
    a_file,
    allowed,
    ask,
    both_published,
    do,
    filed,
    known,
    last_fact,
    look_up,
    standing,
)
from tests.office.one_dossier import refused_by
from tests.office.world import Office

CONNECTED = datetime(2026, 3, 2, 1, tzinfo=UTC)
LOOKED_UP_FIRST = datetime(2026, 8, 5, 1, tzinfo=UTC)


@pytest.fixture
async def papers(office: Office) -> Office:
    await both_published(office)
    return office


async def test_a_connected_database_is_asked_before_the_applicant(papers: Office) -> None:
    await papers.move_clock(LOOKED_UP_FIRST)
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    assert (await standing(papers, BIRTH, owner))["hon-thu"] == ("look_up", [REGISTER])
    await refused_by(rules.LOOK_UP_FIRST, ask(papers, code, "hon-thu"))
    await look_up(papers, code, "hon-thu", "found")
    await refused_by(rules.HELD, ask(papers, code, "hon-thu"))


@pytest.mark.parametrize("outcome", ["unavailable", "inconsistent", "not_found"])
async def test_an_outage_or_a_wrong_answer_lets_the_paper_be_asked_for(papers: Office, outcome: str) -> None:
    await papers.move_clock(LOOKED_UP_FIRST)
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    await look_up(papers, code, "hon-thu", outcome)
    await ask(papers, code, "hon-thu")
    assert await allowed(papers, code) == [("hon-thu", outcome)]


async def test_before_the_decree_a_connected_database_may_be_asked_and_need_not(papers: Office) -> None:
    await papers.move_clock(CONNECTED)
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    await ask(papers, code, "hon-thu")
    assert await allowed(papers, code) == []


async def test_an_answer_that_the_database_takes_back_holds_no_more(papers: Office) -> None:
    await papers.move_clock(LOOKED_UP_FIRST)
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    await look_up(papers, code, "hon-thu", "found")
    await look_up(papers, code, "hon-thu", "unavailable")
    await refused_by(rules.HELD, ask(papers, code, "hon-thu"))
    await look_up(papers, code, "hon-thu", "inconsistent")
    await ask(papers, code, "hon-thu")


async def test_a_look_up_is_stored_as_at_its_time(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    now = (await papers.reader.moment(fresh=True)).now
    file = await a_file(papers, owner, b"<kq/>", "application/xml")
    said: dict[str, Any] = {"source": REGISTER, "outcome": "found", "file": file}
    await do(papers, code, "record-lookup", component="hon-thu", looked_up_at=now, **said)
    one = (await known(papers, code)).dossier.provisions["hon-thu"].provided[0]
    assert one.file is not None
    assert (one.source, one.file.file, one.file.media_type, one.file.size) == (
        REGISTER,
        file,
        "application/xml",
        5,
    )
    nameless = do(papers, code, "record-lookup", component=None, looked_up_at=now, **said)
    await refused_by(rules.LOOKED_UP_FOR, nameless)


async def test_a_wrong_answer_is_kept_as_it_was_and_a_database_that_is_down_gave_none(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    said: dict[str, Any] = {"source": REGISTER, "component": "hon-thu"}
    file = await a_file(papers, owner, b"<kq>1099</kq>", "application/xml")
    down = do(papers, code, "record-lookup", outcome="unavailable", file=file, **said)
    await refused_by(rules.LOOKED_UP_FOR, down)
    await do(papers, code, "record-lookup", outcome="inconsistent", file=file, **said)
    fact = await last_fact(papers, code)
    assert isinstance(fact, LookupRecorded)
    assert fact.file == file
    assert not (await known(papers, code)).dossier.provisions["hon-thu"].provided
