"""`hoso holds`: legal holds, which keep a citizen or a dossier from being erased."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from application import holding_back
from application.changing import Asked
from interfaces.cli.erasing_office import erasing_of
from interfaces.cli.lines import dossier_named
from interfaces.cli.options import Json, read_id
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger

app = typer.Typer(help="Legal holds: while one stands, nothing of a citizen or a dossier is erased.")


class Ground(StrEnum):
    court = "court"
    inspection = "inspection"
    investigation = "investigation"
    complaint = "complaint"
    audit = "audit"
    other = "other"


Decision = Annotated[str, typer.Option(help="The number of the decision; never a name.", metavar="NUMBER")]


@app.command()
def place(
    held: Annotated[str, typer.Argument(help="A citizen's id, or a dossier's code.", metavar="SUBJECT")],
    ground: Annotated[Ground, typer.Option(help="Why it has to be kept.")],
    decision: Decision,
    as_json: Json = False,
) -> None:
    """Let nothing of a citizen or a dossier be erased until the hold is lifted."""

    async def work(call: Call) -> Done:
        kind, id = await _held(call, held)
        done = await holding_back.place(
            erasing_of(call),
            Asked(call.identity()),
            kind=kind,
            held=id,
            ground=ground.value,
            decision=decision,
        )
        document = {"hold": done.id, "kind": kind, "held": id, "position": done.position}
        return Done(document, f"The hold {done.id} stands: nothing of this {kind} is erased while it does.")

    with_ledger("Placing a hold", as_json, work)


@app.command()
def lift(
    hold: Annotated[
        UUID, typer.Argument(help="As `list` shows it.", metavar="HOLD", parser=lambda t: read_id(t, "HOLD"))
    ],
    decision: Decision,
    as_json: Json = False,
) -> None:
    """End a hold."""

    async def work(call: Call) -> Done:
        office = erasing_of(call)
        done = await holding_back.lift(office, Asked(call.identity()), hold, decision=decision)
        return Done({"hold": done.id, "position": done.position}, "The hold is lifted.")

    with_ledger("Lifting a hold", as_json, work)


@app.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Those that were lifted too.")] = False,
    as_json: Json = False,
) -> None:
    """The holds that stand, the oldest first."""

    async def work(call: Call) -> Done:
        found = await holding_back.listed(erasing_of(call), Asked(call.identity()), every=every)
        items = [
            {
                "hold": hold.id,
                "kind": hold.placed.kind,
                "held": hold.placed.held,
                "ground": hold.placed.ground,
                "decision": hold.placed.decision,
                "placed_at": hold.placed.envelope.occurred_at,
                "placed_by": hold.placed.envelope.actor.id,
                "lifted_at": hold.lifted.envelope.occurred_at if hold.lifted else None,
            }
            for hold in found
            if hold.placed
        ]
        columns = ("Hold", "On", "Id", "Ground", "Decision", "Placed", "By", "Lifted")
        rows = [tuple(item.values()) for item in items]
        shown = (table(*columns, rows=rows),) if rows else ()
        return Done({"items": items}, f"{plural(len(items), 'hold')} listed.", shown)

    with_ledger("Reading holds", as_json, work)


async def _held(call: Call, text: str) -> tuple[str, UUID]:
    try:
        return "citizen", UUID(text)
    except ValueError:
        return "dossier", await dossier_named(call, text)
