"""A log with tiles that the tests make, served over real HTTP: what is not under test here is who grew it."""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import uvicorn

from application import log_identity
from application.changing import Asked
from application.policy import Identity
from application.tlog_serving import ServedLog
from domain.notes import Checkpoint, Note, Signature, VerifierKey
from domain.tiles import Edge, Tile, partials
from infra.log_keys import LogKeyFiles
from infra.tile_store import TileFolder
from interfaces.http.app import create_app
from interfaces.services import Services
from tests.http.client import services_of
from tests.office.world import Office, open_office
from tests.support import Database

ORIGIN = "demo.hoso/served"
PATIENCE = 60.0


@dataclass
class Served:
    """`entries`: of the tree; `checkpoint`: as published. `url`: with `/tlog`, without a slash after it."""

    url: str
    http: httpx.AsyncClient
    office: Office
    store: TileFolder
    keys: LogKeyFiles
    key: VerifierKey
    entries: list[bytes]
    checkpoint: Checkpoint

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(f"{self.url}/{path}", headers=headers)


def entry(number: int) -> bytes:
    return b"entry %d " % number + b"." * (number % 90)


def bundled(entries: list[bytes]) -> bytes:
    """C2SP tlog-tiles: each entry after its length in two bytes."""
    return b"".join(len(one).to_bytes(2, "big") + one for one in entries)


def grow(store: TileFolder, size: int) -> tuple[list[bytes], bytes]:
    """Write the tree of so many entries; the entries and the root."""
    entries, edge, objects = [entry(number) for number in range(size)], Edge(), []
    for one in entries:
        objects += [(tile.path, content) for tile, content in edge.add(hashlib.sha256(b"\0" + one).digest())]
    objects += [(tile.path, content) for tile, content in edge.partials()]
    bottom = [Tile(0, index) for index in range(size // 256)]
    bottom += [tile for tile in partials(size) if tile.level == 0]
    for tile in bottom:
        first = tile.index * 256
        objects.append((tile.entries_path, bundled(entries[first : first + tile.width])))
    for path, content in objects:  # as `put` would, without waiting for the disk
        file = store.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return entries, edge.root()


@asynccontextmanager
async def served(database: Database, folder: Path, size: int) -> AsyncIterator[Served]:
    """One log with a tree of so many entries, and a server of it on a port of its own."""
    async with open_office(database, _unfurnished) as office:
        ledger_id = office.opened.recorder.ledger.ledger_id
        keys, asked = LogKeyFiles(folder / "secrets"), Asked(Identity("system", "hoso"))
        named = await log_identity.open_log(office.registry, asked, ledger_id, keys, first=ORIGIN)
        store = TileFolder(folder / "tlog" / "1")
        entries, root = grow(store, size)
        checkpoint = Checkpoint(ORIGIN, size, root)
        signature = keys.sign(named.key, checkpoint.text().encode())
        note = Note(checkpoint.text(), (Signature(ORIGIN, named.key.key_id, signature),))
        await store.publish(str(note).encode())
        log = ServedLog(
            office.opened.ledger, ledger_id, lambda number: TileFolder(folder / "tlog" / str(number))
        )
        services = replace(services_of(office), tlog=log)
        async with _listening(services) as url, httpx.AsyncClient(timeout=PATIENCE) as http:
            yield Served(f"{url}/tlog", http, office, store, keys, named.key, entries, checkpoint)


async def _unfurnished(office: Office) -> None:
    pass


@asynccontextmanager
async def _listening(services: Services) -> AsyncIterator[str]:
    app = create_app(services)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
