"""The embedded PostgreSQL, by situation: started, shared, killed, in the wrong place, as root and not."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from infra import embedded_home
from infra.embedded import APP, OWNER, Cluster, ClusterInUse
from infra.embedded_home import ClusterError
from tests.support import Database

SMALL = {"shared_buffers": "16MB", "max_connections": "20"}
AS_ROOT = os.geteuid() == 0
root_only = pytest.mark.skipif(not AS_ROOT, reason="needs root: it is about running as root")
ordinary_only = pytest.mark.skipif(AS_ROOT, reason="needs an ordinary user: root has every right")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    path.chmod(0o711)
    monkeypatch.setattr(embedded_home, "SHARED_HOME", path / "elsewhere")
    yield path
    shutil.rmtree(path)


def ask(cluster: Cluster, query: str, role: str = APP) -> str:
    with psycopg.connect(cluster.dsn("postgres", role)) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return str(row[0])


def test_it_starts_answers_and_stops(folder: Path) -> None:
    cluster = Cluster(folder / "cluster", settings=SMALL)
    assert not cluster.running()
    cluster.start()
    assert cluster.running()
    assert ask(cluster, "SHOW server_encoding") == "UTF8"
    assert ask(cluster, "SHOW data_checksums") == "on"
    assert ask(cluster, "SHOW fsync") == "on"
    assert ask(cluster, "SHOW shared_buffers") == "16MB"
    assert ask(cluster, "SHOW timezone") == "UTC"
    cluster.stop()
    assert not cluster.running()
    cluster.stop()  # a second time changes nothing


def test_it_listens_on_no_tcp_port_and_on_a_socket_that_others_cannot_reach(cluster: Cluster) -> None:
    assert ask(cluster, "SHOW listen_addresses") == ""
    host = str(conninfo_to_dict(cluster.dsn("postgres", APP))["host"])
    assert stat.S_IMODE(Path(host).stat().st_mode) == 0o700
    assert len(os.fsencode(host)) < 100


def test_a_killed_server_comes_back_with_what_was_committed(folder: Path) -> None:
    cluster = Cluster(folder / "cluster", settings=SMALL)
    cluster.start()
    try:
        cluster.create_database("kept")
        with psycopg.connect(cluster.dsn("kept", OWNER)) as connection:
            connection.execute("CREATE TABLE t AS SELECT 7 AS n")
        cluster.kill()
        assert not cluster.running()
        cluster.start()
        with psycopg.connect(cluster.dsn("kept", OWNER)) as connection:
            assert connection.execute("SELECT n FROM t").fetchone() == (7,)
    finally:
        cluster.stop("immediate")


def test_a_second_start_is_refused_and_the_first_goes_on(folder: Path) -> None:
    with Cluster(folder / "cluster", settings=SMALL) as first:
        with pytest.raises(ClusterInUse, match="already"):
            Cluster(folder / "cluster", settings=SMALL).start()
        assert ask(first, "SELECT 1") == "1"


def test_the_last_user_stops_it(folder: Path) -> None:
    first, second = (Cluster(folder / "cluster", settings=SMALL) for _ in range(2))
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert ask(second, "SELECT 1") == "1"
    second.release()
    assert not second.running()
    second.release()  # a second time changes nothing


def test_the_roles_of_hoso_have_no_power_over_the_cluster(cluster: Cluster) -> None:
    query = "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls FROM pg_roles"
    for role in (OWNER, APP):
        assert ask(cluster, f"{query} WHERE rolname = '{role}'") == "False"
    cluster.create_roles()  # again: changes nothing


def test_the_application_may_enter_a_database_but_not_create_tables(empty_database: Database) -> None:
    with (
        psycopg.connect(empty_database.app_dsn) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE t ()")
    with psycopg.connect(empty_database.owner_dsn) as connection:
        connection.execute("CREATE TABLE t ()")


def test_databases_are_created_copied_listed_and_dropped(cluster: Cluster) -> None:
    cluster.create_database("original")
    with psycopg.connect(cluster.dsn("original", OWNER)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 7 AS n")
    cluster.create_database("copy", template="original")
    with psycopg.connect(cluster.dsn("copy", OWNER)) as connection:
        assert connection.execute("SELECT n FROM t").fetchone() == (7,)
    assert {"original", "copy"} <= set(cluster.databases())
    for name in ("original", "copy", "never_there"):
        cluster.drop_database(name)
    assert not {"original", "copy"} & set(cluster.databases())


@pytest.mark.parametrize("name", ["long" * 25, "Bắc Giang, 2025"], ids=["long", "with a comma"])
def test_a_path_that_no_socket_can_have_gets_another_one_that_goes_away_with_the_server(
    folder: Path, name: str
) -> None:
    with Cluster(folder / name / "cluster", settings=SMALL) as cluster:
        assert ask(cluster, "SELECT 1") == "1"
        socket = Path(str(conninfo_to_dict(cluster.dsn("postgres", APP))["host"]))
        assert socket.is_dir()
    assert not socket.exists()


def test_a_folder_with_something_else_is_refused_and_left_alone(folder: Path) -> None:
    (folder / "cluster").mkdir()
    (folder / "cluster" / "letter.txt").write_text("dear clerk")
    if AS_ROOT:
        os.chown(folder / "cluster", Cluster(folder / "other").account.uid, -1)
    with pytest.raises(ClusterError, match="something else"):
        Cluster(folder / "cluster").start()
    assert [path.name for path in (folder / "cluster").iterdir()] == ["letter.txt"]


def test_a_cluster_of_another_version_is_refused_by_name(folder: Path) -> None:
    with Cluster(folder / "cluster", settings=SMALL) as cluster:
        pass
    (cluster.data_dir / "PG_VERSION").write_text("12\n")
    with pytest.raises(ClusterError, match="of PostgreSQL 12"):
        cluster.start()


def test_a_file_where_a_folder_should_be_is_named(folder: Path) -> None:
    (folder / "notes").write_text("")
    with pytest.raises(ClusterError, match="notes"):
        Cluster(folder / "notes" / "cluster").start()


@ordinary_only
def test_without_rights_the_folder_and_the_way_out_are_named(folder: Path) -> None:
    folder.chmod(0o500)
    try:
        with pytest.raises(ClusterError, match="HOSO_DATA_DIR"):
            Cluster(folder / "cluster").start()
    finally:
        folder.chmod(0o700)


@root_only
def test_root_runs_it_as_another_account_without_opening_a_folder(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with Cluster(closed / "cluster", settings=SMALL) as cluster:
        assert ask(cluster, "SELECT 1") == "1"
        assert cluster.data_dir.stat().st_uid == cluster.account.uid != 0
        assert cluster.data_dir.is_relative_to(folder / "elsewhere")
    assert "is kept in" in capsys.readouterr().err
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert Cluster(closed / "cluster").data_dir == cluster.data_dir  # found again at the next start


@root_only
def test_root_does_not_lose_sight_of_a_cluster_whose_folder_was_closed(folder: Path) -> None:
    (folder / "house").mkdir(mode=0o711)
    with Cluster(folder / "house" / "cluster", settings=SMALL):
        pass
    (folder / "house").chmod(0o700)
    with pytest.raises(ClusterError, match="no longer enter"):
        Cluster(folder / "house" / "cluster")


@root_only
def test_root_copies_the_programs_when_the_wheel_is_out_of_reach(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_home.Account, "can", lambda self, test, path: path.name != "postgres")
    with Cluster(folder / "cluster", settings=SMALL, account="nobody") as cluster:
        assert cluster.account.name == "nobody"
        assert cluster.program("pgbench").is_relative_to(folder)
        assert ask(cluster, "SELECT 1") == "1"


@pytest.mark.slow
@pytest.mark.faults
def test_it_survives_being_killed_ten_times_in_a_row(folder: Path) -> None:
    cluster = Cluster(folder / "cluster", settings=SMALL)
    cluster.start()
    with psycopg.connect(cluster.dsn("postgres", "postgres")) as connection:
        connection.execute("CREATE TABLE t (n int)")
    try:
        for number in range(10):
            with psycopg.connect(cluster.dsn("postgres", "postgres")) as connection:
                connection.execute("INSERT INTO t VALUES (%s)", (number,))
            cluster.kill()
            cluster.start()
            assert ask(cluster, "SELECT count(*) FROM t", "postgres") == str(number + 1)
    finally:
        cluster.stop("immediate")
