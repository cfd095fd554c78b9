"""After the hour: stating each transfer.

The hour itself needed nobody: whoever reads after it sees the new holder. Here the ledger only *states* it,
dossier by dossier, in streams of their own, so a run that is stopped anywhere and started again writes the
same facts and none twice, and no dossier's revision moves. Several processes may share the dossiers; each
part version is finished by the run that finds everything stated.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from application.handovers import Handovers, envelope_of
from application.ledger import Command
from application.moment import Moment, decide
from application.policy import Acting, Identity, allow
from application.standing_back import BesideAppends, Rest
from application.statement import statement, steps_of
from application.stating import ahead, all_stated, chunks, prepare, record
from application.transfer_run import WHOLE, Outcome, Run, Share, Tally
from domain.handover_facts import TransferFinished
from domain.handover_part import HandoverPart
from domain.holding import Step

__all__ = ["WHOLE", "Outcome", "Progress", "Share", "statement", "step_of", "steps_of", "transfer"]

PAGE = 2_000  # dossiers

Told = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer is: dossiers written now, found written already, and to write in all; `not_moved`:
    listed, but by the log they do not move (any more); `refused`: could not be stated, the outcome says why.
    `position`: of the fact that finished the last version, 0 before, and for a share that leaves others at
    work. `part_version`: the one at work."""

    written: int
    found: int
    total: int
    position: int = 0
    not_moved: int = 0
    refused: int = 0
    part_version: int = 0

    @property
    def done(self) -> int:
        return self.written + self.found + self.not_moved + self.refused

    def counts(self) -> dict[str, int]:
        names = ("written", "found", "not_moved", "refused", "total")
        return {name: getattr(self, name) for name in names}


def step_of(moment: Moment, part_id: UUID) -> Step:
    """The version of a part that took effect last. BadRequest where none has."""
    return steps_of(moment, part_id)[-1]


async def transfer(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    command: Command | None = None,
    *,
    share: Share = WHOLE,
    tell: Told = lambda outcome: None,
    busy: float = 1.0,
) -> AsyncGenerator[Progress, None]:
    """Write a `HandedOver` for each dossier that each version of the part moved; the last progress says
    whether that is finished. `tell` gets every dossier's outcome; `busy`: the share of its time that this
    may work while others append.

    Resumable and repeatable; several at once only find each other's facts written. The command stands with
    the first fact written; repeated, it counts as written what it wrote then. BadRequest before the hour,
    KeyReused for another request's key.
    """
    repeated = await office.ledger.repeated(command)
    moment = await office.reader.moment(fresh=True)
    acting = allow(identity, "transfer-handover", moment)
    steps = steps_of(moment, part_id)
    await office.index.shown(moment.read_up_to)
    rest = Rest(busy, BesideAppends(office.ledger.recorder))
    tally = Tally(None if repeated else command, repeated.first if repeated else None, tell, rest)
    total = position = 0
    for step in steps:
        async for page in _pages(office, step):
            total += sum(map(share.has, page))
    for step in steps:
        run = Run(office, moment.organisation, step, tally, share)
        async with aclosing(_write(run)) as writing:
            async for _ in writing:
                yield _progress(tally, total, step)
        position = await _finish(acting, run)
        yield _progress(tally, total, step, position)
    listed = tally.written + tally.found + tally.refused
    yield _progress(tally, listed, steps[-1], position)


def _progress(tally: Tally, total: int, step: Step, position: int = 0) -> Progress:
    counts = (tally.not_moved, tally.refused, step.part_version)
    return Progress(tally.written, tally.found, total, position, *counts)


async def _pages(office: Handovers, step: Step) -> AsyncIterator[list[UUID]]:
    """The dossiers that a step moves, as the read model lists them, in the order of their ids."""
    after: UUID | None = None
    while page := await office.index.moving_by(step.part_id, step.part_version, after, PAGE):
        after = page[-1]
        yield page
        if len(page) < PAGE:
            return


async def _write(run: Run) -> AsyncGenerator[None, None]:
    """State every dossier of the run's share. While one chunk is appended the next is worked out, and the one
    after it is read."""
    source = prepare(run, ahead(chunks(run, _pages(run.office, run.step))))
    appending: asyncio.Task[None] | None = None
    try:
        async for prepared in source:
            if appending is not None:
                await appending
            appending = asyncio.create_task(record(run, prepared))
            if run.tally.command is not None:  # it stands with the first fact: see that it does
                await appending
            yield
            await run.tally.rest.after()
        if appending is not None:
            await appending
            yield
    finally:
        await source.aclose()
        if appending is not None and not appending.done():
            appending.cancel()
            await asyncio.wait([appending])


async def _finish(acting: Acting, run: Run) -> int:
    """Record once for this version that every dossier that moves has its fact, with their number and the
    digest of their ids in order; the fact's position. 0 where a share leaves others at work, or something
    was refused."""
    office, step, tally = run.office, run.step, run.tally
    if run.refused:
        return 0
    whole = run.listed if run.share.of == 1 else await all_stated(run, _pages(office, step))
    if whole is None:
        return 0
    count, digest = whole.count, whole.digest.hexdigest()

    async def decision(moment: Moment) -> int:
        part, before = HandoverPart.empty(step.part_id), 0
        for recorded in await office.ledger.facts_of([step.part_id]):
            part.replay(recorded.fact)
            fact = recorded.fact
            if isinstance(fact, TransferFinished) and fact.part_version == step.part_version:
                before = recorded.position
        done = part.finished.get(step.part_version)
        if done is not None and done.handed_over >= count:
            return before
        part.finish_transfer(
            envelope_of(acting, moment),
            now=moment.now,
            handed_over=count,
            digest=digest,
            part_version=step.part_version,
        )
        position = (await office.ledger.append(part, command=tally.command)).last
        tally.command = None
        return position

    return await decide(office.reader, decision, versions_too=True)
