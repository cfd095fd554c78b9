"""What concerns a person who is to be erased, and what of it stands in the way: found by the read models,
judged on what the log says.

Every stream that is read is named in `streams`: an erasure is appended only if nothing newer is in them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from application.erasing_ports import Erasing
from application.persons import person
from application.refusals import NotFound
from application.retained import Retained
from domain import erasure_rules as rules
from domain.citizen import Citizen
from domain.document_store import store_stream
from domain.dossier import Dossier
from domain.erasure import DOSSIER, MOST_DOSSIERS, PERIODS_COUNT
from domain.facts import Category, Fact, Recorded, Sealed
from domain.files import files_of
from domain.refusals import Detail, Refused, Rule
from domain.retention import CONCLUDED, counted_from

AT_ONCE: Final = 100
FEW: Final = 20


@dataclass(frozen=True, slots=True)
class OfDossier:
    """A dossier as the log says it stands. `since`: from when its retention period is counted, None while it
    is not concluded; `own`: it goes with the person."""

    id: UUID
    code: str
    procedure: str | None
    status: int | None
    since: date | None
    own: bool


@dataclass(frozen=True, slots=True)
class Stands:
    """Something that stands in the way of an erasure: the rule, and on what."""

    rule: Rule
    details: dict[str, Detail]

    def refused(self) -> Refused:
        refused = Refused(self.rule)
        refused.details = dict(self.details)
        return refused


@dataclass(slots=True)
class Concern:
    """`records`: of the person, by id, to decide on; empty for a dossier that nobody owns. `files`: names of
    what is stored under them."""

    kind: str
    subject: UUID
    records: dict[UUID, Citizen] = field(default_factory=dict)
    dossiers: list[OfDossier] = field(default_factory=list)
    voices: list[UUID] = field(default_factory=list)
    groups: list[UUID] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    streams: list[UUID] = field(default_factory=list)

    @property
    def citizens(self) -> tuple[UUID, ...]:
        return tuple(sorted(self.records))

    @property
    def subjects(self) -> tuple[UUID, ...]:
        """Whose keys are destroyed."""
        return (*self.citizens, *(one.id for one in self.dossiers if one.own))

    @property
    def beside(self) -> tuple[UUID, ...]:
        return tuple(one.id for one in self.dossiers if not one.own)


async def concern(office: Erasing, kind: str, subject: UUID, shown_to: int) -> Concern:
    """All that concerns a citizen, under every record of the same person, or an imported dossier that nobody
    owns. `shown_to`: the position that the read models have to include. Raises NotFound, Refused
    (erase.dossier_of_nobody, erase.at_most)."""
    await office.index.shown(shown_to)
    found = Concern(kind, subject)
    if kind == DOSSIER:
        await _take(office, found, [subject], own=True)
        if not found.dossiers:
            raise NotFound("unknown_dossier", f"there is no dossier {subject}")
        return found
    first = await office.ledger.recorder.first_of([subject])
    if not first or first[0].category != Category.CITIZEN:
        raise NotFound("unknown_citizen", f"there is no citizen {subject}")
    known = await person(office.ledger, subject)
    found.records = known.records
    ids = list(known.ids)
    owned = await office.index.owned(ids, MOST_DOSSIERS + 1)
    filed = [one for one in await office.index.filed(ids, MOST_DOSSIERS + 1) if one not in set(owned)]
    if len(owned) + len(filed) > MOST_DOSSIERS:
        raise Refused(rules.AT_MOST, dossiers=len(owned) + len(filed))
    found.streams += [*ids, *(store_stream(one) for one in ids)]
    await _take(office, found, owned, own=True)
    await _take(office, found, filed, own=False)
    await _files_of_stores(office, found)
    found.voices = await office.index.open_voices(ids, FEW)
    found.groups = await office.index.open_groups(ids, FEW)
    return found


async def _take(office: Erasing, found: Concern, dossiers: Sequence[UUID], *, own: bool) -> None:
    for start in range(0, len(dossiers), AT_ONCE):
        some = dossiers[start : start + AT_ONCE]
        facts: dict[UUID, list[Recorded[Fact]]] = {id: [] for id in some}
        for recorded in await office.ledger.facts_of(some):
            facts[recorded.fact.originator_id].append(recorded)
        for id, recorded_of in facts.items():
            if not recorded_of or recorded_of[0].fact.CATEGORY != Category.DOSSIER:
                continue
            dossier = Dossier.empty(id)
            since = counted_from(recorded_of, dossier)
            if found.kind == DOSSIER and (dossier.owner or dossier.submitter or not dossier.imported):
                raise Refused(rules.OF_PERSON, dossier=dossier.code)
            mine = own or dossier.owner is None
            found.dossiers.append(
                OfDossier(id, dossier.code, dossier.procedure_code, dossier.status, since, mine)
            )
            found.streams.append(id)
            found.files.update(files_under(recorded_of, {*found.records, *((id,) if mine else ())}))


async def _files_of_stores(office: Erasing, found: Concern) -> None:
    streams = [store_stream(one) for one in found.citizens]
    found.files.update(files_under(await office.ledger.facts_of(streams), set(found.citizens)))


def files_under(facts: Iterable[Recorded[Fact]], subjects: Collection[UUID]) -> list[str]:
    """The files that these facts name, as far as they say under whom each is sealed: under one of these."""
    return [
        file
        for recorded in facts
        if isinstance(content := getattr(recorded.fact, "content", None), Sealed)
        and content.subject in subjects
        for file in files_of(recorded.fact)
    ]


def stands_in_the_way(found: Concern, known: Retained, ground: str, day: date) -> list[Stands]:
    """Every exception of the law, the strongest first; none: it may be erased on this day and ground."""
    ways: list[Stands] = []
    for id in (*found.records, *(one.id for one in found.dossiers)):
        if (hold := known.held(id)) and hold.placed:
            ways.append(Stands(rules.HELD, {"hold": str(hold.id), "ground": hold.placed.ground}))
    for one in found.dossiers:
        if one.status not in CONCLUDED:
            ways.append(Stands(rules.PROCEDURE_OPEN, {"dossier": one.code, "status": one.status}))
    ways += [Stands(rules.VOICE_OPEN, {"voice": str(id)}) for id in found.voices]
    ways += [Stands(rules.GROUP_OPEN, {"group": str(id)}) for id in found.groups]
    if ground in PERIODS_COUNT:
        ways += [way for one in found.dossiers if (way := _kept(one, known, day))]
    return ways


def _kept(one: OfDossier, known: Retained, day: date) -> Stands | None:
    """Why a concluded dossier is still kept on a day."""
    if one.since is None:
        return None
    period = known.period(one.procedure, day)
    if period is None:
        return Stands(rules.PERIOD_UNKNOWN, {"dossier": one.code, "procedure": one.procedure})
    over = period.over_on(one.since)
    if over is None:
        return Stands(rules.FOR_EVER, {"dossier": one.code, "source": period.source})
    if day < over:
        return Stands(rules.PERIOD_RUNS, {"dossier": one.code, "until": over.isoformat()})
    return None


def judge(found: Concern, known: Retained, ground: str, day: date) -> None:
    """Raises Refused with the first that stands in the way."""
    for way in stands_in_the_way(found, known, ground, day):
        raise way.refused()
