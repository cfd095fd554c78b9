"""The audit's pass in the order of positions: each one once, times never going back, leaves and the tree over
them, bytes that can be read, and the files that they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from application.audit_files import FileAuditor, Naming, subject_of
from application.audit_findings import Findings
from application.audit_known import Known
from application.audit_postings import check_posting
from application.audit_tree import TreeAuditor
from application.leaf import entry
from application.ports import Codec, StoredFact
from domain.facts import Fact, Recorded
from domain.files import files_of


class PositionAuditor:
    """Takes page after page. `reached`: the last position that was read; `dense`: the last one up to which
    none is missing."""

    def __init__(
        self,
        codec: Codec,
        findings: Findings,
        tree: TreeAuditor,
        files: FileAuditor,
        known: Known,
        after: int,
    ) -> None:
        self._codec = codec
        self._findings = findings
        self._tree = tree
        self._files = files
        self._known = known
        self._last_time: datetime | None = None
        self.reached = after
        self.dense = after
        self.read = 0

    async def page(self, page: Sequence[StoredFact]) -> None:
        names: list[Naming] = []
        for stored in page:
            self._order(stored)
            recorded = self._decoded(stored)
            if recorded is not None:
                check_posting(recorded, self._known.organisation, self._findings)
                self._known.take(recorded, stored, self._findings)
                names += [(file, stored, subject_of(recorded.fact)) for file in files_of(recorded.fact)]
        await self._tree.page(page, [entry(stored) for stored in page])
        await self._files.check(names)
        self.read += len(page)

    def _order(self, stored: StoredFact) -> None:
        expected = self.reached + 1
        if stored.position != expected:
            self._findings.order(stored, expected)
        elif self.dense == self.reached:
            self.dense = stored.position
        self.reached = stored.position
        if self._last_time is not None and stored.recorded_at < self._last_time:
            self._findings.add("time", f"position {stored.position} is dated before the one ahead", stored)
        self._last_time = stored.recorded_at

    def _decoded(self, stored: StoredFact) -> Recorded[Fact] | None:
        try:
            recorded = self._codec.decode(stored)
        except Exception as problem:  # whatever a damaged payload raises is a finding, and the audit goes on
            says = f"the payload of position {stored.position} cannot be read: {problem}"
            self._findings.add("bytes", says, stored)
            return None
        if stored.category != recorded.fact.CATEGORY:
            says = f"position {stored.position} has another stream's category"
            self._findings.add("category", says, stored)
        return recorded

    def state(self) -> dict[str, Any]:
        """As primitives, for `goes_on`: what is known of the organisation is read again."""
        return {"reached": self.reached, "dense": self.dense, "read": self.read}

    def goes_on(self, state: Mapping[str, Any] | None, time: datetime | None) -> None:
        """Go on from what an interrupted audit left, if any; the event before was recorded at this time."""
        if state is not None:
            self.reached, self.dense, self.read = state["reached"], state["dense"], state["read"]
        self._last_time = time
