"""The pass of an audit that looks at bytes alone: every leaf made again from what is stored, a page at a
time, and put into the tree. What facts say is not read, so that minutes do where the whole audit takes hours.
"""

from __future__ import annotations

from collections.abc import Callable

from application.audit_findings import Findings
from application.audit_tree import TreeAuditor
from application.leaf import entry
from application.leaf_pages import leaf_pages
from application.leaf_ports import LeafRows


class LeafAuditor:
    """`reached`: the position up to which it came; `read`: how many events there were."""

    def __init__(self, rows: LeafRows, tree: TreeAuditor, findings: Findings, after: int) -> None:
        self._rows = rows
        self._tree = tree
        self._findings = findings
        self.reached = after
        self.read = 0

    async def run(self, until: int, progress: Callable[[int], None] = lambda read: None) -> None:
        """Up to this position; `progress` is told how many events were read."""
        async for page in leaf_pages(self._rows, self.reached, until):
            if not page.sound or (self._tree.size != page.after and self._tree.ends_at is None):
                await self._singly(page.after, page.through)
            else:
                await self._tree.take(page.leaves, page.entries)
                self.read += len(page.leaves)
            self.reached = page.through
            progress(self.read)

    async def _singly(self, after: int, through: int) -> None:
        """The rows of a page in which something is wrong."""
        stored = await self._rows.stored(after, through)
        expected = after + 1
        for row in stored:
            if row.position != expected:
                self._findings.order(row, expected)
            expected = row.position + 1
        if expected <= through:
            self._findings.missing(expected, through)
        await self._tree.page(stored, [entry(row) for row in stored])
        self.read += len(stored)
