"""One command that decides something for each of many lines: every line with its own outcome, on one moment
at a time, appended together.

A line that is refused leaves the others as they are. The command stands with the first item recorded; given
again, what it had recorded is found by its time and its actor, and what a stop left is done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from application.handovers import Handovers
from application.ledger import Command
from application.moment import TRIES, Moment
from application.ports import HourPassed, Item, NewerFacts, Overloaded, Receipt, StaleVersion
from application.refusals import Refusal, Refused
from domain.facts import Actor, Aggregate, Fact

CHUNK = 250
MOST = 1_000
"""Lines of one call."""
BEFORE = "before"
"""The word of what stood there already, by this command or another."""

TLine = TypeVar("TLine")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line. `word`: what was done, `before`, or `refused` with its error."""

    word: str
    position: int = 0
    error: Refused | Refusal | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What a line records, all or none, and the further streams that it was decided on."""

    aggregates: tuple[Aggregate, ...]
    streams: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """One try: on this moment, by a command first given at `begun` (by `actor`, if it was given before)."""

    moment: Moment
    begun: datetime
    actor: Actor | None

    def own(self, fact: Fact | None) -> bool:
        """Whether this command recorded the fact when it was given before."""
        return (
            fact is not None and fact.envelope.actor == self.actor and fact.envelope.occurred_at == self.begun
        )


Judge = Callable[[Turn, Sequence[TLine]], Awaitable[Sequence[Outcome | Decided]]]
"""A verdict for each line; may raise what refuses the command as a whole."""


async def record_each(
    office: Handovers, lines: Sequence[TLine], judge: Judge[TLine], word: str, command: Command | None = None
) -> list[Outcome]:
    """The outcome of each line (1,000 at most), in their order. Raises what `judge` raises, KeyReused,
    Overloaded."""
    run = await _run(office, word, command)
    outcomes: dict[int, Outcome] = {}
    for start in range(0, len(lines), CHUNK):
        left = list(range(start, min(start + CHUNK, len(lines))))
        for _ in range(TRIES):
            if not left:
                break
            moment = await office.reader.moment(fresh=True)
            run.begun = run.begun or moment.now
            verdicts = await judge(Turn(moment, run.begun, run.actor), [lines[i] for i in left])
            decided: dict[int, Decided] = {}
            for i, verdict in zip(left, verdicts, strict=True):
                if isinstance(verdict, Outcome):
                    outcomes[i] = verdict
                else:
                    decided[i] = verdict
            left = await _append(office, moment, run, decided, outcomes)
        if left:
            raise Overloaded(retry_after=1)
    return [outcomes[i] for i in range(len(lines))]


@dataclass(slots=True)
class _Run:
    word: str
    command: Command | None
    begun: datetime | None = None
    actor: Actor | None = None


async def _run(office: Handovers, word: str, command: Command | None) -> _Run:
    repeated = await office.ledger.repeated(command)
    if repeated is None:
        return _Run(word, command)
    facts = await office.ledger.facts_of([repeated.versions[0][0]])
    first = next(r.fact for r in facts if repeated.first <= r.position <= repeated.last)
    return _Run(word, None, first.envelope.occurred_at, first.envelope.actor)


async def _append(
    office: Handovers, moment: Moment, run: _Run, decided: dict[int, Decided], outcomes: dict[int, Outcome]
) -> list[int]:
    """Append what was decided; the lines to decide again, since something came between."""
    items: dict[int, Item] = {}
    for i, one in decided.items():
        items[i] = await office.ledger.item(
            *one.aggregates,
            command=None if items else run.command,
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer(one.streams),
        )
    again: list[int] = []
    for i, outcome in zip(items, await office.ledger.recorder.append_many(list(items.values())), strict=True):
        if isinstance(outcome, Receipt) and not outcome.repeated:
            run.command = None
            outcomes[i] = Outcome(run.word, outcome.last)
        elif isinstance(outcome, (Receipt, NewerFacts, HourPassed, StaleVersion)):
            if isinstance(outcome, Receipt):
                run.command = None  # the same command is being recorded beside this one
            again.append(i)
        else:
            raise outcome
    return again
