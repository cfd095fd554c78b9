"""`hoso history`: a dossier's life, as known now or as known then."""

from __future__ import annotations

from typing import Annotated

import typer

from application.history import MOST_OBSTACLES, history
from interfaces.cli.options import Json, read_time
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.paper_words import in_words
from interfaces.registers import ShownRegisters
from interfaces.texts import of_status


def show(
    code: Annotated[str, typer.Argument(help="The dossier's code.")],
    known_at: Annotated[
        str | None,
        typer.Option(
            help="As known then: a position, an instant with zone, or a date (its last instant in Vietnam).",
            metavar="T",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show every fact of a dossier: when, what, by whom, under which agency and rules."""
    position = int(known_at) if known_at and known_at.isascii() and known_at.isdigit() else None
    instant = read_time(known_at, "--known-at") if known_at and position is None else None

    async def work(call: Call) -> Done:
        services = call.services
        index = ShownRegisters(services.views)
        found = await history(services.dossiers, index, call.identity(), code, known_at=position or instant)
        moment = await services.reader.moment(fresh=False)
        agencies = {a.id: a.identifier for a in moment.organisation.agencies.values()}
        rows = [
            (
                entry["position"],
                entry["occurred_at"],
                entry["type"],
                of_status(entry["status"], call.language) if entry["status"] else None,
                agencies.get(entry["holder"]),
                f"{entry['actor']['kind']} {entry['actor']['id']}",
                in_words(entry, call.language),
            )
            for entry in found.entries
        ]
        document = {
            "code": found.code,
            "dossier": found.dossier,
            "known_at": found.read_up_to,
            "obstacles_up_to": found.obstacles_up_to,
            "obstacles_left_out": found.obstacles_left_out,
            "linked": found.linked,
            "entries": list(found.entries),
        }
        listed = table("Position", "Done at", "Fact", "Status", "Holder", "By", "Papers", rows=rows)
        sentence = f"{plural(len(rows), 'fact')} about {code}, as known at position {found.read_up_to:,}."
        if found.linked:
            own = next(s["step"] for s in found.linked["steps"] if s["dossier"] == found.dossier)
            sentence += f" It is the step {own} of a linked group: `hoso linked show {found.linked['group']}`"
            sentence += f" has the whole, {plural(len(found.linked['late']), 'thing')} late in it."
        if found.obstacles_up_to < found.read_up_to:
            sentence += f" Obstacles are shown up to position {found.obstacles_up_to:,} only: try again soon."
        if found.obstacles_left_out:
            sentence += f" More than {MOST_OBSTACLES} obstacles name it: see `hoso obstacles list`."
        return Done(document, sentence, (listed,))

    with_ledger("Reading the history", as_json, work)
