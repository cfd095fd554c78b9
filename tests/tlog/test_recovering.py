"""The way out of a refused start, walked to its end and cut short at every step: it leaves its record, and
the ledger is attested again under another name and key."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from application import head_check as hc
from application.head_check import check_head
from application.policy import Identity
from application.recovering import AttestedElsewhere, GroundDoesNotFit, NothingToRecover
from application.refusals import NotAllowed
from application.tlog_ports import Consistency, Cosigned, NoWitnesses
from domain.log_facts import LogHistoryLost, LogOpened
from infra.attest_turn import AttestTurn
from tests.support import Database
from tests.tlog.attesting import World, open_world
from tests.tlog.naive_tree import check_folder, read_checkpoint, signed_by, tree_of

Copy = Callable[[Database], Database]
STEPS = ("recorded", "read", "tiles", "signed", "swapped", "cosigned", "on record", "published")


class Killed(Exception):
    """Stands for the end of the process."""


async def record(world: World) -> list[LogOpened | LogHistoryLost]:
    facts = [world.codec.decode(one).fact for one in await world.recorder.events_of(world.stream)]
    return [fact for fact in facts if isinstance(fact, LogOpened | LogHistoryLost)]


async def attested_as(world: World, dsn: str, number: int) -> bool:
    """Whether the ledger starts, and is attested to its end as its `number`-th log."""
    await world.append(3)
    await world.attest()
    content = (world.tiles(number).root / "checkpoint").read_bytes()
    (log,) = [log for log in await world.tlog.record.logs() if log.number == number]
    assert read_checkpoint(content)[0] == log.origin
    assert all(signed_by(content, key.public_key) for key in log.signing())
    return check_folder(world.tiles(number).root, tree_of(dsn)) == await world.recorded()


@pytest.fixture
async def restored(database: Database, tmp_path: Path, copy: Copy) -> Database:
    """From a dump of before the last 300 events, the head and the tiles as they are."""
    async with open_world(database, tmp_path) as world:
        await world.open_log()
        await world.append(400)
        await world.attest()
    old = copy(database)
    async with open_world(database, tmp_path) as world:
        await world.append(300)
        await world.attest()
    return old


async def test_a_restored_backup_is_put_on_record_and_gone_on_with(
    restored: Database, tmp_path: Path
) -> None:
    async with open_world(restored, tmp_path) as world:
        head = await world.head.read()
        assert head is not None
        kept = tree_of(restored.app_dsn).root(402)
        done = await world.recover("restored_backup")
        assert (done.number, done.origin, done.lost_size) == (2, f"{world.origin}/2", 702)
        _, lost, opened = await record(world)
        assert isinstance(lost, LogHistoryLost)
        assert isinstance(opened, LogOpened)
        assert (lost.head, lost.ground, lost.origin) == (head.decode(), "restored_backup", world.origin)
        assert (lost.kept_size, lost.kept_root) == (402, kept.hex())
        assert opened.origin == done.origin
        assert lost.envelope.actor.id == "setup"
        positions = [one.position for one in await world.recorder.events_of(world.stream)]
        assert positions[-1] - positions[-2] == 1, "in one append"
        assert await attested_as(world, restored.app_dsn, 2)
        with pytest.raises(NothingToRecover):
            await world.recover("restored_backup")


@pytest.mark.parametrize("step", STEPS)
async def test_cut_short_at_any_step_the_same_command_finishes_it(
    restored: Database, tmp_path: Path, step: str
) -> None:
    def reached(name: str) -> None:
        if name == step:
            raise Killed

    async with open_world(restored, tmp_path) as world:
        with pytest.raises(Killed):
            await world.recover("restored_backup", reached=reached)
    async with open_world(restored, tmp_path) as world:
        if STEPS.index(step) < STEPS.index("swapped"):
            with pytest.raises(hc.RecoveryUnfinished, match="finish that with `hoso tlog recover`"):
                await world.attest()
            done = await world.recover(None)
            assert (done.number, done.kept_size) == (2, None)
        assert len(await record(world)) == 3, "the loss stands once"
        assert await attested_as(world, restored.app_dsn, 2)


async def test_a_fork_that_is_to_go_on_takes_the_head_and_the_other_is_refused(
    database: Database, tmp_path: Path, copy: Copy
) -> None:
    async with open_world(database, tmp_path) as world:
        await world.open_log()
        await world.append(40)
        await world.attest()
    fork = copy(database)
    async with open_world(database, tmp_path) as world:
        await world.append(40)
        await world.attest()
    async with open_world(fork, tmp_path) as world:
        await world.append(60)
        with pytest.raises(hc.LogDiffers):
            await world.attest()
        await world.recover("forked")
        assert await attested_as(world, fork.app_dsn, 2)
    async with open_world(database, tmp_path) as world:
        with pytest.raises(hc.LogDiffers, match=rf"is of the log {world.origin}/2"):
            await world.attest()


async def test_a_head_that_is_gone_or_unreadable_is_lost(database: Database, tmp_path: Path) -> None:
    async with open_world(database, tmp_path) as world:
        await world.open_log()
        await world.append(40)
        await world.attest()
        shutil.rmtree(tmp_path / "head")
        done = await world.recover("head_lost")
        assert (done.number, done.lost_size) == (2, None)
        assert await attested_as(world, database.app_dsn, 2)
        spoil(world)

        def reached(name: str) -> None:
            if name == "tiles":
                raise Killed

        with pytest.raises(Killed):
            await world.recover("head_lost", reached=reached)
        await world.recover(None)
        assert [type(fact).__name__ for fact in await record(world)] == [
            "LogOpened", *["LogHistoryLost", "LogOpened"] * 2
        ]  # fmt: skip
        assert await attested_as(world, database.app_dsn, 3)


async def test_a_head_store_that_was_set_back_has_lost_the_newer_head(
    database: Database, tmp_path: Path
) -> None:
    async with open_world(database, tmp_path) as world:
        await world.open_log()
        await world.attest()
        older = await world.head.read()
        assert older is not None
        await world.append(5)
        await world.attest()
        await world.head.swap(await world.head.read(), older)
        with pytest.raises(GroundDoesNotFit):
            await world.recover("restored_backup")
        done = await world.recover("head_lost")
        assert (done.number, done.lost_size) == (2, 2)
        assert await attested_as(world, database.app_dsn, 2)


def spoil(world: World) -> None:
    Path(world.head.where).write_bytes(b"\xff\xfe")


async def test_a_dump_from_before_the_log_was_opened_goes_on_as_its_second_log(
    database: Database, tmp_path: Path, copy: Copy
) -> None:
    async with open_world(database, tmp_path) as world:
        await world.append(50)
    old = copy(database)
    async with open_world(database, tmp_path) as world:
        await world.open_log()
        await world.attest()
    async with open_world(old, tmp_path) as world:
        done = await world.recover("restored_backup")
        assert (done.number, done.origin) == (2, f"{world.origin}/2")
        assert await attested_as(world, old.app_dsn, 2)


async def test_a_dump_from_before_a_recovery_takes_a_number_that_nothing_was_signed_under(
    restored: Database, tmp_path: Path, copy: Copy
) -> None:
    before = copy(restored)
    async with open_world(restored, tmp_path) as world:
        await world.recover("restored_backup")
    async with open_world(before, tmp_path) as world:
        with pytest.raises(hc.LogDiffers):
            await world.attest()
        done = await world.recover("restored_backup")
        assert (done.number, done.origin) == (3, f"{world.origin}/3")
        assert await attested_as(world, before.app_dsn, 3)


async def test_with_the_head_gone_too_the_keys_say_which_numbers_were_used(
    restored: Database, tmp_path: Path, copy: Copy
) -> None:
    before = copy(restored)
    async with open_world(restored, tmp_path) as world:
        await world.recover("restored_backup")
    shutil.rmtree(tmp_path / "head")
    async with open_world(before, tmp_path) as world:
        assert (await world.recover("head_lost")).number == 3


async def test_what_does_not_fit_is_refused_and_nothing_is_recorded(
    restored: Database, tmp_path: Path
) -> None:
    async with open_world(restored, tmp_path) as world:
        last = await world.recorded()
        for ground in ("head_lost", None, "bored"):
            with pytest.raises(GroundDoesNotFit, match="--ground restored_backup or forked"):
                await world.recover(ground)
        for kind in ("portal", "applicant"):
            with pytest.raises(NotAllowed):
                await world.recover("forked", who=Identity(kind, "somebody"))
        turn = AttestTurn(restored.app_dsn)
        assert await turn.take(0)

        class Impatient(AttestTurn):
            async def take(self, seconds: float) -> bool:
                return await super().take(0)

        other = Impatient(restored.app_dsn)
        with pytest.raises(AttestedElsewhere):
            await world.recover("forked", turn=other)
        await turn.close()
        assert await world.recorded() == last
        shutil.rmtree(tmp_path / "head")
        with pytest.raises(GroundDoesNotFit, match="--ground head_lost"):
            await world.recover("forked")
        await other.close()


async def test_a_sound_ledger_has_nothing_to_recover(database: Database, tmp_path: Path) -> None:
    async with open_world(database, tmp_path) as world:
        with pytest.raises(NothingToRecover):
            await world.recover("forked")
        await world.open_log()
        await world.attest()
        with pytest.raises(NothingToRecover):
            await world.recover("forked")


async def test_where_the_quorum_is_required_the_next_log_waits_for_it(
    restored: Database, tmp_path: Path
) -> None:
    """The witnesses know the new name and key only when their operators add them."""
    async with open_world(restored, tmp_path) as world:
        world.cosigner = Strangers()
        done = await world.recover("restored_backup", quorum_required=True)
        assert (done.number, done.published) == (2, False)
        assert (await check_head(world.tlog)).edge.size == done.head
        assert await world.checkpoints.newest(done.origin) is None
        assert not (world.tiles(2).root / "checkpoint").exists()
        world.cosigner = NoWitnesses()
        assert await attested_as(world, restored.app_dsn, 2)


class Strangers(NoWitnesses):
    """Witnesses that do not know the log."""

    async def cosign(self, note: str, size: int, consistency: Consistency) -> Cosigned:
        return Cosigned((), quorum=False, report="The witness w refuses with 404.", again_in=15)
