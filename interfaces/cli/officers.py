"""`hoso officers`: who works where, as what, from when to when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, cast
from uuid import UUID

import typer

from application.moment import Moment
from application.policy import allow
from application.refusals import NotFound
from application.registry import load_officers
from domain.officer import Officer
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
        found = await find_officer(call, moment, officer)
        t = when or moment.now
        postings = _postings(moment, found, t)
        document = {"id": found.id, "at": t, "suspended": found.suspended_at(t), "postings": postings}
        rows = [(p["agency"], ", ".join(p["roles"]), p["from"], p["until"]) for p in postings]
        sentence = f"Officer {officer} has {plural(len(rows), 'posting')} in force then."
        if document["suspended"]:
            sentence = f"Officer {officer} is suspended then and cannot act."
        return Done(
            document, sentence, (table("Agency", "Roles", "From", "Until", rows=rows),) if rows else ()
        )

    with_ledger("Reading the officer", as_json, work)


async def find_officer(call: Call, moment: Moment, wanted: str) -> Officer:
    """By staff number, else by id. Raises NotFound."""
    officer_id = await call.services.ledger.find("officer", wanted)
    if officer_id is None:
        try:
            officer_id = UUID(wanted)
        except ValueError:
            officer_id = None
    found = moment.organisation.officers.get(officer_id) if officer_id else None
    if found is None:
        raise NotFound(
            "unknown_officer", f"no officer has the number or id {wanted}: see `hoso officers load`"
        )
    return found


def _postings(moment: Moment, officer: Officer, t: datetime) -> list[dict[str, Any]]:
    organisation = moment.organisation
    return [
        {
            "posting": posting.posting_id,
            "agency": organisation.agencies[agency].identifier,
            "roles": list(posting.roles),
            "from": posting.from_,
            "until": posting.until,
        }
        for posting, agency in organisation.posted(officer.id, t)
    ]
