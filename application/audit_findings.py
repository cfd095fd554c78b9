"""What an audit found: bounded, each finding with its kind, its place and one sentence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from application.ports import StoredFact

MOST = 200
MORE = "more"


class Findings:
    """Keeps the first 200 and counts the rest."""

    def __init__(self) -> None:
        self._kept: list[dict[str, Any]] = []
        self._more = 0

    @property
    def none(self) -> bool:
        return not self._kept

    def add(
        self,
        kind: str,
        sentence: str,
        stored: StoredFact | None = None,
        *,
        position: int | None = None,
        stream: UUID | None = None,
    ) -> None:
        if len(self._kept) == MOST:
            self._more += 1
            return
        self._kept.append(
            {
                "kind": kind,
                "position": stored.position if stored else position,
                "stream": str(stored.stream_id if stored else stream) if stored or stream else None,
                "says": sentence,
            }
        )

    def order(self, stored: StoredFact, expected: int) -> None:
        """A position that is not the next one: doubled, or after a gap."""
        if stored.position == expected - 1:
            self.add("order", f"two events have the position {stored.position}", stored)
        elif stored.position > expected:
            missing = (
                f"{expected}" if stored.position == expected + 1 else f"{expected} to {stored.position - 1}"
            )
            self.add("order", f"position {missing} is missing: the event was removed", position=expected)
        else:
            self.add("order", f"position {stored.position} stands where {expected} belongs", stored)

    def listed(self) -> tuple[dict[str, Any], ...]:
        if not self._more:
            return tuple(self._kept)
        more = {"kind": MORE, "position": None, "stream": None, "says": f"and {self._more} more findings"}
        return (*self._kept, more)
