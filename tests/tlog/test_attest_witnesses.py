"""What witnesses that come, come later or stay away make of a checkpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from application.attested import Attested
from application.tlog_ports import (
    Consistency,
    Cosignature,
    Cosigned,
    LastCosignature,
)
from domain.notes import ED25519_COSIGNATURE, Signature, VerifierKey
from tests.tlog.attesting import World, published
from tests.tlog.naive_tree import read_checkpoint


class Witnesses:
    """As many as `there`, each with a key; the quorum is two."""

    def __init__(self) -> None:
        self.there: list[int] = []
        self.asked: list[tuple[int, int]] = []
        self.again: float | None = None
        self.known: list[tuple[str, int]] = []

    def knows(self, origin: str, cosigned: Sequence[LastCosignature]) -> None:
        self.known = [(one.witness, one.size) for one in cosigned]

    async def cosign(self, note: str, size: int, consistency: Consistency) -> Cosigned:
        self.asked.append((size, len(await consistency(size // 2))))
        at = datetime.now(UTC)
        lines = [self.line(n, at) for n in self.there]
        enough = len(lines) >= 2
        return Cosigned(tuple(lines), enough, None if enough else "Too few.", self.again)

    @staticmethod
    def line(number: int, at: datetime) -> Cosignature:
        key = VerifierKey(f"witness.example/{number}", ED25519_COSIGNATURE, bytes([number]) * 32)
        stamp = int(at.timestamp()).to_bytes(8, "big")
        return Cosignature(key, Signature(key.name, key.key_id, stamp + bytes(64)), at)


def names(content: bytes) -> list[str]:
    return [name for name, _ in read_checkpoint(content)[3]][1:]


async def test_cosignatures_stand_in_the_checkpoint_and_a_missing_quorum_is_said(world: World) -> None:
    world.cosigner = witnesses = Witnesses()
    witnesses.there = [1]
    await world.open_log()
    await world.append(20)
    attester = await world.attest()
    assert names((world.tiles().root / "checkpoint").read_bytes()) == ["witness.example/1"]
    assert (attester.attested.quorum, attester.attested.witnesses) == (False, "Too few.")
    newest = await world.checkpoints.newest(world.origin)
    assert newest is not None
    assert not newest.quorum


async def test_a_cosignature_that_comes_later_is_added(world: World) -> None:
    world.cosigner = witnesses = Witnesses()
    witnesses.there, witnesses.again = [1], 0.0001
    await world.open_log()
    attester = await world.attester()
    await attester.round()
    witnesses.there, witnesses.again = [2, 3], None
    await asyncio.sleep(0.01)
    assert attester.unfinished
    await attester.round()
    file = (world.tiles().root / "checkpoint").read_bytes()
    assert sorted(names(file)) == [f"witness.example/{n}" for n in (1, 2, 3)]
    assert attester.attested.quorum
    assert not attester.unfinished


async def test_a_clock_that_was_set_back_delays_no_cosignature(world: World) -> None:
    world.cosigner = witnesses = Witnesses()
    await world.open_log()
    now = datetime.now(UTC)
    attester = await world.attester(quorum_required=True, now=lambda: now)
    await attester.round()
    waits = [attester.unfinished]
    now -= timedelta(hours=3)
    waits.append(attester.unfinished)
    assert waits == [False, True], "asked just now, and three hours before that"
    witnesses.there = [1, 2]
    await attester.round()
    assert await published(world) == [2]
    assert not attester.unfinished


async def test_who_goes_on_knows_what_each_witness_cosigned_before(world: World) -> None:
    world.cosigner = witnesses = Witnesses()
    witnesses.there = [1, 2]
    await world.open_log()
    last = await world.append(20)
    await world.attest()
    assert witnesses.known == [], "nothing was on record"
    await world.attester()
    assert witnesses.known == [("witness.example/1", last), ("witness.example/2", last)]


async def test_where_the_quorum_is_required_nothing_is_published_without_it(world: World) -> None:
    world.cosigner = witnesses = Witnesses()
    await world.open_log()
    now = datetime.now(UTC)
    attester = await world.attester(quorum_required=True, now=lambda: now)
    await attester.round()
    assert await published(world) == []
    assert "HOSO_QUORUM" in (attester.attested.stands or "")
    assert await world.head.read() is not None, "the head is signed all the same"
    assert not attester.unfinished, "not asked again at once"
    await world.append(3)
    await attester.round()
    assert await published(world) == []
    witnesses.there = [1, 2]
    now += timedelta(seconds=10)
    await attester.round()
    assert await published(world) == [5]
    assert attester.attested == Attested(5, 5, now)
