"""A thousand bits flipped at random, wherever an attested ledger stores anything that was signed: each is
found and named by the one audit that the command runs.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence

import psycopg
import pytest

from bench.flips import Finding, Ground, tried
from tests.audit.attested import Attested

FAST, ALL = 60, 1_000


@pytest.fixture
async def ground(attested: Attested) -> AsyncIterator[Ground]:
    with psycopg.connect(attested.office.database.owner_dsn, autocommit=True) as owner:
        yield Ground(owner, attested.tile(""), attested.head_file)


async def all_are_named(attested: Attested, ground: Ground, count: int, seed: int) -> None:
    async def audited() -> Sequence[Finding]:
        return (await attested.audited()).findings

    assert await audited() == ()
    result = await tried(ground, audited, count, random.Random(seed))
    assert result.missed == [], result
    assert result.nowhere == [], result
    assert result.found.total() == result.located.total() == count
    assert await audited() == (), "each was put back"


async def test_every_flipped_bit_is_found_and_named(attested: Attested, ground: Ground) -> None:
    await all_are_named(attested, ground, FAST, 6)


@pytest.mark.slow
async def test_every_one_of_a_thousand_flipped_bits_is_found_and_named(
    attested: Attested, ground: Ground
) -> None:
    await all_are_named(attested, ground, ALL, 2025)
