"""What both sides of a handed-over part sign: the document's bytes, what a signature covers, and who has
signed.

A signature covers the document's digest, and for whom and when it was given, so that none can be passed off
as another agency's or another day's. Whether it is good is decided outside (Ed25519); whose turn it is, here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain import certificate_rules as rules
from domain.agency_keys import AgencyKey, decoded
from domain.certificate_facts import CertificateIssued, CertificateSigned
from domain.derived_ids import derived_stream_id
from domain.facts import Aggregate, Envelope, Fact
from domain.handover_facts import PartClosed
from domain.handover_part import HandoverPart
from domain.refusals import Refused

FORMAT = "hoso.certificate.v1"
SIDES = ("handing", "receiving")
SIGNATURE_BYTES = 64
MOST_NAMED = 20
Signer = tuple[UUID, str]
"""Agency and side."""


def stream_id(part_id: UUID, part_version: int, effective_at: datetime) -> UUID:
    """UUIDv8 as those of placements, with SHA-256("certificate" | part id | part version i64)."""
    named = b"certificate" + part_id.bytes + part_version.to_bytes(8, "big", signed=True)
    return derived_stream_id(effective_at, named)


def canonical(document: Mapping[str, Any]) -> bytes:
    """The bytes of a document: JSON in UTF-8, keys in order, nothing between the tokens."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest_of(document: bytes) -> str:
    """SHA-256 of the document's bytes, hex."""
    return hashlib.sha256(document).hexdigest()


def instant_text(t: datetime) -> str:
    """RFC 3339 in UTC with microseconds."""
    return t.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def list_digest(dossiers: Iterable[bytes]) -> str:
    """SHA-256 (hex) over the ids of the dossiers, 16 bytes each, in their order."""
    digest = hashlib.sha256()
    for dossier in sorted(dossiers):
        digest.update(dossier)
    return digest.hexdigest()


def signed_bytes(digest: str, agency: str, side: str, signed_at: str) -> bytes:
    """What a key signs: the line says that it is a certificate, whose signature it is, and when."""
    return f"hoso/certificate/1|{side}|{agency}|{signed_at}\n".encode() + bytes.fromhex(digest)


class Certificate(Aggregate):
    """Of one version of one part. `signed`: agency and side to what was signed."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.issued: CertificateIssued | None = None
        self.signed: dict[Signer, CertificateSigned] = {}

    def issue(
        self,
        envelope: Envelope,
        *,
        part: UUID,
        part_version: int,
        position: int,
        root: str,
        digest: str,
        counts: Mapping[str, Any],
    ) -> None:
        """`counts`: `handing` and `receiving` have the agencies (ids as text) and how many dossiers each
        handed over or received. Raises Refused (certificate.once)."""
        if self.issued is not None:
            raise Refused(rules.ONCE, part=str(part), part_version=part_version)
        self.record(
            CertificateIssued,
            envelope,
            part=part,
            part_version=part_version,
            position=position,
            root=root,
            digest=digest,
            counts=dict(counts),
        )

    def sides(self, *, required: bool = False) -> set[Signer]:
        """Everyone whom the document lists; `required`: those who handed over or received something, and must
        sign. Raises Refused (certificate.not_issued)."""
        if self.issued is None:
            raise Refused(rules.NOT_ISSUED, certificate=str(self.id))
        return {
            (UUID(agency), side)
            for side in SIDES
            for agency, dossiers in self.issued.counts[side].items()
            if dossiers or not required
        }

    def judge(self, agency: UUID, side: str) -> None:
        """Whether the agency may still sign for this side. Raises Refused (certificate.not_issued,
        certificate.side, certificate.signed_once)."""
        if (agency, side) not in self.sides():
            raise Refused(rules.SIDE, agency=str(agency), side=side)
        if (agency, side) in self.signed:
            raise Refused(rules.SIGNED_ONCE, agency=str(agency), side=side)

    def sign(
        self,
        envelope: Envelope,
        *,
        agency: UUID,
        side: str,
        key: AgencyKey | None,
        signature: str,
        good: bool,
    ) -> None:
        """After `judge`. `key`: the agency's, by its id; `good`: whether the signature fits it. It was signed
        at the envelope's `occurred_at`. Raises Refused (certificate.key, certificate.signature)."""
        if key is None or not key.good_at(envelope.occurred_at):
            raise Refused(rules.KEY, agency=str(agency), key_id=key.key_id if key else "")
        if not good or decoded(signature, SIGNATURE_BYTES) is None:
            raise Refused(rules.SIGNATURE, agency=str(agency), key_id=key.key_id)
        self.record(
            CertificateSigned, envelope, agency=agency, side=side, key_id=key.key_id, signature=signature
        )

    def missing(self) -> list[Signer]:
        """Who must sign and has not. Raises Refused (certificate.not_issued)."""
        return sorted(self.sides(required=True) - self.signed.keys())

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, CertificateIssued):
            self.issued = fact
        elif isinstance(fact, CertificateSigned):
            self.signed[fact.agency, fact.side] = fact


def close(
    part: HandoverPart,
    envelope: Envelope,
    certificates: Mapping[int, Certificate],
    named: Callable[[UUID], str],
) -> None:
    """Close the part's books. `certificates`: of every version that took effect, in their order; `named`: an
    agency's identifier. Raises Refused (handover.part_closed, certificate.not_reconciled,
    certificate.not_issued, handover.signatures_missing)."""
    for version, certificate in certificates.items():
        if version not in part.reconciled:
            raise Refused(rules.NOT_RECONCILED, part=str(part.id), part_version=version)
        if missing := certificate.missing():
            names = sorted(f"{named(agency)} ({side})" for agency, side in missing)
            shown = ", ".join(names[:MOST_NAMED])
            raise Refused(rules.SIGNATURES_MISSING, part=str(part.id), signatures=len(names), missing=shown)
    version, last = max(certificates.items())
    assert last.issued is not None, "whose signatures stand was issued"
    part.record(PartClosed, envelope, part_version=version, certificate=last.id, digest=last.issued.digest)
