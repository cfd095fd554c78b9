"""Options that many commands share, and reading what people write in them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from application.lookup import end_of

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        help="An instant with zone, or a date (its last instant in Vietnam). Default: now.",
        metavar="T",
    ),
]

KnownAt = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        help="As known then: a position, an instant with zone, or a date (its last instant in Vietnam).",
        metavar="T",
    ),
]

ValidAt = Annotated[
    str | None,
    typer.Option(
        "--valid-at",
        help="As it was or will be then: an instant with zone, or a date (its last instant in Vietnam).",
        metavar="T",
    ),
]

INSTANT_EXAMPLE = "2025-07-01T00:00:00+07:00"


def read_day(text: str, option: str) -> date:
    """A date like 2025-07-01; anything else is a usage error that names the option."""
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no date: write it like 2025-07-01", param_hint=option
        ) from None


def read_instant(text: str, option: str) -> datetime:
    """An instant with its zone; anything else is a usage error."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no instant: write it like {INSTANT_EXAMPLE}", param_hint=option
        ) from None
    if instant.tzinfo is None:
        raise typer.BadParameter(f"{text!r} has no zone: write it like {INSTANT_EXAMPLE}", param_hint=option)
    return instant


def read_time(text: str, option: str) -> datetime:
    """An instant with zone, or a bare date: its last instant in Vietnam."""
    if len(text) == 10:
        return end_of(read_day(text, option))
    return read_instant(text, option)


def read_known_at(text: str, option: str = "--known-at") -> int | datetime:
    """A position of the log from 1 on, or a time as `read_time` has it."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        if not int(text):
            raise typer.BadParameter("positions begin with 1", param_hint=option)
        return int(text)
    return read_time(text, option)


def read_pair(valid_at: str | None, known_at: str | None) -> dict[str, Any]:
    """For when, and as known when, as the application's functions are asked; None: now."""
    return {
        "valid_at": read_time(valid_at, "--valid-at") if valid_at else None,
        "known_at": read_known_at(known_at) if known_at else None,
    }


def read_id(text: str, option: str) -> UUID:
    """An id of the ledger; anything else is a usage error."""
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no id: copy it from the command that showed it", param_hint=option
        ) from None


def read_duration(text: str, option: str) -> timedelta:
    """`30m`, `12h`, `7d`."""
    units = {"m": "minutes", "h": "hours", "d": "days"}
    number, unit = text[:-1], text[-1:]
    if not (
        number.isascii() and number.isdigit() and 0 < len(number) < 6 and int(number) > 0 and unit in units
    ):
        raise typer.BadParameter(
            f"{text!r} is no length of time: write it like 30m, 12h or 7d", param_hint=option
        )
    return timedelta(**{units[unit]: int(number)})
