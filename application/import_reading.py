"""An export as an import or a comparison reads it: to its end first, then in batches of a bounded size.

A file that cannot be read to its end, or whose cases cannot be told apart, is refused before anything is
recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice

from application.import_mapping import ImportMapping
from application.imported_text import dossier_code
from domain.dossier_code import check_acceptable
from domain.imported_case import ImportedCase
from domain.refusals import Refused

BATCH_CASES = 200
BATCH_STEPS = 2_000
MOST_CASES = 2_000_000
DIGEST_BYTES = 12

Read = Callable[[], Iterable[ImportedCase]]
Progress = Callable[[int, int], None]


class CaseRefused(ValueError):
    """A case of the file cannot be imported, so none is. `line`: where it begins."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file that was read to its end: its cases, at twelve bytes each."""

    _cases: frozenset[bytes] | set[bytes]

    def __len__(self) -> int:
        return len(self._cases)

    def has(self, case_id: str) -> bool:
        """Whether the file has this case."""
        return _digest(case_id) in self._cases


async def read_whole(read: Read, mapping: ImportMapping) -> WholeFile:
    """Read the file to its end. Raises what `read` raises, and CaseRefused."""
    seen: set[bytes] = set()
    cases = iter(read())
    while batch := await next_batch(cases):
        for case in batch:
            digest = _digest(case.case_id)
            if digest in seen:
                raise CaseRefused(case.line, f"the case {case.case_id!r} stands twice in the file")
            seen.add(digest)
            try:
                check_acceptable(dossier_code(case.case_id, mapping))
            except Refused as refused:
                raise CaseRefused(
                    case.line, f"the case id {case.case_id[:80]!r} makes no dossier code: {refused.rule.says}"
                ) from None
            if len(seen) > MOST_CASES:
                raise CaseRefused(case.line, f"more than {MOST_CASES} cases: split the file")
    return WholeFile(seen)


async def next_batch(cases: Iterator[ImportedCase]) -> list[ImportedCase]:
    """The next cases, some 200 or 2,000 steps; empty at the end. Other tasks go on meanwhile."""
    return await asyncio.to_thread(_batch, cases)


def _batch(cases: Iterator[ImportedCase]) -> list[ImportedCase]:
    batch: list[ImportedCase] = []
    steps = 0
    for case in islice(cases, BATCH_CASES):
        batch.append(case)
        steps += len(case.steps)
        if steps >= BATCH_STEPS:
            break
    return batch


def _digest(case_id: str) -> bytes:
    return blake2b(case_id.encode(), digest_size=DIGEST_BYTES).digest()
