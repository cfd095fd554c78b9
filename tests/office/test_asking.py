"""What is held is asked of nobody, and what let it be asked for all the same is on record (reference sections
0.2, 0.4, 3.1). The audit at the end of every test judges each request again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from application.refusals import BadRequest, NotFound
from domain import component_rules as rules
from domain.refusals import Refused
from tests.office.asked_papers import (
    BIRTH,
    DESK,
    LAND,
    OTHER_DESK,
    a_file,
    allowed,
    ask,
    both_published,
    check,
    do,
    filed,
    kept_for,
    known,
    standing,
    upload,
)
from tests.office.one_dossier import refused_by
from tests.office.test_document_stores import documents
from tests.office.world import Office

REPEALED = datetime(2025, 7, 2, 1, tzinfo=UTC)
LOOKED_UP_FIRST = datetime(2026, 8, 5, 1, tzinfo=UTC)


@pytest.fixture
async def papers(office: Office) -> Office:
    await both_published(office)
    return office


async def test_what_was_handed_in_is_not_asked_for_again(papers: Office) -> None:
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    await refused_by(rules.HELD, ask(papers, code, "to-khai"))
    await ask(papers, code, "khai-sinh")
    assert await allowed(papers, code) == []


async def test_where_the_procedure_says_its_papers_nothing_is_asked_for_in_free_text_alone(
    papers: Office,
) -> None:
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    await refused_by(rules.NAMED, ask(papers, code))
    await ask(papers, code, "khai-sinh")


async def test_a_paper_that_is_not_of_the_procedure_is_refused_by_the_bodys_own_field(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    with pytest.raises(Refused) as refused:
        await upload(papers, code, owner, "nowhere")
    assert refused.value.details["field"] == "component"


async def test_what_was_found_unusable_is_asked_for_and_the_request_says_so(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    await upload(papers, code, owner, "khai-sinh")
    await refused_by(rules.HELD, ask(papers, code, "khai-sinh"))
    await check(papers, code, "khai-sinh", "unusable")
    await ask(papers, code, "khai-sinh")
    assert await allowed(papers, code) == [("khai-sinh", "unusable")]


async def test_a_paper_listed_at_filing_and_its_scan_are_found_unusable_together(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai", "khai-sinh")
    await upload(papers, code, owner, "khai-sinh")
    await check(papers, code, "khai-sinh", "unusable")
    await ask(papers, code, "khai-sinh")
    assert set(await allowed(papers, code)) == {("khai-sinh", "unusable")}


async def test_what_was_unusable_stays_so_when_what_came_for_it_is_in_order(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    for outcome in ("unusable", "in_order"):
        await upload(papers, code, owner, "khai-sinh")
        await check(papers, code, "khai-sinh", outcome)
    provided = (await known(papers, code)).dossier.provisions["khai-sinh"].provided
    assert [one.checked for one in provided] == ["unusable", "in_order"]


async def test_a_check_that_names_a_fact_is_of_that_alone_and_may_say_otherwise_later(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai", "khai-sinh")
    await upload(papers, code, owner, "khai-sinh")
    said: dict[str, Any] = {"component": "khai-sinh", "outcome": "unusable", "reason": "mờ"}
    await do(papers, code, "check-component", provided=1, **said)
    await refused_by(rules.HELD, ask(papers, code, "khai-sinh"))
    await do(papers, code, "check-component", provided=2, **said)
    await check(papers, code, "khai-sinh", "in_order")
    await refused_by(rules.HELD, ask(papers, code, "khai-sinh"))


async def test_what_is_unusable_is_so_for_a_reason_and_was_there(papers: Office) -> None:
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    without = do(papers, code, "check-component", component="to-khai", outcome="unusable")
    await refused_by(rules.CHECK_REASON, without)
    await refused_by(rules.CHECK_PROVIDED, check(papers, code, "khai-sinh", "in_order"))


async def test_the_paper_of_another_agency_is_held_here_and_re_used(papers: Office) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner, DESK)
    code = await filed(papers, owner, LAND, desk=OTHER_DESK)
    assert await standing(papers, LAND, owner) == {
        "ks-ban-sao": ("held", ["store"]),
        "trich-do": ("needed", []),
    }
    await refused_by(rules.HELD, ask(papers, code, "ks-ban-sao", desk=OTHER_DESK))
    ((document, _),) = (await documents(papers, owner)).items()
    await do(papers, code, "reuse-component", desk=OTHER_DESK, component="ks-ban-sao", document=document)
    await do(papers, code, "accept", desk=OTHER_DESK)
    dossier = (await known(papers, code)).dossier
    assert dossier.provisions["ks-ban-sao"].digitisation == 2


async def test_a_re_used_paper_that_does_not_serve_here_is_asked_for(papers: Office) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner)
    code = await filed(papers, owner, LAND, desk=OTHER_DESK)
    ((document, _),) = (await documents(papers, owner)).items()
    await do(papers, code, "reuse-component", desk=OTHER_DESK, component="ks-ban-sao", document=document)
    await check(papers, code, "ks-ban-sao", "unusable", desk=OTHER_DESK)
    await ask(papers, code, "ks-ban-sao", desk=OTHER_DESK)
    assert await allowed(papers, code) == [("ks-ban-sao", "unusable")]


async def test_another_persons_document_is_not_re_used(papers: Office) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner)
    ((document, _),) = (await documents(papers, owner)).items()
    code = await filed(papers, await papers.applicant("Nguyễn Văn Khác"), LAND)
    reuse = do(papers, code, "reuse-component", component="ks-ban-sao", document=document)
    await refused_by(rules.REUSE_OWN, reuse)


async def test_a_document_is_not_re_used_for_a_paper_of_another_kind(papers: Office) -> None:
    owner = await papers.applicant()
    await kept_for(papers, owner)
    ((document, _),) = (await documents(papers, owner)).items()
    code = await filed(papers, owner, LAND)
    reuse = do(papers, code, "reuse-component", component="trich-do", document=document)
    await refused_by(rules.REUSE_KIND, reuse)


async def test_the_household_book_is_not_asked_for_after_its_repeal(papers: Office) -> None:
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    await ask(papers, code, "so-ho-khau")
    late = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    await papers.move_clock(REPEALED)
    await refused_by(rules.NO_LONGER, ask(papers, late, "so-ho-khau"))
    owner = await papers.applicant()
    assert (await standing(papers, BIRTH, owner))["so-ho-khau"] == ("no_longer", ["2025-07-01"])


async def test_a_scan_is_not_made_after_it_is_recorded(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    said: dict[str, Any] = {"component": "to-khai", "file": await a_file(papers, owner), "form": "original"}
    late = do(papers, code, "digitise-component", digitised_at=LOOKED_UP_FIRST, **said)
    await refused_by(rules.TIME_PAST, late)
    await do(papers, code, "digitise-component", **said)
    dossier = (await known(papers, code)).dossier
    assert {id: one.digitisation for id, one in dossier.provisions.items()} == {"to-khai": 1}


async def test_what_the_procedure_requires_of_the_case_is_there_when_it_is_accepted(papers: Office) -> None:
    owner = await papers.applicant()
    bare = await filed(papers, owner, BIRTH)
    await refused_by(rules.COMPLETE, do(papers, bare, "accept"))
    plain = await filed(papers, owner, BIRTH, "to-khai")
    await do(papers, plain, "accept")
    proxy = await filed(papers, owner, BIRTH, "to-khai", case="by proxy")
    await refused_by(rules.COMPLETE, do(papers, proxy, "accept"))
    await upload(papers, proxy, owner, "uy-quyen")
    await do(papers, proxy, "accept")


async def test_at_the_counter_what_is_held_need_not_be_handed_in(papers: Office) -> None:
    owner = await papers.applicant()
    await refused_by(rules.COMPLETE, filed(papers, owner, LAND, accept=True))
    await kept_for(papers, owner)
    await filed(papers, owner, LAND, accept=True, desk=OTHER_DESK)


async def test_a_file_of_somebody_else_or_of_nobody_is_no_paper_of_this_dossier(papers: Office) -> None:
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    stranger = await a_file(papers, await papers.applicant("Nguyễn Văn Khác"))
    with pytest.raises(BadRequest, match="party"):
        await do(papers, code, "upload-component", component="khai-sinh", file=stranger)
    with pytest.raises(NotFound, match="put it"):
        await do(papers, code, "upload-component", component="khai-sinh", file="ab" * 32)


async def test_nothing_is_provided_to_a_dossier_that_is_over(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    await do(papers, code, "withdraw", reason="thôi")
    await refused_by(rules.HANDLED, upload(papers, code, owner, "khai-sinh"))
