"""`hoso clock`: the clock of a demo ledger."""

from __future__ import annotations

from typing import Annotated

import typer

from application.clock import move_clock
from interfaces.cli.errors import CommandError
from interfaces.cli.options import Json, read_instant
from interfaces.cli.output import Done, cell
from interfaces.cli.run import Call, with_ledger

app = typer.Typer(help="The clock of a demo ledger: moved forward by command, each move on record.")


@app.command()
def move(
    to: Annotated[
        str, typer.Option(help="An instant with zone, after the ledger's time.", metavar="INSTANT")
    ],
    as_json: Json = False,
) -> None:
    """Move a demo ledger's clock forward."""
    instant = read_instant(to, "--to")

    async def work(call: Call) -> Done:
        services = call.services
        identity = call.identity()
        if not services.demo:
            raise CommandError(
                "system_clock",
                "This ledger has the system's clock, which nobody moves; only a demo ledger's can be moved.",
            )
        now, _ = await services.ledger.recorder.clock()
        if instant <= now:
            raise CommandError(
                "clock_forward_only",
                f"The ledger's time is {cell(now)} in Vietnam already; it never goes back.",
            )
        receipt = await move_clock(
            services.ledger, call.opened.recorder, services.reader, services.ledger_id, identity, instant
        )
        document = {"from": now, "to": receipt.recorded_at, "position": receipt.last}
        return Done(document, f"The ledger's time is now {cell(receipt.recorded_at)} in Vietnam.")

    with_ledger("Moving the clock", as_json, work)


@app.command()
def show(as_json: Json = False) -> None:
    """Show the ledger's time and its last position."""

    async def work(call: Call) -> Done:
        now, head = await call.services.ledger.recorder.clock()
        kind = "demo" if call.services.demo else "system"
        sentence = (
            f"The ledger's time is {cell(now)} in Vietnam ({kind} clock); its last position is {head:,}."
        )
        return Done({"now": now, "position": head, "clock": kind}, sentence)

    with_ledger("Reading the clock", as_json, work)
