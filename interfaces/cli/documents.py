"""`hoso documents`: the store of a person's electronic documents."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from application import stores
from interfaces import cursors
from interfaces.cli.options import Json, KnownAt, ValidAt, read_id, read_pair
from interfaces.cli.output import Done, plural, table
from interfaces.cli.paging import MOST, Cursor, goes_on, read_cursor
from interfaces.cli.run import Call, with_ledger

app = typer.Typer(help="What the ledger keeps for a person: results, and papers that were found in order.")

Citizen = Annotated[
    UUID,
    typer.Argument(help="The owner's id.", metavar="CITIZEN", parser=lambda text: read_id(text, "CITIZEN")),
]
Document = Annotated[
    UUID,
    typer.Argument(
        help="The document's id, as `list` shows it.",
        metavar="DOCUMENT",
        parser=lambda text: read_id(text, "DOCUMENT"),
    ),
]
Entries = Annotated[int, typer.Option(min=1, max=MOST, help="Entries.")]


class Ground(StrEnum):
    issued_in_error = "issued_in_error"
    revoked = "revoked"
    replaced = "replaced"
    forged = "forged"
    not_of_owner = "not_of_owner"
    unusable = "unusable"
    other = "other"


@app.command("list")
def list_(
    citizen: Citizen,
    dossier: Annotated[
        str | None, typer.Option(help="For officers: a dossier of theirs in hand.", metavar="CODE")
    ] = None,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    cursor: Cursor = None,
    limit: Entries = 100,
    as_json: Json = False,
) -> None:
    """The documents of a person, as they were kept: which count today, or then, and which do not."""
    after, asked = read_cursor(cursors.document_place, cursor), read_pair(valid_at, known_at)

    async def work(call: Call) -> Done:
        items = await stores.listed(
            call.services.dossiers, call.identity(), citizen, dossier, after=after, limit=limit, **asked
        )
        following = cursors.after_document(items[-1] if len(items) == limit else None)
        valid = sum(item["valid"] for item in items)
        rows = [
            (
                str(item["document"]),
                item["kind"],
                item["kept_as"],
                item["kept_at"],
                item["valid_until"],
                item["withdrawn"] or ("yes" if item["valid"] else "no"),
            )
            for item in items
        ]
        listed = table("Document", "Kind", "Kept as", "Kept at", "Until", "Counts", rows=rows)
        sentence = f"{plural(len(items), 'document')}, {valid:,} that count today.{goes_on(following)}"
        return Done({"items": items, "next": following}, sentence, (listed,) if rows else ())

    with_ledger("Reading the store", as_json, work)


@app.command()
def withdraw(
    citizen: Citizen,
    document: Document,
    ground: Annotated[Ground, typer.Option(help="Why it counts no longer.")],
    reason: Annotated[str, typer.Option(help="In words; it is sealed.")],
    as_json: Json = False,
) -> None:
    """Let a document count no longer, for the agency that vouched for it."""

    async def work(call: Call) -> Done:
        done = await stores.withdraw(
            call.services.dossiers,
            call.identity(),
            citizen,
            document,
            ground=ground.value,
            reason=reason,
        )
        said = {"document": done.document, "revision": done.revision, "position": done.position}
        return Done(said, "Withdrawn: nobody re-uses it from now on, and its paper may be asked for again.")

    with_ledger("Withdrawing", as_json, work)


@app.command()
def readings(
    citizen: Citizen,
    document: Document,
    cursor: Cursor = None,
    limit: Entries = 100,
    as_json: Json = False,
) -> None:
    """Who read a document's content, when, for which agency and dossier."""
    after = read_cursor(cursors.position_place, cursor)

    async def work(call: Call) -> Done:
        office = call.services.dossiers
        items = await stores.readings(office, call.identity(), citizen, document, after=after, limit=limit)
        following = cursors.after_position(items[-1]["number"] if len(items) == limit else None)
        moment = await call.services.reader.moment(fresh=False)
        agencies = {a.id: a.identifier for a in moment.organisation.agencies.values()}
        rows = [
            (
                item["read_at"],
                f"{item['actor']['kind']} {item['actor']['id']}",
                agencies.get(item["agency"]),
                str(item["dossier"]) if item["dossier"] else None,
                item["purpose"],
            )
            for item in items
        ]
        sentence = f"{plural(len(items), 'reading')} of its content.{goes_on(following)}"
        listed = table("Read at", "By", "Agency", "Dossier", "Purpose", rows=rows)
        return Done({"items": items, "next": following}, sentence, (listed,) if rows else ())

    with_ledger("Reading who read it", as_json, work)
