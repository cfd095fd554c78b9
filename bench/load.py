"""The load that everyone gets:

300 bytes of payload, ten events per stream, one event per command, closed loops.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

PAYLOAD_BYTES = 300
EVENTS_PER_STREAM = 10
TOPIC = "dossier.accepted.v1"
WARM_UP_SECONDS = 0.3


def new_id() -> UUID:
    """A UUIDv7."""
    number = int.from_bytes((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10), "big")
    number = number & ~(0xF000 << 64) | (0x7000 << 64)
    return UUID(int=number & ~(0xC000 << 48) | (0x8000 << 48))


def events() -> Iterator[tuple[UUID, int, bytes]]:
    """Stream, version, payload: what one caller writes, without end."""
    payloads = [os.urandom(PAYLOAD_BYTES) for _ in range(64)]
    number = 0
    while True:
        stream = new_id()
        for version in range(1, EVENTS_PER_STREAM + 1):
            number += 1
            yield stream, version, payloads[number % 64]


@dataclass
class Tally:
    """What was done in the time that counts, by all callers of one process."""

    seconds: float
    began: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def start(self) -> None:
        """The warm-up begins now, the time that counts right after it."""
        self.began = time.perf_counter() + WARM_UP_SECONDS

    def goes_on(self) -> bool:
        return time.perf_counter() < self.began + self.seconds

    def done(self, began: float) -> None:
        ended = time.perf_counter()
        if self.began <= began and ended <= self.began + self.seconds:
            self.latencies.append(ended - began)

    def result(self) -> dict[str, float]:
        """Appends per second; latencies in milliseconds."""
        ordered = sorted(self.latencies) or [float("nan")]
        count = len(self.latencies)
        return {
            "per_second": count / self.seconds,
            "p50_ms": 1000 * ordered[len(ordered) // 2],
            "p99_ms": 1000 * ordered[len(ordered) * 99 // 100],
        }
