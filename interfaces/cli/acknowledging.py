"""`hoso handover acknowledge`: single dossiers by their codes, or everything that an agency got."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import typer

from application.acknowledging import Acknowledged, acknowledge_all
from application.refusals import BadRequest
from interfaces.cli.errors import CommandError, told
from interfaces.cli.handover_parts import Part, answered, parts_of_act
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call


async def all_of_agency(call: Call, act: UUID, part: UUID | None, agency: UUID, papers: str) -> Done:
    """What each part that has taken effect brought the agency. Raises what `acknowledge_all` does."""
    chosen = await parts_of_act(call, act, part)
    done: list[Acknowledged] = []
    for one in chosen:
        try:
            done.append(await _one_part(call, one, agency, papers, sum(d.listed for d in done)))
        except BadRequest:  # its hour has not come, or it is not scheduled
            if len(chosen) == 1:
                raise
    if not done:
        raise CommandError("before_the_hour", "No part of the act has taken effect yet.")
    return _said(call, act, chosen, done)


async def _one_part(call: Call, one: Part, agency: UUID, papers: str, before: int) -> Acknowledged:
    last = Acknowledged(0, 0, 0, 0)
    office, identity = call.services.handovers, call.identity()
    async for last in acknowledge_all(office, identity, one.id, agency, papers=papers):
        call.working.at(before + last.listed, None, f"Acknowledging what came by {one.name}")
    return last


def _said(call: Call, act: UUID, chosen: Sequence[Part], done: Sequence[Acknowledged]) -> Done:
    count, refused = sum(d.count for d in done), sum(d.refused for d in done)
    before = sum(d.listed for d in done) - count - refused
    counts = {"acknowledged": count, "answered_before": before, "refused": refused}
    part = chosen[0].id if len(chosen) == 1 else None
    document = answered(act, part, max(d.position for d in done), counts)
    sentence = f"{plural(count, 'dossier')} acknowledged"
    sentence += f"; {before:,} had been answered before." if before else "."
    rows = []
    for dossier, why in (reason for d in done for reason in d.reasons):
        known = told(why, call.language)
        rows.append((str(dossier), known.sentence if known else str(why)))
    if not refused:
        return Done(document, sentence)
    sentence += f" {plural(refused, 'dossier')} could not be: see above why."
    return Done(document, sentence, (table("Dossier", "Why not", rows=rows),), 1)


def by_code_or_all(codes: Sequence[str] | None, everything: bool) -> None:
    """Either dossiers are named or --all. Raises a usage error."""
    if bool(codes) == everything:
        raise typer.BadParameter("name dossiers, or say --all", param_hint="--dossier")
