"""The bodies of what is filed and of who applies. What only the server can know (the holder, due dates,
versions) is not in here.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from interfaces.http.bodies import (
    Body,
    Channel,
    Components,
    ForeignCode,
    Name,
    Reference,
    Storable,
    Text,
    Word,
)


class Submit(Body):
    """A dossier as it is filed. `place`: the commune that counts, as CODE or CODE@DATE; `accept`: received at
    once at the counter; `submitter` absent: the owner."""

    procedure: Word
    channel: Channel
    owner: UUID
    submitter: UUID | None = None
    place: Reference | None = None
    receiving_agency: UUID
    case: Name | None = Field(default=None, description="One of the procedure's own for the channel.")
    code: ForeignCode | None = Field(
        default=None, description="Only where the code was issued elsewhere; not for applicants."
    )
    competent_agency: UUID | None = Field(
        default=None, description="Who decides, where that is not who receives."
    )
    returning_agency: UUID | None = None
    components: Components = Field(default=[])
    linked_group: UUID | None = None
    matter: Text | None = None
    accept: Annotated[bool, Field(strict=True)] = False


class Identify(Body):
    """An applicant. Nobody is required to have a number."""

    kind: Literal["person", "organisation"]
    name: Name
    number_kind: Literal["personal_number", "enterprise_code", "none"] = "none"
    number: Annotated[str, StringConstraints(min_length=1, max_length=20), Storable] | None = None
    phone: Annotated[str, StringConstraints(min_length=1, max_length=40), Storable] | None = None
    address: Annotated[str, StringConstraints(min_length=1, max_length=500), Storable] | None = None
