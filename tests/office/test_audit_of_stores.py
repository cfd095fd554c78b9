"""Documents that somebody who goes around the application keeps for people, and results that are linked on
one side alone: the audit names them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.document_store import Readings, document_id, readings_stream
from domain.facts import Envelope
from domain.result_facts import ResultIssued, ResultLinked
from domain.store_facts import DocumentRead
from tests.office.asked_papers import BIRTH, both_published, check, do, filed, kept_for, known, upload
from tests.office.test_audit_finds import only
from tests.office.unjudged import INTRUDER, kept, recorded
from tests.office.world import Office

RESULT = "KQ.G15.000031"
ON_PAPER: dict[str, Any] = {"result_code": RESULT, "form": "paper"} | dict.fromkeys(
    ("number", "file", "media_type", "size", "content", "valid_from", "valid_until", "replaces")
)


@pytest.fixture
async def papers(damaged_office: Office) -> Office:
    await both_published(damaged_office)
    return damaged_office


async def uploaded(office: Office, owner: UUID, *, accept: bool = True) -> tuple[str, int, dict[str, Any]]:
    """A paper of no kind that came as a file with a dossier: nothing of it is kept. Its dossier, the version
    of its fact, and the file."""
    code = await filed(office, owner, BIRTH, "to-khai")
    await upload(office, code, owner, "to-khai")
    (*_, one) = (await known(office, code)).dossier.provisions["to-khai"].provided
    assert one.file is not None
    if accept:
        await do(office, code, "accept")
    return code, one.version, asdict(one.file) | {"content": None, "dossier_version": one.version}


async def test_a_document_in_a_wrong_place_of_nothing_or_under_another_id(papers: Office) -> None:
    owner, other = await papers.applicant(), await papers.applicant("Nguyễn Văn Khác")
    code = await filed(papers, owner, BIRTH, "to-khai")
    found = await known(papers, code)
    now = (await papers.reader.moment(fresh=True)).now
    await kept(papers, owner, code, document=uuid4())
    await kept(papers, owner, code, dossier_version=99)
    await kept(papers, owner, code, store_of=other)
    readings = Readings.empty(readings_stream(uuid4()))
    fields = {"document": document_id(found.dossier.id, 1), "owner": owner, "dossier": None, "purpose": "own"}
    readings.record(DocumentRead, Envelope(INTRUDER, now), **fields)
    await papers.opened.ledger.append(readings)
    says = " ".join(only(await papers.audited(), "store"))
    assert "in another store than its owner's" in says
    assert "under another id than its fact gives" in says
    assert "that is not there" in says
    assert "among those of another document" in says


async def test_a_document_of_a_fact_that_provides_nothing_of_the_kind(papers: Office) -> None:
    owner = await papers.applicant()
    filing = await filed(papers, owner, BIRTH, "to-khai")
    await kept(papers, owner, filing)
    await kept(papers, owner, await filed(papers, owner, BIRTH, "to-khai"), kept_as="result", kind=RESULT)
    component, result = only(await papers.audited(), "store")
    assert (
        f"keeps as a component the fact 1 of dossier {filing}, which provides no paper as a file" in component
    )
    assert "which issues none" in result


async def test_a_document_of_another_kind_than_the_version_gives(papers: Office) -> None:
    owner = await papers.applicant()
    code, version, file = await uploaded(papers, owner)
    await kept(papers, owner, code, **file, kind="marriage")
    (says,) = only(await papers.audited(), "store")
    made_of = f"keeps as a component the fact {version} of dossier {code}"
    assert f"{made_of}, of the kind marriage, where that gives none" in says


async def test_a_document_with_another_file_or_size(papers: Office) -> None:
    owner = await papers.applicant()
    for wrong in ({"file": "ab" * 32}, {"size": 7}, {"media_type": "image/png"}, {}):
        code = await filed(papers, owner, BIRTH, "to-khai")
        await do(papers, code, "accept")
        await upload(papers, code, owner, "khai-sinh")
        (*_, one) = (await known(papers, code)).dossier.provisions["khai-sinh"].provided
        assert one.file is not None
        true = asdict(one.file) | {"content": None, "dossier_version": one.version}
        await kept(papers, owner, code, **(true | wrong))
    file, size, media_type = only(await papers.audited(), "store")
    assert f"with {'ab' * 32} as its file, where that has" in file
    assert "with 7 as its size, where that has" in size
    assert "with image/png as its media_type, where that has application/pdf" in media_type


async def test_a_document_of_what_was_found_unusable_and_of_what_was_not_accepted(papers: Office) -> None:
    owner = await papers.applicant()
    spoilt, _, file = await uploaded(papers, owner)
    await check(papers, spoilt, "to-khai", "unusable")
    await kept(papers, owner, spoilt, **file)
    early, _, file = await uploaded(papers, owner, accept=False)
    await kept(papers, owner, early, **file)
    unusable, not_accepted = only(await papers.audited(), "store")
    assert "had found unusable" in unusable
    assert f"of dossier {early}, before that was accepted" in not_accepted


async def test_a_document_made_of_somebody_elses_dossier(papers: Office) -> None:
    owner, other = await papers.applicant(), await papers.applicant("Nguyễn Văn Khác")
    code = await kept_for(papers, owner)
    await kept(papers, other, code)
    (says,) = only(await papers.audited(), "store")
    assert f"a document of the fact 1 of dossier {code}, which is somebody else's" in says


async def test_a_result_linked_that_is_in_no_store_and_one_in_the_store_that_was_not_linked(
    papers: Office,
) -> None:
    owner = await papers.applicant()
    linked, not_linked, both = [await filed(papers, owner, BIRTH, "to-khai") for _ in range(3)]
    issued: dict[str, int] = {}
    for code in (linked, not_linked, both):
        issued[code] = await recorded(papers, code, ResultIssued, **ON_PAPER)
    for code in (linked, both):
        made_of = document_id((await known(papers, code)).dossier.id, issued[code])
        await recorded(papers, code, ResultLinked, issued=issued[code], document=made_of)
    for code in (not_linked, both):
        result: dict[str, Any] = {"kept_as": "result", "kind": RESULT, "dossier_version": issued[code]}
        await kept(papers, owner, code, **result)
    found = await papers.audited()
    (says,) = only(found, "asked")
    assert f"links the result of fact {issued[linked]} of dossier {linked} as the document" in says
    assert "which stands in no store of its owner" in says
    (says,) = only(found, "store")
    assert (
        f"keeps as a result the fact {issued[not_linked]} of dossier {not_linked}, which was not linked"
        in says
    )


async def test_a_result_kept_as_another_one_than_was_issued(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    issued = await recorded(papers, code, ResultIssued, **ON_PAPER)
    made_of = document_id((await known(papers, code)).dossier.id, issued)
    await recorded(papers, code, ResultLinked, issued=issued, document=made_of)
    await kept(papers, owner, code, kept_as="result", kind="KQ.G15.000099", dossier_version=issued)
    (says,) = only(await papers.audited(), "store")
    assert f"of the kind KQ.G15.000099, where that gives {RESULT}" in says
