"""The audit of people, some hundred dossiers or records at once: each dossier that names a mandate has one
that its owner had given to its submitter, that was in force on that day and covers its procedure; and both
ends of each link between two records of one person stand next to each other, from one append, without
circles, between records of one kind.

Judged by what was recorded before: a mandate that was given, or a merge that was made, afterwards counts for
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from application.audit_findings import Findings
from application.people_then import PeopleThen, Record, Records, same_then
from domain import citizen_rules as rules
from domain.citizen_facts import CitizenAbsorbed, CitizenMerged, CitizenReleased, CitizenSeparated
from domain.dossier_beginning_facts import DossierSubmitted
from domain.facts import Fact, Recorded
from domain.local_time import local_date
from domain.mandates import judge_filing
from domain.refusals import Refused

Facts = Sequence[Recorded[Fact]]
_SAYS: Final = {
    rules.MANDATE_FROM_OWNER.id: "which its owner had not given to who files it",
    rules.MANDATE_IN_FORCE.id: "which was not in force on that day",
    rules.MANDATE_COVERS.id: "which does not cover its procedure",
}


class PeopleAuditor:
    def __init__(self, people: PeopleThen, findings: Findings) -> None:
        self._people = people
        self._findings = findings

    async def check_mandates(self, dossiers: Mapping[UUID, Facts]) -> None:
        """Dossiers with the facts of their own streams. Where none names a mandate nothing is read."""
        filed: list[Recorded[Any]] = [
            facts[0]
            for facts in dossiers.values()
            if facts and isinstance(facts[0].fact, DossierSubmitted) and facts[0].fact.mandate is not None
        ]
        parties = {party for first in filed for party in (first.fact.owner, first.fact.submitter)}
        records = await self._people.read(parties)
        for first in filed:
            fact, position = first.fact, first.position
            owners = same_then(records, fact.owner, position)
            known = (records[one].mandate(fact.mandate, position) for one in owners if one in records)
            named = next((mandate for mandate in known if mandate), None)
            submitters = same_then(records, fact.submitter, position)
            try:
                judge_filing(named, submitters, fact.procedure_code, local_date(fact.envelope.occurred_at))
            except Refused as refused:
                self._findings.add(
                    "mandate",
                    f"position {position} files dossier {fact.code} under the mandate {fact.mandate}, "
                    f"{_SAYS[refused.rule.id]}",
                    position=position,
                    stream=fact.originator_id,
                )

    async def check_links(self, citizens: Sequence[UUID]) -> None:
        """Records that have a fact of such a link."""
        records = await self._people.read(citizens)
        for id in citizens:
            for link in records[id].links:
                for said in _wrong(id, link, records):
                    position = link.position
                    self._findings.add("merge", f"position {position} {said}", position=position, stream=id)


def _wrong(id: UUID, link: Recorded[Any], records: Records) -> Iterator[str]:
    """What is wrong with one fact of a link, in the stream of the record `id`."""
    fact, position, own = link.fact, link.position, records[id]
    match fact:
        case CitizenMerged(into=into):
            if (before := own.merged_into(position)) is not None:
                yield f"merges {id} once more: it was merged into {before}"
            if id in same_then(records, into, position):
                yield f"merges {id} into {into}, which stood for the same person already"
            kinds = own.kind, _record(records, into).kind
            if kinds[0] != kinds[1]:
                yield f"merges {id} into {into}: {_kind(kinds[0])} into {_kind(kinds[1])}"
            if not _stands(CitizenAbsorbed, id, _record(records, into), link, position + 1):
                yield f"merges {id} into {into}, and no absorption of it stands next to that"
        case CitizenSeparated(from_=other):
            if own.merged_into(position) != other:
                yield f"separates {id} from {other}, into which it was not merged"
            if not _stands(CitizenReleased, id, _record(records, other), link, position + 1):
                yield f"separates {id} from {other}, and no release of it stands next to that"
        case CitizenAbsorbed(duplicate=duplicate):
            if not _stands(CitizenMerged, id, _record(records, duplicate), link, position - 1):
                yield f"absorbs {duplicate}, and no merge of it stands next to that"
        case CitizenReleased(duplicate=duplicate):
            if not _stands(CitizenSeparated, id, _record(records, duplicate), link, position - 1):
                yield f"releases {duplicate}, and no separation of it stands next to that"


def _stands(kind: type[Fact], named: UUID, record: Record, link: Recorded[Any], position: int) -> bool:
    """Whether the other end of a link, which names the record `named`, stands at a position of this record,
    from the same append: that records all of its facts at one time."""
    return any(
        other.position == position
        and isinstance(other.fact, kind)
        and _other(other.fact) == named
        and other.recorded_at == link.recorded_at
        for other in record.links
    )


def _other(fact: Any) -> UUID | None:
    """Which record the end of a link names."""
    match fact:
        case CitizenMerged(into=other) | CitizenSeparated(from_=other):
            return other
        case CitizenAbsorbed(duplicate=other) | CitizenReleased(duplicate=other):
            return other
    return None


def _record(records: Records, id: UUID) -> Record:
    """A record; of one that is not there nothing is known."""
    return records.get(id) or Record()


def _kind(kind: str | None) -> str:
    return kind.replace("_", " ") if kind else "nobody who is known"
