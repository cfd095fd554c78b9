"""`hoso on-time`: what was ready in time in a period, by each of the dates, as the read models show it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from application.lookup import day_start
from application.policy import allow
from interfaces.cli.options import Json, read_day
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
    as_json: Json = False,
) -> None:
    """Results ready in time or late, by the statutory date, the promised one and that of an extension."""
    begins, ends = day_start(read_day(from_, "--from")), day_start(read_day(until, "--until"))

    async def work(call: Call) -> Done:
        moment = await call.services.reader.moment(fresh=True)
        allow(call.identity(), "read-flow", moment)
        only = moment.organisation.agency_by_identifier(agency).id if agency else None
        views = call.services.views
        await views.shown.wait_for("status", moment.read_up_to, call.services.settings.wait_seconds)
        found: list[dict[str, Any]] = []
        async with views.pool.connection() as connection:
            after = None
            while page := await on_time(
                connection, begins, ends, moment.now, agency=only, after=after, limit=PAGE
            ):
                found += [row for row in page if row["ready"] or row["open_late"] or only]
                after = page[-1]["agency"]
                call.working.at(len(found), title="Reading what was on time")
        return _said(found, from_, until)

    with_ledger("Reading what was on time", as_json, work)


def _said(found: list[dict[str, Any]], from_: str, until: str) -> Done:
    ready, kept, late = (
        sum(row["ready"] for row in found),
        sum(row["in_force"]["on_time"] for row in found),
        sum(row["in_force"]["late"] for row in found),
    )
    results = f"{plural(ready, 'result')} ready from {from_} to before {until}"
    sentence = (
        f"{results}: {kept:,} on time and {late:,} late by the date in force, {ready - kept - late:,} "
        f"without a date; {sum(row['open_late'] for row in found):,} open past theirs now."
    )
    rows = [
        (row["identifier"], row["ready"], *(_cell(row[name]) for name in DATES), row["open_late"])
        for row in found
    ]
    return Done({"from": from_, "until": until, "items": found}, sentence, (table(*COLUMNS, rows=rows),))


def _cell(counted: dict[str, int]) -> str:
    return f"{counted['on_time']:,} / {counted['late']:,}"
