"""Every limit, what is left of it, stopped clocks and the 15:00 rules against the naive count, at random
instants of 2024 to 2026."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from domain.deadlines import UNITS, due, remaining
from domain.local_time import VIETNAM
from domain.receipt_time import (
    FROM_RECEIPT,
    LINKED_GROUP,
    counting_starts,
    first_notice_by,
    forward_by,
    same_day_due,
)
from domain.suspension import Interval, begin, without
from infra.procedure_documents import LimitUnit
from tests.clock.calendars import WEEKS, Week, calendar, hours
from tests.clock.naive_days import DAY, STEP, NaiveDays, Stop

LONGEST = {"working_day": 100, "calendar_day": 180, "month": 6, "hour": 400, "working_hour": 40}
KNOWN_ON = (None, date(2025, 12, 24))
NAIVE = {known_on: NaiveDays(known_on) for known_on in KNOWN_ON}
FIRST, STEPS = datetime(2024, 1, 1), (datetime(2027, 1, 1) - datetime(2024, 1, 1)) // STEP  # noqa: DTZ001
# The days around Tet, swaps, the holiday that is new in 2026 and the first day of the linked groups' rule.
DELICATE = ("2024-02-07", "2025-04-24", "2026-01-01", "2026-02-13", "2026-08-20", "2026-08-31", "2026-11-23")


def _delicate() -> st.SearchStrategy[datetime]:
    days = st.sampled_from(DELICATE).map(datetime.fromisoformat)
    clock = st.sampled_from([time(0), time(11, 55), time(12), time(14, 55), time(15), time(15, 5), time(17)])
    return st.builds(lambda day, n, at: datetime.combine(day + n * DAY, at), days, st.integers(0, 9), clock)


MOMENTS = st.integers(0, STEPS).map(lambda steps: FIRST + steps * STEP) | _delicate()
LIMITS = st.sampled_from(UNITS).flatmap(lambda unit: st.tuples(st.integers(1, LONGEST[unit]), st.just(unit)))
LENGTHS = st.integers(0, 12 * 24 * 20) | st.integers(0, 12 * 24)
STOPS = st.lists(st.tuples(st.integers(0, 12 * 24 * 40), LENGTHS), max_size=4)
WEEK = st.sampled_from(WEEKS)
KNOWN = st.sampled_from(KNOWN_ON)


def instant(shown: datetime) -> datetime:
    return shown.replace(tzinfo=VIETNAM)


def shown(instant: datetime) -> datetime:
    """What a clock in Vietnam shows at an instant that came out in UTC."""
    assert instant.tzinfo is UTC
    return (instant + timedelta(hours=7)).replace(tzinfo=None)


def after(since: datetime, stops: Sequence[tuple[int, int]]) -> list[Stop]:
    return [(since + start * STEP, since + (start + length) * STEP) for start, length in stops]


def test_every_unit_is_compared_and_a_document_may_name_each() -> None:
    assert set(LONGEST) == set(UNITS) == set(get_args(LimitUnit))


@given(limit=LIMITS, since=MOMENTS, week=WEEK, known_on=KNOWN)
def test_a_limit_ends_where_counting_one_by_one_ends(
    limit: tuple[int, str], since: datetime, week: Week, known_on: date | None
) -> None:
    end = due(*limit, instant(since), calendar(known_on), hours(week, known_on))
    assert shown(end) == NAIVE[known_on].end(*limit, since, week)


@given(limit=LIMITS, since=MOMENTS, later=st.integers(0, 12 * 24 * 60), week=WEEK)
def test_what_is_left_is_what_counting_one_by_one_leaves(
    limit: tuple[int, str], since: datetime, later: int, week: Week
) -> None:
    now, unit = since + later * STEP, limit[1]
    end = due(*limit, instant(since), calendar(), hours(week))
    left = remaining(unit, end, instant(now), calendar(), hours(week))
    told_in = "calendar_day" if unit == "month" else unit
    assert left == (told_in, NAIVE[None].left(unit, shown(end), now, week))


@given(limit=LIMITS, since=MOMENTS, stops=STOPS, week=WEEK)
def test_a_stopped_clock_ends_where_leaving_out_the_stops_ends(
    limit: tuple[int, str], since: datetime, stops: list[tuple[int, int]], week: Week
) -> None:
    standing = after(since, stops)
    clock = begin(*limit, instant(since), calendar(), hours(week))
    told = [Interval(instant(a), instant(b)) for a, b in standing]
    end = without(clock, told, calendar(), hours(week)).due
    assert shown(end) == NAIVE[None].end(*limit, since, week, standing)


@given(a=MOMENTS, steps=st.integers(0, 12 * 24 * 30), week=WEEK)
def test_open_time_is_the_time_found_open_step_by_step(a: datetime, steps: int, week: Week) -> None:
    b, office = a + steps * STEP, hours(week)
    assert office.between(instant(a), instant(b)) == NAIVE[None].open_time(a, b, week)
    assert office.is_open(instant(a)) == NAIVE[None].is_open(a, week)
    opens = a
    while not NAIVE[None].is_open(opens, week):
        opens += STEP
    assert shown(office.next_open(instant(a))) == opens


@given(received=MOMENTS)
def test_the_start_moves_for_linked_groups_only(received: datetime) -> None:
    naive = NAIVE[None]
    assert shown(counting_starts(instant(received), FROM_RECEIPT, calendar())) == received
    start = received
    if received >= datetime(2026, 9, 1) and naive.came_late(received):  # noqa: DTZ001
        start = datetime.combine(naive.next_working(received.date()), time())
    assert shown(counting_starts(instant(received), LINKED_GROUP, calendar())) == start


@given(received=MOMENTS, week=WEEK)
def test_forwarding_the_same_day_and_the_first_notice_are_due_when_counted_naively(
    received: datetime, week: Week
) -> None:
    naive, office = NAIVE[None], hours(week)
    day = received.date()
    late = naive.came_late(received)
    returned = naive.next_working(day) if late else day
    assert shown(same_day_due(instant(received), calendar())) == datetime.combine(returned, time()) + DAY

    online = shown(first_notice_by(instant(received), "online", office))
    assert online == naive.working_hours_end(8, received, week)
    on_paper = shown(first_notice_by(instant(received), "counter", office))
    assert on_paper == naive.days_end(1, "working_day", received)

    assert shown(forward_by(instant(received), office)) == _forwarded(naive, received, late, week)


def _forwarded(naive: NaiveDays, received: datetime, late: bool, week: Week) -> datetime:
    """The end of the last open step of the day, or the first open step of a later working day."""
    midnight = datetime.combine(received.date(), time()) + DAY
    rest = [received + n * STEP for n in range((midnight - received) // STEP)]
    still_open = [at for at in rest if naive.is_open(at, week)]
    if still_open and not late:
        return still_open[-1] + STEP
    at = midnight
    while not (naive.is_working(at.date()) and naive.is_open(at, week)):
        at += STEP
    return at
