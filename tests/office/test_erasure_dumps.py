"""The backups that docs/erasure.md tells to make: the large dump opens nothing personal; with an older dump
of the keys beside it nobody who was erased meanwhile comes back."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from application.erasing_finish import finish
from infra.embedded import APP, OWNER, Cluster
from tests.codec.opened_ledger import open_ledger
from tests.office.erasures import erased
from tests.office.leftovers import opened_texts
from tests.office.test_erasing import WHO, identified
from tests.office.world import Office
from tests.support import Database

GUIDE = (Path(__file__).parents[2] / "docs" / "erasure.md").read_text(encoding="utf-8")
BLOCK = re.search(r'    KEYS="(?:.*\n)+?\n', GUIDE)
OTHER = "Vì Văn Còn"


def dumped(office: Office, cluster: Cluster, folder: Path) -> None:
    """The guide's own commands, in a shell; the database is called hoso there."""
    assert BLOCK is not None
    dsn = cluster.dsn(office.database.name, "postgres")
    script = BLOCK[0].replace(" hoso >", f' "{dsn}" >').replace("pg_dump", str(cluster.program("pg_dump")))
    script = script.replace("-$(date +%F)", "")
    subprocess.run(["bash", "-e", "-c", script], cwd=folder, check=True, timeout=60)


def restored(cluster: Cluster, name: str, *files: Path) -> None:
    for file in files:
        told = [str(cluster.program("psql")), "-q", "-v", "ON_ERROR_STOP=1", "-f", str(file)]
        subprocess.run(
            [*told, cluster.dsn(name, "postgres")], check=True, timeout=60, stdout=subprocess.DEVNULL
        )


@pytest.fixture
def elsewhere(cluster: Cluster) -> Iterator[Database]:
    name = "restored_elsewhere"
    cluster.create_database(name)
    yield Database(name, owner_dsn=cluster.dsn(name, OWNER), app_dsn=cluster.dsn(name, APP))
    cluster.drop_database(name)


async def test_an_old_dump_of_the_keys_brings_nobody_back(
    damaged_office: Office, cluster: Cluster, elsewhere: Database, tmp_path: Path
) -> None:
    office = damaged_office
    owner, _ = await identified(office), await office.applicant(OTHER)
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
    dumped(office, cluster, before)
    await erased(office, owner)
    dumped(office, cluster, after)

    restored(cluster, elsewhere.name, after / "hoso.sql")
    copy = replace(office, database=elsewhere)
    assert await opened_texts(copy) == "", "the large dump alone opens nothing"
    restored(cluster, elsewhere.name, before / "keys.sql")
    with_keys = await opened_texts(copy)
    assert (WHO.name in with_keys, OTHER in with_keys) == (True, True), "the erased key is in the old dump"
    async with open_ledger(elsewhere.app_dsn) as opened:
        there = replace(office.erasing, ledger=opened.ledger, keys=opened.keyring)
        assert (await finish(there)).erasures == 1
    left = await opened_texts(copy)
    assert (WHO.name in left, OTHER in left) == (False, True)
