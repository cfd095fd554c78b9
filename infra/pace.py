"""How large the next chunk of a bulk append is, and when it may go: found by measuring, never fixed.

A chunk is measured by how long it held the log's lock. While somebody else appends, chunks are made so small
that they hold it for less than the budget, and rest in between; alone they grow. Others are seen in two
ways: callers in this process queue items, and callers in other processes move the log's head between two of
our chunks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, log

from application.ports import LockHeld

TRAFFIC_SECONDS = 1.0
"""So long after somebody else was seen, a bulk append still goes gently."""
AIM = {True: 0.6, False: 0.9}
"""Of the budget: what a chunk is made for, so that nearly all stay below it; alone, where nobody waits for
the lock, most."""
FIRST = {True: 64, False: 256}
SMALLEST = {True: 48, False: 200}
"""These three by whether others were seen. Below this a chunk costs little but its commit, which a smaller
one pays too: on a machine that has no time, shrinking further would only make more of them."""
LONGEST_REST = 5.0
"""Seconds: a chunk that a stall held up says nothing of the next one."""
_SLOWER, _FASTER = 0.8, 1.1
"""At most so much smaller or larger at once: a chunk that waited for the processor says little of others."""
_STEP = 1.04  # two neighbouring buckets of a histogram
_LEAST = 1e-5


@dataclass(slots=True)
class Holds:
    """How long the lock was held, chunk by chunk, in buckets of 4 %: the memory does not grow."""

    chunks: int = 0
    events: int = 0
    longest: float = 0.0
    seconds: float = 0.0
    _buckets: dict[int, int] = field(default_factory=dict)

    def add(self, events: int, held: float) -> None:
        self.chunks += 1
        self.events += events
        self.seconds += held
        self.longest = max(self.longest, held)
        bucket = round(log(max(held, _LEAST)) / log(_STEP))
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1

    def quantile(self, share: float) -> float:
        """Seconds that `share` of the chunks stayed below, to 4 %; 0 without chunks."""
        left = share * self.chunks
        for bucket in sorted(self._buckets):
            left -= self._buckets[bucket]
            if left <= 0:
                return min(exp(bucket * log(_STEP)), self.longest)
        return self.longest

    def told(self) -> LockHeld:
        return LockHeld(
            chunks=self.chunks,
            events=self.events,
            max_ms=round(1000 * self.longest, 3),
            p50_ms=round(1000 * self.quantile(0.5), 3),
            p99_ms=round(1000 * self.quantile(0.99), 3),
            total_seconds=round(self.seconds, 3),
        )


class Pace:
    """One bulk append's pace. Times are seconds of a monotonic clock, given from outside."""

    def __init__(self, *, most_events: int, budget: float, budget_alone: float, share: float) -> None:
        """`budget`: seconds of lock per chunk in traffic, and `budget_alone` without; `share`: of the time
        in which bulk may hold the lock in traffic."""
        self._most = most_events
        self._target = {True: AIM[True] * budget, False: AIM[False] * budget_alone}
        self._share = share
        self._sizes = {gentle: float(min(size, most_events)) for gentle, size in FIRST.items()}
        self._smallest = {gentle: min(size, most_events) for gentle, size in SMALLEST.items()}
        self._seen_at = -1e9
        self._not_before = -1e9
        self.holds = {True: Holds(), False: Holds()}
        """By whether somebody else was seen."""

    def others(self, now: float) -> None:
        """Somebody else appends."""
        self._seen_at = now

    def gentle(self, now: float) -> bool:
        """Whether somebody else appended lately."""
        return now - self._seen_at < TRAFFIC_SECONDS

    def size(self, now: float) -> int:
        """How many events the next chunk has."""
        return int(self._sizes[self.gentle(now)])

    def rest(self, now: float) -> float:
        """Seconds until the next chunk may go; 0: now."""
        return max(0.0, self._not_before - now) if self.gentle(now) else 0.0

    def held(self, events: int, seconds: float, now: float) -> None:
        """A chunk of so many events held the lock for so long."""
        gentle = self.gentle(now)
        self.holds[gentle].add(events, seconds)
        self._not_before = now + min(seconds * (1 / self._share - 1), LONGEST_REST)
        size, target = self._sizes[gentle], self._target[gentle]
        change = (target / max(seconds, _LEAST)) ** 0.5
        if change > 1 and events < 0.9 * size:
            return  # a short chunk says nothing about a long one
        changed = size * min(max(change, _SLOWER), _FASTER)
        self._sizes[gentle] = min(max(changed, self._smallest[gentle]), self._most)
