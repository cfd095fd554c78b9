"""`hoso flow`: the six numbers of every agency and of the country for a period, from the log itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from application import stock as counting
from application.flow import Numbers
from application.lookup import day_start
from interfaces import wiring
from interfaces.cli.options import Json, read_day, read_instant, read_time
from interfaces.cli.output import Done, cell, plural, table
from interfaces.cli.run import Call, with_ledger

COLUMNS = ("Agency", "Opening", "Received", "Handed in", "Settled", "Open", "Handed out", "To return")


def run(
    from_: Annotated[
        str,
        typer.Option("--from", help="The first day (Vietnam), or an instant with zone.", metavar="T"),
    ],
    until: Annotated[
        str, typer.Option(help="The day or instant after the last one: it counts no more.", metavar="T")
    ],
    agency: Annotated[
        str | None, typer.Option(help="One agency's identifier; default: all.", metavar="IDENTIFIER")
    ] = None,
    known_at: Annotated[
        str | None,
        typer.Option(
            help="As known at a position, at the end of a day, or at an instant. Default: now.",
            metavar="POSITION|T",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Opening, received, handed in, settled, open and handed out, each counted on its own."""
    begins, ends = _instant(from_, "--from"), _instant(until, "--until")
    asked = _known(known_at)

    async def work(call: Call) -> Done:
        recorder = call.services.ledger.recorder
        known = await counting.known_at(call.services.reader, recorder, call.identity(), asked)
        if agency is not None:
            counting.agency_named(known, agency)
        async with wiring.open_audit(call.opened) as (scan, _):
            found = await counting.stock(
                scan, known, begins, ends, lambda read: call.working.at(read, title="Counting dossiers")
            )
        return _said(found, agency)

    with_ledger("Counting stock and flow", as_json, work)


def _instant(text: str, option: str) -> datetime:
    return day_start(read_day(text, option)) if len(text) == 10 else read_instant(text, option)


def _known(text: str | None) -> int | datetime | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    return read_time(text, "--known-at")


def _said(found: counting.Stock, agency: str | None) -> Done:
    shown = found.agencies if agency is None else {agency: found.agencies.get(agency, Numbers())}
    rows = [(name, *_six(numbers), numbers.results_open) for name, numbers in shown.items()]
    if agency is None:
        rows.append(("the whole country", *_six(found.country), found.country.results_open))
    document = found.document(agency)
    period = f"from {cell(found.from_)} to {cell(found.counted_until)} in Vietnam"
    counted = f"{plural(found.dossiers, 'dossier')} counted as known at position {found.position:,}, {period}"
    if found.unbalanced:
        findings = table("Finding", rows=[(sentence,) for sentence in found.unbalanced[:40]])
        sentence = (
            f"{counted}: the numbers do NOT add up, {plural(len(found.unbalanced), 'finding')} above."
            " Run `hoso audit` and tell the person responsible."
        )
        return Done(document, sentence, (table(*COLUMNS, rows=rows), findings), 1)
    sentence = f"{counted}. Opening, received and handed in equal settled, open and handed out everywhere."
    return Done(document, sentence, (table(*COLUMNS, rows=rows),))


def _six(n: Numbers) -> tuple[int, int, int, int, int, int]:
    return n.opening, n.received, n.handed_in, n.settled, n.open, n.handed_out
