"""Bearer tokens: JWTs signed with Ed25519, by `hoso tokens issue` or by the organisation's provider.

A token says *who* (`kind`, `sub`); *where* somebody may act is said by the ledger's postings. Issuer and
audience are the ledger's id, so a token of one ledger is worth nothing at another. Expiry counts by the
machine's clock also on a demo ledger, whose own time stands still.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from application.policy import LEVELS, Identity

ALGORITHM = "EdDSA"
KINDS = frozenset({"officer", "applicant", "portal", "system"})
MAX_TOKEN_CHARACTERS = 4096
MAX_ID_CHARACTERS = 200
LEEWAY = timedelta(seconds=30)


class BadToken(Exception):
    """The token is not one of this ledger, or no longer. The text says what is wrong, not what was in it."""


class Tokens:
    """Issues and verifies the tokens of one ledger. Without `private_key` it only verifies."""

    def __init__(
        self, ledger_id: UUID, public_key: Ed25519PublicKey, private_key: Ed25519PrivateKey | None = None
    ) -> None:
        self._ledger = str(ledger_id)
        self._public_key = public_key
        self._private_key = private_key

    def issue(
        self, kind: str, id: str, lasts: timedelta = timedelta(hours=12), level: str | None = None
    ) -> str:
        """A token for this identity; `level`: of the applicant's account. Raises ValueError: no such kind or
        level, no id, or no private key here."""
        if level is not None and (level not in LEVELS or kind != "applicant"):
            raise ValueError(f"{level!r} is no level of an applicant's account: {', '.join(LEVELS)}")
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of identity: use one of {', '.join(sorted(KINDS))}")
        if not 0 < len(id) <= MAX_ID_CHARACTERS:
            raise ValueError(f"an identity's id has 1 to {MAX_ID_CHARACTERS} characters")
        if self._private_key is None:
            raise ValueError("this process has no signing key: tokens are issued where token.key lies")
        now = datetime.now(UTC)
        claims = {
            "iss": self._ledger,
            "aud": self._ledger,
            "sub": id,
            "kind": kind,
            "iat": now,
            "exp": now + lasts,
        } | ({"level": level} if level else {})
        return jwt.encode(claims, self._private_key, algorithm=ALGORITHM)

    def verify(self, token: str) -> Identity:
        """Whom the token names. Raises BadToken."""
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise BadToken("the token is too long")
        try:
            claims = jwt.decode(
                token,
                self._public_key,
                algorithms=[ALGORITHM],
                audience=self._ledger,
                issuer=self._ledger,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.ExpiredSignatureError:
            raise BadToken("the token has expired") from None
        except (jwt.InvalidAudienceError, jwt.InvalidIssuerError):
            raise BadToken("the token belongs to another ledger") from None
        except jwt.InvalidTokenError:
            raise BadToken("the token's signature or form is not valid") from None
        kind, id = claims.get("kind"), claims["sub"]
        if not isinstance(kind, str) or kind not in KINDS or not 0 < len(id) <= MAX_ID_CHARACTERS:
            raise BadToken("the token names no kind of identity that exists")
        level = claims.get("level")
        if level is not None and (level not in LEVELS or kind != "applicant"):
            raise BadToken("the token names no level of an applicant's account that exists")
        return Identity(kind, id, level)
