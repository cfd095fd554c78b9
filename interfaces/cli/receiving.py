"""`hoso handover`, after the hour: what receivers say; transferring.py has transfer and reconcile."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from application import receiving
from application.refusals import NotFound
from interfaces.cli import coordination, coordinators, placing, transferring
from interfaces.cli.acknowledging import all_of_agency, by_code_or_all
from interfaces.cli.handover_parts import ActId, PartId, answered, part_of_act
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural
from interfaces.cli.run import Call, with_ledger

CODES_AT_ONCE = 1_000

Codes = Annotated[
    list[str], typer.Option("--dossier", help="A dossier's code; again for more.", metavar="CODE")
]
CodesOrAll = Annotated[
    list[str] | None, typer.Option("--dossier", help="A dossier's code; again for more.", metavar="CODE")
]
Agency = Annotated[str, typer.Option(help="The receiving agency's identifier.", metavar="IDENTIFIER")]


class Papers(StrEnum):
    confirmed = "confirmed"
    missing = "missing"
    none = "none"


def add_to(app: typer.Typer) -> None:
    """Add these verbs to `hoso handover`."""
    transferring.add_to(app)
    app.command()(acknowledge)
    app.command()(refuse)
    app.command()(placing.place)
    coordination.add_to(app)
    coordinators.add_to(app)


def acknowledge(
    act: ActId,
    agency: Agency,
    dossier: CodesOrAll = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All that the agency got and still holds, instead of --dossier.")
    ] = False,
    papers: Annotated[Papers, typer.Option(help="The paper originals.")] = Papers.none,
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """The receiving agency acknowledges dossiers; what was answered already stays as it is."""
    by_code_or_all(dossier, everything)

    async def work(call: Call) -> Done:
        identity = call.identity()
        if not dossier:
            to, _ = await _named(call, agency, [])
            return await all_of_agency(call, act, part, to, papers.value)
        chosen = await part_of_act(call, act, part)
        to, dossiers = await _named(call, agency, dossier)
        office = call.services.handovers
        done = await receiving.acknowledge(office, identity, chosen.id, to, dossiers, papers=papers.value)
        return _said(act, chosen.id, "acknowledged", done, len(dossiers))

    with_ledger("Acknowledging", as_json, work)


def refuse(
    act: ActId,
    agency: Agency,
    dossier: Codes,
    reason: Annotated[str, typer.Option(help="Why the agency does not take them.")],
    suggest: Annotated[
        str | None, typer.Option(help="The agency that should have them.", metavar="IDENTIFIER")
    ] = None,
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """The receiving agency refuses dossiers; it keeps them until a decision is recorded."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        chosen = await part_of_act(call, act, part)
        to, dossiers = await _named(call, agency, dossier)
        office = call.services.handovers
        onward = (await _named(call, suggest, []))[0] if suggest else None
        done = await receiving.refuse(
            office, identity, chosen.id, to, dossiers, reason=reason, suggests=onward
        )
        if done.before and not done.count:
            raise done.before
        return _said(act, chosen.id, "refused", done, len(dossiers))

    with_ledger("Refusing", as_json, work)


async def _named(call: Call, identifier: str, codes: list[str]) -> tuple[UUID, list[UUID]]:
    """Ids of the agency and the dossiers. Raises NotFound; a usage error for too many at once."""
    if len(codes) > CODES_AT_ONCE:
        raise typer.BadParameter(f"at most {CODES_AT_ONCE:,} dossiers at once", param_hint="--dossier")
    moment = await call.services.reader.moment(fresh=True)
    agency = moment.organisation.agency_by_identifier(identifier)
    dossiers = []
    for code in codes:
        dossier = await call.services.ledger.find("dossier_code", code)
        if dossier is None:
            raise NotFound("unknown_dossier", f"no dossier has the code {code}: check it against the slip")
        dossiers.append(dossier)
    return agency.id, dossiers


def _said(act: UUID, part: UUID, word: str, done: receiving.Answered, asked: int) -> Done:
    before = f"; {asked - done.count:,} had been answered before" if asked > done.count else ""
    said = answered(act, part, done.position, {word: done.count})
    return Done(said, f"{plural(done.count, 'dossier')} {word}{before}.")
