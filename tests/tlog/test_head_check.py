"""Log and head that do not belong together are refused, each by its name, with what was found and the way
out; whatever a crash of the attester leaves behind is not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import psycopg
import pytest

from application import head_check as hc
from application.head_check import check_head
from application.tlog_ports import HeadMoved, Published, TlogUnavailable
from domain.notes import read_note
from infra.embedded import Cluster
from tests.support import Database
from tests.tlog.attesting import World, open_world

CUT = "DELETE FROM event WHERE position > {}"


@pytest.fixture
def superuser(cluster: Cluster, database: Database) -> Callable[[str], None]:
    """Do something as whoever owns the server can, the triggers switched off."""

    def do(statement: str) -> None:
        with psycopg.connect(cluster.dsn(database.name, "postgres")) as connection:
            connection.execute("ALTER TABLE event DISABLE TRIGGER ALL")
            connection.execute("ALTER TABLE checkpoint DISABLE TRIGGER ALL")
            connection.execute(statement.encode())

    return do


def put_head(world: World, content: bytes) -> None:
    Path(world.head.where).write_bytes(content)


async def test_a_new_ledger_and_one_that_was_attested_are_accepted(world: World) -> None:
    assert (await check_head(world.tlog)).head is None
    await world.open_log()
    assert (await check_head(world.tlog)).head is None
    await world.append(600)
    await world.attest()
    await world.append(3)
    standing = await check_head(world.tlog)
    assert standing.head is not None
    assert (standing.head.checkpoint.size, standing.edge.size, standing.recorded) == (602, 602, 605)


async def test_nothing_is_hashed_that_the_last_tile_and_the_checkpoint_say(world: World) -> None:
    """Cheap: one page of leaves, whatever the length of the log."""
    await world.open_log()
    await world.append(9000)
    await world.attest()
    read: list[int] = []
    leaves_after = world.tlog.leaves.leaves_after

    class Counted:
        async def leaves_after(self, position: int, limit: int) -> list[bytes]:
            found = await leaves_after(position, limit)
            read.append(len(found))
            return found

    await check_head(replace(world.tlog, leaves=Counted()))  # type: ignore[arg-type]
    assert sum(read) <= 256


@pytest.mark.parametrize("size", [256, 1000])
async def test_a_log_cut_by_its_last_event_is_shorter(
    world: World, superuser: Callable[[str], None], size: int
) -> None:
    await world.open_log()
    await world.append(size - 2)
    await world.attest()
    superuser(CUT.format(size - 1))
    with pytest.raises(hc.LogShorter, match=rf"ends at position {size - 1:,}.*signed at {size:,}.*recover"):
        await check_head(world.tlog)


@pytest.mark.parametrize("size", [512, 1000, 65_536])
async def test_a_log_cut_and_gone_on_with_differs(
    world: World, superuser: Callable[[str], None], size: int
) -> None:
    """As long as before, its last event another one; the checkpoints on record are as they were."""
    await world.open_log()
    await world.append(size - 2)
    await world.attest()
    superuser(CUT.format(size - 1))
    await world.append(1)
    with pytest.raises(hc.LogDiffers, match=r"is not the one whose head was signed.*--ground forked"):
        await check_head(world.tlog)


async def test_a_log_cut_with_its_checkpoints_and_gone_on_with_differs(
    world: World, superuser: Callable[[str], None]
) -> None:
    await world.open_log()
    await world.append(100)
    await world.attest()
    await world.append(100)
    await world.attest()
    superuser(CUT.format(90))
    superuser("DELETE FROM checkpoint")
    await world.append(150)
    with pytest.raises(hc.LogDiffers):
        await check_head(world.tlog)


async def test_a_database_restored_from_an_old_dump_is_shorter(
    database: Database, tmp_path: Path, copy: Callable[[Database], Database]
) -> None:
    async with open_world(database, tmp_path) as world:
        await world.open_log()
        await world.append(50)
        await world.attest()
    old = copy(database)
    async with open_world(database, tmp_path) as world:
        await world.append(50)
        await world.attest()
    async with open_world(old, tmp_path) as restored:
        with pytest.raises(hc.LogShorter, match="older backup"):
            await check_head(restored.tlog)


async def test_a_dump_from_before_the_log_was_opened_is_refused(
    database: Database, tmp_path: Path, copy: Callable[[Database], Database]
) -> None:
    async with open_world(database, tmp_path) as world:
        await world.append(50)
    old = copy(database)
    async with open_world(database, tmp_path) as world:
        await world.open_log()
        await world.attest()
    async with open_world(old, tmp_path) as restored:
        await restored.append(500)
        with pytest.raises(hc.LogShorter, match="knows no log of that name"):
            await check_head(restored.tlog)


@pytest.mark.parametrize("tiles_too", [True, False])
async def test_a_fork_differs_whether_it_shares_the_tiles_or_not(
    database: Database, tmp_path: Path, copy: Callable[[Database], Database], tiles_too: bool
) -> None:
    """Two copies of one database with one key and one head store."""
    async with open_world(database, tmp_path) as world:
        await world.open_log()
        await world.append(300)
        await world.attest()
    fork, elsewhere = copy(database), tmp_path
    if not tiles_too:
        elsewhere = tmp_path / "fork"
        shutil.copytree(tmp_path / "tlog", elsewhere / "tlog")
        (elsewhere / "head").symlink_to(tmp_path / "head")
        (elsewhere / "secrets").symlink_to(tmp_path / "secrets")
    async with open_world(database, tmp_path) as world:
        await world.append(10)
        await world.attest()
    async with open_world(fork, elsewhere) as other:
        await other.append(20)
        with pytest.raises(hc.LogDiffers, match="copy beside the one that was attested"):
            await check_head(other.tlog)


async def test_a_fork_that_was_open_already_is_fenced_and_then_differs(
    database: Database, tmp_path: Path, copy: Callable[[Database], Database]
) -> None:
    async with open_world(database, tmp_path) as world:
        await world.open_log()
        await world.append(300)
        await world.attest()
    async with open_world(copy(database), tmp_path) as fork:
        attester = await fork.attester()
        async with open_world(database, tmp_path) as world:
            await world.append(10)
            await world.attest()
        await fork.append(20)
        before = sorted(path for path in (tmp_path / "tlog").rglob("*") if path.is_file())
        with pytest.raises(HeadMoved):
            await attester.round()
        after = sorted(path for path in (tmp_path / "tlog").rglob("*") if path.is_file())
        assert after == before, "it was fenced before it wrote a tile of its own history"
        with pytest.raises(hc.LogDiffers):
            await check_head(fork.tlog)


async def test_a_head_that_is_gone_is_missed_once_a_checkpoint_is_on_record(world: World) -> None:
    await world.open_log()
    await world.append(5)
    await world.attest()
    shutil.rmtree(world.folder / "head")
    with pytest.raises(hc.HeadMissing, match=r"7 positions is on record.*HOSO_HEAD.*--ground head_lost"):
        await check_head(world.tlog)


async def test_a_head_store_that_was_set_back_is_noticed(world: World) -> None:
    await world.open_log()
    await world.append(5)
    await world.attest()
    older = await world.head.read()
    assert older is not None
    await world.append(5)
    await world.attest()
    newer = await world.head.read()
    put_head(world, older)
    with pytest.raises(hc.HeadOlder, match=r"at position 7, and a checkpoint of 12 .*--ground head_lost"):
        await check_head(world.tlog)

    class Moving:
        """Read before the attester signed and published, and again after."""

        where = world.head.where
        answers: ClassVar = [older, newer]

        async def read(self) -> bytes | None:
            return self.answers.pop(0)

    assert (await check_head(replace(world.tlog, head=Moving()))).edge.size == 12  # type: ignore[arg-type]


async def test_another_root_on_record_differs_though_the_head_fits(world: World) -> None:
    """Put there by whoever may write to the database, before the attester that was killed comes back."""

    def killed(step: str) -> None:
        if step == "swapped":
            raise InterruptedError

    await world.open_log()
    size = await world.append(5)
    with pytest.raises(InterruptedError):
        await (await world.attester(killed)).round()
    head = await world.head.read() or b""
    await world.checkpoints.add(
        Published(world.origin, size, bytes(32), head.decode(), datetime.now(UTC), quorum=True), ()
    )
    with pytest.raises(hc.LogDiffers, match=r"its first 7 positions give .* on record has 0{16}.*forked`"):
        await check_head(world.tlog)
    await world.recover("forked")
    assert (await check_head(world.tlog)).edge.size > size


async def test_what_is_no_signed_head_is_said(world: World) -> None:
    await world.open_log()
    await world.attest()
    for content in (b"", b"\xff\xff", b"hoso\n1\n", b"a\n5\nAAAA\n\n\xe2\x80\x94 a AAAAAAAA\n"):
        put_head(world, content)
        with pytest.raises(hc.HeadUnreadable, match=r"is no signed head.*--ground head_lost"):
            await check_head(world.tlog)


async def test_a_head_that_somebody_else_signed_differs(world: World) -> None:
    key = await world.open_log()
    await world.append(5)
    await world.attest()
    head = read_note(await world.head.read() or b"")
    other = world.keys.make(world.origin)
    forged = replace(head.signatures[0], content=world.keys.sign(other, head.text.encode()))
    by_other = replace(head, signatures=(replace(forged, key_id=other.key_id),))
    put_head(world, str(by_other).encode())
    with pytest.raises(hc.LogDiffers, match="none of its signatures is by a key on record"):
        await check_head(world.tlog)
    put_head(world, str(replace(head, signatures=(replace(forged, key_id=key.key_id),))).encode())
    with pytest.raises(hc.LogDiffers, match="does not fit the note"):
        await check_head(world.tlog)


async def test_a_store_that_cannot_be_read_is_another_matter(world: World) -> None:
    await world.open_log()
    await world.attest()

    class Away:
        where = "s3://heads"

        async def read(self) -> bytes | None:
            raise TlogUnavailable("the bucket s3://heads is down: try again later")

    with pytest.raises(hc.HeadUnreachable, match="HOSO_HEAD_CONFIRMED=yes"):
        await check_head(replace(world.tlog, head=Away()))  # type: ignore[arg-type]


async def test_tiles_that_are_missing_or_wrong_are_made_up_for_from_the_log(world: World) -> None:
    await world.open_log()
    await world.append(700)
    await world.attest()
    told: list[tuple[int, int]] = []
    wrong = world.tiles().root / "tile/1/000.p/2"
    wrong.write_bytes(b"\0" * 64)
    await check_head(world.tlog, lambda done, total: told.append((done, total)))
    assert told[-1] == (702, 702), "all of the log was hashed, and that was told"
    shutil.rmtree(world.tiles().root)
    await check_head(world.tlog)
