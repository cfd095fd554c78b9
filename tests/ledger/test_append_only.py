"""What was recorded stays:

refused by rights for the application, by trigger for the owner and for a superuser.
"""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from infra.recorder import PostgresRecorder
from infra.schema import SchemaError
from tests.support import Database

FORGETTING = [
    "UPDATE event SET payload = 'x'",
    "UPDATE event SET payload = 'x' WHERE false",
    "DELETE FROM event",
    "DELETE FROM event WHERE position = -1",
    "TRUNCATE event",
    "TRUNCATE event CASCADE",
    "UPDATE claim SET stream_id = uuidv7()",
    "DELETE FROM claim",
    "TRUNCATE claim",
    "MERGE INTO event USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
]
OTHER = [
    "INSERT INTO event SELECT * FROM event",
    "INSERT INTO claim VALUES ('x', 'x', uuidv7(), 1)",
    "INSERT INTO ledger (ledger_id, clock) VALUES (uuidv7(), 'demo')",
    "UPDATE ledger SET offset_micros = 0",
    "DELETE FROM ledger",
    "ALTER TABLE event DISABLE TRIGGER ALL",
    "DROP TABLE event",
    "CREATE TABLE public.mine (a integer)",
    "ALTER FUNCTION public.refuse_to_forget() RENAME TO refuse_nothing",
    "SELECT resume_clock()",
]


@pytest.mark.parametrize("statement", FORGETTING + OTHER)
def test_the_application_has_no_right_to(database: Database, statement: str) -> None:
    with (
        psycopg.connect(database.app_dsn) as connection,
        pytest.raises((errors.InsufficientPrivilege, errors.RaiseException)) as refusal,
    ):
        connection.execute(statement.encode())
    assert "append-only" not in str(refusal.value), "refused by rights, before any trigger"


@pytest.mark.parametrize("statement", FORGETTING)
def test_the_owner_is_refused_by_trigger(database: Database, statement: str) -> None:
    with psycopg.connect(database.owner_dsn) as connection, pytest.raises(errors.Error, match="append-only"):
        connection.execute(statement.encode())


@pytest.mark.parametrize("statement", FORGETTING)
def test_replica_mode_does_not_switch_it_off(superuser_dsn: str, statement: str) -> None:
    with psycopg.connect(superuser_dsn) as connection:
        connection.execute("SET session_replication_role = replica")
        with pytest.raises(errors.Error, match="append-only"):
            connection.execute(statement.encode())


@pytest.mark.anyio
async def test_the_ledger_is_not_opened_as_a_superuser(superuser_dsn: str) -> None:
    with pytest.raises(SchemaError, match="superuser"):
        await PostgresRecorder.open(superuser_dsn)
