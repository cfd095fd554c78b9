"""`hoso handover` for the people of the coordination: coordinator, end-coordinator."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from application import coordinators
from application.lookup import officer_named
from interfaces.cli.handover_parts import ActId, PartId, answered, part_of_act
from interfaces.cli.options import Json
from interfaces.cli.output import Done
from interfaces.cli.run import Call, with_ledger

Officer = Annotated[str, typer.Option(help="Staff number or id.", metavar="OFFICER")]


def add_to(app: typer.Typer) -> None:
    """Add these verbs to `hoso handover`."""
    app.command()(coordinator)
    app.command("end-coordinator")(end_coordinator)


def coordinator(
    act: ActId,
    officer: Officer,
    agency: Annotated[
        str | None, typer.Option(help="Only for what this agency held before.", metavar="IDENTIFIER")
    ] = None,
    escalates_to: Annotated[
        str | None, typer.Option(help="Whose turn it is when nothing happens.", metavar="OFFICER")
    ] = None,
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """Name who is responsible for what persons still have to decide; named again, the last one counts."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        chosen = await part_of_act(call, act, part)
        held = await _agency(call, agency)
        above = await officer_id(call, escalates_to) if escalates_to else None
        named = await officer_id(call, officer)
        done = await coordinators.name(
            call.services.handovers, identity, chosen.id, named, agency=held, escalates_to=above
        )
        whole = f"what {agency} held" if agency else "what nobody else is named for"
        said = answered(act, chosen.id, done.position, done.counts)
        sentence = (
            f"{officer} is responsible for {whole} in {chosen.name}."
            f" What waits for them: `hoso handover queue {act} --coordinator {officer}`."
        )
        return Done(said, sentence)

    with_ledger("Naming the coordinator", as_json, work)


def end_coordinator(
    act: ActId,
    officer: Officer,
    agency: Annotated[
        str | None,
        typer.Option(help="For what this agency held. Without: for the part.", metavar="IDENTIFIER"),
    ] = None,
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """End a coordinator's naming: it lets them decide nothing more; what they decided stays."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        chosen = await part_of_act(call, act, part)
        held = await _agency(call, agency)
        named = await officer_id(call, officer)
        done = await coordinators.end(call.services.handovers, identity, chosen.id, named, agency=held)
        what = f"what {agency} held" if agency else "the part"
        said = answered(act, chosen.id, done.position, done.counts)
        sentence = (
            f"{officer} is no longer named for {what} in {chosen.name}; what they decided stays."
            f" {await _left(call, chosen.id, held)}"
        )
        return Done(said, sentence)

    with_ledger("Ending the naming", as_json, work)


async def _left(call: Call, part: UUID, held: UUID | None) -> str:
    """Whose it is now."""
    moment = await call.services.reader.moment(fresh=True)
    now = coordinators.responsible_for(moment, part, held)
    if now is None:
        return "Nobody is: name somebody with `hoso handover coordinator`."
    return f"The part's coordinator has it now: officer {now.officer}."


async def _agency(call: Call, identifier: str | None) -> UUID | None:
    if identifier is None:
        return None
    moment = await call.services.reader.moment(fresh=True)
    return moment.organisation.agency_by_identifier(identifier).id


async def officer_id(call: Call, wanted: str) -> UUID:
    """The officer with this staff number or id. Raises NotFound."""
    moment = await call.services.reader.moment(fresh=True)
    return await officer_named(call.services.ledger, moment.organisation, wanted)
