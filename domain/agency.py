"""An agency holds dossiers: a one-stop desk, a service centre with branches, a division, the police, a land
office. It is no unit, and need not end with one.

Days are days in Vietnam; what an agency is called and where it sits is dated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain import organisation_rules as rules
from domain.agency_facts import AgencyChanged, AgencyDissolved, AgencyFounded, KeyNamed, KeyWithdrawn
from domain.agency_keys import AgencyKey, key_id_of
from domain.facts import Aggregate, Envelope, Fact, PersonalText
from domain.refusals import Refused

__all__ = ["KINDS", "Agency", "AgencyChanged", "AgencyDissolved", "AgencyFounded", "AgencyValues"]

KINDS = ("desk", "centre", "branch", "division", "police", "land_office")
CHANGEABLE = frozenset(("name", "address", "hotline", "hours", "legal_form"))


@dataclass(frozen=True, slots=True)
class AgencyValues:
    """What an agency is on a day. `origin`: sourced or assumed, per field."""

    identifier: str
    name: str
    kind: str
    unit: UUID
    parent: UUID | None
    address: str
    hotline: str
    hours: str
    legal_form: str
    origin: Mapping[str, str]


class Agency(Aggregate):
    identifier: str
    kind: str
    unit: UUID
    parent: UUID | None
    valid_from: date | None
    begins_by: UUID | None
    until: date | None
    keys: dict[str, AgencyKey]
    _founded: AgencyValues
    _changes: list[AgencyChanged]

    def found(
        self,
        envelope: Envelope,
        *,
        identifier: str,
        name: str,
        kind: str,
        unit: UUID,
        address: str,
        hotline: str,
        hours: str,
        legal_form: str,
        parent: UUID | None = None,
        valid_from: date | None = None,
        begins_by: UUID | None = None,
        origin: Mapping[str, str] | None = None,
    ) -> None:
        """Raises Refused (organisation.once, organisation.named, agency.kind)."""
        if self.version:
            raise Refused(rules.ONCE, agency=str(self.id))
        if not identifier.strip() or not name.strip():
            raise Refused(rules.NAMED, identifier=identifier)
        if kind not in KINDS:
            raise Refused(rules.AGENCY_KIND, identifier=identifier, kind=kind)
        self.record(
            AgencyFounded,
            envelope,
            identifier=identifier,
            name=name,
            kind=kind,
            unit=unit,
            parent=parent,
            address=address,
            hotline=hotline,
            hours=hours,
            legal_form=legal_form,
            valid_from=valid_from,
            begins_by=begins_by,
            origin=dict(origin or {}),
        )

    def change(
        self,
        envelope: Envelope,
        *,
        from_: date,
        changes: Mapping[str, str],
        origin: Mapping[str, str] | None = None,
    ) -> None:
        """Raises Refused (organisation.unknown, agency.changes, organisation.half_open,
        organisation.ended)."""
        self._must_exist()
        wrong = sorted(set(changes) - CHANGEABLE)
        if wrong or not changes:
            raise Refused(rules.AGENCY_CHANGES, identifier=self.identifier, fields=tuple(wrong))
        if self.valid_from is not None and from_ < self.valid_from:
            raise Refused(rules.HALF_OPEN, identifier=self.identifier, from_=from_.isoformat())
        if self.until is not None and from_ >= self.until:
            raise Refused(rules.ENDED, identifier=self.identifier, until=self.until.isoformat())
        self.record(AgencyChanged, envelope, from_=from_, changes=dict(changes), origin=dict(origin or {}))

    def dissolve(self, envelope: Envelope, *, until: date, reason: PersonalText) -> None:
        """An end without an act. Raises Refused (organisation.unknown, organisation.ended,
        organisation.half_open)."""
        self._must_exist()
        if self.until is not None:
            raise Refused(rules.ENDED, identifier=self.identifier, until=self.until.isoformat())
        if self.valid_from is not None and until <= self.valid_from:
            raise Refused(rules.HALF_OPEN, identifier=self.identifier, until=until.isoformat())
        self.record(AgencyDissolved, envelope, until=until, reason=reason)

    def name_key(self, envelope: Envelope, *, public_key: str, from_: datetime) -> None:
        """The agency signs with this key from then on. Raises Refused (organisation.unknown, key.form,
        key.once)."""
        self._must_exist()
        key_id = key_id_of(public_key)
        if key_id in self.keys:
            raise Refused(rules.KEY_ONCE, identifier=self.identifier, key_id=key_id)
        self.record(KeyNamed, envelope, key_id=key_id, public_key=public_key, from_=from_)

    def withdraw_key(self, envelope: Envelope, *, key_id: str, at: datetime) -> None:
        """Raises Refused (organisation.unknown, key.open)."""
        self._must_exist()
        key = self.keys.get(key_id)
        if key is None or key.withdrawn is not None:
            raise Refused(rules.KEY_OPEN, identifier=self.identifier, key_id=key_id)
        self.record(KeyWithdrawn, envelope, key_id=key_id, at=at)

    def on(self, day: date) -> AgencyValues:
        """The agency on a day: as founded, then every change that had begun, in the order of their beginnings
        (on one day: as recorded)."""
        values = self._founded
        for change in sorted(self._changes, key=lambda c: c.from_):
            if change.from_ <= day:
                changed: dict[str, Any] = {**change.changes, "origin": {**values.origin, **change.origin}}
                values = replace(values, **changed)
        return values

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, AgencyFounded):
            self.identifier, self.kind = fact.identifier, fact.kind
            self.unit, self.parent = fact.unit, fact.parent
            self.valid_from, self.begins_by, self.until = fact.valid_from, fact.begins_by, None
            self._founded = AgencyValues(
                identifier=fact.identifier,
                name=fact.name,
                kind=fact.kind,
                unit=fact.unit,
                parent=fact.parent,
                address=fact.address,
                hotline=fact.hotline,
                hours=fact.hours,
                legal_form=fact.legal_form,
                origin=fact.origin,
            )
            self._changes, self.keys = [], {}
        elif isinstance(fact, AgencyChanged):
            self._changes.append(fact)
        elif isinstance(fact, AgencyDissolved):
            self.until = fact.until
        elif isinstance(fact, KeyNamed):
            self.keys[fact.key_id] = AgencyKey(fact.key_id, fact.public_key, fact.from_, None)
        elif isinstance(fact, KeyWithdrawn):
            self.keys[fact.key_id] = replace(self.keys[fact.key_id], withdrawn=fact.at)

    def _must_exist(self) -> None:
        if not self.version:
            raise Refused(rules.UNKNOWN, agency=str(self.id))
