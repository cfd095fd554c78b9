"""What is made from a log in partitions: a checksum, a copy, a restored dump."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import psycopg
import pytest

from application.ports import StaleVersion
from infra import partitions, schema
from infra.checksum import checksum
from infra.database_copy import copy_content
from infra.embedded import APP, OWNER, SUPERUSER, Cluster
from infra.recorder import PostgresRecorder
from projections import schema as views_schema
from tests.ledger.closing import closed
from tests.ledger.making import key, new_id, one
from tests.support import Database

pytestmark = pytest.mark.anyio


async def make_views(owner: str, app: str) -> None:
    async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as connection:
        await views_schema.allow(connection)
    async with await psycopg.AsyncConnection.connect(app, autocommit=True) as connection:
        await views_schema.create(connection)


async def test_a_restored_dump_of_it_goes_on_where_it_stood(
    recorder: PostgresRecorder, database: Database, cluster: Cluster, tmp_path: Path
) -> None:
    command = {"command_id": key(), "request_digest": key()}
    begun, gone_on = new_id(), new_id()
    await recorder.append_many([one(begun, 1, **command), one(gone_on, 1)])
    await closed(database)
    await recorder.append(one(gone_on, 2))
    await closed(database)
    await recorder.append(one(new_id(), 1))
    await partitions_marked(database)
    dumped, source, target = (
        str(tmp_path / "dump"),
        f"--dbname={cluster.dsn(database.name, SUPERUSER)}",
        f"--dbname={cluster.dsn('restored', SUPERUSER)}",
    )
    cluster.create_database("restored")
    for program, *arguments in (
        ("pg_dump", "--format=custom", f"--file={dumped}", source),
        ("pg_restore", "--exit-on-error", target, dumped),
    ):
        command_line = [str(cluster.program(program)), *arguments]
        await asyncio.to_thread(lambda line: subprocess.run(line, check=True), command_line)
    try:
        app, owner = cluster.dsn("restored", APP), cluster.dsn("restored", OWNER)
        assert await checksum(app, 5) == await checksum(database.app_dsn, 5)
        assert await partitions.look(app) == await partitions.look(database.app_dsn)
        assert [part.last for part in (await partitions.look(app)).closed] == [3, 4]
        restored = await PostgresRecorder.open(app)
        assert (await restored.append(one(new_id(), 1, **command))).repeated
        for item in (one(begun, 1), one(gone_on, 2), one(gone_on, 4)):
            with pytest.raises(StaleVersion):
                await restored.append(item)
        assert (await restored.append(one(gone_on, 3))).first == 6
        assert (await partitions.close(owner)).name == "event_from_5"
        assert (await restored.append(one(begun, 2))).first == 7
        await restored.close()
    finally:
        cluster.drop_database("restored")


async def partitions_marked(database: Database) -> None:
    """As a closing leaves it that was killed before its swap."""
    async with await psycopg.AsyncConnection.connect(database.owner_dsn, autocommit=True) as connection:
        await partitions.mark(connection, 5, lambda _: None)


async def test_a_checksum_and_a_copy_are_those_of_the_whole_log(
    recorder: PostgresRecorder, database: Database, cluster: Cluster
) -> None:
    streams = [new_id() for _ in range(3)]
    command = {"command_id": key(), "request_digest": key()}
    await recorder.append(one(streams[0], 1, **command))
    await make_views(database.owner_dsn, database.app_dsn)
    before = await checksum(database.app_dsn)
    await closed(database)
    assert await checksum(database.app_dsn) == before
    await recorder.append_many([one(stream, 1) for stream in streams[1:]])
    cluster.create_database("a_copy")
    try:
        app, owner = cluster.dsn("a_copy", APP), cluster.dsn("a_copy", OWNER)
        schema.create_tables(owner)
        await make_views(owner, app)
        copied = await copy_content(database.app_dsn, owner, app, lambda done, total: None)
        assert copied.position == 4
        assert await checksum(app, 4) == await checksum(database.app_dsn, 4)
        assert await partitions.look(app) == partitions.Parts((), 1, 4)
        beside = await PostgresRecorder.open(app)
        assert (await beside.append(one(streams[0], 2, **command))).repeated
        assert (await beside.append(one(streams[0], 2))).first == 5
        await beside.close()
    finally:
        cluster.drop_database("a_copy")
