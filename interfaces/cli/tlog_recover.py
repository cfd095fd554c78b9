"""`hoso tlog recover`: the way out where the log is not the one whose head was signed last."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from application import log_identity
from application.changing import Asked
from application.recovering import Recovered
from application.recovering import recover as recover_log
from interfaces.attest_wiring import open_turn
from interfaces.cli.options import Json
from interfaces.cli.output import Done
from interfaces.cli.run import Call, with_ledger
from interfaces.witness_wiring import open_cosigner


class Ground(StrEnum):
    restored_backup = "restored_backup"
    forked = "forked"
    head_lost = "head_lost"


def recover(
    ground: Annotated[
        Ground | None,
        typer.Option(help="The database is an older copy; it went on beside another; the head is gone."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Go on after a loss: put on record what was signed and is not here, and begin a log with a new name and
    a new key. Run again, it finishes what was cut short."""

    async def work(call: Call) -> Done:
        services, settings = call.services, call.opened.settings
        first = log_identity.first_origin(services.ledger_id, configured=settings.origin, demo=services.demo)
        async with open_turn(call.opened.database.app) as turn, open_cosigner(settings) as cosigner:
            done = await recover_log(
                services.registry,
                Asked(call.identity()),
                services.ledger_id,
                call.opened.tlog,
                turn,
                cosigner,
                ground=ground.value if ground else None,
                first=first,
                quorum_required=settings.quorum_required,
                progress=lambda read, total: call.working.at(read, total, "Beginning the new log"),
            )
        return _done(done)

    with_ledger("Comparing the log with its signed head", as_json, work, head_checked=False)


def _done(done: Recovered) -> Done:
    document = {
        "origin": done.origin,
        "number": done.number,
        "keys": [str(key) for key in done.keys],
        "lost_size": done.lost_size,
        "kept_size": done.kept_size,
        "head": done.head,
        "published": done.published,
    }
    keys = " ".join(str(key) for key in done.keys)
    lost = f" What was signed up to {done.lost_size:,} is on record as lost." if done.lost_size else ""
    how = (
        "attested" if done.published else "signed, and not published before the quorum of witnesses is there,"
    )
    sentence = (
        f"The ledger goes on as the log {done.origin}, {how} up to position {done.head:,}.{lost} Proofs of"
        " before stay good for what is still here. Give the new key to the witnesses and to whoever verifies:"
        f" {keys}"
    )
    return Done(document, sentence)
