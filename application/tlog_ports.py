"""What attesting and proving need of the infrastructure: tiles, the head outside the database, the keys that
sign, the checkpoints that were published, and the witnesses.

*Attested* means: a published checkpoint covers it. The order of durability is: recorded, tiles written, the
signed head swapped in the head store, cosigned, published.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from application.ports import LedgerError
from domain.notes import ED25519, ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE, Signature, VerifierKey, Verify

__all__ = ["ED25519", "ED25519_COSIGNATURE", "ML_DSA_44_COSIGNATURE", "Verify"]


MINIMUM = "minimum"
"""The object of a tile store that says which tiles of level 0, with their bundles, may be missing: those that
end at or before this leaf's index, a whole number and a newline. Not there: none."""


class TlogUnavailable(LedgerError):
    """A store or a witness cannot be reached or used now; the text says which and what to do."""


class TileConflict(LedgerError):
    """A tile is there with other bytes than the log gives: somebody wrote it, or this is another history."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is there already with other content than the log's")
        self.path = path


class HeadMoved(LedgerError):
    """The head is not what was expected: another process signed meanwhile. `found`: its note, or None."""

    def __init__(self, found: bytes | None) -> None:
        super().__init__("the head outside the database was moved by somebody else")
        self.found = found


class CheckpointConflict(LedgerError):
    """A checkpoint of this size with another root is on record: two histories were signed."""

    def __init__(self, origin: str, size: int) -> None:
        super().__init__(f"another checkpoint of {origin} at size {size} is on record")
        self.origin = origin
        self.size = size


class Entry(NamedTuple):
    """One leaf of the tree: the log entry's bytes (docs/leaf-format.md) and the stored hash."""

    entry: bytes
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """A published checkpoint. `note`: as text, with every signature known by now."""

    origin: str
    size: int
    root: bytes
    note: str
    signed_at: datetime
    quorum: bool


@dataclass(frozen=True, slots=True)
class LastCosignature:
    """The newest cosignature of one witness's key: for which size, and its time."""

    witness: str
    key_id: bytes
    size: int
    cosigned_at: datetime


class TileStore(Protocol):
    """Objects by their path below the log's prefix (`tile/0/x001/067`), immutable, beside `checkpoint` and
    `minimum`. All raise TlogUnavailable, and ValueError for what is no such path."""

    async def get(self, path: str) -> bytes | None: ...

    async def put(self, objects: Sequence[tuple[str, bytes]]) -> None:
        """Durable once it returns. The same bytes again are fine; raises TileConflict for other bytes."""
        ...

    async def remove(self, paths: Sequence[str]) -> None:
        """Partial tiles that a full one replaced, or pruned ones. What is not there is fine."""
        ...

    async def publish(self, checkpoint: bytes) -> None:
        """Replace `checkpoint`, whole or not at all."""
        ...

    async def set_minimum(self, index: int) -> None:
        """Replace MINIMUM, whole or not at all; durable once it returns."""
        ...


class HeadStore(Protocol):
    """The last signed head, in a store that is not restored with the database. Raises TlogUnavailable."""

    @property
    def where(self) -> str:
        """For the operator: the file or the address."""
        ...

    async def read(self) -> bytes | None: ...

    async def swap(self, expected: bytes | None, new: bytes) -> None:
        """Durable once it returns. Raises HeadMoved unless what is there is `expected` (or `new` already)."""
        ...


class LogSigner(Protocol):
    """The private keys of the log that lie on this machine. All raise TlogUnavailable."""

    def keys(self) -> Sequence[VerifierKey]: ...

    def sign(self, key: VerifierKey, message: bytes) -> bytes: ...

    def make(self, origin: str) -> VerifierKey:
        """A new key, durable once this returns."""
        ...


class Checkpoints(Protocol):
    """The published checkpoints, in the database. What is read has cosignatures that came later in its
    `note`; its `quorum` is that of when it was published."""

    async def newest(self, origin: str) -> Published | None: ...

    async def at_least(self, origin: str, size: int) -> Published | None:
        """The smallest that covers `size` leaves."""
        ...

    async def at_most(self, origin: str, size: int) -> Published | None:
        """The largest that covers no more than `size` leaves."""
        ...

    async def after(self, origin: str, size: int, limit: int) -> Sequence[Published]:
        """In the order of sizes."""
        ...

    async def add(
        self, published: Published, cosignatures: Sequence[tuple[VerifierKey, str, datetime]]
    ) -> None:
        """A checkpoint, or further cosignatures of one that is there: witness key, line (without a newline),
        time. All or nothing; again changes nothing. Raises CheckpointConflict."""
        ...

    async def cosigned(self, origin: str) -> Sequence[LastCosignature]:
        """The newest cosignature of every witness's key."""
        ...


class Leaves(Protocol):
    """The log as the tree's leaves."""

    async def entries_after(self, position: int, limit: int) -> list[Entry]:
        """Of the positions after this one, in their order."""
        ...

    async def leaves_after(self, position: int, limit: int) -> list[bytes]: ...


@dataclass(frozen=True, slots=True)
class Refused:
    """A witness that would not cosign. `latest`: the size that it has, where it said so (409)."""

    status: int
    latest: int | None
    says: str


class Witness(Protocol):
    """One witness of the policy, over HTTP."""

    @property
    def name(self) -> str: ...

    @property
    def keys(self) -> Sequence[VerifierKey]: ...

    async def add_checkpoint(self, old_size: int, proof: Sequence[bytes], note: str) -> str | Refused:
        """The body of its answer (signature lines), or why not. Raises TlogUnavailable."""
        ...


Consistency = Callable[[int], Awaitable[list[bytes]]]
"""From an older size (0 up to the checkpoint's): the hashes that show that the tree only grew."""


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's line for one checkpoint, verified. `key`: the policy's; `cosigned_at`: as it signed."""

    key: VerifierKey
    signature: Signature
    cosigned_at: datetime


@dataclass(frozen=True, slots=True)
class Cosigned:
    """What the witnesses made of a checkpoint. `quorum`: whether this is what the policy asks for; `report`:
    what is wrong, for the operator (None: nothing); `again_in`: seconds after which the same checkpoint is
    worth asking about again (None: never)."""

    signatures: tuple[Cosignature, ...]
    quorum: bool
    report: str | None = None
    again_in: float | None = None


class Cosigner(Protocol):
    """Asks every witness of the policy at once, bounded in time, and judges the quorum. A witness that is
    silent or refuses is in the report and never an error."""

    def knows(self, origin: str, cosigned: Sequence[LastCosignature]) -> None:
        """What is on record of this log: without it, a witness that lost its state while this process was
        not there would be believed."""
        ...

    async def cosign(self, note: str, size: int, consistency: Consistency) -> Cosigned:
        """For the log's own signed checkpoint of `size` leaves. The same note may come again."""
        ...


class NoWitnesses:
    """Of a ledger without a policy: nothing is asked for, so nothing is missing."""

    def knows(self, origin: str, cosigned: Sequence[LastCosignature]) -> None:
        return

    async def cosign(self, note: str, size: int, consistency: Consistency) -> Cosigned:
        return Cosigned((), quorum=True)
