"""Lawful erasure: requested by one officer, carried out by another, finished by whoever comes next.

The fact is recorded first: from then on the person is erased, and what is left to do follows from the log
(`application.erasing_finish`), so a crash at any instant leaves nothing that the next start does not do.
Between the request and the erasure nothing new begins for the person (`application.living`): so what stands
in the way then is all that ever will.

Each raises NotAllowed, NotFound and Refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from application.changing import Asked
from application.citizens import envelope_of
from application.erasing_concern import Concern, Stands, concern, judge, stands_in_the_way
from application.erasing_finish import Finished, finish
from application.erasing_ports import Erasing
from application.file_ports import FileStoreError
from application.ids import new_id
from application.moment import Moment, decide
from application.policy import allow
from application.ports import ClaimTaken, NothingNewer, Receipt
from application.refusals import NotFound
from application.retained import retained
from domain import erasure_rules as rules
from domain.erasure import CITIZEN, DOSSIER, PERSON_ASKED, Erasure
from domain.facts import Category
from domain.local_time import local_date
from domain.refusals import Refused

__all__ = [
    "CITIZEN",
    "DOSSIER",
    "Erased",
    "Judging",
    "Preview",
    "Stands",
    "carry_out",
    "known_erasure",
    "preview",
    "request",
    "withdraw",
]

MANAGE: Final = "erase-citizen"
DECIDES: Final = (*Category.DECIDING, Category.RETENTION)
CLAIM: Final = "erased_dossier"


@dataclass(frozen=True, slots=True)
class Erased:
    """What a command's caller gets. `subjects`: how many keys go; `finished`: what was destroyed and removed
    by now, None before it is carried out and while the files wait for their store."""

    erasure: UUID
    position: int
    subjects: int = 0
    dossiers: int = 0
    files: int = 0
    finished: Finished | None = None


@dataclass(frozen=True, slots=True)
class Judging:
    """On what day, and by which periods (as recorded up to a position), a retention run judges; `shown_to`:
    up to where it looked for who is due. What began later is looked at when it is carried out."""

    run: UUID
    day: date
    periods_up_to: int
    shown_to: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would erase now, and everything that stands in its way on this ground."""

    concern: Concern
    ways: tuple[Stands, ...]


async def preview(
    office: Erasing,
    asked: Asked,
    kind: str,
    subject: UUID,
    ground: str = PERSON_ASKED,
    by: Judging | None = None,
) -> Preview:
    """Records nothing."""
    moment = await office.reader.moment(fresh=True)
    allow(asked.identity, "read-erasures", moment)
    found = await concern(office, kind, subject, by.shown_to if by else moment.read_up_to)
    for record in found.records.values():
        record.judge_not_erased()
    known = await retained(office.ledger, by.periods_up_to if by else None)
    return Preview(found, tuple(stands_in_the_way(found, known, ground, _day(moment, by))))


async def request(
    office: Erasing,
    asked: Asked,
    kind: str,
    subject: UUID,
    *,
    ground: str,
    decision: str,
    by: Judging | None = None,
) -> Erased:
    """Let it be decided. What stands in the way now refuses it at once, and nothing is recorded."""

    async def decided(moment: Moment) -> Erased:
        acting = allow(asked.identity, MANAGE, moment)
        found = await concern(office, kind, subject, by.shown_to if by else moment.read_up_to)
        erasure, envelope = Erasure.empty(new_id(moment.now)), envelope_of(acting, moment)
        for record in found.records.values():
            record.begin_erasure(envelope, erasure.id)
        if kind != CITIZEN and await office.ledger.find(CLAIM, str(subject)):
            raise Refused(rules.ALREADY)
        erasure.request(
            envelope,
            kind=kind,
            subject=subject,
            citizens=found.citizens,
            ground=ground,
            decision=decision,
            run=by.run if by else None,
        )
        known = await retained(office.ledger, by.periods_up_to if by else None)
        judge(found, known, ground, _day(moment, by))
        receipt = await _append(office, erasure, found, moment)
        return Erased(erasure.id, receipt.last, len(found.subjects), len(found.dossiers), len(found.files))

    return await _decide(office, decided)


async def withdraw(office: Erasing, asked: Asked, erasure: UUID, *, ground: str) -> Erased:
    """It is not carried out; the person can file again."""

    async def decided(moment: Moment) -> Erased:
        acting = allow(asked.identity, MANAGE, moment)
        found = await known_erasure(office, erasure)
        envelope = envelope_of(acting, moment)
        found.withdraw(envelope, ground=ground)
        assert found.requested is not None
        people = await concern(
            office, found.requested.kind, found.requested.subject, await _requested_at(office, erasure)
        )
        for record in people.records.values():
            if record.erasing == erasure:
                record.end_erasure(envelope, erasure, carried_out=False)
        receipt = await _append(office, found, people, moment)
        return Erased(erasure, receipt.last)

    return await _decide(office, decided)


async def carry_out(office: Erasing, asked: Asked, erasure: UUID, by: Judging | None = None) -> Erased:
    """Erase: by another officer than who requested it, judged once more. Again: what a crash left is
    finished, and nothing more is recorded."""

    async def decided(moment: Moment) -> Erased:
        acting = allow(asked.identity, MANAGE, moment)
        found = await known_erasure(office, erasure)
        if found.carried_out is not None:
            done = found.carried_out
            return Erased(erasure, 0, len(done.subjects), done.dossiers, done.files)
        if not found.stands or found.requested is None:
            raise Refused(rules.REQUESTED)
        asked_for = found.requested
        requested_at = await _requested_at(office, erasure)
        whole = await concern(office, asked_for.kind, asked_for.subject, requested_at)
        envelope = envelope_of(acting, moment)
        if whole.citizens != asked_for.citizens:
            raise Refused(rules.SAME_PEOPLE)
        for record in whole.records.values():
            record.end_erasure(envelope, erasure, carried_out=True)
        found.carry_out(envelope, subjects=whole.subjects, beside=whole.beside, files=len(whole.files))
        known = await retained(office.ledger, by.periods_up_to if by else None)
        judge(whole, known, asked_for.ground, _day(moment, by))
        receipt = await _append(office, found, whole, moment, claim=asked_for.kind != CITIZEN)
        return Erased(erasure, receipt.last, len(whole.subjects), len(whole.dossiers), len(whole.files))

    done = await _decide(office, decided)
    finished = None
    with suppress(FileStoreError):  # the keys are gone; the files wait for their store
        finished = await finish(office)
    return Erased(done.erasure, done.position, done.subjects, done.dossiers, done.files, finished)


async def _decide(office: Erasing, decided: Callable[[Moment], Awaitable[Erased]]) -> Erased:
    """On a fresh moment from the first: what is shown as of an older one may lack what was just filed."""

    async def freshly(_: Moment) -> Erased:
        return await decided(await office.reader.moment(fresh=True))

    return await decide(office.reader, freshly, versions_too=True)


async def _append(
    office: Erasing, erasure: Erasure, found: Concern, moment: Moment, *, claim: bool = False
) -> Receipt:
    """All or none, and only if nothing newer is in anything that was read."""
    claims = [office.ledger.claim(CLAIM, str(found.subject), erasure.id)] if claim else []
    changed = [record for record in found.records.values() if record.pending_events]
    try:
        return await office.ledger.append(
            erasure,
            *changed,
            claims=claims,
            recorded_before=moment.next_hour,
            nothing_newer=NothingNewer(moment.read_up_to, tuple(found.streams), DECIDES),
        )
    except ClaimTaken:
        raise Refused(rules.ALREADY) from None


async def known_erasure(office: Erasing, id: UUID) -> Erasure:
    """NotFound for one that is not there."""
    first = await office.ledger.recorder.first_of([id])
    if not first or first[0].category != Category.ERASURE:
        raise NotFound("unknown_erasure", f"there is no erasure {id}: see `hoso erase list`")
    return await office.ledger.load(Erasure, id)


async def _requested_at(office: Erasing, erasure: UUID) -> int:
    """The position of the request, since when nothing begins for the person."""
    return (await office.ledger.facts_of([erasure]))[0].position


def _day(moment: Moment, by: Judging | None) -> date:
    return by.day if by else local_date(moment.now)
