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
        help="The part's id; needed where the act has several.",
        metavar="ID",
        parser=lambda t: read_id(t, "--part"),
    ),
]


@dataclass(frozen=True, slots=True)
class Part:
    """A part as known now."""

    id: UUID
    name: str
    state: str
    digest: str
    effective_at: datetime


async def part_of_act(call: Call, act: UUID, part: UUID | None) -> Part:
    """The part that was named, or the act's only one. Raises NotFound, NotAllowed, CommandError."""
    found = await handover_reading.act(call.services.handovers, call.identity(), act)
    parts = {one["id"]: one for one in found["parts"]}
    if part is not None and part not in parts:
        raise NotFound(
            "unknown_part", f"the act {found['number']} has no part {part}: see `hoso handover status`"
        )
    if part is None and len(parts) != 1:
        names = ", ".join(f"{one['id']} ({one['name']})" for one in parts.values())
        raise CommandError(
            "part_missing", f"The act {found['number']} has several parts, name one with --part: {names}."
        )
    chosen = parts[part] if part else next(iter(parts.values()))
    return Part(chosen["id"], chosen["name"], chosen["state"], chosen["digest"], chosen["effective_at"])


def answered(act: UUID, part: UUID | None, position: int, counts: Mapping[str, Any]) -> dict[str, Any]:
    """What a step's --json says: the same as over HTTP."""
    return {"handover": act, "part": part, "position": position, "counts": dict(counts)}
