"""`hoso schema`: the only command that creates or changes tables, and that connects as their owner."""

from __future__ import annotations

import asyncio
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from psycopg import AsyncConnection

from application.log_identity import Named
from application.lookup import day_start
from infra import partitions, schema
from infra.checksum import checksum
from infra.keyring import PostgresKeyring
from infra.schema import EmptyDatabase, Ledger
from infra.secrets import create_secrets, read_master_key, read_token_key
from interfaces.attest_wiring import why_refused
from interfaces.cli.errors import CommandError
from interfaces.cli.options import Json, read_day, read_instant
from interfaces.cli.output import Done, Working, cell, table
from interfaces.cli.run import without_ledger
from interfaces.cli.schema_partition import advice, document_of, owner_is_named, partition
from interfaces.databases import Database, open_database
from interfaces.tlog_wiring import open_first_log
from interfaces.views import open_pool
from interfaces.wiring import Settings
from projections import schema as views_schema

app = typer.Typer(help="The database: make a ledger in it, look at it, bring it up to this program.")

app.command()(partition)

_MARKED = "SELECT EXISTS (SELECT FROM keyring_mark)"


class Clock(StrEnum):
    system = "system"
    demo = "demo"


@app.command()
def init(
    clock: Annotated[
        Clock, typer.Option(help="Demo: moved by command, for trying things out.")
    ] = Clock.system,
    starts: Annotated[
        str | None,
        typer.Option(help="Where a demo clock begins: a date in Vietnam, or an instant.", metavar="DATE"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a new, empty ledger: tables, read models, the secret files, and its log opened."""
    if (starts is None) == (clock is Clock.demo):
        raise typer.BadParameter(
            "a demo clock needs --starts, a system clock has none", param_hint="--starts"
        )
    starts_at = _start(starts) if starts else None

    async def task(settings: Settings, _: Working) -> Done:
        owner_is_named(settings)
        async with open_database(settings, create=True) as database:
            ledger, made, log = await make(settings, database, clock, starts_at)
        document = {
            "ledger_id": ledger.ledger_id,
            "clock": ledger.clock,
            "starts_at": starts_at,
            "secrets": settings.secrets_dir.absolute(),
            "log": {"origin": log.origin, "key": str(log.key)} if log else None,
            "finished": not made,
        }
        begins = f" that begins on {cell(starts_at)} in Vietnam" if starts_at else ""
        what = "Made" if made else "Finished making"
        signed = f" Its log is signed as {log.origin}." if log else ""
        sentence = (
            f"{what} the ledger {ledger.ledger_id} with a {ledger.clock} clock{begins}.{signed}"
            f" Keep a copy of {settings.secrets_dir}, apart from the data: it opens what is sealed and signs"
            " the log."
        )
        return Done(document, sentence)

    without_ledger("Making the ledger", as_json, task)


@app.command()
def check(as_json: Json = False) -> None:
    """Say whether the database, the read models and the secret files are there and belong together, and
    whether the log is the one whose head was signed last."""

    async def task(settings: Settings, working: Working) -> Done:
        async with open_database(settings) as database:
            ledger = await schema.check_async(database.app)
            async with await AsyncConnection.connect(database.app, autocommit=True) as connection:
                await views_schema.check(connection)
                allowed = await views_schema.is_allowed(connection)
            await _check_keys(settings, database)
            refused = await why_refused(settings, database.app, working.at)
            parts = await partitions.look(database.app)
        document = {
            "ok": refused is None and allowed,
            "ledger_id": ledger.ledger_id,
            "clock": ledger.clock,
            "version": ledger.version,
            "head": str(refused) if refused else None,
            "views": None if allowed else str(views_schema.ViewsNotAllowed()),
            "partitions": document_of(parts),
        }
        sentence = f"The ledger {ledger.ledger_id} ({ledger.clock} clock) is as this program needs it"
        if refused is not None:
            return Done(document, f"{sentence}, but it cannot be opened. {refused}", code=1)
        if not allowed:
            return Done(document, f"{sentence}, but {views_schema.ViewsNotAllowed()}.", code=1)
        return Done(document, f"{sentence}.{advice(parts)}")

    without_ledger("Checking", as_json, task)


@app.command()
def upgrade(as_json: Json = False) -> None:
    """Apply the schema's migrations that the database has not seen. Nothing recorded is touched."""

    async def task(settings: Settings, _: Working) -> Done:
        owner_is_named(settings)
        async with open_database(settings) as database:
            applied = await asyncio.to_thread(schema.upgrade, database.owner)
            allowed = await _allow_views(database)
            made = await _make_views(database)
        document = {"applied": applied, "views": made, "allowed": allowed}
        if not applied and not made and not allowed:
            return Done(document, "Nothing to do: the database is up to this program.")
        sentence = f"Applied {', '.join([*applied, *made])}." if applied or made else ""
        if allowed:
            sentence += " The program may make read models in this database again."
        if made:
            sentence += (
                " The lists made anew are empty until `hoso serve` or `hoso views run` has filled them."
            )
        return Done(document, sentence.strip())

    without_ledger("Upgrading", as_json, task)


@app.command("checksum")
def checksum_of(
    until: Annotated[
        int | None,
        typer.Option(min=1, help="The log alone, up to this position.", metavar="POSITION"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what every table holds, as one text: two of them are equal when nothing has changed."""

    async def task(settings: Settings, _: Working) -> Done:
        async with open_database(settings) as database:
            await schema.check_async(database.app)
            content = await checksum(database.app, until)
        rows = [(name, count, digest) for name, (count, digest) in content.tables.items()]
        what = "The log" if until else f"All {len(rows)} tables"
        sentence = (
            f"{what} up to position {content.position:,}: {content.sum}."
            " The same text later means that nothing has changed."
        )
        return Done(content.document(), sentence, (table("Table", "Rows", "Hash", rows=rows),))

    without_ledger("Reading every table", as_json, task)


def _start(text: str) -> datetime:
    return day_start(read_day(text, "--starts")) if len(text) == 10 else read_instant(text, "--starts")


async def make(
    settings: Settings, database: Database, clock: Clock, starts_at: datetime | None
) -> tuple[Ledger, bool, Named | None]:
    """The ledger, whether it is new, and its log where it was opened now. A half made one is finished; a
    whole one is refused."""
    try:
        ledger = await asyncio.to_thread(schema.check, database.owner)
    except EmptyDatabase:
        create_secrets(settings.secrets_dir)
        ledger = await asyncio.to_thread(
            lambda: schema.init(database.owner, clock=clock.value, starts_at=starts_at)
        )
        await _make_views(database)
        await _check_keys(settings, database)
        return ledger, True, await open_first_log(settings, database.app)
    made = await _finish(settings, database)
    log = await open_first_log(settings, database.app)
    if not made and log is None:
        raise CommandError(
            "ledger_exists",
            f"There is a ledger already: {ledger.ledger_id}, with a {ledger.clock} clock. Use it,"
            " or name another folder in HOSO_DATA_DIR or database in HOSO_DATABASE_URL for a new one.",
        )
    return ledger, False, log


async def _finish(settings: Settings, database: Database) -> bool:
    """Make what a crash of an earlier `init` left out; False: nothing. Keys in use are never made anew."""
    made: list[Any] = list(await _make_views(database))
    async with await AsyncConnection.connect(database.app, autocommit=True) as connection:
        row = await (await connection.execute(_MARKED)).fetchone()
    if row is not None and not row[0]:
        made += create_secrets(settings.secrets_dir) or [Path("keyring_mark")]
    await _check_keys(settings, database)
    return bool(made)


async def _allow_views(database: Database) -> bool:
    """Let the program make read models; False: it could already."""
    async with await AsyncConnection.connect(database.owner, autocommit=True) as owner:
        return await views_schema.allow(owner)


async def _make_views(database: Database) -> list[str]:
    """Make the read models that are missing; their names."""
    await _allow_views(database)
    async with await AsyncConnection.connect(database.app, autocommit=True) as connection:
        try:
            await views_schema.check(connection)
        except views_schema.ViewsMissing as missing:
            if "views" in missing.missing:
                await views_schema.create(connection)
            else:
                for view in missing.missing:
                    async with connection.transaction():
                        await views_schema.create_view(connection, view, view, 1, "running")
            return missing.missing
    return []


async def _check_keys(settings: Settings, database: Database) -> None:
    """The secret files are there and are this ledger's. Raises SecretsError, ForeignMasterKey."""
    read_token_key(settings.secrets_dir)
    async with open_pool(database.app, "hoso schema") as pool:
        await PostgresKeyring(pool, read_master_key(settings.secrets_dir)).check()
