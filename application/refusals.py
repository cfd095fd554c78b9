"""What the application refuses beside the domain's rules and the ledger's conditions. Interfaces turn each
into one sentence and one status.

Refusal
├── NotAllowed     the policy says no (403)
├── NotFound       there is no such thing (404)
├── StaleRevision  the form was made on an older revision (412)
└── BadRequest     the request cannot mean anything lawful (422)
"""

from __future__ import annotations

from domain.refusals import Refused, Rule

__all__ = ["BadRequest", "NotAllowed", "NotFound", "Refusal", "Refused", "Rule", "StaleRevision"]


class Refusal(Exception):
    """`code`: stable, for programs; the message: one sentence that says what is wrong, where, and what to
    do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NotAllowed(Refusal):
    pass


class NotFound(Refusal):
    pass


class StaleRevision(Refusal):
    def __init__(self, current: int) -> None:
        super().__init__(
            "stale_revision", f"the dossier is at revision {current}: read it again and repeat the command"
        )
        self.current = current


class BadRequest(Refusal):
    pass
