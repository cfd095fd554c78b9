"""`hoso handover amend`: a next version of a part, from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from application import amending
from interfaces.cli.act_file import named_in, read_act
from interfaces.cli.handover_parts import ActId, PartId, answered, part_of_act
from interfaces.cli.options import Json
from interfaces.cli.output import Done
from interfaces.cli.run import Call, with_ledger
from interfaces.http.handover_requests import Amendment, Draft
from interfaces.wiring import document


def amend(
    act: ActId,
    file: Annotated[
        Path, typer.Argument(help="The part, or the act with it, as a JSON document (docs/commands.md).")
    ],
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """Draft a next version of a part. What is scheduled stays in force until the new version is."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        chosen = await part_of_act(call, act, part)
        content, _ = document(file)
        read = read_act(file, Draft if isinstance(content, dict) and "parts" in content else Amendment)
        with named_in(read):
            done = await amending.amend(call.services.handovers, identity, chosen.id, read.content)
        version = done.counts["part_version"]
        sentence = f"Drafted version {version} of {chosen.name}. Simulate it next."
        if chosen.state not in ("drafted", "simulated", "approved"):
            sentence += " What is scheduled stays in force until this version is scheduled."
        return Done(answered(done.handover, done.part, done.position, done.counts), sentence)

    with_ledger("Drafting the next version", as_json, work)
