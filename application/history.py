"""A dossier's life for the auditor: every fact, who, when, under which agency and rules, as known now or as
known at a position; with what handovers said of it beside its own stream: transfers, answers, placements, the
inventories of its paper originals, and obstacles that name it.

Obstacles stand in streams of their own, which no dossier names: a read model says which they are, and the
answer says up to which position it did.

Personal text is opened only for the auditor, the parties, and officers posted where the dossier lies or lay,
and only while its key exists: erased text is null, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from application.dossiers import Dossiers, Known, load_by_id
from application.linked_reading import view
from application.moment import Moment
from application.persons import speaking
from application.policy import Identity, allow
from application.ports import Keyring
from application.refusals import NotFound
from domain.dossier import Dossier
from domain.dossier_timeline import timeline
from domain.facts import ENVELOPE_FIELDS, Fact, Personal, Recorded, Sealed
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
    """`entries` by position; `read_up_to`: the position up to which the log was read. Of obstacles that name
    the dossier: `obstacles_up_to`, less than `read_up_to` where the read model is behind, and
    `obstacles_left_out`: there are more than 200. `linked`: the group of which it is a step, as known up to
    the same position; None where there is none here."""

    code: str
    dossier: UUID
    read_up_to: int
    entries: tuple[Json, ...]
    obstacles_up_to: int
    obstacles_left_out: bool
    linked: Json | None = None


async def history(
    office: Dossiers,
    index: ObstacleIndex,
    identity: Identity,
    code: str,
    *,
    known_at: int | datetime | None = None,
    valid_at: datetime | None = None,
) -> History:
    """Every fact about the dossier recorded up to `known_at` (a position, an instant, or None: now), with the
    handover's facts about it; with `valid_at` only what had happened by then."""
    found = await readable(office, identity, code)
    dossier_id, moment, known = found.dossier, found.moment, found.known
    up_to = moment.read_up_to if known_at is None else await office.reader.position_known(known_at, moment)
    group = await _group_of(office, known.dossier)
    obstacles, shown = await index.naming(dossier_id, up_to, MOST_OBSTACLES + 1)
    beside = [*_streams_beside(known, moment, group), *obstacles[:MOST_OBSTACLES]]
    recorded = await office.ledger.facts_of((dossier_id, *known.streams, *beside))
    chosen = [r for r in recorded if r.position <= up_to]
    if not any(r.fact.originator_id == dossier_id for r in chosen):
        raise NotFound("not_known_yet", f"nothing about {code} was recorded up to position {up_to}")
    await office.ledger.keyring.load(sorted(_subjects(chosen)))
    statuses = {s.position: s.status for s in timeline(chosen).statuses}
    return History(
        code,
        dossier_id,
        up_to,
        tuple(
            _entry(office.ledger.keyring, r, statuses.get(r.position))
            for r in chosen
            if valid_at is None or r.fact.envelope.occurred_at <= valid_at
        ),
        min(shown, up_to),
        len(obstacles) > MOST_OBSTACLES,
        await _linked(office, group, moment, known_at, up_to),
    )


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


async def _group_of(office: Dossiers, dossier: Dossier) -> UUID | None:
    """The linked group that began the dossier. One that was declared elsewhere is not known here, and of one
    that its filing only names it has nothing to tell: that is somebody else's."""
    named = dossier.linked_group
    for recorded in await office.ledger.facts_of([named]) if named else ():
        if isinstance(recorded.fact, LinkedStepBegun) and recorded.fact.dossier == dossier.id:
            return named
    return None


async def _linked(
    office: Dossiers, group: UUID | None, moment: Moment, known_at: int | datetime | None, up_to: int
) -> Json | None:
    """The group as known then, with what is late by then."""
    if group is None:
        return None
    if known_at is None:
        return await view(office, group, moment, up_to)
    then = await office.reader.as_known(up_to)
    (last,) = await office.ledger.recorder.events_after(up_to - 1, 1)
    at = known_at if isinstance(known_at, datetime) else last.recorded_at
    return await view(office, group, replace(then, now=at), up_to)


def _streams_beside(known: Known, moment: Moment, group: UUID | None) -> list[UUID]:
    """Where a part's transfer of the dossier and the inventory of its papers would stand: two for each part,
    since papers are listed before it moves, and the dossier may have gone elsewhere since."""
    organisation, dossier = moment.organisation, known.dossier.id
    transfers = [stream_id(s.part_id, s.part_version, dossier, s.hour) for s in organisation.steps]
    papers = [
        papers_stream_id(part.id, dossier, part.effective_at)
        for part in organisation.parts.values()
        if part.scheduled is not None
    ]
    return [*transfers, *papers, *([group] if group else [])]


def _entry(keyring: Keyring, recorded: Recorded[Fact], status: int | None) -> Json:
    fact, envelope = recorded.fact, recorded.fact.envelope
    return {
        "position": recorded.position,
        "version": fact.originator_version,
        "type": fact.TOPIC,
        "recorded_at": recorded.recorded_at,
        "occurred_at": envelope.occurred_at,
        "actor": {"kind": envelope.actor.kind, "id": envelope.actor.id},
        "posting_id": envelope.posting_id,
        "acting_agency": envelope.acting_agency,
        "holder": envelope.holder,
        "rules": list(envelope.rules),
        "status": status,
        "leaf": recorded.leaf.hex(),
        "data": {name: _opened(keyring, value) for name, value in clear_fields(fact)},
    }


def clear_fields(fact: Fact) -> Iterator[tuple[str, Any]]:
    """The fact's own fields by their stored names."""
    for field in fields(fact):
        if field.name not in ENVELOPE_FIELDS:
            yield field.name.rstrip("_"), getattr(fact, field.name)


def _opened(keyring: Keyring, value: Any) -> Any:
    if isinstance(value, Sealed):
        text = keyring.open(value)
        return {"subject": value.subject, "text": text, "erased": text is None}
    if isinstance(value, dict):
        return {k: _opened(keyring, v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [_opened(keyring, v) for v in value]
    if is_dataclass(value) and not isinstance(value, type):  # a member of an inventory
        return {f.name: getattr(value, f.name) for f in fields(value)}
    return value


def _subjects(recorded: Iterable[Recorded[Fact]]) -> set[UUID]:
    return {sealed.subject for r in recorded for sealed in sealed_fields(r.fact)}


def sealed_fields(fact: Fact) -> Iterator[Sealed]:
    """Every sealed text of a fact."""
    for _, value in clear_fields(fact):
        yield from sealed_in(value)


def sealed_in(value: Any) -> Iterator[Sealed]:
    """Every sealed text in a field, at any depth."""
    if isinstance(value, Sealed):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from sealed_in(member)
    elif isinstance(value, (tuple, list)):
        for member in value:
            yield from sealed_in(member)


def without_personal(value: Any) -> Any:
    """A field as anybody may read it: sealed text is gone, the rest stays; ids and times as they are."""
    if isinstance(value, (Sealed, Personal)):
        return None
    if isinstance(value, dict):
        return {k: without_personal(v) for k, v in value.items() if not isinstance(v, (Sealed, Personal))}
    if isinstance(value, (tuple, list)):
        return [without_personal(v) for v in value]
    if isinstance(value, (UUID, datetime, date, str, int, bool, float)) or value is None:
        return value
    if is_dataclass(value) and not isinstance(value, type):  # a member of a handover's lists
        return {f.name.rstrip("_"): without_personal(getattr(value, f.name)) for f in fields(value)}
    raise TypeError(f"no public form for {type(value).__name__}")
