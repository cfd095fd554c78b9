"""Papers asked for and brought, and what that does to the dossier's clock. The facts of the clock are
recorded with the act that moves it, by the procedure version's terms; no command writes them alone. Imported
through `domain.dossier_facts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, slots=True)
class Allowance:
    """Why a paper that was held, or is looked up first, is asked for all the same: `fact` is a version of
    this dossier's stream, `document` one of its owner's store."""

    component: str
    ground: str
    fact: int | None = None
    document: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class SupplementRequested(Fact):
    """The applicant is asked for papers, until `until` (exclusive). `not_followed`: in what the guidance was
    not followed, where papers are asked for more often than the law has it. `allowed`: what let
    papers be asked for that were held or connected."""

    TOPIC: ClassVar[str] = "dossier.supplement_requested.v3"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    request: PersonalText
    components: tuple[str, ...]
    until: datetime | None
    not_followed: PersonalText | None
    allowed: tuple[Allowance, ...]


@dataclass(frozen=True, kw_only=True)
class SupplementSubmitted(Fact):
    """The papers came; the dossier goes on in the status `resumes`."""

    TOPIC: ClassVar[str] = "dossier.supplement_submitted.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    components: tuple[dict[str, Any], ...]
    resumes: int


@dataclass(frozen=True, kw_only=True)
class ClockSuspended(Fact):
    """Time begins that is not the agency's, for the first `cause` of it. `left_amount` `left_unit`s of the
    limit are still to come (`second`s of one in hours, `working_second`s of one in working hours), and
    `extended_left` until the end of an extension."""

    TOPIC: ClassVar[str] = "dossier.clock_suspended.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    cause: str
    left_amount: int
    left_unit: str
    extended_left: int | None
    calendar_position: int


@dataclass(frozen=True, kw_only=True)
class ClockSet(Fact):
    """The clock runs again, or begins (`start`) after the acceptance, because of `cause`: from
    `counted_from`, `amount` `unit`s long, by `pattern` of `domain.terms`. All four are null, and nothing
    runs, where receipt begins anew (`restart_at_intake`)."""

    TOPIC: ClassVar[str] = "dossier.clock_set.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    cause: str
    pattern: str
    counted_from: datetime | None
    amount: int | None
    unit: str | None
    statutory_due: datetime | None
    promised: datetime | None
    extended_until: datetime | None
    calendar_position: int
