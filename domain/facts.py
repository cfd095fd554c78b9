"""What every fact and every aggregate of the ledger is made of.

A *fact* is one recorded event: frozen, past tense, with an explicit `TOPIC`, its envelope (who, through
which posting, for which agency, when) and fields
that are primitives only. A fact is decided outside (an aggregate's method judges the rules, with the time
passed in) and assigned inside (`apply` on
the aggregate only copies). Facts satisfy the `eventsourcing` library's protocols (`originator_id`,
`originator_version`, `mutate`), so its mapper, event
store and repository accept them; they carry no library timestamp, since the ledger gives `recorded_at` when
it records.

Personal text is `Personal` before it is recorded and `Sealed` when read back; only a keyring opens a
`Sealed`, never the domain.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

from eventsourcing.domain import OriginatorIDError, OriginatorVersionError


class Category:
    """The kind of stream an event belongs to (smallint in the log). Below 100: facts that decide who may do
    what, who holds and until when; appends can
    demand that nothing newer was recorded in these."""

    LEDGER = 1
    UNIT = 2
    AGENCY = 3
    OFFICER = 4
    PROCEDURE = 5
    CALENDAR = 6
    HANDOVER_ACT = 7
    HANDOVER_PART = 8
    VOICE_LIMIT = 9
    LINKED_RULES = 10
    ERASURE = 11
    RETENTION = 12
    DOSSIER = 100
    CITIZEN = 101
    HANDED_OVER = 102
    PLACEMENT = 103
    COORDINATION = 104
    OBSTACLE = 105
    PAPERS = 106
    CERTIFICATE = 107
    VOICE = 108
    STORE = 109
    READING = 110
    LINKED = 111
    LOG = 112

    DECIDING: ClassVar[tuple[int, ...]] = (2, 3, 4, 5, 6, 7, 8, 9, 10)
    """What every command is decided on. Erasures and retention decide erasures alone: they are read, and
    demanded, there."""


@dataclass(frozen=True, slots=True)
class Personal:
    """Text from or about a person, in clear, on its way into the ledger. `subject` is whose key seals it."""

    subject: UUID
    text: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """Personal text as recorded. `salt` and `associated` are what opening needs beside the subject's key."""

    subject: UUID
    nonce: bytes
    ciphertext: bytes
    salt: bytes
    associated: bytes


PersonalText = Personal | Sealed


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. `kind`: officer, applicant, representative, portal, import or system. `id`: an id of ours
    or of the organisation's, never a name."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands with every fact: see docs/events.md. `holder` is the agency that holds the dossier once
    the fact is recorded (dossier facts only)."""

    actor: Actor
    occurred_at: datetime
    posting_id: UUID | None = None
    acting_agency: UUID | None = None
    holder: UUID | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One event of one stream. Subclasses add fields and set `TOPIC` and `CATEGORY`."""

    TOPIC: ClassVar[str]
    CATEGORY: ClassVar[int]

    originator_id: UUID
    originator_version: int
    envelope: Envelope

    def mutate(self, aggregate: Aggregate | None) -> Aggregate:
        """Apply to the aggregate, which must be at the version before this fact's (the library's contract
        for replay)."""
        assert aggregate is not None, "replay starts from an empty aggregate: Aggregate.empty(id)"
        if self.originator_id != aggregate.id:
            raise OriginatorIDError(self.originator_id, aggregate.id)
        if self.originator_version != aggregate.version + 1:
            raise OriginatorVersionError(self.originator_version, aggregate.version + 1)
        aggregate.apply(self)
        aggregate.version = self.originator_version
        return aggregate


TFact = TypeVar("TFact", bound=Fact)

ENVELOPE_FIELDS = frozenset(f.name for f in fields(Fact))


@dataclass(frozen=True, slots=True)
class Recorded(Generic[TFact]):
    """A fact with what the ledger gave it: its position, its `recorded_at` (aware, UTC) and its leaf hash."""

    fact: TFact
    position: int
    recorded_at: datetime
    leaf: bytes


class Aggregate:
    """State folded from one stream. Version 0 is 'nothing recorded yet'; the first fact is version 1.

    Decisions are methods that judge and then call `record`; `apply` assigns and never judges, since it runs
    on replay.
    """

    id: UUID
    version: int
    _pending: list[Fact]

    def __init__(self, id: UUID) -> None:
        self.id = id
        self.version = 0
        self._pending = []

    @classmethod
    def empty(cls, id: UUID) -> Self:
        return cls(id)

    def copy(self) -> Self:
        """The same as recorded, for a decision of its own. Containers are copied, what is in them is not; an
        aggregate whose containers hold containers says how."""
        assert not self._pending, "what is decided and not recorded belongs to one decision"
        copied = type(self).empty(self.id)
        for name, value in vars(self).items():
            setattr(copied, name, value.copy() if isinstance(value, dict | list | set) else value)
        return copied

    def apply(self, fact: Fact) -> None:
        raise NotImplementedError

    def record(self, fact_class: type[Fact], envelope: Envelope, **values: Any) -> None:
        """Make the next fact of this stream, apply it, and keep it until the ledger collects it."""
        fact = fact_class(
            originator_id=self.id, originator_version=self.version + 1, envelope=envelope, **values
        )
        fact.mutate(self)
        self._pending.append(fact)

    def replay(self, fact: Fact) -> None:
        fact.mutate(self)

    @property
    def pending_events(self) -> list[Fact]:
        return self._pending

    def collect_events(self) -> list[Fact]:
        """The facts made since the last collection (the library's name, so that its `Application.save`
        takes our aggregates)."""
        collected, self._pending = self._pending, []
        return collected
