"""Brings one view's tables up to a page of the log, in one transaction with its tracking row. The runner
and a rebuild both work through this.

A fact that cannot be applied parks its dossier in this view (`views.parked`) and the view goes on without
that dossier. More than `PARKED_LIMIT` parked dossiers, or a fact that decides for all (a unit, an agency, a
part of an act), stop the view: better loudly late than quietly wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import psycopg

from domain.facts import Fact, Recorded
from projections.pages import Page
from projections.view import Connection, Log, Stored, View, dossier_of

PARKED_LIMIT = 100
DECIDING_BELOW = 100
DECIDING_PAGE = 1000

_LOCK = """
SELECT position, generation, state, set_config('search_path', schema_name, true),
    set_config('synchronous_commit', 'off', true)
  FROM views.tracking WHERE schema_name = %s FOR UPDATE"""
_ADVANCE = "UPDATE views.tracking SET position = %s, updated_at = clock_timestamp() WHERE schema_name = %s"
_PASS = """
UPDATE views.tracking SET position = %s, updated_at = clock_timestamp()
 WHERE schema_name = %s AND position = %s AND generation = %s AND state <> 'stopped'"""
_STOP = """
UPDATE views.tracking SET state = 'stopped', last_error = %s, updated_at = clock_timestamp()
 WHERE schema_name = %s"""
_PARKED = "SELECT dossier, position FROM views.parked WHERE schema_name = %s"
_PARK = """
INSERT INTO views.parked (schema_name, dossier, position, topic, reason) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT ON CONSTRAINT parked_pk DO NOTHING"""


class ViewStopped(Exception):
    """The view stands at its last good position until it is rebuilt, or the runner is started again after
    the cause is gone."""


class Behind(Exception):
    """The view's tables are further back than the page given: follow the log again from `position`."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the view is at position {position}")
        self.position = position


class _Undecodable(Exception):
    def __init__(self, stored: Stored, error: Exception) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.stored = stored


class Applier:
    """One view in one schema. `apply` is safe to repeat: what the tables include already is passed over."""

    def __init__(self, view: View, schema_name: str, log: Log) -> None:
        self.view = view
        self.schema_name = schema_name
        self._log = log
        self._generation = 0
        self._position = -1
        self._parked: dict[UUID, int] = {}

    async def apply(self, connection: Connection, page: Page) -> int:
        """Apply a page; the position reached. Raises ViewStopped, Behind, and psycopg's OperationalError (try
        again)."""
        last = page.last
        mine = [stored for stored in page.rows if stored.category in self.view.categories]
        if not mine and page.first == self._position + 1:
            passed = await connection.execute(
                _PASS, (last, self.schema_name, self._position, self._generation)
            )
            if passed.rowcount == 1:
                self._position = last
                return last
        try:
            try:
                return await self._apply(connection, page, mine, careful=False)
            except (psycopg.OperationalError, Behind, ViewStopped):
                raise
            except Exception:  # one fact of the page is unfit: find it, park it, keep the rest
                self._forget()
                return await self._apply(connection, page, mine, careful=True)
        except ViewStopped as stopped:
            self._forget()
            await connection.execute(_STOP, (str(stopped), self.schema_name))
            raise
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        self._generation = 0
        self._position = -1

    async def _apply(
        self, connection: Connection, page: Page, mine: Sequence[Stored], *, careful: bool
    ) -> int:
        last = page.last
        async with connection.transaction():
            row = await self._lock(connection) or await self._lock(connection)
            if row is None:
                raise ViewStopped(f"there is no view {self.schema_name}: run `hoso schema check`")
            position, generation, state = row[0], row[1], row[2]
            if state == "stopped":
                raise ViewStopped(f"the view {self.schema_name} was stopped at position {position}")
            if position >= last:
                self._position = position if generation == self._generation else -1
                return int(position)
            if position + 1 < page.first:
                raise Behind(position)
            if generation != self._generation or position != self._position:
                await self._start(connection, position)
            facts = await self._facts(
                connection, page, [stored for stored in mine if stored.position > position]
            )
            if careful:
                await self._carefully(connection, facts)
            elif facts:
                await self.view.apply(connection, facts)
            await connection.execute(_ADVANCE, (last, self.schema_name))
        self._generation, self._position = generation, last
        return last

    async def _lock(self, connection: Connection) -> tuple[Any, ...] | None:
        """The tracking row, held. None when a rebuild renamed it while we waited: the new one is seen at
        the second look."""
        return await (await connection.execute(_LOCK, (self.schema_name,))).fetchone()

    async def _start(self, connection: Connection, position: int) -> None:
        """What the view keeps in memory, made anew from the facts that its tables include."""
        self.view.reset()
        await self.view.prepare(self._deciding(position))
        cursor = await connection.execute(_PARKED, (self.schema_name,))
        self._parked = dict(await cursor.fetchall())

    async def _deciding(self, position: int) -> AsyncIterator[Recorded[Fact]]:
        categories = tuple(sorted(c for c in self.view.categories if c < DECIDING_BELOW))
        after = 0
        while after < position:
            page = await self._log.events_after(after, DECIDING_PAGE, categories)
            for stored in page:
                if stored.position > position:
                    return
                yield self._log.decode(stored)
            if len(page) < DECIDING_PAGE:
                return
            after = page[-1].position

    async def _facts(
        self, connection: Connection, page: Page, mine: Sequence[Stored]
    ) -> list[Recorded[Fact]]:
        facts = []
        for stored in mine:
            if stored.stream_id in self._parked:
                continue
            recorded = page.fact(stored)
            if isinstance(recorded, Exception):
                unreadable = _Undecodable(stored, recorded)
                await self._park(connection, stored, stored.stream_id, stored.topic, unreadable)
            elif not self._parked or not self._skips(recorded):
                facts.append(recorded)
        return facts

    def _skips(self, recorded: Recorded[Fact]) -> bool:
        """Whether the fact comes after the one that parked its dossier."""
        parked_at = self._parked.get(dossier_of(recorded.fact)) if self._parked else None
        return parked_at is not None and parked_at < recorded.position

    async def _carefully(self, connection: Connection, facts: Sequence[Recorded[Fact]]) -> None:
        """Halve what fails until the unfit fact stands alone."""
        facts = [recorded for recorded in facts if not self._skips(recorded)]
        if not facts:
            return
        try:
            async with connection.transaction():
                await self.view.apply(connection, facts)
        except psycopg.OperationalError:
            raise
        except Exception as error:
            await self._start(connection, facts[0].position - 1)
            if len(facts) == 1:
                fact = facts[0].fact
                await self._park(connection, facts[0], dossier_of(fact), fact.TOPIC, error)
                return
            middle = len(facts) // 2
            await self._carefully(connection, facts[:middle])
            await self._carefully(connection, facts[middle:])

    async def _park(
        self,
        connection: Connection,
        at: Stored | Recorded[Fact],
        dossier: UUID,
        topic: str,
        error: Exception,
    ) -> None:
        category = at.fact.CATEGORY if isinstance(at, Recorded) else at.category
        reason = str(error) if isinstance(error, _Undecodable) else f"{type(error).__name__}: {error}"
        if category < DECIDING_BELOW:
            raise ViewStopped(
                f"the view {self.schema_name} cannot apply {topic} at position {at.position}, "
                f"which concerns all: {reason}"
            )
        await connection.execute(_PARK, (self.schema_name, dossier, at.position, topic, reason))
        self._parked[dossier] = at.position
        if len(self._parked) > PARKED_LIMIT:
            raise ViewStopped(
                f"the view {self.schema_name} had to park more than {PARKED_LIMIT} dossiers, "
                f"last at position {at.position}: {reason}"
            )
