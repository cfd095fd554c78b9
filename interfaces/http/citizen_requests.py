"""The bodies of what is done about citizens: mandates, merges, the search."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from interfaces.http.bodies import Body, Name, Storable, Text
from interfaces.http.organisation_requests import Day

MOST_PROCEDURES = 100

ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[0-9]\.[0-9]{6}(\.H[0-9]{2})?$")]


class GiveMandate(Body):
    """Who may act for the citizen, from a day until a day (exclusive)."""

    representative: UUID
    kind: Literal["legal", "guardian", "authorised", "employee"]
    valid_from: Day | None = Field(default=None, description="Absent: today, in Vietnam.")
    valid_until: Day | None = Field(
        default=None, description="The first day on which it holds no longer; absent: until it is ended."
    )
    procedures: Annotated[list[ProcedureCode], Field(max_length=MOST_PROCEDURES)] = Field(
        default=[], description="For these alone; empty: for all."
    )


class EndMandate(Body):
    ended_on: Day | None = Field(
        default=None, description="The first day on which it holds no longer; absent: today, in Vietnam."
    )


class Merge(Body):
    """`into`: the record that goes on. `note` is sealed."""

    into: UUID
    ground: Literal["registered_twice", "number_learned", "wrong_number", "imported_twice", "other"]
    note: Text | None = None


class Separate(Body):
    """`note` is sealed."""

    note: Text | None = None


class Search(Body):
    """One of them at least; where more are given, all of them fit."""

    number: Annotated[str, StringConstraints(min_length=1, max_length=20), Storable] | None = None
    name: Name | None = None
    phone: Annotated[str, StringConstraints(min_length=1, max_length=40), Storable] | None = None
