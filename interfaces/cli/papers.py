"""`hoso papers`: which paper originals lie in which box, and which of them were found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from application import coordinating, papers
from application.papers import Check, Listing
from application.refusals import BadRequest
from interfaces import cursors
from interfaces.cli.handover_parts import ActId, PartId, part_of_act
from interfaces.cli.lines import ByLine, Row, dossier_named, rows_of
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural, table
from interfaces.cli.paging import MOST, Cursor, goes_on, read_cursor
from interfaces.cli.run import Call, with_ledger
from interfaces.registers import registers_of
from interfaces.wiring import FileProblem

app = typer.Typer(help="Paper originals in a handover: listed by box, checked by who receives.")
LISTED = ("dossier", "box", "component", "count")
CHECKED = ("dossier", "box", "component", "found")

File = Annotated[Path, typer.Argument(help="A CSV file; the lines of a dossier stand together.")]


@app.command("list")
def list_(act: ActId, file: File, part: PartId = None, as_json: Json = False) -> None:
    """List originals from a CSV file: code or id of the dossier, box, component, count."""

    async def work(call: Call) -> Done:
        office, identity = call.services.handovers, call.identity()
        parts = await coordinating.parts_of(office, act, part)

        async def read(row: Row) -> Listing:
            return Listing(await dossier_named(call, row.cells[0]), row.cells[1], _counts(row))

        by_line = ByLine(call, read, lambda lines: papers.list_each(office, identity, parts, lines))
        return (await by_line.run(_by_dossier(file, LISTED))).done(act, papers.LISTED)

    with_ledger("Listing papers", as_json, work)


@app.command()
def check(
    act: ActId,
    file: File,
    report_missing: Annotated[
        bool, typer.Option("--report-missing", help="Report what is missing as obstacles.")
    ] = False,
    part: PartId = None,
    as_json: Json = False,
) -> None:
    """Say which originals were found, from a CSV file: code or id of the dossier, box, component, found.

    What was listed and is not found is missing. An empty component: all that was listed was found.
    """

    async def work(call: Call) -> Done:
        office, identity = call.services.handovers, call.identity()
        parts = await coordinating.parts_of(office, act, part)

        async def read(row: Row) -> Check:
            found = _counts(row) if row.cells[2] else None
            return Check(await dossier_named(call, row.cells[0]), found, row.cells[1] or None)

        by_line = ByLine(
            call,
            read,
            lambda lines: papers.check_each(office, identity, parts, lines, report_missing=report_missing),
        )
        return (await by_line.run(_by_dossier(file, CHECKED))).done(act, papers.CHECKED)

    with_ledger("Checking papers", as_json, work)


def _by_dossier(file: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    """One row for each dossier: code, box, then component and count of each of its lines."""
    open_row: Row | None = None
    for row in rows_of(file, columns):
        if open_row is not None and row.cells[0] == open_row.cells[0]:
            if row.cells[1] != open_row.cells[1]:
                raise FileProblem(file, row.number, "the originals of a dossier lie in one box.")
            open_row = Row(open_row.number, open_row.cells + row.cells[2:])
            continue
        if open_row is not None:
            yield open_row
        open_row = row
    if open_row is not None:
        yield open_row


def _counts(row: Row) -> dict[str, int]:
    """Components with their counts. BadRequest for what is no count, or a component twice."""
    counts: dict[str, int] = {}
    for component, count in zip(row.cells[2::2], row.cells[3::2], strict=True):
        if not (count.isascii() and count.isdigit() and len(count) < 5) or component in counts:
            raise BadRequest(
                "bad_count",
                f"line {row.number}: write each component once, with a whole number from 0 to 1000",
            )
        counts[component] = int(count)
    return counts


@app.command()
def show(
    act: ActId,
    part: PartId = None,
    agency: Annotated[
        str | None, typer.Option(help="Only what this agency hands over.", metavar="IDENTIFIER")
    ] = None,
    box: Annotated[str | None, typer.Option(help="Only this box.")] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Only where something is missing.")] = False,
    cursor: Cursor = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Entries.")] = 100,
    as_json: Json = False,
) -> None:
    """What is listed of each dossier, by box, and what of it is missing."""
    after = read_cursor(cursors.papers_place, cursor)

    async def work(call: Call) -> Done:
        identity = call.identity()
        chosen = await part_of_act(call, act, part)
        registers = registers_of(call.services)
        moment = await call.services.reader.moment(fresh=True)
        await registers.index.shown(moment.read_up_to)
        of = moment.organisation.agency_by_identifier(agency).id if agency else None
        items = await papers.inventory(
            registers, identity, chosen.id, agency=of, box=box, missing=missing, after=after, limit=limit
        )
        following = cursors.after_papers(items[-1] if len(items) == limit else None)
        rows = [
            (
                item["identifier"],
                item["box"],
                item["code"] or str(item["dossier"]),
                item["originals"],
                item["checked_at"],
                ", ".join(f"{o['component']}: {o['count']}" for o in item["lacking"]),
            )
            for item in items
        ]
        lacking = sum(item["missing"] > 0 for item in items)
        sentence = (
            f"{plural(len(rows), 'dossier')} listed, {lacking:,} with originals missing.{goes_on(following)}"
        )
        columns = ("From", "Box", "Dossier", "Originals", "Checked", "Missing")
        said = {"handover": act, "part": chosen.id, "items": items, "next": following}
        return Done(said, sentence, (table(*columns, rows=rows),) if rows else ())

    with_ledger("Reading papers", as_json, work)


@app.command()
def boxes(
    act: ActId,
    part: PartId = None,
    agency: Annotated[
        str | None, typer.Option(help="Only what this agency hands over.", metavar="IDENTIFIER")
    ] = None,
    cursor: Cursor = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Entries.")] = 100,
    as_json: Json = False,
) -> None:
    """Each box with its sums: dossiers, originals, checked, missing."""
    after = read_cursor(cursors.box_place, cursor)

    async def work(call: Call) -> Done:
        identity = call.identity()
        chosen = await part_of_act(call, act, part)
        registers = registers_of(call.services)
        moment = await call.services.reader.moment(fresh=True)
        await registers.index.shown(moment.read_up_to)
        of = moment.organisation.agency_by_identifier(agency).id if agency else None
        items = await papers.boxes(registers, identity, chosen.id, agency=of, after=after, limit=limit)
        following = cursors.after_box(items[-1] if len(items) == limit else None)
        names = ("identifier", "box", "dossiers", "originals", "checked", "lacking", "missing")
        rows = [tuple(item[name] for name in names) for item in items]
        columns = ("From", "Box", "Dossiers", "Originals", "Checked", "Lacking", "Missing")
        dossiers, missing = (sum(item[name] for item in items) for name in ("dossiers", "missing"))
        sentence = (
            f"{plural(len(rows), 'box', 'boxes')} with {plural(dossiers, 'dossier')},"
            f" {plural(missing, 'original')} missing.{goes_on(following)}"
        )
        said = {"handover": act, "part": chosen.id, "items": items, "next": following}
        return Done(said, sentence, (table(*columns, rows=rows),) if rows else ())

    with_ledger("Reading boxes", as_json, work)
