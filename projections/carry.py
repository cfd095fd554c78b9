"""Who holds each dossier and who will: the definition's links, as rows.

The links of hours to come stand in the tables as soon as a part is scheduled, also for dossiers that come
in afterwards, so that an hour costs nothing. They are worked out by `domain.holding` alone, from the
history that the view keeps, and only from the last fact on: what was held before stays."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from uuid import UUID

from domain.facts import Category, Fact, Recorded
from domain.handover_facts import PartCancelled, PartScheduled
from domain.handover_part import HandoverPart
from domain.handover_rules import HELD_BY_FACT
from domain.holding import (
    DossierHistory,
    Held,
    HolderSet,
    PlaceKnown,
    StatusKnown,
    Step,
    spells,
    steps_from_parts,
)
from projections import status_tables as tables
from projections.cancelling import end
from projections.pages import BETWEEN
from projections.status_fold import Row
from projections.view import Connection

ENDLESS = "infinity"
PAGE = 2500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Parts:
    """The parts of all acts as recorded so far, and the steps they make."""

    def __init__(self) -> None:
        self._parts: dict[UUID, HandoverPart] = {}
        self._scheduled: list[Recorded[Any]] = []
        self._cancelled: list[Recorded[Any]] = []
        self.steps: tuple[Step, ...] = ()
        self.ended: frozenset[UUID] = frozenset()

    def fold(self, recorded: Recorded[Fact]) -> None:
        """Take in a fact of a part's stream; others are passed over."""
        fact = recorded.fact
        if fact.CATEGORY != Category.HANDOVER_PART:
            return
        part = self._parts.get(fact.originator_id)
        if part is None:
            part = self._parts[fact.originator_id] = HandoverPart.empty(fact.originator_id)
        part.replay(fact)
        if isinstance(fact, PartScheduled):
            self._scheduled.append(recorded)
        elif isinstance(fact, PartCancelled):
            self._cancelled.append(recorded)
        else:
            return
        self.steps = steps_from_parts(self._scheduled, self._cancelled, lambda p, v: self._parts[p].rules(v))
        self.ended = frozenset(agency for step in self.steps for agency in step.rules.heirs)

    def ending(self, part: UUID) -> set[UUID]:
        """The agencies that any version of the part in force ends."""
        return {agency for step in self.steps if step.part_id == part for agency in step.rules.heirs}

    def looking_back_on(self, part: UUID) -> set[UUID]:
        """The part and those whose hour comes after one of its own: they read the place through its
        succession."""
        first = min((step.hour for step in self.steps if step.part_id == part), default=None)
        later = {step.part_id for step in self.steps if first is not None and step.hour > first}
        return later | {part}


async def carry(
    connection: Connection, parts: Parts, recorded: Recorded[PartScheduled | PartCancelled]
) -> None:
    """After a part was scheduled or cancelled: the next holder for all dossiers that it concerns, in
    bounded pages."""
    part, at = recorded.fact.originator_id, recorded.recorded_at
    through = tables.held_through(connection, parts.looking_back_on(part), at, PAGE)
    await _carry_pages(connection, parts, through, at)
    if ending := parts.ending(part):
        await _carry_pages(connection, parts, tables.held_by(connection, ending, at, PAGE), at)


async def _carry_pages(connection: Connection, parts: Parts, pages: tables.Histories, at: datetime) -> None:
    """Nothing but the links changes: neither the dossiers' rows nor when what waits is due. While a page is
    written, the next one is worked out."""
    writing: asyncio.Task[None] | None = None
    try:
        async with aclosing(pages):
            async for page in pages:
                links: list[dict[str, Any]] = []
                for number, (dossier, history) in enumerate(page.items(), start=1):
                    links += _from(at, chain_of(dossier, history, parts))
                    if number % BETWEEN == 0:
                        await asyncio.sleep(0)
                if writing is not None:
                    await writing
                writing = asyncio.create_task(_write_carried(connection, list(page), links, at))
            if writing is not None:
                await writing
    finally:
        if writing is not None:
            await end(writing)


async def _write_carried(
    connection: Connection, dossiers: Sequence[UUID], links: list[dict[str, Any]], at: datetime
) -> None:
    await tables.write_links(connection, dict.fromkeys(dossiers, at), dossiers, links)
    await tables.write_work_again(connection, dossiers, at)


async def write(connection: Connection, rows: Sequence[Row], parts: Parts) -> None:
    """Write the histories, the links and the desks' entries of the rows that say so (`cut`, `work_at`)."""
    moved = [row for row in rows if row.cut is not None]
    known = [row.values["dossier"] for row in moved if not row.is_new]
    learned = await tables.histories(connection, known) if known else {}
    cuts: dict[UUID, datetime] = {}
    links: list[dict[str, Any]] = []
    for row in moved:
        dossier, cut = row.values["dossier"], row.cut
        assert cut is not None
        cuts[dossier] = cut
        history = learned[dossier] = [*learned.get(dossier, ()), *row.learned]
        links += _from(cut, chain_of(dossier, history, parts))
    await tables.write_histories(connection, learned)
    await tables.write_links(connection, cuts, known, links)
    queued = [row for row in rows if row.work_at is not None]
    await tables.write_work(
        connection,
        [row.values["dossier"] for row in queued if not row.is_new],
        [
            {"dossier": row.values["dossier"], "due": row.due, "at": row.work_at}
            for row in queued
            if row.waits
        ],
    )


def _from(cut: datetime, chain: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The links that are in force at `cut` or later, and the one that ends just there."""
    return (link for link in chain if link["until"] == ENDLESS or link["until"] >= cut)


def chain_of(dossier: UUID, history: Sequence[Sequence[Any]], parts: Parts) -> list[dict[str, Any]]:
    """All links of a dossier as rows of `holding`, first to last; those that a part gives say `again` where
    an earlier version of it had moved the dossier before. What ended with a dissolved agency stays with it,
    without end."""
    known = history_of(history)
    if parts.ended.isdisjoint([fact.agency for fact in known.holder_sets]):
        held = _by_facts_alone(known.holder_sets)
    else:
        held = [link for link in spells(known, parts.steps) if not link.ended_here]
    rows: list[dict[str, Any]] = []
    before: UUID | None = None
    position = number = 0
    moved_by: set[UUID] = set()
    for link, following in pairwise([*held, None]):
        assert link is not None
        while number < len(known.holder_sets) and known.holder_sets[number].at <= link.since:
            position = known.holder_sets[number].position
            number += 1
        row = _link(dossier, link, following, position, before if link.by else None)
        if link.by is not None:
            row["again"] = link.by.part_id in moved_by
            moved_by.add(link.by.part_id)
        rows.append(row)
        before = link.agency
    return rows


def _by_facts_alone(holder_sets: Sequence[HolderSet]) -> list[Held]:
    """What `spells` gives where no step ends any of the agencies: most dossiers, most of the time."""
    held: list[Held] = []
    for fact in holder_sets:
        while held and held[-1].since >= fact.at:
            held.pop()
        held.append(Held(fact.agency, fact.at, None, HELD_BY_FACT.id, provisional=False, ended_here=False))
    return held


def _link(
    dossier: UUID, link: Held, following: Held | None, position: int, before: UUID | None
) -> dict[str, Any]:
    return {
        "dossier": dossier,
        "since": link.since,
        "until": following.since if following else ENDLESS,
        "agency": link.agency,
        "since_position": position,
        "part": link.by.part_id if link.by else None,
        "part_version": link.by.part_version if link.by else None,
        "rule": link.rule,
        "from_agency": before,
        "provisional": link.provisional,
    }


def history_of(facts: Sequence[Sequence[Any]]) -> DossierHistory:
    """The history as the definition reads it, from what `status.history` keeps."""
    holders, places, statuses = [], [], []
    micros, at = 0, _EPOCH
    for kind, position, at_micros, *known in facts:
        if at_micros != micros:  # facts of one command have one time
            micros, at = at_micros, _EPOCH + timedelta(microseconds=at_micros)
        if kind == "h":
            holders.append(HolderSet(_id(known[0]), at, position))
        elif kind == "p":
            places.append(PlaceKnown(_id(known[0]) if known[0] else None, known[1], at, position))
        else:
            statuses.append(StatusKnown(known[0], at, position))
    return DossierHistory(tuple(holders), tuple(places), tuple(statuses))


@lru_cache(maxsize=32_768)
def _id(text: str) -> UUID:
    """Units and agencies, few among many dossiers."""
    return UUID(text)
