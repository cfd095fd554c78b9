"""`hoso procedures`: the catalogue, in versions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from application.catalogue_loads import load_procedures
from application.lookup import procedure_named
from interfaces.cli.loading import loaded
from interfaces.cli.options import At, Json, read_time
from interfaces.cli.output import Done, plural, table
from interfaces.cli.reference import catalogue
from interfaces.cli.run import Call, with_ledger
from interfaces.wiring import PROCEDURES

app = typer.Typer(help="The catalogue of procedures: components, limits, fees, levels, in dated versions.")


@app.command()
def load(
    file: Annotated[
        Path,
        typer.Argument(help="A JSON document, or a folder of them. Default: our own.", show_default=False),
    ] = PROCEDURES,
    as_json: Json = False,
) -> None:
    """Publish the procedures of a file or folder; versions known already are left alone."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        read = catalogue(file)
        done = await load_procedures(call.services.registry, identity, read.entries)
        document = {"procedures": len(read.entries), "channels": read.channels, "doubtful": read.doubtful}
        said = loaded(done, "procedure", document)
        channels = f"{plural(read.channels, 'channel')}, {read.doubtful:,} with a doubtful limit."
        return Done(said.document, f"{said.sentence} The file has {channels}")

    with_ledger("Loading procedures", as_json, work)


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="The procedure's code.")], at: At = None, as_json: Json = False
) -> None:
    """Show a procedure: the version in force now or at T, and which versions there are."""
    when = read_time(at, "--at") if at else None

    async def work(call: Call) -> Done:
        moment = await call.services.reader.moment(fresh=True)
        t = when or moment.now
        shown = procedure_named(moment.organisation, code, t)
        rows = [
            (line["channel"], line.get("case"), line["limit_amount"], line["limit_unit"], line["fee_vnd"])
            for line in shown["channels"]
        ]
        versions = f"version {shown['version']} of {len(shown['versions'])}"
        sentence = f"{shown['name']}: {versions}, decided by the {shown['level']}."
        listed = table("Channel", "Case", "Limit", "Unit", "Fee (VND)", rows=rows)
        return Done({"at": t, **shown}, sentence, (listed,))

    with_ledger("Reading the procedure", as_json, work)
