"""`hoso inspect`: what inspectors look for, with its rule, its count and the dossiers behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from application.inspecting import Inspection, inspect, may_inspect, scope_of
from application.lookup import day_start
from interfaces import wiring
from interfaces.cli.findings_file import lines_into
from interfaces.cli.options import Json, read_day, read_instant
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.inspection_texts import of_check


def run(
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", help="Recorded from this day on (Vietnam), or an instant with zone.", metavar="T"
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Recorded before this day or instant.", metavar="T")
    ] = None,
    agency: Annotated[
        str | None, typer.Option(help="Acts of one agency, and what it held.", metavar="IDENTIFIER")
    ] = None,
    late_hours: Annotated[int, typer.Option(min=0, help="Recorded later than so many hours.")] = 24,
    held_days: Annotated[int, typer.Option(min=1, help="Held open longer than so many days.")] = 30,
    out: Annotated[
        Path | None,
        typer.Option(help="A JSON line for everything that is found goes here.", metavar="FILE"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Look through the whole log for what inspectors ask about first: recorded late, extended, asked for too
    often, held long, asked for what was held, without posting, outside hours, rules not kept."""
    begins, ends = (
        None
        if text is None
        else day_start(read_day(text, name))
        if len(text) == 10
        else read_instant(text, name)
        for text, name in ((from_, "--from"), (until, "--until"))
    )

    async def work(call: Call) -> Done:
        moment = await call.services.reader.moment(fresh=True)
        may_inspect(call.identity(), moment)
        of = moment.organisation.agency_by_identifier(agency).id if agency else None
        with lines_into(out, "--out") as told:
            async with wiring.open_audit(call.opened) as (scan, _):
                found = await inspect(
                    call.services.ledger,
                    moment.now,
                    scan,
                    scope_of(begins, ends, of, late_hours, held_days),
                    told=told,
                    progress=lambda title, done, total: call.working.at(done, total or None, title),
                )
        return _said(found, call, out)

    with_ledger("Inspecting the log", as_json, work)


def _said(found: Inspection, call: Call, out: Path | None) -> Done:
    rows, checks = [], []
    for check, counted in found.checks.items():
        says = of_check(check.id, call.language)
        first = ", ".join(counted.first[:2]) + (", ..." if len(counted.first) > 2 else "")
        where = f"{check.act}, {check.article}" if check.of_law else None
        rows.append((says, counted.count, counted.dossiers, first, where))
        checks.append(
            {
                "check": check.id,
                "says": says,
                "act": check.act,
                "article": check.article,
                "count": counted.count,
                "dossiers": counted.dossiers,
                "first_dossiers": counted.first,
            }
        )
    total = sum(counted.count for counted in found.checks.values())
    document = {
        "through": found.head,
        "at": found.now,
        "found": total,
        "not_judged": found.not_judged,
        "checks": checks,
    }
    of = sum(counted.count > 0 for counted in found.checks.values())
    sentence = f"{plural(total, 'entry', 'entries')} of {of} of {len(rows)} checks, read through position"
    sentence += f" {found.head:,}."
    if found.not_judged:
        sentence += f" Of {plural(found.not_judged, 'act')} no office hours were known: load them with"
        sentence += " `hoso calendar hours`."
    sentence += f" {out} has each of them." if out else " `--out FILE` writes each of them."
    columns = ("What", "Found", "Dossiers", "First", "Act")
    return Done(document, sentence, (table(*columns, rows=rows),))
