"""The read models are made again from the log as of any position, compared in two ways, kept and dropped;
whoever is killed leaves nothing."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import AsyncConnection, sql

from domain import dossier_facts
from infra.embedded import SUPERUSER, Cluster
from projections import status_fold
from projections.on_time_queries import on_time
from projections.replay_to import NoSuchReader, NoSuchReplay, ReplayKept, drop
from projections.view import Connection
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, Office, open_office
from tests.support import Database
from tests.time_travel.replaying import contents, left, opened_replay, replay

ROOT = Path(__file__).parents[2]
UNKNOWN = """
SELECT c.relname FROM pg_class c
 WHERE c.relnamespace = to_regnamespace(%s) AND c.relname = ANY (%s) AND c.reltuples < 0"""
"""Tables that the planner knows nothing of."""
READER = "hoso_tests_reader"
GUIDE = (ROOT / "docs" / "time-travel.md").read_text(encoding="utf-8")


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        await lived(opened)
        yield opened
        audited = await opened.audited()
        assert audited.ok, audited.findings


async def lived(office: Office) -> None:
    """Dossiers before and after an act, one of them corrected, one settled before the hour."""
    officer = office.officer(DISTRICT)
    one, two = [await office.filed(DISTRICT, "07207") for _ in range(2)]
    await office.act(officer, one.code, "assign", one.revision, officer=officer.uuid)
    await office.act(officer, one.code, "finish", one.revision + 1, outcome="granted")
    await office.scheduled()
    three = await office.filed(DISTRICT, "07201", "1.000002")
    await office.act(
        officer, three.code, "correct", three.revision, corrects=1, place="07210", note="nhầm xã"
    )
    await office.act(officer, two.code, "withdraw", None, reason=None)
    await office.move_clock(HOUR)
    clerk = await office.appointed(
        {
            "number": "C-1",
            "name": "Cán bộ",
            "postings": [{"agency": NEW_DESKS["07210"], "roles": ["desk", "handler"]}],
        }
    )
    office.officers["clerk"] = clerk


async def head(office: Office) -> int:
    _, position = await office.opened.recorder.clock()
    await office.shown.placed_shown(position)
    for view in ("directory", "voice", "linked"):
        await office.shown._views.shown.wait_for(view, position, 5.0)
    return position


async def test_every_table_is_what_is_shown_at_the_same_position(office: Office) -> None:
    position = await head(office)
    scratch, folded = await replay(office, position)
    assert scratch.compared == ["status", "directory", "handover", "voice", "linked"]
    assert scratch.differs == []
    assert (folded.dossiers, folded.differing) == (3, 0), folded.says
    assert contents(scratch) == contents((await replay(office, None))[0])
    assert left(office) == []


async def test_as_of_every_earlier_position_the_pages_and_each_stream_alone_say_the_same(
    office: Office,
) -> None:
    position, seen = await head(office), set[int]()
    for to in range(1, position + 1, 7):
        scratch, folded = await replay(office, to)
        assert folded.differing == 0, (to, folded.says)
        assert contents(scratch) == contents((await replay(office, to, page=11))[0]), to
        seen.add(folded.dossiers)
    assert seen == {0, 1, 2, 3}


async def test_what_was_shown_then_has_the_digests_of_a_replay_up_to_then(office: Office) -> None:
    then = await head(office)
    shown, _ = await replay(office, None)
    assert shown.differs == []
    office.officers[NEW_DESKS["07210"]] = office.officers["clerk"]
    await office.filed(NEW_DESKS["07210"], "07210")
    later, _ = await replay(office, then)
    assert contents(later) == contents(shown)


async def test_a_shown_row_that_was_changed_is_found(office: Office) -> None:
    position = await head(office)
    with psycopg.connect(office.database.app_dsn, autocommit=True) as app:
        app.execute("UPDATE status.dossier SET channel = 'post', revision = revision + 1")
        scratch, folded = await replay(office, position)
        app.execute("UPDATE status.dossier SET channel = 'counter', revision = revision - 1")
    assert {(one.view, one.table) for one in scratch.differs} == {("status", "dossier")}
    assert "channel" in scratch.differs[0].says
    assert folded.differing == 0


async def test_a_fold_of_the_view_that_forgets_a_fact_is_found_without_what_is_shown(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    position = await head(office)
    handlers = {k: v for k, v in status_fold._HANDLERS.items() if k is not dossier_facts.DossierCorrected}
    monkeypatch.setattr(status_fold, "_HANDLERS", handlers)
    _, folded = await replay(office, position - 1)
    assert folded.differing == 1
    assert "place" in folded.says[0]


@pytest.mark.parametrize("fact", [dossier_facts.DossierSubmitted, dossier_facts.DossierCorrected])
async def test_dossiers_that_a_view_cannot_follow_are_a_finding(
    office: Office, monkeypatch: pytest.MonkeyPatch, fact: type
) -> None:
    def unfit(*_: object) -> None:
        raise ValueError("unfit")

    assert (await office.audited()).ok, "what is shown follows by the true handlers"
    with monkeypatch.context() as patched:
        patched.setattr(status_fold, "_HANDLERS", {**status_fold._HANDLERS, fact: unfit})
        scratch, folded = await replay(office, await head(office) - 1)
    assert folded.differing == 0, folded.says
    (said,) = [one for one in scratch.differs if one.view == "status"]
    assert f"leaves out {len(scratch.parked)} dossiers" in said.says


async def test_kept_tables_are_read_by_the_role_named_until_they_are_dropped(
    office: Office, cluster: Cluster
) -> None:
    then = await head(office) - 3
    make_role(cluster, office.database.name)
    scratch, _ = await replay(office, then, keep=True, reader=READER)
    assert f"replay_{then}_status" in left(office)
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(f"replay_{then}_status", "dossier"))
    with psycopg.connect(cluster.dsn(office.database.name, READER), autocommit=True) as reader:
        assert reader.execute(query).fetchone() == (3,)
        for statement in re.findall(r"^```sql\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL):
            named = statement.replace("replay_1234", f"replay_{then}")
            assert reader.execute(named.encode()).fetchall(), statement
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("SELECT * FROM event")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(
                sql.SQL("DELETE FROM {}").format(sql.Identifier(f"replay_{then}_status", "dossier"))
            )
    with pytest.raises(ReplayKept, match=f"replay_{then}"):
        await replay(office, then, keep=True)
    assert contents((await replay(office, then))[0]) == contents(scratch)
    async with await AsyncConnection.connect(office.database.app_dsn, autocommit=True) as app:
        assert await drop(app, f"replay_{then}") == 5
        with pytest.raises(NoSuchReplay, match="none is kept"):
            await drop(app, f"replay_{then}")
    assert left(office) == []


async def test_the_planner_knows_the_tables_before_dossiers_are_folded_beside_them(office: Office) -> None:
    async with opened_replay(office, await head(office)) as scratch:
        for one in scratch.views:
            rows = await scratch.connection.execute(UNKNOWN, (one.schema_name, list(one.view.tables)))
            assert await rows.fetchall() == []


async def test_nothing_else_is_dropped_by_its_name(office: Office) -> None:
    await replay(office, 5, keep=True)
    async with await AsyncConnection.connect(office.database.app_dsn, autocommit=True) as app:
        for name in ("status", "replay", "replay_", "views", "before_status", "replay_5_status"):
            with pytest.raises(NoSuchReplay, match="there are replay_5"):
                await drop(app, name)
        assert await drop(app, "replay_5") == 5


async def test_nothing_is_kept_for_a_reader_that_is_not_there(office: Office) -> None:
    with pytest.raises(NoSuchReader, match="CREATE ROLE nobody_here"):
        await replay(office, 9, keep=True, reader="nobody_here")
    assert left(office) == []


async def test_what_fails_before_its_end_keeps_nothing(office: Office) -> None:
    class Stopped(Exception):
        pass

    with pytest.raises(Stopped):
        async with opened_replay(office, 9, keep=True):
            raise Stopped
    assert left(office) == []


@pytest.mark.parametrize("when", ["on the way", "at the end"])
async def test_a_killed_replay_leaves_nothing_and_the_next_one_goes_through(
    office: Office, when: str
) -> None:
    position, database = await head(office), office.database
    command = [sys.executable, "-m", "tests.time_travel.replay_killed"]
    command += [database.name, database.owner_dsn, database.app_dsn, str(position), when]
    done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=False, timeout=120)
    assert done.returncode == -9
    scratch, _ = await replay(office, position, keep=True)
    assert scratch.differs == []
    connection: Connection
    async with await AsyncConnection.connect(database.app_dsn, autocommit=True) as connection:
        await drop(connection, f"replay_{position}")
    assert left(office) == []


def make_role(cluster: Cluster, database: str) -> None:
    """A role of the server that may read nothing, but enter the database."""
    role = sql.Identifier(READER)
    with psycopg.connect(cluster.dsn("postgres", SUPERUSER), autocommit=True) as admin:
        if admin.execute("SELECT FROM pg_roles WHERE rolname = %s", (READER,)).fetchone() is None:
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), role))


async def test_what_was_on_time_is_counted_in_the_tables_as_of_then(office: Office) -> None:
    """One result was ready in time; before the first dossier was filed there was none."""
    last = await head(office)
    now, _ = await office.opened.recorder.clock()
    ready = []
    for position in (last, 30):
        async with opened_replay(office, position) as scratch:
            rows = await on_time(
                scratch.connection,
                now - timedelta(days=90),
                now,
                now,
                limit=500,
                schema_name=scratch.status_schema,
            )
            ready.append(sum(row["ready"] for row in rows))
    assert ready == [1, 0]
