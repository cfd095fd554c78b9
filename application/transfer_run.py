"""One run of a transfer: which version of a part, which share of its dossiers, and what became of each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from application.handovers import Handovers
from application.ledger import Command
from application.organisation import Organisation
from application.standing_back import Rest
from application.statement import until
from domain.handed_over import stream_id
from domain.holding import Step, Steps


class Share(NamedTuple):
    """The `number`th of `of` equal shares of the dossiers, by their ids: the same dossiers whoever asks."""

    number: int
    of: int

    def has(self, dossier: UUID) -> bool:
        return self.of == 1 or dossier.int % self.of == self.number - 1


WHOLE = Share(1, 1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one dossier: `written` or `found` (at `position`), `not_moved` or `refused`."""

    dossier: UUID
    part_id: UUID
    part_version: int
    outcome: str
    position: int | None = None
    reason: str | None = None


@dataclass(slots=True)
class Tally:
    """One run over all versions of a part. `repeats`: the position from which on this same command has
    written before."""

    command: Command | None
    repeats: int | None
    tell: Callable[[Outcome], None]
    rest: Rest
    written: int = 0
    found: int = 0
    not_moved: int = 0
    refused: int = 0


@dataclass(slots=True)
class Listed:
    """The dossiers of which a version's transfer stands in the log, told in the order of their ids."""

    count: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, dossiers: Sequence[UUID]) -> None:
        self.count += len(dossiers)
        for dossier in dossiers:
            self.digest.update(dossier.bytes)


class Run:
    """One version of a part, one share of its dossiers."""

    def __init__(
        self, office: Handovers, organisation: Organisation, step: Step, tally: Tally, share: Share
    ) -> None:
        self.office = office
        self.organisation = organisation
        self.step = step
        self.steps: Steps = until(organisation, step)
        self.tally = tally
        self.share = share
        self.refused = 0
        self.listed = Listed()
        self.block: list[UUID] = []
        """Those of the block at work that stand in the log."""
        self.look = True
        """Whether to look for what was stated before; an append finds it too, but later."""

    def stream(self, dossier: UUID) -> UUID:
        return stream_id(self.step.part_id, self.step.part_version, dossier, self.step.hour)

    def tell(
        self, dossier: UUID, outcome: str, position: int | None = None, reason: str | None = None
    ) -> None:
        """Count one dossier's outcome and pass it on."""
        if outcome == "found" and self.tally.repeats is not None and (position or 0) >= self.tally.repeats:
            outcome = "written"
        setattr(self.tally, outcome, getattr(self.tally, outcome) + 1)
        if outcome == "refused":
            self.refused += 1
        elif outcome != "not_moved":
            self.block.append(dossier)
        self.tally.tell(Outcome(dossier, *self.step.key, outcome, position, reason))

    def block_ends(self) -> None:
        self.block.sort()
        self.listed.add(self.block)
        self.block = []
