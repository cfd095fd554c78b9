"""The audit of files: each one that a fact names is in the file store. Its bytes are read by `hoso files
check`, which takes longer.

A store that cannot be looked at is one finding, and the audit of everything else goes on; so is a store that
was never made. A file that is not there is one finding, however many facts name it; one of somebody who was
erased has to be gone, and is one finding while it is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

from application.audit_findings import Findings
from application.file_ports import FilesUnavailable
from application.ports import StoredFact
from domain.facts import Fact, Sealed

KIND: Final = "file"
AT_ONCE: Final = 16
MOST_MISSING: Final = 100_000


class StoreLookedAt(Protocol):
    """What the audit needs of `application.file_ports.FileStore`."""

    async def look(self, *, used: bool) -> None: ...

    async def has(self, file: str) -> bool: ...


Naming = tuple[str, StoredFact, UUID | None]
"""A file, the fact that names it, and under whom that says it is sealed."""


def subject_of(fact: Fact) -> UUID | None:
    """Under whom the file that this fact names is sealed, where it says so."""
    content = getattr(fact, "content", None)
    return content.subject if isinstance(content, Sealed) else None


class _Missing(NamedTuple):
    """A file that is not there: the first fact that names it, and how many do."""

    position: int
    stream: UUID
    facts: int


class FileAuditor:
    """Looks for files as facts name them, page by page; `report` says at the end what is wrong."""

    def __init__(self, store: StoreLookedAt) -> None:
        self._store = store
        self._looked = False
        self._why_not: str | None = None
        self._missing: dict[str, _Missing] = {}
        self._not_kept = 0
        self.erased: Mapping[UUID, int] = {}
        """Subjects who were erased, whose files have to be gone, and since which position."""
        self._left: dict[str, tuple[int, UUID]] = {}

    async def check(self, names: Sequence[Naming]) -> None:
        """Look for the files that the facts of a page name, some at once."""
        if not names or self._why_not is not None:
            return
        try:
            if not self._looked:
                await self._store.look(used=True)
                self._looked = True
            for start in range(0, len(names), AT_ONCE):
                await self._look_for(names[start : start + AT_ONCE])
        except FilesUnavailable as problem:
            self._why_not = str(problem)

    async def _look_for(self, some: Sequence[Naming]) -> None:
        there = await asyncio.gather(*(self._store.has(file) for file, _, _ in some))
        for (file, stored, subject), is_there in zip(some, there, strict=True):
            if subject is not None and subject in self.erased:
                if is_there and len(self._left) < MOST_MISSING:
                    self._left[file] = self.erased[subject], subject
                continue
            if is_there:
                continue
            if file not in self._missing and len(self._missing) == MOST_MISSING:
                self._not_kept += 1
                continue
            first = self._missing.get(file) or _Missing(stored.position, stored.stream_id, 0)
            self._missing[file] = first._replace(facts=first.facts + 1)

    def report(self, findings: Findings) -> None:
        """Add what was found; last of all, so that files never crowd out what is wrong with the log."""
        if self._why_not is not None:
            findings.add(KIND, f"the files were not looked at: {self._why_not}")
        for file, (position, stream, facts) in self._missing.items():
            others = f", as {facts - 1} more do" if facts > 2 else ", as one more does" if facts == 2 else ""
            findings.add(
                KIND,
                f"position {position} names the file {file}{others}; the file store does not have it",
                position=position,
                stream=stream,
            )
        for file, (position, subject) in self._left.items():
            says = f"position {position} erased {subject}, whose file {file} the file store still has"
            findings.add("erasure", f"{says}: run `hoso erase finish --all`", position=position)
        if self._not_kept:
            findings.add(KIND, f"{self._not_kept} more namings of files that the file store does not have")

    def state(self) -> dict[str, Any]:
        """As primitives, for `resumed`."""
        missing = [[file, one.position, str(one.stream), one.facts] for file, one in self._missing.items()]
        left = [[file, position, str(subject)] for file, (position, subject) in self._left.items()]
        return {"why_not": self._why_not, "missing": missing, "not_kept": self._not_kept, "left": left}

    def resumed(self, state: Mapping[str, Any]) -> None:
        """Go on from what an interrupted audit had seen."""
        self._why_not, self._not_kept = state["why_not"], state["not_kept"]
        self._missing = {
            file: _Missing(position, UUID(stream), facts)
            for file, position, stream, facts in state["missing"]
        }
        self._left = {file: (position, UUID(subject)) for file, position, subject in state["left"]}
