"""What the application refuses beside the domain's rules and the ledger's conditions. Interfaces turn each
into one sentence and one status.

Refusal
├── NotAllowed     the policy says no (403)
├── NotFound       there is no such thing (404)
├── StaleRevision  the form was made on an older revision (412)
└── BadRequest     the request cannot mean anything lawful (422)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from domain.local_time import VIETNAM
from domain.refusals import Refused, Rule

__all__ = [
    "BadRequest",
    "NotAllowed",
    "NotFound",
    "Refusal",
    "Refused",
    "Rule",
    "StaleRevision",
    "told_at",
    "within",
]


class Refusal(Exception):
    """`code`: stable, for programs; the message: one sentence that says what is wrong, where, and what to
    do. `pointer`: where in the document that was judged (RFC 6901), None where there is none."""

    def __init__(self, code: str, message: str, *, pointer: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.pointer = pointer


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


def told_at(instant: datetime) -> str:
    """An aware instant as a sentence says it: Vietnam's date and time."""
    return f"{instant.astimezone(VIETNAM):%Y-%m-%d %H:%M:%S} in Vietnam"


@contextmanager
def within(pointer: str) -> Iterator[None]:
    """Whatever is refused inside is refused at this place of the document: it goes before a pointer that the
    refusal has already."""
    try:
        yield
    except (Refused, Refusal) as refusal:
        refusal.pointer = pointer + (refusal.pointer or "")
        raise
