"""From files of the project's formats to what the registry records: units, procedures, calendar years.

The demo loads through these too, so that a unit is named alike whoever loads it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from application.registry import UnitEntry
from interfaces.wiring import (
    CALENDAR,
    CalendarYear,
    FileProblem,
    ProcedureEntry,
    UnitRow,
    document,
    read_calendar,
    read_procedures,
    read_units,
)

REFORM = date(2025, 7, 1)


def unit_entries(path: Path, *, era: str, provinces: Collection[str]) -> list[UnitEntry]:
    """Units of one era, of some provinces or all. Raises FileProblem, also where a parent is missing.

    The tables do not say from when the old units were valid: they are known to have been on the last day
    before their end. `origin` says of which fields the source is silent.
    """
    chosen = [u for u in read_units(path) if u.era == era and (not provinces or u.province_code in provinces)]
    known = {(u.level, u.code) for u in chosen}
    for row in chosen:
        if row.parent_code and not known & {("province", row.parent_code), ("district", row.parent_code)}:
            raise FileProblem(path, row.line, f"the parent {row.parent_code} stands nowhere in the file.")
    return [_unit_entry(row, path) for row in chosen]


def _unit_entry(row: UnitRow, path: Path) -> UnitEntry:
    known_on = row.valid_from or (row.valid_to or REFORM) - timedelta(days=1)
    return UnitEntry(
        code=row.code,
        name=row.name,
        level=row.level,
        kind=row.type,
        parent=row.parent_code,
        valid_from=row.valid_from,
        known_valid_on=known_on,
        source=path.name,
        origin={
            "name": "sourced",
            "parent": "sourced",
            "valid_from": "sourced" if row.valid_from else "unknown",
        },
    )


@dataclass(slots=True)
class Catalogue:
    """The procedures of a file or folder as registry entries, and what it holds of them."""

    entries: list[dict[str, Any]]
    channels: int = 0
    doubtful: int = 0


def catalogue(path: Path) -> Catalogue:
    """Every procedure with its versions. `doubtful`: limits that no source gives beyond doubt."""
    read = Catalogue([])
    for procedure in read_procedures(path):
        read.entries.append({"code": procedure["code"], "versions": list(procedure_versions(procedure))})
        read.channels += len(procedure["channels"])
        read.doubtful += sum(
            line["doubt"] is not None or line["limit_origin"] == "assumed" for line in procedure["channels"]
        )
    return read


def procedure_versions(entry: ProcedureEntry) -> Iterator[dict[str, Any]]:
    """The version before the reform, from the beginning, and one from 1 July 2025 where the level changed."""
    yield _version(entry, None, entry["level_before"], entry["level_before_origin"])
    if entry["level_after"] != entry["level_before"]:
        yield _version(entry, REFORM, entry["level_after"], entry["level_after_origin"])


def _version(entry: ProcedureEntry, valid_from: date | None, level: str, level_origin: str) -> dict[str, Any]:
    origin = {"level": level_origin, "place_basis": entry["place_basis_origin"]}
    origin |= {f"limit.{line['channel']}": line["limit_origin"] for line in entry["channels"]}
    origin |= {f"doubt.{line['channel']}": line["doubt"] for line in entry["channels"] if line["doubt"]}
    origin |= {f"component.{component['id']}": component["origin"] for component in entry["components"]}
    told = {name: entry.get(name) for name in ("clock", "supplement", "payment")}
    said = {name: dict(part) for name, part in told.items() if isinstance(part, dict)}
    origin |= {f"terms.{name}": str(part["origin"]) for name, part in said.items()}
    terms: dict[str, Any] = {name: _without_origin(part) for name, part in said.items()}
    if papers := entry.get("papers"):
        origin |= {f"terms.papers.{paper['component']}": str(paper["origin"]) for paper in papers}
        terms["papers"] = [_without_origin(dict(paper)) for paper in papers]
    refusals = [dict(refusal) for refusal in entry.get("refusals", ())]
    if refusals:
        terms["results"] = {"refusals": [refusal["code"] for refusal in refusals]}
    granted = [{"code": entry["result_code"], "name": entry["name"]}] if entry["result_code"] else []
    return {
        "name": entry["name"],
        "field": entry["field"],
        "decision_no": entry["decision_no"],
        "valid_from": valid_from,
        "level": level,
        "place_basis": entry["place_basis"],
        "channels": tuple(
            {
                "channel": line["channel"],
                "case": None,
                "limit_amount": line["limit_amount"],
                "limit_unit": line["limit_unit"],
                "fee_vnd": line["fee_vnd"],
            }
            for line in entry["channels"]
        ),
        "components": tuple(
            {"id": component["id"], "name": component["name"], "copies": component["copies"]}
            for component in entry["components"]
        ),
        "results": (*granted, *refusals),
        "terms": terms,
        "source": entry["source"],
        "origin": origin,
    }


def _without_origin(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != "origin"}


def calendar_entries(path: Path = CALENDAR) -> list[dict[str, Any]]:
    """Every year of a calendar file. `known_from`: the last day on which one of its days became known."""
    content, _ = document(path)
    source = str(content.get("source", path.name)) if isinstance(content, dict) else path.name
    return [_calendar_entry(year, source) for year in read_calendar(path)]


def _calendar_entry(year: CalendarYear, source: str) -> dict[str, Any]:
    known = _known(
        [*(d["known_from"] for d in year["days_off"]), *(d["known_from"] for d in year["worked_days"])]
    )
    return {
        "year": year["year"],
        "days_off": tuple({"date": day["date"], "name": day["name_vi"]} for day in year["days_off"]),
        "worked": tuple(day["date"] for day in year["worked_days"]),
        "forecast": year["forecast"],
        "known_from": known,
        "source": source,
    }


def _known(days: Iterable[str | None]) -> date | None:
    return max((date.fromisoformat(day) for day in days if day), default=None)
