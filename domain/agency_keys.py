"""The keys with which agencies sign: Ed25519, named by the first 8 bytes of the SHA-256 of the public key."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime

from domain import organisation_rules as rules
from domain.refusals import Refused

PUBLIC_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class AgencyKey:
    """Good from `from_` until it is `withdrawn` (None: it is not); aware instants."""

    key_id: str
    public_key: str
    from_: datetime
    withdrawn: datetime | None

    def good_at(self, t: datetime) -> bool:
        return self.from_ <= t and (self.withdrawn is None or t < self.withdrawn)


def decoded(text: str, length: int) -> bytes | None:
    """The bytes of strict base64 of this length, or None: no other text stands for the same bytes."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == length and base64.b64encode(value).decode() == text else None


def key_id_of(public_key: str) -> str:
    """Raises Refused (key.form)."""
    value = decoded(public_key, PUBLIC_KEY_BYTES)
    if value is None:
        raise Refused(rules.KEY_FORM)
    return hashlib.sha256(value).hexdigest()[:16]
