"""Citizens: the persons, organisations and household businesses that dossiers belong to. All that names them
is sealed under their own key, so it can be erased.

A number may be missing: babies, foreigners and organisations have none, and none is invented. How numbers are
judged stands in `domain.numbers`. One person may have been recorded twice: the duplicate is merged into the
other by a further fact, and no old one changes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from domain import citizen_rules, mandates, record_rules
from domain.citizen_erasing import ERASING, Erasable
from domain.citizen_facts import (
    CitizenAbsorbed,
    CitizenContactChanged,
    CitizenIdentified,
    CitizenIdentifiedAgain,
    CitizenMerged,
    CitizenReleased,
    CitizenSeparated,
    CitizenVerified,
    MandateEnded,
    MandateGiven,
)
from domain.clear_text import WORD, judge_form, judge_one_of
from domain.facts import Envelope, Fact, Personal, PersonalText
from domain.mandates import Mandate
from domain.numbers import ENTERPRISE_CODE, PERSONAL_NUMBER, judge_number
from domain.refusals import Refused, on_record

HOUSEHOLD: Final = "household_business"
KINDS = ("person", "organisation", HOUSEHOLD)
NUMBER_KINDS = ("personal_number", "enterprise_code", "none")
NUMBER_OF: Final = {
    "person": (PERSONAL_NUMBER,),
    "organisation": (ENTERPRISE_CODE,),
    HOUSEHOLD: (PERSONAL_NUMBER, ENTERPRISE_CODE),
}
"""Which numbers each kind of citizen has, where it has one."""
WRONG_NUMBER: Final = "wrong_number"
MERGE_GROUNDS: Final = ("registered_twice", "number_learned", WRONG_NUMBER, "imported_twice", "other")
"""Why two records stand for one person. The list is ours: no source gives one."""
SAME_AT_MOST: Final = 50


class Citizen(Erasable):
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
        self.mandates: dict[UUID, Mandate] = {}
        self.merged_into: UUID | None = None
        self.absorbed: tuple[UUID, ...] = ()

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
            judge_number(number_kind, number.text)
            if number_kind not in NUMBER_OF[kind]:
                raise Refused(citizen_rules.NUMBER_OF_KIND, kind=kind, number_kind=number_kind)
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

    def identify_again(
        self, envelope: Envelope, number_kind: str | None = None, kind: str | None = None
    ) -> None:
        """Record that they were found by their number; `number_kind`: of the number of one who is merged into
        them, by which they were found; `kind`: what was asked for, a person or another."""
        self._known()
        if kind not in (None, self.kind):
            raise Refused(citizen_rules.FOUND_OF_KIND, asked=kind, found=self.kind)
        found_by = number_kind or self.number_kind
        if found_by in (None, "none"):
            raise Refused(record_rules.CITIZEN_NUMBER, number_kind=found_by)
        self.record(CitizenIdentifiedAgain, envelope, number_kind=found_by)

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

    # who acts for them

    def give_mandate(
        self,
        envelope: Envelope,
        *,
        mandate: UUID,
        representative: UUID,
        kind: str,
        valid_from: date,
        valid_until: date | None,
        procedures: tuple[str, ...],
        today: date,
        same: Collection[UUID],
    ) -> None:
        """Let somebody act for this citizen from a day until a day (exclusive); days of Vietnam. `same`:
        every id that stands for this citizen now."""
        self._known()
        judge_one_of("kind", kind, mandates.KINDS)
        for number, procedure in enumerate(procedures):
            judge_form(f"procedures.{number}", procedure, mandates.PROCEDURE)
        if kind == mandates.BY_LAW and self.kind == "person":
            raise Refused(citizen_rules.MANDATE_BY_LAW)
        if representative == self.id or representative in same:
            raise Refused(citizen_rules.MANDATE_TO_ANOTHER)
        if valid_until is not None and valid_until <= valid_from:
            raise Refused(citizen_rules.MANDATE_DAYS)
        if sum(not given.over(today) for given in self.mandates.values()) >= mandates.AT_MOST:
            raise Refused(citizen_rules.MANDATES_AT_MOST)
        self.record(
            MandateGiven,
            envelope,
            mandate=mandate,
            representative=representative,
            kind=kind,
            valid_from=valid_from,
            valid_until=valid_until,
            procedures=procedures,
        )

    def end_mandate(self, envelope: Envelope, *, mandate: UUID, ended_on: date, today: date) -> None:
        """From the day `ended_on` on it holds no longer."""
        given = self.mandates.get(mandate)
        if given is None:
            raise Refused(citizen_rules.MANDATE_KNOWN, mandate=str(mandate))
        if ended_on < today:
            raise Refused(citizen_rules.MANDATE_END_AHEAD, today=today.isoformat())
        if given.until is not None and ended_on >= given.until:
            raise Refused(citizen_rules.MANDATE_END_EARLIER, ends=given.until.isoformat())
        self.record(MandateEnded, envelope, mandate=mandate, ended_on=ended_on)

    # who they are the same as

    def merge_into(
        self,
        envelope: Envelope,
        survivor: Citizen,
        *,
        ground: str,
        note: Personal | None,
        same_number: bool | None,
        duplicates: Collection[UUID],
        survivors: Collection[UUID],
    ) -> None:
        """This one stands for the same person as `survivor`; recorded in both streams. `same_number`: whether
        both persons have one of the same kind, under any of their records, and it is the same; None where
        they do not; `duplicates`, `survivors`: every id that stands for either now."""
        self._known()
        survivor._known()
        judge_one_of("ground", ground, MERGE_GROUNDS)
        self._own(note)
        self.judge_may_begin()
        survivor.judge_may_begin()
        if survivor.id == self.id:
            raise Refused(citizen_rules.MERGE_ITSELF)
        if survivor.kind != self.kind:
            raise Refused(citizen_rules.MERGE_SAME_KIND, duplicate=self.kind, into=survivor.kind)
        if self.merged_into is not None:
            raise Refused(citizen_rules.MERGE_ONCE, into=str(self.merged_into))
        if self.id in survivors:
            raise Refused(citizen_rules.MERGE_CIRCLE)
        if same_number is False and ground != WRONG_NUMBER:
            raise Refused(citizen_rules.MERGE_NUMBERS, ground=ground)
        if len({*duplicates, *survivors}) > SAME_AT_MOST:
            raise Refused(citizen_rules.MERGE_AT_MOST)
        kept = on_record(citizen_rules.MERGED_TWO_NUMBERS) if same_number is False else ()
        marked = replace(envelope, rules=(*envelope.rules, *(rule.id for rule in kept)))
        self.record(CitizenMerged, marked, into=survivor.id, ground=ground, note=note)
        survivor.record(CitizenAbsorbed, envelope, duplicate=self.id)

    def separate(self, envelope: Envelope, survivor: Citizen, *, note: Personal | None) -> None:
        """The merge was a mistake: from now on they are two again, each with what was recorded of it.
        `survivor`: the one that this one was merged into."""
        self._own(note)
        self.judge_may_begin()
        if self.merged_into is None or self.merged_into != survivor.id:
            raise Refused(citizen_rules.SEPARATE_MERGED)
        self.record(CitizenSeparated, envelope, from_=survivor.id, note=note)
        survivor.record(CitizenReleased, envelope, duplicate=self.id)

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
            case MandateGiven():
                given = Mandate(
                    fact.mandate,
                    fact.representative,
                    fact.kind,
                    fact.valid_from,
                    fact.valid_until,
                    fact.procedures,
                )
                self.mandates = {**self.mandates, given.id: given}
            case MandateEnded():
                ended = replace(self.mandates[fact.mandate], until=fact.ended_on)
                self.mandates = {**self.mandates, ended.id: ended}
            case CitizenMerged():
                self.merged_into = fact.into
            case CitizenSeparated():
                self.merged_into = None
            case CitizenAbsorbed():
                self.absorbed = (*self.absorbed, fact.duplicate)
            case CitizenReleased():
                self.absorbed = tuple(one for one in self.absorbed if one != fact.duplicate)
            case _ if isinstance(fact, ERASING):
                self.apply_erasing(fact)
            case _:
                raise TypeError(f"not a fact of a citizen: {fact.TOPIC}")

    def _known(self) -> None:
        if not self.version:
            raise Refused(record_rules.CITIZEN_KNOWN)
        self.judge_not_erased()

    def _own(self, *texts: Personal | None) -> None:
        if any(text is not None and text.subject != self.id for text in texts):
            raise Refused(record_rules.CITIZEN_SUBJECT)
