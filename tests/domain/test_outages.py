"""Of an outage only what lies in the rule's time moves a linked group's clock."""

from __future__ import annotations

from domain.local_time import day_start
from domain.outages import LINKED_FROM, Outage
from domain.suspension import Interval
from domain.terms import ClockTerms
from tests.clock.calendars import local
from tests.domain.situations import an_id

GROUP = an_id(7)
OVER_THE_FIRST = Outage("portal", local("2026-08-31T23:00"), local("2026-09-04T08:00"), True)


def test_an_outage_over_1_september_2026_moves_a_linked_group_from_that_day_on() -> None:
    moving = OVER_THE_FIRST.moving(ClockTerms(), GROUP)
    assert moving == Interval(day_start(LINKED_FROM), OVER_THE_FIRST.ends)


def test_before_that_day_it_moves_nothing() -> None:
    assert (
        Outage("portal", local("2026-08-30T10:00"), day_start(LINKED_FROM), True).moving(ClockTerms(), GROUP)
        is None
    )


def test_a_system_that_no_rule_names_moves_nothing() -> None:
    assert OVER_THE_FIRST.moving(ClockTerms(), None) is None
    assert OVER_THE_FIRST._replace(linked_groups=False).moving(ClockTerms(), GROUP) is None


def test_a_version_that_names_the_system_leaves_all_of_it_out() -> None:
    moving = OVER_THE_FIRST.moving(ClockTerms(outages=("portal",)), None)
    assert moving == Interval(OVER_THE_FIRST.starts, OVER_THE_FIRST.ends)
