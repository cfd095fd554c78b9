"""`hoso tlog prune`: tiles of level 0 and bundles of a past that is long attested, moved out of what is
published."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from application import pruning
from application.policy import allow
from application.pruning_plan import Plan, bytes_about, plan
from interfaces.attest_wiring import open_pruning_turn
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural
from interfaces.cli.run import Call, with_ledger
from interfaces.tlog_wiring import tile_archive

KEEPS = "The log keeps every entry: proofs are made as before."
MEBIBYTE = 1024 * 1024


def prune(
    before: Annotated[
        int, typer.Option(min=1, help="Entries recorded before this position.", metavar="POSITION")
    ],
    to: Annotated[
        str | None,
        typer.Option(help="The archive: a folder, laid out as the tile store is.", metavar="FOLDER"),
    ] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete them; the log gives them back.")] = False,
    as_json: Json = False,
) -> None:
    """Move tiles of level 0 and bundles of old entries out of the tile store, a retention policy permitting
    (HOSO_TLOG_KEPT_DAYS). Without --to or --delete it says what there is to move."""
    if to is not None and (delete or not to or "://" in to):
        raise typer.BadParameter("a folder, and not together with --delete", param_hint="--to")
    folder = Path(to) if to else None

    async def work(call: Call) -> Done:
        services, settings, tlog = call.services, call.opened.settings, call.opened.tlog
        allow(call.identity(), "prune-log", await services.reader.moment(fresh=True))
        kept = timedelta(days=settings.tlog_kept_days)
        if folder is None and not delete:
            return await _would(await plan(tlog, before, kept))
        async with open_pruning_turn(call.opened.database.app) as turn, pruning.alone(turn):
            planned = await plan(tlog, before, kept)
            place = (planned.tiles, services.ledger_id, planned.number)
            archive = tile_archive(folder, *place) if folder else None
            done = await pruning.prune(tlog, planned, archive, turn, call.working.at)
        return _done(done, archive.root if archive else None)

    with_ledger("Pruning", as_json, work)


async def _would(planned: Plan) -> Done:
    """`{pruned, minimum, until, files, bytes}`: what there is to move."""
    size = await bytes_about(planned)
    document = {
        "pruned": False,
        "minimum": planned.minimum,
        "until": planned.until,
        "files": planned.files,
        "bytes": size,
    }
    if not planned.files:
        return Done(
            document,
            f"Nothing to prune: tiles up to position {planned.minimum:,} are pruned already; the next whole"
            " tile reaches further than --before, or is the newest one, which stays.",
        )
    return Done(
        document,
        f"Nothing was moved. Of positions {planned.minimum + 1:,} to {planned.until:,} there are"
        f" {plural(planned.files, 'file')}, about {size / MEBIBYTE:,.1f} MiB. Move them with --to FOLDER, or"
        f" delete them with --delete. {KEEPS}",
    )


def _done(done: pruning.Pruned, archive: Path | None) -> Done:
    """`{pruned, minimum, files, bytes, to}`: what is not in the tile store any more."""
    document = {
        "pruned": True,
        "minimum": done.minimum,
        "files": done.files,
        "bytes": done.bytes,
        "to": str(archive) if archive else None,
    }
    where = f"moved to {archive}" if archive else "deleted"
    if not done.files:
        return Done(document, f"Nothing to move: up to position {done.minimum:,} it was done before.")
    return Done(
        document,
        f"{plural(done.files, 'file')} {where}, {done.bytes / MEBIBYTE:,.1f} MiB: tiles of level 0 and"
        f" entries up to position {done.minimum:,} are pruned. {KEEPS} `hoso tlog rebuild --pruned` brings"
        " them back.",
    )
