"""What somebody who goes around the application records of papers and stores, and that the audit names it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from domain.document_store import DocumentStore, Readings, document_id, readings_stream, store_stream
from domain.dossier_facts import SupplementRequested
from domain.dossier_supplement_facts import Allowance
from domain.facts import Actor, Envelope, Personal
from domain.store_facts import DocumentKept, DocumentRead
from tests.office.asked_papers import (
    BIRTH,
    LAND,
    OTHER_DESK,
    both_published,
    filed,
    kept_for,
    known,
)
from tests.office.test_audit_finds import only
from tests.office.world import Office


@pytest.fixture
async def papers(damaged_office: Office) -> Office:
    await both_published(damaged_office)
    return damaged_office


async def asked(office: Office, code: str, paper: str, allowed: tuple[Allowance, ...] = ()) -> None:
    """A request that no rule judged."""
    found = await known(office, code)
    dossier, last = found.dossier, found.facts[-1].fact.envelope
    now = (await office.reader.moment(fresh=True)).now
    owner = dossier.owner or dossier.id
    dossier.record(
        SupplementRequested,
        replace(last, occurred_at=now),
        request=Personal(owner, "nộp lại"),
        components=(paper,),
        until=None,
        not_followed=None,
        allowed=allowed,
    )
    await office.opened.ledger.append(dossier)


async def test_a_request_for_what_was_handed_in_with_the_dossier(papers: Office) -> None:
    code = await filed(papers, await papers.applicant(), BIRTH, "to-khai")
    await asked(papers, code, "to-khai")
    (says,) = only(await papers.audited(), "asked")
    assert f"asks dossier {code} for to-khai, which is held by the dossier" in says


async def test_a_request_for_what_another_agency_has_kept_and_one_that_says_why(papers: Office) -> None:
    owner = await papers.applicant()
    silent = await filed(papers, owner, LAND, desk=OTHER_DESK)
    said = await filed(papers, owner, LAND, desk=OTHER_DESK)
    early = await filed(papers, owner, LAND, desk=OTHER_DESK)
    await asked(papers, early, "ks-ban-sao")  # nothing is held yet
    await kept_for(papers, owner)
    await asked(papers, silent, "ks-ban-sao")
    await asked(papers, said, "ks-ban-sao", (Allowance("ks-ban-sao", "unusable", fact=1),))
    (says,) = only(await papers.audited(), "asked")
    assert f"asks dossier {silent} for ks-ban-sao, which is held by the store" in says


async def test_a_document_in_a_wrong_place_of_nothing_or_under_another_id(papers: Office) -> None:
    owner, other = await papers.applicant(), await papers.applicant("Nguyễn Văn Khác")
    code = await filed(papers, owner, BIRTH, "to-khai")
    found = await known(papers, code)
    now = (await papers.reader.moment(fresh=True)).now
    dossier = found.dossier.id
    true: dict[str, Any] = {
        "document": document_id(dossier, 1),
        "owner": owner,
        "kept_as": "result",
        "kind": "KQ.G15.000031",
        "dossier": dossier,
        "dossier_version": 1,
        "issuer": found.held.agency,
    }
    none = dict.fromkeys(("file", "media_type", "size", "content", "valid_from", "valid_until"))
    for wrong in (
        {"owner": other},
        {"document": uuid4()},
        {"dossier_version": 99, "document": document_id(dossier, 99)},
    ):
        store = await papers.opened.ledger.load(DocumentStore, store_stream(owner))
        store.record(DocumentKept, Envelope(Actor("system", "intruder"), now), **(none | true | wrong))
        await papers.opened.ledger.append(store)
    readings = Readings.empty(readings_stream(uuid4()))
    fields = {"document": true["document"], "owner": owner, "dossier": None, "purpose": "own"}
    readings.record(DocumentRead, Envelope(Actor("system", "intruder"), now), **fields)
    await papers.opened.ledger.append(readings)
    says = " ".join(only(await papers.audited(), "store"))
    assert "in another store than its owner's" in says
    assert "under another id than its fact gives" in says
    assert "that is not there" in says
    assert "among those of another document" in says
