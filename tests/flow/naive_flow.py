"""Stock and flow replayed naively, on the plain entries of `naive_holding`, for one period as known at one
position.

A dossier is with the naive holder at an instant; a flow is a difference between two neighbouring moments of
its life: each entry, and each hour, which comes before the entries of its instant. Imports nothing of what it
judges.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.domain.naive_holding import Content, Entry, naive_holder, naive_steps

MICROSECOND = timedelta(microseconds=1)


def naive_flow(
    log: list[Entry],
    contents: dict[Any, Content],
    from_: datetime,
    until: datetime,
    p: int,
    known_until: datetime,
) -> Counter[tuple[UUID, str]]:
    """(agency, which number) -> how many."""
    known = [e for e in log if e[0] <= p]
    steps = [step for step in naive_steps(known) if step[0] <= known_until]
    hours = {step[0] for step in steps}
    found: Counter[tuple[UUID, str]] = Counter()

    def with_whom(d: UUID, entries: list[Entry], t: datetime) -> tuple[UUID | None, Any]:
        seen = [e for e in entries if e[1] <= t]
        held = naive_holder(seen, contents, steps, d, t)
        return (held[0] if held else None), [None, *(e[4] for e in seen if e[2] == "status" and e[3] == d)][
            -1
        ]

    def is_open(agency: UUID | None, status: Any) -> bool:
        return agency is not None and status not in (3, 7, 8, 9, 10)

    for d in {e[3] for e in known if e[2] == "H"}:
        for name, bound in (("opening", from_), ("open", until)):
            agency, status = with_whom(d, known, min(bound - MICROSECOND, known_until))
            if agency is not None and is_open(agency, status):
                found[agency, name] += 1
        moments = [(t, 0) for t in hours] + [(e[1], e[0]) for e in known if e[2] in ("H", "status")]
        before: tuple[UUID | None, Any] = (None, None)
        for t, number in sorted(set(moments)):
            now = with_whom(d, [e for e in known if e[1] < t or e[0] <= number], t)
            old, new = before[0], now[0]
            if from_ <= t < until and t <= known_until and new is not None:
                if old is None or (is_open(*now) and not is_open(*before)):
                    found[new, "received"] += 1
                if is_open(*before) and is_open(*now) and old is not None and old != new:
                    found[old, "handed_out"] += 1
                    found[new, "handed_in"] += 1
                if not is_open(*now) and (old is None or is_open(*before)):
                    found[old or new, "settled"] += 1
            before = now
    return found
