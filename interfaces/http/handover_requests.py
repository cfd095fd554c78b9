"""The body of a handover's draft and of its steps: the same document as the file of `hoso handover draft`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from interfaces.http.bodies import Body, Instant, Name, Reference, Storable, Text, Word

MOST_UNITS = 20_000
MOST_PARTS = 100
MOST_DOSSIERS = 1_000

Line = Annotated[str, StringConstraints(max_length=500), Storable]
Origin = Annotated[dict[Word, Word], Field(max_length=50)]


class BeginningUnit(Body):
    code: Word
    name: Name
    kind: Name
    level: Literal["province", "district", "commune"]
    parent: Reference | None = None
    source: Line = ""
    origin: Origin = Field(default_factory=dict)


class UnitLink(Body):
    """Which unit stands for which; `default`: provisionally for a place that was split. Where one was split,
    `decided_by` and `basis` say what decides; a `disputed` link decides nothing."""

    from_: Reference = Field(alias="from")
    to: Reference
    kind: Literal["whole", "part", "same"]
    default: bool = True
    decided_by: Literal["places", "streets", "person"] | None = None
    basis: Line = ""
    disputed: bool = False


class BeginningAgency(Body):
    identifier: Word
    name: Name
    kind: Literal["desk", "centre", "branch", "division", "police", "land_office"]
    unit: Reference
    parent: Word | None = None
    address: Line = ""
    hotline: Line = ""
    hours: Line = ""
    legal_form: Line = ""
    valid_from: date | None = None
    origin: Origin = Field(default_factory=dict)


class EndingAgency(Body):
    agency: Word
    heir: Word
    closed_by: UUID


class ReceivingAgency(Body):
    unit: Reference
    level: Literal["commune", "province"]
    agency: Word


class Agencies(Body):
    begins: Annotated[list[BeginningAgency], Field(max_length=MOST_UNITS)] = Field(default_factory=list)
    ends: Annotated[list[EndingAgency], Field(max_length=MOST_UNITS)] = Field(default_factory=list)
    receivers: Annotated[list[ReceivingAgency], Field(max_length=MOST_UNITS)] = Field(default_factory=list)


class ProcedureLevel(Body):
    procedure: Word
    level: Literal["commune", "province", "abolished", "independent"]
    rule: Word = "level"
    origin: Literal["sourced", "assumed"] = "assumed"


class Exceptional(Body):
    """A rule that goes before all others: who receives what fits it; without `to` a person decides."""

    name: Name
    procedure: Word | None = None
    place: Reference | None = None
    agency: Word | None = None
    to: Word | None = None


class Move(Body):
    """A posting that goes on elsewhere: by its id, or as the posting of `officer` at the agency `from`."""

    officer: UUID
    from_: Word = Field(alias="from")
    to: Word


class MoveOfPosting(Body):
    posting: UUID
    to: Word


class Part(Body):
    name: Name
    province: Reference
    ends: Annotated[list[Reference], Field(max_length=MOST_UNITS)] = Field(default_factory=list)
    begins: Annotated[list[BeginningUnit], Field(max_length=MOST_UNITS)] = Field(default_factory=list)
    links: Annotated[list[UnitLink], Field(max_length=MOST_UNITS)] = Field(default_factory=list)
    agencies: Agencies = Agencies()
    rules: Annotated[list[ProcedureLevel], Field(max_length=10_000)] = Field(default_factory=list)
    exceptions: Annotated[list[Exceptional], Field(max_length=10_000)] = Field(default_factory=list)
    postings: Annotated[list[Move | MoveOfPosting], Field(max_length=MOST_UNITS)] = Field(
        default_factory=list
    )


class Amendment(Part):
    """A next version of a part. `effective_at`: only where the act did not say it before."""

    effective_at: Instant | None = None


class Draft(Body):
    """One legal act. `effective_at` is midnight in Vietnam; null: the act does not say yet, and is not
    scheduled before it is known. `corrects`: the number of another act."""

    number: Word
    kind: Literal["resolution", "decree", "decision", "other"] = "other"
    title: Name
    issued_on: date
    effective_at: Instant | None
    reference: Line
    corrects: Word | None = None
    parts: Annotated[list[Part], Field(min_length=1, max_length=MOST_PARTS)]


class Approve(Body):
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Cancel(Body):
    reason: Text


class Acknowledge(Body):
    agency: UUID
    dossiers: Annotated[list[UUID], Field(min_length=1, max_length=MOST_DOSSIERS)]
    papers: Literal["confirmed", "missing", "none"] = "none"


class Refuse(Body):
    """`suggests`: the agency that the refuser holds competent."""

    agency: UUID
    dossiers: Annotated[list[UUID], Field(min_length=1, max_length=MOST_DOSSIERS)]
    reason: Text
    suggests: UUID | None = None


class Place(Body):
    dossier: UUID
    to_agency: UUID
    ground: Name


class Nothing(Body):
    """No fields."""
