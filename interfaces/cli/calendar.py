"""`hoso calendar`: days off and worked Saturdays, as published, when offices are open, and outages of
systems."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from application.catalogue_loads import load_calendar, load_hours
from application.changing import Asked
from application.outages import Announcement, announce, move_clocks
from interfaces.cli.loading import loaded
from interfaces.cli.options import Json, read_instant
from interfaces.cli.output import Done, plural
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


@app.command()
def outage(
    system: Annotated[
        str, typer.Argument(help="The system's word, as in the procedures' terms.", show_default=False)
    ],
    since: Annotated[str, typer.Option("--from", help="Since when, with zone.", metavar="T")],
    until: Annotated[str, typer.Option(help="Until when (exclusive), with zone.", metavar="T")],
    source: Annotated[str, typer.Option(help="Who announced it, and where.")],
    linked_groups: Annotated[
        bool, typer.Option("--linked-groups", help="Linked groups go through this system.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Record an announced outage, and leave it out of the clocks for which a rule says so. Given again it
    finishes what was stopped."""
    starts, ends = read_instant(since, "--from"), read_instant(until, "--until")

    async def work(call: Call) -> Done:
        office, identity = call.services.dossiers, call.identity()
        said = Announcement(system, starts, ends, linked_groups, source)
        known = await announce(office, Asked(identity), said)
        index = call.services.handovers.index
        moved = await move_clocks(
            office, index, identity, said, lambda so_far: call.working.at(so_far.looked_at)
        )
        said_now = "Announced" if known else "Known already"
        looked_at = plural(moved.looked_at, "dossier")
        sentence = f"{said_now}; of {looked_at} that it may concern the dates of {moved.moved:,} were moved."
        if not moved.procedures and not linked_groups:
            sentence += f" No procedure names the system {system}: check the word."
        if moved.uncounted:
            sentence += (
                f" {moved.uncounted:,} could not be counted: load the year's calendar, then give it again."
            )
        document = {"announced": known is not None, "looked_at": moved.looked_at, "moved": moved.moved}
        document |= {"uncounted": moved.uncounted, "position": moved.position}
        return Done(document, sentence, code=1 if moved.uncounted else 0)

    with_ledger("Recording an outage", as_json, work)
