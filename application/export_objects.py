"""A fact as OCEL 2.0 has it: an event, the objects that it is about with how it relates to them, what it says
of two objects together, and which attributes of which object have another value since.

Objects are known by their ids here, as in the feed; a citizen's says nothing of who it is. An event has one
relation to each of its objects, named after the first that is so of: what the fact's stream is about
(`about`), a field of it that has the id (`owner`, `from_agency`), who did it (`by`), for which agency
(`acting`), and who held the dossier once it was recorded (`holder`). All of these stand in the event's
attributes too. What is about no object is about the ledger. docs/exports.md lists all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from application.export_attributes import attributes, declared
from application.export_ports import Attribute, Kind, Link, OcelFact, Relation, Told, Value
from application.feed import public_type
from application.history import clear_fields
from domain import handover_facts as h
from domain.agency_facts import AgencyChanged, AgencyDissolved, AgencyFounded
from domain.citizen_facts import CitizenIdentified, CitizenMerged, MandateGiven
from domain.dossier_facts import (
    SETS_HOLDER,
    ClockSet,
    ClockSuspended,
    DossierAccepted,
    DossierAssigned,
    DossierBegun,
    DossierCorrected,
    DossierExtended,
    DossierImported,
    DossierQuarantined,
    DossierStepImported,
    DossierTaken,
)
from domain.dossier_state import ENTERS
from domain.facts import Category, Fact, Recorded
from domain.handed_over_facts import DossierHandedOver, DossierPlaced
from domain.linked_facts import LinkedDeclared
from domain.local_time import day_start
from domain.obstacle_facts import ObstacleReported
from domain.officer_facts import OfficerPosted
from domain.procedure_facts import ProcedureVersionPublished
from domain.unit_facts import UnitEstablished, UnitRenamed
from domain.voice_facts import VoiceReceived

LEDGER: Final = "ledger"
STREAMS: Final[Mapping[int, str]] = {
    Category.UNIT: "unit",
    Category.AGENCY: "agency",
    Category.OFFICER: "officer",
    Category.PROCEDURE: "procedure",
    Category.HANDOVER_ACT: "handover",
    Category.HANDOVER_PART: "handover_part",
    Category.DOSSIER: "dossier",
    Category.CITIZEN: "citizen",
    Category.OBSTACLE: "obstacle",
    Category.CERTIFICATE: "certificate",
    Category.VOICE: "voice",
    Category.LINKED: "linked_group",
}
"""What a stream is, where it is an object itself."""
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
_STATES: Final[Mapping[type[Fact], str]] = {
    h.PartDrafted: "drafted",
    h.PartApproved: "approved",
    h.PartScheduled: "scheduled",
    h.PartCancelled: "cancelled",
    h.TransferFinished: "transferred",
    h.PartReconciled: "reconciled",
    h.PartClosed: "closed",
}

DECLARED: Final[Mapping[str, tuple[tuple[str, Kind], ...]]] = {
    "ledger": (
        ("origin", "string"),
        ("from_position", "integer"),
        ("to_position", "integer"),
        ("attested", "boolean"),
        ("checkpoint_size", "integer"),
        ("checkpoint_root", "string"),
        ("checkpoint_signed_at", "time"),
        ("checkpoint", "string"),
    ),
    "unit": (("code", "string"), ("name", "string"), ("level", "string"), ("kind", "string")),
    "agency": (("identifier", "string"), ("name", "string"), ("kind", "string"), ("ended", "boolean")),
    "officer": (),
    "procedure": (("code", "string"), ("name", "string"), ("level", "string"), ("version", "integer")),
    "handover": (("number", "string"), ("title", "string"), ("effective_at", "time")),
    "handover_part": (("name", "string"), ("part_version", "integer"), ("state", "string")),
    "dossier": (
        ("code", "string"),
        ("procedure_code", "string"),
        ("source", "string"),
        ("case_id", "string"),
        ("status", "integer"),
        ("holder", "string"),
        ("officer", "string"),
        ("place_code", "string"),
        ("procedure_version", "integer"),
        ("clock", "string"),
        ("statutory_due", "time"),
        ("promised", "time"),
        ("extended_until", "time"),
    ),
    "citizen": (("kind", "string"),),
    "obstacle": (("kind", "string"),),
    "certificate": (),
    "voice": (("kind", "string"),),
    "linked_group": (("kind", "string"),),
}
"""Attributes of objects, by type: those that facts give them."""


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
            [_told(recorded, *value) for value in _values(fact)],
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


# What has another value since


def _told(recorded: Recorded[Fact], name: str, value: Value, at: datetime | None = None) -> Told:
    fact = recorded.fact
    kind_of = "dossier" if fact.CATEGORY in _OF_DOSSIER else STREAMS[fact.CATEGORY]
    own = getattr(fact, "dossier", None) or fact.originator_id if kind_of == "dossier" else fact.originator_id
    # An act moves dossiers at its hour, which its transfer states afterwards.
    order = fact.effective_at if isinstance(fact, DossierHandedOver) else recorded.recorded_at
    kind = dict(DECLARED[kind_of])[name]
    return Told(str(own), kind_of, Attribute(name, kind, value), order, at or fact.envelope.occurred_at)


_OF_DOSSIER = frozenset({Category.DOSSIER, Category.HANDED_OVER, Category.PLACEMENT})
Named = Iterable[tuple[Any, ...]]


def _values(fact: Fact) -> Named:
    """Name, value and, where it is not when the fact occurred, the time; what is null says nothing."""
    if fact.CATEGORY == Category.DOSSIER:
        yield from _of_dossier(fact)
    reading = _READ.get(type(fact))
    if reading is not None:
        yield from ((name, value, *at) for name, value, *at in reading(fact) if value is not None)


def _of_dossier(fact: Fact) -> Named:
    status = ENTERS.get(type(fact), getattr(fact, "resumes", None))
    if isinstance(fact, DossierImported | DossierStepImported):
        status = fact.status
    if status is not None:
        yield "status", status
    if type(fact) in SETS_HOLDER:
        yield "holder", str(fact.envelope.holder)


def _begun(fact: Any) -> Named:
    yield from (("code", fact.code), ("procedure_code", fact.procedure_code), ("place_code", fact.place_code))
    yield from (("source", getattr(fact, "source", None)), ("case_id", getattr(fact, "case_id", None)))


def _dates(fact: Any) -> Named:
    yield "statutory_due", fact.statutory_due
    yield "promised", fact.promised


def _accepted(fact: DossierAccepted) -> Named:
    yield from _dates(fact)
    yield "procedure_version", fact.procedure_version
    yield "clock", "runs" if fact.statutory_due else None


def _clock_set(fact: ClockSet) -> Named:
    yield from _dates(fact)
    yield "extended_until", fact.extended_until
    yield "clock", "runs" if fact.counted_from else "not begun"


def _changed(fact: AgencyChanged) -> Named:
    yield "name", fact.changes.get("name"), _day(fact, fact.from_)


def _day(fact: Fact, day: date) -> datetime:
    """A day's beginning, where that comes after the fact."""
    return max(day_start(day), fact.envelope.occurred_at)


def _of_kind(fact: Any) -> Named:
    yield "kind", fact.kind


def _part(fact: Fact) -> Named:
    yield "state", _STATES[type(fact)]


_READ: Final[Mapping[type[Fact], Callable[[Any], Named]]] = {
    **{fact: _begun for fact in SETS_HOLDER if issubclass(fact, DossierBegun | DossierImported)},
    DossierQuarantined: lambda f: (("code", f.code), ("source", f.source)),
    DossierAccepted: _accepted,
    DossierExtended: lambda f: (("extended_until", f.until),),
    ClockSuspended: lambda f: (("clock", "stands"),),
    ClockSet: _clock_set,
    DossierAssigned: lambda f: (("officer", str(f.officer)),),
    DossierTaken: lambda f: (("officer", str(f.officer)),),
    DossierCorrected: lambda f: (("place_code", f.place_code),),
    DossierHandedOver: lambda f: (("holder", str(f.to_agency)),),
    DossierPlaced: lambda f: (("holder", str(f.to_agency)),),
    AgencyFounded: lambda f: (
        ("identifier", f.identifier),
        ("name", f.name),
        ("kind", f.kind),
        ("ended", False),
    ),
    AgencyChanged: _changed,
    AgencyDissolved: lambda f: (("ended", True, _day(f, f.until)),),
    ProcedureVersionPublished: lambda f: (
        *(("code", f.code), ("name", f.name), ("level", f.level), ("version", f.number)),
    ),
    UnitEstablished: lambda f: (("code", f.code), ("name", f.name), ("level", f.level), ("kind", f.kind)),
    UnitRenamed: lambda f: (("name", f.name, _day(f, f.from_)), ("kind", f.kind, _day(f, f.from_))),
    **dict.fromkeys((CitizenIdentified, VoiceReceived, ObstacleReported, LinkedDeclared), _of_kind),
    h.ActDrafted: lambda f: (("number", f.number), ("title", f.title), ("effective_at", f.effective_at)),
    **dict.fromkeys(_STATES, _part),
    h.PartDrafted: lambda f: (("name", f.name), ("part_version", f.part_version), ("state", "drafted")),
}
