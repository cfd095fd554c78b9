"""The ledger as application functions see it: load an aggregate, append what it decided, find what must
exist once.

Promises: what `append` returns a receipt for is recorded; keys of new subjects are durable before anything
sealed with them is appended; nothing that a
decision depends on is taken from memory without asking the log for what is newer (a stale version is refused
by the log, not guessed here).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from application.ports import Claim, Codec, Item, Keyring, NothingNewer, Receipt, Recorder
from application.remembered import Remembered
from domain.facts import ENVELOPE_FIELDS, Aggregate, Fact, Personal, Recorded

TAggregate = TypeVar("TAggregate", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class Command:
    """One command of one identity: SHA-256 of identity and idempotency key, and the keyed digest of the
    request (32 bytes each)."""

    id: bytes
    digest: bytes


def personal_subjects(facts: Iterable[Fact]) -> set[UUID]:
    """Whose keys are needed to record these facts."""
    found: set[UUID] = set()
    for fact in facts:
        for field in fields(fact):
            if field.name not in ENVELOPE_FIELDS:
                found.update(leaf.subject for leaf in _personal_leaves(getattr(fact, field.name)))
    return found


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
        """Append what these aggregates decided, all or none. Raises what `application.ports` names."""
        item = await self.item(
            *aggregates,
            command=command,
            claims=claims,
            recorded_before=recorded_before,
            nothing_newer=nothing_newer,
        )
        return await self.recorder.append(item)

    async def item(
        self,
        *aggregates: Aggregate,
        command: Command | None = None,
        claims: Sequence[Claim] = (),
        recorded_before: datetime | None = None,
        nothing_newer: NothingNewer | None = None,
    ) -> Item:
        """The item that `append` would append: for bulk, where many items go to the recorder at once."""
        decided = [fact for aggregate in aggregates for fact in aggregate.collect_events()]
        subjects = personal_subjects(decided)
        if subjects:
            await self.keyring.ensure(sorted(subjects))
        return Item(
            events=tuple(self.codec.encode(fact) for fact in decided),
            command_id=command.id if command else None,
            request_digest=command.digest if command else None,
            claims=tuple(claims),
            recorded_before=recorded_before,
            nothing_newer=nothing_newer,
        )

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
