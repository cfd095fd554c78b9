"""A unit is territory: a province, a district or a commune, named by (code, valid from), never by its code.

All 58 new communes of former Bắc Giang carry the code of an old one (reference 2.6), so two units may share a
code and even a name. Days are days in Vietnam; validity is half-open.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from domain import organisation_rules as rules
from domain.clear_text import NUMBER, judge_form
from domain.facts import Aggregate, Envelope, Fact, PersonalText
from domain.refusals import Refused
from domain.unit_facts import UnitDissolved, UnitEstablished, UnitRenamed

__all__ = ["LEVELS", "Unit", "UnitDissolved", "UnitEstablished", "UnitRenamed"]

LEVELS = ("province", "district", "commune")


class Unit(Aggregate):
    code: str
    level: str
    parent: UUID | None
    valid_from: date | None
    known_valid_on: date | None
    begins_by: UUID | None
    until: date | None
    _names: list[tuple[date, str, str]]

    def establish(
        self,
        envelope: Envelope,
        *,
        code: str,
        name: str,
        level: str,
        kind: str,
        source: str,
        parent: UUID | None = None,
        valid_from: date | None = None,
        known_valid_on: date | None = None,
        begins_by: UUID | None = None,
        origin: Mapping[str, str] | None = None,
    ) -> None:
        """A day may be unknown only where an act begins the unit and does not say its day yet. Raises
        Refused (organisation.once, organisation.named, unit.level, unit.dated)."""
        if self.version:
            raise Refused(rules.ONCE, unit=str(self.id))
        if not code.strip() or not name.strip():
            raise Refused(rules.NAMED, code=code)
        if level not in LEVELS:
            raise Refused(rules.UNIT_LEVEL, code=code, level=level)
        if valid_from is None and known_valid_on is None and begins_by is None:
            raise Refused(rules.UNIT_DATED, code=code)
        self.record(
            UnitEstablished,
            envelope,
            code=code,
            name=name,
            level=level,
            kind=kind,
            parent=parent,
            valid_from=valid_from,
            known_valid_on=known_valid_on,
            begins_by=begins_by,
            source=source,
            origin=dict(origin or {}),
        )

    def rename(
        self, envelope: Envelope, *, name: str, kind: str, from_: date, act: str | None = None
    ) -> None:
        """Name and kind from a day on. Raises Refused (organisation.unknown, organisation.named,
        organisation.half_open, organisation.ended, value.code_form)."""
        self._must_exist()
        if not name.strip():
            raise Refused(rules.NAMED, code=self.code)
        if self.valid_from is not None and from_ < self.valid_from:
            raise Refused(rules.HALF_OPEN, code=self.code, from_=from_.isoformat())
        if self.until is not None and from_ >= self.until:
            raise Refused(rules.ENDED, code=self.code, until=self.until.isoformat())
        judge_form("act", act, NUMBER)
        self.record(UnitRenamed, envelope, name=name, kind=kind, from_=from_, act=act)

    def dissolve(self, envelope: Envelope, *, until: date, reason: PersonalText) -> None:
        """An end without an act. Raises Refused (organisation.unknown, organisation.ended,
        organisation.half_open)."""
        self._must_exist()
        if self.until is not None:
            raise Refused(rules.ENDED, code=self.code, until=self.until.isoformat())
        if self.valid_from is not None and until <= self.valid_from:
            raise Refused(rules.HALF_OPEN, code=self.code, until=until.isoformat())
        self.record(UnitDissolved, envelope, until=until, reason=reason)

    @property
    def reference(self) -> str:
        """`CODE@DATE`: the day from which it is valid, else one on which it is known to have been."""
        day = self.valid_from or self.known_valid_on
        return f"{self.code}@{day.isoformat() if day else ''}"

    def name_on(self, day: date) -> str:
        """The name on a day; before its first known day, the first name."""
        return self._named_on(day)[1]

    def kind_on(self, day: date) -> str:
        return self._named_on(day)[2]

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, UnitEstablished):
            self.code, self.level, self.parent = fact.code, fact.level, fact.parent
            self.valid_from, self.known_valid_on = fact.valid_from, fact.known_valid_on
            self.begins_by, self.until = fact.begins_by, None
            self._names = [(date.min, fact.name, fact.kind)]
        elif isinstance(fact, UnitRenamed):
            self._names.append((fact.from_, fact.name, fact.kind))
        elif isinstance(fact, UnitDissolved):
            self.until = fact.until

    def _named_on(self, day: date) -> tuple[date, str, str]:
        """The latest beginning on or before the day; of two on one day, the one recorded last."""
        best = self._names[0]
        for named in self._names:
            if best[0] <= named[0] <= day:
                best = named
        return best

    def _must_exist(self) -> None:
        if not self.version:
            raise Refused(rules.UNKNOWN, unit=str(self.id))
