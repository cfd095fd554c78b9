"""What the terms of a procedure's version are written with: an amount in a unit of time, and words out of a
list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain import record_rules
from domain.deadlines import LARGEST_AMOUNT, UNITS
from domain.refusals import Refused


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount in a unit of `domain.deadlines`."""

    amount: int
    unit: str


def read_limit(field: str, said: Mapping[str, Any] | None) -> Limit | None:
    """{amount, unit} as a limit. Raises Refused (value.one_of, deadline.amount)."""
    if said is None:
        return None
    judge_choice(f"{field}.unit", said["unit"], UNITS)
    if not 1 <= said["amount"] <= LARGEST_AMOUNT:
        raise Refused(record_rules.DEADLINE_AMOUNT, amount=said["amount"])
    return Limit(said["amount"], said["unit"])


def judge_choice(field: str, value: str | None, allowed: tuple[str, ...]) -> None:
    """Refuse a word that is none of those allowed; None says nothing. Raises Refused (value.one_of)."""
    if value is not None and value not in allowed:
        raise Refused(record_rules.ONE_OF, field=field, value=value, allowed=allowed)
