"""`hoso replay`: the read models made from the log alone, as of any position."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from application.policy import allow
from application.replaying import Folded, by_stream
from application.then import position_then
from interfaces import audit_wiring
from interfaces.cli.options import Json, read_known_at
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from projections.replay_to import Scratch, drop, name_of

FOLDING = "Folding each dossier alone"


def run(
    to: Annotated[
        str | None,
        typer.Option(
            help="As of then: a position, an instant with zone, or a date (its last instant in Vietnam)."
            " Without it: where each read model is.",
            metavar="POSITION|T",
        ),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the tables, to be read with SQL; with --to.")
    ] = False,
    reader: Annotated[
        str | None, typer.Option(help="A role of the database that may read what is kept.", metavar="ROLE")
    ] = None,
    drop_name: Annotated[
        str | None, typer.Option("--drop", help="Drop read models that were kept.", metavar="NAME")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make the read models again from the log, up to a position, and compare: with what is shown at the same
    position, and with every dossier's stream folded alone. Exit code 1 where something differs."""
    asked = read_known_at(to, "--to") if to else None
    if keep and asked is None:
        raise typer.BadParameter("say as of when, with --to POSITION", param_hint="--keep")
    if reader is not None and not keep:
        raise typer.BadParameter("only what is kept can be read: add --keep", param_hint="--reader")
    if drop_name is not None and (asked is not None or keep):
        raise typer.BadParameter("drops, and replays nothing: leave the others out", param_hint="--drop")

    async def work(call: Call) -> Done:
        allow(call.identity(), "audit", await call.services.reader.moment(fresh=True))
        if drop_name is not None:
            return await _dropped(call, drop_name)
        return await _replayed(call, asked, keep, reader)

    with_ledger("Replaying the read models", as_json, work)


async def _dropped(call: Call, name: str) -> Done:
    async with call.services.views.pool.connection() as connection:
        schemas = await drop(connection, name)
    return Done({"dropped": name, "schemas": schemas}, f"Dropped {name}, {plural(schemas, 'schema')}.")


async def _replayed(call: Call, asked: Any, keep: bool, reader: str | None) -> Done:
    services, working = call.services, call.working
    position = None if asked is None else await position_then(services.reader, asked)
    if position is None:
        _, head = await services.ledger.recorder.clock()
        working.at(0, None, "Bringing the read models up")
        await audit_wiring.catch_up(call.opened, head)

    def progress(what: str, done: int, total: int) -> None:
        working.at(done, total, what)

    folded = Folded()
    async with audit_wiring.replay_to(call.opened, position, progress, keep=keep, reader=reader) as scratch:
        if scratch.position:
            folded = await by_stream(
                services.ledger,
                services.reader,
                scratch,
                scratch.position,
                lambda reached: working.at(reached, scratch.position, FOLDING),
            )
    return _said(scratch, folded, name_of(position) if keep and position else None, position)


def _said(scratch: Scratch, folded: Folded, kept: str | None, position: int | None) -> Done:
    differs = [one.says for one in scratch.differs] + folded.says
    document = {
        "ok": not differs,
        "to": position,
        "views": [{"view": one.view.name, "position": one.position} for one in scratch.views],
        "tables": [
            {"view": t.view, "table": t.table, "rows": t.rows, "digest": t.digest} for t in scratch.tables
        ],
        "compared_with_shown": scratch.compared,
        "dossiers_folded_alone": folded.dossiers,
        "differing": len(scratch.differs) + folded.differing,
        "differs": differs,
        "kept": kept,
    }
    shown = [
        table(
            *("View", "Table", "Rows", "Digest of the content"),
            rows=[(t.view, t.table, t.rows, t.digest) for t in scratch.tables],
        )
    ]
    if differs:
        shown.append(table("Finding", rows=[(said,) for said in differs]))
    return Done(document, _sentence(scratch, folded, kept, position), tuple(shown), 1 if differs else 0)


def _sentence(scratch: Scratch, folded: Folded, kept: str | None, position: int | None) -> str:
    where = f"position {position:,}" if position is not None else "where each is shown"
    sentence = f"Replayed {plural(len(scratch.views), 'read model')} up to {where}."
    if scratch.compared:
        sentence += f" Compared with what is shown: {', '.join(scratch.compared)}."
    sentence += f" {plural(folded.dossiers, 'dossier')} folded alone"
    differing = len(scratch.differs) + folded.differing
    if differing:
        sentence += (
            f": {plural(differing, 'difference')}, the first of them above."
            " Run `hoso audit`, then `hoso views rebuild NAME`, and tell the engineer."
        )
    else:
        sentence += ": everything is the same."
    if kept:
        sentence += (
            f" Kept as {kept}: read the tables of the schemas {kept}_status and so on with SQL, and drop them"
            f" with `hoso replay --drop {kept}`."
        )
    return sentence
