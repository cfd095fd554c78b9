"""What `hoso units heirs` says of the units that it was asked for: tables and one last sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import RenderableType

from interfaces.cli.output import cell, plural, table

Json = Mapping[str, Any]
KINDS = {"whole": "becomes part of", "part": "gives a part to", "same": "goes on as"}
MOST_NAMED = 3


def standing(found: Sequence[Json]) -> list[dict[str, Any]]:
    """Who stands at T for each unit, one list."""
    return [{"of": unit["unit"], **heir} for unit in found for heir in unit["heirs"]]


def told(code: str, t: datetime, found: Sequence[Json]) -> tuple[str, tuple[RenderableType, ...]]:
    """The last sentence, and before it every link with what decides, and what is not known."""
    links = [link for unit in found for link in unit["links"]]
    rows = [
        (
            link["of"],
            KINDS[link["kind"]],
            link["unit"],
            link["name"],
            _from(link),
            link["act"],
            _remark(link),
        )
        for link in links
    ]
    columns = ("Unit", "", "Heir", "Name", "From", "By the act", "Remark")
    shown = (table(*columns, rows=rows),) if rows else ()
    sentences = [_of_unit(unit, t) for unit in found]
    sentences += [_undated(one) for unit in found for one in unit["undated"]]
    return " ".join(dict.fromkeys(sentences)), shown


def _from(link: Json) -> str:
    return cell(link["since"])[:10] if link["in_effect"] else f"{cell(link['since'])[:10]} (to come)"


def _remark(link: Json) -> str:
    if link["disputed"]:
        return "disputed: sources differ, it decides nothing"
    if link["kind"] != "part":
        return ""
    by = {"person": "a person decides", "places": "by places", "streets": "by streets"}.get(
        link["decided_by"]
    )
    remark = ": ".join(filter(None, (by, link["basis"]))) or "not said what decides"
    return f"{remark}; provisionally the one that stands" if link["default"] else remark


def _of_unit(unit: Json, t: datetime) -> str:
    name = f"{unit['unit']} {unit['name']}"
    if not unit["heirs"]:
        sure = "is valid then" if unit["valid"] else "has no successor by any scheduled act then"
        return f"{name}: {sure} ({cell(t)[:10]})."
    named = ", ".join(f"{heir['unit']} {heir['name']}" for heir in unit["heirs"][:MOST_NAMED])
    more = len(unit["heirs"]) - MOST_NAMED
    further = f" and {plural(more, 'other')}" if more > 0 else ""
    unsure = "" if all(heir["certain"] for heir in unit["heirs"]) else "; which one is decided place by place"
    return f"{name}: on {cell(t)[:10]} {named}{further} stands for it{unsure}."


def _undated(one: Json) -> str:
    if one["kind"] == "same":
        does = f"renames {one['of']} to {one['name']}"
    else:
        does = f"lets {one['name']} follow {one['of']}"
    return f"An act of {one['issued_on']} ({one['act']}) {does}; its date of effect is not known."
