"""`hoso on-time`: what was ready in time in a period, by each of the dates, as the read models show it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import typer

from application.lookup import day_start
from application.policy import allow
from application.then import position_then, time_of
from interfaces import audit_wiring
from interfaces.cli.errors import CommandError
from interfaces.cli.options import Json, KnownAt, read_day, read_known_at
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from projections.on_time_queries import DATES, on_time

COLUMNS = ("Agency", "Ready", "By law", "As promised", "As extended", "By the date in force", "Open late")
PAGE = 500


def run(
    from_: Annotated[str, typer.Option("--from", help="The first day, in Vietnam.", metavar="DAY")],
    until: Annotated[str, typer.Option(help="The day after the last one.", metavar="DAY")],
    agency: Annotated[
        str | None, typer.Option(help="One agency's identifier; default: all.", metavar="IDENTIFIER")
    ] = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Results ready in time or late, by the statutory date, the promised one and that of an extension."""
    begins, ends = day_start(read_day(from_, "--from")), day_start(read_day(until, "--until"))

    asked = read_known_at(known_at) if known_at else None

    async def work(call: Call) -> Done:
        moment = await call.services.reader.moment(fresh=True)
        allow(call.identity(), "read-flow", moment)
        only = moment.organisation.agency_by_identifier(agency).id if agency else None
        if asked is None:
            at, found = moment.now, await _shown(call, begins, ends, moment.now, moment.read_up_to, only)
            position = moment.read_up_to
        else:
            position = await position_then(call.services.reader, asked)
            at = await time_of(call.services.ledger, asked, position)
            found = await _then(call, begins, ends, at, position, only)
        return _said(found, from_, until, at, position, then=asked is not None)

    with_ledger("Reading what was on time", as_json, work)


async def _shown(
    call: Call, begins: datetime, ends: datetime, at: datetime, position: int, only: UUID | None
) -> list[dict[str, Any]]:
    """As the read model shows it."""
    views = call.services.views
    await views.shown.wait_for("status", position, call.services.settings.wait_seconds)
    async with views.pool.connection() as connection:
        read = partial(on_time, connection, begins, ends, at, agency=only, limit=PAGE)
        return await _all(call, read, only)


async def _then(
    call: Call, begins: datetime, ends: datetime, at: datetime, position: int, only: UUID | None
) -> list[dict[str, Any]]:
    """As it would have been shown at a position: the read models are made up to there, and dropped."""

    def progress(what: str, done: int, total: int) -> None:
        call.working.at(done, total, what)

    async with audit_wiring.replay_to(call.opened, position, progress, keep=False, reader=None) as scratch:
        if not scratch.position:
            raise CommandError("not_replayed", "The read model `status` cannot be made: run `hoso replay`.")
        schema = scratch.status_schema
        read = partial(
            on_time, scratch.connection, begins, ends, at, agency=only, limit=PAGE, schema_name=schema
        )
        return await _all(call, read, only)


async def _all(
    call: Call, read: Callable[..., Awaitable[list[dict[str, Any]]]], only: UUID | None
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while page := await read(after=after):
        found += [row for row in page if row["ready"] or row["open_late"] or only]
        after = page[-1]["agency"]
        call.working.at(len(found), title="Reading what was on time")
    return found


def _said(
    found: list[dict[str, Any]], from_: str, until: str, at: datetime, position: int, *, then: bool
) -> Done:
    ready, kept, late = (
        sum(row["ready"] for row in found),
        sum(row["in_force"]["on_time"] for row in found),
        sum(row["in_force"]["late"] for row in found),
    )
    results = f"{plural(ready, 'result')} ready from {from_} to before {until}"
    when = f"then, as known at position {position:,}" if then else "now"
    sentence = (
        f"{results}: {kept:,} on time and {late:,} late by the date in force, {ready - kept - late:,} "
        f"without a date; {sum(row['open_late'] for row in found):,} open past theirs {when}."
    )
    rows = [
        (row["identifier"], row["ready"], *(_cell(row[name]) for name in DATES), row["open_late"])
        for row in found
    ]
    document = {"from": from_, "until": until, "at": at, "known_at": position, "items": found}
    return Done(document, sentence, (table(*COLUMNS, rows=rows),))


def _cell(counted: dict[str, int]) -> str:
    return f"{counted['on_time']:,} / {counted['late']:,}"
