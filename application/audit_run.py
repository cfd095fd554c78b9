"""One audit from its beginning, or from where an interrupted one was, to its end.

Its state is kept as it goes: after a page of positions, or after streams that were judged. An audit that goes
on is of the log as it was when it began; what its answer depends on (program, options, the last position and
its leaf) has to be as it was, or it starts anew, which is said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from application.audit_checkpoints import MOST_EVENTS
from application.audit_dossiers import ShownDossiers
from application.audit_erasures import Erasures, check_keys, erasures_until
from application.audit_files import FileAuditor
from application.audit_findings import Findings
from application.audit_known import Known, known_until
from application.audit_leaves import LeafAuditor
from application.audit_logs import known_logs
from application.audit_outside import check_nothing_signed
from application.audit_ports import Progress
from application.audit_positions import PositionAuditor
from application.audit_prepare import Prepared, prepare
from application.audit_published import check_published
from application.audit_sources import Keeping, Left, Sources, Span, left_by
from application.audit_streams import StreamAuditor, streams_of
from application.audit_tiles import TileAuditor
from application.ports import LedgerError, Unavailable

EVENTS: Final = "Auditing events"
STREAMS: Final = "Auditing what they say"
LEAVES: Final = "Auditing the tree"
NOT_SHOWN_SECONDS: Final = 5.0
"""How long what is shown is waited for where the log has a hole, over which no read model gets."""


class Run:
    """`now`: the ledger's time; `head`: the last position that is covered; `said`: what the auditor has to
    know and is no finding."""

    def __init__(
        self, sources: Sources, span: Span, now: datetime, keeping: Keeping | None, progress: Progress
    ) -> None:
        self._sources = sources
        self._span = span
        self._keeping = keeping
        self._progress = progress
        self.now = now
        self.head = sources.scan.head if span.until is None else min(span.until, sources.scan.head)
        self.findings = Findings()
        self.said: list[str] = []
        self._files = FileAuditor(sources.store)
        self._left: Mapping[str, Any] = {}
        self._leaf = ""
        self._erasures = Erasures()

    async def all(self) -> tuple[PositionAuditor, StreamAuditor, Prepared]:
        """Every pass, and what is outside the log; `findings` and `said` say what came of it."""
        sources = self._sources
        await self._go_on()
        tree = self._left.get("tree")
        prepared = await prepare(sources, self._span, self.head, self.findings, self.said, tree)
        self._erasures = await erasures_until(sources.scan, sources.codec, self.head, self.findings)
        # The store is as it is now, whatever position is audited: what was erased since is rightly gone.
        later = self._erasures
        if self.head < sources.scan.head:
            later = await erasures_until(sources.scan, sources.codec, sources.scan.head, Findings())
        self._files.erased = later.subjects
        known, positions = await self._positions(prepared)
        streams = await self._streams(prepared, known, positions)
        if self.head == sources.scan.head:
            await check_keys(sources.scan, self._erasures, self.findings)
        await self._outside(prepared, positions.read)
        await self._read_models()
        self._files.report(self.findings)
        if self._keeping is not None:
            with suppress(OSError):
                self._keeping.keeper.forget()
        return positions, streams, prepared

    async def leaves(self) -> tuple[LeafAuditor, Prepared]:
        """What is stored against leaves and tree, and these against what is outside the log; nothing else."""
        prepared = await prepare(self._sources, self._span, self.head, self.findings, self.said, None)
        auditor = LeafAuditor(self._sources.scan, prepared.tree, self.findings, prepared.began)
        await auditor.run(self.head, lambda read: self._progress(LEAVES, read, self.head - prepared.began))
        await self._outside(prepared, auditor.read)
        self.said.append("what the facts say, files and read models were not looked at: `hoso audit` does")
        return auditor, prepared

    async def _go_on(self) -> None:
        """Find what an interrupted audit left."""
        scan = self._sources.scan
        if self._keeping is not None and self._keeping.resume:
            left = await left_by(self._keeping, self._depends(), scan)
            if isinstance(left, Left):
                self.head, self.now, self._left = left.head, left.now, left.parts
                self.findings.resumed(left.parts["findings"])
                self._files.resumed(left.parts["files"])
                position = left.parts["positions"]["reached"]
                self.said.append(f"it went on from position {position}, as of position {self.head}")
            else:
                self.said.append(left)
        elif self.head < scan.head and (last := await scan.recorded(self.head)):
            self.now = last[0]
        self._leaf = await self._leaf_at(self.head)

    async def _positions(self, prepared: Prepared) -> tuple[Known, PositionAuditor]:
        sources, scan = self._sources, self._sources.scan
        state = self._left.get("positions")
        after = state["reached"] if state else prepared.began
        known = await known_until(scan, sources.codec, after)
        auditor = PositionAuditor(
            sources.codec, self.findings, prepared.tree, self._files, known, prepared.began
        )
        before = await scan.recorded(after) if after else None
        auditor.goes_on(state, before[0] if before else None)
        if "streams" not in self._left:
            async for page in scan.by_position(after, self.head):
                await auditor.page(page)
                self._progress(EVENTS, auditor.reached - prepared.began, 2 * (self.head - prepared.began))
                await self._keep(prepared, auditor)
            if auditor.reached != self.head:
                says = f"the log ends at position {auditor.reached}, its head says {self.head}"
                self.findings.add("order", says)
        return known, auditor

    async def _streams(self, prepared: Prepared, known: Known, positions: PositionAuditor) -> StreamAuditor:
        sources, scan, began = self._sources, self._sources.scan, prepared.began
        shown = await self._shown(positions.dense)
        auditor = StreamAuditor(
            scan,
            sources.recorder,
            sources.codec,
            shown,
            sources.claim_value,
            known,
            self.findings,
            self.now,
            self.head,
            self._erasures,
        )
        if (state := self._left.get("streams")) is not None:
            auditor.resumed(state)
        rows = self.head - began
        async for stream in streams_of(scan.by_stream(began, self.head, auditor.after)):
            judged = await auditor.take(stream)
            self._progress(STREAMS, rows + auditor.positions, rows + max(rows, auditor.positions))
            if judged:
                await self._keep(prepared, positions, auditor)
        await auditor.judge()
        if not began and "streams" not in self._left:
            self._erasures.report(self.findings)
        if not began and self.head == scan.head:
            await auditor.sums()
        else:
            self.said.append("codes, stock and flow were not summed up: only a whole audit can")
        return auditor

    async def _shown(self, position: int) -> ShownDossiers | None:
        """What the view shows, once it includes this position: None where that cannot be compared."""
        shown, scan = self._sources.shown, self._sources.scan
        if shown is None:
            return None
        if self.head != scan.head:
            self.said.append(f"what is shown was not compared with what was recorded up to {self.head}")
            return None
        seconds = NOT_SHOWN_SECONDS if self.findings.of("order") else None
        try:
            async with asyncio.timeout(seconds):
                await shown.shown(position)
        except Unavailable:
            raise
        except Exception as problem:  # a view that was stopped, or a log that none can follow
            why = str(problem) or "it does not come as far as the log"
            self.findings.add("shown", f"what the view status shows was not compared: {why}")
            return None
        return shown

    async def _outside(self, prepared: Prepared, read: int) -> None:
        """What is left of the checkpoints, the head and the witnesses."""
        checkpoints, scan = prepared.checkpoints, self._sources.scan
        if self._sources.evidence is None:
            return
        next_size = await checkpoints.next_size()
        whole = self.head == scan.head
        if left := await checkpoints.rest(prepared.began + read if whole else scan.head):
            self.said.append(f"{left} checkpoints from size {next_size} on were not compared with the log")
        for origin, size, witness in await scan.orphaned():
            says = f"a cosignature of {witness} names a checkpoint of size {size} of {origin}"
            where = {"origin": origin, "size": size}
            self.findings.add("cosignature", f"{says} that is not on record", position=size, where=where)
        if prepared.log is None:
            lost = bool(checkpoints.logs.logs)
            which = "last log was lost, and none was opened since" if lost else "log was never opened"
            self.said.append(f"the ledger's {which}: nothing of it is attested")
            sources, evidence = self._sources, self._sources.evidence
            if (await known_logs(sources.recorder, sources.codec, evidence.ledger)).open is None:
                await check_nothing_signed(evidence, self.findings)
        elif prepared.outside is not None:
            newest = prepared.newest.size if prepared.newest else 0
            waiting = self.head - max(newest, prepared.log.opened)
            if whole and waiting > MOST_EVENTS:
                self.said.append(f"the last {waiting} events are not attested: see `hoso tlog status`")
            if prepared.tiles.minimum:
                self.said.append(_pruned(prepared.tiles))
            await prepared.outside.finish(prepared.tree, newest)
            if self.head == scan.head:
                outside = prepared.outside
                await check_published(
                    scan, outside.evidence, outside.logs, outside.log, newest, self.findings, self.said
                )

    async def _read_models(self) -> None:
        replay = self._sources.replay
        if replay is None:
            self.said.append("the read models were not compared with a replay of the log")
            return
        if self.findings.of("order"):
            self.said.append("the read models were not compared: the log has a hole, and cannot be replayed")
            return
        try:
            differences = await replay.compare(self._progress)
        except LedgerError:
            raise
        except Exception as problem:  # what a damaged log makes of it is a finding
            self.findings.add("view", f"the log could not be replayed: {problem}")
            return
        for one in differences:
            where = {"view": one.view, "table": one.table, "key": one.key}
            self.findings.add("view", one.says, where=where)

    async def _keep(
        self, prepared: Prepared, positions: PositionAuditor, streams: StreamAuditor | None = None
    ) -> None:
        keeping = self._keeping
        if keeping is None or not keeping.due():
            return
        parts = {
            "findings": self.findings.state(),
            "files": self._files.state(),
            "positions": positions.state(),
            "tree": prepared.state(),
        }
        if streams is not None:
            parts["streams"] = streams.state()
        reached = positions.reached
        leaves = [[self.head, self._leaf], [reached, await self._leaf_at(reached)]]
        state = {
            "depends": self._depends(),
            "head": self.head,
            "now": self.now.isoformat(),
            "leaves": [one for one in leaves if one[1]],
            "parts": parts,
        }
        try:
            keeping.keeper.save(state)
        except OSError as problem:  # an auditor may be without the right to write anything
            self.said.append(f"its state could not be kept, so it cannot be gone on with: {problem}")
            self._keeping = None

    async def _leaf_at(self, position: int) -> str:
        there = await self._sources.scan.recorded(position)
        return there[1].hex() if there else ""

    def _depends(self) -> dict[str, Any]:
        """What the answer depends on beside the log, by the word with which a change of it is told."""
        sources = self._sources
        compared = [sources.evidence is not None, sources.shown is not None, sources.replay is not None]
        program = self._keeping.program if self._keeping else ""
        ledger = str(sources.evidence.ledger) if sources.evidence else None
        return {
            "the program": program,
            "the ledger": ledger,
            "the options": [*self._span.named(), *compared],
        }


def _pruned(tiles: TileAuditor) -> str:
    """What the auditor has to know of tiles that are not published any more."""
    minimum = tiles.minimum
    says = f"tiles of level 0 and entries up to position {minimum} were pruned: the log itself was audited"
    if tiles.left:
        says += f"; {tiles.left} of these files lie there still: `hoso tlog prune --before {minimum + 1}`"
        says += " finishes that, unless somebody wrote `minimum` by hand"
    return says
