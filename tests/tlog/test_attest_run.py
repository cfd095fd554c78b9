"""The attesting process: when it works, what it tells, and what becomes of the log when it is killed."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from application.attest_run import AttestRun
from application.attested import Attested, heard
from application.attesting import MOST
from application.tlog_ports import (
    NoWitnesses,
    TlogUnavailable,
)
from infra.attest_turn import AttestTurn
from infra.attested_watch import NOBODY, PostgresAttestedWatch, told_now
from tests.support import Database
from tests.tlog.attesting import FreeTurn, World, published
from tests.tlog.naive_tree import check_folder, tree_of

STEPS = ("read", "tiles", "signed", "swapped", "cosigned", "on record", "published", "cleaned")
PATIENCE = 30.0


@dataclass
class Told(FreeTurn):
    """Remembers what was told."""

    last: Attested | None = None

    async def tell(self, attested: Attested) -> None:
        self.last = heard(attested.told())


@asynccontextmanager
async def running(run: AttestRun) -> AsyncIterator[None]:
    task = asyncio.create_task(run.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))
        if not task.cancelled():
            task.result()


def run_of(world: World, turn: FreeTurn, **options: float | bool) -> AttestRun:
    chosen = {"seconds": 0.05} | options
    return AttestRun(world.tlog, world.cosigner, turn, **chosen)  # type: ignore[arg-type]


async def until(condition: object, what: str) -> None:
    """`condition`: called until it gives something true."""
    assert callable(condition)
    for _ in range(int(PATIENCE / 0.05)):
        found = condition()
        if await found if asyncio.iscoroutine(found) else found:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{what} did not happen in {PATIENCE} s")


def stands(told: Told, because: str) -> bool:
    return told.last is not None and because in (told.last.stands or "")


def spoil(world: World) -> None:
    Path(world.head.where).write_bytes(b"spoilt")


async def test_what_is_recorded_is_published_soon_and_not_more_often_than_asked(world: World) -> None:
    await world.open_log()
    told = Told()
    async with running(run_of(world, told, seconds=0.6)):
        await until(lambda: told.last and told.last.published == 2, "the first checkpoint")
        began = asyncio.get_running_loop().time()
        for _ in range(12):
            await world.append(1)
            await asyncio.sleep(0.1)
        await until(lambda: told.last and told.last.published == 14, "the last checkpoint")
        rounds = (asyncio.get_running_loop().time() - began) / 0.6
        assert len(await published(world)) <= rounds + 2


async def test_ten_thousand_that_wait_are_not_made_to(world: World) -> None:
    await world.open_log()
    told = Told()
    async with running(run_of(world, told, seconds=600)):
        await until(lambda: told.last and told.last.published == 2, "the first checkpoint")
        await world.append(10)
        await asyncio.sleep(0.5)
        assert await published(world) == [2]
        await world.append(MOST)
        await until(lambda: told.last and told.last.published == 2 + MOST, "the next checkpoint")


async def test_what_keeps_it_from_attesting_is_told_and_once_it_is_put_right_it_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.attest_run.RETRY_SECONDS", 0.3)
    told = Told()
    async with running(run_of(world, told)):
        await until(lambda: stands(told, "never opened"), "the first reason")
        key = await world.open_log()
        await until(lambda: told.last and told.last.stands is None and told.last.published, "attesting")
        away = world.folder / "secrets" / f"log.{key.key_id.hex()}.key"
        away.rename(world.folder / "away")
        last = await world.append(1)
        await until(lambda: stands(told, "lies among the secrets"), "the key away")
        assert await world.append(1) == last + 1, "appends go on"
        (world.folder / "away").rename(away)
        await until(lambda: told.last and told.last.published == last + 1, "attesting again")
        spoil(world)
        await world.append(1)
        await until(lambda: stands(told, "no signed head"), "the head spoilt")


async def test_two_processes_attest_in_turn(world: World, database: Database) -> None:
    await world.open_log()
    first, second = AttestTurn(database.app_dsn), AttestTurn(database.app_dsn)
    assert await first.take(0)
    assert await first.held()
    assert not await second.take(0.3)
    assert not await second.held()
    await first.give_up()
    assert not await first.held()
    assert await second.take(1)
    await second.close()
    assert await first.take(5), "a connection that ends gives the turn up"
    await first.close()


async def test_the_turn_is_given_up_while_nothing_can_be_attested(world: World, database: Database) -> None:
    """So that a recovery can take it."""
    turn, recovery = AttestTurn(database.app_dsn), AttestTurn(database.app_dsn)
    async with running(run_of(world, turn)):  # type: ignore[arg-type]
        known = await told_soon(database)
        assert "never opened" in (known.stands or "")
        assert await recovery.take(PATIENCE)
    await turn.close()
    await recovery.close()


async def told_soon(database: Database) -> Attested:
    for _ in range(20):
        known = await told_now(database.app_dsn, 5)
        if known is not None and known.stands is not None:
            return known
        await asyncio.sleep(0.1)
    raise AssertionError("nothing was told")


async def test_others_hear_how_far_it_is_and_wait_for_it(world: World, database: Database) -> None:
    await world.open_log()
    last = await world.append(5)
    turn = AttestTurn(database.app_dsn)
    async with PostgresAttestedWatch(database.app_dsn) as watch:
        assert (await watch.now()).stands == NOBODY
        assert not await watch.wait_for(last, 0.3)
        waiting = asyncio.create_task(watch.wait_for(last, PATIENCE))
        async with running(run_of(world, turn)):  # type: ignore[arg-type]
            assert await waiting
            known = await told_now(database.app_dsn, 10)
            assert known is not None
            assert (known.published, known.stands) == (last, None)
            await until(lambda: is_well(watch), "hearing it")
            assert (await watch.now()).published == last
            assert not await watch.wait_for(last + 1, 0.3)
    await turn.close()
    assert await told_now(database.app_dsn, 10) is None, "nobody attests any more"


async def test_a_clock_that_was_ahead_once_hides_nothing_that_was_published_since(
    world: World, database: Database
) -> None:
    await world.open_log()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await (await world.attester(now=lambda: tomorrow)).round()
    last = await world.append(5)
    await world.attest()
    async with PostgresAttestedWatch(database.app_dsn) as watch:
        assert await watch.wait_for(last, 5)


async def is_well(watch: PostgresAttestedWatch) -> bool:
    return (await watch.now()).stands is None


def test_what_is_told_is_heard_and_fits_into_a_notification() -> None:
    said = Attested(7, 5, datetime.now(UTC), False, "k" * 5000, "ư" * 5000, "lý do " * 999)
    assert len(said.told().encode()) < 8000
    known = heard(said.told())
    assert known is not None
    assert (known.head, known.published, known.signed_at, known.quorum) == (7, 5, said.signed_at, False)
    foreign = Attested(witnesses="The witness \udce9\udca0 did not answer in time.").told()
    assert "The witness ?? did not answer" in foreign.encode().decode()
    assert heard("{}") is None
    assert heard("hoso") is None


# Real processes


async def started(database: Database, folder: Path, *step: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.tlog.attester_process", database.app_dsn, str(folder), *step
    )


@pytest.mark.faults
@pytest.mark.slow
async def test_killed_at_every_step_in_a_process_of_its_own_it_goes_on(
    world: World, database: Database, tmp_path: Path
) -> None:
    await world.open_log()
    for step in STEPS:
        await world.append(random.randint(1, 400))
        process = await started(database, tmp_path, step)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == -9
    await world.append(5)
    await world.attest()
    assert check_folder(world.tiles().root, tree_of(database.app_dsn)) == await world.recorded()


@pytest.mark.faults
@pytest.mark.slow
async def test_two_at_once_killed_again_and_again_under_traffic_leave_one_history(
    world: World, database: Database, tmp_path: Path
) -> None:
    await world.open_log()
    stop = asyncio.Event()

    async def traffic() -> None:
        while not stop.is_set():
            await world.append(random.randint(1, 300))
            await asyncio.sleep(0.02)

    appending = asyncio.create_task(traffic())
    processes = [await started(database, tmp_path) for _ in range(2)]
    for _ in range(8):
        await asyncio.sleep(random.uniform(1.0, 2.0))
        victim = random.randrange(2)
        processes[victim].kill()
        await processes[victim].wait()
        processes[victim] = await started(database, tmp_path)
    stop.set()
    await appending
    last = await world.recorded()
    await until(lambda: covers(world, last), "the last checkpoint")
    for process in processes:
        process.kill()
        await process.wait()
    await world.attest()  # killed before the file was replaced
    tree = tree_of(database.app_dsn)
    assert check_folder(world.tiles().root, tree) == last
    for one in await world.checkpoints.after(world.origin, 0, 10_000):
        assert one.root == tree.root(one.size)


async def covers(world: World, position: int) -> bool:
    return (await published(world))[-1:] == [position]


async def test_a_store_that_fails_in_a_round_costs_nothing_but_the_round(
    world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.attest_run.RETRY_SECONDS", 0.2)
    await world.open_log()
    left = 3

    class Flaky:
        where = world.head.where
        read = world.head.read

        async def swap(self, expected: bytes | None, new: bytes) -> None:
            nonlocal left
            left -= 1
            if left >= 0:
                raise TlogUnavailable("the head store is away: try again later")
            await world.head.swap(expected, new)

    told = Told()
    tlog = replace(world.tlog, head=Flaky())
    async with running(AttestRun(tlog, NoWitnesses(), told, seconds=0.05)):
        await until(lambda: stands(told, "is away"), "the reason")
        await until(lambda: told.last and told.last.published == 2, "the checkpoint")
    assert check_folder(world.tiles().root, tree_of(database.app_dsn)) == 2
