"""A later export of an earlier system beside what was imported from it: what it says otherwise is reported, a
rewritten past is recorded as a finding in the dossier's own stream, and no history is changed.

Each finding claims what it says, so a second run, and a later file that says the same, records nothing; a run
after a crash goes on. Nothing is recorded of a file that cannot be read to its end. docs/auditing-design.md
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from application import export_findings
from application.dossiers import Dossiers
from application.export_findings import Compared, contradictions, named
from application.import_mapping import ImportMapping
from application.import_reading import Progress, Read, WholeFile, next_batch, read_whole
from application.imported_record import CLAIM, ImportedRecord, claim_text, opened, records_of, stream_of
from application.imported_text import dossier_code
from application.ledger import Ledger
from application.policy import Identity, allow
from domain.dossier_import_facts import DossierImported
from domain.facts import Recorded
from domain.imported_case import ImportedCase
from domain.later_export import SaidStep, difference

MOST_NAMED = 20
CLAIMS_AT_ONCE = 1_000

Json = dict[str, Any]


@dataclass(slots=True)
class ComparisonReport:
    """What a later export says. `both`: dossiers that were imported and are in the file; `only_earlier`: that
    are missing from it; `only_later`: never imported. Of steps: `identical`, `moved`, `gone`, `back_dated`,
    `added`. `rewritten`: dossiers with a step moved, gone or back-dated; `recorded`, `known`: findings of
    this run, and that were there. The lists name the first twenty by their codes."""

    both: int = 0
    only_earlier: int = 0
    only_later: int = 0
    identical: int = 0
    moved: int = 0
    gone: int = 0
    back_dated: int = 0
    added: int = 0
    rewritten: int = 0
    recorded: int = 0
    known: int = 0
    first_rewritten: list[str] = field(default_factory=list)
    first_only_earlier: list[str] = field(default_factory=list)


Told = Callable[[Json], None]
"""Hears of each dossier that the file says otherwise of, or that it does not have."""


@dataclass(frozen=True, slots=True)
class _Run:
    office: Dossiers
    identity: Identity
    mapping: ImportMapping
    export: str
    told: Told
    report: ComparisonReport = field(default_factory=ComparisonReport)

    @property
    def ledger(self) -> Ledger:
        return self.office.ledger


async def compare_export(
    office: Dossiers,
    identity: Identity,
    read: Read,
    mapping: ImportMapping,
    export: str,
    *,
    told: Told = lambda line: None,
    progress: Progress | None = None,
) -> ComparisonReport:
    """Compare the file that `read` gives (called twice) with what was imported of the mapping's source.

    `export`: SHA-256 of the file, hex, which the findings name. Raises what `read` raises, CaseRefused and
    NotAllowed before anything is recorded, and a LedgerError when the ledger fails on the way: run again, it
    goes on.
    """
    run = _Run(office, identity, mapping, export, told)
    allow(identity, "compare", await office.reader.moment(fresh=True))
    file = await read_whole(read, mapping)
    done, cases = 0, iter(read())
    while batch := await next_batch(cases):
        await _compare_batch(run, batch)
        done += len(batch)
        if progress:
            progress(done, len(file))
    await _missing(run, file)
    return run.report


async def _compare_batch(run: _Run, batch: Sequence[ImportedCase]) -> None:
    streams = await asyncio.gather(
        *(stream_of(run.ledger, run.mapping.source, case.case_id) for case in batch)
    )
    there = [(case, stream) for case, stream in zip(batch, streams, strict=True) if stream is not None]
    run.report.only_later += len(batch) - len(there)
    records = await records_of(run.ledger, [stream for _, stream in there])
    for case, stream in there:
        await _compare(run, case, stream, records[stream])


async def _compare(run: _Run, case: ImportedCase, stream: UUID, record: ImportedRecord) -> None:
    earlier, later = _said(run, case, record)
    found, report = difference(earlier, later), run.report
    report.both += 1
    report.identical += found.identical
    report.moved += len(found.moved)
    report.gone += len(found.gone)
    report.back_dated += len(found.back_dated)
    report.added += len(found.added)
    if not found.past_rewritten and not found.added:
        return
    code = record.begun.code if record.begun else dossier_code(case.case_id, run.mapping)
    contradicts = contradictions(case, record, found)
    added = [named(case.steps[place].activity, case.steps[place].as_written) for place in found.added]
    run.told(
        {
            "code": code,
            "case": case.case_id,
            "identical": found.identical,
            "differences": contradicts,
            "added": added,
        }
    )
    if found.past_rewritten:
        report.rewritten += 1
        report.first_rewritten += [code][: MOST_NAMED - len(report.first_rewritten)]
        compared = Compared(run.mapping.source, run.export, case, stream, record, found, contradicts)
        recorded, known = await export_findings.record(run.office, run.identity, compared)
        report.recorded += recorded
        report.known += known


def _said(
    run: _Run, case: ImportedCase, record: ImportedRecord
) -> tuple[tuple[SaidStep, ...], tuple[SaidStep, ...]]:
    """What both say of each step. By its name alone, all of them, where the key that says it better was
    erased from the earlier one."""
    keys = run.mapping.compared_by
    texts = [{a["key"]: opened(run.ledger, a) for a in step.attributes} for step in record.steps]
    if any(key in of_step and of_step[key] is None for of_step in texts for key in keys):
        keys = ()
    earlier = tuple(
        SaidStep(
            _activity(of_step, keys, step.activity),
            step.as_written,
            step.envelope.occurred_at if step.as_written is not None else None,
        )
        for of_step, step in zip(texts, record.steps, strict=True)
    )
    later = tuple(
        SaidStep(
            _activity({a.key: a.value for a in step.attributes}, keys, step.activity),
            step.as_written,
            step.occurred_at,
        )
        for step in case.steps
    )
    return earlier, later


def _activity(texts: dict[str, str] | dict[str, str | None], keys: Sequence[str], name: str) -> str:
    return next((text for key in keys if (text := texts.get(key))), name)


async def _missing(run: _Run, file: WholeFile) -> None:
    """Dossiers of this source that the file does not have: every imported case is looked at by its claim."""
    ledger, after = run.ledger, b""
    while page := await ledger.recorder.claims_of(CLAIM, after, CLAIMS_AT_ONCE):
        after = page[-1][0]
        firsts = await ledger.recorder.first_of(sorted({stream for _, stream in page}))
        begun = {row.stream_id: ledger.codec.decode(row) for row in firsts}
        for value, stream in page:
            fact = _of_source(begun[stream], run.mapping.source)
            if fact is None or file.has(fact.case_id):
                continue
            if ledger.keyring.claim_value(CLAIM, claim_text(fact.source, fact.case_id)) != value:
                continue  # a later part of a long case
            run.report.only_earlier += 1
            run.report.first_only_earlier += [fact.code][: MOST_NAMED - len(run.report.first_only_earlier)]
            run.told({"code": fact.code, "case": fact.case_id, "missing": True})


def _of_source(recorded: Recorded[Any], source: str) -> DossierImported | None:
    fact = recorded.fact
    return fact if isinstance(fact, DossierImported) and fact.source == source else None
