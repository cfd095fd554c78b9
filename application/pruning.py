"""Tiles of level 0 and bundles of an attested past taken out of the tile store: moved to an archive, or
deleted, since the log gives each of them back.

A stretch at a time: compared with what the log gives, byte for byte, and with the tiles above; in the archive
and synced; the minimum index raised, synced; only then removed. Killed anywhere, the next run finishes what
lies below the minimum and goes on. An attester may be at work: it looks at no full tile of level 0 but the
last one, which always stays, and writes none below the head.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from application.attesting import Reached, nothing
from application.growing import GrowingTree, LeafDiffers
from application.pruning_plan import REBUILD, Plan, PruneRefused, read_all
from application.tlog import Tlog
from application.tlog_ports import TileConflict, TileStore
from application.tree_reading import LeavesMissing, Progress, TreeReader, silent
from domain.tiles import WIDTH, Edge, Tile

STRETCH = 32 * WIDTH
"""Leaves whose tiles are moved at a time."""
TAKE_SECONDS = 2.0


class Alone(Protocol):
    """Whose turn it is to prune or rebuild, one process of a ledger at a time (`attested.Turn` has it)."""

    async def take(self, seconds: float) -> bool: ...

    async def held(self) -> bool: ...

    async def give_up(self) -> None: ...


@dataclass(slots=True)
class Pruned:
    """`files`: tiles and bundles that were there and are not any more; `minimum`: the index now."""

    minimum: int
    files: int = 0
    bytes: int = 0


@asynccontextmanager
async def alone(turn: Alone) -> AsyncIterator[None]:
    """Nobody else prunes or rebuilds. Raises PruneRefused, Unavailable."""
    if not await turn.take(TAKE_SECONDS):
        raise PruneRefused("Another `hoso tlog prune` or `rebuild` is at work: wait until it has ended.")
    try:
        yield
    finally:
        await turn.give_up()


async def prune(
    tlog: Tlog,
    pruning: Plan,
    archive: TileStore | None,
    turn: Alone,
    progress: Progress = silent,
    reached: Reached = nothing,
) -> Pruned:
    """Do it, `alone` (the caller has the turn). `archive` None: deleted. Raises PruneRefused,
    TlogUnavailable."""
    await _upper_tiles_fit(tlog, pruning)
    mover = _Mover(tlog, pruning, archive, turn, reached)
    at = pruning.minimum
    while at and await mover.left_behind(max(0, at - STRETCH), at):  # by a run that was killed
        at = max(0, at - STRETCH)
    total = pruning.until - pruning.minimum
    for start in range(pruning.minimum, pruning.until, STRETCH):
        end = min(start + STRETCH, pruning.until)
        await mover.move(start, end)
        progress(end - pruning.minimum, total)
    return mover.done


class _Mover:
    def __init__(
        self, tlog: Tlog, pruning: Plan, archive: TileStore | None, turn: Alone, reached: Reached
    ) -> None:
        self._tlog = tlog
        self._tiles = pruning.tiles
        self._size = pruning.published.size
        self._archive = archive
        self._turn = turn
        self._reached = reached
        self.done = Pruned(pruning.minimum)

    async def left_behind(self, start: int, end: int) -> bool:
        """Finish below the minimum; whether anything was there."""
        found = await self._found(start, end)
        if any(content is not None for content in found.values()):
            await self._moved(start, end, found)
            return True
        return False

    async def move(self, start: int, end: int) -> None:
        """Raise the minimum to `end`."""
        await self._moved(start, end, await self._found(start, end))

    async def _found(self, start: int, end: int) -> dict[str, bytes | None]:
        tiles = [Tile(0, index) for index in range(start // WIDTH, end // WIDTH)]
        paths = [path for tile in tiles for path in (tile.path, tile.entries_path)]
        return dict(zip(paths, await read_all(self._tiles, paths), strict=True))

    async def _moved(self, start: int, end: int, found: dict[str, bytes | None]) -> None:
        made = await self._as_the_log_gives(start, end)
        for path, content in made.items():
            if path in found and found[path] not in (None, content):
                raise _differs(path)
        if self._archive is not None:
            try:
                await self._archive.put([(path, made[path]) for path in found])
            except TileConflict as conflict:
                raise PruneRefused(
                    f"{conflict.path} of the archive has other content than the log: somebody wrote it."
                    " Look at it, or name another folder in --to. Nothing more was moved."
                ) from None
            self._reached("archived")
        if not await self._turn.held():  # so that nobody lowers what another has raised
            raise PruneRefused("The connection to the database was lost: run this again to go on.")
        if end > self.done.minimum:
            await self._tiles.set_minimum(end)
            self.done.minimum = end
            self._reached("minimum")
        there = {path: content for path, content in found.items() if content is not None}
        await self._tiles.remove(list(there))
        self._reached("removed")
        self.done.files += len(there)
        self.done.bytes += sum(map(len, there.values()))

    async def _as_the_log_gives(self, start: int, end: int) -> dict[str, bytes]:
        """The tiles and bundles of level 0, once all above them were found to be what the log gives too."""
        tree = GrowingTree(await self._edge(start))
        made: dict[str, bytes] = {}
        try:
            while tree.size < end:
                entries = await self._tlog.leaves.entries_after(tree.size, end - tree.size)
                if not entries:
                    raise LeavesMissing(tree.size)
                made.update(tree.add(entries))
        except LeafDiffers as differs:
            raise PruneRefused(
                f"Nothing more is pruned: the stored leaf of position {differs.position:,} does not cover"
                f" what is stored there, and its tile may be what is right. {REBUILD}"
            ) from None
        except LeavesMissing as gap:
            raise PruneRefused(f"Nothing more is pruned: {gap}. {REBUILD}") from None
        above = [path for path in made if not path.startswith(("tile/0/", "tile/entries/"))]
        for path, content in zip(above, await read_all(self._tiles, above), strict=True):
            if content != made[path]:
                raise _differs(path)
        at_end = await self._edge(end)
        for (tile, content), (path, grown) in zip(at_end.partials(), tree.partials(), strict=True):
            if content != grown:
                raise _differs(f"{path} ({tile.whole().path})")
        return made

    async def _edge(self, size: int) -> Edge:
        """From the tiles above level 0 alone."""
        return await _edge_of(self._tlog, self._tiles, size, self._size)


async def _edge_of(tlog: Tlog, tiles: TileStore, size: int, within: int) -> Edge:
    reader = TreeReader(tiles, tlog.leaves)
    try:
        edge = await reader.edge(size, within)
    except (TileConflict, LeavesMissing) as wrong:
        raise PruneRefused(f"Nothing more is pruned: {wrong}. {REBUILD}") from None
    if reader.rebuilt:
        raise PruneRefused(
            "Nothing more is pruned: tiles that are needed to prove what was pruned are missing. Write them"
            " again with `hoso tlog rebuild`."
        )
    return edge


async def _upper_tiles_fit(tlog: Tlog, pruning: Plan) -> None:
    published = pruning.published
    edge = await _edge_of(tlog, pruning.tiles, published.size, published.size)
    if edge.root() != published.root:
        raise PruneRefused(
            f"Nothing is pruned: the tiles do not give the root of the checkpoint of {published.size:,}."
            f" {REBUILD}"
        )


def _differs(path: str) -> PruneRefused:
    return PruneRefused(
        f"Nothing more is pruned: {path} of the tile store is missing or not what the log gives. {REBUILD}"
    )
