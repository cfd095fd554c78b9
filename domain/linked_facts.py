"""The facts of linked groups, as docs/events.md has them: one declaration with a dossier for each of its
steps, in a stream of the group's own; and what holds for a kind from a day on, in one of the kind's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class LinkedRulesSet(Fact):
    """What holds for a kind that is declared from a day on (null: from the beginning). `steps`: {step,
    procedure, case, after, passes, as_component, optional}: `passes` is the code of the result that the steps
    after it need, `as_component` the paper for which it stands in this step's own dossier. `limit`: of the
    whole, `verified` where something has to be verified. What is null no rule says."""

    TOPIC: ClassVar[str] = "linked.rules_set.v1"
    CATEGORY: ClassVar[int] = Category.LINKED_RULES

    kind: str
    valid_from: date | None
    steps: tuple[dict[str, Any], ...]
    limit_amount: int | None
    limit_unit: str | None
    verified_amount: int | None
    sync_minutes: int | None
    acknowledge_hours: int | None
    source: str


@dataclass(frozen=True, slots=True)
class DeclaredStep:
    """One step of a declaration: decided by `agency`, for `owner`, by `procedure`."""

    step: str
    agency: UUID
    owner: UUID
    procedure: str
    case: str | None


@dataclass(frozen=True, kw_only=True)
class LinkedDeclared(Fact):
    """One declaration. `subjects`: whom it is about; each of `steps` is a dossier of its own. `rules_from`:
    the fact, by its version in the kind's stream, of the rules that hold; null: none were known. `due`
    (exclusive): of the whole; `calendar_position`: up to where rules and calendar were known."""

    TOPIC: ClassVar[str] = "linked.declared.v1"
    CATEGORY: ClassVar[int] = Category.LINKED

    kind: str
    declarant: UUID
    subjects: tuple[UUID, ...]
    channel: str
    place_code: str | None
    steps: tuple[DeclaredStep, ...]
    rules_from: int | None
    counted_from: datetime
    due: datetime | None
    calendar_position: int


@dataclass(frozen=True, kw_only=True)
class LinkedStepBegun(Fact):
    """The step's dossier began: it was sent to the step's agency then."""

    TOPIC: ClassVar[str] = "linked.step_begun.v1"
    CATEGORY: ClassVar[int] = Category.LINKED

    step: str
    dossier: UUID
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class LinkedResultPassed(Fact):
    """What one step gave was passed to another: a document of its owner's store."""

    TOPIC: ClassVar[str] = "linked.result_passed.v1"
    CATEGORY: ClassVar[int] = Category.LINKED

    from_step: str
    to_step: str
    document: UUID


@dataclass(frozen=True, kw_only=True)
class LinkedVerifying(Fact):
    """Something has to be verified, so the whole is due later."""

    TOPIC: ClassVar[str] = "linked.verification_begun.v1"
    CATEGORY: ClassVar[int] = Category.LINKED

    due: datetime | None
    calendar_position: int
    reason: PersonalText


@dataclass(frozen=True, kw_only=True)
class LinkedReturnedToIssuer(Fact):
    """An error in what `to_step` had issued was found at `found_at`, and goes back to whoever issued it."""

    TOPIC: ClassVar[str] = "linked.returned_to_issuer.v1"
    CATEGORY: ClassVar[int] = Category.LINKED

    found_at: str
    to_step: str
    component: str | None
    reason: PersonalText


@dataclass(frozen=True, kw_only=True)
class LinkedCorrected(Fact):
    """The step that issued it has issued another result: the fact `issued` of its dossier."""

    TOPIC: ClassVar[str] = "linked.corrected.v1"
    CATEGORY: ClassVar[int] = Category.LINKED

    step: str
    issued: int
