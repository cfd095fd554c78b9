"""`hoso linked`: linked groups of births and deaths, and the rules of their kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from application import linked_reading
from application.catalogue_loads import load_linked_rules
from interfaces import cursors
from interfaces.cli.loading import loaded
from interfaces.cli.options import Json, KnownAt, read_id, read_known_at
from interfaces.cli.output import Done, plural, table
from interfaces.cli.paging import MOST, Cursor, goes_on, read_cursor
from interfaces.cli.run import Call, with_ledger
from interfaces.linked import ShownGroups
from interfaces.wiring import LINKED_GROUPS, read_linked_rules

app = typer.Typer(help="Linked groups: one declaration of a birth or a death, and what is late in it.")

Group = Annotated[
    UUID,
    typer.Argument(help="Its id, as `late` shows it.", metavar="ID", parser=lambda t: read_id(t, "ID")),
]


@app.command()
def load(
    file: Annotated[
        Path, typer.Argument(help="A JSON document of kinds; without it the project's own.")
    ] = LINKED_GROUPS,
    as_json: Json = False,
) -> None:
    """Set what holds for groups that are declared from a day on; what was declared before stays."""

    async def work(call: Call) -> Done:
        entries = read_linked_rules(file)
        done = await load_linked_rules(call.services.registry, call.identity(), entries)
        return loaded(done, "kind", {"kinds": len(entries)})

    with_ledger("Loading rules of linked groups", as_json, work)


@app.command()
def show(group: Group, known_at: KnownAt = None, as_json: Json = False) -> None:
    """One group: its steps, what each waits for, what was passed on or returned, what is or was late."""
    known = read_known_at(known_at) if known_at else None

    async def work(call: Call) -> Done:
        found = await linked_reading.one(call.services.dossiers, call.identity(), group, known)
        steps = table(
            "Step", "Agency", "Code", "State", "Waits for", "Sent", "Taken up", "Due", rows=_steps(found)
        )
        passed = [(p["at"], "passed on", p["from_step"], p["to_step"]) for p in found["passed"]]
        returned = [
            (r["at"], "returned to its issuer", r["found_at"], r["to_step"]) for r in found["returned"]
        ]
        went = table("When", "What", "From", "To", rows=sorted([*passed, *returned]))
        late = table("Late", "Step", "Agency", "By", "Done", "Apologised", rows=_late(found))
        rules = f"rules from {found['rules_from']}" if found["rules_known"] else "no rules known for its day"
        due = f"due {found['due'].isoformat()}" if found["due"] else "without a due date of its own"
        sentence = (
            f"A {found['kind']} of {plural(len(found['steps']), 'step')}, {due}, {rules};"
            f" {plural(len(found['late']), 'thing')} late."
        )
        return Done(found, sentence, (steps, went, late))

    with_ledger("Reading a linked group", as_json, work)


@app.command()
def late(
    cursor: Cursor = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Groups looked at.")] = 100,
    as_json: Json = False,
) -> None:
    """Groups that go on in which something is late now and not yet done, by the order of their
    declarations."""
    after = read_cursor(cursors.position_place, cursor) or 0

    async def work(call: Call) -> Done:
        index = ShownGroups(call.services.views)
        page = await linked_reading.listed(
            call.services.dossiers, index, call.identity(), late_only=True, after=after, limit=limit
        )
        following = cursors.after_position(page.next)
        rows = [(str(item["group"]), item["kind"], *line) for item in page.items for line in _late(item)]
        columns = ("Group", "Kind", "Late", "Step", "Agency", "By", "Done", "Apologised")
        sentence = f"{plural(len(page.items), 'group')} with something late.{goes_on(following)}"
        said = {"items": page.items, "next": following}
        return Done(said, sentence, (table(*columns, rows=rows),) if rows else ())

    with_ledger("Looking for what is late", as_json, work)


def _steps(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (
            step["step"],
            step["agency"]["identifier"],
            step["code"],
            f"blocked: {step['blocked_by']['why']}" if step["blocked_by"] else step["state"],
            ", ".join(step["waits_for"]) or None,
            step["sent_at"],
            step["taken_up_at"],
            step["due"],
        )
        for step in found["steps"]
    ]


def _late(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (
            line["what"],
            line["step"],
            line["agency"]["identifier"] if line["agency"] else None,
            line["by"],
            line["done_at"],
            line["apologised_at"],
        )
        for line in found["late"]
    ]
