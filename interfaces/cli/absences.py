"""`hoso officers`, absence and delegation: who is away, and who acts through whose posting meanwhile."""

from __future__ import annotations

from typing import Annotated

import typer

from application import absences
from application.changing import Asked
from interfaces.cli.loading import changed
from interfaces.cli.options import Json, read_id, read_instant
from interfaces.cli.output import Done
from interfaces.cli.run import Call, with_ledger

Number = Annotated[str, typer.Argument(help="The staff number, or the officer's id.", metavar="NUMBER|ID")]
From = Annotated[str | None, typer.Option("--from", help="An instant with zone. Default: now.", metavar="T")]
Ends = Annotated[
    str | None, typer.Option("--until", help="An instant with zone. Default: open.", metavar="T")
]
When = Annotated[str | None, typer.Option("--at", help="An instant with zone. Default: now.", metavar="T")]


def add_to(app: typer.Typer) -> None:
    """Add these verbs to `hoso officers`."""
    app.command()(absent)
    app.command()(back)
    app.command()(delegate)
    app.command("end-delegation")(end_delegation)


def absent(officer: Number, from_: From = None, until: Ends = None, as_json: Json = False) -> None:
    """Set an officer absent: new dossiers go to others, and a delegate covers what is there."""
    begins = read_instant(from_, "--from") if from_ else None
    ends = read_instant(until, "--until") if until else None

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await absences.set_absence(call.services.registry, asked, officer, from_=begins, until=ends)
        return changed(done, f"Officer {officer} is absent{f' until {until}' if until else ''}.")

    with_ledger("Setting the absence", as_json, work)


def back(officer: Number, at: When = None, as_json: Json = False) -> None:
    """End an officer's absence."""
    when = read_instant(at, "--at") if at else None

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await absences.end_absence(call.services.registry, asked, officer, at=when)
        return changed(done, f"Officer {officer} is back.")

    with_ledger("Ending the absence", as_json, work)


def delegate(
    officer: Number,
    posting: Annotated[str, typer.Option(help="The posting's id, as `hoso officers show` lists it.")],
    to: Annotated[str, typer.Option(help="Who acts through it.", metavar="NUMBER|ID")],
    until: Annotated[str, typer.Option(help="An instant with zone; at most a year away.", metavar="T")],
    from_: From = None,
    as_json: Json = False,
) -> None:
    """Let another officer act through one posting of this officer for a time."""
    which, ends = read_id(posting, "--posting"), read_instant(until, "--until")
    begins = read_instant(from_, "--from") if from_ else None

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await absences.delegate(
            call.services.registry, asked, officer, posting=which, to=to, from_=begins, until=ends
        )
        return changed(done, f"Officer {to} acts through the posting {posting} of {officer} until {until}.")

    with_ledger("Delegating the posting", as_json, work)


def end_delegation(
    officer: Number,
    delegation: Annotated[str, typer.Argument(help="The delegation's id, as `hoso officers show` lists it.")],
    at: When = None,
    as_json: Json = False,
) -> None:
    """End one delegation before its time."""
    which, when = read_id(delegation, "DELEGATION"), read_instant(at, "--at") if at else None

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await absences.end_delegation(
            call.services.registry, asked, officer, delegation=which, at=when
        )
        return changed(done, f"The delegation {delegation} of officer {officer} has its end.")

    with_ledger("Ending the delegation", as_json, work)
