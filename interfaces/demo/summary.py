"""What a person reads at the end: the table per district, what a citizen sees, what came of it in words."""

from __future__ import annotations

from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from interfaces.cli.output import cell, plural, table
from interfaces.demo.citizen import Look
from interfaces.demo.day import Outcome
from interfaces.demo.figures import promises_kept

COLUMNS = (
    "District",
    "Moved",
    "Communes",
    "Province",
    "Results",
    "Overdue",
    "Commands",
)


def rendered(outcome: Outcome) -> tuple[RenderableType, ...]:
    """Table, citizen's view, and the figures that must hold."""
    document = outcome.document
    rows = [
        (d.name, d.handed_over, d.to_communes, d.to_province, d.results_to_return, d.overdue, d.commands)
        for d in outcome.table
    ]
    total = ("Total", *(sum(int(row[n]) for row in rows) for n in range(1, len(COLUMNS))))
    traffic = document["traffic"]
    lines = [
        Text("\nThe handover of former Bắc Giang at 0:00 on 1 July 2025\n", style="bold"),
        table(*COLUMNS, rows=[*rows, total]),
        Text(
            "Moved: open dossiers handed over, to communes and to the province. Results: decided, still to be"
            " returned. Overdue: inherited so. Commands: recorded between the hour and the last transfer."
        ),
        Text(f"\nWhat a citizen sees: dossier {outcome.code}\n", style="bold"),
        *_look("30 June", outcome, outcome.before),
        *_look("1 July", outcome, outcome.after),
        Text(""),
        Text(
            f"{plural(document['dossiers'], 'dossier')}, {document['handed_over']:,} handed over;"
            f" {document['holders_other_than_one']} with other than one holder,"
            f" {document['codes_changed']} codes changed, {document['due_dates_changed']} due dates changed."
        ),
        Text(
            f"{plural(traffic['sent'], 'request')} while it happened: {traffic['ok']:,} answered,"
            f" {traffic['refused_as_meant']:,} of {traffic['refused']:,} refusals as meant,"
            f" {traffic['failed']} failed; {document['commands_in_the_hour']:,} commands were recorded"
            " between the hour and the last transfer."
        ),
        Text(
            f"The audit read {plural(document['audit']['positions'], 'position')}:"
            f" {'sound' if document['audit']['ok'] else 'NOT SOUND'}."
            f" A consumer killed {plural(document['consumer']['restarts'], 'time')} read every position once."
        ),
    ]
    lines += [Text(f"  unexpected: {line}", style="red") for line in document["unexpected"]]
    return tuple(lines)


def _look(day: str, outcome: Outcome, look: Look) -> list[RenderableType]:
    due = cell(datetime.fromisoformat(look.due)) if look.due else "no date"
    where = [Text(f"           {desk}") for desk in look.desks[:3]]
    more = [Text(f"           and {len(look.desks) - 3} more")] if len(look.desks) > 3 else []
    return [
        Text(f"  {day:8} {look.status['vi']} / {look.status['en']}; due {due}"),
        Text(f"           Cơ quan đang xử lý / holder: {outcome.names[look.holder]}"),
        Text("           Nơi tiếp nhận và trả kết quả / where to go:"),
        *where,
        *more,
    ]


def sentence(outcome: Outcome) -> str:
    """The last line."""
    document = outcome.document
    if not promises_kept(document):
        return (
            "Something did not come out as promised: read the figures above and tell the person responsible."
        )
    return (
        f"In {document['seconds']:.0f} s {plural(document['handed_over'], 'dossier')} passed from 10"
        " districts, 192 communes and their province to 58 communes and the new province: each with one"
        " holder, its own code and its due date, and nobody waited."
    )
