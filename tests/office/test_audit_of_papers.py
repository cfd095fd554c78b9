"""Requests, acceptances and re-uses that somebody who goes around the application records, and that the audit
names them; and that it leaves alone what was lawful when it was recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from application.catalogue_loads import load_procedures
from domain.asking import Asking
from domain.document_store import store_stream
from domain.dossier_supplement_facts import Allowance
from tests.office.asked_papers import (
    BIRTH,
    LAND,
    OTHER_DESK,
    ask,
    both_published,
    check,
    do,
    filed,
    kept_for,
    known,
    look_up,
    published,
    upload,
)
from tests.office.province import FIVE_DAYS, SYSTEM, procedure_entry
from tests.office.test_audit_finds import only
from tests.office.test_audit_merges import read_by_the_audit
from tests.office.test_document_stores import documents
from tests.office.unjudged import asked, reused
from tests.office.world import Office


@pytest.fixture
async def papers(damaged_office: Office) -> Office:
    await both_published(damaged_office)
    return damaged_office


async def test_a_request_for_what_was_handed_in_with_the_dossier(papers: Office) -> None:
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    await asked(papers, code, "to-khai")
    (says,) = only(await papers.audited(), "asked")
    assert f"asks dossier {code} for to-khai, which is held by the dossier" in says


async def test_a_request_for_what_another_agency_has_kept(papers: Office) -> None:
    owner = await papers.applicant()
    silent = await filed(papers, owner, LAND, desk=OTHER_DESK)
    said = await filed(papers, owner, LAND, desk=OTHER_DESK)
    early = await filed(papers, owner, LAND, desk=OTHER_DESK)
    await asked(papers, early, "ks-ban-sao")  # nothing is held yet
    await kept_for(papers, owner)
    await asked(papers, silent, "ks-ban-sao")
    await asked(papers, said, "ks-ban-sao", (Allowance("ks-ban-sao", "unusable", fact=1),))
    says = only(await papers.audited(), "asked")
    assert len(says) == 2
    assert f"asks dossier {silent} for ks-ban-sao, which is held by the store" in says[0]
    named = "and names its fact 1 (unusable) for it"
    assert f"asks dossier {said} for ks-ban-sao, which is held by the store, {named}" in says[1]


async def test_a_request_whose_reason_is_not_so_and_one_that_leaves_its_reason_out(papers: Office) -> None:
    owner = await papers.applicant()
    invented = await filed(papers, owner, LAND)
    other_fact = await filed(papers, owner, LAND)
    silent = await filed(papers, owner, LAND)
    true = await filed(papers, owner, LAND)
    for code in (other_fact, silent, true):
        await upload(papers, code, owner, "trich-do")
        await check(papers, code, "trich-do", "unusable")
    checked = (await known(papers, true)).dossier.version
    await asked(papers, invented, "trich-do", (Allowance("trich-do", "unusable", fact=1),))
    await asked(papers, other_fact, "trich-do", (Allowance("trich-do", "unusable", fact=1),))
    await asked(papers, silent, "trich-do")
    await asked(papers, true, "trich-do", (Allowance("trich-do", "unusable", fact=checked),))
    said = only(await papers.audited(), "asked")
    says = "; ".join(said)
    assert (
        f"asks dossier {invented} for trich-do because of its fact 1 (unusable), and that is not so" in says
    )
    assert f"asks dossier {other_fact} for trich-do because of its fact 1 (unusable)" in says
    leaves_out = f"and does not say that its fact {checked} (unusable) let it"
    assert f"asks dossier {silent} for trich-do {leaves_out}" in says
    assert f"asks dossier {other_fact} for trich-do {leaves_out}" in says
    assert true not in says
    assert len(said) == 4


async def test_a_request_that_names_a_reason_for_what_it_does_not_ask(papers: Office) -> None:
    code = await filed(papers, await papers.applicant(), LAND)
    await asked(papers, code, "ks-ban-sao", (Allowance("trich-do", "unusable", fact=1),))
    (says,) = only(await papers.audited(), "asked")
    assert "let dossier" in says
    assert "be asked for trich-do, and does not ask it" in says


async def test_a_request_for_what_is_asked_for_no_longer_and_one_without_the_look_up(papers: Office) -> None:
    ended, not_looked_up, down = [
        await filed(papers, await papers.applicant(), BIRTH, "to-khai") for _ in range(3)
    ]
    await papers.move_clock(datetime(2026, 8, 6, 1, tzinfo=UTC))
    await look_up(papers, down, "hon-thu", "unavailable")
    await asked(papers, ended, "so-ho-khau")
    await asked(papers, not_looked_up, "hon-thu")
    await ask(papers, down, "hon-thu")
    first, second = only(await papers.audited(), "asked")
    assert f"asks dossier {ended} for so-ho-khau, which its procedure asks for no longer since" in first
    assert f"asks dossier {not_looked_up} for hon-thu, and csdl_ho_tich, which comes first, was not" in second


async def test_an_acceptance_without_a_required_paper(
    papers: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await papers.applicant()
    lacks = await filed(papers, owner, LAND)
    handed_in = await filed(papers, owner, LAND, "ks-ban-sao")
    await do(papers, handed_in, "accept")
    with monkeypatch.context() as off:
        off.setattr(Asking, "judge_complete", lambda self: None)
        await do(papers, lacks, "accept")
    (says,) = only(await papers.audited(), "asked")
    assert f"accepts dossier {lacks} as complete without ks-ban-sao, which it requires" in says


async def test_an_acceptance_on_what_the_store_had_then(
    papers: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await papers.applicant()
    early = await filed(papers, owner, LAND)
    with monkeypatch.context() as off:
        off.setattr(Asking, "judge_complete", lambda self: None)
        await do(papers, early, "accept")
    await kept_for(papers, owner)
    await do(papers, await filed(papers, owner, LAND), "accept")
    (says,) = only(await papers.audited(), "asked")
    assert f"accepts dossier {early} as complete without" in says


async def test_a_re_use_of_nothing_of_somebody_elses_and_of_another_kind(papers: Office) -> None:
    owner, other = await papers.applicant(), await papers.applicant("Nguyễn Văn Khác")
    prior, _ = await kept_for(papers, owner), await kept_for(papers, other)
    (own,), (strange,) = await documents(papers, owner), await documents(papers, other)
    codes = [await filed(papers, owner, LAND) for _ in range(5)]
    dossier = (await known(papers, prior)).dossier.id
    true: dict[str, Any] = {"from_dossier": dossier}
    await reused(papers, codes[0], "ks-ban-sao", uuid4())
    await reused(papers, codes[1], "ks-ban-sao", strange)
    await reused(papers, codes[2], "trich-do", own, **true)
    await reused(papers, codes[3], "ks-ban-sao", own, **true, kept_as="result")
    await reused(papers, codes[4], "ks-ban-sao", own, **true)
    nothing, not_own, kind, result = only(await papers.audited(), "asked")
    assert "which nobody had kept for its owner" in nothing
    assert codes[0] in nothing
    assert "which nobody had kept for its owner" in not_own
    assert codes[1] in not_own
    assert "which is birth_extract, and the paper is plot" in kind
    assert codes[2] in kind
    assert f"as a result of fact 2 of the dossier {dossier}, and it is a component" in result


async def test_a_re_use_of_what_was_withdrawn_before_and_of_what_is_withdrawn_since(papers: Office) -> None:
    owner = await papers.applicant()
    prior = await kept_for(papers, owner)
    (document,) = await documents(papers, owner)
    true: dict[str, Any] = {"from_dossier": (await known(papers, prior)).dossier.id}
    before, since = [await filed(papers, owner, LAND) for _ in range(2)]
    await reused(papers, before, "ks-ban-sao", document, **true)
    await check(papers, prior, "khai-sinh", "unusable")
    await reused(papers, since, "ks-ban-sao", document, **true)
    (says,) = only(await papers.audited(), "asked")
    assert since in says
    assert "which was not valid then" in says


async def test_a_version_that_was_published_afterwards_makes_no_lawful_request_wrong(papers: Office) -> None:
    """The later version is in force since before, and says what the paper is that somebody has had kept."""
    await published(papers, "1.000012", ({"component": "ks"},))
    owner = await papers.applicant()
    await kept_for(papers, owner)
    early, late = [await filed(papers, owner, "1.000012") for _ in range(2)]
    await papers.move_clock(datetime(2025, 6, 5, 1, tzinfo=UTC))
    await papers.reader.moment(fresh=True)
    await ask(papers, early, "ks")
    await says_what_it_is(papers, "1.000012", date(2025, 6, 2))
    assert (await papers.audited()).findings == ()
    await asked(papers, late, "ks")
    (says,) = only(await papers.audited(), "asked")
    assert f"asks dossier {late} for ks, which is held by the store" in says


async def says_what_it_is(office: Office, code: str, valid_from: date) -> None:
    entry = procedure_entry("1.000001") | {"code": code}
    (version, *_) = entry["versions"]
    line = FIVE_DAYS | {"limit_amount": None, "limit_unit": None}
    later = {
        "terms": {"papers": [{"component": "ks", "kind": "birth_extract"}]},
        "valid_from": valid_from,
        "channels": (line,),
        "components": ({"id": "ks", "name": "ks", "copies": 1},),
    }
    entry["versions"] = [version, version | later]
    await load_procedures(office.registry, SYSTEM, [entry])
    await office.reader.moment(fresh=True)


async def test_a_request_that_is_dated_back_before_its_paper_was_no_longer_asked_for(papers: Office) -> None:
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    filed_at = (await papers.reader.moment(fresh=True)).now
    await papers.move_clock(datetime(2025, 7, 2, 1, tzinfo=UTC))
    await asked(papers, code, "so-ho-khau", done=filed_at)
    (says,) = only(await papers.audited(), "asked")
    assert f"asks dossier {code} for so-ho-khau, which its procedure asks for no longer since 2025" in says


async def test_no_store_is_read_where_no_procedure_says_what_a_paper_is_or_all_came_with_the_dossier(
    papers: Office,
) -> None:
    silent, whole, relying = [await papers.applicant() for _ in range(3)]
    plain = await filed(papers, silent, "1.000001", accept=True)
    await asked(papers, plain, "giay-khac")
    await do(papers, await filed(papers, whole, LAND, "ks-ban-sao"), "accept")
    await kept_for(papers, relying)
    await do(papers, await filed(papers, relying, LAND), "accept")
    read = set(await read_by_the_audit(papers))
    assert read & {store_stream(one) for one in (silent, whole, relying)} == {store_stream(relying)}
