"""The project's own calendar: the two traps of its source, and its agreement with ../shared/data/holidays."""

import csv
from datetime import date
from pathlib import Path

import pytest

from infra import reference
from infra.calendar_documents import CalendarYear, read_calendar

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "holidays" / "vn_holidays_2015_2030.csv"


@pytest.fixture(scope="module")
def years() -> list[CalendarYear]:
    return list(read_calendar(reference.CALENDAR))


def test_the_years_are_complete_and_the_forecast_is_called_so(years: list[CalendarYear]) -> None:
    assert [year["year"] for year in years] == list(range(2015, 2028))
    assert [year["year"] for year in years if year["forecast"]] == [2027]


def test_a_saturday_that_a_day_off_was_taken_from_is_worked(years: list[CalendarYear]) -> None:
    worked = {day["date"]: day["instead_of"] for year in years for day in year["worked_days"]}
    assert worked["2025-04-26"] == "2025-05-02"
    assert worked["2026-08-22"] == "2026-08-31"
    assert all(date.fromisoformat(day).weekday() == 5 for day in worked)
    off = {day["date"] for year in years for day in year["days_off"]}
    assert set(worked.values()) <= off
    assert off.isdisjoint(worked)


def test_the_late_swap_of_january_2026_was_not_known_before_christmas(years: list[CalendarYear]) -> None:
    year = next(year for year in years if year["year"] == 2026)
    assert {d["date"]: d["known_from"] for d in year["days_off"] if d["known_from"]} == {
        "2026-01-02": "2025-12-25"
    }
    worked = {d["date"]: d["known_from"] for d in year["worked_days"] if d["known_from"]}
    assert worked == {"2026-01-10": "2025-12-25"}


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_file(), reason="../shared/data/holidays is not here")
def test_the_days_off_are_those_of_the_reference_and_the_late_one(years: list[CalendarYear]) -> None:
    with SHARED.open(encoding="utf-8") as file:
        theirs = {row["date"]: row["name_vi"] for row in csv.DictReader(file) if row["date"] < "2028"}
    ours = {day["date"]: day["name_vi"] for year in years for day in year["days_off"]}
    assert len(theirs) == 184
    assert ours.keys() - theirs.keys() == {"2026-01-02"}
    assert all(ours[day] == name for day, name in theirs.items())
