"""The log in partitions: what is closed stays what it was, and nobody can tell from what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import errors, sql

from application.ports import Item, LedgerError, Receipt
from infra import partitions, schema
from infra.embedded import APP, Cluster
from infra.partition_lock import PartitionBusy
from infra.recorder import PostgresRecorder
from tests.ledger.closing import closed
from tests.ledger.making import AGENCY, claim, event, key, new_id, one, seen
from tests.support import Database

pytestmark = pytest.mark.anyio

Close = Callable[[], Awaitable[None]]


async def nothing() -> None:
    pass


# What is refused


async def told(answer: Awaitable[Any]) -> tuple[Any, ...]:
    """An outcome without what differs from ledger to ledger."""
    try:
        found = await answer
    except LedgerError as error:
        return type(error).__name__, getattr(error, "current", None), getattr(error, "kind", None)
    if isinstance(found, Receipt):
        return found.first, found.last, found.repeated, [version for _, version in found.versions]
    return tuple([await told(_back(each)) for each in found])


async def _back(outcome: Receipt | LedgerError) -> Receipt:
    if isinstance(outcome, LedgerError):
        raise outcome
    return outcome


async def story(recorder: PostgresRecorder, close: Close) -> list[tuple[Any, ...]]:
    """Everything that is decided by looking at what was recorded before; `close` in between."""
    a, b, c, agency, late = (new_id() for _ in range(5))
    command, digest = key(), key()
    keyed = Item((event(a, 1), event(b, 1), event(a, 2)), command, digest)
    first = await recorder.append(keyed)
    read = first.last
    claimed = one(c, 1, claims=(claim(c, b"code"),))
    outcomes = [await told(recorder.append(claimed))]
    await recorder.append(Item((event(agency, 1, category=AGENCY),)))
    await close()
    decided = seen(read, categories=(AGENCY,))
    now, head = await recorder.clock()
    tried: list[Any] = [
        recorder.append(keyed),
        recorder.append(one(late, 1, command_id=command, request_digest=key())),
        recorder.append(one(a, 2, command_id=command, request_digest=digest)),
        recorder.append(one(a, 1)),
        recorder.append(one(a, 2)),
        recorder.append(one(a, 7)),
        recorder.append(one(late, 2)),
        recorder.append(one(a, 1, recorded_before=now + timedelta(days=900))),
        recorder.append(Item((event(late, 1), event(b, 1)))),
        recorder.append(Item((event(late, 1), event(b, 3)))),
        recorder.append(claimed),
        recorder.append(one(c, 1, claims=(claim(late, b"code"),))),
        recorder.append(one(late, 1, nothing_newer=seen(read - 2, a))),
        recorder.append(one(late, 1, nothing_newer=decided)),
        recorder.append(one(late, 1, nothing_newer=seen(read, a, b), recorded_before=now)),
        recorder.append_many([one(new_id(), 1), one(b, 1), one(a, 3), one(c, 9), one(new_id(), 1)]),
        recorder.find_command(command, digest),
    ]
    outcomes += [await told(each) for each in tried]
    await close()
    tried = [
        recorder.append(one(a, 3)),
        recorder.append(one(a, 1)),
        recorder.append(one(b, 2, nothing_newer=seen(head, agency, categories=(AGENCY,)))),
        recorder.append(one(b, 2)),
        recorder.append_many([one(b, 1), one(a, 1), one(c, 1), keyed, one(new_id(), 1)]),
        recorder.append(Item((event(agency, 2, category=AGENCY), event(b, 3)))),
        recorder.append(one(late, 1, nothing_newer=seen(head, categories=(AGENCY,)))),
        recorder.append(one(late, 1, nothing_newer=seen(head, b))),
        recorder.append(one(late, 1, nothing_newer=seen((await recorder.clock())[1], a, b, agency))),
    ]
    outcomes += [await told(each) for each in tried]
    await close()
    started = (await recorder.events_after(0, 1))[0].stream_id
    later = (await recorder.clock())[0] + timedelta(days=3)
    outcomes.append(await told(recorder.move_clock(later, event(started, 2, category=1))))
    await close()
    outcomes.append(await told(recorder.move_clock(later, event(started, 3, category=1))))
    outcomes.append(await told(recorder.append(one(late, 2))))
    assert (await recorder.clock())[0] >= later
    facts = await recorder.events_after(0, 100)
    assert [fact.position for fact in facts] == list(range(1, len(facts) + 1))
    assert [fact.recorded_at for fact in facts] == sorted(fact.recorded_at for fact in facts)
    assert [fact.version for fact in await recorder.events_of(a)] == [1, 2, 3]
    assert [fact.version for fact in await recorder.events_of_many([b])] == [1, 2, 3]
    return outcomes


async def test_what_lies_in_closed_partitions_is_refused_as_if_it_lay_in_one(
    cluster: Cluster, template: str, database: Database
) -> None:
    cluster.create_database("in_one", template=template)
    in_one = await PostgresRecorder.open(cluster.dsn("in_one", APP))
    in_many = await PostgresRecorder.open(database.app_dsn)
    try:
        expected = await story(in_one, nothing)
        assert await story(in_many, partial(closed, database)) == expected
    finally:
        await in_one.close()
        await in_many.close()
        cluster.drop_database("in_one")
    for name in ("StaleVersion", "KeyReused", "ClaimTaken", "NewerFacts", "HourPassed", "ClockMoveRefused"):
        assert name in str(expected)
    assert len((await partitions.look(database.app_dsn)).closed) == 4


async def test_a_process_that_learned_of_no_closing_judges_by_it_all_the_same(
    recorder: PostgresRecorder, database: Database
) -> None:
    """It looks into closed partitions before it has the lock; here one is closed between its two appends."""
    stream, command, digest = new_id(), key(), key()
    await recorder.append(one(stream, 1, command_id=command, request_digest=digest))
    await closed(database)
    again = await recorder.append(one(new_id(), 1, command_id=command, request_digest=digest))
    assert (again.first, again.repeated) == (2, True)
    with pytest.raises(LedgerError, match="is at version 1"):
        await recorder.append(one(stream, 1))


async def test_an_empty_partition_is_not_closed(recorder: PostgresRecorder, database: Database) -> None:
    await recorder.append(one(new_id(), 1))
    assert (await partitions.close(database.owner_dsn, 3)).name is None
    assert (await partitions.close(database.owner_dsn, 2)).name == "event_from_1"
    assert await partitions.close(database.owner_dsn) == partitions.Closed(None, 3, 2, ())
    assert await partitions.look(database.app_dsn) == partitions.Parts(
        (partitions.Part("event_from_1", 1, 2, frozen=True),), 3, 2
    )
    assert (await recorder.append(one(new_id(), 1))).first == 3


# What a partition is

_SHAPE: LiteralString = """
SELECT 'column', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text || a.attstorage::text
  FROM pg_attribute a WHERE a.attrelid = %(table)s::regclass AND a.attnum > 0
 UNION ALL
SELECT 'constraint', c.conname, pg_get_constraintdef(c.oid), c.convalidated::text
  FROM pg_constraint c WHERE c.conrelid = %(table)s::regclass
 UNION ALL
SELECT 'index', i.relname, pg_get_indexdef(i.oid), array_to_string(i.reloptions, ',')
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = %(table)s::regclass
 UNION ALL
SELECT 'trigger', t.tgname, pg_get_triggerdef(t.oid), t.tgenabled::text
  FROM pg_trigger t WHERE t.tgrelid = %(table)s::regclass
 UNION ALL
SELECT 'table', r.relowner::regrole::text, coalesce(r.relacl::text, ''), array_to_string(r.reloptions, ',')
  FROM pg_class r WHERE r.oid = %(table)s::regclass
 ORDER BY 1, 2
"""


def shape(database: Database, table: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.owner_dsn) as connection:
        return connection.execute(_SHAPE, {"table": table}).fetchall()


async def test_a_new_partition_is_made_like_the_first(recorder: PostgresRecorder, database: Database) -> None:
    first = shape(database, "event_open")
    assert {row[0] for row in first} == {"column", "constraint", "index", "trigger", "table"}
    for position in (1, 2):
        await closed(database)
        assert shape(database, "event_open") == first
        name = f"event_from_{position}"
        named = [
            tuple(str(part).replace(f"{name}_", "event_").replace(name, "event_open") for part in row)
            for row in shape(database, name)
            if row[1] != "event_positions"
        ]
        assert sorted(named) == sorted(tuple(map(str, row)) for row in first)
        await recorder.append(one(new_id(), 1))


FORGETTING = [
    "UPDATE {} SET payload = 'x'",
    "DELETE FROM {} WHERE position = -1",
    "TRUNCATE {}",
    "MERGE INTO {} USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
]
FOR_OWNERS = ["SELECT * FROM {}", "INSERT INTO {} SELECT * FROM event"]


async def test_nobody_forgets_through_a_partition(recorder: PostgresRecorder, database: Database) -> None:
    await closed(database)
    await recorder.append(one(new_id(), 1))
    with (
        psycopg.connect(database.owner_dsn, autocommit=True) as owner,
        psycopg.connect(database.app_dsn, autocommit=True) as app,
    ):
        for table in ("event_open", "event_from_1"):
            for statement in FORGETTING:
                with pytest.raises(errors.Error, match="append-only"):
                    owner.execute(sql.SQL(statement).format(sql.Identifier(table)))
            for statement in FORGETTING + FOR_OWNERS:
                with pytest.raises(errors.InsufficientPrivilege):
                    app.execute(sql.SQL(statement).format(sql.Identifier(table)))
        with pytest.raises(errors.CheckViolation):
            owner.execute("INSERT INTO event_from_1 SELECT * FROM event_open")
        for call in ("SELECT last_of(uuidv7(), 1)", "SELECT * FROM closed_commands"):
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(call.encode())


async def test_the_closed_partition_is_not_read_while_appends_wait(
    recorder: PostgresRecorder, database: Database
) -> None:
    """PostgreSQL says, to whoever asks, by what it proved a new bound."""
    await recorder.append(one(new_id(), 1))
    said: list[str] = []
    async with await psycopg.AsyncConnection.connect(database.owner_dsn, autocommit=True) as connection:
        connection.add_notice_handler(lambda notice: said.append(notice.message_primary or ""))
        await partitions.mark(connection, 5, lambda _: None)
        await connection.execute("SET client_min_messages = debug1")
        assert await partitions.swap(connection, 5, lambda _: None) == ("event_from_1", 2)
    proofs = [line for line in said if "constraint for table" in line]
    assert proofs == ['partition constraint for table "event_from_1" is implied by existing constraints']
    assert not [line for line in said if line.startswith('verifying table "event_from_1"')]


# Who else is there


async def test_whoever_reads_in_one_transaction_is_waited_for_and_appends_go_on(
    recorder: PostgresRecorder, database: Database
) -> None:
    async with await psycopg.AsyncConnection.connect(
        database.app_dsn, application_name="hoso audit"
    ) as audit:
        await audit.execute("SELECT count(*) FROM event")
        with pytest.raises(PartitionBusy, match=r"hoso audit, process \d+"):
            await partitions.close(database.owner_dsn, patience=0)
        doing: list[str] = []
        closing = asyncio.create_task(partitions.close(database.owner_dsn, tell=doing.append))
        while not any(step.startswith("waiting for hoso audit") for step in doing):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert (await recorder.append(one(new_id(), 1))).first == 2
        await audit.rollback()
    assert (await closing).last == 2


async def test_two_do_not_close_at_once(database: Database) -> None:
    with psycopg.connect(database.owner_dsn, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (partitions.LOCK,))
        with pytest.raises(schema.SchemaError, match="Another"):
            await partitions.close(database.owner_dsn)
