"""`hoso views`: the read models."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from interfaces.cli.attached import Attached, stop_with_parent
from interfaces.cli.logs import log_to_standard_error
from interfaces.cli.options import Json
from interfaces.cli.output import Done, Working, plural, table
from interfaces.cli.run import Call, with_ledger, without_ledger
from interfaces.wiring import Settings, open_log, open_runner, views
from projections.rebuild import rebuild as rebuild_view
from projections.schema import VIEWS
from projections.shown import parked, tracking

app = typer.Typer(help="The read models: how far they are, building one anew, keeping them up.")


@app.command()
def status(as_json: Json = False) -> None:
    """Show how far each read model is, and what it could not follow. Exit code 1 when one needs a person."""

    async def work(call: Call) -> Done:
        _, head = await call.services.ledger.recorder.clock()
        async with call.services.views.pool.connection() as connection:
            rows = await tracking(connection)
            left_out = {
                r.view: await parked(connection, r.view) for r in rows if r.parked and r.state != "kept"
            }
        unwell = [r for r in rows if r.state == "stopped" or (r.parked and r.state == "running")]
        document = {
            "ok": not unwell,
            "head": head,
            "views": [{f: getattr(r, f) for f in r.__dataclass_fields__} for r in rows],
            "parked": {view: [vars_of(p) for p in found] for view, found in left_out.items()},
        }
        columns = ("View", "State", "Position", "Behind", "Parked", "Error")
        shown = [(r.view, r.state, r.position, head - r.position, r.parked, r.last_error) for r in rows]
        behind = max((head - r.position for r in rows if r.state in ("running", "stopped")), default=0)
        sentence = "Every read model shows all that is recorded."
        if behind:
            sentence = (
                f"The read models are up to {plural(behind, 'position')} behind: is `hoso serve` at work?"
            )
        if unwell:
            names = ", ".join(sorted({r.view for r in unwell}))
            sentence = f"Needs a person: {names}. Read the error, then run `hoso views rebuild NAME`."
        return Done(document, sentence, (table(*columns, rows=shown),), 1 if unwell else 0)

    with_ledger("Reading the read models", as_json, work)


def vars_of(row: object) -> dict[str, object]:
    """The fields of a dataclass with slots."""
    return {name: getattr(row, name) for name in row.__dataclass_fields__}  # type: ignore[attr-defined]


@app.command()
def rebuild(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(VIEWS)}.")], as_json: Json = False
) -> None:
    """Build a read model anew beside the one shown, compare, and switch. Exit code 1 where they differed."""
    if name not in VIEWS:
        raise typer.BadParameter(
            f"{name!r} is no read model: use one of {', '.join(VIEWS)}", param_hint="NAME"
        )

    async def task(settings: Settings, working: Working) -> Done:
        view = next(v for v in views() if v.name == name)
        async with open_log(settings) as (dsn, log):
            done = await rebuild_view(dsn, log, view, progress=working.at)
        document = vars_of(done) | {"differences": [vars_of(d) for d in done.differences]}
        rows = [(d.table, d.shown, d.rebuilt) for d in done.differences]
        sentence = (
            f"Rebuilt {name} from {plural(done.facts, 'fact')} in {done.seconds:.1f} s, and switched to it."
        )
        if rows:
            sentence = (
                f"{sentence} What had been shown differed in {plural(len(rows), 'table')}: tell the engineer."
            )
        listed = (table("Table", "Rows shown", "Rows rebuilt", rows=rows),) if rows else ()
        return Done(document, sentence, listed, 1 if rows else 0)

    without_ledger(f"Rebuilding {name}", as_json, task)


@app.command()
def run(attached: Attached = False, as_json: Json = False) -> None:
    """Keep the read models up with the log until stopped; `hoso serve` does this by itself."""

    async def task(settings: Settings, _: Working) -> Done:
        if attached:
            stop_with_parent()
        log_to_standard_error()
        try:
            async with open_runner(settings) as runner:
                await runner.run()
        except asyncio.CancelledError:
            if not attached:
                raise
        return Done({"stopped": True}, "Stopped.", printed=attached)

    without_ledger("Keeping the read models up", as_json, task)
