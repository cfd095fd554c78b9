"""The bodies of requests about certificates, keys, absence and delegation. Unknown fields are refused."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from interfaces.http.bodies import Body, Instant, Word

KeyId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
PublicKey = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$"),
    Field(description="Base64 of the 32 bytes of an Ed25519 key."),
]


PartVersion = Annotated[
    int | None, Field(default=None, ge=1, description="Of an amended part: which version's certificate.")
]


class IssueCertificate(Body):
    """`part_version` absent: the oldest that took effect and has no certificate."""

    part_version: PartVersion = None


class SignCertificate(Body):
    """`signature`: base64 of the Ed25519 signature over `hoso/certificate/1|<side>|<agency>|<signed_at>`, a
    line break and the 32 bytes of the digest; `signed_at` in UTC with six digits of a second and `Z`.
    `part_version` absent: the certificate that waits for the agency and that the signature covers."""

    agency: UUID
    side: Literal["handing", "receiving"]
    key_id: KeyId
    signed_at: Instant
    signature: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{86}==$")]
    part_version: PartVersion = None


class NameKey(Body):
    public_key: PublicKey


class WithdrawKey(Body):
    """`at` absent: now."""

    key_id: KeyId
    at: Instant | None = None


class Absent(Body):
    """`from` absent: now; `until` absent: until `back`."""

    from_: Instant | None = Field(default=None, alias="from")
    until: Instant | None = None


class Back(Body):
    """`at` absent: now."""

    at: Instant | None = None


class Delegate(Body):
    """`to`: the staff number or id of who acts through the posting; `from` absent: now."""

    posting: UUID
    to: Word
    from_: Instant | None = Field(default=None, alias="from")
    until: Instant


class EndDelegation(Body):
    """`at` absent: now."""

    delegation: UUID
    at: Instant | None = None
