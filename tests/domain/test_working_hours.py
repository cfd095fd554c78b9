"""When offices are open, and working time counted over their hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import record_rules
from domain.calendar import CalendarUnknown
from domain.deadlines import WORKING_HOUR, due, remaining
from domain.refusals import Refused
from domain.working_hours import Hours, Opening, Schedule, WorkingHours
from tests.clock.calendars import (
    MORNING,
    OFFICE_WEEK,
    POLICE_WEEK,
    UNEVEN_WEEK,
    WEEKS,
    WHOLE_DAY,
    Week,
    calendar,
    hours,
    local,
)

OFFICE_HOURS, POLICE_HOURS = hours(OFFICE_WEEK), hours(POLICE_WEEK)
HOUR = timedelta(hours=1)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 30)).map(  # noqa: DTZ001
    lambda moment: local(moment.isoformat())
)
AMOUNTS = st.timedeltas(timedelta(0), timedelta(hours=60))


@pytest.mark.parametrize(
    ("at", "office", "police"),
    [
        ("2026-11-20T07:59", False, False),
        ("2026-11-20T08:00", True, True),
        ("2026-11-20T12:00", False, False),
        ("2026-11-20T16:59", True, True),
        ("2026-11-20T17:00", False, False),
        # Saturday morning, Sunday, and a holiday.
        ("2026-11-21T08:00", False, True),
        ("2026-11-21T12:00", False, False),
        ("2026-11-22T09:00", False, False),
        ("2026-11-24T09:00", False, False),
        # A Saturday in Tet; a worked Saturday, morning and afternoon.
        ("2025-02-01T09:00", False, False),
        ("2026-08-22T09:00", True, True),
        ("2026-08-22T14:00", True, True),
    ],
)
def test_an_office_is_open_at_its_hours_and_on_no_holiday(at: str, office: bool, police: bool) -> None:
    assert OFFICE_HOURS.is_open(local(at)) is office
    assert POLICE_HOURS.is_open(local(at)) is police


def test_a_police_saturday_morning_is_open_and_no_working_day() -> None:
    assert POLICE_HOURS.is_open(local("2026-11-21T10:00"))
    assert not calendar().is_working(date(2026, 11, 21))


def test_a_worked_saturday_has_the_hours_of_the_weekday_that_it_replaces() -> None:
    # 10 January 2026 for Friday 2 January; 22 August 2026 for Monday 31 August.
    uneven = hours(UNEVEN_WEEK)
    assert _shown(uneven, date(2026, 1, 10)) == UNEVEN_WEEK[4]
    assert _shown(uneven, date(2026, 8, 22)) == UNEVEN_WEEK[0]


def test_a_worked_saturday_has_fridays_hours_where_nobody_said_what_it_replaces() -> None:
    unknown = WorkingHours(Schedule("uneven", [Hours(None, UNEVEN_WEEK)]), calendar())
    assert _shown(unknown, date(2026, 8, 22)) == UNEVEN_WEEK[4]
    assert _shown(unknown, date(2026, 11, 21)) == UNEVEN_WEEK[5]


def test_later_hours_replace_earlier_ones_from_their_day() -> None:
    only_mornings: Week = (*((MORNING,),) * 5, (), ())
    schedule = Schedule(
        "office", [Hours(date(2026, 1, 1), OFFICE_WEEK), Hours(date(2026, 7, 1), only_mornings)]
    )
    changed = WorkingHours(schedule, calendar())
    assert _shown(changed, date(2026, 6, 30)) == WHOLE_DAY
    assert _shown(changed, date(2026, 7, 1)) == (MORNING,)
    assert changed.between(local("2026-06-30T00:00"), local("2026-07-02T00:00")) == 12 * HOUR
    with pytest.raises(Refused) as caught:
        changed.is_open(local("2025-12-31T09:00"))
    assert caught.value.rule == record_rules.HOURS_KNOWN


def test_an_amount_used_up_at_closing_time_ends_there() -> None:
    assert OFFICE_HOURS.add(HOUR, local("2026-11-20T16:00")) == local("2026-11-20T17:00")
    assert OFFICE_HOURS.add(HOUR, local("2026-11-20T17:00")) == local("2026-11-23T09:00")
    assert OFFICE_HOURS.add(timedelta(0), local("2026-11-22T03:00")) == local("2026-11-22T03:00")
    with pytest.raises(ValueError, match="forwards"):
        OFFICE_HOURS.add(-HOUR, local("2026-11-20T16:00"))


def test_it_opens_next_after_nights_weekends_and_holidays() -> None:
    assert OFFICE_HOURS.next_open(local("2026-11-20T09:30")) == local("2026-11-20T09:30")
    assert OFFICE_HOURS.next_open(local("2026-11-20T12:00")) == local("2026-11-20T13:00")
    assert OFFICE_HOURS.next_open(local("2026-11-23T17:00")) == local("2026-11-25T08:00")
    assert POLICE_HOURS.next_open(local("2026-11-20T17:00")) == local("2026-11-21T08:00")
    assert OFFICE_HOURS.next_open(local("2026-11-20T17:00")).tzinfo is UTC


def test_hours_of_a_year_that_nobody_published_are_not_guessed() -> None:
    with pytest.raises(CalendarUnknown) as caught:
        OFFICE_HOURS.add(40 * HOUR, local("2027-12-30T09:00"))
    assert caught.value.year == 2028
    assert OFFICE_HOURS.between(local("2027-12-31T08:00"), local("2028-01-01T00:00")) == 8 * HOUR


@pytest.mark.parametrize(
    "week",
    [
        OFFICE_WEEK[:6],
        ((),) * 7,
        (((time(12), time(8)),), *((),) * 6),
        (((time(8), time(8)),), *((),) * 6),
        (((time(8), time(12)), (time(11), time(17))), *((),) * 6),
        (((time(13), time(17)), (time(8), time(12))), *((),) * 6),
    ],
    ids=["six days", "never open", "closes before", "never closes", "overlap", "out of order"],
)
def test_hours_that_are_none_are_refused(week: Week) -> None:
    with pytest.raises(Refused) as caught:
        Hours(None, week)
    assert caught.value.rule == record_rules.HOURS_WEEK


@pytest.mark.parametrize(
    "begins", [[], [None, None], [date(2026, 2, 1), date(2026, 1, 1)], [date(2026, 1, 1)] * 2]
)
def test_a_schedule_that_does_not_go_forward_is_refused(begins: list[date | None]) -> None:
    with pytest.raises(Refused) as caught:
        Schedule("office", [Hours(day, OFFICE_WEEK) for day in begins])
    assert caught.value.rule == record_rules.HOURS_ORDER


def test_a_limit_in_working_hours_needs_the_offices_hours() -> None:
    start = local("2026-11-20T16:00")
    end = due(8, WORKING_HOUR, start, calendar(), OFFICE_HOURS)
    assert end == local("2026-11-23T16:00")
    for ask in (
        lambda: due(8, WORKING_HOUR, start, calendar()),
        lambda: remaining(WORKING_HOUR, end, start, calendar()),
    ):
        with pytest.raises(Refused) as caught:
            ask()
        assert caught.value.rule == record_rules.HOURS_KNOWN


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-11-20T16:00", 8),
        ("2026-11-20T16:01", 7),
        ("2026-11-22T12:00", 7),
        ("2026-11-23T15:01", 0),
        ("2026-11-23T16:00", -1),
        ("2026-11-24T16:00", -1),
        ("2026-11-25T09:00", -2),
    ],
)
def test_working_hours_left_are_whole_ones_and_negative_exactly_when_overdue(now: str, left: int) -> None:
    end = local("2026-11-23T16:00")
    assert remaining(WORKING_HOUR, end, local(now), calendar(), OFFICE_HOURS) == (WORKING_HOUR, left)


@settings(deadline=None)
@given(moments=st.tuples(MOMENTS, MOMENTS, MOMENTS), week=st.sampled_from(WEEKS))
def test_working_time_adds_up(moments: tuple[datetime, datetime, datetime], week: Week) -> None:
    a, b, c = moments
    of = hours(week)
    assert of.between(a, b) + of.between(b, c) == of.between(a, c)
    assert of.between(a, a) == timedelta(0)


@settings(deadline=None)
@given(start=MOMENTS, first=AMOUNTS, second=AMOUNTS, week=st.sampled_from(WEEKS))
def test_adding_in_two_steps_is_adding_at_once(
    start: datetime, first: timedelta, second: timedelta, week: Week
) -> None:
    of = hours(week)
    end = of.add(first, start)
    assert of.between(start, end) == first
    assert of.add(second, end) == of.add(first + second, start)
    assert end.tzinfo is UTC


@settings(deadline=None)
@given(a=MOMENTS, b=MOMENTS, amount=AMOUNTS, week=st.sampled_from(WEEKS))
def test_what_starts_later_never_ends_earlier(
    a: datetime, b: datetime, amount: timedelta, week: Week
) -> None:
    early, late = sorted((a, b))
    of = hours(week)
    assert of.add(amount, early) <= of.add(amount, late)
    assert of.next_open(early) <= of.next_open(late)
    assert of.is_open(of.next_open(early))


def _shown(office: WorkingHours, day: date) -> tuple[Opening, ...]:
    """A day's openings as a clock in Vietnam shows them."""
    return tuple(
        ((opens + 7 * HOUR).time(), (closes + 7 * HOUR).time()) for opens, closes in office.openings(day)
    )
