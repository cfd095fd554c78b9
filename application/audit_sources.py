"""What an audit reads, what it covers, and where its state is kept."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from application.audit_dossiers import ClaimValue, ShownDossiers
from application.audit_evidence import Evidence
from application.audit_files import StoreLookedAt
from application.audit_ports import AuditKeeper, LogScan, Replay
from application.ports import Codec, Recorder

KEEP_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Span:
    """What an audit covers. `since`: the size of a checkpoint on record, or a note that was kept; `until`: a
    position, None for the last one."""

    since: int | bytes | None = None
    until: int | None = None

    def named(self) -> list[Any]:
        """As primitives, to be compared."""
        since = hashlib.sha256(self.since).hexdigest() if isinstance(self.since, bytes) else self.since
        return [since, self.until]


@dataclass(frozen=True, slots=True)
class Sources:
    """What an audit reads. `claim_value`: the keyed hash of a claim; `store`: of files. `evidence`, `shown`
    and `replay` are None where nothing is held against the log's tree, what is shown, or the read models."""

    scan: LogScan
    recorder: Recorder
    codec: Codec
    claim_value: ClaimValue
    store: StoreLookedAt
    shown: ShownDossiers | None
    evidence: Evidence | None = None
    replay: Replay | None = None


@dataclass(slots=True)
class Keeping:
    """The state of an audit, kept every ten seconds. `program`: which program this is; `resume`: go on from
    what an interrupted audit left."""

    keeper: AuditKeeper
    program: str
    resume: bool = False
    seconds: float = KEEP_SECONDS
    _last: float = field(default_factory=time.monotonic)

    def due(self) -> bool:
        now = time.monotonic()
        if now - self._last < self.seconds:
            return False
        self._last = now
        return True


@dataclass(frozen=True, slots=True)
class Left:
    """What an interrupted audit left: as of which position and time it is, and the states of its parts."""

    head: int
    now: datetime
    parts: Mapping[str, Any]


async def left_by(keeping: Keeping, depends: Mapping[str, Any], scan: LogScan) -> Left | str:
    """What can be gone on from, or why there is nothing."""
    state = keeping.keeper.load()
    if state is None:
        return "no interrupted audit was found: it began at the beginning"
    try:
        if state["depends"] != depends:
            changed = [name for name, value in depends.items() if state["depends"].get(name) != value]
            return f"since the interrupted audit {' and '.join(changed)} changed: it began anew"
        for position, leaf in state["leaves"]:
            there = await scan.recorded(position)
            if there is None or there[1].hex() != leaf:
                return f"since the interrupted audit position {position} changed: it began anew"
        return Left(state["head"], datetime.fromisoformat(state["now"]), state["parts"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return "the state of the interrupted audit cannot be read: it began anew"
