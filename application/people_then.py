"""Who stood for whom, and who had let whom act for them, at a position of the log: for the audit, which
judges again by what was recorded up to then. Commands ask `application.persons`, which knows only now.

The records read last are remembered, up to a number of facts; nothing is read past the audit's head, so what
is remembered stays true until its end.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from application.ports import Codec, Recorder
from domain.citizen_facts import (
    CitizenAbsorbed,
    CitizenContactChanged,
    CitizenIdentified,
    CitizenIdentifiedAgain,
    CitizenMerged,
    CitizenReleased,
    CitizenSeparated,
    CitizenVerified,
    MandateEnded,
    MandateGiven,
)
from domain.facts import Recorded
from domain.mandates import Mandate

ROOM: Final = 100_000
"""Facts of records that are remembered; some hundred bytes each."""
AT_ONCE: Final = 50
"""Streams that are read together: an organisation's has a fact for each time that it was found by its
number."""
LINKS: Final = frozenset(
    fact.TOPIC for fact in (CitizenMerged, CitizenSeparated, CitizenAbsorbed, CitizenReleased)
)
_NOT_ASKED_FOR: Final = frozenset(
    fact.TOPIC for fact in (CitizenIdentifiedAgain, CitizenVerified, CitizenContactChanged)
)


@dataclass(slots=True)
class Record:
    """What one record says of whom it is the same as and of who may act for it, by position."""

    kind: str | None = None
    links: list[Recorded[Any]] = field(default_factory=list)
    mandates: dict[UUID, list[Recorded[Any]]] = field(default_factory=dict)
    facts: int = 1

    def take(self, recorded: Recorded[Any]) -> None:
        fact = recorded.fact
        self.facts += 1
        match fact:
            case CitizenIdentified():
                self.kind = fact.kind
            case MandateGiven() | MandateEnded():
                self.mandates.setdefault(fact.mandate, []).append(recorded)
            case CitizenMerged() | CitizenSeparated() | CitizenAbsorbed() | CitizenReleased():
                self.links.append(recorded)

    def merged_into(self, position: int) -> UUID | None:
        """Which record this one was merged into just before a position."""
        into: UUID | None = None
        for link in self._before(position):
            if isinstance(link.fact, CitizenMerged):
                into = link.fact.into
            elif isinstance(link.fact, CitizenSeparated):
                into = None
        return into

    def linked(self, position: int) -> set[UUID]:
        """The records to which a link of this one led just before a position."""
        into = self.merged_into(position)
        found = set() if into is None else {into}
        for link in self._before(position):
            if isinstance(link.fact, CitizenAbsorbed):
                found.add(link.fact.duplicate)
            elif isinstance(link.fact, CitizenReleased):
                found.discard(link.fact.duplicate)
        return found

    def ever_linked(self) -> Iterator[UUID]:
        for link in self.links:
            fact = link.fact
            if isinstance(fact, CitizenMerged):
                yield fact.into
            elif isinstance(fact, CitizenAbsorbed):
                yield fact.duplicate

    def mandate(self, id: UUID, position: int) -> Mandate | None:
        """A mandate of this one as it was known just before a position."""
        found: Mandate | None = None
        for recorded in self.mandates.get(id, ()):
            fact = recorded.fact
            if recorded.position >= position:
                break
            if isinstance(fact, MandateGiven):
                found = Mandate(
                    *(fact.mandate, fact.representative, fact.kind),
                    *(fact.valid_from, fact.valid_until, fact.procedures),
                )
            elif found is not None:
                found = replace(found, until=fact.ended_on)
        return found

    def _before(self, position: int) -> Iterator[Recorded[Any]]:
        return (link for link in self.links if link.position < position)


Records = Mapping[UUID, Record]


class PeopleThen:
    """`head`: the position after which nothing is read; `merged`: whether the log has any merge up to it
    (without one nobody has a second record)."""

    def __init__(
        self, recorder: Recorder, codec: Codec, head: int, *, merged: bool, room: int = ROOM
    ) -> None:
        self._recorder = recorder
        self._codec = codec
        self._head = head
        self.merged = merged
        self._room = room
        self._known: OrderedDict[UUID, Record] = OrderedDict()
        self.facts = 0

    async def read(self, citizens: Collection[UUID]) -> Records:
        """These records, and all that were ever linked to them, directly or over others."""
        found: dict[UUID, Record] = {}
        wanted = set(citizens)
        while wanted:
            found |= await self._some(sorted(wanted))
            wanted = {one for id in wanted for one in found[id].ever_linked()} - found.keys()
        return found

    async def duplicates(self, citizens: Collection[UUID]) -> Records:
        """The same, to ask who stood for whom alone: nothing is read where nobody was ever merged."""
        return await self.read(citizens) if self.merged else {}

    async def _some(self, ids: list[UUID]) -> dict[UUID, Record]:
        found = {id: self._known[id] for id in ids if id in self._known}
        for id in found:
            self._known.move_to_end(id)
        unread = [id for id in ids if id not in found]
        for start in range(0, len(unread), AT_ONCE):
            some = unread[start : start + AT_ONCE]
            found |= {id: Record() for id in some}
            for stored in await self._recorder.events_of_many(some):
                if stored.position > self._head or stored.topic in _NOT_ASKED_FOR:
                    continue
                try:
                    found[stored.stream_id].take(self._codec.decode(stored))
                except Exception:  # named in the pass by position
                    continue
            for id in some:
                self._remember(id, found[id])
        return found

    def _remember(self, id: UUID, record: Record) -> None:
        self._known[id] = record
        self.facts += record.facts
        while self.facts > self._room:
            _, forgotten = self._known.popitem(last=False)
            self.facts -= forgotten.facts


def same_then(records: Records, citizen: UUID, position: int) -> frozenset[UUID]:
    """Every id that stood for the same person as this one just before a position; of who is not in `records`
    that id alone."""
    found, reached = {citizen}, {citizen}
    while reached:
        linked = {one for id in reached if id in records for one in records[id].linked(position)}
        reached = linked - found
        found |= reached
    return frozenset(found)
