"""Facts that end a dossier, move its dates, take it back, correct it or rate it. Imported through
`domain.dossier_facts`, which has them all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class DossierStopped(Fact):
    """Stopped by the authority: conditions not met, or the supplement did not come."""

    TOPIC: ClassVar[str] = "dossier.stopped.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    ground: str
    reason: PersonalText


@dataclass(frozen=True, kw_only=True)
class DossierClosed(Fact):
    """Closed on the system after a refusal or a stop: an act, not an eleventh status."""

    TOPIC: ClassVar[str] = "dossier.closed.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    ground: str


@dataclass(frozen=True, kw_only=True)
class DossierWithdrawn(Fact):
    """Withdrawn at the applicant's will; obligations not yet paid lapse."""

    TOPIC: ClassVar[str] = "dossier.withdrawn.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    reason: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class DossierExtended(Fact):
    """The due date was moved, once, by a slip that went out in time. The dates before it stay recorded."""

    TOPIC: ClassVar[str] = "dossier.extended.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    until: datetime
    reason: PersonalText


@dataclass(frozen=True, kw_only=True)
class DossierApologised(Fact):
    """The late agency apologised, with the date now expected."""

    TOPIC: ClassVar[str] = "dossier.apologised.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    expected: datetime | None
    text: PersonalText


@dataclass(frozen=True, kw_only=True)
class DossierFinished(Fact):
    """Processing completed. `outcome`: `granted`, or `refused` (a refusal on the merits is a result)."""

    TOPIC: ClassVar[str] = "dossier.finished.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    outcome: str
    result_code: str | None
    decision_no: str | None
    reason: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class ResultReturned(Fact):
    """The applicant has the result."""

    TOPIC: ClassVar[str] = "dossier.result_returned.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    way: str
    collected_by: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class DossierRecalled(Fact):
    """Taken back by who had sent it on; goes on in the status `resumes`."""

    TOPIC: ClassVar[str] = "dossier.recalled.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    from_agency: UUID
    resumes: int
    reason: PersonalText


@dataclass(frozen=True, kw_only=True)
class DossierSentBack(Fact):
    """Sent back to an agency that had it, which holds it from now on."""

    TOPIC: ClassVar[str] = "dossier.sent_back.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    from_agency: UUID
    to_agency: UUID
    resumes: int
    reason: PersonalText


@dataclass(frozen=True, kw_only=True)
class DossierCorrected(Fact):
    """Corrects the fact with version `corrects` of this stream; a place that is null stays as it was."""

    TOPIC: ClassVar[str] = "dossier.corrected.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    corrects: int
    place: UUID | None
    place_code: str | None
    note: PersonalText


@dataclass(frozen=True, kw_only=True)
class DossierRated(Fact):
    """How content a party is with what was done, 2 (most), 1 or 0; it changes nothing of the dossier."""

    TOPIC: ClassVar[str] = "dossier.rated.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    by: UUID
    score: int
    comment: PersonalText | None
