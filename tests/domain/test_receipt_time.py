"""What 15:00 changes and what not, on the days around which offices get it wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import CalendarUnknown
from domain.local_time import day_end, day_start, local_date
from domain.receipt_time import (
    FROM_RECEIPT,
    LINKED_GROUP,
    START_RULES,
    counting_starts,
    first_notice_by,
    forward_by,
    same_day_due,
)
from domain.working_hours import Hours, Schedule, WorkingHours
from tests.clock.calendars import OFFICE_WEEK, POLICE_WEEK, UNEVEN_WEEK, WEEKS, Week, calendar, hours, local

MOMENTS = st.datetimes(datetime(2026, 7, 1), datetime(2027, 6, 30)).map(  # noqa: DTZ001
    lambda moment: local(moment.isoformat())
)


@pytest.mark.parametrize(
    ("received", "starts"),
    [
        ("2026-09-04T14:59:59", None),
        ("2026-09-04T15:00:00", None),
        ("2026-09-04T15:00:00.000001", date(2026, 9, 7)),
        ("2026-09-04T23:59:59", date(2026, 9, 7)),
        ("2026-11-23T15:01", date(2026, 11, 25)),
        ("2027-02-03T15:01", date(2027, 2, 11)),
        # On no working day: Saturday, the holiday. On the working day before opening: in time.
        ("2026-09-05T10:00", date(2026, 9, 7)),
        ("2026-11-24T09:00", date(2026, 11, 25)),
        ("2026-09-07T02:00", None),
        # Not yet in force.
        ("2026-08-31T23:59:59", None),
        ("2026-08-28T15:01", None),
    ],
)
def test_a_linked_groups_clock_starts_the_next_working_day_after_fifteen(
    received: str, starts: date | None
) -> None:
    at = local(received)
    assert counting_starts(at, LINKED_GROUP, calendar()) == (day_start(starts) if starts else at)


def test_a_linked_groups_rule_is_in_force_from_september_2026() -> None:
    assert not LINKED_GROUP.in_force(date(2026, 8, 31))
    assert LINKED_GROUP.in_force(date(2026, 9, 1))
    assert counting_starts(local("2026-09-01T00:00"), LINKED_GROUP, calendar()) == day_start(date(2026, 9, 3))
    assert set(START_RULES) == {"from_receipt", "linked_group"}


@given(received=MOMENTS)
def test_for_everything_else_no_hour_moves_the_start(received: datetime) -> None:
    start = counting_starts(received, FROM_RECEIPT, calendar())
    assert start == received
    assert start.tzinfo is UTC


@pytest.mark.parametrize(
    ("received", "week", "by"),
    [
        ("2026-11-20T09:00", OFFICE_WEEK, "2026-11-20T17:00"),
        ("2026-11-20T15:00:00", OFFICE_WEEK, "2026-11-20T17:00"),
        ("2026-11-20T15:00:01", OFFICE_WEEK, "2026-11-23T08:00"),
        ("2026-11-23T16:00", OFFICE_WEEK, "2026-11-25T08:00"),
        ("2026-11-20T03:00", OFFICE_WEEK, "2026-11-20T17:00"),
        ("2026-11-22T10:00", OFFICE_WEEK, "2026-11-23T08:00"),
        ("2026-11-21T09:00", POLICE_WEEK, "2026-11-23T08:00"),
        # Tuesdays close at noon, Thursdays the office does not open.
        ("2026-11-17T14:00", UNEVEN_WEEK, "2026-11-18T07:00"),
        ("2026-11-18T16:00", UNEVEN_WEEK, "2026-11-20T07:30"),
        ("2026-11-19T09:00", UNEVEN_WEEK, "2026-11-20T07:30"),
    ],
)
def test_what_came_is_forwarded_the_same_day_or_when_the_next_working_day_opens(
    received: str, week: Week, by: str
) -> None:
    assert forward_by(local(received), hours(week)) == local(by)


@pytest.mark.parametrize(
    ("received", "last_day"),
    [
        ("2026-11-20T15:00:00", date(2026, 11, 20)),
        ("2026-11-20T15:00:01", date(2026, 11, 23)),
        ("2026-11-23T15:01", date(2026, 11, 25)),
        ("2026-08-22T10:00", date(2026, 8, 22)),
        ("2026-11-21T10:00", date(2026, 11, 23)),
    ],
)
def test_a_same_day_matter_is_returned_that_day_or_the_next_working_day(
    received: str, last_day: date
) -> None:
    assert same_day_due(local(received), calendar()) == day_end(last_day)


@pytest.mark.parametrize(
    ("channel", "by"),
    [
        ("online", "2026-11-25T16:00"),
        ("counter", "2026-11-26T00:00"),
        ("post", "2026-11-26T00:00"),
    ],
)
def test_the_first_notice_comes_in_eight_working_hours_online_else_in_one_working_day(
    channel: str, by: str
) -> None:
    assert first_notice_by(local("2026-11-23T16:00"), channel, hours(OFFICE_WEEK)) == local(by)


def test_a_year_that_nobody_published_is_not_guessed() -> None:
    evening = local("2027-12-31T16:00")
    asks: tuple[Callable[[], datetime], ...] = (
        lambda: counting_starts(evening, LINKED_GROUP, calendar()),
        lambda: same_day_due(evening, calendar()),
        lambda: forward_by(evening, hours(OFFICE_WEEK)),
        lambda: first_notice_by(evening, "online", hours(OFFICE_WEEK)),
    )
    for ask in asks:
        with pytest.raises(CalendarUnknown):
            ask()


@settings(deadline=None)
@given(a=MOMENTS, b=MOMENTS, week=st.sampled_from(WEEKS))
def test_what_comes_later_is_never_due_earlier(a: datetime, b: datetime, week: Week) -> None:
    early, late = sorted((a, b))
    of = hours(week)
    assert counting_starts(early, LINKED_GROUP, calendar()) <= counting_starts(late, LINKED_GROUP, calendar())
    assert forward_by(early, of) <= forward_by(late, of)
    assert same_day_due(early, calendar()) <= same_day_due(late, calendar())
    for channel in ("online", "post"):
        assert first_notice_by(early, channel, of) <= first_notice_by(late, channel, of)


@settings(deadline=None)
@given(received=MOMENTS, week=st.sampled_from(WEEKS))
def test_nothing_is_due_before_it_came_nor_on_a_day_off(received: datetime, week: Week) -> None:
    by = forward_by(received, hours(week))
    assert by > received
    assert calendar().is_working(local_date(by))
    last = local_date(same_day_due(received, calendar()) - timedelta(microseconds=1))
    assert local_date(received) <= last
    assert calendar().is_working(last)


def test_hours_from_a_later_day_on_forward_nothing_before() -> None:
    later = WorkingHours(Schedule("office", [Hours(date(2026, 1, 1), OFFICE_WEEK)]), calendar())
    assert forward_by(local("2026-01-05T09:00"), later) == local("2026-01-05T17:00")
