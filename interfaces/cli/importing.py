"""`hoso import`: dossiers from an earlier system."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from application.import_mapping import ImportMapping, read_mapping
from application.import_reading import CaseRefused
from application.importing import Importing, ImportReport, import_cases
from application.mapping_values import MAX_FILE_CHARACTERS, MappingError
from interfaces.cli import comparing
from interfaces.cli.errors import CommandError
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural
from interfaces.cli.run import Call, with_ledger
from interfaces.wiring import EXPORT_ENDINGS, IMPORT_MAPPINGS, read_export

SOURCE = "earlier-system"


def import_(
    file: Annotated[
        Path, typer.Argument(help="An export: .xes, .csv, .jsonl or .ndjson, also packed (.gz).")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="What the export's words mean: a JSON file (docs/importing.md), or dong-bo-ho-so.",
            metavar="FILE",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            help=f"The register's name, for ever the same. Default: the mapping's, else {SOURCE}.",
            metavar="NAME",
        ),
    ] = None,
    agency: Annotated[
        str | None,
        typer.Option(
            help="The importing agency; needed where the officer is posted to several.", metavar="IDENTIFIER"
        ),
    ] = None,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Import nothing: compare with what was imported of this register. What moved, is gone or was"
            " dated back is recorded as a finding.",
        ),
    ] = False,
    findings: Annotated[
        Path | None,
        typer.Option(
            help="With --compare: a JSON line for each dossier that differs or is missing goes here.",
            metavar="FILE",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Import every dossier of a file, each once: running it again adds nothing, or what a crash left out.

    The file is read to its end before anything is recorded. Statuses come from the mapping alone. A case that
    was there and says something else now is named, and the exit code is 1. With --compare: also where a past
    was rewritten or a dossier is missing.
    """
    if findings and not compare:
        raise typer.BadParameter("--findings goes with --compare")
    if compare and agency:
        raise typer.BadParameter("--agency is whose import it is: a comparison has none")

    async def work(call: Call) -> Done:
        identity = call.identity()
        if not file.name.lower().endswith(EXPORT_ENDINGS):
            known = ", ".join(ending for ending in EXPORT_ENDINGS if not ending.endswith(".gz"))
            raise CommandError("unknown_format", f"{file}: only {known} can be read, also packed (.gz).")
        meant = _mapping(mapping, source)
        if compare:
            return await comparing.compared(call, identity, file, meant, findings)
        moment = await call.services.reader.moment(fresh=True)
        holder = moment.organisation.agency_by_identifier(agency).id if agency else None
        office = Importing(call.services.ledger, call.services.reader, call.opened.persons)
        call.working.at(0, None, f"Reading {file.name}")
        try:
            done = await import_cases(
                office,
                identity,
                lambda: read_export(file, meant.zone, meant.form),
                meant,
                agency=holder,
                progress=lambda count, total: call.working.at(count, total, "Importing dossiers"),
            )
        except CaseRefused as refused:
            raise CommandError("case_refused", f"{file}, {refused}. Nothing was recorded.") from None
        return _said(file, done, meant.source, unnamed=source is None and mapping is None)

    with_ledger("Comparing" if compare else "Importing", as_json, work)


def _said(file: Path, done: ImportReport, source: str, *, unnamed: bool) -> Done:
    """What was recorded, what was there, and whether that is what the file says."""
    document = {
        "dossiers": done.dossiers,
        "steps": done.steps,
        "already": done.already,
        "quarantined": done.quarantined,
        "differing": done.differing,
        "first_differing": done.first_differing,
        "unknown_procedures": done.unknown_procedures,
        "first_unknown_procedures": done.first_unknown_procedures,
        "source": source,
        "source_named": not unnamed,
    }
    parts = [f"Imported {plural(done.dossiers, 'dossier')} and {plural(done.steps, 'step')} of {source}"]
    if done.already:
        parts.append(f"{done.already:,} were there already")
    if done.quarantined:
        parts.append(f"{done.quarantined:,} are quarantined, since their codes are other dossiers'")
    sentence = "; ".join(parts) + "."
    if done.unknown_procedures:
        sentence += (
            f" {plural(done.unknown_procedures, 'dossier')} name a procedure that the catalogue does not have"
            f" ({', '.join(done.first_unknown_procedures)}): load it with `hoso procedures load`."
        )
    if done.differing:
        named = ", ".join(done.first_differing[:5]) + (", ..." if done.differing > 5 else "")
        sentence += (
            f" {plural(done.differing, 'case')} of {file.name} differ from what is recorded of {source}, and"
            f" nothing of that was changed: {named}. If the file is another register's, give it a --source of"
            " its own."
        )
    if unnamed:
        sentence += (
            f" No register was named, so its name is {source}, for ever: better name it with --source."
        )
    return Done(document, sentence, code=1 if done.differing else 0)


def _mapping(named: Path | None, source: str | None) -> ImportMapping:
    """The mapping file, one that comes with the program, or what goes without. Raises CommandError with the
    file's name."""
    file = IMPORT_MAPPINGS.get(str(named), named) if named else None
    try:
        text = _read(file) if file else None
        return read_mapping(text, source or (None if file else SOURCE))
    except UnicodeDecodeError:
        raise CommandError("mapping", f"{file}: the text is not UTF-8; save the file as UTF-8.") from None
    except MappingError as error:
        raise CommandError("mapping", f"{named or '--source'}: {error}.") from None


def _read(file: Path) -> str:
    """At most one character more than a mapping may have, which says that it is too long."""
    with file.open(encoding="utf-8") as opened:
        return opened.read(MAX_FILE_CHARACTERS + 1)
