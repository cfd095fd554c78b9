"""Parameters of queries: what times mean, and that no parameter is ignored.

`valid_at`: for which time of the world; `known_at`: as the ledger knew it then. A parameter that a route does
not have is refused, so that nobody believes an answer to a question that was not heard.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from application import catalogue
from interfaces.http import read_times
from interfaces.http.problems import Problem

LARGEST_POSITION = 2**63 - 1
MAX_NAME = 40

ValidAt = Annotated[
    str | None,
    Query(
        max_length=40,
        description="As it was or will be then: a day (its last instant in Vietnam) or an instant with zone; "
        "absent: now.",
    ),
]
KnownAt = Annotated[
    str | None,
    Query(
        max_length=40,
        description="As the ledger knew it then: a position, a day (its last instant in Vietnam) or an "
        "instant with zone; absent: now.",
    ),
]

Since = Annotated[
    str | None,
    Query(
        max_length=40,
        description="Only what was recorded after it: a position, a day (its last instant in Vietnam) or an "
        "instant with zone.",
    ),
]


@dataclass(frozen=True, slots=True)
class Pair:
    """For when, and as known when; None: now."""

    valid_at: datetime | None
    known_at: int | datetime | None

    def said(self) -> dict[str, Any]:
        """As the application's functions are asked."""
        return {"valid_at": self.valid_at, "known_at": self.known_at}


def pair(valid_text: str | None, known_text: str | None) -> Pair:
    """What both mean where each may be absent; 422 for anything else."""
    return Pair(None if valid_text is None else instant("valid_at", valid_text), known_at(known_text))


def valid_at(text: str | None, now: datetime) -> datetime:
    """What `valid_at` means; 422 for anything else."""
    return now if text is None else instant("valid_at", text)


def known_at(text: str | None) -> int | datetime | None:
    """What `known_at` means: a position, an instant, or None for now; 422 for anything else."""
    return _known("known_at", text)


def since(text: str | None) -> int | datetime | None:
    """What `since` means: the same."""
    return _known("since", text)


def _known(name: str, text: str | None) -> int | datetime | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        if not 1 <= int(text) <= LARGEST_POSITION:
            raise Problem(422, "no_such_position", f"query/{name}: positions are 1 to {LARGEST_POSITION}")
        return int(text)
    return instant(name, text)


def instant(name: str, text: str) -> datetime:
    try:
        if len(text) == 10:
            return catalogue.end_of(date.fromisoformat(text))
        found = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign not escaped in the query
    except (ValueError, OverflowError):
        found = None
    if found is None or found.tzinfo is None or not 1900 <= found.year <= 2200:
        raise Problem(
            422, "no_zone", f"query/{name}: write a day, 2025-07-01, or an instant, 2025-07-01T00:00:00+07:00"
        )
    return found


async def only_known(request: Request) -> None:
    """A dependency of every route: 422 for a parameter that the route does not have. Names only are answered:
    a value may be personal."""
    if not request.query_params:
        return
    known = _names(request.scope.get("route"))
    unknown = sorted(name[:MAX_NAME] for name in request.query_params if name not in known)
    if unknown:
        _judge_shown_now(request.scope.get("route"), unknown)
        has = f"it has {', '.join(sorted(known))}" if known else "it has none"
        raise Problem(
            422,
            "unknown_parameter",
            f"query/{unknown[0]}: this address has no such parameter; {has}",
            {"unknown": unknown, "parameters": sorted(known)},
        )


def _judge_shown_now(route: Any, unknown: Collection[str]) -> None:
    """A list that is shown as of now, asked for as of then: what to do instead."""
    path = route.path if isinstance(route, APIRoute) else ""
    if path in read_times.SHOWN_NOW and set(unknown) <= set(read_times.BOTH):
        raise Problem(
            422,
            "shown_now_only",
            f"query/{min(unknown)}: this list comes from a read model, which shows what is so now;"
            f" {read_times.SHOWN_NOW[path]}: docs/time-travel.md",
            {"unknown": sorted(unknown)},
        )


def _names(route: Any) -> frozenset[str]:
    """The parameters of a route and of what it depends on."""
    if not isinstance(route, APIRoute):
        return frozenset()
    names: set[str] = set()
    left: list[Dependant] = [route.dependant]
    while left:
        dependant = left.pop()
        names.update(field.alias for field in dependant.query_params)
        left.extend(dependant.dependencies)
    return frozenset(names)
