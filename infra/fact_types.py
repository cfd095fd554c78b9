"""Which class a topic has. Built explicitly from the domain's modules; nothing registers itself by being
imported.

A topic that landed keeps its meaning for ever. When a type gets a new version, the old topic leaves the
classes and enters `UPCASTS`: its stored data are changed, one step at a time, into those of the newest
version when they are read. The stored bytes stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from domain import (
    agency_facts,
    calendar,
    certificate_facts,
    citizen_facts,
    component_facts,
    coordination,
    dossier_beginning_facts,
    dossier_endings_facts,
    dossier_facts,
    dossier_import_facts,
    dossier_supplement_facts,
    dossier_waiting_facts,
    erasure_facts,
    handed_over_facts,
    handover_facts,
    ledger_facts,
    linked_facts,
    log_facts,
    obstacle_facts,
    office_hours,
    officer_facts,
    outages,
    papers_facts,
    procedure_facts,
    publication_facts,
    result_facts,
    store_facts,
    unit_facts,
    voice_facts,
)
from domain.facts import Category, Fact

TOPIC_FORM = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*\.v[1-9][0-9]*")

FACT_MODULES = (
    ledger_facts,
    log_facts,
    unit_facts,
    agency_facts,
    officer_facts,
    procedure_facts,
    publication_facts,
    calendar,
    office_hours,
    outages,
    citizen_facts,
    dossier_beginning_facts,
    dossier_facts,
    dossier_supplement_facts,
    component_facts,
    dossier_waiting_facts,
    dossier_endings_facts,
    result_facts,
    dossier_import_facts,
    handed_over_facts,
    handover_facts,
    coordination,
    obstacle_facts,
    papers_facts,
    certificate_facts,
    voice_facts,
    store_facts,
    linked_facts,
    erasure_facts,
)


@dataclass(frozen=True, slots=True)
class Upcast:
    """One step: data stored under an old topic, as JSON with `Sealed` leaves, become the data of `to`."""

    to: str
    change: Callable[[dict[str, Any]], dict[str, Any]]


def _with(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Fields that the newer version has besides."""
    return lambda data: data | fields


def _links_decided(data: dict[str, Any]) -> dict[str, Any]:
    further = {"decided_by": None, "basis": "", "disputed": False}
    return data | {"links": [link | further for link in data["links"]]}


def _of_no_list(data: dict[str, Any]) -> dict[str, Any]:
    """Nobody listed its levels, and its lines have nothing of a list."""
    silent: dict[str, Any] = dict.fromkeys(("listed_time", "listed_unit", "listed_fee", "text"))
    silent["doubts"] = []
    return data | {"levels": [], "channels": [line | silent for line in data["channels"]]}


UPCASTS: Mapping[str, Upcast] = {
    "procedure.version_published.v1": Upcast("procedure.version_published.v2", _with(terms={})),
    "procedure.version_published.v2": Upcast("procedure.version_published.v3", _of_no_list),
    "dossier.submitted.v1": Upcast(
        "dossier.submitted.v2", _with(helping_agency=None, keyed_by=None, paper_reason=None)
    ),
    "dossier.submitted.v2": Upcast("dossier.submitted.v3", _with(identity_level=None, mandate=None)),
    "dossier.supplement_requested.v1": Upcast("dossier.supplement_requested.v2", _with(not_followed=None)),
    "dossier.supplement_requested.v2": Upcast("dossier.supplement_requested.v3", _with(allowed=[])),
    "dossier.lookup_recorded.v1": Upcast(
        "dossier.lookup_recorded.v2",
        _with(looked_up_at=None, file=None, media_type=None, size=None, content=None),
    ),
    "dossier.payment_requested.v1": Upcast(
        "dossier.payment_requested.v2", _with(count=1, listed_vnd=None, until=None)
    ),
    "handover.act_drafted.v1": Upcast("handover.act_drafted.v2", _with(kind="other", corrects=None)),
    "handover.part_drafted.v1": Upcast("handover.part_drafted.v2", _with()),
    "handover.links_listed.v1": Upcast("handover.links_listed.v2", _links_decided),
    "handover.agencies_listed.v1": Upcast("handover.agencies_listed.v2", _with(begins=None)),
    "handover.dossier_refused.v1": Upcast("handover.dossier_refused.v2", _with(suggests=None)),
}


class FactTypeError(Exception):
    """A fact class or an upcast is not fit for the ledger; the text says which, and why."""


class UnknownTopic(FactTypeError):
    """The log holds a type that this release does not know."""

    def __init__(self, topic: str) -> None:
        super().__init__(
            f"the event type {topic!r} is unknown here: a newer release or another program recorded it"
        )
        self.topic = topic


class FactTypes:
    """Topics and their classes, checked when built. Raises FactTypeError."""

    def __init__(self, classes: Iterable[type[Fact]], upcasts: Mapping[str, Upcast] | None = None) -> None:
        self.classes: dict[str, type[Fact]] = {}
        for cls in classes:
            self._add(cls)
        self.upcasts = dict(upcasts or {})
        for topic in self.upcasts:
            self._follow(topic)

    def class_of(self, topic: str) -> type[Fact]:
        """The class of a topic as it is recorded today. Raises UnknownTopic."""
        try:
            return self.classes[topic]
        except KeyError:
            raise UnknownTopic(topic) from None

    def category_of(self, topic: str) -> int:
        """The category of a topic, of an old one too. Raises UnknownTopic."""
        return self.newest(topic).CATEGORY

    def newest(self, topic: str) -> type[Fact]:
        """The class that facts stored under `topic` are read as. Raises UnknownTopic."""
        while (step := self.upcasts.get(topic)) is not None:
            topic = step.to
        return self.class_of(topic)

    def upcast(self, topic: str, data: dict[str, Any]) -> dict[str, Any]:
        """Stored data of an old topic as data of its newest version."""
        while (step := self.upcasts.get(topic)) is not None:
            topic, data = step.to, step.change(data)
        return data

    def _add(self, cls: type[Fact]) -> None:
        name, topic = cls.__qualname__, cls.__dict__.get("TOPIC")
        if not isinstance(topic, str) or not TOPIC_FORM.fullmatch(topic):
            raise FactTypeError(
                f"{name} needs a TOPIC of its own, <noun>.<past participle>.v<n>; it has {topic!r}"
            )
        if getattr(cls, "CATEGORY", None) not in _CATEGORIES:
            raise FactTypeError(f"{name} needs a CATEGORY out of domain.facts.Category")
        if topic in self.classes:
            raise FactTypeError(f"{name} and {self.classes[topic].__qualname__} have the same topic {topic}")
        self.classes[topic] = cls

    def _follow(self, start: str) -> None:
        if start in self.classes:
            raise FactTypeError(f"{start} has a class and an upcast: an old topic has only its upcast")
        topic, seen = start, {start}
        while (step := self.upcasts.get(topic)) is not None:
            topic = step.to
            if topic in seen:
                raise FactTypeError(f"the upcasts of {start} go round in a circle")
            seen.add(topic)
        if topic not in self.classes:
            raise FactTypeError(f"the upcasts of {start} end at {topic}, which has no class")


_CATEGORIES = frozenset(value for value in vars(Category).values() if isinstance(value, int))


def fact_classes(module: ModuleType) -> list[type[Fact]]:
    """The fact classes that a module defines itself: those with a topic."""
    return [
        member
        for member in vars(module).values()
        if isinstance(member, type)
        and issubclass(member, Fact)
        and member.__module__ == module.__name__
        and "TOPIC" in member.__dict__
    ]


def domain_fact_types() -> FactTypes:
    """The types of this release, from all the domain's fact modules."""
    return FactTypes((cls for module in FACT_MODULES for cls in fact_classes(module)), UPCASTS)
