"""A dossier's life for the auditor: every fact, who, when, under which agency and rules, as known now or as
known at a position; with what handovers said of it beside its own stream: transfers, answers, placements, the
inventories of its paper originals, and obstacles that name it.

Obstacles stand in streams of their own, which no dossier names: a read model says which they are, and the
answer says up to which position it did.

Personal text is opened only for the auditor, the parties, and officers posted where the dossier lies or lay,
and only while its key exists: erased text is null, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from application.dossiers import Dossiers, Known, load_by_id
from application.fact_fields import sealed_fields
from application.history_entries import Entries
from application.linked_reading import view, view_then
from application.moment import Moment
from application.organisation import Organisation
from application.persons import speaking
from application.policy import Identity, allow
from application.refusals import BadRequest, NotFound
from application.then import KnownAt, position_then, recorded_then
from domain.facts import Fact, Recorded
from domain.handed_over import stream_id
from domain.linked_facts import LinkedStepBegun
from domain.local_time import local_date
from domain.papers import papers_stream_id

Json = dict[str, Any]
MOST_OBSTACLES = 200


class ObstacleIndex(Protocol):
    """Which obstacles name a dossier, as a read model shows it."""

    async def naming(self, dossier: UUID, position: int, limit: int) -> tuple[list[UUID], int]:
        """The first `limit` of them by id, which is in the order of their reports, and the position up to
        which they are shown: `position` or more, unless the read model does not come so far soon."""
        ...


@dataclass(frozen=True, slots=True)
class History:
    """`entries` by position; `read_up_to`: the position up to which the log was read; `since`: the position
    after which entries are told, 0: all. Of obstacles that name the dossier: `obstacles_up_to`, less than
    `read_up_to` where the read model is behind, and `obstacles_left_out`: there are more than 200. `linked`:
    the group of which it is a step, as known up to the same position; None where there is none here."""

    code: str
    dossier: UUID
    read_up_to: int
    entries: tuple[Json, ...]
    obstacles_up_to: int
    obstacles_left_out: bool
    linked: Json | None = None
    since: int = 0


async def history(
    office: Dossiers,
    index: ObstacleIndex,
    identity: Identity,
    code: str,
    *,
    known_at: KnownAt = None,
    valid_at: datetime | None = None,
    since: KnownAt = None,
) -> History:
    """Every fact about the dossier recorded up to `known_at` (a position, an instant, or None: now), with the
    handover's facts about it; with `valid_at` only what had happened by then, with `since` only what was
    recorded after that. Raises NotFound, NotAllowed, BadRequest (not_recorded_yet, since_after)."""
    found = await readable(office, identity, code)
    up_to, after = await span(office, known_at, since)
    own = await recorded_then(office, found.dossier, None, up_to, code)
    group = await _group_of(office, found, up_to)
    obstacles, shown = await index.naming(found.dossier, up_to, MOST_OBSTACLES + 1)
    streams = [*_streams_beside(own.moment.organisation, found.dossier, group), *obstacles]
    beside = [r for r in await office.ledger.facts_of(streams) if r.position <= up_to]
    left_out = set(obstacles[MOST_OBSTACLES:])
    more = any(r.fact.originator_id in left_out for r in beside)
    kept = [r for r in beside if r.fact.originator_id not in left_out]
    chosen = sorted([*own.facts, *kept], key=lambda r: r.position)
    await office.ledger.keyring.load(sorted(_subjects(chosen)))
    linked = await _linked(office, group, found.moment, known_at, up_to)
    then = await office.reader.as_known(up_to)
    entries = Entries(office.ledger.keyring, then.organisation, chosen)
    told = tuple(
        entries.entry(r)
        for r in chosen
        if r.position > after and (valid_at is None or r.fact.envelope.occurred_at <= valid_at)
    )
    return History(code, found.dossier, up_to, told, min(shown, up_to), more, linked, after)


async def span(office: Dossiers, known_at: KnownAt, since: KnownAt) -> tuple[int, int]:
    """The positions up to which, and after which, something is told. BadRequest (not_recorded_yet,
    since_after)."""
    up_to = await position_then(office.reader, known_at)
    after = 0 if since is None else await position_then(office.reader, since)
    if after > up_to:
        raise BadRequest(
            "since_after",
            f"since: that is position {after}, and it is asked up to {up_to}: ask earlier",
        )
    return up_to, after


@dataclass(frozen=True, slots=True)
class Readable:
    """A dossier whose history somebody may read, as loaded for that."""

    dossier: UUID
    moment: Moment
    known: Known

    @property
    def versions(self) -> list[tuple[int, type[Fact]]]:
        """The facts of its own stream, by version."""
        own = (r.fact for r in self.known.facts if r.fact.originator_id == self.dossier)
        return [(fact.originator_version, type(fact)) for fact in own]

    @property
    def last(self) -> int:
        return max(version for version, _ in self.versions)


async def readable(office: Dossiers, identity: Identity, code: str) -> Readable:
    """The dossier, for whom its history is open. Raises NotFound, NotAllowed."""
    dossier_id = await office.ledger.find("dossier_code", code)
    if dossier_id is None:
        raise NotFound("unknown_dossier", f"no dossier has the code {code}: check it against the slip")
    moment = await office.reader.moment(fresh=True)
    known = await load_by_id(office, dossier_id, moment)
    speaks = await speaking(office.ledger, identity, known.dossier, local_date(moment.now))
    allow(
        identity,
        "read-history",
        moment,
        holder=known.answerable(moment),
        earlier=known.earlier_holders(moment),
        parties=speaks.parties_to("read-history"),
    )
    return Readable(dossier_id, moment, known)


async def _group_of(office: Dossiers, found: Readable, up_to: int) -> UUID | None:
    """The linked group that began the dossier, as known up to a position. One that was declared elsewhere is
    not known here, and of one that its filing only names it has nothing to tell: that is somebody else's."""
    named = found.known.dossier.linked_group
    for recorded in await office.ledger.facts_of([named]) if named else ():
        fact = recorded.fact
        if recorded.position <= up_to and isinstance(fact, LinkedStepBegun) and fact.dossier == found.dossier:
            return named
    return None


async def _linked(
    office: Dossiers, group: UUID | None, moment: Moment, known_at: KnownAt, up_to: int
) -> Json | None:
    """The group as known then, with what is late by then."""
    if group is None:
        return None
    if known_at is None:
        return await view(office, group, moment, up_to)
    return await view_then(office, group, known_at, up_to)


def _streams_beside(organisation: Organisation, dossier: UUID, group: UUID | None) -> list[UUID]:
    """Where a part's transfer of the dossier and the inventory of its papers would stand: two for each part,
    since papers are listed before it moves, and the dossier may have gone elsewhere since."""
    transfers = [stream_id(s.part_id, s.part_version, dossier, s.hour) for s in organisation.steps]
    papers = [
        papers_stream_id(part.id, dossier, part.effective_at)
        for part in organisation.parts.values()
        if part.scheduled is not None
    ]
    return [*transfers, *papers, *([group] if group else [])]


def _subjects(recorded: Iterable[Recorded[Fact]]) -> set[UUID]:
    return {sealed.subject for r in recorded for sealed in sealed_fields(r.fact)}
