"""`hoso export`: a part of the log for the auditor's own tools."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from application.export_ports import Counts, Extent
from application.export_traces import export_source, export_traces
from application.export_values import DECLARED
from application.exporting import Exporting, Progress, export_events, export_ocel, export_table, extent
from application.moment import Moment
from interfaces import export_wiring
from interfaces.cli.errors import CommandError
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural
from interfaces.cli.run import Call, with_ledger

app = typer.Typer(help="A part of the log, for the tools of auditors: docs/exports.md.")

File = Annotated[Path, typer.Argument(help="Where it goes; its ending says in which form.")]
First = Annotated[
    int | None,
    typer.Option("--from-position", min=1, help="Begin at this position. Default: 1.", metavar="P"),
]
Last = Annotated[
    int | None,
    typer.Option(
        "--to-position", min=1, help="End at this position. Default: the last recorded.", metavar="P"
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What every export is asked for."""

    file: Path
    first: int | None
    last: int | None
    force: bool


Write = Callable[[Call, Exporting, Extent, Moment, Progress], Awaitable[Counts]]


@app.command()
def ocel(
    file: File,
    from_position: First = None,
    to_position: Last = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """OCEL 2.0 (.sqlite, .json, .xml): events, objects, relations and changes of objects."""
    asked = Asked(file, from_position, to_position, force)

    async def write(_: Call, office: Exporting, found: Extent, known: Moment, progress: Progress) -> Counts:
        with export_wiring.open_ocel(file, found, DECLARED, force=force) as draft:
            return await export_ocel(office, found, known, draft, progress)

    _export(asked, export_wiring.OCEL_ENDINGS, write, as_json)


@app.command()
def xes(
    file: File,
    source: Annotated[
        str | None,
        typer.Option(
            help="The history of this earlier system alone, as it was imported. With personal data.",
            metavar="NAME",
        ),
    ] = None,
    from_position: First = None,
    to_position: Last = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """XES (.xes, .xes.gz): a trace for each dossier; or an earlier system's traces as they were."""
    asked = Asked(file, from_position, to_position, force)

    async def write(_: Call, office: Exporting, found: Extent, known: Moment, progress: Progress) -> Counts:
        with export_wiring.open_xes(file, found, force=force) as draft:
            if source is None:
                return await export_traces(office, found, known, draft, progress)
            return await export_source(office, found, source, draft, progress)

    _export(asked, export_wiring.XES_ENDINGS, write, as_json)


@app.command()
def events(
    file: File,
    from_position: First = None,
    to_position: Last = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """CloudEvents as lines of JSON (.jsonl, .ndjson; with .gz packed): what the feed gives."""
    asked = Asked(file, from_position, to_position, force)

    async def write(_: Call, office: Exporting, found: Extent, known: Moment, progress: Progress) -> Counts:
        with export_wiring.open_lines(file, found, force=force) as draft:
            return await export_events(office, found, known, draft, progress)

    _export(asked, export_wiring.EVENT_ENDINGS, write, as_json)


@app.command()
def parquet(
    file: File,
    from_position: First = None,
    to_position: Last = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Parquet (.parquet): a row for each event. Needs the extra `parquet`."""
    asked = Asked(file, from_position, to_position, force)

    async def write(_: Call, office: Exporting, found: Extent, known: Moment, progress: Progress) -> Counts:
        with export_wiring.open_parquet(file, found, force=force) as draft:
            return await export_table(office, found, known, draft, progress)

    _export(asked, export_wiring.PARQUET_ENDINGS, write, as_json)


def _export(asked: Asked, endings: Sequence[str], write: Write, as_json: bool) -> NoReturn:
    """Check what was asked for, write the file, say what it holds."""
    if not asked.file.name.lower().endswith(tuple(endings)):
        raise typer.BadParameter(f"{asked.file}: the name must end in {' or '.join(endings)}")

    async def work(call: Call) -> Done:
        office = export_wiring.exporting(call.opened)
        found, known = await extent(office, call.identity(), asked.first, asked.last)

        def at(done: int, total: int) -> None:
            call.working.at(done, total, f"Writing {asked.file.name}")

        try:
            counts = await write(call, office, found, known, at)
        except export_wiring.TargetExists as exists:
            raise CommandError("file_exists", str(exists)) from None
        except export_wiring.ParquetMissing as missing:
            raise CommandError("parquet_missing", str(missing)) from None
        return _done(asked.file, found, counts)

    with_ledger("Exporting", as_json, work)


def _done(file: Path, found: Extent, counts: Counts) -> Done:
    document: dict[str, Any] = {"file": str(file), **found.stated(), "counts": counts.document()}
    holds = [plural(counts.events, "event")]
    if counts.traces is not None:
        holds.insert(0, plural(counts.traces, "trace"))
    if counts.objects:
        holds.append(plural(sum(counts.objects.values()), "object"))
        holds.append(plural(counts.event_relations + counts.object_relations, "relation"))
        holds.append(plural(counts.changes, "change"))
    sentence = f"{file}: {', '.join(holds)}, positions {found.first:,} to {found.last:,}"
    if counts.opened or counts.erased:
        sentence += (
            f" ({plural(counts.opened, 'sealed value')} opened, so it holds personal data: keep it as the"
        )
        sentence += f" ledger is kept; {counts.erased:,} erased and left out)"
    if found.attested:
        sentence += f", attested by the checkpoint of {found.origin} of {found.size:,}."
    else:
        sentence += (
            ": recorded and not attested yet, no checkpoint covers the end. Export again in some seconds"
        )
        sentence += " for one; `hoso tlog status` says what is wrong where that does not help."
    return Done(document, sentence)
