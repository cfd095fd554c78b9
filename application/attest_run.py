"""The attesting process: rounds for ever, one process of a ledger at a time.

A round begins when something was recorded and HOSO_ATTEST_SECONDS passed since the last one, or at once when
10,000 entries wait. Whatever keeps it from attesting is told to all processes, every few seconds, and tried
again: appends go on meanwhile, and the turn is given up, so that `hoso tlog recover` can take it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from application.attested import Attested, Turn
from application.attesting import MOST, Attester, Reached, nothing
from application.head_check import HeadRefused, check_head
from application.ports import LedgerError
from application.tlog import Stands, Tlog
from application.tlog_ports import CheckpointConflict, Cosigner, HeadMoved, TileConflict, TlogUnavailable
from application.tree_reading import LeavesMissing, Progress, silent

BEAT_SECONDS = 2.0
RETRY_SECONDS = 5.0
LOOK_SECONDS = 0.1
"""How often it is looked whether something waits, or enough for a round before its time. The log's bell would
ring at every append, and hearing it costs more than the attesting."""

LOOKS = 10
"""So many times, before the turn is looked at again and all are told."""

KEEPS_FROM = (
    HeadRefused,
    Stands,
    TileConflict,
    HeadMoved,
    CheckpointConflict,
    TlogUnavailable,
    LeavesMissing,
    LedgerError,
)
"""What keeps the process from attesting, and is tried again. Anything else is a defect and ends it."""

log = logging.getLogger("hoso.tlog")


class AttestRun:
    """`run` until cancelled. `seconds`: HOSO_ATTEST_SECONDS."""

    def __init__(
        self,
        tlog: Tlog,
        cosigner: Cosigner,
        turn: Turn,
        *,
        seconds: float,
        quorum_required: bool = False,
        reached: Reached = nothing,
        progress: Progress = silent,
    ) -> None:
        self._tlog = tlog
        self._cosigner = cosigner
        self._turn = turn
        self._seconds = seconds
        self._quorum_required = quorum_required
        self._reached = reached
        self._progress = progress
        self._attested = Attested()
        self._told: str | None = None
        self._told_at = float("-inf")

    async def run(self) -> None:
        while True:
            try:
                if await self._turn.take(RETRY_SECONDS):
                    await self._work()
                continue
            except KEEPS_FROM as error:
                said = why(error)
                if said != self._attested.stands:
                    log.warning("nothing is attested: %s", said)
                self._attested.stands = said
            await self._stand()

    async def _work(self) -> None:
        """Until the turn is lost."""
        standing = await check_head(self._tlog, self._progress)
        attester = await Attester.open(
            self._tlog,
            self._cosigner,
            standing,
            quorum_required=self._quorum_required,
            reached=self._reached,
            progress=self._progress,
        )
        self._attested = attester.attested
        log.info("attesting from position %s on", attester.size)
        due = 0.0
        while await self._turn.held():
            behind = await self._tlog.record.recorded() - attester.size
            now = time.monotonic()
            if behind >= MOST or attester.unfinished or (behind > 0 and now >= due):
                due = now + self._seconds
                await attester.round()
                await self._tell()
                continue
            await self._tell()
            if behind > 0:
                await asyncio.sleep(min(due - now, LOOK_SECONDS))
            else:
                await self._quiet(attester.size)
        log.warning("another process may attest now: the connection that held the turn was lost")

    async def _quiet(self, size: int) -> None:
        """Until something was recorded, at most a second."""
        for _ in range(LOOKS):
            await asyncio.sleep(LOOK_SECONDS)
            if await self._tlog.record.recorded() > size:
                return

    async def _stand(self) -> None:
        with suppress(LedgerError):
            await self._turn.give_up()
        until = time.monotonic() + RETRY_SECONDS
        while time.monotonic() < until:
            with suppress(LedgerError):
                await self._tell()
            await asyncio.sleep(min(BEAT_SECONDS, RETRY_SECONDS))

    async def _tell(self) -> None:
        """What is new at once, and the same every few seconds."""
        now = time.monotonic()
        told = self._attested.told()
        if told != self._told or now - self._told_at >= BEAT_SECONDS / 2:
            await self._turn.tell(self._attested)
            self._told, self._told_at = told, now


def why(error: BaseException) -> str:
    """What keeps it from attesting, for the operator."""
    said = " ".join(str(error).split()) or type(error).__name__
    said = said[:1].upper() + said[1:]
    said = said if said.endswith(".") else f"{said}."
    if isinstance(error, TileConflict):
        return (
            f"{said} Either somebody wrote it, or two copies of this ledger share a store: run `hoso audit`,"
            " and where the log is sound move the wrong file away."
        )
    return said
