"""Mandates: who may act for a citizen, from a day until a day, for which procedures.

A mandate is judged by the local day on which something is done, never looked back: what was done while it was
in force stays done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from domain import citizen_rules as rules
from domain.refusals import Refused

KINDS: Final = ("legal", "guardian", "authorised", "employee")
"""By law (of an organisation), as guardian or parent, authorised, as an organisation's employee. The list is
ours: no source gives one."""
PROCEDURE: Final = r"^[0-9]\.[0-9]{6}(\.H[0-9]{2})?$"
AT_MOST: Final = 500
MOST_PROCEDURES: Final = 100


@dataclass(frozen=True, slots=True)
class Mandate:
    """`until`: the first day on which it holds no longer; None: it has no end yet."""

    id: UUID
    representative: UUID
    kind: str
    since: date
    until: date | None
    procedures: tuple[str, ...]

    def in_force(self, day: date) -> bool:
        return self.since <= day and not self.over(day)

    def over(self, day: date) -> bool:
        return self.until is not None and day >= self.until

    def covers(self, procedure: str | None) -> bool:
        return not self.procedures or procedure in self.procedures


def judge_filing(mandate: Mandate | None, submitters: Collection[UUID], procedure: str, day: date) -> None:
    """May the submitter file under this mandate today? `mandate`: the one that was named, as the owner gave
    it, or None where the owner gave none with that id; `submitters`: every id that stands for the submitter.
    Raises Refused."""
    if mandate is None or mandate.representative not in submitters:
        raise Refused(rules.MANDATE_FROM_OWNER)
    if not mandate.in_force(day):
        raise Refused(rules.MANDATE_IN_FORCE, **_days(mandate), today=day.isoformat())
    if not mandate.covers(procedure):
        raise Refused(rules.MANDATE_COVERS, procedure=procedure, covered=mandate.procedures)


def lets_act(
    mandates: Iterable[Mandate], submitters: Collection[UUID], procedure: str | None, day: date
) -> bool:
    """Whether one of these mandates lets the submitter act for the owner in this procedure on this day."""
    return any(m.representative in submitters and m.in_force(day) and m.covers(procedure) for m in mandates)


def judge_acting(
    mandates: Iterable[Mandate], named: UUID, submitters: Collection[UUID], procedure: str | None, day: date
) -> None:
    """May the submitter of a dossier that was filed under the mandate `named` still act on it and read it?
    Under that one, or another that the owner has given since. Raises Refused (mandate.act.over)."""
    given = [m for m in mandates if m.representative in submitters]
    if not lets_act(given, submitters, procedure, day):
        filed_under = next((_days(m) for m in given if m.id == named), {})
        raise Refused(rules.MANDATE_OVER, mandate=str(named), **filed_under, today=day.isoformat())


def _days(mandate: Mandate) -> dict[str, str | None]:
    until = mandate.until.isoformat() if mandate.until else None
    return {"valid_from": mandate.since.isoformat(), "valid_until": until}
