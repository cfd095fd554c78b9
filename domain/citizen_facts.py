"""The facts of citizens. All that names somebody is sealed under their own key; who acts for whom and who is
the same as whom are ids and words of lists, so they stand in clear.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class CitizenIdentified(Fact):
    """Known by name, and by number where there is one."""

    TOPIC: ClassVar[str] = "citizen.identified.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    kind: str
    name: PersonalText
    number_kind: str
    number: PersonalText | None
    phone: PersonalText | None
    address: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class CitizenIdentifiedAgain(Fact):
    """Found by a number of this kind, which was known: their own, or that of one who is merged into them.
    Nothing about them changes; who found them stands in the envelope."""

    TOPIC: ClassVar[str] = "citizen.identified_again.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    number_kind: str


@dataclass(frozen=True, kw_only=True)
class CitizenVerified(Fact):
    """The identity was verified to `level` by `source`."""

    TOPIC: ClassVar[str] = "citizen.verified.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    level: str
    source: str


@dataclass(frozen=True, kw_only=True)
class CitizenContactChanged(Fact):
    """A new phone or address; what is null stays as it was."""

    TOPIC: ClassVar[str] = "citizen.contact_changed.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    phone: PersonalText | None
    address: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class MandateGiven(Fact):
    """`representative` (a citizen) may act for this one, from the day `valid_from` until the day
    `valid_until` (exclusive; None: until it is ended). `procedures`: for these codes alone; empty: for
    all."""

    TOPIC: ClassVar[str] = "citizen.mandate_given.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    mandate: UUID
    representative: UUID
    kind: str
    valid_from: date
    valid_until: date | None
    procedures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MandateEnded(Fact):
    """From `ended_on` on it holds no longer. What was done under it stays done."""

    TOPIC: ClassVar[str] = "citizen.mandate_ended.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    mandate: UUID
    ended_on: date


@dataclass(frozen=True, kw_only=True)
class CitizenMerged(Fact):
    """In the duplicate's stream: it stands for the same person as `into`. What was recorded under its id
    stays there."""

    TOPIC: ClassVar[str] = "citizen.merged.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    into: UUID
    ground: str
    note: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class CitizenAbsorbed(Fact):
    """In the survivor's stream, recorded with the merge: the other end of the same link."""

    TOPIC: ClassVar[str] = "citizen.absorbed.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    duplicate: UUID


@dataclass(frozen=True, kw_only=True)
class CitizenSeparated(Fact):
    """In the stream of one who was merged by mistake: `from_` is another person after all."""

    TOPIC: ClassVar[str] = "citizen.separated.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    from_: UUID
    note: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class CitizenReleased(Fact):
    """In the survivor's stream, recorded with the separation."""

    TOPIC: ClassVar[str] = "citizen.released.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    duplicate: UUID


@dataclass(frozen=True, kw_only=True)
class CitizenErasureRequested(Fact):
    """An erasure of this person is being decided: nothing new begins for them meanwhile. In the stream of
    each of their records."""

    TOPIC: ClassVar[str] = "citizen.erasure_requested.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    erasure: UUID


@dataclass(frozen=True, kw_only=True)
class CitizenErasureWithdrawn(Fact):
    """That erasure is not carried out."""

    TOPIC: ClassVar[str] = "citizen.erasure_withdrawn.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    erasure: UUID


@dataclass(frozen=True, kw_only=True)
class CitizenErased(Fact):
    """Nothing that was recorded of this person can be read any more; who decided it and why stands in the
    erasure."""

    TOPIC: ClassVar[str] = "citizen.erased.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    erasure: UUID
