"""What an audit found: bounded, each finding with its kind, its place and one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from application.ports import StoredFact

MOST_OF_A_KIND = 100
MORE = "more"


class Findings:
    """Keeps the first 100 of each kind and counts the rest: what follows from one damage never hides
    another."""

    def __init__(self) -> None:
        self._kept: list[dict[str, Any]] = []
        self._kinds: Counter[str] = Counter()
        self._more: Counter[str] = Counter()

    @property
    def none(self) -> bool:
        return not self._kept

    def kinds(self) -> dict[str, int]:
        """How many were found of each kind, kept or not."""
        return dict(self._kinds)

    def of(self, *kinds: str) -> int:
        """How many were found of these kinds, kept or not."""
        return sum(self._kinds[kind] for kind in kinds)

    def add(
        self,
        kind: str,
        sentence: str,
        stored: StoredFact | None = None,
        *,
        position: int | None = None,
        stream: UUID | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> None:
        """`where`: what a program may want of the place beside position and stream, as primitives."""
        self._kinds[kind] += 1
        if self._kinds[kind] > MOST_OF_A_KIND:
            self._more[kind] += 1
            return
        found = {
            "kind": kind,
            "position": stored.position if stored else position,
            "stream": str(stored.stream_id if stored else stream) if stored or stream else None,
            "says": sentence,
        }
        self._kept.append(found | dict(where or {}))

    def order(self, stored: StoredFact, expected: int) -> None:
        """A position that is not the next one: doubled, or after a gap."""
        if stored.position == expected - 1:
            self.add("order", f"two events have the position {stored.position}", stored)
        elif stored.position > expected:
            self.missing(expected, stored.position - 1)
        else:
            self.add("order", f"position {stored.position} stands where {expected} belongs", stored)

    def missing(self, first: int, last: int) -> None:
        """Positions that the log has not."""
        which = f"{first}" if first == last else f"{first} to {last}"
        self.add("order", f"position {which} is missing: the event was removed", position=first)

    def listed(self) -> tuple[dict[str, Any], ...]:
        if not self._more:
            return tuple(self._kept)
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self._more.items()))
        says = f"and {self._more.total()} more findings: {kinds}"
        return (*self._kept, {"kind": MORE, "position": None, "stream": None, "says": says})

    def state(self) -> dict[str, Any]:
        """As primitives, for `resumed`."""
        return {"kept": self._kept, "kinds": dict(self._kinds), "more": dict(self._more)}

    def resumed(self, state: Mapping[str, Any]) -> None:
        """Go on from what an interrupted audit had found."""
        self._kept = list(state["kept"])
        self._kinds, self._more = Counter(state["kinds"]), Counter(state["more"])
