"""The audit of files: each one that a fact names is in the file store. Its bytes are read by `hoso files
check`, which takes longer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from application.audit_findings import Findings
from application.ports import StoredFact

AT_ONCE: Final = 16
HasFile = Callable[[str], Awaitable[bool]]


async def check_files(names: Sequence[tuple[str, StoredFact]], has_file: HasFile, findings: Findings) -> None:
    """Look for the files that the facts of a page name, some at once. Raises FilesUnavailable."""
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        there = await asyncio.gather(*(has_file(file) for file, _ in some))
        for (file, stored), is_there in zip(some, there, strict=True):
            if not is_there:
                findings.add(
                    "file",
                    f"position {stored.position} names the file {file}, which the file store does not have",
                    stored,
                )
