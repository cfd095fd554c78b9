"""What the application needs of the infrastructure: the recorder (one log, one order) and the codec (facts
to bytes and back). What it needs of files: application/file_ports.py.

The words are the ledger's: an *item* is what one command appends, all or none; a *receipt* says where it
was recorded; a rejection is an exception
of this module, raised for the one item that it concerns and for no neighbour in its batch.

    LedgerError
    ├── Rejected                 the item was judged and nothing of it is recorded
    │   ├── StaleVersion         a stream has moved on
    │   ├── KeyReused            the idempotency key was used for another request
    │   ├── ClaimTaken           what must exist once exists already
    │   ├── HourPassed           recorded_at would not be before `recorded_before`
    │   ├── NewerFacts           something was recorded in what the decision was based on
    │   └── KeyThere             a subject that was taken for new has a key, or had one
    ├── Overloaded               the queue is full: try again later
    ├── SubjectErased            what is personal in it concerns somebody whose data were erased
    ├── ClockJumped              the clock leapt forward; appends stand until a person has looked
    └── Unavailable              the database cannot be reached
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.facts import Fact, Recorded


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One event as it will be stored; `payload` is final, byte for byte."""

    stream_id: UUID
    version: int
    category: int
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that must exist once: `kind` (e.g. "dossier_code") and the HMAC of the value. It points to
    the stream that holds it."""

    kind: str
    value: bytes
    stream_id: UUID


@dataclass(frozen=True, slots=True)
class NothingNewer:
    """Reject the item if anything was recorded after position `read_up_to` in these streams or in these
    categories; `streams_at`: streams that were read later, each with the position up to which it was."""

    read_up_to: int
    streams: tuple[UUID, ...] = ()
    categories: tuple[int, ...] = ()
    streams_at: tuple[tuple[UUID, int], ...] = ()


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key of a subject that comes into being with the facts of an item: made in their transaction."""

    subject: UUID
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Item:
    """What one command appends. `command_id` and `request_digest` are 32 bytes each, or both None (system
    facts). `new_keys`: with which its facts are sealed; KeyThere where one of the subjects has one."""

    events: tuple[NewEvent, ...]
    command_id: bytes | None = None
    request_digest: bytes | None = None
    claims: tuple[Claim, ...] = ()
    recorded_before: datetime | None = None
    nothing_newer: NothingNewer | None = None
    new_keys: tuple[NewKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an item was recorded. `first` and `last` position; `versions`: last version per stream of the
    item; `repeated`: the item had been recorded before."""

    first: int
    last: int
    recorded_at: datetime
    versions: tuple[tuple[UUID, int], ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class StoredFact:
    """One row of the log."""

    position: int
    stream_id: UUID
    version: int
    category: int
    topic: str
    payload: bytes
    recorded_at: datetime
    leaf: bytes


@dataclass(frozen=True, slots=True)
class LockHeld:
    """How long bulk chunks held the log's lock, in milliseconds (p50 and p99 to 4 %); `events`: in all of
    them."""

    chunks: int
    events: int
    max_ms: float
    p50_ms: float
    p99_ms: float
    total_seconds: float


class LedgerError(Exception):
    """Something kept the ledger from recording."""


class Rejected(LedgerError):
    """The item was judged in the serialised section and nothing of it is recorded."""


class StaleVersion(Rejected):
    def __init__(self, stream_id: UUID, current: int) -> None:
        super().__init__(f"stream {stream_id} is at version {current}: read it again and repeat the command")
        self.stream_id = stream_id
        self.current = current


class KeyReused(Rejected):
    def __init__(self) -> None:
        super().__init__("this idempotency key was used for another request: use a new key for a new command")


class ClaimTaken(Rejected):
    def __init__(self, kind: str, stream_id: UUID) -> None:
        super().__init__(f"this {kind} is taken already (by stream {stream_id})")
        self.kind = kind
        self.stream_id = stream_id


class HourPassed(Rejected):
    def __init__(self) -> None:
        super().__init__("the hour that the decision was made before has come: decide again")


class NewerFacts(Rejected):
    def __init__(self) -> None:
        super().__init__("something newer was recorded in what the decision was based on: decide again")


class KeyThere(Rejected):
    def __init__(self) -> None:
        super().__init__("a subject that was taken for new has a key already: seal again with that one")


class Overloaded(LedgerError):
    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many commands are waiting: try again in {retry_after} s")
        self.retry_after = retry_after


class SubjectErased(LedgerError):
    """The subject's key was destroyed: nothing more can be sealed for it."""

    def __init__(self, subject: UUID) -> None:
        super().__init__(f"the personal data of {subject} were erased: nothing more can be recorded about it")
        self.subject = subject


class ClockJumped(LedgerError):
    pass


class Unavailable(LedgerError):
    pass


class Recorder(Protocol):
    """The log. All methods are coroutines on one event loop; times are aware UTC."""

    async def append(self, item: Item) -> Receipt: ...

    async def append_many(self, items: Sequence[Item]) -> list[Receipt | LedgerError]:
        """Bulk: the same judgement in chunks, the lock held briefly; one outcome per item, in order."""
        ...

    @property
    def crowded(self) -> bool:
        """Whether somebody else, in this process or another, appended within the last second."""
        ...

    async def settled(self) -> None:
        """Until every append under way is recorded or refused: later ones are after the time read before."""
        ...

    async def find_command(self, command_id: bytes, request_digest: bytes) -> Receipt | None:
        """The receipt of a command recorded earlier, or None; `KeyReused` if it was another request."""
        ...

    async def find_claim(self, kind: str, value: bytes) -> UUID | None: ...

    async def claims_of(self, kind: str, after: bytes, limit: int) -> list[tuple[bytes, UUID]]:
        """Values of one kind and their streams, a page in the order of the values, beginning after one."""
        ...

    async def events_of(
        self, stream_id: UUID, after_version: int = 0, limit: int | None = None
    ) -> list[StoredFact]:
        """Events of one stream in order, at most `limit`; None: all."""
        ...

    async def events_of_many(
        self, stream_ids: Sequence[UUID], recorded_before: datetime | None = None
    ) -> list[StoredFact]:
        """Events of up to some thousand streams, ordered by position."""
        ...

    async def first_of(self, stream_ids: Sequence[UUID]) -> list[StoredFact]:
        """The first event of each of these streams (up to some thousand), in no order."""
        ...

    async def positions_of(self, stream_ids: Sequence[UUID]) -> dict[UUID, int]:
        """Where the first event of each of these streams (up to some thousand) stands, of those that have
        one."""
        ...

    async def events_after(
        self, position: int, limit: int, categories: tuple[int, ...] = ()
    ) -> list[StoredFact]: ...

    async def events_naming(
        self, rules: Sequence[str], after: int, through: int, limit: int
    ) -> list[StoredFact]:
        """The first `limit` events of the positions after one and up to another whose payload has one of
        these rule ids in it. Nothing indexes them: every event in between is read, so keep these apart by
        some ten thousand."""
        ...

    async def streams_after(
        self, position: int, limit: int, first_of: int, all_of: int
    ) -> list[tuple[int, int, UUID]]:
        """Position, category and stream of the first facts of the streams of one category and of all facts of
        another, in the order of positions."""
        ...

    async def leaves_after(self, position: int, limit: int) -> list[bytes]:
        """The leaves of the positions after this one, in their order."""
        ...

    def follow(self, position: int, page: int = 1000) -> AsyncIterator[list[StoredFact]]:
        """Pages of the log from `position` on, for ever: contiguous (asserted), waking by notification and
        always by poll."""
        ...

    async def clock(self) -> tuple[datetime, int]:
        """The ledger's time now, and the last recorded position (0: none)."""
        ...


class Codec(Protocol):
    """Facts to stored bytes and back. Encoding seals `Personal` fields; decoding leaves them `Sealed`."""

    def encode(self, fact: Fact) -> NewEvent: ...

    def decode(self, stored: StoredFact) -> Recorded[Fact]: ...


class Keyring(Protocol):
    """Keys of subjects and the keyed hashes. Codec, commands and readers share one."""

    def drafted(self, subjects: Iterable[UUID]) -> AbstractContextManager[tuple[NewKey, ...]]:
        """Keys for subjects that nobody knows yet, for sealing while this is open. They go with the item, and
        are made when it is recorded."""
        ...

    def made(self, keys: Sequence[NewKey]) -> None:
        """The item with these keys was recorded."""
        ...

    async def ensure(self, subjects: Sequence[UUID]) -> None:
        """Make keys for subjects that have none, durably, before anything sealed with them is appended."""
        ...

    async def load(self, subjects: Sequence[UUID]) -> None:
        """Bring keys of these subjects into memory, so that `open` can answer."""
        ...

    def open(self, sealed: object) -> str | None:
        """The text, or None when the subject's key was destroyed."""
        ...

    def event_key(self, sealed: object) -> bytes | None:
        """The key of the one payload that this sealed text stands in, for its subject (32 bytes); None when
        the subject's key was destroyed."""
        ...

    def claim_value(self, kind: str, text: str) -> bytes: ...

    def command_id(self, identity: str, key: str) -> bytes: ...

    def request_digest(self, request: bytes) -> bytes: ...
