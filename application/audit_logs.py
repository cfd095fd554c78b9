"""The logs of a ledger as its facts have them: origin and keys, from which size until which, for the audit of
what they signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.ports import Codec, Recorder
from domain.facts import Recorded
from domain.log_facts import log_stream
from domain.log_identity import Log, SigningKey, logs_of


@dataclass(frozen=True, slots=True)
class KnownLogs:
    """In the order in which they were opened."""

    logs: tuple[Log, ...] = ()

    @property
    def open(self) -> Log | None:
        """The one that goes on; None where none was ever opened, or the last one was lost."""
        return self.logs[-1] if self.logs and self.logs[-1].lost is None else None

    @property
    def by_origin(self) -> Mapping[str, Log]:
        return {log.origin: log for log in self.logs}

    def keys_of(self, origin: str) -> Sequence[SigningKey]:
        """Every key that ever signed it."""
        log = self.by_origin.get(origin)
        return log.keys if log else ()


async def known_logs(recorder: Recorder, codec: Codec, ledger: UUID, head: int | None = None) -> KnownLogs:
    """From the facts up to a position, or from all that there are by now. What cannot be read, or does not
    follow, is left out: the pass by position names it."""
    facts: list[Recorded[Any]] = []
    logs: tuple[Log, ...] = ()
    for stored in await recorder.events_of_many([log_stream(ledger)]):
        if head is not None and stored.position > head:
            continue
        try:
            recorded = codec.decode(stored)
            logs = logs_of([*facts, recorded])
        except Exception:  # a damaged payload, a key that is none, a fact before the log's first
            continue
        facts.append(recorded)
    return KnownLogs(logs)
