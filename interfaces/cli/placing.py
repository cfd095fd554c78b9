"""`hoso handover place`: one dossier, a list of them, or all that wait with a place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from application import coordinating, placing
from application.placing import Decision
from interfaces.cli.handover_parts import ActId, PartId, answered
from interfaces.cli.lines import ByLine, Row, Told, dossier_named, rows_of
from interfaces.cli.options import Json
from interfaces.cli.output import Done
from interfaces.cli.run import Call, with_ledger
from interfaces.registers import registers_of

COLUMNS = ("dossier", "to", "ground")


def place(
    act: ActId,
    dossier: Annotated[str | None, typer.Option(help="One dossier's code.", metavar="CODE")] = None,
    to: Annotated[
        str | None, typer.Option(help="The agency that holds it from now on.", metavar="IDENTIFIER")
    ] = None,
    ground: Annotated[str | None, typer.Option(help="Why.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="A CSV file instead: code or id of the dossier, agency's identifier, ground."),
    ] = None,
    with_place: Annotated[
        str | None,
        typer.Option("--place", help="Or all that wait with this place.", metavar="CODE@DATE"),
    ] = None,
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """Decide who holds dossiers that no rule placed, or that were refused: one, a list, or a place's."""
    if [dossier, file, with_place].count(None) != 2:
        raise typer.BadParameter("name one of them: a dossier, a file or a place", param_hint="--dossier")
    if file is None and (to is None or ground is None):
        raise typer.BadParameter("say to which agency and why", param_hint="--to, --ground")
    if file is not None and (to or ground):
        raise typer.BadParameter("the file says to which agency and why", param_hint="--file")

    async def work(call: Call) -> Done:
        parts = await coordinating.parts_of(call.services.handovers, act, part)
        if file is not None:
            return (await _by_list(call, parts, file)).done(act, placing.PLACED)
        to_agency = await _agency(call, to or "")
        if with_place is not None:
            return (await _by_place(call, parts, with_place, to_agency, ground or "")).done(
                act, placing.PLACED
            )
        decision = Decision(await dossier_named(call, dossier or ""), to_agency, ground or "")
        (outcome,) = await placing.place_each(call.services.handovers, call.identity(), parts, [decision])
        if outcome.error is not None:
            raise outcome.error
        said = answered(act, part, outcome.position, {"holder": to_agency})
        return Done(said, f"{dossier} is held by {to} from now on.")

    with_ledger("Placing dossiers", as_json, work)


async def _by_list(call: Call, parts: list[UUID], file: Path) -> Told:
    office, identity = call.services.handovers, call.identity()
    agencies: dict[str, UUID] = {}

    async def read(row: Row) -> Decision:
        named, to, ground = row.cells
        if to not in agencies:
            agencies[to] = await _agency(call, to)
        return Decision(await dossier_named(call, named), agencies[to], ground)

    by_line = ByLine(call, read, lambda lines: placing.place_each(office, identity, parts, lines))
    return await by_line.run(rows_of(file, COLUMNS))


async def _by_place(call: Call, parts: list[UUID], place: str, to: UUID, ground: str) -> Told:
    moment = await call.services.reader.moment(fresh=True)
    unit = moment.organisation.unit_by_reference(place, moment.now)
    found = Told()
    pages = placing.place_waiting_with(
        registers_of(call.services), call.identity(), parts, unit.id, to, ground
    )
    async for page in pages:
        for (_, code), outcome in zip(page.dossiers, page.outcomes, strict=True):
            found.add(call, len(found.outcomes) + 1, code, outcome)
        call.working.at(len(found.outcomes))
    return found


async def _agency(call: Call, identifier: str) -> UUID:
    moment = await call.services.reader.moment(fresh=True)
    return moment.organisation.agency_by_identifier(identifier).id
