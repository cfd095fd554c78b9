"""The ledger as application functions see it: load an aggregate, append what it decided, find what must
exist once.

Promises: what `append` returns a receipt for is recorded; keys of new subjects are durable before anything
sealed with them is, or in the same instant; nothing that a
decision depends on is taken from memory without asking the log for what is newer (a stale version is refused
by the log, not guessed here).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from application.ports import (
    Claim,
    Codec,
    Item,
    Keyring,
    KeyThere,
    NewEvent,
    NewKey,
    NothingNewer,
    Receipt,
    Recorder,
)
from application.remembered import Remembered
from domain.facts import ENVELOPE_FIELDS, Aggregate, Fact, Personal, Recorded

_PLAIN = frozenset((str, int, bool, type(None), UUID, datetime))
"""What holds nothing personal; most fields are of these."""
_OWN_FIELDS: dict[type[Fact], tuple[str, ...]] = {}
"""Of every class that was looked at: its fields beside the envelope's."""

TAggregate = TypeVar("TAggregate", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class Command:
    """One command of one identity: SHA-256 of identity and idempotency key, and the keyed digest of the
    request (32 bytes each)."""

    id: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Conditions:
    """What an item has beside its events."""

    command: Command | None
    claims: tuple[Claim, ...]
    recorded_before: datetime | None
    nothing_newer: NothingNewer | None

    def item(self, events: tuple[NewEvent, ...], new_keys: tuple[NewKey, ...] = ()) -> Item:
        return Item(
            events=events,
            command_id=self.command.id if self.command else None,
            request_digest=self.command.digest if self.command else None,
            claims=self.claims,
            recorded_before=self.recorded_before,
            nothing_newer=self.nothing_newer,
            new_keys=new_keys,
        )


def _begun(facts: Iterable[Fact]) -> Iterator[UUID]:
    """The streams that begin with these facts."""
    return (fact.originator_id for fact in facts if fact.originator_version == 1)


def _collected(aggregates: Iterable[Aggregate]) -> list[Fact]:
    return [fact for aggregate in aggregates for fact in aggregate.collect_events()]


def personal_subjects(facts: Iterable[Fact]) -> set[UUID]:
    """Whose keys are needed to record these facts."""
    found: set[UUID] = set()
    for fact in facts:
        for name in _own_fields(type(fact)):
            value = getattr(fact, name)
            kind = type(value)
            if kind is Personal:
                found.add(value.subject)
            elif kind not in _PLAIN:
                found.update(leaf.subject for leaf in _personal_leaves(value))
    return found


def _own_fields(cls: type[Fact]) -> tuple[str, ...]:
    names = _OWN_FIELDS.get(cls)
    if names is None:
        names = tuple(field.name for field in fields(cls) if field.name not in ENVELOPE_FIELDS)
        _OWN_FIELDS[cls] = names
    return names


def _personal_leaves(value: Any) -> Iterator[Personal]:
    if isinstance(value, Personal):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _personal_leaves(member)
    elif isinstance(value, (tuple, list)):
        for member in value:
            yield from _personal_leaves(member)


class Ledger:
    """One log with its codec and keyring."""

    def __init__(self, recorder: Recorder, codec: Codec, keyring: Keyring) -> None:
        self.recorder = recorder
        self.codec = codec
        self.keyring = keyring
        self.remembered = Remembered(recorder, codec)

    async def load(self, cls: type[TAggregate], id: UUID) -> TAggregate:
        """The aggregate as recorded; version 0 where nothing is."""
        aggregate = cls.empty(id)
        for recorded in await self.facts_of([id]):
            aggregate.replay(recorded.fact)
        return aggregate

    async def facts_of(
        self, streams: Sequence[UUID], recorded_before: datetime | None = None
    ) -> list[Recorded[Fact]]:
        """The facts of these streams, by position."""
        if len(streams) == 1 and recorded_before is None:
            stored = await self.recorder.events_of(streams[0])
        else:
            stored = await self.recorder.events_of_many(streams, recorded_before)
        return [self.codec.decode(row) for row in stored]

    async def append(
        self,
        *aggregates: Aggregate,
        command: Command | None = None,
        claims: Sequence[Claim] = (),
        recorded_before: datetime | None = None,
        nothing_newer: NothingNewer | None = None,
    ) -> Receipt:
        """Append what these aggregates decided, all or none. Raises what `application.ports` names.

        The key of a subject whose own stream begins here is made in the transaction that records it.
        """
        decided = _collected(aggregates)
        conditions = _Conditions(command, tuple(claims), recorded_before, nothing_newer)
        subjects = personal_subjects(decided)
        if subjects and (begun := subjects.intersection(_begun(decided))):
            try:
                return await self._append_with_keys(decided, conditions, begun, subjects - begun)
            except KeyThere:  # made by a command that never came to its end, or just now by another
                pass
        return await self.recorder.append(await self._item(decided, conditions, subjects))

    async def item(
        self,
        *aggregates: Aggregate,
        command: Command | None = None,
        claims: Sequence[Claim] = (),
        recorded_before: datetime | None = None,
        nothing_newer: NothingNewer | None = None,
    ) -> Item:
        """The item that `append` would append: for bulk, where many items go to the recorder at once."""
        decided = _collected(aggregates)
        conditions = _Conditions(command, tuple(claims), recorded_before, nothing_newer)
        return await self._item(decided, conditions, personal_subjects(decided))

    async def _item(
        self, decided: Sequence[Fact], conditions: _Conditions, subjects: Collection[UUID]
    ) -> Item:
        if subjects:
            await self.keyring.ensure(sorted(subjects))
        return conditions.item(tuple(self.codec.encode(fact) for fact in decided))

    async def _append_with_keys(
        self, decided: Sequence[Fact], conditions: _Conditions, begun: set[UUID], others: set[UUID]
    ) -> Receipt:
        if others:
            await self.keyring.ensure(sorted(others))
        with self.keyring.drafted(begun) as keys:
            events = tuple(self.codec.encode(fact) for fact in decided)
        receipt = await self.recorder.append(conditions.item(events, keys))
        if not receipt.repeated:
            self.keyring.made(keys)
        return receipt

    def claim(self, kind: str, value: str, stream_id: UUID) -> Claim:
        """A claim on something that must exist once; the value goes into the log's database as a keyed hash
        only."""
        return Claim(kind, self.keyring.claim_value(kind, value), stream_id)

    async def find(self, kind: str, value: str) -> UUID | None:
        """The stream that claimed this value, or None. As current as the log itself."""
        return await self.recorder.find_claim(kind, self.keyring.claim_value(kind, value))

    async def repeated(self, command: Command | None) -> Receipt | None:
        """The receipt of this command if it was recorded before; looked up before revision and rules."""
        if command is None:
            return None
        return await self.recorder.find_command(command.id, command.digest)
