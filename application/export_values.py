"""Which attributes objects have, and which facts give them another value: from when it counts by the ledger,
and when it came about. Of nothing else is there a history here; a value that is null says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from application.export_ports import Attribute, Kind, Told, Value
from domain import handover_facts as h
from domain.agency_facts import AgencyChanged, AgencyDissolved, AgencyFounded
from domain.citizen_facts import CitizenIdentified
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
from domain.procedure_facts import ProcedureVersionPublished
from domain.unit_facts import UnitEstablished, UnitRenamed
from domain.voice_facts import VoiceReceived

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


def told(recorded: Recorded[Fact]) -> list[Told]:
    """What the fact says of its object."""
    return [_told(recorded, *value) for value in _values(recorded.fact)]


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
