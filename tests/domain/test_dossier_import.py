"""Dossiers from an earlier system: what may be done with them, and what their reported past may do."""

from __future__ import annotations

import pytest

from domain import record_rules, rules
from domain.dossier import Dossier
from domain.transitions import TRANSITIONS
from tests.domain import situations as given
from tests.domain.situations import A_TEXT, DIVISION, assert_refused, by
from tests.domain.test_transitions import ACTS


def step(dossier: Dossier, number: int, status: int | None = None) -> None:
    dossier.import_step(
        by(), step=number, activity="Confirmation of receipt", attributes=(), as_written="x", status=status
    )


@pytest.mark.parametrize("act", sorted(set(TRANSITIONS) - {"accept", "withdraw", "correct"}))
def test_with_an_unknown_status_most_acts_wait_until_it_is_recorded(act: str) -> None:
    dossier = given.imported(None)
    assert_refused(rules.STATUS_KNOWN, dossier, lambda: ACTS[act](dossier))


def test_with_an_unknown_status_it_can_be_accepted_withdrawn_or_corrected() -> None:
    dossier = given.imported(None)
    dossier.correct(by(), corrects=1, note=A_TEXT)
    assert dossier.path == ()
    given.accept(dossier)
    assert dossier.status == 2
    other = given.imported(None)
    other.withdraw(by())
    assert other.status == 7


def test_a_status_that_does_not_exist_is_not_imported() -> None:
    dossier = Dossier.empty(given.an_id(5))
    assert_refused(
        rules.STATUS_OFFICIAL,
        dossier,
        lambda: dossier.import_from(by(), code="c", source="s", case_id="1", attributes=(), status=11),
    )
    known = given.imported(4)
    assert_refused(rules.STATUS_OFFICIAL, known, lambda: step(known, 1, status=0))


@pytest.mark.parametrize(("status", "before"), [(4, 2), (6, 4), (8, 4), (9, 4)])
def test_recalled_without_a_known_past_it_goes_where_nobody_waits_for_ever(status: int, before: int) -> None:
    dossier = given.imported(status)
    dossier.recall(by(), from_agency=DIVISION, reason=A_TEXT)
    assert dossier.status == before


def test_a_supplement_that_an_imported_dossier_waited_for_lets_processing_go_on() -> None:
    dossier = given.imported(5)
    dossier.submit_supplement(by(), components=())
    assert dossier.status == 4


def test_imported_steps_tell_what_came_before() -> None:
    dossier = given.imported(None)
    for number, status in enumerate((1, 2, None, 4, 5, 4, 9)):
        step(dossier, number, status)
    assert dossier.path == (1, 2, 4, 9)
    dossier.recall(by(), from_agency=DIVISION, reason=A_TEXT)
    assert dossier.status == 4


def test_an_imported_past_never_leads_back_into_an_ending() -> None:
    dossier = given.imported(None)
    for number, status in enumerate((10, 4)):
        step(dossier, number, status)
    dossier.recall(by(), from_agency=DIVISION, reason=A_TEXT)
    assert dossier.status == 2


def test_steps_come_once_in_order_and_only_into_an_imported_dossier() -> None:
    dossier = given.imported(None)
    step(dossier, 3)
    for number in (2, 3):
        assert_refused(
            record_rules.IMPORT_STEP_IN_ORDER,
            dossier,
            lambda number=number: step(dossier, number),  # type: ignore[misc]
        )
    submitted = given.submitted()
    assert_refused(record_rules.IMPORT_STEP_ONLY_IMPORTED, submitted, lambda: step(submitted, 1))


def test_a_reported_past_does_not_undo_what_was_decided_here() -> None:
    dossier = given.accept(given.imported(None))
    assert_refused(record_rules.IMPORT_STEP_BEFORE_ACTS, dossier, lambda: step(dossier, 1, status=1))
    step(dossier, 1)
    assert dossier.status == 2


def test_in_quarantine_only_its_own_past_is_recorded() -> None:
    dossier = given.quarantined()
    step(dossier, 1, status=4)
    assert dossier.status is None
    assert dossier.holder_sets == []
    for act in ("accept", "withdraw", "correct", "forward"):
        assert_refused(rules.QUARANTINED, dossier, lambda act=act: ACTS[act](dossier))  # type: ignore[misc]


def compared(dossier: Dossier, kind: str = "moved", count: int = 1) -> None:
    difference = {"kind": kind, "step": 1, "activity": "decide", "as_written": "2015-01-03T08:00:00+01:00"}
    dossier.compare_export(
        by(), export="e3" * 32, identical=4, added=2, differences=tuple(difference for _ in range(count))
    )


def test_what_a_later_export_says_otherwise_changes_nothing_but_the_revision() -> None:
    dossier = given.imported(None)
    step(dossier, 1, status=4)
    before = (dossier.status, dossier.path, dossier.last_step, dossier.code)
    compared(dossier)
    assert (dossier.status, dossier.path, dossier.last_step, dossier.code) == before
    step(dossier, 2, status=9)
    assert dossier.status == 9


def test_a_quarantined_dossier_is_compared_too() -> None:
    dossier = given.quarantined()
    compared(dossier)
    assert dossier.version == 2


def test_only_what_was_imported_is_compared() -> None:
    submitted = given.submitted()
    assert_refused(record_rules.EXPORT_COMPARED_ONLY_IMPORTED, submitted, lambda: compared(submitted))


def test_a_finding_names_one_to_five_hundred_differences_of_a_known_kind() -> None:
    dossier = given.imported(None)
    assert_refused(record_rules.ONE_OF, dossier, lambda: compared(dossier, "added"))
    for count in (0, 501):
        with pytest.raises(ValueError, match="1 to 500"):
            compared(dossier, count=count)
    compared(dossier, count=500)
