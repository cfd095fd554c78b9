"""The versions of a procedure, what a person decided of limits that the published list leaves in doubt, and
to which programmes a procedure belongs: one stream for each procedure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from domain.facts import Category, Fact

UNIT_MISSING: Final = "unit_missing"
NOT_WHOLE: Final = "not_whole"
UNIT_CONTRADICTED: Final = "unit_contradicted"
COUNTED_OTHERWISE: Final = "counted_otherwise"
NUMBER_CONTRADICTED: Final = "number_contradicted"
TIME_AND_FEE: Final = "time_and_fee"
DISTRICT_NAMED: Final = "district_named"
CODE_DISAGREES: Final = "code_disagrees"
SEVERAL_LIMITS: Final = "several_limits"
REASONS: Final = (
    UNIT_MISSING,
    NOT_WHOLE,
    UNIT_CONTRADICTED,
    COUNTED_OTHERWISE,
    NUMBER_CONTRADICTED,
    TIME_AND_FEE,
    DISTRICT_NAMED,
    CODE_DISAGREES,
    SEVERAL_LIMITS,
)
"""A number without a unit; a number that is none above 0, not whole, or larger than any limit; the text has
the number in another unit; the text counts in another unit alone, and has not this number; the text counts in
the same unit, and has not this number in it; time and fee stand run together; a
district is named, which no longer exists; the page is listed under several codes; several limits in one
channel that nothing tells apart. The list is ours: no source gives one."""


@dataclass(frozen=True, kw_only=True)
class ProcedureVersionPublished(Fact):
    """One version. `channels`: {channel, case, limit_amount, limit_unit, fee_vnd, doubts, listed_time,
    listed_unit, listed_fee, text}, where `doubts` are of `REASONS` and what follows
    is as the list writes it, null where the version is from no list; `components`: {id, name, copies};
    `results`: {code, name}; `terms`: see `domain.terms`. `valid_from` null: from the beginning. `level`: who
    decides after the reform of July 2025, null where that is not known; `levels`: those that a list names,
    none where the version is from no list. `place_basis` null: not known."""

    TOPIC: ClassVar[str] = "procedure.version_published.v3"
    CATEGORY: ClassVar[int] = Category.PROCEDURE

    code: str
    number: int
    name: str
    field: str
    decision_no: str
    valid_from: date | None
    level: str | None
    levels: tuple[str, ...]
    place_basis: str | None
    channels: tuple[dict[str, Any], ...]
    components: tuple[dict[str, Any], ...]
    results: tuple[dict[str, Any], ...]
    terms: dict[str, Any]
    source: str
    origin: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ProcedureDoubtDecided(Fact):
    """A person says what a limit in doubt is: an amount with its unit, or none (both null). `case`: null for
    the line without one, or for a dossier that names none. `basis`: the provision or decision by which."""

    TOPIC: ClassVar[str] = "procedure.doubt_decided.v1"
    CATEGORY: ClassVar[int] = Category.PROCEDURE

    version: int
    channel: str
    case: str | None
    limit_amount: int | None
    limit_unit: str | None
    basis: str


@dataclass(frozen=True, kw_only=True)
class ProcedureTagged(Fact):
    """The procedure belongs to a programme on local days [valid_from, valid_until); null: without an end.
    Said again for the same first day, it replaces what was said of it."""

    TOPIC: ClassVar[str] = "procedure.tagged.v1"
    CATEGORY: ClassVar[int] = Category.PROCEDURE

    programme: str
    valid_from: date
    valid_until: date | None
    source: str
