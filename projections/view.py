"""What a read model is: tables in a schema of its own, and one `apply` that live following and rebuilding
share.

A view's tables are named without a schema in its SQL and in `apply`; the transaction's search_path says
whether they are the ones being shown (`status`) or the next ones beside them (`next_status`). Its queries
name the schema (`status.dossier`), so that readers never see half a rebuild."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeAlias
from uuid import UUID

from psycopg import AsyncConnection

from domain.facts import Category, Fact, Recorded

Connection: TypeAlias = AsyncConnection[tuple[Any, ...]]
Facts: TypeAlias = Sequence[Recorded[Fact]]


class Stored(Protocol):
    """One row of the log, as far as a view's runner looks at it."""

    @property
    def position(self) -> int: ...
    @property
    def stream_id(self) -> UUID: ...
    @property
    def category(self) -> int: ...
    @property
    def topic(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Log:
    """The log as the runner needs it; wiring makes it from the recorder and the codec.

    `follow(position, page)`: contiguous pages after `position`, for ever. `events_after(position, limit,
    categories)`: one page, empty at the end. `decode(stored)`: the fact of a row; raises when the row is
    not what its topic promises."""

    follow: Callable[[int, int], AsyncIterator[Sequence[Any]]]
    events_after: Callable[[int, int, tuple[int, ...]], Awaitable[Sequence[Any]]]
    decode: Callable[[Any], Recorded[Fact]]
    away: tuple[type[Exception], ...] = ()
    """What the log's reader raises while the database cannot be reached: the runner waits and tries again."""


class View(Protocol):
    """One read model. An object serves one schema at a time and may keep what it derived; `reset` drops
    that."""

    name: ClassVar[str]
    categories: ClassVar[frozenset[int]]
    tables: ClassVar[tuple[str, ...]]

    def reset(self) -> None:
        """Forget what is kept in memory: the transaction that it came from was undone, or the tables are
        others."""
        ...

    async def prepare(self, deciding: AsyncIterator[Recorded[Fact]]) -> None:
        """Called after `reset`, before `apply`: the facts of the categories below 100 that the tables
        already include, in order."""
        ...

    async def apply(self, connection: Connection, facts: Facts) -> None:
        """Bring the tables in the search_path up to the last of `facts`; all in the caller's transaction.

        The outcome depends on the facts alone, never on how they were cut into pages.
        """
        ...


def dossier_of(fact: Fact) -> UUID:
    """Whose fact this is: of the dossier itself, or of what stands beside its stream (handed over,
    placed)."""
    if fact.CATEGORY in (Category.HANDED_OVER, Category.PLACEMENT):
        dossier: UUID = fact.dossier  # type: ignore[attr-defined]
        return dossier
    return fact.originator_id
