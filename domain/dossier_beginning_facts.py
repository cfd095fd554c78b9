"""How a dossier begins here: filed by an applicant, or opened by the agency itself. Both say the same of the
matter and of the places, so whoever reads how a dossier began reads `DossierBegun`.

Four places are four fields (reference section 3.7): where the applicant was helped, which agency receives,
which decides, which returns the result. They stay as recorded; who stands for one that has ended is asked
of the organisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class DossierBegun(Fact):
    """What a first fact of this ledger says, whoever began the dossier: no topic of its own. `code_origin`:
    `issued`, `elsewhere` or `assumed`. Names the first holder (the receiving agency, or its heir)."""

    CATEGORY: ClassVar[int] = Category.DOSSIER

    code: str
    code_origin: str
    procedure: UUID
    procedure_code: str
    case: str | None
    channel: str
    owner: UUID
    place: UUID | None
    place_code: str | None
    receiving_agency: UUID
    competent_agency: UUID
    returning_agency: UUID
    components: tuple[dict[str, Any], ...]
    linked_group: UUID | None
    matter: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class DossierSubmitted(DossierBegun):
    """Filed. `helping_agency`: where the applicant was helped, which has nothing to do with the dossier by
    that; `keyed_by`: who typed it in; `paper_reason`: why papers were filed; `identity_level`: of the account
    by which it was filed, or what was shown at the counter; `mandate`: the one under which the submitter
    files for the owner. None: not said, as in the versions before."""

    TOPIC: ClassVar[str] = "dossier.submitted.v3"

    submitter: UUID
    helping_agency: UUID | None
    keyed_by: str | None
    paper_reason: str | None
    identity_level: str | None
    mandate: UUID | None


@dataclass(frozen=True, kw_only=True)
class DossierOpened(DossierBegun):
    """Opened by the agency without a submission: a proactive service (Decree 224/2026 Arts 14-16). `channel`:
    the one whose limit and fees count; `trigger`: what let the agency open it."""

    TOPIC: ClassVar[str] = "dossier.opened.v1"

    service_level: int
    trigger: str
