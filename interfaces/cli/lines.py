"""Commands that decide something for each line of a file: a line per fault, with its number, and the rest
goes on. Blocks of the file are held in memory, never the whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar
from uuid import UUID

from application.each import MOST, Outcome
from application.refusals import NotFound, Refusal, Refused
from interfaces.cli.errors import told
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call
from interfaces.wiring import table_rows

SHOWN_FAULTS = 40

TLine = TypeVar("TLine")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file by its number, its cells without blanks around them."""

    number: int
    cells: tuple[str, ...]


def rows_of(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The lines of a file whose first line names these columns. Raises FileProblem."""
    for number, values in table_rows(path, columns):
        yield Row(number, tuple(values[column].strip() for column in columns))


async def dossier_named(call: Call, named: str) -> UUID:
    """The dossier with this code or id. NotFound."""
    found = await call.services.ledger.find("dossier_code", named)
    if found is None:
        try:
            found = UUID(named)
        except ValueError:
            raise NotFound(
                "unknown_dossier", f"no dossier has the code {named}: check it against the slip"
            ) from None
    return found


@dataclass(slots=True)
class Told:
    """What became of every line so far. `faults`: (line, dossier, sentence)."""

    counts: Counter[str] = field(default_factory=Counter)
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[int, str, str]] = field(default_factory=list)
    position: int = 0

    def add(self, call: Call, line: int, dossier: str, outcome: Outcome) -> None:
        self.counts[outcome.word] += 1
        self.position = max(self.position, outcome.position)
        said = told(outcome.error, call.language) if outcome.error else None
        if said is not None:
            self.faults.append((line, dossier, said.sentence))
        self.outcomes.append(
            {
                "line": line,
                "dossier": dossier,
                "outcome": outcome.word,
                "problem": {"code": said.code, "message": said.sentence} if said else None,
            }
        )

    def done(self, act: UUID, word: str) -> Done:
        """How many lines had which outcome, and the faults; exit code 1 where there were some."""
        counts = {word: 0, "before": 0, "refused": 0} | dict(self.counts)
        outcomes = sorted(self.outcomes, key=lambda outcome: outcome["line"])
        said = {"handover": act, "position": self.position, "counts": counts, "outcomes": outcomes}
        before = f", {counts['before']:,} as it was before" if counts["before"] else ""
        refused = counts["refused"]
        faults = f"; {plural(refused, 'line')} refused, put them right and run it again" if refused else ""
        shown = (
            (table("Line", "Dossier", "Why", rows=list(self.faults[:SHOWN_FAULTS])),) if self.faults else ()
        )
        sentence = f"{plural(counts[word], 'dossier')} {word}{before}{faults}."
        return Done(said, sentence, shown, code=1 if refused else 0)


@dataclass(frozen=True, slots=True)
class ByLine(Generic[TLine]):
    """`read` makes of a row what is decided, and may refuse it; `decide` decides up to 1,000 at once."""

    call: Call
    read: Callable[[Row], Awaitable[TLine]]
    decide: Callable[[Sequence[TLine]], Awaitable[Sequence[Outcome]]]

    async def run(self, rows: Iterator[Row]) -> Told:
        """Decide all lines in their order, in blocks."""
        found = Told()
        block: list[tuple[Row, TLine]] = []
        for row in rows:
            try:
                block.append((row, await self.read(row)))
            except (Refused, Refusal) as refusal:
                found.add(self.call, row.number, row.cells[0], Outcome("refused", error=refusal))
            if len(block) == MOST:
                await self._block(found, block)
        await self._block(found, block)
        return found

    async def _block(self, found: Told, block: list[tuple[Row, TLine]]) -> None:
        if block:
            outcomes = await self.decide([line for _, line in block])
            for (row, _), outcome in zip(block, outcomes, strict=True):
                found.add(self.call, row.number, row.cells[0], outcome)
            self.call.working.at(sum(found.counts.values()))
            block.clear()
