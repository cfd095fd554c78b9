"""Attesting in rounds: what is recorded is in the tree, signed and published, whatever happens in between."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence

import psycopg
import pytest

from application.attesting import MOST
from application.growing import HistoryDiffers, LeafDiffers
from application.head_check import LogDiffers
from application.tlog import LogEnded, NoKeyHere, NotOpened
from application.tlog_ports import HeadMoved, TileConflict
from domain.log_facts import LogHistoryLost
from infra.embedded import Cluster
from tests.support import Database
from tests.tlog.attesting import World
from tests.tlog.naive_tree import check_folder, read_checkpoint, signed_by, tree_of

STEPS = ("read", "tiles", "signed", "swapped", "cosigned", "on record", "published", "cleaned")


class Killed(Exception):
    """Stands for the end of the process: the attester is dropped."""


@pytest.fixture
def dsn(database: Database) -> str:
    return database.app_dsn


@pytest.fixture
def superuser(cluster: Cluster, database: Database) -> str:
    return cluster.dsn(database.name, "postgres")


def tamper(superuser: str, statement: str) -> None:
    """As whoever owns the server can, the triggers switched off."""
    with psycopg.connect(superuser) as connection:
        connection.execute("ALTER TABLE event DISABLE TRIGGER ALL")
        connection.execute(statement.encode())


async def on_record(world: World, number: int = 1) -> list[int]:
    """The sizes of the checkpoints on record."""
    origin = world.origin if number == 1 else f"{world.origin}/{number}"
    return [one.size for one in await world.checkpoints.after(origin, 0, 1000)]


def checkpoint(world: World, number: int = 1) -> bytes:
    return (world.tiles(number).root / "checkpoint").read_bytes()


def size_of(note: bytes | None) -> int:
    return read_checkpoint(note)[1] if note is not None else 0


async def test_what_is_recorded_is_in_the_tree_signed_and_published(world: World, dsn: str) -> None:
    key = await world.open_log()
    last = await world.append(700)
    attester = await world.attest()
    assert (attester.attested.head, attester.attested.published) == (last, last)
    assert check_folder(world.tiles().root, tree_of(dsn)) == last
    assert signed_by(checkpoint(world), key.public_key)
    assert read_checkpoint(checkpoint(world))[0] == world.origin
    assert await world.head.read() == checkpoint(world)
    assert await on_record(world) == [last]


async def test_a_checkpoint_adds_ten_thousand_entries_at_most(world: World, dsn: str) -> None:
    await world.open_log()
    last = await world.append(2 * MOST + 77)
    await world.attest()
    assert await on_record(world) == [MOST, 2 * MOST, last]
    assert check_folder(world.tiles().root, tree_of(dsn)) == last


async def test_partial_tiles_go_once_a_published_checkpoint_has_the_full_one(world: World, dsn: str) -> None:
    await world.open_log()
    for _ in range(6):
        await world.append(100)
        await world.attest()
    partial = sorted(path.relative_to(world.tiles().root) for path in world.tiles().root.rglob("*.p/*"))
    assert {path.parts[1] for path in partial} == {"0", "1", "entries"}
    beside = {path.parts[2] for path in partial if path.parts[1] in ("0", "entries")}
    assert beside == {"002.p"}, "those of tiles 0 and 1 are full"
    assert check_folder(world.tiles().root, tree_of(dsn)) == 602


async def test_a_ledger_whose_log_was_never_opened_is_not_attested(world: World) -> None:
    await world.append(10)
    with pytest.raises(NotOpened, match="hoso tlog init"):
        await world.attest()


async def test_nothing_is_signed_before_the_position_that_opened_the_log(world: World, dsn: str) -> None:
    await world.append(MOST + 400)
    key = await world.open_log()
    opened = await world.recorded()
    attester = await world.attester()
    await attester.round()
    assert await world.head.read() is None, "10,000 entries are in the tree, and the log begins later"
    await world.attest()
    assert await on_record(world) == [opened]
    assert check_folder(world.tiles().root, tree_of(dsn)) == opened
    assert signed_by(checkpoint(world), key.public_key)


async def test_killed_after_any_step_the_next_one_goes_on_with_the_same_history(
    world: World, dsn: str
) -> None:
    key = await world.open_log()
    for step in STEPS:
        await world.append(100)
        await world.attest()
        before = await world.recorded()
        last = await world.append(170)

        def reached(name: str, step: str = step) -> None:
            if name == step:
                raise Killed

        attester = await world.attester(reached)
        with pytest.raises(Killed):
            await attester.round()
        done = STEPS.index(step)
        assert size_of(checkpoint(world)) == (last if done >= STEPS.index("published") else before)
        signed = size_of(await world.head.read())
        assert signed == (last if done >= STEPS.index("swapped") else before)
        for path, content in tree_of(dsn).tiles(signed).items():
            assert await world.tiles().get(path) == content, "what a head covers was written before it"
        await world.append(5)
        await world.attest()
        assert check_folder(world.tiles().root, tree_of(dsn)) == last + 5
        assert signed_by(checkpoint(world), key.public_key)
        assert {before, last + 5} <= set(await on_record(world))


async def test_killed_before_the_file_was_replaced_it_is_replaced_though_nothing_is_new(
    world: World,
) -> None:
    await world.open_log()
    await world.append(20)
    await world.attest()
    last = await world.append(20)

    def reached(name: str) -> None:
        if name == "on record":
            raise Killed

    with pytest.raises(Killed):
        await (await world.attester(reached)).round()
    assert read_checkpoint(checkpoint(world))[1] == last - 20
    await world.attest()
    assert read_checkpoint(checkpoint(world))[1] == last


async def test_of_two_that_attest_at_once_one_is_fenced_by_the_head(world: World, dsn: str) -> None:
    await world.open_log()
    await world.append(50)
    first, second = await world.attester(), await world.attester()
    await first.round()
    await world.append(50)
    with pytest.raises(HeadMoved):
        await second.round()
    await first.round()
    assert check_folder(world.tiles().root, tree_of(dsn)) == 102


async def test_fenced_between_its_tiles_and_its_head_it_replaces_nothing(world: World, dsn: str) -> None:
    """The slow one has written tiles of another size when the other one signs."""
    await world.open_log()
    await world.append(80)
    other = await world.attester()
    slow = await world.attester()
    put = slow._tiles.put

    async def overtaken(objects: Sequence[tuple[str, bytes]]) -> None:
        await put(objects)
        await other.round()

    slow._tiles.put = overtaken  # type: ignore[method-assign]
    with pytest.raises(HeadMoved):
        await slow.round(20)
    assert (world.tiles().root / "tile/0/000.p/20").exists()
    assert check_folder(world.tiles().root, tree_of(dsn)) == 82
    await world.append(300)
    await world.attest()
    assert check_folder(world.tiles().root, tree_of(dsn)) == 382
    assert not (world.tiles().root / "tile/0/000.p").exists()


async def test_whoever_was_overtaken_while_publishing_replaces_no_newer_checkpoint(world: World) -> None:
    await world.open_log()
    await world.append(10)
    slow = await world.attester()
    add = slow._tlog.checkpoints.add

    async def overtaken(*arguments: object) -> None:
        await add(*arguments)  # type: ignore[arg-type]
        slow._tlog.checkpoints.add = add  # type: ignore[method-assign]
        await world.append(10)
        await world.attest()

    slow._tlog.checkpoints.add = overtaken  # type: ignore[assignment, method-assign]
    with pytest.raises(HeadMoved):
        await slow.round()
    assert read_checkpoint(checkpoint(world))[1] == await world.recorded()


async def test_an_event_that_was_changed_is_not_attested_and_its_position_is_named(
    world: World, superuser: str
) -> None:
    await world.open_log()
    await world.append(100)
    tamper(superuser, "UPDATE event SET payload = payload || '\\x00' WHERE position = 57")
    attester = await world.attester()
    with pytest.raises(LeafDiffers, match=r"position 57 .*hoso audit"):
        await attester.round()
    assert await world.head.read() is None


async def test_a_tile_folder_that_was_lost_is_written_again_from_the_log(world: World, dsn: str) -> None:
    await world.open_log()
    last = await world.append(900)
    await world.attest()
    shutil.rmtree(world.tiles().root)
    await world.attest()
    assert check_folder(world.tiles().root, tree_of(dsn)) == last


async def test_one_tile_of_the_right_edge_that_was_lost_is_written_again(world: World, dsn: str) -> None:
    await world.open_log()
    last = await world.append(900)
    await world.attest()
    for lost in ("tile/0/002", "tile/entries/002", "tile/1/000.p/3", "tile/0/003.p/134"):
        (world.tiles().root / lost).unlink()
        await world.attest()
        assert check_folder(world.tiles().root, tree_of(dsn)) == last


async def test_a_wrong_tile_is_reported_and_never_replaced(world: World) -> None:
    await world.open_log()
    await world.append(900)
    await world.attest()
    for wrong in ("tile/0/002", "tile/1/000.p/3", "tile/0/003.p/134", "tile/entries/003.p/134"):
        path = world.tiles().root / wrong
        right = path.read_bytes()
        changed = right[:40] + bytes([right[40] ^ 1]) + right[41:]
        path.write_bytes(changed)
        with pytest.raises(TileConflict, match=wrong):
            await world.attest()
        assert path.read_bytes() == changed
        path.write_bytes(right)


async def test_an_earlier_event_changed_with_its_leaf_is_found_when_tiles_are_written_again(
    world: World, superuser: str
) -> None:
    await world.open_log()
    await world.append(900)
    await world.attest()
    tamper(
        superuser,
        "UPDATE event SET payload = '\\x00', leaf = leaf_of(stream_id, version, position,"
        " micros_of(recorded_at), sha256('\\x00'), topic) WHERE position = 57",
    )
    await world.attester()  # deep below the edge: only who reads all of it finds it
    (world.tiles().root / "tile/0/002").unlink()
    with pytest.raises(HistoryDiffers, match="earlier was changed"):
        await world.attester()
    shutil.rmtree(world.tiles().root)
    with pytest.raises(LogDiffers):
        await world.attester()


async def test_a_further_key_signs_from_its_own_position_on_and_a_withdrawn_one_no_longer(
    world: World,
) -> None:
    first = await world.open_log()
    await world.attest()
    second = await world.add_key()
    await world.attest()
    assert signed_by(checkpoint(world), first.public_key)
    assert signed_by(checkpoint(world), second.public_key)
    await world.withdraw(first)
    await world.attest()
    assert not signed_by(checkpoint(world), first.public_key)
    assert signed_by(checkpoint(world), second.public_key)
    rounds = await world.checkpoints.after(world.origin, 0, 10)
    assert [signed_by(one.note.encode(), second.public_key) for one in rounds] == [False, True, True]


async def test_a_key_on_record_that_lies_elsewhere_is_said(world: World) -> None:
    await world.open_log()
    second = await world.add_key()
    (world.folder / "secrets" / f"log.{second.key_id.hex()}.key").rename(world.folder / "away")
    attester = await world.attest()
    assert second.key_id.hex() in (attester.attested.away or "")
    (world.folder / "away").rename(world.folder / "secrets" / f"log.{second.key_id.hex()}.key")
    await world.append(1)
    assert (await world.attest()).attested.away is None


async def test_without_any_key_here_nothing_is_signed(world: World) -> None:
    key = await world.open_log()
    await world.append(1)
    await world.attest()
    shutil.rmtree(world.folder / "secrets")
    await world.append(1)
    attester = await world.attester()
    with pytest.raises(NoKeyHere, match=rf"{key.key_id.hex()}.*hoso tlog rotate-key"):
        await attester.round()


async def test_an_attester_of_a_log_that_was_lost_signs_no_further(world: World) -> None:
    await world.open_log()
    await world.append(5)
    attester = await world.attest()
    lost = {"head": None, "kept_size": 7, "kept_root": "00" * 32, "ground": "forked"}
    await world.say(LogHistoryLost, origin=world.origin, **lost)
    await world.open_log(2, f"{world.origin}/2")
    with pytest.raises(LogEnded):
        await attester.round()


async def test_rounds_while_others_append_leave_nothing_out(world: World, dsn: str) -> None:
    await world.open_log()
    appending = asyncio.create_task(world.append(3000))
    attester = await world.attester()
    while not appending.done() or attester.size < await world.recorded():
        await attester.round()
    assert check_folder(world.tiles().root, tree_of(dsn)) == 3002
