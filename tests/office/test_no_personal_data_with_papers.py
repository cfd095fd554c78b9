"""What a person gives with papers, files, documents and to be found by stands nowhere in clear, and goes with
their key: a whole life of papers, then a dump of the whole database and of the folder of files."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from application import stores
from application.citizen_search import Asked, search
from application.citizens import Identification, identify
from application.file_ports import FileErased
from application.reading import state
from infra.embedded import Cluster
from infra.file_folder import FileFolder
from tests.codec.test_no_personal_data import (
    ADDRESS,
    NAME,
    NOTE,
    NUMBER,
    PHONE,
    dump,
    found_in,
)
from tests.office.asked_papers import BIRTH, DESK, a_file, both_published, do, filed
from tests.office.erasures import erased
from tests.office.province import SYSTEM
from tests.office.test_document_stores import themself
from tests.office.world import Office

PAPER = f"%PDF-1.7 {NAME}, {NUMBER}, {ADDRESS}. {NOTE}".encode()
ANSWER = f"%PDF-1.7 tra cứu: {NAME} {PHONE}".encode()


async def a_life_of_papers(office: Office) -> tuple[UUID, str, UUID]:
    """The owner, their dossier's code, and the document that was kept for them."""
    await both_published(office)
    who = Identification("person", NAME, "personal_number", NUMBER, PHONE, ADDRESS)
    owner = (await identify(office.citizens, SYSTEM, who)).id
    code = await filed(office, owner, BIRTH, "to-khai")
    for paper in ("khai-sinh", "so-ho-khau"):
        file = await a_file(office, owner, PAPER)
        await do(office, code, "upload-component", component=paper, file=file)
    answer = await a_file(office, owner, ANSWER)
    source = "csdl_ho_tich"
    await do(
        office,
        code,
        "record-lookup",
        source=source,
        outcome="found",
        component="khai-sinh",
        file=answer,
    )
    await do(office, code, "check-component", component="so-ho-khau", outcome="unusable", reason=NOTE)
    await do(office, code, "accept")
    (document, *_) = [
        row["document"] for row in await stores.listed(office.dossiers, themself(owner), owner, limit=9)
    ]
    opened = await stores.content(office.dossiers, themself(owner), owner, document)
    assert b"".join([chunk async for chunk in opened.chunks]) == PAPER
    return owner, code, document


def in_folder(root: Path) -> list[bytes]:
    return [path.read_bytes() for path in root.rglob("*") if path.is_file()]


async def everything_stored(office: Office, cluster: Cluster, files: int = 3) -> bytes:
    """The database, read models included, and the folder of files."""
    assert (await office.audited()).ok
    store = office.files.store
    assert isinstance(store, FileFolder)
    stored = in_folder(store.root)
    assert len(stored) == files
    whole = replace(office.database, owner_dsn=cluster.dsn(office.database.name, "postgres"))
    return dump(cluster, whole) + b"\n".join(stored)


async def test_a_life_of_papers_leaves_nothing_in_clear_and_goes_with_the_key(
    office: Office, cluster: Cluster
) -> None:
    owner, code, document = await a_life_of_papers(office)
    desk = office.officer(DESK)
    asked = [Asked(name=NAME), Asked(number=NUMBER), Asked(phone=PHONE)]
    assert all([(await search(office.citizens, desk, one))["items"] for one in asked])
    stored = await everything_stored(office, cluster)
    for digest in (hashlib.sha256(PAPER), hashlib.sha256(ANSWER)):
        assert digest.digest() not in stored
        assert digest.hexdigest().encode() not in stored
    assert b"dossier.component_uploaded.v1" in stored  # what is in clear is found in this dump
    assert found_in(stored) == []
    await do(office, code, "withdraw")
    await erased(office, owner, "authority_order")
    assert not any([(await search(office.citizens, desk, one))["items"] for one in asked])
    with pytest.raises(FileErased):
        await stores.content(office.dossiers, themself(owner), owner, document)
    read = await state(office.dossiers, themself(owner), code)
    assert read["status"] == 7
    assert found_in(await everything_stored(office, cluster, files=0)) == []
