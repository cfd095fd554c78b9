"""`hoso import FILE --compare`: what a later export of an earlier system says otherwise."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from application.export_comparing import ComparisonReport, compare_export
from application.import_mapping import ImportMapping
from application.import_reading import CaseRefused
from application.policy import Identity
from interfaces.cli.errors import CommandError
from interfaces.cli.findings_file import lines_into
from interfaces.cli.output import Done, plural
from interfaces.cli.run import Call
from interfaces.wiring import read_export


async def compared(
    call: Call, identity: Identity, file: Path, mapping: ImportMapping, findings: Path | None
) -> Done:
    """Compare a file with what was imported of the mapping's source; the sentence and the document."""
    call.working.at(0, None, f"Reading {file.name}")
    with file.open("rb") as content:
        export = hashlib.file_digest(content, "sha256").hexdigest()
    with lines_into(findings, "--findings") as told:
        try:
            report = await compare_export(
                call.services.dossiers,
                identity,
                lambda: read_export(file, mapping.zone, mapping.form),
                mapping,
                export,
                told=told,
                progress=lambda count, total: call.working.at(count, total, "Comparing dossiers"),
            )
        except CaseRefused as refused:
            raise CommandError("case_refused", f"{file}, {refused}. Nothing was recorded.") from None
    code = 1 if report.rewritten or report.only_earlier else 0
    return Done(_document(report, mapping, export), _sentence(report, mapping, file, findings), code=code)


def _document(report: ComparisonReport, mapping: ImportMapping, export: str) -> dict[str, Any]:
    return {
        "dossiers_in_both": report.both,
        "identical": report.identical,
        "moved": report.moved,
        "gone": report.gone,
        "backdated": report.back_dated,
        "added": report.added,
        "rewritten": report.rewritten,
        "first_rewritten": report.first_rewritten,
        "only_earlier": report.only_earlier,
        "first_only_earlier": report.first_only_earlier,
        "only_later": report.only_later,
        "findings_recorded": report.recorded,
        "findings_known": report.known,
        "source": mapping.source,
        "export": export,
    }


def _sentence(report: ComparisonReport, mapping: ImportMapping, file: Path, findings: Path | None) -> str:
    if not report.both and not report.only_earlier:
        return (
            f"Nothing was imported of {mapping.source} yet, so {file.name} was compared with nothing: import"
            " the earlier export first, under the same --source."
        )
    steps = (
        f"{report.identical:,} steps identical, {report.moved:,} moved, {report.gone:,} gone,"
        f" {report.back_dated:,} back-dated, {report.added:,} added since"
    )
    parts = [f"{plural(report.both, 'dossier')} of {mapping.source} are in both: {steps}"]
    if report.only_earlier:
        parts.append(f"{report.only_earlier:,} that were imported are missing from {file.name}")
    if report.only_later:
        parts.append(f"{report.only_later:,} of {file.name} were never imported")
    sentence = "; ".join(parts) + "."
    if not report.rewritten:
        return sentence + " No past was rewritten."
    named = ", ".join(report.first_rewritten[:3]) + (", ..." if report.rewritten > 3 else "")
    sentence += f" {plural(report.rewritten, 'dossier')} have a rewritten past ({named}): "
    sentence += f"{plural(report.recorded, 'finding')} recorded, {report.known:,} were on record."
    where = f"{findings} has each difference" if findings else "`--findings FILE` gives each difference"
    return f"{sentence} {where}; `hoso history CODE` shows a dossier with what was found."
