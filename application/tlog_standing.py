"""How the ledger's log stands to what outsiders have of it: recorded, signed, published, by which keys and
witnesses; nothing is changed and nothing is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from application.head_check import HeadRefused, check_head, read_head
from application.ports import LedgerError
from application.pruned import MinimumBroken, minimum_in
from application.tlog import Tlog
from application.tlog_ports import MINIMUM, LastCosignature, Published, TlogUnavailable
from application.tree_reading import Progress, silent
from domain.log_identity import Log, SigningKey
from domain.notes import NoteBroken


@dataclass(frozen=True, slots=True)
class TlogStanding:
    """`log`: the last one on record, None where none was opened; `head`: its origin and size as they lie in
    the head store, at `where`; `refused`: why log and head do not belong together; `here`: the ids of the
    keys that lie on this machine; `minimum`: up to which position tiles of level 0 were pruned, None where
    the tile store does not say."""

    recorded: int
    log: Log | None
    where: str
    head: tuple[str, int] | None
    refused: LedgerError | None
    published: Published | None
    cosigned: Sequence[LastCosignature]
    here: frozenset[str]
    minimum: int | None = 0

    @property
    def keys(self) -> tuple[SigningKey, ...]:
        return self.log.keys if self.log else ()


async def standing_of(tlog: Tlog, progress: Progress = silent) -> TlogStanding:
    """Raises Unavailable where the database cannot be read."""
    refused: LedgerError | None = None
    try:
        await check_head(tlog, progress)
    except HeadRefused as error:
        refused = error
    logs = await tlog.record.logs()
    log = logs[-1] if logs else None
    published = await tlog.checkpoints.newest(log.origin) if log else None
    cosigned = await tlog.checkpoints.cosigned(log.origin) if log else ()
    return TlogStanding(
        recorded=await tlog.record.recorded(),
        log=log,
        where=tlog.head.where,
        head=await _head(tlog),
        refused=refused,
        published=published,
        cosigned=cosigned,
        here=await _here(tlog),
        minimum=await _minimum(tlog, log) if log else 0,
    )


async def _minimum(tlog: Tlog, log: Log) -> int | None:
    try:
        return minimum_in(await tlog.tiles(log.number).get(MINIMUM))
    except (TlogUnavailable, MinimumBroken):
        return None


async def _head(tlog: Tlog) -> tuple[str, int] | None:
    try:
        content = await tlog.head.read()
        head = read_head(content) if content is not None else None
    except (TlogUnavailable, NoteBroken):  # said in `refused`
        return None
    return (head.checkpoint.origin, head.checkpoint.size) if head else None


async def _here(tlog: Tlog) -> frozenset[str]:
    try:
        return frozenset(key.key_id.hex() for key in await asyncio.to_thread(tlog.signer.keys))
    except TlogUnavailable:
        return frozenset()
