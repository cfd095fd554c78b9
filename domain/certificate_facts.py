"""The facts of a certificate, as docs/events.md has them. The document itself is not recorded: it is made
again from the log, byte for byte, and its digest stands here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from domain.facts import Category, Fact


@dataclass(frozen=True, kw_only=True)
class CertificateIssued(Fact):
    """What both sides sign. `position`: the log up to which the document speaks; `root`: the tree's root over
    its leaves 1 to `position` (hex); `digest`: SHA-256 (hex) of the document's bytes."""

    TOPIC: ClassVar[str] = "handover.certificate_issued.v1"
    CATEGORY: ClassVar[int] = Category.CERTIFICATE

    part: UUID
    part_version: int
    position: int
    root: str
    digest: str
    counts: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CertificateSigned(Fact):
    """One agency signs for one side (`handing`, `receiving`). `signature`: base64 of its 64 bytes; signed at
    the envelope's `occurred_at`."""

    TOPIC: ClassVar[str] = "handover.certificate_signed.v1"
    CATEGORY: ClassVar[int] = Category.CERTIFICATE

    agency: UUID
    side: str
    key_id: str
    signature: str
