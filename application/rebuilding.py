"""Tiles and bundles that are missing written again from the log, as far as the signed head covers it. One
that is there with other bytes is named and left as it is: a person moves it away. What was pruned stays away,
unless it is asked for: then nothing is pruned any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from application.growing import PAGE, GrowingTree, HistoryDiffers, Objects
from application.head_check import Standing
from application.pruned import may_be_gone, minimum_of
from application.tlog import NotOpened, Tlog
from application.tlog_ports import MINIMUM, TileStore
from application.tree_reading import LeavesMissing, Progress, TreeReader, silent
from domain.tiles import Edge

MOST_NAMED = 100


@dataclass(slots=True)
class Rebuilt:
    """`size`: of the tree; `there`: tiles and bundles that were right; `written`: those that were missing;
    `wrong`: how many hold something else, the paths of the first ones in `named`; `minimum`: the first leaf
    whose tile of level 0 was looked at."""

    size: int
    minimum: int = 0
    there: int = 0
    written: int = 0
    wrong: int = 0
    named: list[str] = field(default_factory=list)


async def rebuild(
    tlog: Tlog, standing: Standing, progress: Progress = silent, *, pruned: bool = False
) -> Rebuilt:
    """Look at every tile of the head's tree; with `pruned` at those below the minimum index too, which is 0
    afterwards. Raises Stands where the log does not give the head's root."""
    log, size = standing.log, standing.edge.size
    if log is None:
        raise NotOpened
    tiles = tlog.tiles(log.number)
    done = Rebuilt(size, 0 if pruned else await minimum_of(tiles))
    whole = Edge()
    await TreeReader(tiles, tlog.leaves, lambda read, _: progress(read, 2 * size)).grow(whole, size)
    if whole.root() != standing.edge.root():  # before a tile of another history is written
        raise HistoryDiffers(size)
    tree = GrowingTree(Edge())
    while tree.size < size:
        page = await tlog.leaves.entries_after(tree.size, min(PAGE, size - tree.size))
        if not page:
            raise LeavesMissing(tree.size)
        await _put_missing(tiles, tree.add(page), done)
        progress(size + tree.size, 2 * size)
    await _put_missing(tiles, tree.partials(), done)
    if pruned and await tiles.get(MINIMUM) is not None:  # once all is there
        await tiles.set_minimum(0)
    return done


async def _put_missing(tiles: TileStore, objects: Objects, done: Rebuilt) -> None:
    missing: Objects = []
    for path, content in objects:
        if may_be_gone(path, done.minimum):
            continue
        found = await tiles.get(path)
        if found is None:
            missing.append((path, content))
        elif found == content:
            done.there += 1
        else:
            done.wrong += 1
            if len(done.named) < MOST_NAMED:
                done.named.append(path)
    await tiles.put(missing)
    done.written += len(missing)
