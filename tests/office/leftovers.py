"""What somebody gets out of everything that is stored who also has the master key: texts and files that open,
persons whom a guess finds, and bytes that are there as they are."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from application.file_ports import FileErased
from domain.facts import Sealed
from infra.embedded import Cluster
from infra.file_folder import FileFolder
from infra.file_store import SealedFileStore
from infra.keyed_hashes import KeyedHashes
from tests.codec.opened_ledger import MASTER, open_ledger
from tests.codec.test_no_personal_data import disguises, dump
from tests.office.test_no_personal_data_with_papers import in_folder
from tests.office.world import Office

PAGE = 500


def _sealed(value: Any) -> Iterator[Sealed]:
    if isinstance(value, Sealed):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _sealed(member)
    elif isinstance(value, tuple | list):
        for member in value:
            yield from _sealed(member)


async def opened_texts(office: Office) -> str:
    """Every sealed text of the log and every file that opens with the keys that are stored, in one."""
    folder = office.files.store
    assert isinstance(folder, FileFolder)
    found: list[str] = []
    async with open_ledger(office.database.app_dsn) as thief:
        position = 0
        while page := await thief.recorder.events_after(position, PAGE):
            for stored in page:
                leaves = list(_sealed(vars(thief.codec.decode(stored).fact)))
                await thief.keyring.load([one.subject for one in leaves])
                found += [text for one in leaves if (text := thief.keyring.open(one)) is not None]
            position = page[-1].position
        files = SealedFileStore(folder, thief.keyring)
        for one in await folder.names("", PAGE):
            try:
                opened = await files.open(one.file)
            except FileErased:
                continue
            found.append(b"".join([chunk async for chunk in opened.chunks]).decode("utf-8", "replace"))
    return "\n".join(found)


def everything(office: Office, cluster: Cluster) -> bytes:
    """A plain dump of the whole database, read models included, and every file."""
    folder = office.files.store
    assert isinstance(folder, FileFolder)
    whole = replace(office.database, owner_dsn=cluster.dsn(office.database.name, "postgres"))
    return b"\n".join([dump(cluster, whole), *in_folder(folder.root)])


def guessed(office: Office, cluster: Cluster, number: str, terms: list[tuple[str, str]]) -> list[bool]:
    """Whether the keyed hashes of a number and of search terms stand in the dump."""
    hashes = KeyedHashes(MASTER)
    stored = everything(office, cluster)
    wanted = [hashes.number_hash(number), *(hashes.search_hash(kind, text) for kind, text in terms)]
    return [one.hex().encode() in stored for one in wanted]


def wrapped_keys(office: Office, cluster: Cluster, subjects: list[UUID]) -> list[bool]:
    """Whether a row of the keys' table names each of these."""
    rows = [line for line in everything(office, cluster).splitlines() if b"subject_key VALUES" in line]
    return [any(str(subject).encode() in row for row in rows) for subject in subjects]


def in_clear(stored: bytes, texts: list[str]) -> list[str]:
    """The texts that stand there as they are, in any of the usual writings."""
    return [text for text in texts if any(needle in stored for needle in _written(text))]


def _written(text: str) -> Iterator[bytes]:
    for form in ("NFC", "NFD"):
        shown = unicodedata.normalize(form, text)
        yield from disguises(shown)
        yield json.dumps(shown.lower())[1:-1].encode()
        yield shown.encode("utf-16-le")
        for cased in (shown.upper(), shown.lower()):
            yield cased.encode().hex().upper().encode()
