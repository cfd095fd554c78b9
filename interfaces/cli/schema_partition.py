"""`hoso schema partition`: closes the open partition of the log, and what `hoso schema check` says of it.

One of the builders (tests/test_architecture.py): it connects as the owner of the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from infra import schema
from infra.partitions import TIME_TO_CLOSE, Closed, Parts, close
from interfaces.cli.errors import CommandError
from interfaces.cli.options import Json
from interfaces.cli.output import Done, Working, plural
from interfaces.cli.run import without_ledger
from interfaces.databases import open_database
from interfaces.wiring import Settings


def partition(
    at_least: Annotated[
        int,
        typer.Option(min=1, help="Only when the open partition holds so many events.", metavar="EVENTS"),
    ] = TIME_TO_CLOSE,
    wait: Annotated[
        int, typer.Option(min=0, help="How long to wait for long readings.", metavar="MINUTES")
    ] = 10,
    as_json: Json = False,
) -> None:
    """Close the open partition of the log, open the next and freeze what is closed; appends go on."""

    async def task(settings: Settings, working: Working) -> Done:
        owner_is_named(settings)
        async with open_database(settings) as database:
            await schema.check_async(database.owner)
            closed = await close(
                database.owner, at_least, patience=60.0 * wait, tell=lambda doing: working.at(0, title=doing)
            )
        return _done(closed, at_least)

    without_ledger("Closing a partition", as_json, task)


def _done(closed: Closed, at_least: int) -> Done:
    events = closed.last - closed.first + 1
    document = {
        "closed": closed.name,
        "first": closed.first,
        "last": closed.last,
        "events": events,
        "frozen": closed.frozen,
    }
    if closed.name is None:
        sentence = (
            f"The open partition stays open: it holds {plural(events, 'event')}, and is closed from"
            f" {at_least:,} on (--at-least)."
        )
    else:
        sentence = (
            f"Closed {closed.name} with {plural(events, 'event')}, up to position {closed.last:,}; what is"
            " recorded now goes into a new partition."
        )
    if closed.frozen and closed.frozen != (closed.name,):
        sentence += f" Frozen: {', '.join(closed.frozen)}."
    return Done(document, sentence)


def owner_is_named(settings: Settings) -> None:
    """Raises CommandError where a database is named and its owner is not."""
    if not settings.embedded and not settings.database_owner_url:
        raise CommandError(
            "owner_missing",
            "HOSO_DATABASE_URL names a database, but HOSO_DATABASE_OWNER_URL is empty:"
            " set it to the same database as the role hoso_owner, which owns the tables.",
        )


def document_of(parts: Parts) -> Mapping[str, Any]:
    """For --json."""
    return {
        "closed": [asdict(part) for part in parts.closed],
        "unfinished": parts.unfinished,
        "open_from": parts.open_from,
        "open_events": parts.open_events,
        "time_to_close": parts.time_to_close,
    }


def advice(parts: Parts) -> str:
    """What an operator is to do about the log's partitions, as further sentences; nothing, mostly."""
    if parts.time_to_close:
        return (
            f" Its open partition holds {plural(parts.open_events, 'event')}: it is time to close it, with"
            " `hoso schema partition`."
        )
    if parts.unfinished:
        are = "is" if parts.unfinished == 1 else "are"
        return (
            f" {plural(parts.unfinished, 'closed partition')} {are} not frozen yet:"
            " run `hoso schema partition`, which finishes that."
        )
    return ""
