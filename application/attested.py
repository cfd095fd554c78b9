"""How far attesting is, as the one process that does it tells all others, and waiting for it.

Told as one short JSON text by notification, every few seconds and at each change; what is published stands on
record besides, so nobody who missed a notification knows less for long.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

MOST_TEXT = 600
"""Characters of one sentence in a notification, which PostgreSQL bounds to 8,000 bytes in all."""


@dataclass(slots=True)
class Attested:
    """`published`: the positions that the newest published checkpoint covers, `signed_at` its time; `head`:
    those that the signed head covers; `quorum`: whether the policy's witnesses cosigned. The rest are
    sentences for the operator, None where all is well: `away`, keys that do not lie here; `witnesses`, what
    is wrong with them; `stands`, why nothing more is attested."""

    head: int = 0
    published: int = 0
    signed_at: datetime | None = None
    quorum: bool = True
    away: str | None = None
    witnesses: str | None = None
    stands: str | None = None

    def told(self) -> str:
        """As it is told."""
        texts = {name: _sendable(value) for name, value in asdict(self).items() if isinstance(value, str)}
        at = self.signed_at.isoformat() if self.signed_at else None
        return json.dumps(asdict(self) | texts | {"signed_at": at}, ensure_ascii=False)


def _sendable(text: str) -> str:
    """As the database can carry it: a policy's names may hold bytes that are no UTF-8 (C2SP tlog-policy)."""
    return text[:MOST_TEXT].encode("utf-8", "replace").decode()


def heard(text: str) -> Attested | None:
    """What was told; None for what cannot be read (a program of another version)."""
    try:
        said: Mapping[str, Any] = json.loads(text)
        at = said["signed_at"]
        known = {name: said[name] for name in Attested.__slots__ if name != "signed_at"}
        return Attested(**known, signed_at=datetime.fromisoformat(at) if at else None)
    except (ValueError, TypeError, KeyError):
        return None


class AttestedWatch(Protocol):
    """How far attesting is, in a process that does not attest."""

    async def wait_for(self, position: int, seconds: float) -> bool:
        """True once a published checkpoint covers the position; False when the time was up first, or too
        many wait already."""
        ...

    async def now(self) -> Attested:
        """As told last; `stands` says so where no process attests. Raises Unavailable."""
        ...


class Turn(Protocol):
    """Whose turn it is to attest: one process of a ledger at a time."""

    async def take(self, seconds: float) -> bool:
        """Whether it is ours, within so many seconds. Raises Unavailable."""
        ...

    async def held(self) -> bool:
        """Whether it still is: a lost connection gives it up."""
        ...

    async def give_up(self) -> None: ...

    async def tell(self, attested: Attested) -> None:
        """Tell all processes of this ledger. Raises Unavailable."""
        ...
