"""Making, checking and upgrading the database; every refusal is a sentence that says what to do."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime

import psycopg
import pytest

from infra import schema
from infra.embedded import OWNER, Cluster
from infra.migrations import apply, migrations
from infra.recorder import PostgresRecorder
from tests.support import DEMO_START, Database


def test_a_new_ledger_begins_with_ledger_created_at_the_start_of_its_clock(database: Database) -> None:
    ledger = schema.check(database.app_dsn)
    assert ledger.clock == "demo"
    assert ledger.version == migrations()[-1].number
    with psycopg.connect(database.app_dsn) as connection:
        rows = connection.execute(
            "SELECT position, stream_id, version, topic, recorded_at FROM event"
        ).fetchall()
    assert rows == [(1, ledger.ledger_id, 1, "ledger.created.v1", DEMO_START)]


def test_a_system_ledger_begins_now(empty_database: Database) -> None:
    before = datetime.now(UTC)
    assert schema.init(empty_database.owner_dsn, clock="system").clock == "system"
    with psycopg.connect(empty_database.app_dsn) as connection:
        row = connection.execute("SELECT recorded_at FROM event").fetchone()
    assert row is not None
    assert before <= row[0] <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("clock", "starts_at"),
    [("system", DEMO_START), ("demo", None), ("lunar", None), ("demo", DEMO_START.replace(tzinfo=None))],
)
def test_a_clock_that_cannot_be_is_refused(
    empty_database: Database, clock: str, starts_at: datetime | None
) -> None:
    with pytest.raises(ValueError, match="clock"):
        schema.init(empty_database.owner_dsn, clock=clock, starts_at=starts_at)


def test_an_empty_database_is_told_apart(empty_database: Database) -> None:
    with pytest.raises(schema.EmptyDatabase, match="hoso schema init"):
        schema.check(empty_database.app_dsn)


@pytest.mark.parametrize(
    "table",
    ["invoice (a integer)", "event (position bigint)", "ledger (a text)", "schema_migration (number text)"],
)
@pytest.mark.anyio
async def test_a_foreign_database_is_refused_and_left_alone(empty_database: Database, table: str) -> None:
    with psycopg.connect(empty_database.owner_dsn) as connection:
        connection.execute(f"CREATE TABLE {table}".encode())
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO hoso_app")
    with pytest.raises(schema.ForeignDatabase, match="not a ledger of this program"):
        await PostgresRecorder.open(empty_database.app_dsn)
    with pytest.raises(schema.ForeignDatabase):
        schema.init(empty_database.owner_dsn, clock="system")
    with pytest.raises(schema.ForeignDatabase):
        schema.upgrade(empty_database.owner_dsn)
    with psycopg.connect(empty_database.owner_dsn) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (1,)


def test_a_second_init_is_refused(database: Database) -> None:
    with pytest.raises(schema.ForeignDatabase, match="already"):
        schema.init(database.owner_dsn, clock="system")


def test_a_database_that_is_not_there_is_named(cluster: Cluster) -> None:
    with pytest.raises(schema.Unreachable, match="nowhere"):
        schema.check(cluster.dsn("nowhere", OWNER))


def test_an_init_that_fails_leaves_nothing(empty_database: Database) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("no first event")

    with pytest.raises(RuntimeError):
        schema.init(empty_database.owner_dsn, clock="system", first_event=broken)  # type: ignore[arg-type]
    with pytest.raises(schema.EmptyDatabase):
        schema.check(empty_database.owner_dsn)


def test_a_newer_and_a_changed_schema_are_refused(database: Database) -> None:
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute("INSERT INTO schema_migration (number, name, sha256) VALUES (999, 'later', 'x')")
    with pytest.raises(schema.OtherSchema, match="newer program"):
        schema.check(database.app_dsn)
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute("DELETE FROM schema_migration WHERE number = 999")
        connection.execute("UPDATE schema_migration SET sha256 = 'other' WHERE number = 2")
    with pytest.raises(schema.OtherSchema, match="02_append"):
        schema.check(database.app_dsn)


def test_one_migration_after_the_other_gives_the_schema_of_init(
    cluster: Cluster, database: Database, empty_database: Database
) -> None:
    every = migrations()
    with psycopg.connect(empty_database.owner_dsn) as connection:
        apply(connection, every[:2])
        connection.execute("INSERT INTO ledger (ledger_id, clock) VALUES (uuidv7(), 'system')")
        connection.execute("GRANT USAGE ON SCHEMA public TO hoso_app")
    if len(every) > 2:
        with pytest.raises(schema.OlderSchema, match="hoso schema upgrade"):
            schema.check(empty_database.app_dsn)
    assert schema.upgrade(empty_database.owner_dsn) == [migration.name for migration in every[2:]]
    assert schema.upgrade(empty_database.owner_dsn) == []
    assert schema.check(empty_database.app_dsn).version == every[-1].number
    assert dumped(cluster, empty_database) == dumped(cluster, database)


def test_a_ledger_with_events_that_lacks_steps_before_its_last_one_gets_them(
    cluster: Cluster, database: Database, empty_database: Database
) -> None:
    """A release brought 73 before 71 and 72: what is there becomes the open partition, as it is."""
    with psycopg.connect(empty_database.owner_dsn) as connection:
        apply(connection, [migration for migration in migrations() if migration.number not in (71, 72)])
        connection.execute("INSERT INTO ledger (ledger_id, clock) VALUES (uuidv7(), 'system')")
        connection.execute("GRANT USAGE ON SCHEMA public TO hoso_app")
        for _ in range(3):
            connection.execute(FILL)
        before = connection.execute(ROWS).fetchall()
    added = ["71_partitions.sql", "72_append_in_partitions.sql"]
    assert schema.upgrade(empty_database.owner_dsn) == added
    assert schema.check(empty_database.app_dsn).version == migrations()[-1].number
    with psycopg.connect(empty_database.app_dsn) as connection:
        assert connection.execute(ROWS).fetchall() == before
    assert dumped(cluster, empty_database) == dumped(cluster, database)


FILL = """
INSERT INTO event (position, recorded_at, version, category, item_events, stream_id, topic, payload, leaf)
SELECT count(*) + 1, clock_timestamp(), 1, 100, 1, uuidv7(), 'dossier.accepted.v1', 'x', sha256('') FROM event
"""
ROWS = "SELECT ctid, position, stream_id, recorded_at FROM event ORDER BY position"


def dumped(cluster: Cluster, database: Database) -> list[str]:
    """The schema as pg_dump writes it, without its random marks."""
    program = cluster.program("pg_dump")
    command = [str(program), "--schema-only", "--dbname", cluster.dsn(database.name, "postgres")]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    return [line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
