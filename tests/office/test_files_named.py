"""A file belongs to the dossier whose act named it first; it is read once for a command and only where the
status allows the act; and none is named that a sweep may remove."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from application import file_check
from application.dossiers import act
from application.file_ports import NAMED_WITHIN, SWEPT_AFTER
from application.merging import merge, separate
from application.named_files import with_file
from application.refusals import BadRequest
from domain import component_rules
from infra.file_folder import FileFolder
from tests.office.asked_papers import BIRTH, DESK, LAND, PDF, a_file, both_published, do, filed, known, upload
from tests.office.one_dossier import refused_by
from tests.office.registrars import by_registrar
from tests.office.test_document_stores import documents, themself
from tests.office.world import Office


@pytest.fixture
async def papers(office: Office) -> Office:
    await both_published(office)
    return office


SAID: dict[str, dict[str, Any]] = {
    "upload-component": {"component": "trich-do"},
    "digitise-component": {"component": "trich-do", "form": "original"},
    "record-lookup": {"component": "trich-do", "source": "csdl_ho_tich", "outcome": "found"},
}


@pytest.mark.parametrize("name", SAID)
async def test_a_file_of_one_dossier_is_not_lent_to_another(papers: Office, name: str) -> None:
    owner = await papers.applicant()
    first, other = await filed(papers, owner, BIRTH, "to-khai"), await filed(papers, owner, LAND)
    file = await a_file(papers, owner)
    await do(papers, first, "upload-component", component="khai-sinh", file=file)
    with pytest.raises(BadRequest, match="another dossier has named this file already: put it again"):
        await do(papers, other, name, file=file, **SAID[name])


async def test_a_paper_of_one_dossier_is_not_issued_as_the_result_of_another(papers: Office) -> None:
    owner = await papers.applicant()
    first, other = await filed(papers, owner, BIRTH, "to-khai"), await filed(papers, owner, BIRTH, "to-khai")
    file = await a_file(papers, owner)
    await do(papers, first, "upload-component", component="khai-sinh", file=file)
    await do(papers, other, "accept")
    with pytest.raises(BadRequest, match="another dossier"):
        await do(papers, other, "issue-result", result_code="KQ.G15.000031", form="electronic", file=file)


async def test_a_file_is_named_once_in_its_own_dossier_too(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    file = await a_file(papers, owner)
    await do(papers, code, "upload-component", component="khai-sinh", file=file)
    with pytest.raises(BadRequest, match="this dossier has named this file already: put it again"):
        await do(papers, code, "upload-component", component="so-ho-khau", file=file)


async def test_the_same_upload_sent_twice_at_once_is_recorded_once(papers: Office) -> None:
    owner = await papers.applicant()
    code, desk = await filed(papers, owner, BIRTH, "to-khai"), papers.officer(DESK)
    said = {"component": "khai-sinh", "file": await a_file(papers, owner)}
    command, revision = papers.command("once"), (await known(papers, code)).dossier.version
    answers = await asyncio.gather(
        *(
            act(papers.dossiers, desk, code, "upload-component", said, command=command, revision=revision)
            for _ in range(4)
        )
    )
    assert {answer.revision for answer in answers} == {revision + 1}


async def test_a_file_is_not_read_for_an_act_that_the_status_refuses(
    papers: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    await do(papers, code, "withdraw", reason="thôi")
    read = counted(papers, monkeypatch)
    await refused_by(component_rules.HANDLED, upload(papers, code, owner, "khai-sinh"))
    assert read == []


async def test_a_file_is_read_once_however_often_the_act_is_decided(
    papers: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    file, read = await a_file(papers, owner), counted(papers, monkeypatch)
    real, decided = with_file, list[str]()

    async def beside(*given: Any) -> Any:
        """While the first decision is made, the other paper arrives."""
        found = await real(*given)
        decided.append(file)
        if len(decided) == 1:
            await upload(papers, code, owner, "so-ho-khau")
        return found

    monkeypatch.setattr("application.dossiers.with_file", beside)
    said = {"component": "khai-sinh", "file": file}
    await act(papers.dossiers, themself(owner), code, "upload-component", said, command=papers.command())
    assert len(decided) > 2
    assert read.count(file) == 1


def counted(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were read whole from now on."""
    sealed, read = type(office.dossiers.files), list[str]()
    real = sealed.describe

    async def describe(self: Any, file: str) -> Any:
        read.append(file)
        return await real(self, file)

    monkeypatch.setattr(sealed, "describe", describe)
    return read


async def test_a_file_that_may_be_swept_is_named_no_more(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    file, store = await a_file(papers, owner), papers.files.store
    assert isinstance(store, FileFolder)
    assert NAMED_WITHIN < SWEPT_AFTER
    path = store.root / file[:2] / file[2:]
    put = path.stat().st_mtime - NAMED_WITHIN.total_seconds()
    os.utime(path, (put, put))
    with pytest.raises(BadRequest, match="may be removed at any time"):
        await do(papers, code, "upload-component", component="khai-sinh", file=file)


async def test_a_survivors_own_file_serves_the_dossier_of_the_duplicate_and_is_kept_under_its_record(
    papers: Office,
) -> None:
    survivor, duplicate = await papers.applicant(), await papers.applicant()
    code = await filed(papers, duplicate, BIRTH, "to-khai")
    asked = await by_registrar(papers)
    await merge(papers.citizens, asked, duplicate, into=survivor, ground="registered_twice")
    said: dict[str, Any] = {"component": "khai-sinh", "file": await a_file(papers, survivor)}
    await do(papers, code, "upload-component", who=themself(survivor), **said)
    await do(papers, code, "accept")
    ((document, row),) = (await documents(papers, duplicate)).items()
    assert row["kind"] == "birth_extract"
    await separate(papers.citizens, await by_registrar(papers), duplicate)
    assert list(await documents(papers, survivor)) == [document]
    assert list(await documents(papers, duplicate)) == []


async def test_a_result_sealed_under_the_survivor_is_kept_in_the_survivors_store(papers: Office) -> None:
    survivor, duplicate = await papers.applicant(), await papers.applicant()
    code = await filed(papers, duplicate, BIRTH, "to-khai", accept=True)
    asked = await by_registrar(papers)
    await merge(papers.citizens, asked, duplicate, into=survivor, ground="registered_twice")
    desk = papers.officer(DESK)
    await do(papers, code, "assign", officer=UUID(desk.id))
    file = await a_file(papers, survivor)
    said: dict[str, Any] = {"result_code": "KQ.G15.000031", "form": "electronic", "file": file}
    await do(papers, code, "issue-result", **said)
    (issued,) = (await known(papers, code)).dossier.results
    await do(papers, code, "finish", outcome="granted", result_code="KQ.G15.000031")
    await do(papers, code, "link-result", issued=issued)
    await separate(papers.citizens, await by_registrar(papers), duplicate)
    assert [row["kept_as"] for row in (await documents(papers, survivor)).values()] == ["result"]


async def test_a_file_that_is_named_while_others_are_swept_stays(papers: Office) -> None:
    owner = await papers.applicant()
    code = await filed(papers, owner, BIRTH, "to-khai")
    for content in (b"1", b"2", b"3"):
        await a_file(papers, owner, PDF + content)
    store, recorder, codec = papers.files.store, papers.opened.recorder, papers.opened.codec
    _, head = await recorder.clock()
    later = datetime.now(UTC) + timedelta(minutes=1)
    lying = [one async for one in file_check.unnamed(recorder, codec, store, later)]
    last = lying[-1].file
    real, removed = type(store).remove, list[str]()

    class Slow(FileFolder):
        async def remove(self, file: str) -> None:
            """While the first is removed, an act names the last."""
            removed.append(file)
            await real(self, file)
            if len(removed) == 1:
                await do(papers, code, "upload-component", component="khai-sinh", file=last)

    assert isinstance(store, FileFolder)
    found = file_check.unnamed(recorder, codec, store, later)
    count, _ = await file_check.sweep(recorder, codec, Slow(store.root), found, head)
    assert (count, await store.has(last)) == (2, True)


async def test_files_to_sweep_are_listed_page_by_page(papers: Office) -> None:
    owner = await papers.applicant()
    for content in (b"1", b"2", b"3"):
        await a_file(papers, owner, PDF + content)
    store, recorder, codec = papers.files.store, papers.opened.recorder, papers.opened.codec
    later = datetime.now(UTC) + timedelta(minutes=1)
    first, *rest = [one.file async for one in file_check.unnamed(recorder, codec, store, later)]
    after = file_check.unnamed(recorder, codec, store, later, after=first)
    assert [one.file async for one in after] == rest
