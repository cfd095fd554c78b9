"""The audit of what was attested: each checkpoint on record against the root that the log gives at its size,
its note against its row, its signatures by keys that were on record then, its cosignatures, and that there is
one for every 10,000 events since the log was opened.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from application.audit_findings import Findings
from application.audit_logs import KnownLogs
from application.audit_signatures import SignatureAuditor
from application.tlog_rows import CheckpointRow
from domain.log_identity import Log
from domain.notes import Checkpoint

MOST_EVENTS: Final = 10_000
"""From one checkpoint to the next."""


@dataclass(slots=True)
class CheckpointAuditor:
    """`pages`: checkpoints in the order of sizes; `since`: the size from which the audit begins."""

    pages: AsyncIterator[Sequence[CheckpointRow]]
    logs: KnownLogs
    signatures: SignatureAuditor
    findings: Findings
    since: int = 0
    checkpoints: int = 0
    last: dict[str, int] = field(default_factory=dict)
    """The size of the last checkpoint of each log that was judged."""
    sound: int = 0
    """The size of the last one whose root the log gives."""
    _waiting: list[CheckpointRow] = field(default_factory=list)
    _over: bool = False

    async def next_size(self) -> int:
        """Of the next checkpoint that was not judged; where there is none, more than any log has."""
        if not self._waiting and not self._over:
            page = await anext(self.pages, None)
            self._over = page is None
            self._waiting = list(reversed(page or ()))
        return self._waiting[-1].size if self._waiting else 1 << 63

    def judge(self, size: int, root: bytes) -> None:
        """The next one, at its size: the log gives this root."""
        row = self._waiting.pop()
        self.checkpoints += 1
        log = self.logs.by_origin.get(row.origin)
        if log is None:
            self._says("checkpoint", row, f"is of {row.origin}, which is no log of this ledger")
            return
        self._gap(row, log)
        if row.root != root:
            expected, found = root.hex(), row.root.hex()
            says = f"has the root {found}; the log gives {expected}: the last one that fits is of size"
            self._says("root", row, f"{says} {self.sound}", expected=expected, found=found)
        else:
            self.sound = size
        self.signatures.judge(row, self.logs.keys_of(row.origin), Checkpoint(row.origin, row.size, row.root))

    def _gap(self, row: CheckpointRow, log: Log) -> None:
        """Those before the log was opened may be as far apart as they are."""
        before = max(self.last.get(row.origin, 0), log.opened, self.since)
        if row.size - before > MOST_EVENTS:
            says = f"comes {row.size - before} events after {before}"
            self._says("gap", row, f"{says}; there has to be one for every {MOST_EVENTS}")
        self.last[row.origin] = row.size

    async def rest(self, events: int) -> int:
        """What is left once the log was read to its end: those of more events than it has are named. How many
        there are besides, that the tree did not come to."""
        count = 0
        while await self.next_size() < 1 << 63:
            row = self._waiting.pop()
            if row.size <= events:
                count += 1
                continue
            says = f"covers more than the {events} events of the log: its end was cut, or it is another's"
            self._says("checkpoint", row, says, expected=f"at most {events}", found=str(row.size))
        return count

    def _says(self, kind: str, row: CheckpointRow, what: str, **more: Any) -> None:
        says = f"the checkpoint of size {row.size} of {row.origin} {what}"
        where = {"origin": row.origin, "size": row.size, **more}
        self.findings.add(kind, says, position=row.size, where=where)

    def state(self) -> dict[str, Any]:
        """As primitives, for `resumed`."""
        counted = {"checkpoints": self.checkpoints, "last": self.last, "sound": self.sound}
        return counted | {"signatures": self.signatures.state()}

    def resumed(self, state: Mapping[str, Any]) -> None:
        """Go on after an interrupted audit; `pages` are those after where it was."""
        self.checkpoints, self.sound = state["checkpoints"], state["sound"]
        self.last = dict(state["last"])
        self.signatures.resumed(state["signatures"])
