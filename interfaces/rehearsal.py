"""Builds the stage of a rehearsal: a copy of the ledger's database, opened like the ledger itself.

    async with open_stage(settings, identity_may, ...) as stage: ...

The real ledger is only read, by a plain connection: it is not opened, so not even its demo clock moves.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from psycopg import AsyncConnection

from application.moment import Moment, OrganisationReader
from application.policy import Identity
from application.ports import Recorder, StoredFact
from application.refusals import NotAllowed
from infra import copy_server, database_copy, reading
from infra.codec import JsonCodec
from infra.embedded import Cluster
from infra.fact_types import domain_fact_types
from infra.schema import Ledger, check_async, create_tables
from infra.secrets import create_secrets, read_token_key
from interfaces import databases, wiring
from interfaces.no_keys import NoKeys
from interfaces.tokens import Tokens
from projections import schema as views_schema

Tell = Callable[[str, int, int], None]
"""What is being done, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Real:
    """The real ledger, read as it is now. `identity`: who asks."""

    database: databases.Database
    server: copy_server.Server
    ledger: Ledger
    moment: Moment
    identity: Identity


@dataclass(slots=True)
class Stage:
    """The open copy. `seconds`: how long making it took; `kept`: its name when it is kept at the end."""

    opened: wiring.Opened
    name: str
    copied: database_copy.Copied
    seconds: float
    keep: bool = False
    kept: str | None = field(default=None)


class _Looking:
    """The reading half of a recorder."""

    def __init__(self, reader: reading.Reader) -> None:
        self._reader = reader

    async def clock(self) -> Any:
        rows = await self._reader.fetch(reading.NOW)
        return rows[0][0], rows[0][1]

    async def events_after(
        self, position: int, limit: int, categories: tuple[int, ...] = ()
    ) -> list[StoredFact]:
        return await self._reader.after(position, limit, categories)


@asynccontextmanager
async def open_real(settings: wiring.Settings) -> AsyncIterator[Real]:
    """The real ledger without opening it. Raises what SAID_ALREADY names, NotAllowed, BadToken."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(databases.open_database(settings))
        ledger = await check_async(database.app)
        if not settings.token:
            raise NotAllowed("no_identity", "this needs an identity")
        tokens = Tokens(ledger.ledger_id, read_token_key(settings.secrets_dir).public_key())
        identity = tokens.verify(settings.token)
        reader = reading.Reader(database.app, smallest=1, largest=2)
        stack.push_async_callback(reader.close)
        await reader.open()
        codec = JsonCodec(domain_fact_types(), NoKeys())
        moment = await OrganisationReader(cast(Recorder, _Looking(reader)), codec).moment(fresh=True)
        yield Real(database, _server(settings, database), ledger, moment, identity)


def _server(settings: wiring.Settings, database: databases.Database) -> copy_server.Server:
    if settings.embedded:
        return copy_server.Embedded(Cluster(settings.data_dir / "cluster"))
    if not settings.database_owner_url:
        raise copy_server.RehearsalRefused(
            "HOSO_DATABASE_OWNER_URL is empty: a rehearsal makes its copy on the same server as the role"
            " hoso_owner, so set it to the ledger's database as that role."
        )
    return copy_server.Foreign(database.owner, database.app)


@asynccontextmanager
async def open_stage(
    settings: wiring.Settings, real: Real, tell: Tell, *, keep: bool = False
) -> AsyncIterator[Stage]:
    """A copy of the real ledger, open, its clock a demo clock; dropped at the end, however that comes, unless
    it is kept. Raises RehearsalRefused."""
    server, app = real.server, real.database.app
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(copy_server.alone(app))
        ledger_id = real.ledger.ledger_id
        await asyncio.to_thread(copy_server.clear_away, server, app, ledger_id)
        database_copy.check_room(server, await database_copy.needed_bytes(app))
        begun = time.monotonic()
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="hoso-rehearsal-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        name = copy_server.name_of(ledger_id)
        made = asyncio.create_task(asyncio.to_thread(copy_server.make, server, ledger_id))
        stack.push_async_callback(_drop, server, name, made)
        await asyncio.shield(made)
        copied = await _fill(server, app, name, tell)
        seconds = time.monotonic() - begun
        create_secrets(folder)
        on_copy = replace(
            settings,
            database_url=server.app(name),
            database_owner_url=server.owner(name),
            secrets_dir=folder,
            token="",
            clock_confirmed=True,
        )
        # The head is the real ledger's: the copy goes on by itself.
        async with wiring.open_ledger(on_copy, head_checked=False) as opened:
            staged = Stage(opened, name, copied, seconds, keep)
            yield staged
        if staged.keep:
            stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime())
            staged.kept = await asyncio.to_thread(copy_server.keep, server, name, stamp)


async def _fill(server: copy_server.Server, app: str, name: str, tell: Tell) -> database_copy.Copied:
    await asyncio.to_thread(create_tables, server.owner(name))
    async with await AsyncConnection.connect(server.owner(name), autocommit=True) as owner:
        await views_schema.allow(owner)
    async with await AsyncConnection.connect(server.app(name), autocommit=True) as connection:
        await views_schema.create(connection)
    return await database_copy.copy_content(
        app, server.owner(name), server.app(name), lambda done, total: tell("Copying the ledger", done, total)
    )


async def _drop(server: copy_server.Server, name: str, made: asyncio.Task[str]) -> None:
    """Also when this was cancelled: first its making ends, then it is dropped."""

    async def dropped() -> None:
        await asyncio.wait((made,))
        made.exception()
        await asyncio.to_thread(server.drop, name)

    await asyncio.shield(asyncio.create_task(dropped()))
