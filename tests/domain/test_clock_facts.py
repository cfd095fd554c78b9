"""A clock stops and goes on in turn, and begins once: whatever the application asks for."""

from __future__ import annotations

from datetime import timedelta

from domain import waiting_rules
from domain.clock import START as BEGINS
from domain.clock import SUPPLEMENT, Going, Left
from domain.dossier import Dossier
from domain.terms import SUSPEND
from tests.domain import situations as given
from tests.domain.situations import DUE, START, assert_refused, by

LEFT = Left(START, 3, "working_day")
ON = Going(SUSPEND, START, 3, "working_day", DUE + timedelta(days=2))
BEGUN = Going(BEGINS, START, 5, "working_day", DUE)


def stop(dossier: Dossier) -> None:
    dossier.suspend_clock(by(), cause=SUPPLEMENT, left=LEFT, calendar_position=1)


def go_on(dossier: Dossier, going: Going = ON) -> None:
    dossier.set_clock(by(), cause=SUPPLEMENT, going=going, calendar_position=1)


def test_a_clock_that_does_not_run_is_not_stopped() -> None:
    dossier = given.submitted()
    assert_refused(waiting_rules.CLOCK_RUNS, dossier, lambda: stop(dossier))
    standing = given.in_processing()
    stop(standing)
    assert_refused(waiting_rules.CLOCK_RUNS, standing, lambda: stop(standing))


def test_a_clock_that_runs_does_not_go_on() -> None:
    dossier = given.in_processing()
    assert_refused(waiting_rules.CLOCK_STANDS, dossier, lambda: go_on(dossier))
    stop(dossier)
    go_on(dossier)
    assert (dossier.statutory_due, dossier.clock_left) == (ON.due, None)
    assert_refused(waiting_rules.CLOCK_STANDS, dossier, lambda: go_on(dossier))


def test_a_limit_begins_once_and_only_after_the_acceptance() -> None:
    submitted = given.submitted()
    assert_refused(waiting_rules.CLOCK_STANDS, submitted, lambda: go_on(submitted, BEGUN))
    dossier = given.accept(given.submitted(), due=None)
    go_on(dossier, BEGUN)
    assert (dossier.limit_amount, dossier.limit_unit, dossier.statutory_due) == (5, "working_day", DUE)
    assert_refused(waiting_rules.CLOCK_STANDS, dossier, lambda: go_on(dossier, BEGUN))
    stop(dossier)
    assert_refused(waiting_rules.CLOCK_STANDS, dossier, lambda: go_on(dossier, BEGUN))
