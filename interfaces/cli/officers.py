"""`hoso officers`: who works where, as what, from when to when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from application import absences
from application import organisation_acts as acts
from application.changing import Asked
from application.lookup import officer_named, officer_shown
from application.policy import allow
from application.registry import load_officers
from interfaces.cli import absences as absence_verbs
from interfaces.cli.loading import changed, loaded
from interfaces.cli.options import At, Json, KnownAt, read_id, read_instant, read_known_at, read_time
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.wiring import read_officers

Number = Annotated[str, typer.Argument(help="The staff number, or the officer's id.", metavar="NUMBER|ID")]
From = Annotated[str | None, typer.Option("--from", help="An instant with zone. Default: now.", metavar="T")]

app = typer.Typer(help="Officers and their postings: an officer acts only through one.")
absence_verbs.add_to(app)


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
    officer: Number,
    at: At = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Show an officer's postings now or at T, each with the agency where an act has moved it."""
    when = read_time(at, "--at") if at else None
    known = read_known_at(known_at) if known_at else None

    async def work(call: Call) -> Done:
        moment = await call.known(known)
        allow(call.identity(), "read-officers", await call.services.reader.moment(fresh=True))
        found = await officer_named(call.services.ledger, moment.organisation, officer)
        document = officer_shown(moment.organisation, found, when or moment.now)
        document |= absences.shown(moment.organisation, found, when or moment.now)
        postings = document["postings"]
        rows = [
            (p["agency"], ", ".join(p["roles"]), p["from"], p["until"], str(p["posting"])) for p in postings
        ]
        sentence = f"Officer {officer} has {plural(len(rows), 'posting')} in force then."
        if document["suspended"]:
            sentence = f"Officer {officer} is suspended then and cannot act."
        if document["absent"]:
            sentence += " Absent then."
        if document["delegations"]:
            ids = ", ".join(str(d["delegation"]) for d in document["delegations"])
            sentence += f" Delegations: {ids}."
        return Done(
            document,
            sentence,
            (table("Agency", "Roles", "From", "Until", "Posting", rows=rows),) if rows else (),
        )

    with_ledger("Reading the officer", as_json, work)


@app.command()
def post(
    officer: Number,
    agency: Annotated[str, typer.Option(help="Where to, by identifier.", metavar="IDENTIFIER")],
    role: Annotated[list[str], typer.Option(help="As what; again for more.")],
    from_: From = None,
    until: Annotated[
        str | None, typer.Option(help="An instant with zone. Default: open.", metavar="T")
    ] = None,
    as_json: Json = False,
) -> None:
    """Post an officer to a further agency; the postings that there are stay."""
    begins = read_instant(from_, "--from") if from_ else None
    ends = read_instant(until, "--until") if until else None

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await acts.post_officer(
            call.services.registry, asked, officer, agency=agency, roles=role, from_=begins, until=ends
        )
        return changed(done, f"Officer {officer} is posted to {agency} as {', '.join(role)}.")

    with_ledger("Posting the officer", as_json, work)


@app.command("end-posting")
def end_posting(
    officer: Number,
    posting: Annotated[str, typer.Argument(help="The posting's id, as `hoso officers show` lists it.")],
    at: Annotated[str | None, typer.Option(help="An instant with zone. Default: now.", metavar="T")] = None,
    as_json: Json = False,
) -> None:
    """End one posting of an officer."""
    which, when = read_id(posting, "POSTING"), read_instant(at, "--at") if at else None

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await acts.end_posting(call.services.registry, asked, officer, posting=which, at=when)
        return changed(done, f"The posting {posting} of officer {officer} has its end.")

    with_ledger("Ending the posting", as_json, work)


@app.command()
def suspend(
    officer: Number,
    reason: Annotated[str, typer.Option(help="Kept sealed under the officer's key.")],
    from_: From = None,
    as_json: Json = False,
) -> None:
    """Suspend an officer: no posting counts from then on, until `reinstate`."""
    begins = read_instant(from_, "--from") if from_ else None

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await acts.suspend_officer(call.services.registry, asked, officer, reason=reason, from_=begins)
        return changed(done, f"Officer {officer} is suspended and cannot act until reinstated.")

    with_ledger("Suspending the officer", as_json, work)


@app.command()
def reinstate(officer: Number, from_: From = None, as_json: Json = False) -> None:
    """Let the postings of a suspended officer count again."""
    begins = read_instant(from_, "--from") if from_ else None

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await acts.reinstate_officer(call.services.registry, asked, officer, from_=begins)
        return changed(done, f"Officer {officer} is reinstated.")

    with_ledger("Reinstating the officer", as_json, work)
