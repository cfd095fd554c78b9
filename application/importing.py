"""Dossiers from an earlier system: read whole first, then recorded case by case, each once.

A case becomes one item, `dossier.imported` and its steps, or several where it has more than
`STEPS_PER_ITEM` steps. Every item claims its case and first step, so a second run adds nothing and a run
after a crash goes on where the first one ended. Nothing is recorded of a file that cannot be read to its
end. Steps keep the file's order whatever their times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Protocol
from uuid import UUID

from application.ids import new_id
from application.import_comparison import differing
from application.import_mapping import ImportMapping
from application.import_reading import Progress, Read, next_batch, read_whole
from application.imported_dossier import STEPS_PER_ITEM, Importer, Part
from application.imported_record import CLAIM, claim_text, stream_of
from application.imported_text import dossier_code, resource_names
from application.ledger import Ledger, personal_subjects
from application.moment import TRIES, Moment, OrganisationReader
from application.policy import Identity, allow
from application.ports import (
    Claim,
    ClaimTaken,
    HourPassed,
    Item,
    NewerFacts,
    Overloaded,
    Receipt,
    StaleVersion,
)
from application.refusals import BadRequest
from domain.dossier import Dossier
from domain.facts import Actor, Envelope
from domain.imported_case import ImportedCase

RESOURCES_AT_ONCE = 5_000
MOST_NAMED = 20
RESOURCES_IN_MEMORY = 50_000


class Persons(Protocol):
    """Who is meant by a name of an earlier system, in an erasable table."""

    async def aliases(
        self, kind: str, texts: Sequence[str], make_id: Callable[[], UUID]
    ) -> dict[str, UUID]: ...


@dataclass(frozen=True, slots=True)
class Importing:
    """What the import works with; wiring makes one."""

    ledger: Ledger
    reader: OrganisationReader
    persons: Persons


@dataclass(slots=True)
class ImportReport:
    """What one run recorded. `already`: cases that were there; `quarantined`: kept apart, since their code is
    another dossier's (their steps count, they do not); `differing`: of those that were there, how many say
    something else in the file than what is recorded, and the first of them; `unknown_procedures`: dossiers
    that name a procedure which is not in the catalogue, and the first such codes."""

    dossiers: int = 0
    steps: int = 0
    already: int = 0
    quarantined: int = 0
    differing: int = 0
    first_differing: list[str] = field(default_factory=list)
    unknown_procedures: int = 0
    first_unknown_procedures: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Run:
    office: Importing
    identity: Identity
    mapping: ImportMapping
    agency: UUID | None
    report: ImportReport = field(default_factory=ImportReport)
    resources: dict[str, UUID] = field(default_factory=dict)


async def import_cases(
    office: Importing,
    identity: Identity,
    read: Read,
    mapping: ImportMapping,
    *,
    agency: UUID | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import every case that `read` gives; it is called twice and must give the same both times.

    `agency`: the importing agency, where the officer is posted to several; it holds what is imported.
    `progress` hears how many cases of how many are done. Raises what `read` raises, CaseRefused, NotAllowed
    and BadRequest before anything is recorded, and a LedgerError when the ledger fails on the way: run
    again, it goes on.
    """
    run = _Run(office, identity, mapping, agency)
    _importer(run, await office.reader.moment(fresh=True))
    total = len(await read_whole(read, mapping))
    done = 0
    cases = iter(read())
    while batch := await next_batch(cases):
        await _import_batch(run, batch)
        done += len(batch)
        if progress:
            progress(done, total)
    return run.report


async def _import_batch(run: _Run, batch: list[ImportedCase]) -> None:
    known = await asyncio.gather(*(_claimed(run, case, 0) for case in batch))
    new = [Part(case, 0) for case, stream_id in zip(batch, known, strict=True) if stream_id is None]
    run.report.already += len(batch) - len(new)
    await _resolve_resources(run, batch)
    await _append(run, new)
    for case, stream_id in zip(batch, known, strict=True):
        if len(case.steps) > STEPS_PER_ITEM:
            await _import_rest(run, case, stream_id)
    there = [(c, stream_id) for c, stream_id in zip(batch, known, strict=True) if stream_id is not None]
    others = await differing(run.office.ledger, there)
    run.report.differing += len(others)
    run.report.first_differing += others[: MOST_NAMED - len(run.report.first_differing)]


async def _import_rest(run: _Run, case: ImportedCase, stream_id: UUID | None) -> None:
    """The steps of a long case after its first item, those that a crash left out too."""
    for start in range(STEPS_PER_ITEM, len(case.steps), STEPS_PER_ITEM):
        if await _claimed(run, case, start) is None:
            stream_id = stream_id or await _claimed(run, case, 0)
            await _append(run, [Part(case, start, stream_id)])


async def _append(run: _Run, parts: list[Part]) -> None:
    """Append these parts, deciding again those that an hour or a newer act overtook."""
    for _ in range(TRIES):
        if not parts:
            return
        moment = await run.office.reader.moment(fresh=True)
        importer = _importer(run, moment)
        dossiers = [await _decided(run, part, importer, moment) for part in parts]
        facts = [fact for dossier in dossiers for fact in dossier.pending_events]
        await run.office.ledger.keyring.ensure(sorted(personal_subjects(facts)))
        items = [_item(run, part, dossier, moment) for part, dossier in zip(parts, dossiers, strict=True)]
        outcomes = await run.office.ledger.recorder.append_many(items)
        parts = [
            again
            for part, outcome in zip(parts, outcomes, strict=True)
            if (again := _counted(run.report, part, outcome, importer)) is not None
        ]
    if parts:
        raise Overloaded(retry_after=1)


def _counted(
    report: ImportReport, part: Part, outcome: Receipt | Exception, importer: Importer
) -> Part | None:
    """Count what became of a part; the part to decide again, or None."""
    if isinstance(outcome, Receipt):
        report.steps += len(part.steps)
        if part.start == 0:
            report.dossiers += part.taken_by is None
            report.quarantined += part.taken_by is not None
            if (unknown := importer.unknown_procedure(part.case)) is not None:
                report.unknown_procedures += 1
                if unknown not in report.first_unknown_procedures[:MOST_NAMED]:
                    report.first_unknown_procedures += [unknown][
                        : MOST_NAMED - len(report.first_unknown_procedures)
                    ]
        return None
    if isinstance(outcome, HourPassed | NewerFacts | StaleVersion):
        return part
    if isinstance(outcome, ClaimTaken) and outcome.kind == "dossier_code":
        return replace(part, taken_by=outcome.stream_id)
    if isinstance(outcome, ClaimTaken):  # another run was faster
        report.already += part.start == 0
        return None
    raise outcome


async def _decided(run: _Run, part: Part, importer: Importer, moment: Moment) -> Dossier:
    if part.stream_id is not None:
        dossier = await run.office.ledger.load(Dossier, part.stream_id)
        importer.go_on(dossier, part)
    else:
        dossier = Dossier.empty(new_id(moment.now))
        importer.begin(dossier, part)
    return dossier


def _item(run: _Run, part: Part, dossier: Dossier, moment: Moment) -> Item:
    ledger = run.office.ledger
    claimed = claim_text(run.mapping.source, part.case.case_id, part.start)
    claims: list[Claim] = [ledger.claim(CLAIM, claimed, dossier.id)]
    if part.start == 0 and part.taken_by is None:
        code = dossier_code(part.case.case_id, run.mapping)
        claims.append(ledger.claim("dossier_code", code, dossier.id))
    return Item(
        events=tuple(ledger.codec.encode(fact) for fact in dossier.collect_events()),
        claims=tuple(claims),
        recorded_before=moment.next_hour,
        nothing_newer=moment.nothing_newer(),
    )


def _importer(run: _Run, moment: Moment) -> Importer:
    """As whom this run records now: the officer's posting at the importing agency, which holds what it
    imports.

    Raises NotAllowed, BadRequest, NotFound (place or procedure of the mapping).
    """
    acting = allow(run.identity, "import", moment, agency=run.agency)
    agency = acting.agency or run.agency
    if agency is None:
        raise BadRequest("no_importing_agency", "name the agency that imports, and so holds, the dossiers")
    if run.mapping.procedure is not None:
        moment.organisation.procedure_by_code(run.mapping.procedure)
    envelope = Envelope(
        actor=Actor("import", run.identity.id),
        occurred_at=moment.now,
        posting_id=acting.posting_id,
        acting_agency=agency,
        holder=agency,
    )
    place = run.mapping.place
    unit = moment.organisation.unit_by_reference(place, moment.now) if place else None
    return Importer(envelope, run.mapping, unit, run.resources, moment.organisation.procedure_codes)


async def _resolve_resources(run: _Run, batch: list[ImportedCase]) -> None:
    """A random subject for each name of a resource, the same for ever within its source."""
    names = {name for case in batch for name in resource_names(case, run.mapping)}
    if len(run.resources) > RESOURCES_IN_MEMORY:
        run.resources = {name: run.resources[name] for name in names & run.resources.keys()}
    missing = iter(sorted(names - run.resources.keys()))
    moment = await run.office.reader.moment(fresh=False)
    while some := list(islice(missing, RESOURCES_AT_ONCE)):
        texts = {f"{run.mapping.source}\0{name}": name for name in some}
        found = await run.office.persons.aliases("resource", list(texts), lambda: new_id(moment.now))
        run.resources.update((texts[text], subject) for text, subject in found.items())


async def _claimed(run: _Run, case: ImportedCase, start: int) -> UUID | None:
    return await stream_of(run.office.ledger, run.mapping.source, case.case_id, start)
