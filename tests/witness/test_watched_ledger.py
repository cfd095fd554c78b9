"""A real ledger, attested and watched: whoever restores or copies all of it, its outside head too, has the
witness against him, which runs as another user and keeps refusing after the ledger's directory is gone."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest

from infra.embedded import APP, OWNER, Cluster
from infra.settings import read_settings
from interfaces.witness_wiring import open_cosigner
from tests.support import Database
from tests.tlog.attesting import World, open_world
from tests.witness.another_user import Elsewhere
from tests.witness.asking import policy_text

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
_copies = count(1)


@pytest.fixture
def copied(cluster: Cluster, database: Database) -> Iterator[Database]:
    """Where the database is copied to, by `take`; gone afterwards."""
    name = f"watched_{next(_copies)}"
    yield Database(name, cluster.dsn(name, OWNER), cluster.dsn(name, APP))
    cluster.drop_database(name)


@asynccontextmanager
async def watched(database: Database, folder: Path, policy: Path) -> AsyncIterator[World]:
    """The ledger with this database and this folder, and its own cosigner."""
    async with (
        open_world(database, folder) as world,
        open_cosigner(read_settings({"HOSO_WITNESS_POLICY": str(policy)})) as cosigner,
    ):
        world.cosigner = cosigner
        yield world


async def test_a_ledger_restored_whole_from_an_old_copy_is_not_attested_again(
    elsewhere: Elsewhere, cluster: Cluster, database: Database, copied: Database, tmp_path: Path
) -> None:
    first, policy = tmp_path / "first", tmp_path / "policy"
    with elsewhere.serving() as at:
        policy.write_text(policy_text([("w", at.document["vkeys"][0], at.url)], "w"))
        async with watched(database, first, policy) as world:
            log = await world.open_log()
            assert elsewhere.run("trust", str(log)).code == 0
            await world.append(200)
            assert (await world.attest()).attested.quorum
        cluster.create_database(copied.name, template=database.name)
        shutil.copytree(first, tmp_path / "second")
        async with watched(database, first, policy) as world:
            await world.append(300)
            attester = await world.attest()
            assert (attester.attested.published, attester.attested.witnesses) == (502, None)
            origin = world.origin
        cluster.drop_database(database.name)
        cluster.create_database(database.name)  # for the fixture, which drops it
        shutil.rmtree(first)
        async with watched(copied, tmp_path / "second", policy) as world:
            await refused_round(world, 50, "has cosigned 502 entries, more than the 252 of this log")
    with elsewhere.serving() as at:
        policy.write_text(policy_text([("w", at.document["vkeys"][0], at.url)], "w"))
        async with watched(copied, tmp_path / "second", policy) as world:
            await refused_round(world, 1, "has cosigned 502 entries, more than the 253 of this log")
            await refused_round(world, 400, "refuses with 422: The proof does not hold")
            newest = await world.checkpoints.newest(origin)
            assert newest is not None
            assert newest.size == 202, "nothing of the other history was published"
        logs = at.client.get("/").json()["logs"]
        assert [(each["size"], each["evidence"]) for each in logs if each["origin"] == origin] == [(502, 1)]


async def refused_round(world: World, events: int, says: str) -> None:
    """More is recorded; what was signed gets no quorum, and without one nothing is published."""
    await world.append(events)
    attester = await world.attester(quorum_required=True)
    await attester.round()
    assert not attester.attested.quorum
    assert says in (attester.attested.witnesses or ""), attester.attested
    assert attester.attested.stands is not None
