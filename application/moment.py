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
from application.refusals import BadRequest, Refusal
from domain.facts import Category
from domain.refusals import Refused

TRIES = 5
PATIENCE = 3.0
"""Seconds in which a decision is made again however often it was missed: an act of 34 parts records as many
deciding facts in a row when it is scheduled or reconciled, each of which a command under way may miss."""
PAGE = 1000
RESYNC_SECONDS = 1.0
MOST_KEPT = 4  # organisations as known earlier
MOST_ASKING = 16
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

    def nothing_newer(
        self, streams: Sequence[UUID] = (), streams_at: Sequence[tuple[UUID, int]] = ()
    ) -> NothingNewer:
        """Nothing newer in the deciding categories, nor in these further streams that were read;
        `streams_at`: those that were read later, with the position up to which each was."""
        return NothingNewer(self.read_up_to, tuple(streams), Category.DECIDING, tuple(streams_at))


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
        self._folded_to = 0  # the last deciding fact
        self._seen_to = 0  # no deciding fact up to here is left to fold
        self._now: datetime | None = None
        self._read_at = 0.0
        self._began_at = 0.0  # the last reading that was completed
        self._lock = asyncio.Lock()
        self._folding = asyncio.Lock()
        self._asking = 0
        self._known: dict[int, Organisation] = {}

    async def moment(self, *, fresh: bool) -> Moment:
        elapsed = time.monotonic() - self._read_at
        if fresh or self._now is None or elapsed > RESYNC_SECONDS:
            return await self._read()
        return self._remembered()

    def _remembered(self) -> Moment:
        assert self._now is not None
        elapsed = (time.monotonic() - self._read_at) * (1 - CLOCK_MARGIN)
        return Moment(self._now + timedelta(seconds=elapsed), self._read_up_to, self._organisation)

    async def _read(self) -> Moment:
        """A reading that began after this was called: whoever waits for one shares it, since a deciding fact
        sends everybody here at once."""
        asked = time.monotonic()
        async with self._lock:
            if self._began_at > asked:
                return self._remembered()
            began_at = time.monotonic()
            now, head = await self._recorder.clock()
            read_at = time.monotonic()
            # From the last reading on: from the last deciding fact on it would be ever more of the log.
            await self._fold(self._organisation, self._seen_to, told=self._folded)
            self._seen_to = self._read_up_to = max(head, self._seen_to)
            self._now, self._read_at, self._began_at = now, read_at, began_at
            return Moment(now, self._read_up_to, self._organisation)

    def _folded(self, position: int) -> None:
        self._folded_to = self._seen_to = position

    async def _fold(
        self,
        organisation: Organisation,
        after: int,
        up_to: int | None = None,
        told: Callable[[int], None] = lambda position: None,
    ) -> None:
        """Fold what was recorded after a position, in pages, up to another (None: the end). `told` hears of
        each fact that was: where the reading breaks off, the next one goes on there and folds none twice."""
        while True:
            page = await self._recorder.events_after(after, PAGE, Category.DECIDING)
            for stored in page:
                if up_to is not None and stored.position > up_to:
                    return
                organisation.apply(self._codec.decode(stored))
                after = stored.position
                told(after)
            if len(page) < PAGE:
                return

    async def as_known(self, known_at: int | datetime | None) -> Moment:
        """The present time with the organisation as recorded up to a position, or up to an instant (None: as
        known now). One is folded at a time and few are kept; BadRequest (not_recorded_yet), Overloaded."""
        moment = await self.moment(fresh=known_at is not None)
        if known_at is None:
            return moment
        position = await self.position_known(known_at, moment)
        if position > moment.read_up_to:  # recorded since
            moment = await self.moment(fresh=True)
        if position >= self._folded_to:
            return Moment(moment.now, position, moment.organisation)
        if self._asking >= MOST_ASKING:
            raise Overloaded(retry_after=1)
        self._asking += 1
        try:
            async with self._folding:
                organisation = self._known.pop(position, None)
                if organisation is None:
                    organisation = Organisation()
                    await self._fold(organisation, 0, position)
                self._known[position] = organisation
                while len(self._known) > MOST_KEPT:
                    del self._known[next(iter(self._known))]
        finally:
            self._asking -= 1
        return Moment(moment.now, position, organisation)

    async def position_known(self, known_at: int | datetime, moment: Moment) -> int:
        """The last position recorded by then (0: none). BadRequest (not_recorded_yet) for what is not
        recorded yet: the answer could still change. `moment`: a fresh one."""
        if isinstance(known_at, int):
            if known_at > moment.read_up_to:
                raise BadRequest(
                    "not_recorded_yet",
                    f"known_at: this ledger ends at position {moment.read_up_to}: ask for one up to that",
                )
            return known_at
        if known_at >= moment.now:  # what is recorded next may still have this time
            raise BadRequest(
                "not_recorded_yet",
                f"known_at: the ledger's time is {moment.now.isoformat()}: ask for an earlier one",
            )
        position = await position_at(self._recorder, known_at)
        if position < moment.read_up_to:
            return position
        await self._recorder.settled()  # what is recorded from here on is later than `known_at`
        return await position_at(self._recorder, known_at)


async def position_at(recorder: Recorder, instant: datetime) -> int:
    """The last position recorded at or before `instant` (0: none); recorded times never go back."""
    _, high = await recorder.clock()
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        (stored,) = await recorder.events_after(middle - 1, 1)
        if stored.recorded_at <= instant:
            low = middle
        else:
            high = middle - 1
    return low


async def decide(
    reader: OrganisationReader, decision: Callable[[Moment], Awaitable[T]], *, versions_too: bool = False
) -> T:
    """Run `decision` on the present moment; again on a fresh one when a condition of its append is missed.

    The first try uses what is in memory, which costs no query; what it records is guarded by its append,
    but a refusal is not, so a refusal is only
    believed on a fresh moment. `versions_too`: try again also when the stream has moved on (facts from
    outside, which carry no revision).
    Raises Overloaded after five misses and three seconds.
    """
    fresh = False
    began, misses = time.monotonic(), 0
    while misses < TRIES or time.monotonic() - began < PATIENCE:
        misses += 1
        if misses > TRIES:
            await asyncio.sleep(0.02)
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
