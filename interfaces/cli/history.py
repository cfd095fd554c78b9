"""`hoso history`: a dossier's life, as known now or as known then."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from application.history import history
from application.ports import Recorder
from interfaces.cli.options import Json, read_time
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
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
        up_to = position
        if instant is not None:
            up_to = await position_at(services.ledger.recorder, instant)
        found = await history(services.dossiers, call.identity(), code, known_at=up_to)
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
            )
            for entry in found.entries
        ]
        document = {
            "code": found.code,
            "dossier": found.dossier,
            "known_at": found.read_up_to,
            "entries": list(found.entries),
        }
        listed = table("Position", "Done at", "Fact", "Status", "Holder", "By", rows=rows)
        sentence = f"{plural(len(rows), 'fact')} about {code}, as known at position {found.read_up_to:,}."
        return Done(document, sentence, (listed,))

    with_ledger("Reading the history", as_json, work)


async def position_at(recorder: Recorder, instant: datetime) -> int:
    """The last position recorded at or before `instant` (0: none); recorded times never go back."""
    _, high = await recorder.clock()
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        (stored,) = await recorder.events_after(middle - 1, 1)
        if stored.recorded_at <= instant:
            low = middle
        else:
            high = middle - 1
    return low
