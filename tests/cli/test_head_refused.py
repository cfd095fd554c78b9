"""A ledger whose database is not the one that was attested, as an operator meets it: refused at the start by
a sentence that names the way out, looked at by the commands that look, and the way out walked to its end."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from application.attesting import Attester, attest_up_to
from application.head_check import HeadUnreachable, LogDiffers, LogShorter, check_head
from application.tlog_ports import NoWitnesses
from infra.embedded import APP, OWNER, Cluster
from infra.settings import read_settings
from interfaces import wiring
from tests.cli.office import AGENCIES, Answer, Office, refused
from tests.cli.test_serve import serving

ADMIN = "postgres"
DATABASE = "hoso"


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """A ledger of the real clock with a few facts, attested."""
    folder = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    folder.chmod(0o711)
    made = Office(folder)
    assert made.hoso("schema", "init").code == 0
    with Cluster(folder / "data" / "cluster"):
        made.settings["HOSO_TOKEN"] = made.token("--kind", "system", "--name", "setup")
        made.write("agencies.json", AGENCIES)
        assert made.hoso("units", "load", "--province", "24").code == 0
        attest(made)
        yield made
    shutil.rmtree(folder)


@pytest.fixture
def cluster(office: Office) -> Iterator[Cluster]:
    """The office's own PostgreSQL, which runs; its database, and all that belongs to it, is put back."""
    kept = office.folder / "kept"
    with Cluster(office.folder / "data" / "cluster") as running:
        dump(running, kept.with_suffix(".dump"))
        for name in ("head", "tlog", "secrets"):
            shutil.copytree(office.folder / "data" / name, kept / name)
        yield running
        restore(running, kept.with_suffix(".dump"))
        for name in ("head", "tlog", "secrets"):
            shutil.rmtree(office.folder / "data" / name, ignore_errors=True)
            (kept / name).rename(office.folder / "data" / name)
    shutil.rmtree(kept)


def dump(cluster: Cluster, to: Path) -> None:
    arguments = ["--format=custom", f"--file={to}", f"--dbname={cluster.dsn(DATABASE, ADMIN)}"]
    subprocess.run([cluster.program("pg_dump"), *arguments], check=True)


def restore(cluster: Cluster, dumped: Path) -> None:
    """As an administrator does it, with PostgreSQL's own programs."""
    cluster.drop_database(DATABASE)
    cluster.create_database(DATABASE)
    arguments = ["--exit-on-error", f"--dbname={cluster.dsn(DATABASE, ADMIN)}", str(dumped)]
    subprocess.run([cluster.program("pg_restore"), *arguments], check=True)


def attest(office: Office) -> int:
    """Everything recorded, as the attesting process does it; up to which position."""

    async def work() -> int:
        async with wiring.open_ledger(read_settings(office.environment)) as opened:
            last = await opened.tlog.record.recorded()
            attester = await Attester.open(opened.tlog, NoWitnesses(), await check_head(opened.tlog))
            await attest_up_to(attester, last)
            return last

    return asyncio.run(work())


def opens(office: Office, **settings: str) -> None:
    async def work() -> None:
        async with wiring.open_ledger(read_settings(office.environment | settings)):
            pass

    asyncio.run(work())


def tamper(cluster: Cluster, *statements: str) -> None:
    with psycopg.connect(cluster.dsn(DATABASE, ADMIN)) as connection:
        connection.execute("ALTER TABLE event DISABLE TRIGGER ALL")
        for statement in statements:
            connection.execute(statement.encode())
        connection.execute("ALTER TABLE event ENABLE ALWAYS TRIGGER event_append_only")


def told(answer: Answer) -> tuple[str, str]:
    assert answer.code == 1, answer.out + answer.err
    error = answer.document["error"]
    return error["code"], error["message"]


def test_a_database_restored_from_an_old_dump_is_refused_and_the_way_out_leads_on(
    office: Office, cluster: Cluster
) -> None:
    old = office.folder / "old.dump"
    dump(cluster, old)
    assert office.hoso("agencies", "load", "agencies.json").code == 0
    signed = attest(office)
    restore(cluster, old)

    code, message = told(office.hoso("serve", "--port", "0", "--json"))
    assert code == "log_shorter"
    assert f"signed at {signed:,}" in message
    assert "hoso tlog recover --ground restored_backup" in message
    refused(office.hoso("agencies", "load", "agencies.json"), "older backup", "hoso tlog recover")
    checked = office.hoso("schema", "check", "--json")
    assert (checked.code, checked.document["head"]) == (1, message)
    status = office.hoso("tlog", "status", "--json")
    assert (status.code, status.document["ok"]) == (1, False)
    assert status.document["head"]["size"] == signed > status.document["recorded"]
    assert message in status.document["wrong"]
    assert "error" not in office.hoso("audit", "--json").document, "the audit looks at it all the same"

    assert told(office.hoso("tlog", "recover", "--json"))[0] == "ground_does_not_fit"
    done = office.hoso("tlog", "recover", "--ground", "restored_backup", "--json")
    assert done.code == 0, done.out + done.err
    assert done.document["origin"].endswith("/2")
    assert done.document["lost_size"] == signed

    with serving(office) as (server, said):
        assert office.hoso("agencies", "load", "agencies.json").code == 0
        wait_until_attested(said["url"])
        checkpoint = httpx.get(f"{said['url']}/tlog/checkpoint", trust_env=False).text
        assert checkpoint.splitlines()[0] == done.document["origin"]
        status = office.hoso("tlog", "status", "--json")
        assert (status.code, status.document["wrong"]) == (0, [])
        server.terminate()
        server.communicate(timeout=30)
    checked = office.hoso("schema", "check", "--json")
    assert (checked.code, checked.document["head"]) == (1, None)
    assert "hoso schema upgrade" in checked.document["views"], "a dump does not carry this right"
    audited = office.hoso("audit", "--json")
    assert audited.code == 1
    assert ["hoso schema upgrade" in finding["says"] for finding in audited.document["findings"]] == [True]
    assert office.hoso("schema", "upgrade", "--json").document["allowed"] is True
    audited = office.hoso("audit", "--json")
    assert audited.code == 0, audited.out


def wait_until_attested(url: str) -> None:
    for _ in range(300):
        ready = httpx.get(f"{url}/readyz", trust_env=False, timeout=10).json()
        if ready.get("attesting", {}).get("attested") == ready.get("recorded"):
            return
        httpx.get(f"{url}/healthz", trust_env=False)
    raise AssertionError(ready)


def test_a_log_cut_by_its_last_event_is_refused(office: Office, cluster: Cluster) -> None:
    tamper(cluster, "DELETE FROM event WHERE position = (SELECT max(position) FROM event)")
    with pytest.raises(LogShorter, match="or cut"):
        opens(office)
    tamper(
        cluster,
        "INSERT INTO event (position, recorded_at, version, category, item_events, stream_id, topic, payload,"
        " leaf) SELECT position + 1, recorded_at, 1, category, 1, uuidv7(), topic, payload, sha256(payload)"
        " FROM event ORDER BY position DESC LIMIT 1",
    )
    with pytest.raises(LogDiffers):
        opens(office)


def test_of_a_fork_one_goes_on_and_the_other_is_refused(office: Office, cluster: Cluster) -> None:
    """Two copies of one database with one key and one head store."""
    cluster.create_database("fork", template=DATABASE)
    fork = {
        "HOSO_DATABASE_URL": cluster.dsn("fork", APP),
        "HOSO_DATABASE_OWNER_URL": cluster.dsn("fork", OWNER),
    }
    try:
        for province in ("27", "22"):
            assert office.hoso("units", "load", "--province", province, **fork).code == 0
        assert office.hoso("units", "load", "--province", "27").code == 0
        attest(office)
        with pytest.raises(LogDiffers, match="copy beside the one that was attested"):
            opens(office, **fork)
        assert told(office.hoso("serve", "--port", "0", "--json", **fork))[0] == "log_differs"
        opens(office)
    finally:
        cluster.drop_database("fork")


def test_a_head_store_that_cannot_be_read_is_vouched_for_by_a_person_alone(
    office: Office, cluster: Cluster, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    away = {"HOSO_HEAD": str(tmp_path / "file")}
    with pytest.raises(HeadUnreachable, match="HOSO_HEAD_CONFIRMED=yes"):
        opens(office, **away)
    opens(office, HOSO_HEAD_CONFIRMED="yes", **away)
    elsewhere = {"HOSO_HEAD": str(tmp_path / "empty"), "HOSO_HEAD_CONFIRMED": "yes"}
    code, message = told(office.hoso("units", "show", "24", "--json", **elsewhere))
    assert (code, "HOSO_HEAD" in message) == ("head_missing", True), "that nobody can vouch for"
