"""`hoso calendar`: days off and worked Saturdays, as published, and when offices are open."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from application.catalogue_loads import load_calendar, load_hours
from interfaces.cli.loading import loaded
from interfaces.cli.options import Json
from interfaces.cli.output import Done
from interfaces.cli.reference import calendar_entries
from interfaces.cli.run import Call, with_ledger
from interfaces.wiring import CALENDAR, read_hours

app = typer.Typer(help="The working calendar: what due dates are counted on.")


@app.command()
def load(
    file: Annotated[
        Path, typer.Argument(help="A JSON document of years. Default: our own.", show_default=False)
    ] = CALENDAR,
    as_json: Json = False,
) -> None:
    """Set the years of a file; a year that says the same already is left alone."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        entries = calendar_entries(file)
        done = await load_calendar(call.services.registry, identity, entries)
        forecast = sum(bool(entry["forecast"]) for entry in entries)
        return loaded(done, "calendar year", {"years": len(entries), "forecast": forecast})

    with_ledger("Loading the calendar", as_json, work)


@app.command()
def hours(
    file: Annotated[Path, typer.Argument(help="A JSON document of schedules.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Set when offices are open, from a day on; hours that are set already are left alone."""

    async def work(call: Call) -> Done:
        entries = read_hours(file)
        done = await load_hours(call.services.registry, call.identity(), entries)
        return loaded(done, "schedule", {"schedules": len({entry["schedule"] for entry in entries})})

    with_ledger("Loading hours", as_json, work)
