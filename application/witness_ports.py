"""What a witness needs of the infrastructure: the state that it must never lose or step back from, its keys,
and what it keeps of what it refused."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.notes import VerifierKey


class Misbehaviour(StrEnum):
    """Why a validly signed checkpoint was kept. The first two prove by themselves that the log lied; the
    third is a question to the log: whoever sent it may have broken the proof."""

    OTHER_ROOT = "same_size_other_root"
    EMPTY_ROOT = "empty_tree_other_root"
    NOT_PROVED = "proof_does_not_hold"


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest checkpoint that was cosigned of a log. `note`: with the log's signatures that were verified
    and our cosignatures; `cosigned_at`: POSIX time in seconds."""

    origin: str
    size: int
    root: bytes
    note: str
    cosigned_at: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A refused submission with the log's verified signatures only, and what was cosigned then, or ''."""

    kind: Misbehaviour
    origin: str
    refused: str
    cosigned: str
    seen_at: int


class Turn(Protocol):
    """The state while nobody else changes it."""

    def trusted(self, origin: str) -> Sequence[VerifierKey]: ...

    def latest(self, origin: str) -> Latest | None: ...

    def last_time(self) -> int:
        """The newest time that this witness ever signed, of any log; 0 before the first."""
        ...

    def advance(self, latest: Latest) -> None: ...

    def keep(self, evidence: Evidence) -> None:
        """Bounded in number; the same again is only counted."""
        ...


class WitnessState(Protocol):
    def turn(self) -> AbstractContextManager[Turn]:
        """Durable when it is left without an error, undone otherwise. Raises StateBroken."""
        ...


class StateBroken(Exception):
    """The state cannot be read or written now; the text says where and what to do."""


class WitnessSigner(Protocol):
    def keys(self) -> Sequence[VerifierKey]: ...

    def sign(self, key: VerifierKey, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log as the witness knows it. `latest`: None before the first cosignature; `evidence`: how much is
    kept against it. No keys: trusted no more, and what was cosigned is kept."""

    origin: str
    keys: tuple[VerifierKey, ...]
    latest: Latest | None
    evidence: int


class WitnessReader(Protocol):
    """What others may see of a witness. All raise StateBroken."""

    @property
    def name(self) -> str: ...

    def logs(self) -> Sequence[KnownLog]:
        """By origin."""
        ...

    def checkpoint(self, origin_hash: str) -> str | None:
        """The newest cosigned note of the log with this SHA-256 (hex) of its origin."""
        ...
