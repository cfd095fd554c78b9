"""What may be pruned of a log: attested, whole tiles, old enough; never the last whole one, at which an
attester looks when it starts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from application.log_identity import open_log_of
from application.ports import LedgerError
from application.pruned import MinimumBroken, minimum_in
from application.refusals import told_at
from application.tlog import NotOpened, Tlog
from application.tlog_ports import MINIMUM, Published, TileStore
from domain.tiles import WIDTH, Tile

AT_ONCE = 16
LOOKED_AT = 8
"""Bundles whose size is looked at to say how much all of them take."""

REBUILD = "Run `hoso audit` first, and `hoso tlog rebuild` where only tiles are wrong."


class PruneRefused(LedgerError):
    """Nothing, or nothing more, is pruned; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`minimum`: the index as it is; `until`: as it is to be, no smaller; `published`: the newest
    checkpoint."""

    number: int
    tiles: TileStore = field(repr=False)
    published: Published = field(repr=False)
    minimum: int
    until: int

    @property
    def files(self) -> int:
        """A tile and a bundle each, if they are all there."""
        return 2 * ((self.until - self.minimum) // WIDTH)


async def plan(tlog: Tlog, before: int, kept: timedelta) -> Plan:
    """What may be pruned of the entries before this position: whole tiles, never the last whole one, none
    that was recorded within `kept`. Raises PruneRefused, NotOpened, TlogUnavailable."""
    log = open_log_of(await tlog.record.logs())
    if log is None:
        raise NotOpened
    tiles = tlog.tiles(log.number)
    published = await tlog.checkpoints.newest(log.origin)
    if published is None or before - 1 > published.size:
        size = published.size if published else 0
        raise PruneRefused(
            f"Only what is attested can be pruned: the newest checkpoint covers {size:,} positions, and"
            f" everything before {before:,} was asked for."
        )
    minimum = await _minimum(tiles, published.size)
    last_whole = published.size // WIDTH - 1
    until = max(minimum, min((before - 1) // WIDTH, last_whole) * WIDTH)
    if until > minimum:
        await _old_enough(tlog, minimum, until, kept)
    return Plan(log.number, tiles, published, minimum, until)


async def bytes_about(pruning: Plan) -> int:
    """How much the plan's tiles and bundles take, by some of them."""
    indexes = range(pruning.minimum // WIDTH, pruning.until // WIDTH)
    paths = [Tile(0, index).entries_path for index in indexes[:: max(1, len(indexes) // LOOKED_AT)]]
    sizes = [len(content or b"") for content in await read_all(pruning.tiles, paths)]
    return len(indexes) * (WIDTH * 32 + sum(sizes) // max(1, len(sizes)))


async def _minimum(tiles: TileStore, size: int) -> int:
    try:
        minimum = minimum_in(await tiles.get(MINIMUM))
    except MinimumBroken as broken:
        raise PruneRefused(f"Nothing is pruned: {broken}. {_put_right()}") from None
    if minimum > size:
        raise PruneRefused(
            f"Nothing is pruned: {MINIMUM} of the tile store is {minimum:,}, and the newest checkpoint covers"
            f" {size:,} positions: somebody wrote it by hand. {_put_right()}"
        )
    return minimum


def _put_right() -> str:
    return (
        f"Write every tile again and begin anew with `hoso tlog rebuild --pruned`, which sets {MINIMUM} to 0."
    )


async def _old_enough(tlog: Tlog, minimum: int, until: int, kept: timedelta) -> None:
    """The times of recording never go back along positions."""
    now, _ = await tlog.record.recorder.clock()
    last = await _recorded_at(tlog, until)
    if last <= now - kept:
        return
    few, many = minimum // WIDTH, until // WIDTH
    while many - few > 1:
        middle = (few + many) // 2
        if await _recorded_at(tlog, middle * WIDTH) <= now - kept:
            few = middle
        else:
            many = middle
    allowed = few * WIDTH
    instead = f"--before {allowed + 1}" if allowed > minimum else "nothing that is still there"
    raise PruneRefused(
        f"Nothing is pruned: position {until:,} was recorded on {told_at(last)}, and what was recorded within"
        f" the last {kept.days:,} days stays published (HOSO_TLOG_KEPT_DAYS). Now this allows {instead}."
    )


async def _recorded_at(tlog: Tlog, position: int) -> datetime:
    rows = await tlog.record.recorder.events_after(position - 1, 1)
    if not rows or rows[0].position != position:
        raise PruneRefused(f"Nothing is pruned: there is no event at position {position:,}. {REBUILD}")
    return rows[0].recorded_at


async def read_all(tiles: TileStore, paths: Sequence[str]) -> list[bytes | None]:
    """Some at once, in their order. Raises TlogUnavailable."""
    found: list[bytes | None] = []
    for start in range(0, len(paths), AT_ONCE):
        found += await asyncio.gather(*map(tiles.get, paths[start : start + AT_ONCE]))
    return found
