"""Dossiers as traces of XES (IEEE 1849), by either of two readings.

What happened here: a trace for each dossier, an event for each fact of it, also for those that a handover
states in streams beside it; nothing personal. An earlier system's history as it was: what `dossier.imported`
and the steps of one source have, attribute by attribute in their order, with times as written, so that
importing the file elsewhere records the same; sealed values are opened for it, those whose key was destroyed
are left out, and what was done here since is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID

from application.export_attributes import of_fact
from application.export_ports import Attribute, Counts, Extent, TraceHead, XesAttribute, XesEvent, XesFile
from application.exporting import Exporting, Progress, pages
from application.fact_fields import sealed_fields
from application.feed import OF_DOSSIERS, dossier_of, public_type
from application.moment import Moment
from application.organisation import Organisation
from domain.dossier_facts import DossierBegun, DossierImported, DossierQuarantined, DossierStepImported
from domain.facts import Fact, Recorded, Sealed

KINDS: Final = {"string": "string", "time": "date", "integer": "int", "float": "float", "boolean": "boolean"}
_FIRST = (DossierBegun, DossierImported, DossierQuarantined)
_OWN_KEYS = frozenset({"concept:name", "time:timestamp", "org:resource", "lifecycle:transition"})


async def export_traces(
    office: Exporting, found: Extent, known: Moment, file: XesFile, progress: Progress
) -> Counts:
    """What happened here."""
    async for page in pages(office, 1, found.last, progress):
        for recorded in map(office.ledger.codec.decode, page):
            if recorded.fact.CATEGORY not in OF_DOSSIERS:
                continue
            if isinstance(recorded.fact, _FIRST):
                file.begin(recorded.position, TraceHead(recorded.fact.originator_id, _head(recorded.fact)))
            if recorded.position >= found.first:
                attributes = list(_event(recorded, known.organisation))
                file.add(XesEvent(dossier_of(recorded.fact), recorded.position, attributes))
    return file.end({})


async def export_source(
    office: Exporting, found: Extent, source: str, file: XesFile, progress: Progress
) -> Counts:
    """The history of an earlier system, as it was imported under this name."""
    opening = _Opening(office)
    async for page in pages(office, 1, found.last, progress):
        decoded = [office.ledger.codec.decode(stored) for stored in page]
        for recorded in decoded:
            if _begins(recorded.fact, source):
                attributes = await opening.head(recorded.fact, source)
                file.begin(recorded.position, TraceHead(recorded.fact.originator_id, attributes))
        asked = [
            r
            for r in decoded
            if isinstance(r.fact, DossierStepImported)
            and r.position >= found.first
            and file.has(r.fact.originator_id)
        ]
        await opening.load(r.fact for r in asked)
        for recorded in asked:
            attributes = opening.attributes(recorded.fact)
            file.add(XesEvent(recorded.fact.originator_id, recorded.position, attributes))
    counts = file.end({"hoso:source": source, "hoso:opened": opening.opened, "hoso:erased": opening.erased})
    counts.opened, counts.erased = opening.opened, opening.erased
    return counts


# What happened here


def _head(fact: Any) -> list[XesAttribute]:
    said = (("concept:name", fact.code), ("hoso:dossier", str(fact.originator_id)))
    more = (("hoso:procedure_code", "procedure_code"), ("hoso:source", "source"), ("hoso:case_id", "case_id"))
    named = ((key, getattr(fact, name, None)) for key, name in more)
    return [XesAttribute(key, "string", value) for key, value in (*said, *named) if value]


def _event(recorded: Recorded[Fact], organisation: Organisation) -> Iterator[XesAttribute]:
    fact, envelope = recorded.fact, recorded.fact.envelope
    kind = public_type(fact)
    imported = isinstance(fact, DossierStepImported)
    name = fact.activity if isinstance(fact, DossierStepImported) else _activity(kind)
    yield XesAttribute("concept:name", "string", name)
    yield XesAttribute("time:timestamp", "date", instant(envelope.occurred_at))
    yield XesAttribute("lifecycle:transition", "string", "complete")
    resource = _resource(fact) if isinstance(fact, DossierStepImported) else envelope.actor.id
    if resource:
        yield XesAttribute("org:resource", "string", resource)
    if envelope.acting_agency and not imported:
        yield XesAttribute("org:group", "string", _agency(envelope.acting_agency, organisation))
    if envelope.holder:
        yield XesAttribute("hoso:holder", "string", _agency(envelope.holder, organisation))
    yield XesAttribute("hoso:type", "string", kind)
    yield XesAttribute("hoso:position", "int", str(recorded.position))
    yield XesAttribute("hoso:recorded_at", "date", instant(recorded.recorded_at))
    yield XesAttribute("hoso:leaf", "string", recorded.leaf.hex())
    yield from (_as_xes(attribute) for attribute in of_fact(fact) if attribute.name != "attributes")
    if isinstance(fact, DossierStepImported):
        yield from _in_clear(fact)


def _activity(kind: str) -> str:
    """`dossier.accepted` of `hoso.dossier.accepted.v1`."""
    return ".".join(kind.split(".")[1:-1])


def _in_clear(fact: DossierStepImported) -> Iterator[XesAttribute]:
    """What the step says in clear, under its own keys."""
    for one in fact.attributes:
        if not isinstance(one["value"], Sealed) and one["key"] not in _OWN_KEYS:
            yield XesAttribute(one["key"], one["type"], one["value"])


def _resource(fact: DossierStepImported) -> str | None:
    """Who did a step elsewhere: the id under which the name is sealed, the same for all that they did."""
    for one in fact.attributes:
        if one["key"] == "org:resource" and isinstance(one["value"], Sealed):
            return str(one["value"].subject)
    return None


def _agency(id: UUID, organisation: Organisation) -> str:
    known = organisation.agencies.get(id)
    return known.identifier if known else str(id)


def _as_xes(attribute: Attribute) -> XesAttribute:
    value = attribute.value
    if isinstance(value, datetime):
        text = instant(value)
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    return XesAttribute(f"data:{attribute.name}", KINDS[attribute.kind], text)


def instant(value: datetime) -> str:
    """ISO 8601 in UTC, to the microsecond."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


# An earlier system's history


def _begins(fact: Fact, source: str) -> bool:
    return isinstance(fact, DossierImported | DossierQuarantined) and fact.source == source


class _Opening:
    """Opens what an import sealed. `opened`, `erased`: how many values were, or can be no more."""

    def __init__(self, office: Exporting) -> None:
        self._keyring = office.ledger.keyring
        self.opened = 0
        self.erased = 0

    async def load(self, facts: Iterable[Fact]) -> None:
        subjects = {sealed.subject for fact in facts for sealed in sealed_fields(fact)}
        if subjects:
            await self._keyring.load(sorted(subjects))

    async def head(self, fact: Any, source: str) -> Sequence[XesAttribute]:
        """Of a case that is kept apart since its code was taken, only its name was recorded."""
        if isinstance(fact, DossierQuarantined):
            return [XesAttribute("concept:name", "string", _case_of(fact.code, source))]
        await self.load([fact])
        return self.attributes(fact)

    def attributes(self, fact: Any) -> list[XesAttribute]:
        """In their order, without those that were erased."""
        found: list[XesAttribute] = []
        for one in fact.attributes:
            value = one["value"]
            if isinstance(value, Sealed):
                value = self._keyring.open(value)
                if value is None:
                    self.erased += 1
                    continue
                self.opened += 1
            found.append(XesAttribute(one["key"], one["type"], value))
        return found


def _case_of(code: str, source: str) -> str:
    """The case's id as the import made a code of it."""
    prefix = f"{source}:"
    return unquote(code.removeprefix(prefix)) if code.startswith(prefix) else code
