"""The papers of one dossier: how each was provided, what a check found of it, what databases answered, how
often it was asked for. Folded from facts and never judged.

Digitisation is told for each paper, never for the whole dossier: 0 none, 1 digitised, 2 re-used from another
dossier's component, 3 re-used from another dossier's result (TrangThaiSoHoa, reference section 1.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.component_facts import (
    ComponentChecked,
    ComponentDigitised,
    ComponentReused,
    ComponentUploaded,
    LookupRecorded,
)
from domain.dossier_supplement_facts import SupplementRequested
from domain.facts import Fact, PersonalText

HANDED_IN: Final = "handed_in"
UPLOADED: Final = "uploaded"
DIGITISED: Final = "digitised"
REUSED: Final = "reused"
LOOKED_UP: Final = "looked_up"
ELECTRONIC_WAYS: Final = (UPLOADED, DIGITISED)
"""The ways that leave a file which can be kept for other dossiers: an answer of a database is of its time."""
COPY: Final = "copy"
FOUND: Final = "found"
UNAVAILABLE: Final = "unavailable"
UNUSABLE: Final = "unusable"
NOT_DIGITISED: Final = 0
STATUS_DIGITISED: Final = 1
STATUS_REUSED: Final = {"component": 2, "result": 3}


@dataclass(frozen=True, slots=True)
class FileNamed:
    """A file as a fact names it."""

    file: str
    media_type: str
    size: int
    content: PersonalText


@dataclass(frozen=True, slots=True)
class Provided:
    """One time that the paper was provided: by the fact `version`. `checked`: what a check found of it last,
    by the fact `check`; `form`: of what an officer made the file."""

    way: str
    version: int
    at: datetime
    file: FileNamed | None = None
    document: UUID | None = None
    kept_as: str | None = None
    source: str | None = None
    checked: str | None = None
    check: int | None = None
    form: str | None = None

    @property
    def keepable(self) -> bool:
        """Whether it may serve other dossiers: it came as a file, and not of a plain copy, which proves
        nothing of the original."""
        return self.way in ELECTRONIC_WAYS and self.form != COPY

    @property
    def usable(self) -> bool:
        return self.checked != UNUSABLE


@dataclass(frozen=True, slots=True)
class Lookup:
    """The latest answer of one database for the paper."""

    source: str
    outcome: str
    version: int


@dataclass(frozen=True, slots=True)
class Component:
    """One paper of the dossier. `asked`: how often it was asked for."""

    id: str
    provided: tuple[Provided, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    asked: int = 0

    def by(self, version: int) -> Provided | None:
        """What the fact with this version provided."""
        return next((one for one in self.provided if one.version == version), None)

    def answer(self, source: str) -> Lookup | None:
        """What a database answered last."""
        return next((lookup for lookup in self.lookups if lookup.source == source), None)

    def joined(self, others: Iterable[Component]) -> Component:
        """This paper with what is recorded of others that are the same one. A database's latest answer
        counts."""
        same = (self, *others)
        provided = sorted((one for c in same for one in c.provided), key=lambda one: one.version)
        lookups = sorted((known for c in same for known in c.lookups), key=lambda known: known.version)
        latest = {known.source: known for known in lookups}
        return replace(self, provided=tuple(provided), lookups=tuple(latest.values()))

    def looked_at(self) -> tuple[Provided, ...]:
        """What a check that names nothing is of: all that was provided and not found unusable, since a
        listing and the file that came for it are one paper. Where all was found so, what was since the last
        came: such a check says it again, or says otherwise."""
        standing = tuple(one for one in self.provided if one.usable)
        last = self.provided[-1].version if self.provided else 0
        return standing or tuple(one for one in self.provided if (one.check or 0) > last)

    def usable(self) -> Iterator[Provided]:
        """What was provided and counts, the latest first: not found unusable, and no answer that the database
        took back."""
        for one in reversed(self.provided):
            told = self.answer(one.source) if one.source is not None else None
            if one.usable and (told is None or told.outcome in (FOUND, UNAVAILABLE)):
                yield one

    @property
    def digitisation(self) -> int:
        """0 to 3, of what was provided last and counts."""
        statuses = [_status(one) for one in self.usable()]
        return next((status for status in statuses if status), NOT_DIGITISED)


def _status(one: Provided) -> int:
    if one.way == REUSED:
        return STATUS_REUSED[one.kept_as or "component"]
    return STATUS_DIGITISED if one.way in ELECTRONIC_WAYS else NOT_DIGITISED


class Components(dict[str, Component]):
    """The papers of a dossier by id, those that something is recorded of."""

    def apply(self, fact: Fact) -> None:
        """Assign what a fact says of papers; others change nothing."""
        assign = _ASSIGN.get(type(fact))
        if assign is not None:
            assign(self, fact)

    def known(self, id: str) -> Component:
        """One paper; nothing is recorded of one that is not there."""
        return self.get(id) or Component(id)

    def handed_in(self, fact: Any) -> None:
        """The papers of a filing or a supplement."""
        for id in dict.fromkeys(component["id"] for component in fact.components):
            self.provide(id, _by(fact, HANDED_IN))

    def provide(self, id: str, one: Provided) -> None:
        known = self.known(id)
        self[id] = replace(known, provided=(*known.provided, one))

    def _filed(self, fact: ComponentUploaded | ComponentDigitised) -> None:
        way = UPLOADED if isinstance(fact, ComponentUploaded) else DIGITISED
        form = fact.form if isinstance(fact, ComponentDigitised) else None
        self.provide(fact.component, replace(_by(fact, way), file=_file(fact), form=form))

    def _reused(self, fact: ComponentReused) -> None:
        one = replace(_by(fact, REUSED), document=fact.document, kept_as=fact.kept_as)
        self.provide(fact.component, one)

    def _looked_up(self, fact: LookupRecorded) -> None:
        if fact.component is None:
            return
        known = self.known(fact.component)
        others = tuple(lookup for lookup in known.lookups if lookup.source != fact.source)
        answer = Lookup(fact.source, fact.outcome, fact.originator_version)
        self[fact.component] = replace(known, lookups=(*others, answer))
        if fact.outcome == FOUND:
            one = replace(_by(fact, LOOKED_UP), source=fact.source, file=_file(fact))
            self.provide(fact.component, one)

    def _checked(self, fact: ComponentChecked) -> None:
        known = self.known(fact.component)
        found = tuple(
            replace(one, checked=fact.outcome, check=fact.originator_version)
            if one.version == fact.provided
            else one
            for one in known.provided
        )
        self[fact.component] = replace(known, provided=found)

    def _asked(self, fact: SupplementRequested) -> None:
        for id in dict.fromkeys(fact.components):
            known = self.known(id)
            self[id] = replace(known, asked=known.asked + 1)


def _by(fact: Fact, way: str) -> Provided:
    return Provided(way, fact.originator_version, fact.envelope.occurred_at)


def _file(fact: Any) -> FileNamed | None:
    return FileNamed(fact.file, fact.media_type, fact.size, fact.content) if fact.file else None


_ASSIGN: Final[dict[type[Fact], Callable[[Components, Any], None]]] = {
    ComponentUploaded: Components._filed,
    ComponentDigitised: Components._filed,
    ComponentReused: Components._reused,
    LookupRecorded: Components._looked_up,
    ComponentChecked: Components._checked,
    SupplementRequested: Components._asked,
}
