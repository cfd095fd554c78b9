"""A fact as OCEL 2.0 has it: an event, the objects that it is about with how it relates to them, what it says
of two objects together, and which attributes of which object have another value since.

Objects are known by their ids here, as in the feed; a citizen's says nothing of who it is. An event has one
relation to each of its objects, named after the first that is so of: what the fact's stream is about
(`about`), a field of it that has the id (`owner`, `from_agency`), who did it (`by`), for which agency
(`acting`), and who held the dossier once it was recorded (`holder`). All of these stand in the event's
attributes too. What is about no object is about the ledger. docs/exports.md lists all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final
from uuid import UUID

from application.export_attributes import attributes, declared
from application.export_ports import Link, OcelFact, Relation
from application.export_values import STREAMS, told
from application.fact_fields import clear_fields
from application.feed import public_type
from domain import handover_facts as h
from domain.agency_facts import AgencyFounded
from domain.citizen_facts import CitizenMerged, MandateGiven
from domain.dossier_facts import DossierBegun, DossierImported, DossierQuarantined
from domain.facts import Fact, Recorded
from domain.officer_facts import OfficerPosted
from domain.procedure_facts import ProcedureVersionPublished
from domain.unit_facts import UnitEstablished

LEDGER: Final = "ledger"
_BY_NAME: Final[Mapping[str, str]] = {
    **dict.fromkeys(("agency", "from_agency", "to_agency", "receiving_agency", "competent_agency"), "agency"),
    **dict.fromkeys(("returning_agency", "helping_agency", "heir", "suggests", "bound_to"), "agency"),
    **dict.fromkeys(("owner", "submitter", "representative", "declarant", "subjects", "into"), "citizen"),
    **dict.fromkeys(("duplicate", "by"), "citizen"),
    **dict.fromkeys(("officer", "to_officer", "closed_by", "escalates_to", "digitised_by"), "officer"),
    **dict.fromkeys(("dossier", "from_dossier", "taken_by"), "dossier"),
    **dict.fromkeys(("place", "province", "unit"), "unit"),
    **dict.fromkeys(("part", "parts", "begins_by"), "handover_part"),
    "act": "handover",
    "procedure": "procedure",
    "linked_group": "linked_group",
    "certificate": "certificate",
}
"""Fields that name an object by its id, wherever they stand."""
_BY_FACT: Final[Mapping[tuple[str, str], str]] = {
    ("agency.founded.v1", "parent"): "agency",
    ("unit.established.v1", "parent"): "unit",
    ("citizen.separated.v1", "from"): "citizen",
    ("handover.act_drafted.v2", "corrects"): "handover",
    ("handover.units_listed.v1", "ends"): "unit",
    ("handover.units_listed.v1", "begins"): "unit",
    ("handover.links_listed.v2", "from"): "unit",
    ("handover.links_listed.v2", "to"): "unit",
    ("handover.agencies_listed.v2", "begins"): "agency",
    ("handover.exceptions_listed.v1", "to"): "agency",
    ("store.document_kept.v1", "issuer"): "agency",
}
_ACTORS: Final = {
    "officer": "officer",
    "import": "officer",
    "applicant": "citizen",
    "representative": "citizen",
}
_PLACES: Final = {
    "receiving_agency": "received at",
    "competent_agency": "decided by",
    "returning_agency": "returned at",
    "helping_agency": "helped at",
    "procedure": "of procedure",
    "owner": "owner",
    "submitter": "submitter",
    "place": "in place",
    "linked_group": "in linked group",
}
"""What the first fact of a dossier says of it and another object."""


class Objects:
    """Reads one log. It remembers which procedure has which code, and nothing else."""

    def __init__(self, ledger: UUID) -> None:
        self._ledger = str(ledger)
        self._procedures: dict[str, str] = {}

    def read(self, recorded: Recorded[Fact]) -> OcelFact:
        """The fact as OCEL has it."""
        fact = recorded.fact
        if isinstance(fact, ProcedureVersionPublished):
            self._procedures[fact.code] = str(fact.originator_id)
        relations: dict[str, Relation] = {}
        for relation in self._relations(fact):
            relations.setdefault(relation.object, relation)
        return OcelFact(
            recorded.position,
            public_type(fact),
            declared(type(fact)),
            fact.envelope.occurred_at,
            attributes(recorded),
            list(relations.values()) or [Relation(self._ledger, LEDGER, "about")],
            list(self._links(fact)),
            told(recorded),
        )

    def _relations(self, fact: Fact) -> Iterator[Relation]:
        envelope = fact.envelope
        stream = STREAMS.get(fact.CATEGORY)
        if stream:
            yield Relation(str(fact.originator_id), stream, "about")
        yield from _named(fact)
        code = getattr(fact, "procedure_code", None)
        if code in self._procedures:
            yield Relation(self._procedures[code], "procedure", "procedure")
        actor = _ACTORS.get(envelope.actor.kind)
        if actor and _is_id(envelope.actor.id):
            yield Relation(envelope.actor.id, actor, "by")
        if envelope.acting_agency is not None:
            yield Relation(str(envelope.acting_agency), "agency", "acting")
        if envelope.holder is not None:
            yield Relation(str(envelope.holder), "agency", "holder")

    def _links(self, fact: Fact) -> Iterator[Link]:
        own = str(fact.originator_id)
        stream = STREAMS.get(fact.CATEGORY, "")
        if isinstance(fact, DossierBegun | DossierImported):
            for name, qualifier in _PLACES.items():
                value = getattr(fact, name, None)
                if isinstance(value, UUID):
                    yield Link(own, stream, str(value), _BY_NAME[name], qualifier)
            known = self._procedures.get(fact.procedure_code or "")
            if known and not hasattr(fact, "procedure"):
                yield Link(own, stream, known, "procedure", _PLACES["procedure"])
        for name, qualifier in _LINKS.get(type(fact), {}).items():
            value = getattr(fact, name)
            if value is not None:
                yield Link(own, stream, str(value), _type_of(fact.TOPIC, name), qualifier)


_LINKS: Final[Mapping[type[Fact], Mapping[str, str]]] = {
    AgencyFounded: {"unit": "in unit", "parent": "below"},
    UnitEstablished: {"parent": "within"},
    OfficerPosted: {"agency": "posted at"},
    CitizenMerged: {"into": "merged into"},
    MandateGiven: {"representative": "represented by"},
    h.PartDrafted: {"act": "part of", "province": "in province"},
    DossierQuarantined: {"taken_by": "code taken by"},
}


def _named(fact: Fact) -> Iterator[Relation]:
    """What its fields name by an id, in lists and their members too."""
    for name, value in clear_fields(fact):
        yield from _named_by(fact.TOPIC, name, value)


def _named_by(topic: str, name: str, value: Any) -> Iterator[Relation]:
    if isinstance(value, UUID):
        kind = _type_of(topic, name)
        if kind:
            yield Relation(str(value), kind, name)
    elif isinstance(value, tuple):
        for member in value:
            if isinstance(member, UUID):
                yield from _named_by(topic, name, member)
            elif is_dataclass(member):
                for field in fields(member):
                    yield from _named_by(topic, field.name.rstrip("_"), getattr(member, field.name))


def _type_of(topic: str, name: str) -> str:
    return _BY_FACT.get((topic, name)) or _BY_NAME.get(name, "")


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
