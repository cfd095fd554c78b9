"""docs/working-time.md does what it says: each row of its tables of examples is asked of the domain, with the
hours that the document itself gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import UUID

import pytest

from domain.clock import with_left_out
from domain.deadlines import due
from domain.local_time import day_end
from domain.outages import Outage
from domain.receipt_time import START_RULES, counting_starts, first_notice_by, forward_by, same_day_due
from domain.suspension import Interval, begin, without
from domain.terms import ClockTerms
from domain.working_hours import OFFICE, POLICE, Hours, Opening, Schedule, WorkingHours
from tests.clock.calendars import calendar, local, replaced

DOCUMENT = Path(__file__).parents[2] / "docs" / "working-time.md"
SOURCE = re.compile(r"\bArts? \d|\breference\b|\bDecree \d|\d\.\d{6}")
NAMED = {  # the examples that have to be among the rows, by when they were accepted or received
    "Limits": {"2026-02-13 15:01", "2025-04-24 09:00", "2026-08-20 09:00", "2026-11-23 09:00"}
    | {"2026-08-27 09:00", "2025-12-22 09:00"},
    "After 15:00": {"2027-02-03 15:01", "2027-02-03 15:00"},
    "Stopped clocks": {"2026-11-02 09:00"},
    "Outages": {"2026-11-05 09:00"},
}

Row = dict[str, str]


def rows(heading: str) -> list[Row]:
    """The rows of the table under a heading, each by its column's name."""
    section = DOCUMENT.read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    names, _, *cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(names, row, strict=True)) for row in cells]


def openings(text: str) -> tuple[Opening, ...]:
    """`08:00-12:00, 13:00-17:00`."""
    spans = [part.strip().split("-") for part in text.split(",") if part.strip()]
    return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans)


def hours(name: str, known_on: date | None = None) -> WorkingHours | None:
    if not name:
        return None
    row = next(row for row in rows("Hours") if row["schedule"] == name)
    week = (*((openings(row["Monday to Friday"]),) * 5), openings(row["Saturday"]), ())
    return WorkingHours(Schedule(name, [Hours(None, week)]), calendar(known_on), replaced())


def limit(text: str) -> tuple[int, str]:
    amount, unit = text.split()
    return int(amount), unit


def instant(text: str) -> datetime:
    if text.startswith("end of "):
        return day_end(date.fromisoformat(text.removeprefix("end of ")))
    return local(text).astimezone(UTC)


def intervals(text: str) -> list[Interval]:
    pairs = [part.strip().split(" to ") for part in text.split(",") if part.strip()]
    return [Interval(local(a), local(b)) for a, b in pairs]


def of_limit(row: Row) -> datetime:
    known_on = None if row["calendar"] == "now" else date.fromisoformat(row["calendar"])
    given = hours(row["hours"], known_on)
    return due(*limit(row["limit"]), local(row["accepted"]), calendar(known_on), given)


def of_receipt(row: Row) -> datetime:
    received, given = local(row["received"]), hours(row["hours"])
    match row["what"].split():
        case ["same", "day"]:
            return same_day_due(received, calendar())
        case ["forward"] if given:
            return forward_by(received, given)
        case ["first", "notice", channel] if given:
            return first_notice_by(received, channel, given)
        case [rule, amount, unit]:
            counted_from = counting_starts(received, START_RULES[rule], calendar())
            return due(int(amount), unit, counted_from, calendar())
    raise AssertionError(f"nobody knows what is asked by {row}")


def of_stopped(row: Row) -> datetime:
    given = hours(row["hours"])
    clock = begin(*limit(row["limit"]), local(row["counted from"]), calendar(), given)
    return without(clock, intervals(row["stopped"]), calendar(), given).due


def of_outages(row: Row) -> datetime:
    clock = begin(*limit(row["limit"]), local(row["counted from"]), calendar())
    terms = ClockTerms(outages=("portal",) if "names the system" in row["of"] else ())
    group = UUID(int=1) if row["of"] == "linked group" else None
    told = (Outage("portal", *interval, linked_groups=True) for interval in intervals(row["outages"]))
    left_out = [moving for outage in told if (moving := outage.moving(terms, group)) is not None]
    going = with_left_out(clock, None, left_out, calendar())
    assert without(clock, left_out, calendar()).due == (clock.due if going is None else going.due)
    return clock.due if going is None or going.due is None else going.due


ANSWERS: dict[str, Callable[[Row], datetime]] = {
    "Limits": of_limit,
    "After 15:00": of_receipt,
    "Stopped clocks": of_stopped,
    "Outages": of_outages,
}
CASES = [(heading, row) for heading in ANSWERS for row in rows(heading)]


@pytest.mark.parametrize(("heading", "row"), CASES, ids=[" ".join([*row.values()][:4]) for _, row in CASES])
def test_a_worked_example_comes_out_as_the_document_says(heading: str, row: Row) -> None:
    said = row.get("passed") or row["answer"]
    assert ANSWERS[heading](row) == instant(said)
    assert SOURCE.search(row["why"]), "each example names the source of its rule"


@pytest.mark.parametrize("heading", ANSWERS)
def test_the_examples_that_offices_get_wrong_are_there(heading: str) -> None:
    assert NAMED[heading] <= {next(iter(row.values())) for row in rows(heading)}


def test_the_document_gives_the_hours_of_both_known_schedules() -> None:
    assert [row["schedule"] for row in rows("Hours")] == [OFFICE, POLICE]
