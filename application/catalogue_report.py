"""What a published list of procedures is worth: how many rows say a limit beyond doubt, and what is wrong
with the others. The counts are of the list as it stands; docs/catalogue.md says what each counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from domain.procedure_facts import REASONS

Json = dict[str, Any]
Row = Mapping[str, Any]
Limit = tuple[str, str]


class ListedProcedure(Protocol):
    """One procedure as it was read from a list."""

    @property
    def code(self) -> str: ...

    @property
    def version(self) -> Mapping[str, Any]: ...

    @property
    def rows(self) -> Sequence[Row]: ...

    @property
    def district(self) -> bool: ...

    @property
    def shares_page(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Differences:
    """Of one procedure's rows. `between_rows`: any two have other limits; `by_channel`: two channels have;
    `in_channel`: one channel has several; `fees`: two channels have other fees."""

    between_rows: bool
    by_channel: bool
    in_channel: bool
    fees: bool


def report_of(listed: Iterable[ListedProcedure]) -> Json:
    """The counts, of rows (`channels`) and of procedures, as plain values."""
    count: Counter[str] = Counter()
    units: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    rows_in_doubt: Counter[str] = Counter(dict.fromkeys(REASONS, 0))
    procedures_in_doubt: Counter[str] = Counter(dict.fromkeys(REASONS, 0))
    for one in listed:
        _count_procedure(one, count, levels)
        for row in one.rows:
            _count_row(row, count, units, ways)
            rows_in_doubt.update(row["doubts"])
        reasons = {reason for row in one.rows for reason in row["doubts"]}
        procedures_in_doubt.update(reasons)
        count["procedures_doubtful"] += bool(reasons)
    doubts = {
        reason: {"channels": rows_in_doubt[reason], "procedures": procedures_in_doubt[reason]}
        for reason in REASONS
    }
    return {
        **{name: count[name] for name in _COUNTED},
        "units": dict(sorted(units.items())),
        "by_channel": dict(sorted(ways.items())),
        "levels": dict(sorted(levels.items())),
        "doubts": doubts,
    }


_COUNTED = (
    "procedures",
    "channels",
    "procedures_without_channel",
    "doubtful",
    "procedures_doubtful",
    "no_limit_named",
    "number_without_unit",
    "time_and_fee_together",
    "days_though_text_has_working_days",
    "procedures_days_though_text_has_working_days",
    "codes_disagree",
    "limits_differ_between_rows",
    "limits_differ_by_channel",
    "several_limits_in_a_channel",
    "fees_differ_by_channel",
    "district_named",
    "commune_level",
    "commune_level_with_number",
)


def _count_procedure(one: ListedProcedure, count: Counter[str], levels: Counter[str]) -> None:
    differences = _differences(one.rows)
    commune = "commune" in one.version["levels"]
    levels.update(one.version["levels"])
    count.update(
        procedures=1,
        channels=len(one.rows),
        procedures_without_channel=not one.rows,
        procedures_days_though_text_has_working_days=any(map(_says_days_alone, one.rows)),
        codes_disagree=one.shares_page,
        limits_differ_between_rows=differences.between_rows,
        limits_differ_by_channel=differences.by_channel,
        several_limits_in_a_channel=differences.in_channel,
        fees_differ_by_channel=differences.fees,
        district_named=one.district,
        commune_level=commune,
        commune_level_with_number=commune and any(row["amount"] for row in one.rows),
    )


def _count_row(row: Row, count: Counter[str], units: Counter[str], ways: Counter[str]) -> None:
    units[row["unit"] or "none"] += 1
    ways[row["channel"]] += 1
    count.update(
        doubtful=bool(row["doubts"]),
        no_limit_named=not row["amount"] and not row["together"],
        number_without_unit=bool(row["amount"]) and not row["unit"],
        time_and_fee_together=row["together"],
        days_though_text_has_working_days=_says_days_alone(row),
    )


def _says_days_alone(row: Row) -> bool:
    """The field says days, the text speaks of working days, of whatever number."""
    return bool(row["unit"] == "calendar_day" and row["working_days"])


def _differences(rows: Sequence[Row]) -> _Differences:
    limits: defaultdict[str, set[Limit]] = defaultdict(set)
    fees: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        limits[row["channel"]].add((row["amount"], row["unit"]))
        fees[row["channel"]].add(row["fee"])
    return _Differences(
        between_rows=len(set().union(*limits.values())) > 1,
        by_channel=len({frozenset(of_channel) for of_channel in limits.values()}) > 1,
        in_channel=any(len(of_channel) > 1 for of_channel in limits.values()),
        fees=len({frozenset(of_channel) for of_channel in fees.values()}) > 1,
    )
