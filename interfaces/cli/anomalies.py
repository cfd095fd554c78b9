"""`hoso anomalies`: what is on record although a rule was not kept."""

from __future__ import annotations

from typing import Annotated

import typer

from application import anomalies
from interfaces import cursors, texts
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural, table
from interfaces.cli.paging import MOST, Cursor, goes_on, read_cursor
from interfaces.cli.run import Call, with_ledger


def run(
    cursor: Cursor = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Entries.")] = 100,
    as_json: Json = False,
) -> None:
    """Find in the log what was recorded although a rule was not kept: dossiers received before their
    procedure was posted, papers asked for once too often."""
    after = read_cursor(cursors.position_place, cursor)

    async def work(call: Call) -> Done:
        services = call.services
        found = await anomalies.up_to(
            services.ledger, services.reader, call.identity(), after, limit, call.working.at
        )
        return _said(found, call)

    with_ledger("Reading the log", as_json, work)


def _said(found: anomalies.Page, call: Call) -> Done:
    following = cursors.after_position(found.through if found.goes_on else None)
    rows = [
        (
            item["position"],
            item["recorded_at"],
            item["code"],
            item["agency"]["identifier"] if item["agency"] else None,
            texts.of_rule(rule["rule"], call.language),
            f"{rule['act']}, {rule['article']}",
        )
        for item in found.items
        for rule in item["rules"]
    ]
    columns = ("Position", "Recorded at", "Dossier", "Agency", "Rule not kept", "Act")
    document = {
        "items": list(found.items),
        "through": found.through,
        "head": found.head,
        "next": following,
    }
    count = plural(len(found.items), "anomaly", "anomalies") if found.items else "No anomaly"
    sentence = f"{count} on record, read through position {found.through:,} of {found.head:,}."
    return Done(document, f"{sentence}{goes_on(following)}", (table(*columns, rows=rows),) if rows else ())
