"""The bodies of requests that change officers, units, agencies and applicants. Unknown fields are refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from interfaces.http.bodies import Body, Instant, Name, Reference, Storable, Text

Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
Role = Literal["desk", "handler", "decider", "operator", "registrar", "importer", "auditor"]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500), Storable]
SystemName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$"),
    Field(description="A short name in small letters; never a person's."),
]


class Post(Body):
    """A further posting: `agency` by identifier; `from` absent: now; `until` absent: open."""

    agency: Reference
    roles: Annotated[list[Role], Field(min_length=1, max_length=7)]
    from_: Instant | None = Field(default=None, alias="from")
    until: Instant | None = None


class EndPosting(Body):
    """`at` absent: now."""

    posting: UUID
    at: Instant | None = None


class Suspend(Body):
    """`from` absent: now. `reason` is sealed under the officer's key."""

    reason: Text
    from_: Instant | None = Field(default=None, alias="from")


class Reinstate(Body):
    from_: Instant | None = Field(default=None, alias="from")


class Rename(Body):
    """`kind` (Xã, Phường, ...) absent: stays. `act`: the number of the act that says so."""

    name: Name
    from_: Day = Field(alias="from")
    kind: Reference | None = None
    act: Reference | None = None


class Dissolve(Body):
    """The last day is the one before `until`. `reason` is sealed."""

    until: Day
    reason: Text


class ChangeAgency(Body):
    """What is absent stays. `from` absent: today."""

    from_: Day | None = Field(default=None, alias="from")
    name: Name | None = None
    address: Line | None = None
    hotline: Reference | None = None
    hours: Line | None = None
    legal_form: Name | None = None


class ChangeContact(Body):
    """What is absent stays."""

    phone: Annotated[str, StringConstraints(min_length=1, max_length=40), Storable] | None = None
    address: Line | None = None


class Verify(Body):
    level: SystemName
    source: SystemName
