"""A rehearsal says what the real run then does, and the real ledger does not notice it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from application.clock import move_clock
from application.handovers import draft
from application.moment import Moment
from application.organisation import Organisation
from application.policy import Identity
from application.rehearsing import rehearse
from infra import schema
from infra.checksum import checksum
from infra.copy_server import Embedded, Foreign, RehearsalRefused, name_of
from infra.embedded import OWNER, SUPERUSER, Cluster
from infra.settings import Settings
from interfaces import databases
from interfaces.rehearsal import Real, open_stage
from projections import schema as views_schema
from tests.office.province import document
from tests.office.test_nobody_receives import appointed, drafted_with_nobody_at_07213
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, OLD_DESKS, PROVINCE, Office
from tests.rehearsal.stage import (
    content,
    copy_of,
    quiet,
    real_of,
    really,
    rehearsed,
    schedule_drafted,
    staged,
)
from tests.support import Database


async def a_few_dossiers(office: Office) -> None:
    """By every rule; one finished, one withdrawn; one overdue at the hour."""
    await office.filed(DISTRICT, "07201@2025-06-01")
    await office.filed(DISTRICT, "07207@2025-06-01", "1.000002")
    await office.filed(OLD_DESKS["07207"], "07207@2025-06-01", "1.000003")
    await office.filed(OLD_DESKS["07210"], "")
    done = await office.filed(OLD_DESKS["07210"], "07210@2025-06-01")
    desk = office.officer(OLD_DESKS["07210"])
    await office.act(desk, done.code, "withdraw", done.revision, reason="thôi")
    moment = await office.reader.moment(fresh=True)
    await office.move_clock(moment.now + timedelta(days=24))
    await office.filed(DISTRICT, "07201@2025-06-01")


async def drafted(office: Office) -> None:
    answer = await draft(office.handovers, office.officers["first operator"], document(office.officers))
    office.part = answer.part


@pytest.mark.parametrize("state", ["drafted", "scheduled"])
async def test_the_counts_of_the_rehearsal_are_those_of_the_real_run_and_the_ledger_is_untouched(
    office: Office, cluster: Cluster, state: str
) -> None:
    await a_few_dossiers(office)
    if state == "drafted":
        await drafted(office)
    else:
        await office.scheduled()
    assert office.part is not None
    before = await content(office)

    (one,) = await rehearsed(office, cluster, [office.part])

    assert await content(office) == before
    assert one.findings == []
    assert one.state == state
    if state == "drafted":
        await schedule_drafted(office, office.part)
    outcome, reconciled = await really(office, office.part)
    assert one.outcome.as_dict() == outcome
    assert one.reconciled == reconciled
    assert one.simulated["total"] == outcome["handed_over"] == 5
    assert outcome["overdue"] > 0
    assert outcome["provisional"] > 0
    assert one.reconciled["holders_other_than_one"] == 0
    assert {"transfer", "reconcile", "hour"} <= one.seconds.keys()


async def test_a_receiver_with_nobody_posted_at_the_hour_is_counted(office: Office, cluster: Cluster) -> None:
    """Everybody of 07213's predecessor goes to 07210."""
    moment = await office.reader.moment(fresh=True)
    officer = office.officer(OLD_DESKS["07201"]).uuid
    assert officer is not None
    ((posting, _),) = moment.organisation.posted(officer, moment.now)
    act = document(office.officers)
    act["parts"][0]["postings"] = [{"posting": str(posting.posting_id), "to": NEW_DESKS["07210"]}]
    answer = await draft(office.handovers, office.officers["first operator"], act)
    assert answer.part is not None
    (one,) = await rehearsed(office, cluster, [answer.part])
    assert one.as_dict()["orphans"]["receivers_without_officers"] == 1
    assert one.findings == []  # nothing goes there


async def test_who_gets_dossiers_and_has_only_operators_is_a_finding_until_somebody_is_posted(
    office: Office, cluster: Cluster
) -> None:
    """By name, and by who is posted now: what the simulation said when the act was scheduled is of then."""
    await office.filed(DISTRICT, "07201@2025-06-01")
    await drafted_with_nobody_at_07213(office)
    await appointed(office, "operator")
    assert office.part is not None
    await schedule_drafted(office, office.part)
    empty = NEW_DESKS["07213"]
    (one,) = await rehearsed(office, cluster, [office.part])
    (finding,) = one.findings
    assert f"nobody can receive the dossiers that go to {empty} (1)" in finding
    assert one.as_dict()["nobody_to_receive"] == {empty: 1}
    await appointed(office, "desk")
    (again,) = await rehearsed(office, cluster, [office.part])
    assert (again.findings, again.as_dict()["nobody_to_receive"]) == ([], {})
    assert again.simulated["nobody_to_receive"] == {empty: 1}


async def test_while_a_rehearsal_runs_the_ledger_goes_on_and_its_past_is_unchanged(
    office: Office, cluster: Cluster
) -> None:
    await a_few_dossiers(office)
    part = await office.scheduled()
    moment = await office.reader.moment(fresh=True)
    position = moment.read_up_to
    before = await content(office, position)

    async def traffic() -> int:
        for _ in range(8):
            await office.filed(DISTRICT, "07201@2025-06-01")
        return 8

    (one,), filed = await asyncio.gather(rehearsed(office, cluster, [part]), traffic())

    assert await content(office, position) == before
    assert 5 <= one.outcome.handed_over <= 5 + filed
    assert (await office.reader.moment(fresh=True)).now < HOUR
    outcome, _ = await really(office, part)
    assert outcome["handed_over"] == 5 + filed


async def test_the_copy_opens_nobodys_data_and_is_gone_afterwards(office: Office, cluster: Cluster) -> None:
    await a_few_dossiers(office)
    async with staged(office, cluster) as stage:
        async with await psycopg.AsyncConnection.connect(stage.opened.database.app) as copy:
            for table in (b"subject_key", b"citizen_number", b"subject_alias", b"citizen_search"):
                rows = await (await copy.execute(b"SELECT count(*) FROM " + table)).fetchone()
                assert rows == (0,)
            await refuses_to_be_written(copy)
        assert stage.name in cluster.databases()
    assert stage.name not in cluster.databases()


async def refuses_to_be_written(copy: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
    """The application's role has no more rights there than on the real one."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await copy.execute("DELETE FROM event")
    await copy.rollback()


async def test_one_rehearsal_at_a_time(office: Office, cluster: Cluster) -> None:
    async with staged(office, cluster):
        with pytest.raises(RehearsalRefused, match="Another rehearsal"):
            async with staged(office, cluster):
                pass


async def test_what_a_killed_rehearsal_left_is_cleared_away_and_nothing_else(
    office: Office, cluster: Cluster
) -> None:
    name = name_of(office.opened.recorder.ledger.ledger_id)
    cluster.create_database(name)
    async with staged(office, cluster):  # killed before it could mark its copy: nothing is in it
        pass
    cluster.create_database(name)
    with psycopg.connect(cluster.dsn(name, OWNER)) as connection:
        connection.execute("CREATE TABLE somebodys (id integer)")
    with pytest.raises(RehearsalRefused, match="not marked as a rehearsal"):
        async with staged(office, cluster):
            pass
    assert name in cluster.databases()
    cluster.drop_database(name)
    async with staged(office, cluster, keep=True) as stage:
        pass
    assert stage.kept is not None
    async with staged(office, cluster):
        assert stage.kept in cluster.databases()
    cluster.drop_database(stage.kept)


async def test_a_rehearsal_that_is_stopped_leaves_no_copy(office: Office, cluster: Cluster) -> None:
    opened = asyncio.Event()

    async def until_stopped() -> None:
        async with staged(office, cluster):
            opened.set()
            await asyncio.sleep(60)

    running = asyncio.create_task(until_stopped())
    await asyncio.wait_for(opened.wait(), 60)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert name_of(office.opened.recorder.ledger.ledger_id) not in cluster.databases()


async def test_the_copy_of_a_ledger_on_the_systems_clock_has_a_demo_clock_that_goes_on_from_its_time(
    empty_database: Database, cluster: Cluster
) -> None:
    made = await asyncio.to_thread(schema.init, empty_database.owner_dsn, clock="system")
    async with await psycopg.AsyncConnection.connect(empty_database.owner_dsn, autocommit=True) as owner:
        await views_schema.allow(owner)
    async with await psycopg.AsyncConnection.connect(empty_database.app_dsn, autocommit=True) as app:
        await views_schema.create(app)
    before = await checksum(empty_database.app_dsn)
    database = databases.Database(empty_database.owner_dsn, empty_database.app_dsn)
    moment = Moment(datetime.now(UTC), 1, Organisation())
    real = Real(database, Embedded(cluster), made, moment, Identity("system", "tests"))
    async with open_stage(Settings(), real, quiet) as stage:
        now, _ = await stage.opened.recorder.clock()
        assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
        services, hour = stage.opened.services, now + timedelta(days=90)
        mover = Identity("system", "tests")
        await move_clock(
            services.ledger, stage.opened.recorder, services.reader, services.ledger_id, mover, hour
        )
        assert (await stage.opened.recorder.clock())[0] >= hour
    assert await checksum(empty_database.app_dsn) == before


async def test_on_a_server_of_ones_own_the_owner_makes_the_copy_if_it_may(
    office: Office, cluster: Cluster
) -> None:
    """As HOSO_DATABASE_URL and HOSO_DATABASE_OWNER_URL name it: no superuser is at hand."""
    await a_few_dossiers(office)
    part = await office.scheduled()
    server = Foreign(office.database.owner_dsn, office.database.app_dsn)
    real = replace(await real_of(office, cluster), server=server)
    with pytest.raises(RehearsalRefused, match="CREATEDB"):
        async with open_stage(Settings(), real, quiet):
            pass
    with psycopg.connect(cluster.dsn("postgres", SUPERUSER), autocommit=True) as administrator:
        administrator.execute("ALTER ROLE hoso_owner CREATEDB")
        try:
            async with open_stage(Settings(), real, quiet, keep=True) as stage:
                copy, agency = copy_of(stage), await office.agency(PROVINCE)
                (one,) = await rehearse(copy, [part], real.identity, agency)
            assert one.outcome.handed_over == 5
            assert stage.kept in cluster.databases()
            server.drop(stage.kept or "")
            assert stage.kept not in cluster.databases()
        finally:
            administrator.execute("ALTER ROLE hoso_owner NOCREATEDB")
