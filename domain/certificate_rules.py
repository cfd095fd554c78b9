"""Rules of the certificate that both sides sign, and of closing a part. No official text lays them down in
such detail: the 2025 guidance asks both sides for signed minutes of what was handed over."""

from __future__ import annotations

from domain.refusals import NOTHING_OFFICIAL, Rule


def _rule(id: str, says: str) -> Rule:
    return Rule(id=id, says=says, act=NOTHING_OFFICIAL, article="design of the handover, life, step 7")


ONCE = _rule("certificate.once", "a version of a part has one certificate")
NOT_ISSUED = _rule("certificate.not_issued", "the part has no certificate yet")
NOT_RECONCILED = _rule(
    "certificate.not_reconciled", "a certificate is issued for a version of a part that is reconciled"
)
SIDE = _rule("certificate.side", "only agencies that the certificate lists sign, each for its own side")
SIGNED_ONCE = _rule("certificate.signed_once", "an agency signs once for its side")
SIGNED_AT = _rule(
    "certificate.signed_at", "a signature is dated after the certificate was issued and not in the future"
)
KEY = _rule(
    "certificate.key", "a signature needs a key that the agency has named and, when it signed, not withdrawn"
)
SIGNATURE = _rule("certificate.signature", "the signature does not fit the certificate and the key")
SIGNATURES_MISSING = _rule(
    "handover.signatures_missing", "a part is closed when all who must have signed its certificates"
)
