"""Why a row of the national list does not say beyond doubt what the limit is: its number and unit against the
text that stands beside them (Vietnamese, as listed).

A text is read for amounts of time alone; what it does not say is not filled in. A row whose number, unit and
text agree is in no doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from domain.deadlines import LARGEST_AMOUNT
from domain.procedure_facts import (
    CODE_DISAGREES,
    COUNTED_OTHERWISE,
    DISTRICT_NAMED,
    NOT_WHOLE,
    NUMBER_CONTRADICTED,
    REASONS,
    SEVERAL_LIMITS,
    TIME_AND_FEE,
    UNIT_CONTRADICTED,
    UNIT_MISSING,
)

UNITS: Mapping[str, str] = {
    "Ngày làm việc": "working_day",
    "Ngày": "calendar_day",
    "Giờ": "hour",
    "Giờ làm việc": "working_hour",
    "Tháng": "month",
}
RUN_TOGETHER = "time and fee run together in source"
DISTRICT = "cấp huyện"
_DAYS = ("Ngày làm việc", "Ngày")
_COUNTED = re.compile(
    r"(?<![\d.,/])0*(\d+)\s*(?:\([^()]{0,40}\)\s*)?"
    r"(ngày làm việc|ngày(?! làm việc)|giờ làm việc|giờ(?! làm việc)|tháng)\b",
    re.IGNORECASE,
)
_DATE = re.compile(r"ngày\s+\d{1,2}\s*[/.-]\s*\d{1,2}|(ngày\s+\d+\s+)?tháng\s+\d+", re.IGNORECASE)
_OF_A_CASE = re.compile(r"trường hợp|đối với", re.IGNORECASE)


def counted_in(text: str) -> set[tuple[int, str]]:
    """Every amount of time that a text names, with its unit as the list writes it."""
    found = _COUNTED.findall(_DATE.sub(" ", text))
    return {(int(number), unit.capitalize()) for number, unit in found}


def doubts_of(row: Mapping[str, str], *, code_disagrees: bool, district_named: bool) -> set[str]:
    """Of one row alone. Where the list names no limit there is none to doubt."""
    number, unit, text = row["time_value"], row["time_unit"], row["description"]
    if row["time_flag"] == RUN_TOGETHER:
        found = {TIME_AND_FEE}
    elif not number:
        return set()
    else:
        found = _number(number, unit) | _against_text(number, unit, text)
    if code_disagrees:
        found.add(CODE_DISAGREES)
    if district_named or DISTRICT in text.lower():
        found.add(DISTRICT_NAMED)
    return found


def amount_in(number: str) -> int | None:
    """A limit's amount: whole, above 0, and no larger than any that is counted."""
    whole = int(number) if number.isascii() and number.isdigit() else 0
    return whole if 0 < whole <= LARGEST_AMOUNT else None


def _number(number: str, unit: str) -> set[str]:
    found = set() if amount_in(number) else {NOT_WHOLE}
    return found if unit in UNITS else found | {UNIT_MISSING}


def _against_text(number: str, unit: str, text: str) -> set[str]:
    """The text has this number in other units alone; or it has the number nowhere, and has other amounts in
    the row's unit, or counts days, but none in the row's unit."""
    if unit not in UNITS or not (number.isascii() and number.isdigit()):
        return set()
    counted = counted_in(text)
    same = {said for amount, said in counted if amount == int(number)}
    if same:
        return set() if unit in same else {UNIT_CONTRADICTED}
    units = {said for _, said in counted}
    if unit in units:
        return {NUMBER_CONTRADICTED}
    return {COUNTED_OTHERWISE} if unit in _DAYS and units.intersection(_DAYS) else set()


def told_apart(rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether the rows of one channel say for which case each is: every text is another and speaks of a
    case. Rows without a limit that say the same leave nothing to tell apart."""
    texts = [row["description"].strip() for row in rows]
    return len(set(texts)) == len(texts) and all(_OF_A_CASE.search(text) for text in texts)


def several_limits(rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether a channel has several rows with a limit and nothing tells them apart: they may be cases, or
    steps of one way whose times add up."""
    limited = any(row["time_value"] or row["time_flag"] == RUN_TOGETHER for row in rows)
    return len(rows) > 1 and limited and not told_apart(rows)


def in_order(reasons: Iterable[str], *, several: bool = False) -> tuple[str, ...]:
    """In the order of the list of reasons."""
    found = {*reasons, *((SEVERAL_LIMITS,) if several else ())}
    return tuple(reason for reason in REASONS if reason in found)
