"""`hoso handover`: one verb per step of an act's life, up to its hour; receiving.py has what comes after."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from application import handover_reading, handovers, simulating
from application.handovers import StepAnswer
from interfaces import cursors
from interfaces.cli import afterwards, amending, handover_acts, nobody_told, receiving, rehearsal
from interfaces.cli.act_file import named_in, read_act
from interfaces.cli.handover_parts import ActId, PartId, answered, part_of_act, parts_of_act
from interfaces.cli.nobody_told import Nobody
from interfaces.cli.options import Json, KnownAt, ValidAt, read_id, read_pair
from interfaces.cli.output import Done, cell, plural, table
from interfaces.cli.paging import MOST, Cursor, goes_on, read_cursor
from interfaces.cli.run import Call, with_ledger

app = typer.Typer(help="Handovers: an act ends units and agencies, and their dossiers go on.")
receiving.add_to(app)
afterwards.add_to(app)
app.command()(amending.amend)
app.command()(rehearsal.rehearse)


@app.command()
def draft(
    file: Annotated[Path, typer.Argument(help="The act as a JSON document (docs/commands.md).")],
    as_json: Json = False,
) -> None:
    """Draft an act from one file; a file that is refused anywhere records nothing."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        act = read_act(file)
        with named_in(act):
            done = await handovers.draft(call.services.handovers, identity, act.content)
        parts = await handover_reading.parts_of(call.services.handovers, done.handover)
        said = {"handover": done.handover, "parts": parts, "position": done.position}
        drafted = f"Drafted {act.content['number']} as {done.handover}, {plural(len(parts), 'part')}."
        sentence = f"{drafted} Simulate it next."
        return Done(said, sentence)

    with_ledger("Drafting the act", as_json, work)


@app.command()
def simulate(act: ActId, part: PartId = None, as_json: Json = False) -> None:
    """Say what would happen, and record that it was said. Nothing moves. Without --part: every part."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        parts = await parts_of_act(call, act, part)
        if len(parts) > 1:
            return await handover_acts.simulate(call, act, parts)
        (chosen,) = parts
        done = await simulating.simulate(call.services.handovers, identity, chosen.id)
        counts = dict(done.counts)
        moves = counts.get("moves", {})
        rows = [(*move.split(" | "), count) for move, count in moves.items() if " | " in move][:40]
        listed = table("From > to", "Procedure", "Status", "Dossiers", rows=rows)
        nobody = Nobody.of(
            chosen.name, counts.get("nobody_to_receive", {}), counts["receivers_without_officers"]
        )
        sentence = (
            f"{plural(counts['total'], 'dossier')} would move: {counts['no_rule']:,} that no rule places,"
            f" {counts['several_rules']:,} that several place,"
            f" {counts['overdue']:,} overdue already, {counts['due_after_the_hour']:,} due after the hour."
            f" {counts['officers_without_move']['amount']:,} officers have no move of their own,"
            f" {counts['desks_left']['amount']:,} desks are left without what they belong to."
            f"{nobody_told.sentence([nobody])}"
            f" Approve it with the digest {chosen.digest}."
        )
        waiting = [(rule, code) for rule, codes in counts["to_decide"].items() for code in codes][:40]
        shown = [listed] if rows else []
        placed = [(key.removeprefix("rule "), n) for key, n in counts.items() if key.startswith("rule ")]
        placed += [(f"exception: {name}", n) for name, n in counts["exceptions"].items()]
        shown += [table("Placed by", "Dossiers", rows=placed)] if placed else []
        persons = list(counts["persons"].items())
        shown += [table("Decides (officer)", "Dossiers", rows=persons)] if persons else []
        shown += [table("To decide, by rule", "Dossier", rows=waiting)] if waiting else []
        shown += nobody_told.tables([nobody])
        return Done(_said(done, digest=chosen.digest), sentence, tuple(shown))

    with_ledger("Simulating", as_json, work)


@app.command()
def approve(
    act: ActId,
    digest: Annotated[
        str | None, typer.Option(help="What you have read: the digest that `simulate` and `status` show.")
    ] = None,
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """Approve act, rules and exceptions by their digest: a part's, or without --part the whole act's.

    Two different officers are needed.
    """
    if digest is None:
        raise typer.BadParameter(
            "name the digest that you approve (`hoso handover status ID` shows it)", param_hint="--digest"
        )

    async def work(call: Call) -> Done:
        identity = call.identity()
        parts = await parts_of_act(call, act, part)
        if len(parts) > 1:
            return await handover_acts.approve(call, act, parts, digest)
        (chosen,) = parts
        done = await handovers.approve(call.services.handovers, identity, chosen.id, digest)
        now = await part_of_act(call, act, part)
        left = (
            "Schedule it next."
            if now.step == "approved"
            else "A second, different officer has to approve it."
        )
        return Done(_said(done, state=now.step), f"Approved {now.name}. {left}")

    with_ledger("Approving", as_json, work)


@app.command()
def schedule(act: ActId, part: PartId = None, as_json: Json = False) -> None:
    """Schedule a part for its hour, without --part every part: from here on the hour needs nobody."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        parts = await parts_of_act(call, act, part)
        if len(parts) > 1:
            return await handover_acts.schedule(call, act, parts)
        (chosen,) = parts
        done = await handovers.schedule(call.services.handovers, identity, chosen.id)
        when = cell(chosen.effective_at)
        now = (await call.services.reader.moment(fresh=True)).now
        if chosen.effective_at is None or chosen.effective_at > now:
            sentence = f"Scheduled {chosen.name} for {when} in Vietnam. After that hour: transfer."
        else:
            sentence = (
                f"Scheduled {chosen.name}: its units count by law from {when} in Vietnam, which has passed;"
                " dossiers have other holders from this recording on. Transfer next."
            )
        return Done(_said(done), sentence)

    with_ledger("Scheduling", as_json, work)


@app.command()
def cancel(
    act: ActId,
    reason: Annotated[str, typer.Option(help="Why.")],
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """Cancel a part before its hour, without --part every part; nothing of it is left behind."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        parts = await parts_of_act(call, act, part)
        if len(parts) > 1:
            return await handover_acts.cancel(call, act, parts, reason)
        (chosen,) = parts
        done = await handovers.cancel(call.services.handovers, identity, chosen.id, reason)
        return Done(_said(done), f"Cancelled {chosen.name}: nothing moves.")

    with_ledger("Cancelling", as_json, work)


@app.command()
def status(
    act: Annotated[
        str | None, typer.Argument(help="The act's id; without one: every act.", metavar="[ID]")
    ] = None,
    cursor: Cursor = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Acts.")] = 100,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Show acts and their parts: state, approvals, the digest to approve."""
    act_id = read_id(act, "ID") if act else None
    after, asked = read_cursor(cursors.act_place, cursor), read_pair(valid_at, known_at)
    if act_id is not None and after is not None:
        raise typer.BadParameter("one act is no list: leave out the id, or the cursor", param_hint="--cursor")

    async def work(call: Call) -> Done:
        identity = call.identity()
        office = call.services.handovers
        if act_id is None:
            found = await handover_reading.acts(office, identity, after, limit, **asked)
        else:
            found = [await handover_reading.act(office, identity, act_id, **asked)]
        rows = [
            (
                one["number"],
                str(one["id"]),
                p["name"],
                f"{p['state']}, amendment {p['amendment']}" if p["amendment"] else p["state"],
                len(p["approvals"]),
                one["effective_at"],
                p["digest"],
            )
            for one in found
            for p in one["parts"]
        ]
        columns = ("Act", "Id", "Part", "State", "Approvals", "Hour", "Digest")
        following = cursors.after_act(found[-1] if act_id is None and len(found) == limit else None)
        sentence = f"{plural(len(found), 'act')}, {plural(len(rows), 'part')}.{goes_on(following)}"
        said = {"handovers": found, "next": following} if act_id is None else found[0]
        if act_id is not None and len(found[0]["parts"]) > 1 and not any(asked.values()):
            whole = handover_acts.digest_of(await parts_of_act(call, act_id, None))
            said, sentence = said | {"digest": whole}, f"{sentence} The whole act's digest is {whole}."
        shown = [table(*columns, rows=rows)] if rows else []
        named = [
            (p["name"], one["officer"], one["identifier"] or "the part", one["escalates_to"])
            for p in (found[0]["parts"] if act_id is not None else ())
            for one in p["coordinators"]
        ]
        shown += [table("Part", "Coordinator", "For", "Escalates to", rows=named)] if named else []
        return Done(said, sentence, tuple(shown))

    with_ledger("Reading handovers", as_json, work)


def _said(done: StepAnswer, **more: Any) -> dict[str, Any]:
    return answered(done.handover, done.part, done.position, done.counts) | more
