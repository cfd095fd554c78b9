"""A file belongs to the dossier whose act named it first; it is read once for a command and only where the
status allows the act; and none is named that a sweep may remove."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from application import dossiers
from application.dossiers import act
from application.file_ports import NAMED_WITHIN, SWEPT_AFTER
from application.refusals import BadRequest
from domain import component_rules
from infra.file_folder import FileFolder
from tests.office.asked_papers import BIRTH, DESK, LAND, a_file, both_published, do, filed, known, upload
from tests.office.one_dossier import refused_by
from tests.office.test_document_stores import themself
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
    real, decided = dossiers.with_file, []

    async def beside(*given: Any) -> Any:
        """While the first decision is made, the other paper arrives."""
        found = await real(*given)
        decided.append(file)
        if len(decided) == 1:
            await upload(papers, code, owner, "so-ho-khau")
        return found

    monkeypatch.setattr(dossiers, "with_file", beside)
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
