"""An inspection of the whole log at one instant: what `domain.inspection` looks for, each found fact told as
it comes, counted by check, with the first dossiers behind it.

Three passes: by position, with the organisation as known before each fact; the dossiers asked for papers too
often, which the database counts; and who held each dossier how long. Memory is a page, the organisation, and
per check at most 200,000 dossiers to be told apart.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from application.audit_known import Known
from application.audit_postings import posted
from application.feed import OF_DOSSIERS, dossier_of
from application.ledger import Ledger
from application.moment import Moment
from application.office_open import OfficesOpen
from application.policy import Identity, allow
from application.ports import StoredFact
from domain.anomalies import ANOMALIES
from domain.dossier_facts import SupplementRequested
from domain.facts import Category, Fact, Recorded
from domain.holding import CONCLUDED, DossierHistory, Steps, spells
from domain.inspection import (
    ASKED_OFTEN,
    CHECKS,
    HELD_LONG,
    MOST_REQUESTS,
    OUTSIDE_HOURS,
    RECORDED_LATE,
    RULE_NOT_KEPT,
    WITHOUT_POSTING,
    Check,
    Thresholds,
    late_by,
    of_fact,
)

MOST_NAMED = 20
MOST_TOLD_APART = 200_000
AT_ONCE = 500

Json = dict[str, Any]
Told = Callable[[Json], None]
"""Hears of everything that is found: check, dossier (id), code, position, and what the check adds."""
Progress = Callable[[str, int, int], None]
ON_RECORD = frozenset(rule.id for rule in ANOMALIES)


class InspectedLog(Protocol):
    """The log in one snapshot. `head`: its last position."""

    head: int

    def by_position(self) -> AsyncIterator[list[StoredFact]]: ...

    def histories(self, position: int) -> AsyncIterator[list[DossierHistory]]: ...

    def often(
        self, topic: str, most: int, before: datetime | None
    ) -> AsyncIterator[list[tuple[UUID, int, int]]]:
        """Dossiers with more than `most` facts of this topic or an earlier version of it, recorded before
        then (None: ever): stream, position of the last one, how many; in pages."""
        ...

    async def streams_at(self, positions: Sequence[int]) -> dict[int, UUID]: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What is inspected. `from_`, `until`: recorded then (aware, half-open; None: no bound); `agency`: acts
    of this agency alone, and what it held."""

    from_: datetime | None = None
    until: datetime | None = None
    agency: UUID | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)

    def covers(self, at: datetime) -> bool:
        return (self.from_ is None or self.from_ <= at) and (self.until is None or at < self.until)

    def is_of(self, recorded: Recorded[Fact]) -> bool:
        """Whether a fact is recorded then, and an act of the agency or about what it held."""
        envelope = recorded.fact.envelope
        agencies = (None, envelope.acting_agency, envelope.holder)
        return self.covers(recorded.recorded_at) and self.agency in agencies


def scope_of(
    from_: datetime | None, until: datetime | None, agency: UUID | None, late_hours: int, held_days: int
) -> Scope:
    """The same, from what an inspector says."""
    return Scope(from_, until, agency, Thresholds(timedelta(hours=late_hours), timedelta(days=held_days)))


@dataclass(slots=True)
class Counted:
    """`count`: of facts, or of spells of holding; `first`: codes of the first dossiers; `dossiers`: how many
    different ones, None where they are more than can be told apart."""

    count: int = 0
    first: list[str] = field(default_factory=list)
    _seen: set[UUID] = field(default_factory=set)

    @property
    def dossiers(self) -> int | None:
        return len(self._seen) if len(self._seen) < MOST_TOLD_APART else None

    def add(self, dossier: UUID | None, code: str | None) -> None:
        self.count += 1
        if dossier is None or dossier in self._seen or len(self._seen) >= MOST_TOLD_APART:
            return
        self._seen.add(dossier)
        if code is not None and len(self.first) < MOST_NAMED:
            self.first.append(code)


@dataclass(slots=True)
class Inspection:
    """What was found through the position `head`, by check; `not_judged`: acts for whose day no office hours
    or no calendar are known."""

    head: int
    now: datetime
    checks: dict[Check, Counted] = field(default_factory=lambda: {check: Counted() for check in CHECKS})
    not_judged: int = 0


async def inspect(
    ledger: Ledger,
    moment_now: datetime,
    log: InspectedLog,
    scope: Scope,
    *,
    told: Told = lambda line: None,
    progress: Progress = lambda title, done, total: None,
) -> Inspection:
    """Look through the log. `moment_now`: the ledger's time. Raises a LedgerError where it cannot be read."""
    found = Inspection(log.head, moment_now)
    finder = _Finder(ledger, log, scope, found, told)
    known = Known()
    async for page in log.by_position():
        for stored in page:
            recorded = ledger.codec.decode(stored)
            finder.take(recorded, known)
            known.take(recorded, stored, None)
        await finder.tell(AT_ONCE)
        progress("Inspecting the log", page[-1].position, log.head)
    await finder.asked_often()
    await finder.holding(known, progress)
    await finder.tell(0)
    return found


def may_inspect(identity: Identity, moment: Moment) -> None:
    """Raises NotAllowed."""
    allow(identity, "read-anomalies", moment)


class _Finder:
    """Keeps what was found until the codes of some hundred dossiers are read at once."""

    def __init__(
        self, ledger: Ledger, log: InspectedLog, scope: Scope, inspection: Inspection, told: Told
    ) -> None:
        self._ledger, self._log, self._scope = ledger, log, scope
        self._inspection, self._told = inspection, told
        self._open = OfficesOpen()
        self._waiting: list[tuple[Check, UUID | None, int, Json]] = []

    def found(self, check: Check, dossier: UUID | None, position: int, more: Json) -> None:
        self._waiting.append((check, dossier, position, more))

    def take(self, recorded: Recorded[Fact], known: Known) -> None:
        """One fact; `known`: what was before it."""
        fact, scope = recorded.fact, self._scope
        envelope = fact.envelope
        if not scope.is_of(recorded):
            return
        dossier = dossier_of(fact) if fact.CATEGORY in OF_DOSSIERS else None

        def found(check: Check, more: Json) -> None:
            said = {"fact": fact.TOPIC, "recorded_at": recorded.recorded_at, "by": envelope.actor.id}
            self.found(check, dossier, recorded.position, said | more)

        if (late := late_by(recorded, scope.thresholds)) is not None and dossier is not None:
            found(RECORDED_LATE, {"occurred_at": envelope.occurred_at, "days": late // timedelta(days=1)})
        for check in of_fact(fact):
            found(check, {})
        if rules := sorted(ON_RECORD.intersection(envelope.rules)):
            found(RULE_NOT_KEPT, {"rules": rules})
        if envelope.actor.kind != "officer" or envelope.posting_id is None:
            return
        then = (recorded.recorded_at, envelope.occurred_at)
        if not all(posted(envelope, known.organisation, at) for at in then):
            found(WITHOUT_POSTING, {"posting": envelope.posting_id, "occurred_at": envelope.occurred_at})
        if fact.CATEGORY == Category.DOSSIER:
            is_open = self._open.then(known.organisation, recorded)
            self._inspection.not_judged += is_open is None
            if is_open is False:
                found(OUTSIDE_HOURS, {})

    async def asked_often(self) -> None:
        """The last of too many requests says when, and of which agency, that is."""
        async for often in self._log.often(SupplementRequested.TOPIC, MOST_REQUESTS, self._scope.until):
            for dossier, position, count in often:
                (stored,) = await self._ledger.recorder.events_after(position - 1, 1)
                if self._scope.is_of(self._ledger.codec.decode(stored)):
                    self.found(ASKED_OFTEN, dossier, position, {"requests": count})
            await self.tell(AT_ONCE)

    async def holding(self, known: Known, progress: Progress) -> None:
        """Who held what longer than the inspector thinks right, by the definition of who holds."""
        steps, scope, at = known.organisation.steps, self._scope, self._inspection.now
        done = 0
        async for page in self._log.histories(self._inspection.head):
            firsts: dict[int, list[Json]] = {}
            for history in page:
                if history.holder_sets:
                    long = list(self._long(history, steps, at))
                    if long:
                        firsts[history.holder_sets[0].position] = long
            streams = await self._log.streams_at(list(firsts)) if firsts else {}
            for position, spans in firsts.items():
                for span in spans:
                    if scope.agency in (None, span["agency"]):
                        self.found(HELD_LONG, streams.get(position), position, span)
            await self.tell(AT_ONCE)
            done += len(page)
            progress("Looking how long each was held", done, 0)

    def _long(self, history: DossierHistory, steps: Steps, now: datetime) -> Iterator[Json]:
        until = min(self._scope.until or now, now)
        held = [one for one in spells(history, steps) if one.since < until]
        for number, one in enumerate(held):
            end = min(held[number + 1].since if number + 1 < len(held) else until, until)
            for since, to in _open_within(history, one.since, end):
                if to - since > self._scope.thresholds.held and (
                    self._scope.from_ is None or to > self._scope.from_
                ):
                    days = (to - since) // timedelta(days=1)
                    yield {"agency": one.agency, "since": since, "until": to, "days": days}

    async def tell(self, more_than: int) -> None:
        """Name the dossiers of what waits, where that is more than so many."""
        if len(self._waiting) <= more_than:
            return
        waiting, self._waiting = self._waiting, []
        dossiers = {dossier for _, dossier, _, _ in waiting if dossier is not None}
        firsts = await self._ledger.recorder.first_of(sorted(dossiers)) if dossiers else []
        codes = {row.stream_id: getattr(self._ledger.codec.decode(row).fact, "code", None) for row in firsts}
        for check, dossier, position, said in waiting:
            code = codes.get(dossier) if dossier else None
            self._inspection.checks[check].add(dossier, code)
            self._told({"check": check.id, "dossier": dossier, "code": code, "position": position} | said)


def _open_within(
    history: DossierHistory, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The times within a spell in which the dossier was open."""
    begun: datetime | None = since
    for status in (s for s in history.statuses if s.at <= since):
        begun = None if status.status in CONCLUDED else since
    for status in (s for s in history.statuses if since < s.at < until):
        if begun is not None and status.status in CONCLUDED:
            yield begun, status.at
            begun = None
        elif begun is None and status.status not in CONCLUDED:
            begun = status.at
    if begun is not None:
        yield begun, until
