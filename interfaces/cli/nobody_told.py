"""Receivers where nobody can receive, as simulate and rehearse tell them: by name, first those to which
dossiers go, then those that would get the first one that comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from interfaces.cli.output import plural, table

NAMED = 5
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Nobody:
    """Of one part. `arriving`: agency to the dossiers that go to it; `idle`: agencies to which none go yet;
    `unnamed`: so many more of these, of which no name is known."""

    part: str
    arriving: Mapping[str, int]
    idle: Sequence[str]
    unnamed: int = 0

    @classmethod
    def of(cls, part: str, arriving: Mapping[str, int], unstaffed: Mapping[str, Any]) -> Nobody:
        """From `nobody_to_receive` and `receivers_without_officers`."""
        idle = [agency for agency in unstaffed["agencies"] if agency not in arriving]
        unnamed = max(unstaffed["amount"] - len(unstaffed["agencies"]), 0)
        return cls(part, arriving, idle, unnamed)


def sentence(found: Sequence[Nobody]) -> str:
    """With a blank before it; empty where somebody is everywhere."""
    arriving = [(agency, n) for one in found for agency, n in one.arriving.items()]
    idle = [agency for one in found for agency in one.idle]
    said = ""
    if arriving:
        names = [f"{agency} ({plural(n, 'dossier')})" for agency, n in arriving]
        said = (
            f" Nobody can receive at {_listed(names, len(names))}: post somebody there with the role desk,"
            " handler or decider before the hour; an operator alone opens no dossier."
        )
    if idle:
        unnamed = sum(one.unnamed for one in found)
        said += f" Nothing goes yet, and nobody could receive, at {_listed(idle, len(idle) + unnamed)}."
    return said


def tables(found: Sequence[Nobody]) -> tuple[Table, ...]:
    """The first of them, or nothing."""
    rows = [(one.part, agency, n) for one in found for agency, n in one.arriving.items()]
    rows += [(one.part, agency, 0) for one in found for agency in one.idle]
    if not rows:
        return ()
    return (table("Part", "Nobody can receive at", "Dossiers that go there", rows=rows[:SHOWN]),)


def _listed(names: Sequence[str], amount: int) -> str:
    """`A, B and 3 more`."""
    first = list(names[:NAMED])
    if amount > len(first):
        return f"{', '.join(first)} and {amount - len(first):,} more"
    return " and ".join(filter(None, (", ".join(first[:-1]), first[-1])))
