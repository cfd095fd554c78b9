"""Linked groups by situation: what a declaration has, what waits, what is blocked, what goes back to its
issuer, and what each kind's rules may say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from application.linked_known import minutes_after, working_hours_after
from domain import linked_rules as rules
from domain import record_rules
from domain.facts import Actor, Envelope, Personal
from domain.linked_group import DONE, REJECTED, RUNNING, LinkedGroup, StepStands
from domain.linked_terms import LinkedRules, LinkedTerms
from domain.refusals import Refused, Rule
from domain.suspension import Interval
from tests.domain.situations import an_id
from tests.domain.test_working_hours import OFFICE_HOURS

NOW = datetime(2026, 9, 7, 1, tzinfo=UTC)
BY = Envelope(Actor("portal", "npsp"), NOW)
BABY, MOTHER = an_id(1), an_id(2)
WHY = Personal(BABY, "sai ngày sinh")
CODE = "KQ.G15.000031"


def step(name: str, after: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    own = {"step": name, "procedure": "1.001193", "case": None, "after": after, "passes": None}
    return own | {"as_component": None, "optional": False} | changes


STEPS = (
    step("birth", passes=CODE),
    step("residence", ("birth",), as_component="giay_khai_sinh"),
    step("identity", ("birth",), optional=True, procedure=None),
)


def said(**changes: Any) -> dict[str, Any]:
    own = {"kind": "birth", "valid_from": date(2026, 9, 1), "steps": STEPS, "limit_amount": 3}
    limits = {"limit_unit": "working_day", "verified_amount": 5, "sync_minutes": 10, "acknowledge_hours": 2}
    return own | limits | {"source": "tests"} | changes


def terms() -> LinkedTerms:
    known = LinkedRules.empty(an_id(9))
    known.set(BY, **said())
    return known.terms[0]


def asked(*names: str) -> list[dict[str, Any]]:
    return [{"step": n, "agency": an_id(11), "owner": BABY, "procedure": "1.000010"} for n in names]


def declare(group: LinkedGroup, *names: str, by: LinkedTerms | None, **changes: Any) -> None:
    further: dict[str, Any] = {"kind": "birth", "declarant": MOTHER, "subjects": (BABY,), "due": None}
    dated: dict[str, Any] = {"channel": "online", "place_code": None, "counted_from": NOW}
    given = further | dated | {"calendar_position": 1, "steps": asked(*names)} | changes
    group.declare(BY, terms=by, **given)


def declared(*names: str, due: datetime | None = None) -> LinkedGroup:
    group = LinkedGroup.empty(an_id(100))
    declare(group, *(names or ("birth", "residence", "identity")), by=terms(), due=due)
    return group


def begin(group: LinkedGroup, name: str, stands: dict[str, StepStands] | None = None) -> None:
    group.begin_step(BY, step=name, dossier=an_id(50), terms=terms(), stands=stands or {})


def passed(document: int = 70) -> LinkedGroup:
    """Birth is done, its certificate passed on to the residence."""
    group = declared()
    begin(group, "birth")
    begin(group, "residence", {"birth": StepStands(DONE, None, an_id(document), 4)})
    return group


def refused(rule: Rule, doing: Any) -> None:
    with pytest.raises(Refused) as caught:
        doing()
    assert caught.value.rule == rule


def test_a_declaration_has_the_steps_of_its_kind_and_optional_ones_may_be_left_out() -> None:
    assert [s.step for s in declared("birth", "residence").declared.steps] == ["birth", "residence"]  # type: ignore[union-attr]
    for names in (("birth",), ("birth", "residence", "pension"), ("birth", "birth", "residence"), ()):
        refused(rules.STEPS, lambda n=names: declare(LinkedGroup.empty(an_id(3)), *n, by=terms()))


def test_a_group_is_declared_once() -> None:
    group = declared()
    refused(rules.DECLARED_ONCE, lambda: declare(group, "birth", "residence", by=terms()))


def test_the_procedure_of_a_step_is_the_rules_or_else_the_declarations() -> None:
    group = declared()
    assert [group.said(n).procedure for n in ("birth", "identity")] == ["1.001193", "1.000010"]
    unsaid = [one | {"procedure": None} for one in asked("birth", "residence", "identity")]
    refused(
        rules.STEP_PROCEDURE,
        lambda: declare(LinkedGroup.empty(an_id(3)), by=terms(), steps=unsaid),
    )


def test_nothing_goes_on_in_what_was_not_declared() -> None:
    group = LinkedGroup.empty(an_id(3))
    refused(rules.GROUP_KNOWN, lambda: begin(group, "birth"))
    refused(rules.GROUP_KNOWN, lambda: group.verify(BY, due=NOW, calendar_position=1, reason=WHY))


@pytest.mark.parametrize(
    ("stands", "rule"),
    [
        (None, rules.STEP_WAITS),
        (StepStands(RUNNING), rules.STEP_WAITS),
        (StepStands(DONE), rules.STEP_WAITS),
        (StepStands(REJECTED, "refused"), rules.STEP_BLOCKED),
    ],
)
def test_a_step_waits_for_what_is_passed_on_and_is_blocked_by_a_rejection(
    stands: StepStands | None, rule: Rule
) -> None:
    group = declared()
    begin(group, "birth")
    refused(rule, lambda: begin(group, "residence", {"birth": stands} if stands else {}))
    assert list(group.begun) == ["birth"]


def test_what_a_step_gets_is_recorded_as_passed_on_and_it_begins_once() -> None:
    group = passed()
    assert [(p.from_step, p.to_step, p.document) for p in group.passed] == [("birth", "residence", an_id(70))]
    refused(rules.STEP_ONCE, lambda: begin(group, "residence", {"birth": StepStands(DONE, None, an_id(70))}))


def test_an_error_found_downstream_goes_back_to_its_issuer_and_is_corrected() -> None:
    group = passed()
    returning: dict[str, Any] = {
        "found_at": "residence",
        "to_step": "birth",
        "component": None,
        "reason": WHY,
    }
    group.return_to_issuer(BY, **returning)
    refused(rules.RETURN, lambda: group.return_to_issuer(BY, **returning))
    same = StepStands(DONE, None, an_id(70), 4)
    onward: dict[str, Any] = {"from_step": "birth", "to_step": "residence", "terms": terms()}
    refused(rules.PASSED_ON, lambda: group.pass_on(BY, stands=same, **onward))  # the wrong one once more
    refused(rules.STEP_WAITS, lambda: group.pass_on(BY, stands=StepStands(RUNNING), **onward))
    group.pass_on(BY, stands=StepStands(DONE, None, an_id(71), 9), **onward)
    assert group.open_returns == {}
    assert [type(fact).__name__ for fact in group.pending_events[-2:]] == [
        "LinkedCorrected",
        "LinkedResultPassed",
    ]


def test_only_what_was_passed_on_goes_back_and_only_to_where_it_came_from() -> None:
    group = declared()
    begin(group, "birth")
    refused(
        rules.RETURN,
        lambda: group.return_to_issuer(BY, found_at="residence", to_step="birth", component=None, reason=WHY),
    )
    refused(
        rules.PASSED_ON,
        lambda: group.pass_on(
            BY, from_step="residence", to_step="birth", terms=terms(), stands=StepStands(DONE, None, BABY, 1)
        ),
    )


def test_a_group_with_a_due_date_is_verified_once() -> None:
    without = declared()
    refused(rules.VERIFY_ONCE, lambda: without.verify(BY, due=NOW, calendar_position=1, reason=WHY))
    group = declared(due=NOW + timedelta(days=3))
    group.verify(BY, due=NOW + timedelta(days=5), calendar_position=1, reason=WHY)
    assert group.due == NOW + timedelta(days=5)
    refused(rules.VERIFY_ONCE, lambda: group.verify(BY, due=NOW, calendar_position=1, reason=WHY))


def test_before_any_rules_are_known_no_order_is_and_nothing_is_filled_in() -> None:
    group = LinkedGroup.empty(an_id(100))
    declare(group, "birth", "residence", by=None)
    assert group.declared is not None
    assert (group.declared.rules_from, group.needs("residence", None)) == (None, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": ()},
        {"steps": (step("birth"), step("birth"))},
        {"steps": (step("residence", ("birth",)), step("birth"))},
        {"limit_unit": None},
        {"verified_amount": 2},
        {"sync_minutes": 0},
    ],
)
def test_rules_that_say_nothing_whole_are_refused(changes: dict[str, Any]) -> None:
    refused(rules.RULES_WHOLE, lambda: LinkedRules.empty(an_id(9)).set(BY, **said(**changes)))


def test_rules_come_in_the_order_of_their_days_and_the_earlier_ones_stay() -> None:
    known = LinkedRules.empty(an_id(9))
    known.set(BY, **said())
    assert known.says(said(source="another"))
    refused(rules.RULES_ORDER, lambda: known.set(BY, **said()))
    refused(rules.RULES_ORDER, lambda: known.set(BY, **said(valid_from=None)))
    known.set(BY, **said(valid_from=date(2027, 1, 1), sync_minutes=5))
    assert [one.sync_minutes for one in known.terms] == [10, 5]
    refused(record_rules.ONE_OF, lambda: LinkedRules.empty(an_id(8)).set(BY, **said(kind="marriage")))


def test_ten_minutes_do_not_run_while_what_groups_go_through_is_out_of_order() -> None:
    out = [Interval(NOW + timedelta(minutes=5), NOW + timedelta(minutes=20))]
    assert minutes_after(10, NOW, out) == NOW + timedelta(minutes=25)
    assert minutes_after(10, NOW, []) == NOW + timedelta(minutes=10)
    before = [Interval(NOW - timedelta(hours=1), NOW + timedelta(minutes=1))]
    assert minutes_after(10, NOW, before) == NOW + timedelta(minutes=11)
    later = [Interval(NOW + timedelta(minutes=10), NOW + timedelta(hours=1))]
    assert minutes_after(10, NOW, later) == NOW + timedelta(minutes=10)


def test_two_working_hours_run_over_the_night_and_not_through_an_outage() -> None:
    hours = OFFICE_HOURS
    assert working_hours_after(2, NOW, hours, []) == NOW + timedelta(hours=2)
    out = [Interval(NOW + timedelta(hours=1), NOW + timedelta(hours=2))]
    assert working_hours_after(2, NOW, hours, out) == NOW + timedelta(hours=3)
