"""Procedures of the catalogue, by code: published in numbered versions, each valid from a day until a
higher number's day.

A dossier keeps the version under which it was accepted. One procedure has several limits and fees, by
channel and by case (reference sections 2.3 and 3.8), and the machine-readable limit is not trustworthy on
its own, so its source stands in the version. That a version was promulgated and posted is recorded beside it
(`domain.publication`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from domain import record_rules
from domain.clear_text import NUMBER, UNLISTED_COMPONENT, judge_form
from domain.deadlines import UNITS
from domain.facts import Aggregate, Category, Envelope, Fact
from domain.local_time import local_date
from domain.publication import Promulgation
from domain.publication_facts import ISSUERS, ProcedurePosted, ProcedurePromulgated
from domain.refusals import Refused
from domain.terms import GENERAL_TERMS, Terms, terms_of

LEVELS = ("district", "commune", "province", "abolished")
PLACE_BASES = ("residence", "parcel", "seat", "registration")


@dataclass(frozen=True, kw_only=True)
class ProcedureVersionPublished(Fact):
    """One version. `channels`: {channel, case, limit_amount, limit_unit, fee_vnd}; `components`: {id, name,
    copies}; `results`: {code, name}; `terms`: see `domain.terms`. `valid_from` null: from the beginning.
    `level`: who decides after the reform of July 2025."""

    TOPIC: ClassVar[str] = "procedure.version_published.v2"
    CATEGORY: ClassVar[int] = Category.PROCEDURE

    code: str
    number: int
    name: str
    field: str
    decision_no: str
    valid_from: date | None
    level: str
    place_basis: str
    channels: tuple[dict[str, Any], ...]
    components: tuple[dict[str, Any], ...]
    results: tuple[dict[str, Any], ...]
    terms: dict[str, Any]
    source: str
    origin: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProcedureVersion:
    """What a version says; the fields are those of the fact."""

    number: int
    name: str
    field: str
    decision_no: str
    valid_from: date | None
    level: str
    place_basis: str
    channels: tuple[dict[str, Any], ...]
    components: tuple[dict[str, Any], ...]
    results: tuple[dict[str, Any], ...]
    terms: Terms = GENERAL_TERMS

    def entry(self, channel: str | None, case: str | None) -> dict[str, Any] | None:
        """The line of `channels` for this channel and case: the case's own, else the one without a case;
        None if not offered."""
        found = None
        for line in self.channels:
            if line["channel"] == channel and line.get("case") == case:
                return line
            if line["channel"] == channel and line.get("case") is None:
                found = line
        return found

    def judge_filing(self, channel: str, case: str | None, components: Iterable[Mapping[str, Any]]) -> None:
        """Refuse a case that no line of the channel has, and a paper that the version does not list; where
        it lists none, a paper's id must be a code. Raises Refused (procedure.lists, value.code_form)."""
        cases = {line.get("case") for line in self.channels if line["channel"] == channel}
        if case is not None and case not in cases:
            raise Refused(record_rules.OF_PROCEDURE, field="case")
        self.judge_components(components)

    def judge_components(self, components: Iterable[Mapping[str, Any]]) -> None:
        """The papers' part of `judge_filing`, for papers that come later."""
        listed = tuple(component["id"] for component in self.components)
        for number, component in enumerate(components):
            if not listed:
                judge_form(f"components.{number}.id", component["id"], UNLISTED_COMPONENT)
            elif component["id"] not in listed:
                raise Refused(record_rules.OF_PROCEDURE, field=f"components.{number}.id", allowed=listed)

    def judge_result(self, code: str | None) -> None:
        """Refuse a result that the version does not list, where it lists any. Raises Refused
        (procedure.lists)."""
        listed = tuple(result["code"] for result in self.results)
        if code is not None and listed and code not in listed:
            raise Refused(record_rules.OF_PROCEDURE, field="result_code", allowed=listed)


class Procedure(Aggregate):
    """One procedure of the catalogue and all its versions; by version, what is recorded of its promulgation
    and from which day on it is publicly posted."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.code = ""
        self.versions: dict[int, ProcedureVersion] = {}
        self.promulgations: dict[int, Promulgation] = {}
        self.posted: dict[int, date] = {}

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
        level: str,
        place_basis: str,
        channels: tuple[dict[str, Any], ...],
        components: tuple[dict[str, Any], ...],
        results: tuple[dict[str, Any], ...],
        source: str,
        origin: dict[str, Any],
        terms: dict[str, Any] | None = None,
    ) -> None:
        """Publish the next version. Without `terms` the general rules apply."""
        if number != len(self.versions) + 1 or self.code not in ("", code):
            raise Refused(record_rules.VERSION_NEXT, number=number, expected=len(self.versions) + 1)
        _one_of("level", level, LEVELS)
        _one_of("place_basis", place_basis, PLACE_BASES)
        for line in channels:
            _judge_channel(line)
        refusals = terms_of(terms or {}).results.refusals
        if not {result["code"] for result in results}.issuperset(refusals):
            raise Refused(record_rules.OF_PROCEDURE, field="terms.results.refusals")
        self.record(
            ProcedureVersionPublished,
            envelope,
            code=code,
            number=number,
            name=name,
            field=field,
            decision_no=decision_no,
            valid_from=valid_from,
            level=level,
            place_basis=place_basis,
            channels=channels,
            components=components,
            results=results,
            terms=terms or {},
            source=source,
            origin=origin,
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
        _one_of("issuer", promulgation.issuer, ISSUERS)
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

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, ProcedurePromulgated):
            self.promulgations[fact.version] = Promulgation(
                fact.decision_no, fact.issuer, fact.decided_on, fact.in_force_on, fact.shortened
            )
        elif isinstance(fact, ProcedurePosted):
            self.posted[fact.version] = fact.posted_on
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
        )

    def version_at(self, day: date) -> ProcedureVersion | None:
        """The version valid on a day of Vietnam: the highest number that has begun by then."""
        begun = [v for v in self.versions.values() if v.valid_from is None or v.valid_from <= day]
        return max(begun, key=lambda version: version.number, default=None)

    @staticmethod
    def limit(version: ProcedureVersion, channel: str | None, case: str | None) -> tuple[int, str] | None:
        """The time limit as (amount, unit of `domain.deadlines`), or None where the version states none for
        this channel and case.

        Whether the channel is offered at all says `version.entry(channel, case)`.
        """
        line = version.entry(channel, case)
        if line is None or line.get("limit_amount") is None:
            return None
        return line["limit_amount"], line["limit_unit"]


def _one_of(field: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise Refused(record_rules.ONE_OF, field=field, value=value, allowed=allowed)


def _judge_past(day: date, envelope: Envelope) -> None:
    """What was decided or posted is recorded afterwards: a plan is no fact."""
    if day > local_date(envelope.occurred_at):
        raise Refused(record_rules.PUBLICATION_PAST, day=day.isoformat())


def _judge_channel(line: dict[str, Any]) -> None:
    amount, unit = line.get("limit_amount"), line.get("limit_unit")
    if (amount is None) != (unit is None) or (amount is not None and amount < 1):
        raise Refused(record_rules.LIMIT_WHOLE, channel=line["channel"], amount=amount, unit=unit)
    if unit is not None:
        _one_of("limit_unit", unit, UNITS)
    if (line.get("fee_vnd") or 0) < 0:
        raise Refused(record_rules.FEE, channel=line["channel"], fee_vnd=line["fee_vnd"])
