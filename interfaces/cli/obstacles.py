"""`hoso obstacles`: what keeps receivers from going on, reported, escalated, resolved."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from application import coordinating, obstacles
from application.handovers import StepAnswer
from application.lookup import officer_named
from interfaces import cursors
from interfaces.cli.handover_parts import ActId, PartId, answered, part_of_act
from interfaces.cli.lines import dossier_named
from interfaces.cli.options import Json, read_id
from interfaces.cli.output import Done, plural, table
from interfaces.cli.paging import MOST, Cursor, goes_on, read_cursor
from interfaces.cli.run import Call, with_ledger
from interfaces.registers import registers_of

app = typer.Typer(help="Obstacles of a handover: what keeps a receiver from going on.")

Id = Annotated[
    UUID,
    typer.Argument(
        help="The obstacle's id, as `list` shows it.", metavar="ID", parser=lambda t: read_id(t, "ID")
    ),
]
Officer = Annotated[str, typer.Option(help="Staff number or id.", metavar="OFFICER")]


class Kind(StrEnum):
    papers = "papers"
    account = "account"
    premises = "premises"
    equipment = "equipment"
    data = "data"
    rule = "rule"
    other = "other"


@app.command()
def report(
    act: ActId,
    agency: Annotated[str, typer.Option(help="The agency that cannot go on.", metavar="IDENTIFIER")],
    kind: Annotated[Kind, typer.Option(help="What it is about.")],
    text: Annotated[str, typer.Option(help="What is in the way.")],
    dossier: Annotated[
        str | None, typer.Option(help="Where it is about one dossier.", metavar="CODE")
    ] = None,
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """Report what keeps an agency from going on; any of its officers may."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        chosen = await part_of_act(call, act, part)
        moment = await call.services.reader.moment(fresh=True)
        concerned = moment.organisation.agency_by_identifier(agency).id
        about = await dossier_named(call, dossier) if dossier else None
        told = obstacles.Report(chosen.id, concerned, kind.value, text, about)
        done = await obstacles.report(registers_of(call.services), identity, told)
        return _said(done, f"Reported as {done.counts['obstacle']}.")

    with_ledger("Reporting", as_json, work)


@app.command("list")
def list_(
    act: ActId,
    part: PartId = None,
    agency: Annotated[str | None, typer.Option(help="Only of this agency.", metavar="IDENTIFIER")] = None,
    all: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
    cursor: Cursor = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Entries.")] = 100,
    as_json: Json = False,
) -> None:
    """The register: what is open, the oldest first, with its age and whose turn it is."""
    after = read_cursor(cursors.obstacle_place, cursor)

    async def work(call: Call) -> Done:
        identity = call.identity()
        parts = await coordinating.parts_of(call.services.handovers, act, part)
        registers = registers_of(call.services)
        moment = await call.services.reader.moment(fresh=True)
        await registers.index.shown(moment.read_up_to)
        of = moment.organisation.agency_by_identifier(agency).id if agency else None
        items = await obstacles.listed(
            registers, identity, parts, resolved_too=all, agency=of, after=after, limit=limit
        )
        following = cursors.after_obstacle(items[-1] if len(items) == limit else None)
        rows = [
            (
                str(item["obstacle"]),
                item["kind"],
                item["identifier"],
                item["description"] or "(erased)",
                item["reported_at"],
                item["age_days"],
                item["assigned_to"],
                item["escalated_to"],
                item["resolved_at"],
            )
            for item in items
        ]
        columns = ("Id", "Kind", "Agency", "What", "Since", "Days", "Assigned", "Escalated to", "Resolved")
        unresolved = sum(item["resolved_at"] is None for item in items)
        then = " `hoso obstacles assign` says who sees to one, `resolve` how it ended." if unresolved else ""
        sentence = (
            f"{plural(unresolved, 'obstacle')} open, {len(items) - unresolved:,} resolved."
            f"{then}{goes_on(following)}"
        )
        said = {"handover": act, "items": items, "next": following}
        return Done(said, sentence, (table(*columns, rows=rows),) if rows else ())

    with_ledger("Reading obstacles", as_json, work)


@app.command()
def assign(obstacle: Id, officer: Officer, as_json: Json = False) -> None:
    """Say who sees to an obstacle."""

    async def work(call: Call) -> Done:
        to = await _officer(call, officer)
        done = await obstacles.assign(registers_of(call.services), call.identity(), obstacle, to)
        return _said(done, f"{officer} sees to it.")

    with_ledger("Assigning", as_json, work)


@app.command()
def escalate(
    obstacle: Id,
    officer: Officer,
    reason: Annotated[str, typer.Option(help="Why.")],
    as_json: Json = False,
) -> None:
    """Escalate an obstacle to an officer, whose turn it is then."""

    async def work(call: Call) -> Done:
        to = await _officer(call, officer)
        done = await obstacles.escalate(registers_of(call.services), call.identity(), obstacle, to, reason)
        return _said(done, f"Escalated to {officer}.")

    with_ledger("Escalating", as_json, work)


@app.command()
def resolve(
    obstacle: Id,
    text: Annotated[str, typer.Option(help="How it was resolved.")],
    as_json: Json = False,
) -> None:
    """Say how an obstacle was resolved."""

    async def work(call: Call) -> Done:
        done = await obstacles.resolve(registers_of(call.services), call.identity(), obstacle, text)
        return _said(done, "Resolved.")

    with_ledger("Resolving", as_json, work)


def _said(done: StepAnswer, sentence: str) -> Done:
    return Done(answered(done.handover, done.part, done.position, done.counts), sentence)


async def _officer(call: Call, wanted: str) -> UUID:
    moment = await call.services.reader.moment(fresh=True)
    return await officer_named(call.services.ledger, moment.organisation, wanted)
