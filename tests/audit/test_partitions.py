"""A ledger whose log lies in three partitions: it is audited as if it lay in one, partition by partition, and
from where an interrupted audit was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import LiteralString

import pytest

from application.audit_run import EVENTS
from application.audit_sources import Keeping, Span
from infra import partitions
from infra.audit_state import AuditStateFile
from infra.embedded import Cluster
from tests.audit.attested import Attested, copied, open_attested
from tests.audit.conftest import MADE, database_of

NAME = "attested_in_partitions"
FLIP: LiteralString = (
    "UPDATE event SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1) WHERE position = %s"
)


@pytest.fixture(scope="module")
async def parted(
    cluster: Cluster, made: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Attested]:
    """Each partition ends where a checkpoint does."""
    cluster.create_database(NAME, template=MADE)
    folder = copied(made, tmp_path_factory.mktemp("parted") / "ledger")
    async with open_attested(database_of(cluster, NAME), folder) as opened:
        for _ in range(2):
            await opened.attest()
            await partitions.close(opened.office.database.owner_dsn)
            await opened.file(20)
        await opened.shown()
        yield opened
    cluster.drop_database(NAME)


async def ends(parted: Attested) -> list[int]:
    """The last position of each closed partition."""
    parts = await partitions.look(parted.office.database.app_dsn)
    assert len(parts.closed) == 2
    return [part.last for part in parts.closed]


async def test_the_whole_is_audited_and_each_partition_by_itself(parted: Attested) -> None:
    whole = await parted.audited()
    assert whole.ok, whole.findings
    read = 0
    for since, until in pairwise([0, *await ends(parted)]):
        found = await parted.audited(Span(since or None, until))
        assert found.findings == (), (since, until)
        assert (found.since, found.until, found.positions) == (since, until, until - since)
        read += found.positions
    last = await parted.audited(Span((await ends(parted))[-1]))
    assert last.ok, last.findings
    assert read + last.positions == whole.positions


async def test_an_audit_that_was_interrupted_in_a_closed_partition_goes_on_there(
    parted: Attested, tmp_path: Path
) -> None:
    whole = await parted.audited()
    at = (await ends(parted))[0] + 10

    class Interrupted(BaseException):
        pass

    def progress(doing: str, done: int, total: int) -> None:
        if doing == EVENTS and done >= at:
            raise Interrupted

    kept = AuditStateFile(tmp_path)
    with pytest.raises(Interrupted):
        await parted.audited(keeping=Keeping(kept, "this", seconds=0), page=10, progress=progress)
    found = await parted.audited(keeping=Keeping(kept, "this", resume=True), page=10)
    assert found.said[0].startswith("it went on from position ")
    assert found.ok, found.findings
    assert (found.positions, found.dossiers, found.attested) == (
        whole.positions,
        whole.dossiers,
        whole.attested,
    )


async def test_a_byte_changed_in_a_closed_partition_is_found_in_it_and_in_no_other(parted: Attested) -> None:
    first, second = await ends(parted)
    for position in (first - 20, second - 20):
        parted.tamper(FLIP, position)
        try:
            for span in (Span(), Span(first if position > first else None, second)):
                found = await parted.audited(span)
                (leaf,) = [finding for finding in found.findings if finding["kind"] == "leaf"]
                assert leaf["position"] == position
                assert leaf["says"].endswith("so the event was changed")
            elsewhere = Span(second) if position > first else Span(first, second)
            assert "leaf" not in (await parted.audited(elsewhere)).kinds
        finally:
            parted.tamper(FLIP, position)
