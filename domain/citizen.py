"""Citizens: the persons and organisations that dossiers belong to. All about them is sealed under their own
key, so it can be erased.

A number may be missing: babies, foreigners and organisations have none, and none is invented. A personal
number is not checked against provinces: the decree that gave its digits a meaning expired on 1 July 2024
(reference section 2.5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain import record_rules
from domain.clear_text import WORD, judge_form
from domain.facts import Aggregate, Category, Envelope, Fact, Personal, PersonalText
from domain.refusals import Refused, Rule

KINDS = ("person", "organisation")
NUMBER_KINDS = ("personal_number", "enterprise_code", "none")

_NUMBER_FORMS: dict[str, tuple[re.Pattern[str], Rule]] = {
    "personal_number": (re.compile(r"[0-9]{12}"), record_rules.PERSONAL_NUMBER),
    "enterprise_code": (re.compile(r"[0-9]{10}(-[0-9]{3})?"), record_rules.ENTERPRISE_CODE),
}


@dataclass(frozen=True, kw_only=True)
class CitizenIdentified(Fact):
    """Known by name, and by number where there is one."""

    TOPIC: ClassVar[str] = "citizen.identified.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    kind: str
    name: PersonalText
    number_kind: str
    number: PersonalText | None
    phone: PersonalText | None
    address: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class CitizenIdentifiedAgain(Fact):
    """Found by a number of this kind, which was known. Nothing about them changes; who found them stands in
    the envelope."""

    TOPIC: ClassVar[str] = "citizen.identified_again.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    number_kind: str


@dataclass(frozen=True, kw_only=True)
class CitizenVerified(Fact):
    """The identity was verified to `level` by `source`."""

    TOPIC: ClassVar[str] = "citizen.verified.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    level: str
    source: str


@dataclass(frozen=True, kw_only=True)
class CitizenContactChanged(Fact):
    """A new phone or address; what is null stays as it was."""

    TOPIC: ClassVar[str] = "citizen.contact_changed.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    phone: PersonalText | None
    address: PersonalText | None


class Citizen(Aggregate):
    """One person or organisation; the stream's id is the subject of everything personal in it."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.kind: str | None = None
        self.name: PersonalText | None = None
        self.number_kind: str | None = None
        self.number: PersonalText | None = None
        self.phone: PersonalText | None = None
        self.address: PersonalText | None = None
        self.verified_level: str | None = None

    def identify(
        self,
        envelope: Envelope,
        *,
        kind: str,
        name: Personal,
        number_kind: str,
        number: Personal | None,
        phone: Personal | None,
        address: Personal | None,
    ) -> None:
        """The first fact of a citizen."""
        if self.version:
            raise Refused(record_rules.CITIZEN_ONCE)
        for field, value, allowed in (("kind", kind, KINDS), ("number_kind", number_kind, NUMBER_KINDS)):
            if value not in allowed:
                raise Refused(record_rules.ONE_OF, field=field, value=value, allowed=allowed)
        self._own(name, number, phone, address)
        if (number is None) != (number_kind == "none"):
            raise Refused(record_rules.CITIZEN_NUMBER, number_kind=number_kind)
        if number is not None:
            form, rule = _NUMBER_FORMS[number_kind]
            if not form.fullmatch(number.text):
                raise Refused(rule)
        self.record(
            CitizenIdentified,
            envelope,
            kind=kind,
            name=name,
            number_kind=number_kind,
            number=number,
            phone=phone,
            address=address,
        )

    def identify_again(self, envelope: Envelope) -> None:
        """Record that they were found by their number."""
        self._known()
        if self.number_kind is None or self.number is None:
            raise Refused(record_rules.CITIZEN_NUMBER, number_kind=self.number_kind)
        self.record(CitizenIdentifiedAgain, envelope, number_kind=self.number_kind)

    def verify(self, envelope: Envelope, *, level: str, source: str) -> None:
        """Record that the identity was verified; again when a higher level is reached."""
        self._known()
        judge_form("level", level, WORD)
        judge_form("source", source, WORD)
        self.record(CitizenVerified, envelope, level=level, source=source)

    def change_contact(self, envelope: Envelope, *, phone: Personal | None, address: Personal | None) -> None:
        """A new phone, a new address, or both; None leaves it as it was."""
        self._known()
        if phone is None and address is None:
            raise Refused(record_rules.CONTACT_GIVEN)
        self._own(phone, address)
        self.record(CitizenContactChanged, envelope, phone=phone, address=address)

    def apply(self, fact: Fact) -> None:
        match fact:
            case CitizenIdentified():
                self.kind, self.name = fact.kind, fact.name
                self.number_kind, self.number = fact.number_kind, fact.number
                self.phone, self.address = fact.phone, fact.address
            case CitizenIdentifiedAgain():
                pass
            case CitizenVerified():
                self.verified_level = fact.level
            case CitizenContactChanged():
                self.phone = fact.phone or self.phone
                self.address = fact.address or self.address
            case _:
                raise TypeError(f"not a fact of a citizen: {fact.TOPIC}")

    def _known(self) -> None:
        if not self.version:
            raise Refused(record_rules.CITIZEN_KNOWN)

    def _own(self, *texts: Personal | None) -> None:
        if any(text is not None and text.subject != self.id for text in texts):
            raise Refused(record_rules.CITIZEN_SUBJECT)
