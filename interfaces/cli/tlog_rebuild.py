"""`hoso tlog rebuild`: tiles that are missing, written again from the log."""

from __future__ import annotations

from typing import Annotated

import typer

from application.head_check import check_head
from application.pruning import alone
from application.rebuilding import rebuild as rebuild_tiles
from interfaces.attest_wiring import open_pruning_turn
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger


def rebuild(
    pruned: Annotated[
        bool, typer.Option("--pruned", help="Pruned ones too: after that nothing is pruned.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write every tile and bundle that is missing again from the log, and name those that are wrong. Exit
    code 1 where there are such."""

    async def work(call: Call) -> Done:
        async with open_pruning_turn(call.opened.database.app) as turn, alone(turn):
            standing = await check_head(call.opened.tlog)
            done = await rebuild_tiles(call.opened.tlog, standing, call.working.at, pruned=pruned)
        document = {
            "ok": not done.wrong,
            "size": done.size,
            "minimum": done.minimum,
            "there": done.there,
            "written": done.written,
            "wrong": done.wrong,
            "paths": done.named,
        }
        sentence = (
            f"{plural(done.written, 'tile or bundle', 'tiles and bundles')} written again, {done.there:,}"
            f" were there, up to position {done.size:,}."
        )
        if done.minimum:
            sentence += (
                f" Those pruned, up to position {done.minimum:,}, stay away; --pruned brings them back."
            )
        if done.wrong:
            sentence += (
                f" {plural(done.wrong, 'file holds', 'files hold')} something else than the log and were"
                " left: keep a copy, move them away, then run this again."
            )
        rows = [(path,) for path in done.named]
        return Done(document, sentence, (table("Wrong", rows=rows),) if rows else (), 1 if done.wrong else 0)

    with_ledger("Looking at every tile", as_json, work)
