"""What holds for a kind of linked group: its steps, their order, what each passes on, and within what. Dated
data, set in the order of the days; before the first of them nothing is known, and nothing is filled in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain import linked_rules as rules
from domain.clear_text import COMPONENT, RESULT, WORD, judge_form, judge_one_of
from domain.deadlines import UNITS
from domain.facts import Aggregate, Envelope, Fact, Recorded
from domain.linked_facts import LinkedRulesSet
from domain.refusals import Refused

KINDS: Final = ("birth", "death")
STEP_FIELDS: Final = ("step", "procedure", "case", "after", "passes", "as_component", "optional")


@dataclass(frozen=True, slots=True)
class LinkedStep:
    """One step of a kind. `procedure`: None where the rules name none; `after`: what it needs; `passes`: the
    code of the result that the steps after it get; `as_component`: for which paper of its own what it gets
    stands."""

    step: str
    procedure: str | None = None
    case: str | None = None
    after: tuple[str, ...] = ()
    passes: str | None = None
    as_component: str | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class LinkedTerms:
    """What holds from a day on; `number`: the fact's version in the kind's stream."""

    number: int
    valid_from: date | None
    steps: tuple[LinkedStep, ...]
    limit: tuple[int, str] | None
    verified: tuple[int, str] | None
    sync_minutes: int | None
    acknowledge_hours: int | None

    def step(self, name: str) -> LinkedStep | None:
        return next((step for step in self.steps if step.step == name), None)


class LinkedRules(Aggregate):
    """All rules of one kind."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.kind: str | None = None
        self.terms: tuple[LinkedTerms, ...] = ()
        self._said: list[dict[str, Any]] = []

    def set(self, envelope: Envelope, **said: Any) -> None:
        """Say from when which rules hold: the fields of `linked.rules_set.v1`. Raises Refused
        (linked.rules_in_order, linked.rules_whole, value.one_of, value.code_form)."""
        judge_one_of("kind", said["kind"], KINDS)
        _judge_whole(said)
        day, last = said["valid_from"], self.terms[-1].valid_from if self.terms else None
        later = not self.terms or (day is not None and (last is None or last < day))
        if self.kind not in (None, said["kind"]) or not later:
            raise Refused(rules.RULES_ORDER, kind=said["kind"])
        self.record(LinkedRulesSet, envelope, **said)

    def says(self, said: Mapping[str, Any]) -> bool:
        """Whether exactly this was set already."""
        return {**said, "source": ""} in self._said

    def apply(self, fact: Fact) -> None:
        assert isinstance(fact, LinkedRulesSet), fact
        self.kind = fact.kind
        self.terms = (*self.terms, _terms(fact))
        own = ("kind", "valid_from", "steps", "limit_amount", "limit_unit", "verified_amount")
        said = {name: getattr(fact, name) for name in (*own, "sync_minutes", "acknowledge_hours")}
        self._said.append({**said, "source": ""})


class LinkedRulesKnown:
    """The rules as recorded up to any position."""

    def __init__(self) -> None:
        self.kinds: dict[str, LinkedRules] = {}
        self._since: dict[str, list[int]] = {}

    def apply(self, recorded: Recorded[Any]) -> None:
        """Follow one fact, in order of position."""
        fact = recorded.fact
        if fact.kind not in self.kinds:
            self.kinds[fact.kind], self._since[fact.kind] = LinkedRules.empty(fact.originator_id), []
        self.kinds[fact.kind].replay(fact)
        self._since[fact.kind].append(recorded.position)

    def on(self, kind: str, day: date, position: int | None = None) -> LinkedTerms | None:
        """What holds for what is declared on a day, as known now or as recorded up to a position."""
        known = self.kinds.get(kind)
        if known is None:
            return None
        read = len(known.terms) if position is None else bisect_right(self._since[kind], position)
        held = [one for one in known.terms[:read] if one.valid_from is None or one.valid_from <= day]
        return held[-1] if held else None

    def number(self, kind: str, number: int | None) -> LinkedTerms | None:
        """The rules set by a fact, by its version; None for None."""
        known = self.kinds.get(kind)
        return known.terms[number - 1] if known and number is not None else None


def _terms(fact: LinkedRulesSet) -> LinkedTerms:
    unit = fact.limit_unit
    limit = (fact.limit_amount, unit) if fact.limit_amount is not None and unit else None
    verified = (fact.verified_amount, unit) if fact.verified_amount is not None and unit else None
    steps = tuple(LinkedStep(**(step | {"after": tuple(step["after"])})) for step in fact.steps)
    return LinkedTerms(
        fact.originator_version,
        fact.valid_from,
        steps,
        limit,
        verified,
        fact.sync_minutes,
        fact.acknowledge_hours,
    )


def _judge_whole(said: Mapping[str, Any]) -> None:
    names: list[str] = []
    for step in said["steps"]:
        judge_form("step", step["step"], WORD)
        judge_form("passes", step["passes"], RESULT)
        judge_form("as_component", step["as_component"], COMPONENT)
        if step["step"] in names or not set(step["after"]) <= set(names):
            raise Refused(rules.RULES_WHOLE, kind=said["kind"], step=step["step"])
        names.append(step["step"])
    amount, unit, verified = said["limit_amount"], said["limit_unit"], said["verified_amount"]
    if unit is not None:
        judge_one_of("limit_unit", unit, UNITS)
    wrong = (amount is None) != (unit is None) or (
        verified is not None and verified < (amount or verified + 1)
    )
    times: Iterable[int | None] = (amount, verified, said["sync_minutes"], said["acknowledge_hours"])
    if not names or wrong or any(time is not None and time < 1 for time in times):
        raise Refused(rules.RULES_WHOLE, kind=said["kind"])
