"""`hoso handover`, at the end and afterwards: close a part, read a dissolved agency's books, and what is
asked later: who held it, who was late, what was promised and what came."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from application import closing, handover_answers, lateness
from interfaces.cli.handover_parts import ActId, PartId, answered, part_of_act, parts_of_act
from interfaces.cli.options import At, Json, KnownAt, read_known_at, read_time
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.texts import of_status
from projections import closing_queries

MOST_LINES = 40


def add_to(app: typer.Typer) -> None:
    """Add these verbs to `hoso handover`."""
    app.command()(close)
    app.command()(books)
    app.command()(who)
    app.command()(late)
    app.command()(compare)


def close(act: ActId, part: PartId = None, as_json: Json = False) -> None:
    """Close a part, or every part of the act, when all who must have signed its certificate."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        parts = [
            p for p in await parts_of_act(call, act, part) if part or p.state not in ("closed", "cancelled")
        ]
        done = []
        for one in parts:
            closed = await closing.close(call.services.handovers, identity, one.id)
            done.append(answered(act, one.id, closed.position, closed.counts))
        sentence = (
            f"{plural(len(done), 'part')} closed: nothing of it is amended any more, and the power of who"
            " closed the books has ended."
        )
        return Done({"handover": act, "parts": done}, sentence if done else "Every part is closed already.")

    with_ledger("Closing", as_json, work)


def books(
    act: ActId,
    agency: Annotated[str, typer.Option(help="The dissolved agency's identifier.", metavar="IDENTIFIER")],
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """Show what a part took from a dissolved agency: its list and its counts."""

    async def work(call: Call) -> Done:
        moment = await call.services.reader.moment(fresh=True)
        known = moment.organisation.acts.get(act)
        chosen = known.parts[0] if part is None and known and len(known.parts) == 1 else part
        if chosen is None:
            chosen = (await part_of_act(call, act, part)).id
        found = await closing.may_read(call.services.handovers, call.identity(), chosen, agency)
        rows: list[dict[str, Any]] = []
        async with call.services.views.pool.connection() as connection:
            counts = await closing_queries.counts(connection, chosen, found.agency, found.moment.now)
            while page := await closing_queries.listed(
                connection,
                chosen,
                found.agency,
                found.moment.now,
                after=rows[-1]["dossier"] if rows else None,
                limit=1000,
            ):
                rows += page
                if len(page) < 1000 or not as_json:
                    break
        lines = [
            (r["code"], of_status(r["status"], call.language), r["to_identifier"], r["provisional"])
            for r in rows[:MOST_LINES]
        ]
        sentence = (
            f"{agency}: {plural(counts['moved'], 'dossier')} moved ({counts['handed_over']:,} stated by the"
            f" transfer, {counts['provisional']:,} provisional), {counts['ended_here']:,} ended with it."
        )
        listed = (table("Code", "Status", "Went to", "Provisionally", rows=lines),) if lines else ()
        return Done({"agency": agency, "counts": counts, "items": rows}, sentence, listed)

    with_ledger("Reading the books", as_json, work)


def who(
    code: Annotated[str, typer.Argument(help="The dossier's code.")],
    at: At = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Say who held a dossier at T, and everyone who had held it until then."""
    when = read_time(at, "--at") if at else None
    known = read_known_at(known_at) if known_at else None

    async def work(call: Call) -> Done:
        found = await handover_answers.who_held(call.services.dossiers, call.identity(), code, when, known)
        rows = [(s["since"], s["identifier"], s["name"], s["act"], s["rule"]) for s in found["spells"]]
        held = found["holder"]
        by = f", by the act {held['act']}" if held["act"] else ""
        is_held = "was held then" if when else "is held"
        sentence = f"{code} {is_held} by {held['identifier']} ({held['name']}){by}."
        return Done(found, sentence, (table("Since", "Agency", "Name", "Act", "Rule", rows=rows),))

    with_ledger("Reading who held it", as_json, work)


def late(act: ActId, part: PartId = None, as_json: Json = False) -> None:
    """Say who was late, of the dossiers that a part moved."""

    async def work(call: Call) -> Done:
        chosen = await part_of_act(call, act, part)
        found = await lateness.lateness(call.services.handovers, call.identity(), chosen.id, call.working.at)
        rows = [
            (row["identifier"], *(row[figure] for figure in lateness.FIGURES))
            for row in found["agencies"][:MOST_LINES]
        ]
        heads = (
            "Agency",
            "Held when due",
            "Concluded late",
            "Open and late",
            "Inherited",
            "Handed on overdue",
        )
        totals = found["totals"]
        sentence = (
            f"{plural(found['late'], 'dossier')} of {found['dossiers']:,} late: {totals['concluded_late']:,}"
            f" concluded late, {totals['open_late']:,} open; {totals['inherited_overdue']:,} were overdue at"
            " the hour."
        )
        if len(found["versions"]) > 1:
            each = (f"{v['part_version']}: {v['late']:,} of {v['dossiers']:,}" for v in found["versions"])
            sentence += f" Late by version: {'; '.join(each)}."
        return Done(found, sentence, (table(*heads, rows=rows),) if rows else ())

    with_ledger("Reading who was late", as_json, work)


def compare(act: ActId, as_json: Json = False) -> None:
    """Set what the last simulation promised beside what came, with the reasons for every difference."""

    async def work(call: Call) -> Done:
        found = await handover_answers.compare(call.services.handovers, call.identity(), act, call.working.at)
        rows = [
            (p["part_version"], d["group"], d["promised"], d["came"], _reasons(d))
            for p in found["parts"]
            for d in p["differences"]
        ][:MOST_LINES]
        promised, came, left = (found["totals"][name] for name in ("promised", "came", "unexplained"))
        told = "every difference has its reason" if not left else f"{left:,} without a reason found"
        sentence = f"{promised:,} dossiers were promised to move, {came:,} came; {told}."
        heads = ("Version", "From > to | procedure | status", "Promised", "Came", "Why")
        listed = (table(*heads, rows=rows),)
        return Done(found, sentence, listed if rows else (), 1 if left else 0)

    with_ledger("Comparing", as_json, work)


def _reasons(difference: dict[str, Any]) -> str:
    more = [f"+{amount} {reason}" for reason, amount in difference["more"].items()]
    fewer = [f"-{amount} {reason}" for reason, amount in difference["fewer"].items()]
    return ", ".join((*more, *fewer)).replace("_", " ")
