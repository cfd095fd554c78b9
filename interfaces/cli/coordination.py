"""`hoso handover` for what waits: queue, silent, remind. coordinators.py has who is responsible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from application import coordinating, reminding
from interfaces import cursors
from interfaces.cli.coordinators import officer_id
from interfaces.cli.handover_parts import ActId, PartId, answered
from interfaces.cli.options import Json, read_duration
from interfaces.cli.output import Done, plural, table
from interfaces.cli.paging import MOST, Cursor, goes_on, read_cursor
from interfaces.cli.run import Call, with_ledger
from interfaces.registers import registers_of


def add_to(app: typer.Typer) -> None:
    """Add these verbs to `hoso handover`."""
    app.command()(queue)
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
    cursor: Cursor = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Entries.")] = 100,
    as_json: Json = False,
) -> None:
    """What persons still have to decide: first what nobody is responsible for, then by who held before."""
    longer = read_duration(late, "--late")
    after = read_cursor(cursors.queue_place, cursor)

    async def work(call: Call) -> Done:
        identity = call.identity()
        parts = await coordinating.parts_of(call.services.handovers, act, part)
        whose = await officer_id(call, coordinator) if coordinator else identity.uuid if mine else None
        registers = registers_of(call.services)
        moment = await call.services.reader.moment(fresh=True)
        await registers.index.shown(moment.read_up_to)
        page = await coordinating.queue(
            registers, identity, parts, coordinator=whose, late=longer, after=after, limit=limit
        )
        following = cursors.after_queue(page.following)
        more = "at least " if following else ""
        lateness = sum(row["late"] for row in page.rows)
        sentence = (
            f"{more}{plural(len(page.rows), 'dossier')} to decide, {lateness:,} for longer than {late}."
            f"{_to_decide(act, page.rows)}{goes_on(following)}"
        )
        said = {"handover": act, "at": page.at, "items": page.rows, "next": following}
        said |= {"more": following is not None}
        return Done(said, sentence, (_queue_table(page.rows),) if page.rows else ())

    with_ledger("Reading the queue", as_json, work)


def _queue_table(rows: Sequence[dict[str, Any]]) -> Table:
    def named(agency: dict[str, Any] | None) -> str | None:
        return agency["identifier"] if agency else None

    def whose(row: dict[str, Any]) -> str:
        if row["coordinator"] is None:
            return "nobody is named"
        return f"{row['coordinator']} (for {named(row['named_for']) or 'the part'})"

    shown = [
        (
            row["code"],
            row["refusal"] or row["reason"],
            named(row["suggests"]),
            row["place"],
            row["since"],
            row["late"],
            named(row["held_before"]),
            named(row["holder"]),
            whose(row),
        )
        for row in rows
    ]
    columns = ("Dossier", "Why", "Suggested", "Place", "Since", "Late", "Held before", "Held by", "Whose")
    return table(*columns, rows=shown)


def _to_decide(act: UUID, rows: Sequence[dict[str, Any]]) -> str:
    """What to do next with a page of the queue."""
    if not rows:
        return " Nothing is to be done here."
    nobody = sum(row["coordinator"] is None for row in rows)
    name = f"`hoso handover coordinator {act} --officer OFFICER`"
    unnamed = f" Nobody is named for {nobody:,} of them: {name}." if nobody else ""
    return f"{unnamed} Decide with `hoso handover place {act}`."


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
        if any(done.counts.values()):
            sentence += f" Who still has not answered: `hoso handover silent {act}`."
        else:
            sentence += " Nothing is due now: run it again tomorrow, or let a crontab."
        return Done(answered(act, part, done.position, done.counts), sentence)

    with_ledger("Reminding", as_json, work)


def silent(
    act: ActId,
    part: PartId = None,
    cursor: Cursor = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Receivers.")] = 100,
    as_json: Json = False,
) -> None:
    """Receivers that have not answered for what was handed over, the one that waits longest first."""
    after = read_cursor(cursors.silent_place, cursor)

    async def work(call: Call) -> Done:
        identity = call.identity()
        parts = await coordinating.parts_of(call.services.handovers, act, part)
        registers = registers_of(call.services)
        moment = await call.services.reader.moment(fresh=True)
        await registers.index.shown(moment.read_up_to)
        found = await reminding.silent(registers, identity, parts, after=after, limit=limit)
        following = cursors.after_silent(found[-1] if len(found) == limit else None)
        items = [reminding.shown(moment, row) for row in found]
        names = ("identifier", "waiting", "oldest", "reminders", "reminded_at", "escalations")
        rows = [tuple(item[name] for name in names) for item in items]
        columns = ("Receiver", "Dossiers", "Oldest since", "Reminders", "Last", "Escalations")
        dossiers = sum(item["waiting"] for item in items)
        more = "at least " if following else ""
        then = f" Remind them with `hoso handover remind {act}`."
        if not rows:
            then = "" if cursor else f" Everybody has answered. Next: `hoso handover reconcile {act}`."
        sentence = (
            f"{more}{plural(len(rows), 'receiver')} silent on {more}{plural(dossiers, 'dossier')}."
            f"{then}{goes_on(following)}"
        )
        said = {"handover": act, "items": items, "next": following}
        return Done(said, sentence, (table(*columns, rows=rows),) if rows else ())

    with_ledger("Reading silent receivers", as_json, work)
