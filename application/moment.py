"""What a decision is based on, and deciding again when that has changed before it was recorded.

A command decided at 23:59:59.9 and recorded after midnight must come out under the new holder, unseen by
the caller. So each decision is made on a
*moment* and appended under two conditions of that moment; when one of them is missed, the organisation is
read again and the same function decides again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from application.organisation import Organisation
from application.ports import Codec, HourPassed, NewerFacts, NothingNewer, Overloaded, Recorder, StaleVersion
from application.refusals import Refusal
from domain.facts import Category
from domain.refusals import Refused

TRIES = 5
PAGE = 1000
RESYNC_SECONDS = 1.0
CLOCK_MARGIN = 0.001  # the process's clock may run this much faster than the database's

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Moment:
    """The ledger's time `now` (aware UTC) and the organisation as recorded up to position `read_up_to`."""

    now: datetime
    read_up_to: int
    organisation: Organisation

    @property
    def next_hour(self) -> datetime | None:
        """The next scheduled hour after now: whatever is recorded at or after it must be decided anew."""
        return self.organisation.next_hour(self.now)

    def nothing_newer(self, streams: Sequence[UUID] = ()) -> NothingNewer:
        """Nothing newer in the deciding categories, nor in these further streams that were read."""
        return NothingNewer(self.read_up_to, tuple(streams), Category.DECIDING)


class OrganisationReader:
    """Keeps one `Organisation` up with the log and gives moments.

    A moment from memory (`fresh=False`) may be up to a second old, never ahead: its `now` is the last
    reading of the ledger's clock plus a little less
    than the time that passed here, so that nothing is decided under an hour that has not come.
    """

    def __init__(self, recorder: Recorder, codec: Codec) -> None:
        self._recorder = recorder
        self._codec = codec
        self._organisation = Organisation()
        self._read_up_to = 0
        self._folded_to = 0
        self._now: datetime | None = None
        self._read_at = 0.0
        self._lock = asyncio.Lock()

    async def moment(self, *, fresh: bool) -> Moment:
        elapsed = time.monotonic() - self._read_at
        if fresh or self._now is None or elapsed > RESYNC_SECONDS:
            return await self._read()
        return Moment(
            self._now + timedelta(seconds=elapsed * (1 - CLOCK_MARGIN)), self._read_up_to, self._organisation
        )

    async def _read(self) -> Moment:
        async with self._lock:
            now, head = await self._recorder.clock()
            read_at = time.monotonic()
            while True:
                page = await self._recorder.events_after(self._folded_to, PAGE, Category.DECIDING)
                for stored in page:
                    self._organisation.apply(self._codec.decode(stored))
                    self._folded_to = stored.position
                if len(page) < PAGE:
                    break
            self._read_up_to = max(head, self._folded_to)
            self._now, self._read_at = now, read_at
            return Moment(now, self._read_up_to, self._organisation)


async def decide(
    reader: OrganisationReader, decision: Callable[[Moment], Awaitable[T]], *, versions_too: bool = False
) -> T:
    """Run `decision` on the present moment; again on a fresh one when a condition of its append is missed.

    The first try uses what is in memory, which costs no query; what it records is guarded by its append,
    but a refusal is not, so a refusal is only
    believed on a fresh moment. `versions_too`: try again also when the stream has moved on (facts from
    outside, which carry no revision).
    Raises Overloaded after five misses.
    """
    fresh = False
    for _ in range(TRIES):
        moment = await reader.moment(fresh=fresh)
        try:
            return await decision(moment)
        except (HourPassed, NewerFacts):
            fresh = True
        except StaleVersion:
            if fresh and not versions_too:
                raise
            fresh = True
        except (Refused, Refusal):
            if fresh:
                raise
            fresh = True
    raise Overloaded(retry_after=1)
