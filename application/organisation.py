"""Units, agencies, officers, procedures, calendars and handover parts as recorded up to a position, folded
in memory.

This is what commands are decided on. It is small (the whole country's organisation is some ten thousand
aggregates), read once and then kept up by reading
only the deciding categories. It answers for any instant: who was posted where, which unit had a code on a
day, which steps move holders.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import KeysView
from datetime import date, datetime
from uuid import UUID

from application.acts_known import ActsKnown
from application.known_time import KnownTime, folded
from application.postings import where_posted
from application.refusals import NotFound
from domain.agency import Agency
from domain.facts import Category, Fact, Recorded
from domain.handed_over import placement_stream_id
from domain.handover_act import HandoverAct
from domain.handover_facts import CoordinatorEnded, CoordinatorNamed, PartCancelled, PartScheduled
from domain.handover_part import HandoverPart
from domain.holding import Steps, steps_from_parts
from domain.linked_terms import LinkedRulesKnown
from domain.local_time import day_start, local_date
from domain.officer import Officer, Posting
from domain.officer_facts import OfficerDelegated
from domain.procedure import Procedure
from domain.procedure_doubts import DecidedLimits
from domain.procedure_facts import ProcedureDoubtDecided, ProcedureVersionPublished
from domain.routing import PartRules
from domain.unit import Unit
from domain.voice_limits import VoiceLimitsKnown


class Organisation(KnownTime):
    def __init__(self) -> None:
        super().__init__()
        self.units: dict[UUID, Unit] = {}
        self.agencies: dict[UUID, Agency] = {}
        self.officers: dict[UUID, Officer] = {}
        self.procedures: dict[UUID, Procedure] = {}
        self.acts: dict[UUID, HandoverAct] = {}
        self.parts: dict[UUID, HandoverPart] = {}
        self.coordinators: defaultdict[UUID, dict[UUID | None, CoordinatorNamed]] = defaultdict(dict)
        self.known_acts = ActsKnown()
        self.voice_limits = VoiceLimitsKnown()
        self.linked_rules = LinkedRulesKnown()
        self.decided_limits = DecidedLimits()
        self._units_by_code: defaultdict[str, list[UUID]] = defaultdict(list)
        self._agencies_by_identifier: defaultdict[str, list[UUID]] = defaultdict(list)
        self._agencies_by_unit: defaultdict[UUID, list[UUID]] = defaultdict(list)
        self._procedures_by_code: dict[str, UUID] = {}
        self._delegators: defaultdict[UUID, set[UUID]] = defaultdict(set)
        self._scheduled: list[Recorded[PartScheduled]] = []
        self._cancelled: list[Recorded[PartCancelled]] = []
        self._steps_since: list[tuple[int, Steps]] = []
        self._published: defaultdict[UUID, list[int]] = defaultdict(list)

    # -- folding

    def apply(self, recorded: Recorded[Fact]) -> None:
        """Fold one fact of the deciding categories, in order of position."""
        fact = recorded.fact
        self._fold(fact)
        if fact.CATEGORY == Category.CALENDAR:
            self.apply_time(recorded)
        elif fact.CATEGORY == Category.VOICE_LIMIT:
            self.voice_limits.apply(recorded)
        elif fact.CATEGORY == Category.LINKED_RULES:
            self.linked_rules.apply(recorded)
        elif isinstance(fact, ProcedureDoubtDecided):
            self.decided_limits.apply(recorded)  # type: ignore[arg-type]
        elif isinstance(fact, ProcedureVersionPublished):
            self._published[fact.originator_id].append(recorded.position)
        if isinstance(fact, PartScheduled):
            self._scheduled.append(recorded)  # type: ignore[arg-type]
        elif isinstance(fact, PartCancelled):
            self._cancelled.append(recorded)  # type: ignore[arg-type]
        else:
            return
        self.known_acts = ActsKnown(steps_from_parts(self._scheduled, self._cancelled, self.part_rules))
        self._steps_since.append((recorded.position, Steps(self.steps)))  # without what they know by now

    def _fold(self, fact: Fact) -> None:
        if fact.CATEGORY == Category.UNIT:
            unit = folded(self.units, Unit, fact)
            if fact.originator_version == 1:
                self._units_by_code[unit.code].append(unit.id)
        elif fact.CATEGORY == Category.AGENCY:
            agency = folded(self.agencies, Agency, fact)
            if fact.originator_version == 1:
                self._agencies_by_identifier[agency.identifier].append(agency.id)
                self._agencies_by_unit[agency.unit].append(agency.id)
        elif fact.CATEGORY == Category.OFFICER:
            folded(self.officers, Officer, fact)
            if isinstance(fact, OfficerDelegated):
                self._delegators[fact.to_officer].add(fact.originator_id)
        elif fact.CATEGORY == Category.PROCEDURE:
            procedure = folded(self.procedures, Procedure, fact)
            self._procedures_by_code[procedure.code or ""] = procedure.id
        elif fact.CATEGORY == Category.HANDOVER_ACT:
            folded(self.acts, HandoverAct, fact)
        elif fact.CATEGORY == Category.HANDOVER_PART:
            folded(self.parts, HandoverPart, fact)
            if isinstance(fact, CoordinatorNamed):
                self.coordinators[fact.originator_id][fact.agency] = fact
            elif isinstance(fact, CoordinatorEnded):
                self.coordinators[fact.originator_id].pop(fact.agency, None)

    def part_rules(self, part_id: UUID, part_version: int) -> PartRules:
        return self.parts[part_id].rules(part_version)

    # -- time

    def next_hour(self, now: datetime) -> datetime | None:
        """The first hour of a scheduled part after `now`."""
        return min((step.hour for step in self.steps if step.hour > now), default=None)

    @property
    def steps(self) -> Steps:
        """Steps(p) of the definition of the holder, in the order of their hours."""
        return self.known_acts.steps

    def begun(self, begins_by: UUID | None, t: datetime) -> bool:
        """Whether the part by which something begins (None: by itself) has moved holders by `t`."""
        return begins_by is None or begins_by in self.known_acts.at(t).parts

    def unit_counts(self, unit: Unit) -> bool:
        """Whether a unit is to be named at all: it begins by itself, or by the newest version of a scheduled
        part. What was only drafted, or cancelled, is nothing yet and blocks nothing."""
        return unit.begins_by is None or unit.id in self.known_acts.unit_begins

    def agency_counts(self, agency: Agency) -> bool:
        """The same for an agency, which also counts where an amendment no longer begins what had begun."""
        return agency.begins_by is None or self.known_acts.begins_agency(agency.id, agency.begins_by)

    def steps_known_at(self, position: int) -> Steps:
        """Steps(p) of the definition of the holder: those scheduled, and not cancelled, by facts up to
        position p."""
        known = bisect_right(self._steps_since, position, key=lambda since: since[0])
        return self._steps_since[known - 1][1] if known else Steps()

    # -- territory

    def placement_stream(self, part_id: UUID, dossier_id: UUID) -> UUID:
        """The stream in which people say what becomes of a dossier that the part moves."""
        return placement_stream_id(part_id, dossier_id, self.parts[part_id].effective_at)

    def placement_streams(self, dossier_id: UUID, t: datetime) -> tuple[UUID, ...]:
        """Those of every part that has taken effect by `t`."""
        return tuple({self.placement_stream(s.part_id, dossier_id) for s in self.steps if s.hour <= t})

    def unit_valid_at(self, unit: Unit, t: datetime) -> bool:
        """By law, half-open: from its beginning (unknown: always) to its end by a scheduled part or on its
        own."""
        begins, ends = self.known_acts.unit_begins.get(unit.id), self.known_acts.unit_ends.get(unit.id)
        if unit.begins_by is not None and (begins is None or t < begins):
            return False
        if unit.valid_from is not None and t < day_start(unit.valid_from):
            return False
        if unit.until is not None and t >= day_start(unit.until):
            return False
        return ends is None or t < ends

    def units_with_code(self, code: str) -> list[Unit]:
        """Every unit that has or had this code, scheduled ones included."""
        named = (self.units[u] for u in self._units_by_code.get(code, ()))
        return [unit for unit in named if self.unit_counts(unit)]

    def unit_at(self, code: str, t: datetime) -> Unit:
        """The one unit that has this code at `t`; NotFound names the code."""
        for unit_id in self._units_by_code.get(code, ()):
            if self.unit_valid_at(self.units[unit_id], t):
                return self.units[unit_id]
        known = self.units_with_code(code)
        if known:
            references = ", ".join(unit.reference for unit in known)
            raise NotFound(
                "dead_unit", f"no unit has the code {code} on {local_date(t)}; it names: {references}"
            )
        raise NotFound("unknown_unit", f"there is no unit with the code {code}")

    def unit_by_reference(self, reference: str, now: datetime) -> Unit:
        """`CODE@DATE`: the unit with that code valid on that date, scheduled ones included; `CODE` alone:
        valid now."""
        code, _, day = reference.partition("@")
        if not day:
            return self.unit_at(code, now)
        for unit in self.units_with_code(code):
            if unit.reference == reference:
                return unit
        try:
            return self.unit_at(code, day_start(date.fromisoformat(day)))
        except ValueError:
            raise NotFound(
                "unknown_unit", f"{reference!r} is no unit: write CODE@YYYY-MM-DD, e.g. 07210@2025-07-01"
            ) from None

    # -- agencies and officers

    def agency_with_identifier(self, identifier: str) -> Agency | None:
        """Scheduled ones included."""
        named = (self.agencies[a] for a in self._agencies_by_identifier.get(identifier, ()))
        return next((agency for agency in named if self.agency_counts(agency)), None)

    def agency_by_identifier(self, identifier: str) -> Agency:
        found = self.agency_with_identifier(identifier)
        if found is None:
            raise NotFound("unknown_agency", f"there is no agency with the identifier {identifier}")
        return found

    def agencies_of_unit(self, unit_id: UUID) -> list[Agency]:
        """Those of the unit, and of the units that go on in it unchanged: an agency follows its unit."""
        units = self.known_acts.went_on_as(unit_id)
        named = (self.agencies[a] for unit in units for a in self._agencies_by_unit.get(unit, ()))
        return [agency for agency in named if self.agency_counts(agency)]

    def unit_of(self, agency: Agency, t: datetime) -> UUID:
        """The unit of an agency at `t`, which may go on under another name."""
        return self.known_acts.goes_on_as(agency.unit, t)

    def agency_founded_at(self, agency: Agency, t: datetime) -> bool:
        """Whether it begins by itself, or the part in force by which it begins has begun it."""
        if agency.begins_by is None:
            return True
        return self.known_acts.at(t).founded(agency.id, agency.begins_by)

    def agency_dated_at(self, agency: Agency, t: datetime) -> bool:
        """Whether `t` lies within its own days."""
        begun = agency.valid_from is None or t >= day_start(agency.valid_from)
        return begun and (agency.until is None or t < day_start(agency.until))

    def agency_open_at(self, agency: Agency, t: datetime) -> bool:
        """Founded, within its own days, and dissolved by no part in force."""
        if not self.agency_founded_at(agency, t) or not self.agency_dated_at(agency, t):
            return False
        return agency.id not in self.known_acts.at(t).heirs

    def heir_of(self, agency_id: UUID, t: datetime) -> UUID:
        """The agency itself while it is open at `t`, else its default heir, through as many acts as there
        were."""
        return self.known_acts.heir_of(agency_id, t)

    def posted(self, officer_id: UUID, t: datetime) -> list[tuple[Posting, UUID]]:
        """The officer's postings in force at `t`, each with the agency where it is at `t`: an act moves a
        posting, which keeps its id."""
        officer = self.officers.get(officer_id)
        if officer is None or officer.suspended_at(t):
            return []
        return [
            (posting, where_posted(posting, self.steps, t))
            for posting in officer.postings_at(t)
            if self.begun(posting.begins_by, t)
        ]

    def acting(self, officer_id: UUID, t: datetime) -> list[tuple[Posting, UUID]]:
        """Through which postings the officer acts at `t`: their own first, then those that others delegated
        to them and that stand; none while suspended, and none through somebody who is."""
        officer = self.officers.get(officer_id)
        if officer is None or officer.suspended_at(t):
            return []
        through = self.posted(officer_id, t)
        for delegator in sorted(self._delegators.get(officer_id, ())):
            delegated = {d.posting_id for d in self.officers[delegator].away.to(officer_id, t)}
            through += [(p, where) for p, where in self.posted(delegator, t) if p.posting_id in delegated]
        return through

    def posting(self, posting_id: UUID, officer_id: UUID) -> tuple[UUID, Posting] | None:
        """A posting through which the officer acted, and whose it is: their own, or one delegated to them."""
        for id in (officer_id, *sorted(self._delegators.get(officer_id, ()))):
            officer = self.officers.get(id)
            found = officer.posting(posting_id) if officer else None
            if found is not None:
                return id, found
        return None

    # -- catalogue

    def versions_known_at(self, procedure: UUID, position: int) -> int:
        """How many versions of a procedure were published by facts up to a position: the first ones."""
        return bisect_right(self._published.get(procedure, ()), position)

    @property
    def procedure_codes(self) -> KeysView[str]:
        """The codes of all procedures that were ever published."""
        return self._procedures_by_code.keys()

    def procedure_by_code(self, code: str) -> Procedure:
        try:
            return self.procedures[self._procedures_by_code[code]]
        except KeyError:
            raise NotFound(
                "unknown_procedure",
                f"there is no procedure with the code {code}: load it or correct the code",
            ) from None
