"""The minimum index of a log (C2SP tlog-tiles, Pruning): which tiles of level 0 and bundles may be gone.

It lies in the tile store as `minimum`, a decimal number, always a whole number of tiles. Tiles above level 0
stay for ever: with them and 256 leaves of the log everything can still be proved.
"""

from __future__ import annotations

import re

from application.tlog_ports import MINIMUM, TileStore
from domain.tiles import WIDTH

MOST_DIGITS = 19
BOTTOM = re.compile(r"tile/(?:0|entries)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/[0-9]+)?")
SHOWN = 40


class MinimumBroken(ValueError):
    """What lies there is no minimum index that this program wrote; the text says what it is."""


def minimum_in(content: bytes | None) -> int:
    """0 where nothing was pruned. Raises MinimumBroken."""
    if content is None:
        return 0
    digits = content.strip()
    if not digits.isdigit() or len(digits) > MOST_DIGITS:
        raise MinimumBroken(f"{MINIMUM} of the tile store is no number: {content[:SHOWN]!r}")
    if int(digits) % WIDTH:
        raise MinimumBroken(f"{MINIMUM} of the tile store is {int(digits)}, which ends no tile of {WIDTH}")
    return int(digits)


async def minimum_of(tiles: TileStore) -> int:
    """The index of the first leaf that must be published; 0 also for what cannot be meant, since that excuses
    nothing. Raises TlogUnavailable."""
    try:
        return minimum_in(await tiles.get(MINIMUM))
    except MinimumBroken:
        return 0


def may_be_gone(path: str, minimum: int) -> bool:
    """Whether this is a tile of level 0, whole or partial, or a bundle, that ends at or before `minimum`."""
    found = BOTTOM.fullmatch(path)
    if found is None:
        return False
    return (int(re.sub("[x/]", "", found[1])) + 1) * WIDTH <= minimum
