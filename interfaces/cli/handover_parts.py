"""Which part of an act a command means, and what every step answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from application import handover_reading
from application.refusals import NotFound
from interfaces.cli.errors import CommandError
from interfaces.cli.options import read_id
from interfaces.cli.run import Call

ActId = Annotated[
    UUID,
    typer.Argument(
        help="The act's id, as `draft` and `status` show it.", metavar="ID", parser=lambda t: read_id(t, "ID")
    ),
]
PartId = Annotated[
    UUID | None,
    typer.Option(
        "--part",
        help="The part's id. Without it: the act's only one; simulate, approve and schedule take all.",
        metavar="ID",
        parser=lambda t: read_id(t, "--part"),
    ),
]


@dataclass(frozen=True, slots=True)
class Part:
    """A part as known now. `step`: how far its latest version has come, which may be an amendment of what is
    scheduled."""

    id: UUID
    name: str
    state: str
    digest: str
    effective_at: datetime | None
    approvals: tuple[str, ...]
    step: str


async def parts_of_act(call: Call, act: UUID, part: UUID | None) -> list[Part]:
    """The part that was named, or every part of the act in its order. Raises NotFound, NotAllowed."""
    found = await handover_reading.act(call.services.handovers, call.identity(), act)
    chosen = [one for one in found["parts"] if part in (None, one["id"])]
    if not chosen:
        raise NotFound(
            "unknown_part", f"the act {found['number']} has no part {part}: see `hoso handover status`"
        )
    return [
        Part(
            *(p["id"], p["name"], p["state"], p["digest"], p["effective_at"]),
            tuple(p["approvals"]),
            p["amendment"] or p["state"],
        )
        for p in chosen
    ]


async def part_of_act(call: Call, act: UUID, part: UUID | None) -> Part:
    """The part that was named, or the act's only one. Raises NotFound, NotAllowed, CommandError."""
    parts = await parts_of_act(call, act, part)
    if len(parts) != 1:
        names = ", ".join(f"{one.id} ({one.name})" for one in parts)
        raise CommandError("part_missing", f"The act has several parts, name one with --part: {names}.")
    return parts[0]


def answered(act: UUID, part: UUID | None, position: int, counts: Mapping[str, Any]) -> dict[str, Any]:
    """What a step's --json says: the same as over HTTP."""
    return {"handover": act, "part": part, "position": position, "counts": dict(counts)}
