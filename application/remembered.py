"""Aggregates as they were read before, so that a command reads only what was recorded since: the stream of an
organisation grows with every dossier that it files.

What a fact said stays true, and each reading asks the log for what is newer; so nothing here is out of date,
and the log refuses what was decided on less. The aggregates read last are remembered, the larger ones
counting for more.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from application.ports import Codec, Recorder
from domain.facts import Aggregate

ROOM = 100_000
"""In parts: documents, mandates; some hundred bytes each."""
TAggregate = TypeVar("TAggregate", bound=Aggregate)


class Remembered:
    """Of one ledger. `room`: how many parts at most, in all; an aggregate has one at least."""

    def __init__(self, recorder: Recorder, codec: Codec, room: int = ROOM) -> None:
        self._recorder = recorder
        self._codec = codec
        self._room = room
        self._known: OrderedDict[UUID, tuple[Aggregate, int]] = OrderedDict()
        self.parts = 0

    async def read(self, cls: type[TAggregate], id: UUID, parts: Callable[[TAggregate], int]) -> TAggregate:
        """The aggregate as recorded now, the caller's own to decide on. `parts`: how many it has."""
        return (await self.read_at(cls, id, parts))[0]

    async def read_at(
        self, cls: type[TAggregate], id: UUID, parts: Callable[[TAggregate], int]
    ) -> tuple[TAggregate, int]:
        """The same, with the position of the last fact that was read now; 0 where none is newer than what was
        remembered."""
        before, _ = self._known.get(id, (None, 0))
        found = before.copy() if isinstance(before, cls) else cls.empty(id)
        newer = await self._recorder.events_of(id, found.version)
        for stored in newer:
            found.replay(self._codec.decode(stored).fact)
        if newer:
            self._remember(found.copy(), 1 + parts(found))
        elif before is not None:
            self._known.move_to_end(id, last=True)
        return found, newer[-1].position if newer else 0

    def _remember(self, found: Aggregate, parts: int) -> None:
        known, _ = self._known.get(found.id, (None, 0))
        if known is not None and known.version >= found.version:  # read beside this one
            return
        self._forget(found.id)
        self._known[found.id] = found, parts
        self.parts += parts
        while self.parts > self._room:
            self._forget(next(iter(self._known)))

    def _forget(self, id: UUID) -> None:
        _, parts = self._known.pop(id, (None, 0))
        self.parts -= parts
