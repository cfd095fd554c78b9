"""What is shown is what a replay of the log gives, or the audit names the rows that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql

from interfaces.cli.audit_said import done
from projections.replay import Replaying
from projections.table_compare import MOST_ROWS
from projections.view import Log
from tests.audit.attested import Attested
from tests.office.world import all_views


@contextmanager
def shown_otherwise(attested: Attested, table: tuple[str, str], *changes: LiteralString) -> Iterator[None]:
    """As the application's role could, and as it was afterwards."""
    name = sql.Identifier(*table)
    with psycopg.connect(attested.office.database.app_dsn, autocommit=True) as app:
        app.execute(sql.SQL("CREATE TEMP TABLE before AS TABLE {}").format(name))
        for change in changes:
            assert app.execute(change).rowcount > 0
        yield
        app.execute(sql.SQL("DELETE FROM {}").format(name))
        app.execute(sql.SQL("INSERT INTO {} TABLE before").format(name))


async def found(attested: Attested) -> Sequence[dict[str, Any]]:
    audit = await attested.audited(replay=True)
    assert set(audit.kinds) <= {"view", "shown"}
    return [f for f in audit.findings if f["kind"] == "view"]


def shown_rows(attested: Attested, query: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(attested.office.database.app_dsn, autocommit=True) as app:
        return app.execute(query).fetchall()


def schemas(attested: Attested) -> list[str]:
    return [name for (name,) in attested.rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '^audit'")]


async def test_a_row_that_was_changed_is_named_with_its_columns(attested: Attested) -> None:
    ((dossier, agency),) = shown_rows(
        attested, "SELECT dossier, agency FROM status.holding ORDER BY 1 LIMIT 1"
    )
    with shown_otherwise(
        attested,
        ("status", "holding"),
        "UPDATE status.holding SET rule = 'another', agency = dossier"
        " WHERE dossier = (SELECT dossier FROM status.holding ORDER BY 1 LIMIT 1)",
    ):
        (finding,) = await found(attested)
    assert (finding["view"], finding["table"]) == ("status", "holding")
    assert str(dossier) in finding["key"]
    assert f'agency is "{dossier}", the log gives "{agency}"' in finding["says"]
    assert 'rule is "another"' in finding["says"]
    assert await found(attested) == []
    assert schemas(attested) == []


async def test_rows_that_are_missing_and_rows_too_many_are_named_by_their_keys(attested: Attested) -> None:
    with shown_otherwise(
        attested,
        ("directory", "agency"),
        "DELETE FROM directory.agency WHERE agency = (SELECT min(agency::text)::uuid FROM directory.agency)",
        "INSERT INTO directory.agency SELECT (json_populate_record(a, json_build_object('agency',"
        " 'ffffffff-ffff-4fff-8fff-ffffffffffff', 'identifier', 'NEW'))).* FROM directory.agency a LIMIT 1",
    ):
        missing, more = await found(attested)
    assert missing["says"].endswith("no row where the log gives one")
    assert more["says"].endswith("a row that the log does not give")
    assert "ffffffff-ffff-4fff-8fff-ffffffffffff" in more["key"]
    said = done(await attested.audited(replay=True))
    assert said.sentence.startswith("The ledger is sound")


async def test_of_many_rows_the_first_are_named_and_the_others_counted(attested: Attested) -> None:
    ((rows,),) = shown_rows(attested, "SELECT count(*) FROM status.dossier")
    with shown_otherwise(attested, ("status", "dossier"), "UPDATE status.dossier SET steps = steps + 1"):
        findings = await found(attested)
        said = done(await attested.audited(replay=True))
    assert len(findings) == MOST_ROWS + 1
    assert findings[-1]["says"] == f"the view status has {rows - MOST_ROWS} more rows of dossier that differ"
    assert said.sentence.startswith("The log is sound, the read models are NOT: ")
    assert "hoso views rebuild" in said.sentence


async def test_a_view_that_stands_still_or_leaves_a_dossier_out_is_named(attested: Attested) -> None:
    with shown_otherwise(
        attested,
        ("views", "tracking"),
        "UPDATE views.tracking SET state = 'stopped', last_error = 'no room' WHERE schema_name = 'voice'",
    ):
        (finding,) = await found(attested)
    assert finding["says"].startswith("the view voice stands at position ")
    assert finding["says"].endswith("no room")
    with shown_otherwise(
        attested,
        ("views", "parked"),
        "INSERT INTO views.parked (schema_name, dossier, position, topic, reason)"
        " SELECT 'status', dossier, 5, 'x', 'x' FROM status.dossier LIMIT 1",
    ):
        (finding,) = await found(attested)
    assert finding["says"] == "the view status leaves out 1 dossiers, a replay leaves out 0"


async def test_a_replay_that_breaks_off_leaves_nothing_and_two_at_once_do_not_wait(
    attested: Attested,
) -> None:
    opened = attested.office.opened
    log = Log(opened.recorder.follow, opened.recorder.events_after, opened.codec.decode)

    def replaying() -> Replaying:
        return Replaying(attested.office.database.app_dsn, log, all_views(), page=100)

    class Stop(BaseException):
        pass

    seen: list[Any] = []

    async def another() -> None:
        seen.extend(await replaying().compare(lambda what, done, total: None))

    def stop(what: str, reached: int, goal: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        await replaying().compare(stop)
    assert schemas(attested) == []
    with psycopg.connect(attested.office.database.app_dsn) as app:
        app.execute("CREATE SCHEMA audit_status_1")  # as one that goes on holds its own
        await another()
        app.rollback()
    assert seen == []


async def test_what_the_log_cannot_give_any_more_is_one_finding(attested: Attested) -> None:
    """A fact that concerns all, and cannot be read."""
    attested.tamper(
        "UPDATE event SET payload = '\\x00' WHERE position ="
        " (SELECT min(position) FROM event WHERE category = 3)"
    )
    audit = await attested.audited(replay=True)
    (view,) = [f for f in audit.findings if f["kind"] == "view" and f["view"] == "status"]
    assert "the view status cannot be made from the log: " in view["says"]
