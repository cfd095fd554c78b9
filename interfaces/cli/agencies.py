"""`hoso agencies`: who holds dossiers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from application import catalogue
from application import organisation_acts as acts
from application.changing import Asked
from application.lookup import agency_named
from application.registry import load_agencies
from interfaces.cli.loading import changed, loaded
from interfaces.cli.options import At, Json, KnownAt, read_day, read_known_at, read_time
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.wiring import catch_up, read_agencies

MOST = 100_000

app = typer.Typer(help="Agencies: the desks, centres, divisions, police and land offices that hold dossiers.")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A JSON document of agencies (docs/commands.md).")],
    as_json: Json = False,
) -> None:
    """Found the agencies of a file; those known already are left alone."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        entries = list(read_agencies(file))
        done = await load_agencies(call.services.registry, identity, entries)
        return loaded(done, "agency", {"agencies": len(entries)}, "agencies")

    with_ledger("Loading agencies", as_json, work)


@app.command("list")
def list_(at: At = None, known_at: KnownAt = None, as_json: Json = False) -> None:
    """List the agencies that are open now, or at T."""
    when = read_time(at, "--at") if at else None
    known = read_known_at(known_at) if known_at else None

    async def work(call: Call) -> Done:
        moment = await call.known(known)
        t = when or moment.now
        shown = catalogue.agencies(moment.organisation, t, None, "", MOST)
        rows = [(a["identifier"], a["name"], a["kind"], a["unit"]) for a in shown]
        listed = table("Identifier", "Name", "Kind", "Unit", rows=rows)
        sentence = f"{plural(len(shown), 'agency', 'agencies')} open."
        return Done({"at": t, "agencies": shown}, sentence, (listed,) if rows else ())

    with_ledger("Reading agencies", as_json, work)


@app.command()
def show(
    identifier: Annotated[str, typer.Argument(help="The agency's identifier.")],
    at: At = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Show one agency, and who succeeds it where it has ended."""
    when = read_time(at, "--at") if at else None
    known = read_known_at(known_at) if known_at else None

    async def work(call: Call) -> Done:
        moment = await call.known(known)
        t = when or moment.now
        shown = agency_named(moment.organisation, identifier, t)
        rows = [
            (name.replace("_", " "), value)
            for name, value in shown.items()
            if name not in ("id", "parent", "origin")
        ]
        sentence = f"{shown['name']} is {'open' if shown['open'] else 'not open'} then."
        if shown["heir"]:
            sentence = f"{shown['name']} has ended: {shown['heir']} succeeds it."
        return Done({"at": t, **shown}, sentence, (table("", "", rows=rows),))

    with_ledger("Reading the agency", as_json, work)


@app.command()
def change(
    identifier: Annotated[str, typer.Argument(help="The agency's identifier.")],
    name: Annotated[str | None, typer.Option(help="The new name.")] = None,
    address: Annotated[str | None, typer.Option(help="The new address.")] = None,
    hotline: Annotated[str | None, typer.Option(help="The new hotline.")] = None,
    hours: Annotated[str | None, typer.Option(help="The new opening hours.")] = None,
    legal_form: Annotated[str | None, typer.Option(help="The new legal form.")] = None,
    from_: Annotated[
        str | None,
        typer.Option("--from", help="The day from which it counts. Default: today.", metavar="DATE"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change what an agency is called, where it sits, when it is open; what is not given stays."""
    day = read_day(from_, "--from") if from_ else None
    given = {"name": name, "address": address, "hotline": hotline, "hours": hours, "legal_form": legal_form}
    changes = {field: value for field, value in given.items() if value is not None}
    if not changes:
        raise typer.BadParameter("name what changes: --name, --address, --hotline, --hours, --legal-form")

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await acts.change_agency(call.services.registry, asked, identifier, changes=changes, from_=day)
        return changed(done, f"{identifier} has a new {', '.join(changes).replace('_', ' ')}.")

    with_ledger("Changing the agency", as_json, work)


@app.command()
def dissolve(
    identifier: Annotated[str, typer.Argument(help="The agency's identifier.")],
    until: Annotated[str, typer.Option(help="The first day without it.", metavar="DATE")],
    reason: Annotated[str, typer.Option(help="Why; kept sealed.")],
    as_json: Json = False,
) -> None:
    """End an agency without a handover; refused while it holds an unfinished dossier or an act names it."""
    day = read_day(until, "--until")

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        _, head = await call.services.ledger.recorder.clock()
        await catch_up(call.opened, head)
        done = await acts.dissolve_agency(
            call.services.handovers, asked, identifier, until=day, reason=reason
        )
        return changed(done, f"{identifier} has ended on {day}.")

    with_ledger("Dissolving the agency", as_json, work)
