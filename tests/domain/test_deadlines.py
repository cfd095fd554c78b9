"""Worked examples of time limits on the real calendar of 2025, which is written out here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import record_rules
from domain.calendar import CalendarUnknown, CalendarYear, WorkingCalendar
from domain.deadlines import due, remaining
from domain.facts import Actor, Envelope
from domain.local_time import VIETNAM, day_end, local_date
from domain.refusals import Refused

OFF_2025 = {
    "2025-01-01": "Tết Dương lịch",
    "2025-01-27": "29 Tết",
    "2025-01-28": "Giao thừa",
    "2025-01-29": "Mùng một Tết",
    "2025-01-30": "Mùng hai Tết",
    "2025-01-31": "Mùng ba Tết",
    "2025-04-07": "Giỗ Tổ Hùng Vương",
    "2025-04-30": "Ngày Chiến thắng",
    "2025-05-01": "Ngày Quốc tế Lao động",
    "2025-05-02": "nghỉ bù cho 26/4/2025",
    "2025-09-01": "Quốc khánh",
    "2025-09-02": "Quốc khánh",
}
ENVELOPE = Envelope(Actor("officer", "o"), datetime(2024, 12, 1, tzinfo=UTC))


def year(number: int, off: dict[str, str], worked: tuple[str, ...] = ()) -> CalendarYear:
    calendar = CalendarYear.empty(UUID(int=number))
    days_off = tuple({"date": day, "name": name} for day, name in off.items())
    calendar.set(
        ENVELOPE,
        year=number,
        days_off=days_off,
        worked=worked,
        forecast=False,
        known_from=None,
        source="test",
    )
    return calendar


CALENDAR = WorkingCalendar([year(2024, {}), year(2025, OFF_2025, ("2025-04-26",)), year(2026, {})])


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("amount", "unit", "counted_from", "last_day"),
    [
        # Thursday 24 April, Friday 25, then Saturday 26 worked; 30 April to 2 May off.
        (2, "working_day", "2025-04-24T09:00", "2025-04-26"),
        (5, "working_day", "2025-04-24T09:00", "2025-05-05"),
        (4, "working_day", "2025-04-24T09:00", "2025-04-29"),
        # Tết 2025: Friday 24 January, then Monday 3 February.
        (1, "working_day", "2025-01-24T16:59", "2025-02-03"),
        (3, "working_day", "2025-01-23T08:00", "2025-02-04"),
        # The first day is not counted, however early it began; a limit may begin on a day off.
        (1, "working_day", "2025-06-02T00:00", "2025-06-03"),
        (1, "working_day", "2025-06-07T10:00", "2025-06-09"),
        # Calendar days count on, and roll over an end on a day off only.
        (3, "calendar_day", "2025-06-02T09:00", "2025-06-05"),
        (5, "calendar_day", "2025-06-02T09:00", "2025-06-09"),
        (6, "calendar_day", "2025-04-24T09:00", "2025-05-05"),
        (2, "calendar_day", "2025-04-24T09:00", "2025-04-26"),
        (2, "calendar_day", "2025-01-27T09:00", "2025-02-03"),
        # Months end on the same day, or on the last of a shorter month, and roll over too.
        (1, "month", "2025-05-31T09:00", "2025-06-30"),
        (1, "month", "2025-01-31T09:00", "2025-02-28"),
        (1, "month", "2024-01-31T09:00", "2024-02-29"),
        (3, "month", "2025-11-30T09:00", "2026-03-02"),
        (2, "month", "2025-06-30T09:00", "2025-09-03"),
        (12, "month", "2024-12-15T09:00", "2025-12-15"),
    ],
)
def test_a_limit_in_days_or_months_ends_with_its_last_day(
    amount: int, unit: str, counted_from: str, last_day: str
) -> None:
    expected = day_end(date.fromisoformat(last_day))
    assert due(amount, unit, local(counted_from), CALENDAR) == expected


def test_the_end_of_a_day_is_the_next_midnight_in_vietnam() -> None:
    assert due(1, "working_day", local("2025-06-02T09:00"), CALENDAR) == datetime(2025, 6, 3, 17, tzinfo=UTC)


def test_the_first_day_is_that_of_vietnam_not_of_utc() -> None:
    evening_in_utc = datetime(2025, 6, 2, 18, 0, tzinfo=UTC)
    assert local_date(evening_in_utc) == date(2025, 6, 3)
    assert due(1, "working_day", evening_in_utc, CALENDAR) == day_end(date(2025, 6, 4))


def test_hours_run_through_the_night_and_over_days_off() -> None:
    assert due(24, "hour", local("2025-06-06T16:30"), CALENDAR) == local("2025-06-07T16:30")
    assert due(8, "hour", local("2025-06-02T16:30"), WorkingCalendar([])) == local("2025-06-03T00:30")


def test_a_year_that_nobody_published_is_not_guessed() -> None:
    with pytest.raises(CalendarUnknown) as caught:
        due(5, "working_day", local("2026-12-29T09:00"), CALENDAR)
    assert caught.value.year == 2027
    with pytest.raises(CalendarUnknown):
        remaining("working_day", day_end(date(2027, 1, 5)), local("2026-12-29T09:00"), CALENDAR)


@pytest.mark.parametrize("amount", [0, -1, 10_001])
def test_a_limit_of_nothing_is_refused(amount: int) -> None:
    with pytest.raises(Refused) as caught:
        due(amount, "hour", local("2025-06-02T09:00"), CALENDAR)
    assert caught.value.rule == record_rules.DEADLINE_AMOUNT


def test_a_limit_without_a_known_unit_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        due(1, "day", local("2025-06-02T09:00"), CALENDAR)
    assert caught.value.rule == record_rules.ONE_OF


@pytest.mark.parametrize(
    ("unit", "last_day", "now", "left"),
    [
        ("working_day", "2025-05-05", "2025-04-24T09:00", ("working_day", 5)),
        ("working_day", "2025-05-05", "2025-05-05T23:59", ("working_day", 0)),
        ("working_day", "2025-05-05", "2025-05-06T00:00", ("working_day", -1)),
        ("working_day", "2025-06-06", "2025-06-07T10:00", ("working_day", -1)),
        ("working_day", "2025-06-06", "2025-06-10T10:00", ("working_day", -2)),
        ("working_day", "2025-01-03", "2024-12-30T10:00", ("working_day", 3)),
        ("calendar_day", "2025-06-09", "2025-06-02T09:00", ("calendar_day", 7)),
        ("calendar_day", "2025-06-09", "2025-06-12T09:00", ("calendar_day", -3)),
        ("month", "2025-06-30", "2025-06-01T09:00", ("calendar_day", 29)),
    ],
)
def test_what_is_left_is_negative_exactly_when_overdue(
    unit: str, last_day: str, now: str, left: tuple[str, int]
) -> None:
    assert remaining(unit, day_end(date.fromisoformat(last_day)), local(now), CALENDAR) == left


def test_hours_left_are_whole_hours() -> None:
    end = local("2025-06-03T10:00")
    assert remaining("hour", end, local("2025-06-02T10:30"), CALENDAR) == ("hour", 23)
    assert remaining("hour", end, local("2025-06-03T09:30"), CALENDAR) == ("hour", 0)
    assert remaining("hour", end, end, CALENDAR) == ("hour", -1)
    assert remaining("hour", end, local("2025-06-03T12:30"), CALENDAR) == ("hour", -3)


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 31), timezones=st.just(VIETNAM))  # noqa: DTZ001


@given(amount=st.integers(1, 120), counted_from=MOMENTS)
def test_at_the_start_of_a_limit_all_of_it_is_left(amount: int, counted_from: datetime) -> None:
    end = due(amount, "working_day", counted_from, CALENDAR)
    assert remaining("working_day", end, counted_from, CALENDAR) == ("working_day", amount)


@given(after=MOMENTS, days=st.integers(0, 300))
def test_counting_by_years_is_counting_one_by_one(after: datetime, days: int) -> None:
    first, last = after.date(), after.date() + timedelta(days=days)
    one_by_one = sum(CALENDAR.is_working(first + timedelta(days=n)) for n in range(1, days + 1))
    assert CALENDAR.count(first, last) == one_by_one


@given(moment=MOMENTS, unit=st.sampled_from(["working_day", "calendar_day", "month"]), n=st.integers(1, 9))
def test_a_limit_never_ends_on_a_day_off(moment: datetime, unit: str, n: int) -> None:
    end = due(n, unit, moment, CALENDAR)
    assert CALENDAR.is_working(local_date(end - timedelta(microseconds=1)))


def test_the_calendar_knows_swapped_days() -> None:
    assert CALENDAR.is_working(date(2025, 4, 26))
    assert not CALENDAR.is_working(date(2025, 5, 2))
    assert not CALENDAR.is_working(date(2025, 5, 3))


def test_a_year_published_anew_replaces_its_forecast_and_stays_its_year() -> None:
    calendar = year(2025, {"2025-01-01": "x"})
    assert calendar.days is not None
    calendar.set(
        ENVELOPE, year=2025, days_off=(), worked=(), forecast=True, known_from=None, source="decision"
    )
    assert calendar.forecast
    assert calendar.days.is_working(date(2025, 1, 1))
    for wrong in (
        {"year": 2026, "days_off": (), "worked": ()},
        {"year": 2025, "days_off": ({"date": "2026-01-01", "name": "x"},), "worked": ()},
        {"year": 2025, "days_off": ({"date": "2025-04-26", "name": "x"},), "worked": ("2025-04-26",)},
    ):
        with pytest.raises(Refused) as caught:
            calendar.set(ENVELOPE, forecast=False, known_from=None, source="s", **wrong)  # type: ignore[arg-type]
        assert caught.value.rule == record_rules.CALENDAR_YEAR
    assert calendar.version == 2


def test_a_year_knows_whether_a_setting_is_news() -> None:
    calendar = year(2025, OFF_2025)
    same = tuple({"date": day, "name": name} for day, name in OFF_2025.items())
    says = {"year": 2025, "worked": (), "forecast": False, "known_from": None, "source": "test"}
    assert calendar.same_as(days_off=same, **says)  # type: ignore[arg-type]
    assert not calendar.same_as(days_off=same[1:], **says)  # type: ignore[arg-type]
    assert not CalendarYear.empty(UUID(int=1)).same_as(days_off=same, **says)  # type: ignore[arg-type]
