"""`hoso handover`, after the hour: transfer, acknowledge, refuse, place, reconcile."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from application import receiving, reconciling, transfer
from application.refusals import NotFound
from interfaces.cli import coordination, placing
from interfaces.cli.handover_parts import ActId, PartId, answered, part_of_act
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural
from interfaces.cli.run import Call, with_ledger

CODES_AT_ONCE = 1_000

Codes = Annotated[
    list[str], typer.Option("--dossier", help="A dossier's code; again for more.", metavar="CODE")
]
Agency = Annotated[str, typer.Option(help="The receiving agency's identifier.", metavar="IDENTIFIER")]


class Papers(StrEnum):
    confirmed = "confirmed"
    missing = "missing"
    none = "none"


def add_to(app: typer.Typer) -> None:
    """Add these verbs to `hoso handover`."""
    app.command("transfer")(transfer_part)
    app.command()(acknowledge)
    app.command()(refuse)
    app.command()(placing.place)
    coordination.add_to(app)
    app.command()(reconcile)


def transfer_part(act: ActId, part: PartId = None, as_json: Json = False) -> None:
    """Record the transfer of each dossier; stopped anywhere and run again it writes what is missing."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        chosen = await part_of_act(call, act, part)
        written = found = total = position = 0
        async for progress in transfer.transfer(call.services.handovers, identity, chosen.id):
            written, found, total = progress.written, progress.found, progress.total
            position = progress.position
            call.working.at(written + found, total)
        counts = {"written": written, "found": found, "total": total}
        known = f"; {found:,} had been recorded before" if found else ""
        sentence = f"{plural(written, 'transfer')} recorded of {total:,}{known}. Reconcile next."
        return Done(answered(act, chosen.id, position, counts), sentence)

    with_ledger("Transferring dossiers", as_json, work)


def acknowledge(
    act: ActId,
    agency: Agency,
    dossier: Codes,
    papers: Annotated[Papers, typer.Option(help="The paper originals.")] = Papers.none,
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """The receiving agency acknowledges dossiers; what was answered already stays as it is."""

    async def work(call: Call) -> Done:
        identity = call.identity()
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
        return _said(act, chosen.id, "refused", done, len(dossiers))

    with_ledger("Refusing", as_json, work)


def reconcile(act: ActId, part: PartId = None, as_json: Json = False) -> None:
    """Check that every dossier that moved has one holder and one transfer, and record the counts."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        chosen = await part_of_act(call, act, part)
        done = await reconciling.reconcile(call.services.handovers, identity, chosen.id)
        counts = done.counts
        sentence = (
            f"Reconciled: {plural(counts['moved'], 'dossier')} moved, {counts['handed_over']:,} transfers,"
            f" {counts['acknowledged']:,} acknowledged, {counts['refused']:,} refused."
        )
        return Done(answered(act, chosen.id, done.position, counts), sentence)

    with_ledger("Reconciling", as_json, work)


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
