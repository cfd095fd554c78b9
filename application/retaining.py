"""Retention: periods loaded, and runs that erase who is due, each lawfully and for itself.

A run that was stopped goes on where it is run again with the number of its decision: whom it had erased is
not looked at again, whom it had requested is carried out. Each raises NotAllowed and Refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from application import erasing
from application.changing import Asked, Changed, change
from application.citizens import envelope_of
from application.erasing import Judging
from application.erasing_finish import finish
from application.erasing_ports import Erasing
from application.file_ports import FileStoreError
from application.ids import new_id
from application.moment import Moment, decide
from application.persons import same_person
from application.policy import allow
from application.refusals import Refused
from application.retained import Retained, retained
from domain import erasure_rules as rules
from domain.citizen import Citizen
from domain.deadlines import day_after
from domain.erasure import CITIZEN, DOSSIER, RETENTION_OVER
from domain.erasure_facts import ErasureCarriedOut, ErasureRequested
from domain.facts import Category, Envelope
from domain.local_time import day_start, local_date
from domain.retention import RetentionPeriods, RetentionRun

PAGE: Final = 100
FIRST: Final = UUID(int=0)
RUN: Final = "run-retention"


@dataclass(slots=True)
class Ran:
    """What came of a run, or would. `ended`: nobody who is due is left; `kept`: how many were not erased, by
    the id of the rule that kept them."""

    run: UUID | None
    cut_off: date
    looked_at: int = 0
    erased: int = 0
    files: int = 0
    ended: bool = False
    kept: Counter[str] = field(default_factory=Counter)


async def load_periods(
    office: Erasing, asked: Asked, entries: Iterable[Mapping[str, Any]]
) -> tuple[int, int]:
    """Set for how long dossiers are kept; an entry: the fields of `retention.period_set.v1`. How many were
    recorded now, and how many were known."""
    recorded = known = 0
    for entry in entries:
        before = (await retained(office.ledger)).of(entry["procedure"])
        if before and before.says(entry["valid_from"], entry["amount"], entry["unit"]):
            known += 1
            continue
        await _set(office, asked, before.id if before else None, entry)
        recorded += 1
    return recorded, known


async def _set(office: Erasing, asked: Asked, stream: UUID | None, entry: Mapping[str, Any]) -> Changed:
    async def find(moment: Moment) -> UUID:
        return stream or new_id(moment.now)

    def do(periods: RetentionPeriods, envelope: Envelope, _: Moment) -> None:
        periods.set(envelope, **entry)

    key = entry["procedure"] or "every other"
    claims = [] if stream else [("retention_periods", key)]
    return await change(office, asked, "load-retention", RetentionPeriods, find, do, claims=claims)


async def dry_run(office: Erasing, asked: Asked, limit: int, progress: Callable[[int], None]) -> Ran:
    """Who is due today, and what keeps the others; nothing is recorded. `limit`: of persons looked at."""
    moment = await office.reader.moment(fresh=True)
    allow(asked.identity, "read-erasures", moment)
    by = Judging(FIRST, local_date(moment.now), moment.read_up_to, moment.read_up_to)
    ran = Ran(None, by.day)
    async for kind, subject in _candidates(office, await retained(office.ledger), by.day, moment):
        if ran.looked_at == limit:
            return ran
        ran.looked_at += 1
        try:
            found = await erasing.preview(office, asked, kind, subject, RETENTION_OVER, by)
        except Refused as refused:
            ran.kept[refused.rule.id] += 1
            continue
        if found.ways:
            ran.kept[found.ways[0].rule.id] += 1
        else:
            ran.erased, ran.files = ran.erased + 1, ran.files + len(found.concern.files)
        progress(ran.looked_at)
    ran.ended = True
    return ran


async def run(
    office: Erasing, asked: Asked, decision: str, limit: int, progress: Callable[[int], None]
) -> Ran:
    """Erase who is due, at most `limit` of them now; where nobody is left the run is ended on record."""
    going = await _begun(office, asked, decision)
    assert going.begun is not None
    moment = await office.reader.moment(fresh=True)
    by = Judging(going.id, going.begun.cut_off, going.begun.periods_position, moment.read_up_to)
    ran = Ran(going.id, by.day)
    with suppress(FileStoreError):  # files that wait for their store keep nobody's key
        await finish(office)
    known = await retained(office.ledger, by.periods_up_to)
    batch: list[tuple[str, UUID]] = []
    async for candidate in _candidates(office, known, by.day, moment):
        batch.append(candidate)
        if len(batch) == PAGE or ran.erased + len(batch) >= limit:
            await _erase(office, asked, decision, by, batch, ran)
            batch.clear()
            progress(ran.looked_at)
        if ran.erased >= limit:
            return ran
    await _erase(office, asked, decision, by, batch, ran)
    await _end(office, asked, going.id, ran)
    return ran


async def _erase(
    office: Erasing, asked: Asked, decision: str, by: Judging, batch: list[tuple[str, UUID]], ran: Ran
) -> None:
    """Request all of a batch, then carry out each: the read models are waited for once."""
    requested: list[UUID] = []
    for kind, subject in batch:
        ran.looked_at += 1
        try:
            requested.append(await _requested(office, asked, decision, by, kind, subject))
        except Refused as refused:
            ran.kept[refused.rule.id] += 1
    for erasure in requested:
        try:
            done = await erasing.carry_out(office, asked, erasure, by)
        except Refused as refused:
            await erasing.withdraw(office, asked, erasure, ground="exception_stands")
            ran.kept[refused.rule.id] += 1
            continue
        ran.erased += 1
        ran.files += done.files


async def _requested(
    office: Erasing, asked: Asked, decision: str, by: Judging, kind: str, subject: UUID
) -> UUID:
    """The request of this run, which may have made it before it was stopped."""
    if kind == CITIZEN and (before := (await office.ledger.load(Citizen, subject)).erasing):
        found = await erasing.known_erasure(office, before)
        if found.requested is not None and found.requested.run == by.run:
            return before
    asked_for = await erasing.request(
        office, asked, kind, subject, ground=RETENTION_OVER, decision=decision, by=by
    )
    return asked_for.erasure


async def _candidates(
    office: Erasing, known: Retained, day: date, moment: Moment
) -> AsyncIterator[tuple[str, UUID]]:
    """Who has a dossier that was concluded so long ago that the shortest period may be over, by id; who has
    several records once."""
    months = [period.months for period in known.on(day) if period.months is not None]
    if not months:
        return
    before = _latest(day, min(months))
    await office.index.shown(moment.read_up_to)
    for kind, page_of in (
        (CITIZEN, office.index.owners_concluded),
        (DOSSIER, office.index.of_nobody_concluded),
    ):
        after, seen = FIRST, set[UUID]()  # `seen`: further records of who was given
        while page := await page_of(after, before, PAGE):
            for subject in page:
                if subject in seen:
                    continue
                if kind == CITIZEN:
                    seen.update(id for id in await same_person(office.ledger, subject) if id > subject)
                yield kind, subject
            after = page[-1]


def _latest(day: date, months: int) -> datetime:
    """Whatever was concluded before this may be due on the day: a month more than exact, since months differ
    in length; each is judged for itself."""
    return day_start(day_after(day, -months + 1, "month"))


async def _begun(office: Erasing, asked: Asked, decision: str) -> RetentionRun:
    """The run that goes on with this decision, or a new one. Refused where another goes on, and for who
    loaded a period that holds."""
    moment = await office.reader.moment(fresh=True)
    acting = allow(asked.identity, RUN, moment)
    known = await retained(office.ledger)
    if any(period.set_by == acting.actor for period in known.on(local_date(moment.now))):
        raise Refused(rules.RUN_FOUR_EYES)
    going = known.run
    if going is not None:
        if going.begun is None or going.begun.decision != decision:
            raise Refused(rules.RUN_ONE, run=str(going.id))
        return going
    if any(run.begun and run.begun.decision == decision for run in known.runs.values()):
        raise Refused(rules.RUN_DECISION)

    async def find(at: Moment) -> UUID:
        return new_id(at.now)

    def do(new: RetentionRun, envelope: Envelope, at: Moment) -> None:
        new.begin(envelope, cut_off=local_date(at.now), periods_position=at.read_up_to, decision=decision)

    begun = await change(office, asked, RUN, RetentionRun, find, do, claims=[("retention_run", decision)])
    return await office.ledger.load(RetentionRun, begun.id)


async def _end(office: Erasing, asked: Asked, run: UUID, ran: Ran) -> None:
    """Put on record what came of it, over all the times that it was run."""
    erased = await _erased_by(office, run)

    async def decided(moment: Moment) -> None:
        acting = allow(asked.identity, RUN, moment)
        going = await office.ledger.load(RetentionRun, run)
        going.end(
            envelope_of(acting, moment),
            looked_at=erased + sum(ran.kept.values()),
            erased=erased,
            kept=dict(ran.kept),
        )
        await office.ledger.append(going)

    await decide(office.reader, decided, versions_too=True)
    ran.ended, ran.erased, ran.looked_at = True, erased, erased + sum(ran.kept.values())


async def _erased_by(office: Erasing, run: UUID) -> int:
    """How many erasures of a run were carried out, by the log."""
    mine, done, after = set[UUID](), 0, 0
    while page := await office.ledger.recorder.events_after(after, PAGE * 10, (Category.ERASURE,)):
        for stored in page:
            fact = office.ledger.codec.decode(stored).fact
            if isinstance(fact, ErasureRequested) and fact.run == run:
                mine.add(fact.originator_id)
            elif isinstance(fact, ErasureCarriedOut) and fact.originator_id in mine:
                done += 1
        after = page[-1].position
    return done
