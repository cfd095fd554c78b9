"""Procedures of the catalogue, by code: published in numbered versions, each valid from a day until a
higher number's day.

A dossier keeps the version under which it was accepted. One procedure has several limits and fees, by
channel and by case (reference sections 2.3 and 3.8), and the machine-readable limit is not trustworthy on
its own, so its source stands in the version. That a version was promulgated and posted is recorded beside it
(`domain.publication`).
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from domain import doubt_rules, record_rules
from domain.clear_text import NUMBER, WORD, judge_form, judge_one_of
from domain.facts import Aggregate, Envelope, Fact
from domain.local_time import local_date
from domain.procedure_doubts import stated
from domain.procedure_facts import ProcedureDoubtDecided, ProcedureTagged, ProcedureVersionPublished
from domain.procedure_version import (
    LEVELS,
    PLACE_BASES,
    ProcedureVersion,
    fields_of,
    judge_limit,
    judge_version,
)
from domain.publication import Promulgation
from domain.publication_facts import ISSUERS, ProcedurePosted, ProcedurePromulgated
from domain.refusals import Refused
from domain.terms import terms_of

__all__ = ["LEVELS", "PLACE_BASES", "Procedure", "ProcedureVersion", "ProcedureVersionPublished", "Tag"]

Line = tuple[int, str, str | None]
"""Version, channel, case."""


class Tag(NamedTuple):
    """A programme from a local day until another (None: without an end)."""

    programme: str
    valid_from: date
    valid_until: date | None
    source: str

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


class Procedure(Aggregate):
    """One procedure of the catalogue and all its versions; by version, what is recorded of its promulgation
    and from which day on it is publicly posted."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.code = ""
        self.versions: dict[int, ProcedureVersion] = {}
        self.promulgations: dict[int, Promulgation] = {}
        self.posted: dict[int, date] = {}
        self.decided: dict[Line, ProcedureDoubtDecided] = {}
        self.tags: dict[tuple[str, date], Tag] = {}

    def publish(
        self,
        envelope: Envelope,
        *,
        code: str,
        number: int,
        name: str,
        field: str,
        decision_no: str,
        valid_from: date | None,
        level: str | None,
        place_basis: str | None,
        channels: tuple[dict[str, Any], ...],
        components: tuple[dict[str, Any], ...],
        results: tuple[dict[str, Any], ...],
        source: str,
        origin: dict[str, Any],
        terms: dict[str, Any] | None = None,
        levels: tuple[str, ...] = (),
    ) -> None:
        """Publish the next version, from the day of the one before or a later one; from an earlier day only
        where it says the same otherwise, which puts a wrong day right. Without `terms` the general rules
        apply. Raises Refused."""
        if number != len(self.versions) + 1 or self.code not in ("", code):
            raise Refused(record_rules.VERSION_NEXT, number=number, expected=len(self.versions) + 1)
        judge_version(level, levels, place_basis, channels)
        read = terms_of(terms or {})
        read.papers.judge_once_of_owner()
        refusals = read.results.refusals
        if not {result["code"] for result in results}.issuperset(refusals):
            raise Refused(record_rules.OF_PROCEDURE, field="terms.results.refusals")
        said: dict[str, Any] = {
            "name": name,
            "field": field,
            "decision_no": decision_no,
            "level": level,
            "levels": levels,
            "place_basis": place_basis,
            "channels": channels,
            "components": components,
            "results": results,
            "terms": terms,
        }
        said = fields_of(said)
        before = self.versions.get(number - 1)
        if before is not None and before.begins_after(valid_from) and not before.says(said):
            raise Refused(record_rules.VERSION_DAY, valid_from=str(valid_from), before=str(before.valid_from))
        self.record(
            ProcedureVersionPublished,
            envelope,
            code=code,
            number=number,
            valid_from=valid_from,
            source=source,
            origin=origin,
            **said,
        )

    def promulgate(self, envelope: Envelope, *, version: int, promulgation: Promulgation) -> None:
        """Record the decision that promulgates a version: once, and once it was made. Raises Refused."""
        if version not in self.versions:
            raise Refused(
                record_rules.PROMULGATE_KNOWN, version=version, versions=tuple(sorted(self.versions))
            )
        if version in self.promulgations:
            raise Refused(record_rules.PROMULGATE_ONCE, version=version)
        judge_form("decision_no", promulgation.decision_no, NUMBER)
        judge_one_of("issuer", promulgation.issuer, ISSUERS)
        _judge_past(promulgation.decided_on, envelope)
        self.record(ProcedurePromulgated, envelope, version=version, **asdict(promulgation))

    def post(self, envelope: Envelope, *, version: int, posted_on: date) -> None:
        """Record from which day on a promulgated version is publicly posted: once, and once it is. Raises
        Refused."""
        promulgation = self.promulgations.get(version)
        if promulgation is None:
            raise Refused(record_rules.POST_PROMULGATED, version=version)
        if posted_on < promulgation.decided_on:
            raise Refused(
                record_rules.POST_PROMULGATED, version=version, decided_on=promulgation.decided_on.isoformat()
            )
        if version in self.posted:
            raise Refused(record_rules.POST_ONCE, version=version)
        _judge_past(posted_on, envelope)
        self.record(ProcedurePosted, envelope, version=version, posted_on=posted_on)

    def posted_by(self, version: int, day: date) -> bool:
        """Whether the version is publicly posted on a local day, as far as that is recorded."""
        posted_on = self.posted.get(version)
        return posted_on is not None and posted_on <= day

    def decide(
        self,
        envelope: Envelope,
        *,
        version: int,
        channel: str,
        case: str | None,
        limit_amount: int | None,
        limit_unit: str | None,
        basis: str,
    ) -> None:
        """Say what a limit in doubt is; amount and unit None: there is none. Said again, the newest counts
        for what is accepted from then on. Raises Refused."""
        known = self.versions.get(version)
        said = None if known is None else stated(known, channel, case)
        if known is None or said is None or not said.doubts or said.channel != channel:
            raise Refused(doubt_rules.DECIDE_DOUBTFUL, version=version, channel=channel, case=case)
        if case not in known.cases(channel):
            raise Refused(doubt_rules.DECIDE_DOUBTFUL, version=version, channel=channel, case=case)
        judge_limit(channel, limit_amount, limit_unit)
        if not basis.strip():
            raise Refused(doubt_rules.DECIDE_SAYS, version=version, channel=channel)
        last = self.decided.get((version, channel, case))
        now = (limit_amount, limit_unit, basis)
        if last is not None and (last.limit_amount, last.limit_unit, last.basis) == now:
            raise Refused(doubt_rules.DECIDE_NEWS, version=version, channel=channel, case=case)
        self.record(
            ProcedureDoubtDecided,
            envelope,
            version=version,
            channel=channel,
            case=case,
            limit_amount=limit_amount,
            limit_unit=limit_unit,
            basis=basis,
        )

    def tag(self, envelope: Envelope, tag: Tag) -> None:
        """Say that the procedure belongs to a programme. Raises Refused."""
        judge_form("programme", tag.programme, WORD)
        if tag.valid_until is not None and tag.valid_until < tag.valid_from:
            raise Refused(doubt_rules.TAG_DAYS, programme=tag.programme)
        self.record(ProcedureTagged, envelope, **tag._asdict())

    def tagged_on(self, day: date) -> tuple[Tag, ...]:
        """The programmes to which it belongs on a local day, by their words."""
        return tuple(sorted(tag for tag in self.tags.values() if tag.holds(day)))

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, ProcedurePromulgated):
            self.promulgations[fact.version] = Promulgation(
                fact.decision_no, fact.issuer, fact.decided_on, fact.in_force_on, fact.shortened
            )
        elif isinstance(fact, ProcedurePosted):
            self.posted[fact.version] = fact.posted_on
        elif isinstance(fact, ProcedureDoubtDecided):
            self.decided[fact.version, fact.channel, fact.case] = fact
        elif isinstance(fact, ProcedureTagged):
            tag = Tag(fact.programme, fact.valid_from, fact.valid_until, fact.source)
            self.tags[tag.programme, tag.valid_from] = tag
        else:
            assert isinstance(fact, ProcedureVersionPublished), fact
            self._apply_version(fact)

    def _apply_version(self, fact: ProcedureVersionPublished) -> None:
        self.code = fact.code
        self.versions[fact.number] = ProcedureVersion(
            number=fact.number,
            name=fact.name,
            field=fact.field,
            decision_no=fact.decision_no,
            valid_from=fact.valid_from,
            level=fact.level,
            place_basis=fact.place_basis,
            channels=fact.channels,
            components=fact.components,
            results=fact.results,
            terms=terms_of(fact.terms),
            levels=fact.levels,
            said=fact.terms,
        )

    def version_at(self, day: date, first: int | None = None) -> ProcedureVersion | None:
        """The version valid on a day of Vietnam: the highest number that has begun by then, of all or of the
        `first` so many."""
        known = (v for v in self.versions.values() if first is None or v.number <= first)
        begun = [v for v in known if v.valid_from is None or v.valid_from <= day]
        return max(begun, key=lambda version: version.number, default=None)


def _judge_past(day: date, envelope: Envelope) -> None:
    """What was decided or posted is recorded afterwards: a plan is no fact."""
    if day > local_date(envelope.occurred_at):
        raise Refused(record_rules.PUBLICATION_PAST, day=day.isoformat())
