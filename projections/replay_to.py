"""The read models made from the log alone up to a position, in schemas of their own: their content, what of
it differs from what is shown at the same position, and, where they are kept, tables that stay to be read.

One transaction makes them. It is undone at the end unless they are kept, and a run that is killed leaves
nothing: neither a table nor a row that says there is one. Memory is two pages of the log.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import errors, sql

from projections.pages import PAGE, seldom_collecting
from projections.replay import Progress, as_shown, connect, create_beside, replay
from projections.schema import ViewsNotAllowed, is_allowed
from projections.table_compare import Beside, Differs, compared
from projections.view import Connection, Log, View

PREFIX = "replay_"

_CONTENT = """
SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0),
       coalesce(sum(hashtextextended(t::text, 1)::numeric), 0)
  FROM {} t"""
_DOSSIERS = """
SELECT d.dossier, d.code, d.status, d.revision, d.procedure_code, d.procedure_version, d.place, d.place_code,
       d.statutory_due, d.promised, d.extended_until, d.quarantined, h.agency
  FROM dossier d
  LEFT JOIN holding h ON h.dossier = d.dossier AND h.since <= %(at)s AND %(at)s < h.until
 WHERE d.dossier = ANY (%(dossiers)s::uuid[])"""
_COUNT = "SELECT count(*) FROM dossier WHERE dossier <> ALL (%s::uuid[])"
_ANALYZE = "ANALYZE {}"
_PARKED = "SELECT dossier FROM views.parked WHERE schema_name = %s"
_KEEP = "UPDATE views.tracking SET state = 'kept' WHERE schema_name = %s"
_KEPT = """
SELECT t.schema_name FROM views.tracking t WHERE t.state = 'kept' AND starts_with(t.schema_name, %s || '_')
 ORDER BY t.schema_name"""
_NAMES = """
SELECT DISTINCT substring(t.schema_name FROM '^replay_[0-9]+') FROM views.tracking t
 WHERE t.schema_name ~ '^replay_[0-9]+_' ORDER BY 1"""
_FORGET = "DELETE FROM views.tracking WHERE schema_name = %s"


class ReplayKept(Exception):
    """Read models of this position are kept already."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"read models are kept as {name} already: read those, or drop them first with"
            f" `hoso replay --drop {name}`"
        )


class NoSuchReplay(Exception):
    def __init__(self, name: str, known: Sequence[str]) -> None:
        there = f"there are {', '.join(known)}" if known else "none is kept"
        super().__init__(f"no read models are kept as {name}: {there}")


class NoSuchReader(Exception):
    """The role that is to read them is none of this database server's."""

    def __init__(self, role: str) -> None:
        super().__init__(
            f"the database has no role {role}: its administrator makes it with"
            f" `CREATE ROLE {role} LOGIN`, or name another with --reader"
        )


@dataclass(frozen=True, slots=True)
class TableContent:
    """`digest`: 32 hexadecimal digits over the content of all rows, whatever their order."""

    view: str
    table: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class ShownDossier:
    """A dossier as the replayed tables show it; `holder`: at the instant asked for."""

    code: str
    status: int | None
    revision: int
    procedure_code: str | None
    procedure_version: int | None
    place: UUID | None
    place_code: str | None
    statutory_due: datetime | None
    promised: datetime | None
    extended_until: datetime | None
    quarantined: bool
    holder: UUID | None


@dataclass(slots=True)
class Scratch:
    """The replayed tables while they are open. `compared`: the views that are shown at the same position;
    `differs`: what these show otherwise, and what any view left out; `parked`: what `status` left out."""

    connection: Connection = field(repr=False)
    views: list[Beside]
    tables: list[TableContent] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    differs: list[Differs] = field(default_factory=list)
    parked: frozenset[UUID] = frozenset()

    @property
    def position(self) -> int:
        """Of the view `status`; 0 where that cannot be made."""
        return next((v.position for v in self.views if v.view.name == "status" and v.why_not is None), 0)

    @property
    def status_schema(self) -> str:
        """Where the view `status` lies."""
        (name,) = [view.schema_name for view in self.views if view.view.name == "status"]
        return name

    async def dossiers(self, dossiers: Sequence[UUID], at: datetime) -> dict[UUID, ShownDossier]:
        """Of each of these dossiers its row, with who holds it at `at`."""
        await self._in_status()
        rows = await self.connection.execute(_DOSSIERS, {"dossiers": list(dossiers), "at": at})
        return {dossier: ShownDossier(*values) for dossier, *values in await rows.fetchall()}

    async def count(self) -> int:
        await self._in_status()
        row = await (await self.connection.execute(_COUNT, (list(self.parked),))).fetchone()
        assert row is not None
        return int(row[0])

    async def _in_status(self) -> None:
        await self.connection.execute("SELECT set_config('search_path', %s, true)", (self.status_schema,))


@asynccontextmanager
async def replayed(
    dsn: str,
    log: Log,
    views: Sequence[View],
    to: int | None,
    progress: Progress,
    *,
    keep: bool = False,
    reader: str | None = None,
    page: int = PAGE,
) -> AsyncIterator[Scratch]:
    """The views up to `to` (None: each up to where it is shown), made by the application's role `dsn`. With
    `keep` they are there after this under `name_of(to)`, where nothing failed, and `reader`, a role of the
    database, may read them. Raises ViewsNotAllowed, ReplayKept, NoSuchReader."""
    name = "hoso replay"
    async with await connect(dsn, name) as shown, await connect(dsn, name) as beside:
        if not await is_allowed(beside):
            raise ViewsNotAllowed
        await shown.set_read_only(True)
        async with shown.transaction(), beside.transaction(force_rollback=not keep):
            found = [await as_shown(shown, view) for view in views]
            if to is not None:
                found = [Beside(one.view, to, shown_at=one.shown_at) for one in found]
            scratch = Scratch(beside, found)
            made = [one for one in found if one.why_not is None]
            prefix = name_of(to) if keep and to is not None else f"{PREFIX}now{beside.info.backend_pid}"
            await _create(beside, made, prefix)
            with seldom_collecting():
                await replay(beside, made, log, page, progress)
            await _analyze(beside, made)
            await _look(shown, scratch)
            yield scratch
            if keep:
                await _keep(beside, scratch, reader)


def name_of(position: int) -> str:
    """Under which name read models up to a position are kept: the schemas are NAME_status and so on."""
    return f"{PREFIX}{position}"


async def _create(beside: Connection, made: Sequence[Beside], prefix: str) -> None:
    try:
        for one in made:
            await create_beside(beside, one, f"{prefix}_{one.view.name}")
    except (errors.DuplicateSchema, errors.UniqueViolation):
        raise ReplayKept(prefix) from None


async def _analyze(connection: Connection, made: Sequence[Beside]) -> None:
    """Nobody else can, before these tables are committed: a planner that knows nothing of a million rows
    reads all of them for each page of dossiers."""
    for one in made:
        for table in one.view.tables:
            name = sql.Identifier(one.schema_name, table)
            await connection.execute(sql.SQL(_ANALYZE).format(name))


async def _look(shown: Connection, scratch: Scratch) -> None:
    """Contents, and what differs from what is shown."""
    for one in scratch.views:
        at_same = one.shown_at == one.position
        if one.why_not is not None or at_same:
            scratch.differs += await compared(shown, scratch.connection, one)
        if one.why_not is None:
            scratch.tables += [await _content(scratch.connection, one, table) for table in one.view.tables]
            scratch.compared += [one.view.name] if at_same else []
            rows = await scratch.connection.execute(_PARKED, (one.schema_name,))
            parked = frozenset(dossier for (dossier,) in await rows.fetchall())
            if one.view.name == "status":
                scratch.parked = parked
            if parked:
                said = (
                    f"a replay of the view {one.view.name} leaves out {len(parked):,} dossiers that it cannot"
                    f" follow, {min(parked)} first"
                )
                scratch.differs.append(Differs(one.view.name, None, None, said))


async def _content(connection: Connection, one: Beside, table: str) -> TableContent:
    query = sql.SQL(_CONTENT).format(sql.Identifier(one.schema_name, table))
    row = await (await connection.execute(query)).fetchone()
    assert row is not None
    return TableContent(one.view.name, table, row[0], "".join(f"{int(s) % 2**64:016x}" for s in row[1:]))


async def _keep(connection: Connection, scratch: Scratch, reader: str | None) -> None:
    for one in scratch.views:
        schema_name = sql.Identifier(one.schema_name)
        if one.why_not is not None:
            await _remove(connection, one.schema_name)
            continue
        said = sql.Literal(f"hoso: the read model {one.view.name} as of position {one.position}")
        await connection.execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(schema_name, said))
        await connection.execute(_KEEP, (one.schema_name,))
        if reader is not None:
            role = sql.Identifier(reader)
            try:
                await connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema_name, role))
            except errors.UndefinedObject:
                raise NoSuchReader(reader) from None
            await connection.execute(
                sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(schema_name, role)
            )


async def drop(connection: Connection, name: str) -> int:
    """Drop kept read models; how many schemas those were. Raises NoSuchReplay."""
    async with connection.transaction():
        rows: list[tuple[Any, ...]] = await (await connection.execute(_KEPT, (name,))).fetchall()
        if not rows or not name.startswith(PREFIX):
            raise NoSuchReplay(name, await kept(connection))
        for (schema_name,) in rows:
            await _remove(connection, schema_name)
    return len(rows)


async def _remove(connection: Connection, schema_name: str) -> None:
    await connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema_name)))
    await connection.execute(_FORGET, (schema_name,))


async def kept(connection: Connection) -> list[str]:
    """The names of all that are kept."""
    return [name for (name,) in await (await connection.execute(_NAMES)).fetchall()]
