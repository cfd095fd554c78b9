"""What an export says, whatever the format: which part of which log it is, under which checkpoint, and what
it counts; and what writers of files take. infra writes the files, `application.exporting` reads the log.

All times are aware UTC. Nothing here is personal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol
from uuid import UUID

Kind = Literal["string", "time", "integer", "float", "boolean"]
"""Types of attributes, as OCEL 2.0 names them."""
Value = str | int | float | bool | datetime


@dataclass(frozen=True, slots=True)
class Extent:
    """Positions `first` to `last` of a ledger's log. `origin`: the log's name, None where none was opened;
    `checkpoint`: the signed note of the smallest published checkpoint that covers `last`, None while there is
    none: then it is recorded and not attested. `size`, `root` (hex) and `signed_at` are that checkpoint's."""

    ledger: UUID
    first: int
    last: int
    origin: str | None = None
    checkpoint: str | None = None
    size: int | None = None
    root: str | None = None
    signed_at: datetime | None = None

    @property
    def attested(self) -> bool:
        return self.checkpoint is not None

    def stated(self) -> dict[str, Value | None]:
        """As files and answers name it; always the same members."""
        return {
            "ledger": str(self.ledger),
            "origin": self.origin,
            "from_position": self.first,
            "to_position": self.last,
            "attested": self.attested,
            "checkpoint_size": self.size,
            "checkpoint_root": self.root,
            "checkpoint_signed_at": self.signed_at,
            "checkpoint": self.checkpoint,
        }


@dataclass(slots=True)
class Counts:
    """What a file holds. `objects`: by type; `event_relations`: between an event and an object;
    `object_relations`: between two objects; `changes`: of objects' attributes, after their first values.
    `traces`: of XES; `opened` and `erased`: sealed values that were opened for the file, or can be no
    more."""

    events: int = 0
    objects: dict[str, int] = field(default_factory=dict)
    event_relations: int = 0
    object_relations: int = 0
    changes: int = 0
    traces: int | None = None
    opened: int = 0
    erased: int = 0

    def document(self) -> dict[str, Any]:
        """As an answer has it."""
        return asdict(self)


class Attribute(NamedTuple):
    """A named value with its type."""

    name: str
    kind: Kind
    value: Value


class Relation(NamedTuple):
    """Of an event to an object."""

    object: str
    type: str
    qualifier: str


class Link(NamedTuple):
    """Of an object to another."""

    source: str
    source_type: str
    target: str
    target_type: str
    qualifier: str


class Told(NamedTuple):
    """An attribute of an object gets a value. `order`: when it counts by the ledger's own definitions (when
    it was recorded, or an act's hour); `at`: when it happened."""

    object: str
    type: str
    attribute: Attribute
    order: datetime
    at: datetime


class OcelFact(NamedTuple):
    """One fact as OCEL has it. `attributes` are those with a value, of the ones that its type declares."""

    position: int
    type: str
    declared: Sequence[tuple[str, Kind]]
    time: datetime
    attributes: Sequence[Attribute]
    relations: Sequence[Relation]
    links: Sequence[Link]
    told: Sequence[Told]


class OcelFile(Protocol):
    """An OCEL file being written beside its name. Raises OSError."""

    def add(self, facts: Iterable[OcelFact]) -> None:
        """Facts in the order of positions, those before the extent too: they say what the objects were."""
        ...

    def end(self, links: Sequence[Link], told: Sequence[Told]) -> Counts:
        """Everything was added; these come besides. The file has its name once this returns."""
        ...


class TraceHead(NamedTuple):
    """A dossier as a trace: its attributes come with its first fact."""

    dossier: UUID
    attributes: Sequence[XesAttribute]


class XesAttribute(NamedTuple):
    """As XES writes it; `kind` is the element's name, values are as written. A key `a/b` that follows the
    attribute `a` stands in it."""

    key: str
    kind: str
    value: str


class XesEvent(NamedTuple):
    dossier: UUID
    position: int
    attributes: Sequence[XesAttribute]


class XesFile(Protocol):
    """An XES file being written beside its name. Raises OSError."""

    def begin(self, position: int, head: TraceHead) -> None:
        """A dossier began at this position, before the extent or in it."""
        ...

    def has(self, dossier: UUID) -> bool:
        """Whether it began here."""
        ...

    def add(self, event: XesEvent) -> None:
        """An event of a dossier that began."""
        ...

    def end(self, said: Mapping[str, str | int]) -> Counts:
        """Everything was added: traces in the order in which their dossiers began, those alone that began, or
        have an event, in the extent. `said`: further attributes of the log. The file has its name once this
        returns."""
        ...


class TableRow(NamedTuple):
    """One event as a row. `data`: JSON of the fact's fields that anybody may read; `dossier_code`, `holder`
    (the identifier of the agency that held it since) and `holder_id` None where it is about no dossier."""

    position: int
    type: str
    time: datetime
    recorded_at: datetime
    stream: str
    version: int
    dossier_code: str | None
    holder: str | None
    holder_id: str | None
    acting_agency: str | None
    actor: str
    actor_id: str
    posting: str | None
    rules: Sequence[str]
    leaf: bytes
    data: Mapping[str, Any]


class TableFile(Protocol):
    """Rows being written beside the file's name. Raises OSError."""

    def add(self, rows: Sequence[TableRow]) -> None: ...

    def end(self) -> Counts:
        """The file has its name once this returns."""
        ...


class LinesFile(Protocol):
    """Events being written one after another, beside the file's name. Raises OSError."""

    def add(self, events: Sequence[Mapping[str, Any]]) -> None: ...

    def end(self) -> Counts:
        """The file has its name once this returns."""
        ...
