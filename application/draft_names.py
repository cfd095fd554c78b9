"""What the file of an act may name, and where in the file the fault stands when it names something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from application.organisation import Organisation
from application.refusals import NotFound, Refusal, Refused

Document = Mapping[str, Any]
T = TypeVar("T")


@dataclass(slots=True)
class Known:
    """What a file may name of what is there, looked up once for all its parts."""

    organisation: Organisation
    now: datetime
    units: dict[str, UUID] = field(default_factory=dict)
    agencies: dict[str, UUID] = field(default_factory=dict)
    postings: frozenset[UUID] = frozenset()

    def unit(self, reference: str) -> UUID:
        if reference not in self.units:
            self.units[reference] = self.organisation.unit_by_reference(reference, self.now).id
        return self.units[reference]

    def agency(self, identifier: str) -> UUID:
        if identifier not in self.agencies:
            self.agencies[identifier] = self.organisation.agency_by_identifier(identifier).id
        return self.agencies[identifier]

    def is_posting(self, posting: UUID) -> bool:
        officers = self.organisation.officers.values()
        if not self.postings:
            now = self.now
            self.postings = frozenset(p.posting_id for one in officers for p in one.postings_at(now))
        return posting in self.postings or any(officer.posting(posting) for officer in officers)

    def agencies_ended(self, part: Document) -> list[UUID]:
        """Those that a part ends and that are known; the part itself is refused for the others."""
        named = (self.organisation.agency_with_identifier(e["agency"]) for e in part["agencies"]["ends"])
        return [agency.id for agency in named if agency is not None]


@dataclass(slots=True)
class Names:
    """What a part may name: everything known, and what begins by it."""

    known: Known
    units: dict[str, UUID] = field(default_factory=dict)
    agencies: dict[str, UUID] = field(default_factory=dict)

    def unit_named(self, reference: str) -> UUID:
        return self.units.get(reference) or self.known.unit(reference)

    def unit(self, item: Document, name: str) -> UUID:
        return at(f"/{name}", lambda: self.unit_named(str(item[name])))

    def agency(self, item: Document, name: str) -> UUID:
        identifier = str(item[name])
        own = self.agencies.get(identifier)
        return own or at(f"/{name}", lambda: self.known.agency(identifier))

    def officer(self, item: Document, name: str) -> UUID:
        officer = UUID(item[name])
        if officer not in self.known.organisation.officers:
            text = f"there is no officer {officer}: name one of GET /v1/officers"
            raise NotFound("unknown_officer", text, pointer=f"/{name}")
        return officer


def each(pointer: str, items: Sequence[Any], make: Callable[[Any], T]) -> Iterator[T]:
    """What is made of each item of a list; what is refused, at the item's place."""
    for number, item in enumerate(items):
        try:
            made = make(item)
        except (Refused, Refusal) as refusal:
            refusal.pointer = f"{pointer}/{number}{refusal.pointer or ''}"
            raise
        yield made


def at(pointer: str, make: Callable[[], T]) -> T:
    try:
        return make()
    except (Refused, Refusal) as refusal:
        refusal.pointer = pointer + (refusal.pointer or "")
        raise
