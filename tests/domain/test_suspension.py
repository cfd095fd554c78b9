"""Clocks that stop and go on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain import record_rules
from domain.deadlines import UNITS, due
from domain.local_time import day_end, day_start, local_date
from domain.refusals import Refused
from domain.suspension import Interval, Running, Stopped, begin, go_on, stop, union, without
from tests.clock.calendars import OFFICE_WEEK, WEEKS, Week, calendar, hours, local

OFFICE = hours(OFFICE_WEEK)
DAY = timedelta(days=1)
LIMIT = st.tuples(st.integers(1, 40), st.sampled_from(UNITS)).map(
    lambda limit: (min(limit[0], 6), limit[1]) if limit[1] == "month" else limit
)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 9, 30)).map(  # noqa: DTZ001
    lambda moment: local(moment.isoformat())
)
OFFSETS = st.timedeltas(timedelta(0), timedelta(days=60))
SHORT = st.timedeltas(timedelta(0), timedelta(days=25))


def clock(amount: int, unit: str, counted_from: str) -> Running:
    return begin(amount, unit, local(counted_from), calendar(), OFFICE)


def stopped(running: Running, at: str) -> Stopped:
    return stop(running, local(at), calendar(), OFFICE)


def ends(standing: Stopped, at: str) -> datetime:
    return go_on(standing, local(at), calendar(), OFFICE).due


@pytest.mark.parametrize(
    ("unit", "at", "days"),
    [
        ("working_day", "2026-11-02T16:00", 5),
        ("working_day", "2026-11-04T00:00", 3),
        ("working_day", "2026-11-07T12:00", 1),
        ("working_day", "2026-11-09T23:59", 0),
        # Five calendar days end on Saturday 7 November and roll over to Monday 9.
        ("calendar_day", "2026-11-02T16:00", 5),
        ("calendar_day", "2026-11-06T16:00", 1),
        ("calendar_day", "2026-11-08T16:00", 0),
    ],
)
def test_left_of_days_are_those_after_the_day_of_the_stop(unit: str, at: str, days: int) -> None:
    standing = stopped(clock(5, unit, "2026-11-02T09:00"), at)
    assert (standing.unit, standing.days, standing.passed) == (unit, days, None)


def test_of_hours_and_working_hours_exactly_what_is_left_remains() -> None:
    running = clock(24, "hour", "2026-11-06T16:30")
    assert stopped(running, "2026-11-06T20:00:00.5").time == timedelta(hours=20, minutes=29, seconds=59.5)
    office = clock(8, "working_hour", "2026-11-06T16:00")
    assert stopped(office, "2026-11-07T10:00").time == timedelta(hours=7)


def test_of_months_what_is_left_is_told_in_calendar_days() -> None:
    standing = stopped(clock(1, "month", "2026-09-15T09:00"), "2026-10-01T09:00")
    assert (standing.unit, standing.days) == ("calendar_day", 14)
    assert ends(standing, "2026-10-20T09:00") == day_end(date(2026, 11, 3))


def test_on_going_on_the_first_day_is_not_counted() -> None:
    standing = stopped(clock(5, "working_day", "2026-11-02T09:00"), "2026-11-04T10:00")
    assert ends(standing, "2026-11-11T00:00") == day_end(date(2026, 11, 16))
    assert ends(standing, "2026-11-11T23:59") == day_end(date(2026, 11, 16))


def test_with_no_day_left_it_ends_on_the_day_of_going_on_or_the_next_working_day() -> None:
    standing = stopped(clock(5, "working_day", "2026-11-02T09:00"), "2026-11-09T16:00")
    assert ends(standing, "2026-11-12T08:00") == day_end(date(2026, 11, 12))
    assert ends(standing, "2026-11-14T08:00") == day_end(date(2026, 11, 16))


def test_a_clock_that_stops_after_its_end_stays_passed() -> None:
    running = clock(5, "working_day", "2026-11-02T09:00")
    standing = stop(running, running.due, calendar())
    assert standing.passed == running.due
    again = go_on(standing, local("2026-12-01T09:00"), calendar())
    assert (again.due, again.last_day) == (running.due, date(2026, 11, 9))
    hours_passed = stopped(clock(2, "hour", "2026-11-02T09:00"), "2026-11-02T11:00")
    assert ends(hours_passed, "2026-11-05T09:00") == local("2026-11-02T11:00")


def test_a_rolled_over_end_gives_no_more_days_when_the_clock_goes_on() -> None:
    standing = stopped(clock(5, "calendar_day", "2026-11-02T09:00"), "2026-11-06T10:00")
    assert ends(standing, "2026-11-11T09:00") == day_end(date(2026, 11, 12))


def test_a_clock_goes_on_no_earlier_than_it_stopped_and_stops_no_earlier_than_it_ran() -> None:
    running = clock(5, "working_day", "2026-11-02T09:00")
    for wrong in (
        lambda: stopped(running, "2026-11-02T08:59"),
        lambda: ends(stopped(running, "2026-11-04T10:00"), "2026-11-04T09:59"),
        lambda: union([Interval(local("2026-11-04T10:00"), local("2026-11-04T09:00"))]),
    ):
        with pytest.raises(Refused) as caught:
            wrong()
        assert caught.value.rule == record_rules.CLOCK_ORDER


def test_working_hours_stop_only_where_the_offices_hours_are_known() -> None:
    running = clock(8, "working_hour", "2026-11-06T16:00")
    standing = stopped(running, "2026-11-06T16:30")
    for wrong in (
        lambda: stop(running, local("2026-11-06T16:30"), calendar()),
        lambda: go_on(standing, local("2026-11-06T16:30"), calendar()),
    ):
        with pytest.raises(Refused) as caught:
            wrong()
        assert caught.value.rule == record_rules.HOURS_KNOWN


def test_an_outage_that_began_before_the_clock_stops_it_from_its_beginning() -> None:
    outage = [Interval(local("2026-11-01T00:00"), local("2026-11-05T12:00"))]
    running = clock(24, "hour", "2026-11-05T09:00")
    assert without(running, outage, calendar()).due == local("2026-11-06T12:00")
    assert without(running, [Interval(local("2026-11-01T00:00"), running.since)], calendar()) == running


@settings(deadline=None)
@given(limit=LIMIT, start=MOMENTS, offset=OFFSETS, length=SHORT, week=st.sampled_from(WEEKS))
def test_going_on_never_makes_the_end_earlier(
    limit: tuple[int, str], start: datetime, offset: timedelta, length: timedelta, week: Week
) -> None:
    of = hours(week)
    running = begin(*limit, start, calendar(), of)
    standing = stop(running, start + offset, calendar(), of)
    again = go_on(standing, start + offset + length, calendar(), of)
    assert again.due >= running.due
    assert again.due.tzinfo is UTC
    assert standing.passed or again.due > again.since


@settings(deadline=None)
@given(
    limit=LIMIT,
    start=MOMENTS,
    day=st.integers(0, 60),
    clocks=st.lists(st.timedeltas(timedelta(0), DAY - timedelta(microseconds=1)), min_size=2, max_size=10),
)
def test_however_many_stops_within_one_day_change_nothing_in_days(
    limit: tuple[int, str], start: datetime, day: int, clocks: list[timedelta]
) -> None:
    assume(limit[1] not in ("hour", "working_hour"))
    midnight = day_start(local_date(start) + day * DAY)
    moments = sorted(max(midnight + clock, start) for clock in clocks)
    running = begin(*limit, start, calendar())
    again = running
    for at, until in zip(moments[::2], moments[1::2], strict=False):
        again = go_on(stop(again, at, calendar()), until, calendar())
    assert again.due == running.due


@settings(deadline=None)
@given(limit=LIMIT, start=MOMENTS, offset=OFFSETS, week=st.sampled_from(WEEKS))
def test_a_stop_of_no_length_changes_nothing(
    limit: tuple[int, str], start: datetime, offset: timedelta, week: Week
) -> None:
    of = hours(week)
    running = begin(*limit, start, calendar(), of)
    assert running.due == due(*limit, start, calendar(), of)
    standing = stop(running, start + offset, calendar(), of)
    assert go_on(standing, start + offset, calendar(), of).due == running.due


INTERVALS = st.lists(
    st.tuples(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=400))).map(
        lambda pair: Interval(pair[0], pair[0] + pair[1])
    ),
    max_size=8,
)


@given(intervals=INTERVALS, moments=st.lists(MOMENTS, max_size=8))
def test_a_union_holds_the_same_instants_in_order_and_apart(
    intervals: list[Interval], moments: list[datetime]
) -> None:
    merged = union(intervals)
    assert all(one.start < one.end for one in merged)
    assert all(one.end < other.start for one, other in pairwise(merged))
    assert union(reversed(intervals)) == merged == union(merged)
    for moment in [*moments, *(edge for interval in intervals for edge in interval)]:
        inside = any(start <= moment < end for start, end in intervals)
        assert any(start <= moment < end for start, end in merged) == inside


@settings(deadline=None)
@given(limit=LIMIT, start=MOMENTS, offset=OFFSETS, lengths=st.tuples(SHORT, SHORT))
def test_outages_that_overlap_move_a_limit_once(
    limit: tuple[int, str], start: datetime, offset: timedelta, lengths: tuple[timedelta, timedelta]
) -> None:
    running = begin(*limit, start, calendar(), OFFICE)
    begins = start + offset
    outages = [Interval(begins, begins + length) for length in lengths]
    longest = [Interval(begins, begins + max(lengths))]
    once = without(running, longest, calendar(), OFFICE)
    assert without(running, outages, calendar(), OFFICE) == once
    assert without(running, reversed(outages), calendar(), OFFICE) == once
