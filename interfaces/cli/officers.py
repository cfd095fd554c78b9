"""`hoso officers`: who works where, as what, from when to when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from application.lookup import officer_named, officer_shown
from application.policy import allow
from application.registry import load_officers
from interfaces.cli.loading import loaded
from interfaces.cli.options import At, Json, read_time
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.wiring import read_officers

app = typer.Typer(help="Officers and their postings: an officer acts only through one.")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A JSON document of officers (docs/commands.md).")],
    as_json: Json = False,
) -> None:
    """Appoint and post the officers of a file; those known already are left alone."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        entries = [cast(dict[str, Any], entry) for entry in read_officers(file)]
        done = await load_officers(call.services.registry, identity, entries)
        return loaded(done, "officer", {"officers": len(entries)})

    with_ledger("Loading officers", as_json, work)


@app.command()
def show(
    officer: Annotated[
        str, typer.Argument(help="The staff number, or the officer's id.", metavar="NUMBER|ID")
    ],
    at: At = None,
    as_json: Json = False,
) -> None:
    """Show an officer's postings now or at T, each with the agency where an act has moved it."""
    when = read_time(at, "--at") if at else None

    async def work(call: Call) -> Done:
        moment = await call.services.reader.moment(fresh=True)
        allow(call.identity(), "load-officers", moment)
        found = await officer_named(call.services.ledger, moment.organisation, officer)
        document = officer_shown(moment.organisation, found, when or moment.now)
        postings = document["postings"]
        rows = [(p["agency"], ", ".join(p["roles"]), p["from"], p["until"]) for p in postings]
        sentence = f"Officer {officer} has {plural(len(rows), 'posting')} in force then."
        if document["suspended"]:
            sentence = f"Officer {officer} is suspended then and cannot act."
        return Done(
            document, sentence, (table("Agency", "Roles", "From", "Until", rows=rows),) if rows else ()
        )

    with_ledger("Reading the officer", as_json, work)
