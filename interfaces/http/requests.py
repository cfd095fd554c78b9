"""The bodies of what is filed and of who applies. What only the server can know (the holder, due dates,
versions) is not in here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from interfaces.http.bodies import (
    Body,
    Channel,
    Components,
    ForeignCode,
    IdentityLevel,
    KeyedBy,
    Name,
    PaperReason,
    Reference,
    Storable,
    Text,
    Trigger,
    Word,
)


class Begin(Body):
    """What is said of a dossier however it begins. `place`: the commune that counts, as CODE or CODE@DATE."""

    procedure: Word
    channel: Channel
    owner: UUID
    place: Reference | None = None
    receiving_agency: UUID
    case: Name | None = Field(default=None, description="One of the procedure's own for the channel.")
    competent_agency: UUID | None = Field(
        default=None, description="Who decides, where that is not who receives."
    )
    returning_agency: UUID | None = Field(
        default=None, description="Where the result is returned, where that is not who receives."
    )
    components: Components = Field(default=[])
    linked_group: UUID | None = None
    matter: Text | None = None

    def said(self) -> dict[str, Any]:
        """The fields as the application takes them: what was filed of papers is a tuple there."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return fields | {"components": tuple(component.model_dump() for component in self.components)}


class Submit(Begin):
    """A dossier as it is filed. `accept`: received at once at the counter; `submitter` absent: the owner."""

    submitter: UUID | None = None
    code: ForeignCode | None = Field(
        default=None, description="Only where the code was issued elsewhere; not for applicants."
    )
    helping_agency: UUID | None = Field(
        default=None, description="Where the applicant was helped; it neither receives nor decides by that."
    )
    keyed_by: KeyedBy | None = Field(
        default=None,
        description="Who typed it in. Absent: the kiosk where that is the channel, else the officer or the"
        " applicant who files; unknown where a program does.",
    )
    paper_reason: PaperReason | None = Field(
        default=None,
        description="Why only papers are filed. Since 1 July 2025 filing so without one is an anomaly.",
    )
    identity_level: IdentityLevel | None = Field(
        default=None,
        description="By which level of account it is filed, as a portal says it, or what was shown at the"
        " counter. Of an applicant's own account the token says it.",
    )
    mandate: UUID | None = Field(
        default=None, description="The owner's mandate under which the submitter files for them."
    )
    accept: Annotated[bool, Field(strict=True)] = False


class Open(Begin):
    """A dossier that the agency opens by itself, without a submission: a proactive service. `channel`: the
    one whose limit and fees count."""

    service_level: Annotated[int, Field(ge=1, le=4, strict=True)]
    trigger: Trigger


class Identify(Body):
    """An applicant. Nobody is required to have a number."""

    kind: Literal["person", "organisation", "household_business"]
    name: Name
    number_kind: Literal["personal_number", "enterprise_code", "none"] = "none"
    number: Annotated[str, StringConstraints(min_length=1, max_length=20), Storable] | None = None
    phone: Annotated[str, StringConstraints(min_length=1, max_length=40), Storable] | None = None
    address: Annotated[str, StringConstraints(min_length=1, max_length=500), Storable] | None = None
