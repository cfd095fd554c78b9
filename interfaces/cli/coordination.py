"""`hoso handover` for the coordination: queue, coordinator, remind, silent."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from application import coordinating, reminding
from application.lookup import officer_named
from interfaces.cli.handover_parts import ActId, PartId, answered, part_of_act
from interfaces.cli.options import Json, read_duration
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.registers import registers_of

MOST = 1_000

Officer = Annotated[str, typer.Option(help="Staff number or id.", metavar="OFFICER")]


def add_to(app: typer.Typer) -> None:
    """Add these verbs to `hoso handover`."""
    app.command()(queue)
    app.command()(coordinator)
    app.command()(remind)
    app.command()(silent)


def queue(
    act: ActId,
    part: PartId = None,
    coordinator: Annotated[
        str | None, typer.Option(help="Only what this officer is named for.", metavar="OFFICER")
    ] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only what you are named for.")] = False,
    late: Annotated[str, typer.Option(help="Mark what waits longer.", metavar="TIME")] = "3d",
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Entries.")] = 100,
    as_json: Json = False,
) -> None:
    """What persons still have to decide: first what nobody is responsible for, then by who held before."""
    longer = read_duration(late, "--late")

    async def work(call: Call) -> Done:
        identity = call.identity()
        parts = await coordinating.parts_of(call.services.handovers, act, part)
        whose = await _officer(call, coordinator) if coordinator else identity.uuid if mine else None
        registers = registers_of(call.services)
        moment = await call.services.reader.moment(fresh=True)
        await registers.index.shown(moment.read_up_to)
        page = await coordinating.queue(
            registers, identity, parts, coordinator=whose, late=longer, limit=limit
        )
        rows = [
            (
                row["code"],
                row["refusal"] or row["reason"],
                row["suggests"] and row["suggests"]["identifier"],
                row["place"],
                row["since"],
                row["late"],
                row["holder"] and row["holder"]["identifier"],
                row["coordinator"] or "nobody named",
            )
            for row in page.rows
        ]
        columns = ("Dossier", "Why", "Suggested", "Place", "Since", "Late", "Held by", "Coordinator")
        lateness = sum(row["late"] for row in page.rows)
        more = "at least " if page.following else ""
        sentence = f"{more}{plural(len(rows), 'dossier')} to decide, {lateness:,} for longer than {late}."
        said = {"handover": act, "at": page.at, "items": page.rows, "more": page.following is not None}
        return Done(said, sentence, (table(*columns, rows=rows),) if rows else ())

    with_ledger("Reading the queue", as_json, work)


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
        moment = await call.services.reader.moment(fresh=True)
        held = moment.organisation.agency_by_identifier(agency).id if agency else None
        above = await _officer(call, escalates_to) if escalates_to else None
        named = await _officer(call, officer)
        done = await coordinating.name(
            call.services.handovers, identity, chosen.id, named, agency=held, escalates_to=above
        )
        whole = f"what {agency} held" if agency else "what nobody else is named for"
        said = answered(act, chosen.id, done.position, done.counts)
        return Done(said, f"{officer} is responsible for {whole} in {chosen.name}.")

    with_ledger("Naming the coordinator", as_json, work)


def remind(
    act: ActId,
    after: Annotated[str, typer.Option(help="Remind who has not answered for longer.")] = "2d",
    escalate_after: Annotated[str, typer.Option(help="Escalate who has not answered for longer.")] = "5d",
    obstacles_after: Annotated[str, typer.Option(help="Escalate obstacles open for longer.")] = "7d",
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """Remind and escalate silent receivers, each at most once a day: safe in a crontab."""
    limits = reminding.Limits(
        read_duration(after, "--after"),
        read_duration(escalate_after, "--escalate-after"),
        read_duration(obstacles_after, "--obstacles-after"),
    )

    async def work(call: Call) -> Done:
        identity = call.identity()
        parts = await coordinating.parts_of(call.services.handovers, act, part)
        done = reminding.Reminded()
        async for progress in reminding.remind(registers_of(call.services), identity, parts, limits):
            done = progress
            call.working.at(sum(done.counts.values()))
        sentence = (
            f"{plural(done.reminded, 'receiver')} reminded, {done.escalated:,} escalated,"
            f" {plural(done.obstacles, 'obstacle')} escalated."
        )
        return Done(answered(act, part, done.position, done.counts), sentence)

    with_ledger("Reminding", as_json, work)


def silent(
    act: ActId,
    part: PartId = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Receivers.")] = 100,
    as_json: Json = False,
) -> None:
    """Receivers that have not answered for what was handed over, the one that waits longest first."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        parts = await coordinating.parts_of(call.services.handovers, act, part)
        registers = registers_of(call.services)
        moment = await call.services.reader.moment(fresh=True)
        await registers.index.shown(moment.read_up_to)
        found = await reminding.silent(registers, identity, parts, limit=limit)
        items = [reminding.shown(moment, row) for row in found]
        rows = [
            (
                item["identifier"],
                item["waiting"],
                item["oldest"],
                item["reminders"],
                item["reminded_at"],
                item["escalations"],
            )
            for item in items
        ]
        columns = ("Receiver", "Dossiers", "Oldest since", "Reminders", "Last", "Escalations")
        dossiers = sum(item["waiting"] for item in items)
        more = "at least " if len(rows) == limit else ""
        sentence = f"{more}{plural(len(rows), 'receiver')} silent on {more}{plural(dossiers, 'dossier')}."
        return Done(
            {"handover": act, "items": items}, sentence, (table(*columns, rows=rows),) if rows else ()
        )

    with_ledger("Reading silent receivers", as_json, work)


async def _officer(call: Call, wanted: str) -> UUID:
    moment = await call.services.reader.moment(fresh=True)
    return await officer_named(call.services.ledger, moment.organisation, wanted)
