"""Files over HTTP: who may put one, what is refused, and that only a dossier's readers read what it names."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from application.file_check import check, sweep, unnamed
from application.file_ports import StoredFile
from application.policy import Identity
from infra.file_folder import FileFolder
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.office.world import MOST_FILE_BYTES, OLD_DESKS

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 1200
PORTAL = Identity("portal", "dvcqg")


async def put(
    api: Api, subject: Any, who: Identity | None, body: Any = PDF, media_type: str = "application/pdf"
) -> httpx.Response:
    headers = {"Content-Type": media_type, "Accept-Language": "en"}
    if who:
        headers["Authorization"] = f"Bearer {api.token(who)}"
    return await api.http.post(f"/v1/files?subject={subject}", content=body, headers=headers)


def found_in(file: str) -> dict[str, Any]:
    """A look-up whose answer was kept as this file."""
    return {"source": "vneid", "outcome": "found", "component": "c1", "file": file}


async def named(api: Api) -> tuple[str, str, UUID]:
    """A dossier's code, the file that a fact of it names, and its owner."""
    owner = await api.office.applicant()
    code = (await api.filed(owner=str(owner)))["code"]
    file = (await put(api, owner, api.desk)).json()["file"]
    answer = await api.post(f"/v1/dossiers/{code}/record-lookup", found_in(file), api.desk)
    assert answer.status_code == 200, answer.text
    return code, file, owner


async def test_a_file_is_put_and_says_what_it_is(api: Api) -> None:
    subject = await api.office.applicant()
    answer = await put(api, subject, api.desk)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert said == {
        "file": said["file"],
        "size": len(PDF),
        "media_type": "application/pdf",
        "content": hashlib.sha256(PDF).hexdigest(),
    }
    assert said["file"] != said["content"]
    described = await api.office.files.sealed.describe(said["file"])
    assert (described.subject, described.size, described.content) == (subject, len(PDF), said["content"])


async def test_a_body_in_many_pieces_is_taken(api: Api) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        for at in range(0, len(PDF), 1000):
            yield PDF[at : at + 1000]

    answer = await put(api, await api.office.applicant(), PORTAL, slowly())
    assert answer.json()["size"] == len(PDF)


async def test_who_may_put_a_file(api: Api) -> None:
    own = await api.office.applicant()
    assert (await put(api, own, Identity("applicant", str(own)))).status_code == 201
    assert (await put(api, own, PORTAL)).status_code == 201
    other = Identity("applicant", str(await api.office.applicant()))
    assert_problem(await put(api, own, other), 403, "urn:hoso:not_a_party")
    assert_problem(await put(api, own, Identity("system", "x")), 403, "urn:hoso:kind_not_allowed")
    assert_problem(await put(api, own, api.operator), 403, "urn:hoso:role_missing")
    assert_problem(await put(api, own, None), 401, "urn:hoso:no_token")
    assert_problem(await put(api, uuid4(), api.desk), 404, "urn:hoso:unknown_citizen")


@pytest.mark.parametrize(
    ("body", "media_type", "status", "code"),
    [
        (b"MZ\x90 a program", "application/pdf", 422, "not_that_media_type"),
        (b"%PDF-1.7", "image/png", 422, "not_that_media_type"),
        (b"%PD", "application/pdf", 422, "not_that_media_type"),
        (b"", "application/pdf", 422, "file_empty"),
        (b"any text", "text/plain", 415, "media_type_unknown"),
        (b"<html>", "text/html", 415, "media_type_unknown"),
        (b"%PDF-1.7", "", 415, "media_type_unknown"),
    ],
)
async def test_what_is_no_paper_is_refused_and_not_kept(
    api: Api, body: bytes, media_type: str, status: int, code: str
) -> None:
    answer = await put(api, await api.office.applicant(), api.desk, body, media_type)
    assert_problem(answer, status, f"urn:hoso:{code}")
    assert list(await api.office.files.store.names("", 5)) == []


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"\xff\xd8\xff\xe0 a photo", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"II*\0", "image/tiff"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "application/xml; charset=utf-8"),
    ],
)
async def test_each_kind_of_paper_is_taken(api: Api, body: bytes, media_type: str) -> None:
    answer = await put(api, await api.office.applicant(), api.desk, body, media_type)
    assert answer.json()["media_type"] == media_type.partition(";")[0]


async def test_a_file_may_be_larger_than_a_body_of_json_and_not_than_its_own_limit(api: Api) -> None:
    subject = await api.office.applicant()
    assert (await put(api, subject, api.desk, PDF.ljust(MOST_FILE_BYTES))).status_code == 201

    async def pieces() -> AsyncIterator[bytes]:  # no Content-Length that would tell it before
        yield PDF
        for _ in range(10):
            yield bytes(100_000)

    too_large = await put(api, subject, api.desk, PDF.ljust(MOST_FILE_BYTES + 1))
    for answer in (too_large, await put(api, subject, api.desk, pieces())):
        assert_problem(answer, 413, "urn:hoso:file_too_large")
        assert answer.json()["detail"] == (
            f"The file is larger than {MOST_FILE_BYTES} bytes: scan it again with a lower resolution."
        )
    assert len(await api.office.files.store.names("", 5)) == 1


async def test_an_erased_citizens_file_is_neither_taken_nor_given(api: Api) -> None:
    code, file, owner = await named(api)
    await api.office.opened.keyring.destroy([owner], (await api.office.opened.recorder.clock())[0])
    assert_problem(
        await api.get(f"/v1/dossiers/{code}/files/{file}", api.desk), 410, "urn:hoso:subject_erased"
    )
    assert_problem(await put(api, owner, api.desk), 410, "urn:hoso:subject_erased")


async def test_a_dossiers_readers_read_its_files_and_nobody_else(api: Api) -> None:
    code, file, owner = await named(api)
    path = f"/v1/dossiers/{code}/files/{file}"
    answer = await api.get(path, api.desk)
    assert answer.status_code == 200, answer.text
    assert answer.content == PDF
    headers = answer.headers
    assert (headers["content-type"], headers["content-length"]) == ("application/pdf", str(len(PDF)))
    assert headers["content-disposition"] == f'attachment; filename="{file[:16]}.pdf"'
    assert (headers["x-content-type-options"], headers["etag"]) == ("nosniff", f'"{file}"')
    assert headers["cache-control"] == "no-store"
    assert (await api.get(path, Identity("applicant", str(owner)))).content == PDF
    stranger = Identity("applicant", str(await api.office.applicant()))
    assert_problem(await api.get(path, stranger), 403, "urn:hoso:not_a_party")
    elsewhere = api.office.officer(OLD_DESKS["07207"])
    assert_problem(await api.get(path, elsewhere), 403, "urn:hoso:not_the_holder")
    assert_problem(await api.get(path, PORTAL), 403, "urn:hoso:kind_not_allowed")
    assert_problem(await api.get(path), 401, "urn:hoso:no_token")


async def test_a_file_that_the_dossier_does_not_name_is_not_there(api: Api) -> None:
    """Also where it lies in the store, and where another dossier of the same desk names it."""
    code, _, owner = await named(api)
    _, file_of_another, _ = await named(api)
    waiting = (await put(api, owner, api.desk)).json()["file"]
    for file in (file_of_another, waiting, "0" * 64):
        answer = await api.get(f"/v1/dossiers/{code}/files/{file}", api.desk)
        assert_problem(answer, 404, "urn:hoso:file_not_named")
    assert_problem(await api.get(f"/v1/dossiers/{code}/files/x", api.desk), 422, "urn:hoso:invalid_request")
    assert_problem(
        await api.get(f"/v1/dossiers/no-such/files/{waiting}", api.desk), 404, "urn:hoso:unknown_dossier"
    )


async def test_a_lost_and_a_damaged_file_are_found(api: Api) -> None:
    code, lost, _ = await named(api)
    _, damaged, _ = await named(api)
    store, opened = api.office.files.store, api.office.opened
    assert isinstance(store, FileFolder)
    assert (
        await check(opened.recorder, opened.codec, api.office.files.sealed, api.office.files.store)
    ).findings == ()
    assert (await api.office.audited()).ok
    await store.remove(lost)
    path = store.root / damaged[:2] / damaged[2:]
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    answer = await api.get(f"/v1/dossiers/{code}/files/{lost}", api.desk)
    assert_problem(answer, 500, "urn:hoso:file_missing")
    found = await check(opened.recorder, opened.codec, api.office.files.sealed, api.office.files.store)
    assert found.files == 2
    assert [(f["kind"], f["file"]) for f in found.findings] == [("missing", lost), ("broken", damaged)]
    assert found.findings[0]["code"] == code
    (finding,) = (await api.office.audited()).findings
    assert (finding["kind"], lost in finding["says"]) == ("file", True)


async def test_erased_files_are_no_finding(api: Api) -> None:
    _, _, owner = await named(api)
    opened = api.office.opened
    await opened.keyring.destroy([owner], (await opened.recorder.clock())[0])
    found = await check(opened.recorder, opened.codec, api.office.files.sealed, api.office.files.store)
    assert (found.files, found.erased, found.findings) == (1, 1, ())


async def each(found: list[StoredFile]) -> AsyncIterator[StoredFile]:
    for one in found:
        yield one


async def test_what_no_fact_names_is_swept_and_what_one_names_is_not(api: Api) -> None:
    code, file, owner = await named(api)
    waiting = [(await put(api, owner, api.desk)).json()["file"] for _ in range(2)]
    opened, store = api.office.opened, api.office.files.store
    newest = max(one.stored_at for one in await store.names("", 10))
    young = [one async for one in unnamed(opened.recorder, opened.codec, store, newest)]
    assert waiting[1] not in [one.file for one in young]
    later = newest.replace(year=newest.year + 1)
    _, head = await opened.recorder.clock()
    found = [one async for one in unnamed(opened.recorder, opened.codec, store, later)]
    assert sorted(one.file for one in found) == sorted(waiting)
    looked = await api.post(f"/v1/dossiers/{code}/record-lookup", found_in(waiting[0]), api.desk)
    assert looked.status_code == 200, looked.text
    removed, size = await sweep(opened.recorder, opened.codec, store, each(found), head)
    assert (removed, size) == (1, found[0].size)
    assert sorted([one.file for one in await store.names("", 10)]) == sorted([file, waiting[0]])


async def test_a_store_that_is_down_says_so_and_the_rest_goes_on(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = api.office.files.store
    assert isinstance(store, FileFolder)
    subject = await api.office.applicant()
    store.root.rmdir()
    store.root.write_text("no folder")
    answer = await put(api, subject, api.desk)
    problem = assert_problem(answer, 503, "urn:hoso:files_unavailable")
    assert str(store.root) not in problem["detail"]
    assert answer.headers["retry-after"] == "5"
    assert (await api.filed())["code"]
    store.root.unlink()
    store.root.mkdir()


async def test_whoever_sends_a_little_now_and_then_is_not_waited_for(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interfaces.http.file_routes.UPLOAD_SECONDS", 0.3)

    async def trickling() -> AsyncIterator[bytes]:
        for at in range(40):
            yield PDF[at * 20 : at * 20 + 20]
            await asyncio.sleep(0.05)

    answer = await put(api, await api.office.applicant(), PORTAL, trickling())
    assert_problem(answer, 408, "urn:hoso:upload_broken_off")
