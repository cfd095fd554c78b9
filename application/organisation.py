"""Units, agencies, officers, procedures, calendars and handover parts as recorded up to a position, folded
in memory.

This is what commands are decided on. It is small (the whole country's organisation is some ten thousand
aggregates), read once and then kept up by reading
only the deciding categories. It answers for any instant: who was posted where, which unit had a code on a
day, which steps move holders.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from application.refusals import NotFound
from domain.agency import Agency
from domain.calendar import CalendarYear, WorkingCalendar
from domain.facts import Aggregate, Category, Fact, Recorded
from domain.handed_over import placement_stream_id
from domain.handover_act import HandoverAct
from domain.handover_facts import CoordinatorNamed, PartCancelled, PartScheduled
from domain.handover_part import HandoverPart
from domain.holding import Step, steps_from_parts
from domain.local_time import day_start, local_date
from domain.officer import Officer, Posting
from domain.officer_facts import OfficerDelegated
from domain.procedure import Procedure
from domain.routing import PartRules
from domain.unit import Unit

TAggregate = TypeVar("TAggregate", bound=Aggregate)


class Organisation:
    def __init__(self) -> None:
        self.units: dict[UUID, Unit] = {}
        self.agencies: dict[UUID, Agency] = {}
        self.officers: dict[UUID, Officer] = {}
        self.procedures: dict[UUID, Procedure] = {}
        self.calendars: dict[UUID, CalendarYear] = {}
        self.acts: dict[UUID, HandoverAct] = {}
        self.parts: dict[UUID, HandoverPart] = {}
        self.coordinators: defaultdict[UUID, dict[UUID | None, CoordinatorNamed]] = defaultdict(dict)
        self.steps: tuple[Step, ...] = ()
        self._units_by_code: defaultdict[str, list[UUID]] = defaultdict(list)
        self._agencies_by_identifier: defaultdict[str, list[UUID]] = defaultdict(list)
        self._agencies_by_unit: defaultdict[UUID, list[UUID]] = defaultdict(list)
        self._procedures_by_code: dict[str, UUID] = {}
        self._delegators: defaultdict[UUID, set[UUID]] = defaultdict(set)
        self._scheduled: list[Recorded[PartScheduled]] = []
        self._cancelled: list[Recorded[PartCancelled]] = []
        self._steps_since: list[tuple[int, tuple[Step, ...]]] = []
        self._calendars_since: list[tuple[int, datetime, WorkingCalendar]] = []

    # -- folding
    # ---------------------------------------------------------------------------------------------------

    def apply(self, recorded: Recorded[Fact]) -> None:
        """Fold one fact of the deciding categories, in order of position."""
        fact = recorded.fact
        self._fold(fact)
        if fact.CATEGORY == Category.CALENDAR:
            calendar = WorkingCalendar(self.calendars.values())
            self._calendars_since.append((recorded.position, recorded.recorded_at, calendar))
        if isinstance(fact, PartScheduled):
            self._scheduled.append(recorded)  # type: ignore[arg-type]
        elif isinstance(fact, PartCancelled):
            self._cancelled.append(recorded)  # type: ignore[arg-type]
        else:
            return
        self.steps = steps_from_parts(self._scheduled, self._cancelled, self.part_rules)
        self._steps_since.append((recorded.position, self.steps))

    def _fold(self, fact: Fact) -> None:
        if fact.CATEGORY == Category.UNIT:
            unit = _folded(self.units, Unit, fact)
            if fact.originator_version == 1:
                self._units_by_code[unit.code].append(unit.id)
        elif fact.CATEGORY == Category.AGENCY:
            agency = _folded(self.agencies, Agency, fact)
            if fact.originator_version == 1:
                self._agencies_by_identifier[agency.identifier].append(agency.id)
                self._agencies_by_unit[agency.unit].append(agency.id)
        elif fact.CATEGORY == Category.OFFICER:
            _folded(self.officers, Officer, fact)
            if isinstance(fact, OfficerDelegated):
                self._delegators[fact.to_officer].add(fact.originator_id)
        elif fact.CATEGORY == Category.PROCEDURE:
            procedure = _folded(self.procedures, Procedure, fact)
            self._procedures_by_code[procedure.code or ""] = procedure.id
        elif fact.CATEGORY == Category.CALENDAR:
            _folded(self.calendars, CalendarYear, fact)
        elif fact.CATEGORY == Category.HANDOVER_ACT:
            _folded(self.acts, HandoverAct, fact)
        elif fact.CATEGORY == Category.HANDOVER_PART:
            _folded(self.parts, HandoverPart, fact)
            if isinstance(fact, CoordinatorNamed):
                self.coordinators[fact.originator_id][fact.agency] = fact

    def part_rules(self, part_id: UUID, part_version: int) -> PartRules:
        return self.parts[part_id].rules(part_version)

    # -- time
    # ------------------------------------------------------------------------------------------------------

    def next_hour(self, now: datetime) -> datetime | None:
        """The first hour of a scheduled part after `now`."""
        return min((step.hour for step in self.steps if step.hour > now), default=None)

    def begun(self, begins_by: UUID | None, t: datetime) -> bool:
        """Whether what begins by a part (None: by itself) has begun at `t`."""
        return begins_by is None or any(s.part_id == begins_by and s.hour <= t for s in self.steps)

    def counts(self, begins_by: UUID | None) -> bool:
        """Whether what begins by a part is to be named at all: by itself (None), or by a part that is
        scheduled. What was only drafted, or cancelled, is nothing yet and blocks nothing."""
        return begins_by is None or any(step.part_id == begins_by for step in self.steps)

    @property
    def calendar(self) -> WorkingCalendar:
        return self._calendars_since[-1][2] if self._calendars_since else WorkingCalendar(())

    def calendar_known_at(self, position: int) -> WorkingCalendar:
        """The calendar as recorded up to a position: what was announced later does not change what was
        promised before."""
        known = bisect_right(self._calendars_since, position, key=lambda since: since[0])
        return self._calendars_since[known - 1][2] if known else WorkingCalendar(())

    def calendar_known_before(self, instant: datetime) -> WorkingCalendar:
        """The calendar as recorded before an instant."""
        known = bisect_left(self._calendars_since, instant, key=lambda since: since[1])
        return self._calendars_since[known - 1][2] if known else WorkingCalendar(())

    def steps_known_at(self, position: int) -> tuple[Step, ...]:
        """Steps(p) of the definition of the holder: those scheduled, and not cancelled, by facts up to
        position p."""
        known = bisect_right(self._steps_since, position, key=lambda since: since[0])
        return self._steps_since[known - 1][1] if known else ()

    # -- territory
    # -------------------------------------------------------------------------------------------------

    def placement_stream(self, part_id: UUID, dossier_id: UUID) -> UUID:
        """The stream in which people say what becomes of a dossier that the part moves."""
        return placement_stream_id(part_id, dossier_id, self.parts[part_id].effective_at)

    def placement_streams(self, dossier_id: UUID, t: datetime) -> tuple[UUID, ...]:
        """Those of every part that has taken effect by `t`."""
        return tuple({self.placement_stream(s.part_id, dossier_id) for s in self.steps if s.hour <= t})

    def unit_valid_at(self, unit: Unit, t: datetime) -> bool:
        """Half-open: from its beginning (unknown: always) to its end by a scheduled part or on its own."""
        if not self.begun(unit.begins_by, t):
            return False
        if unit.valid_from is not None and t < day_start(unit.valid_from):
            return False
        if unit.until is not None and t >= day_start(unit.until):
            return False
        return not any(s.hour <= t and unit.id in s.rules.ended_units for s in self.steps)

    def units_with_code(self, code: str) -> list[Unit]:
        """Every unit that has or had this code, scheduled ones included."""
        named = (self.units[u] for u in self._units_by_code.get(code, ()))
        return [unit for unit in named if self.counts(unit.begins_by)]

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
    # -------------------------------------------------------------------------------------

    def agency_with_identifier(self, identifier: str) -> Agency | None:
        """Scheduled ones included."""
        named = (self.agencies[a] for a in self._agencies_by_identifier.get(identifier, ()))
        return next((agency for agency in named if self.counts(agency.begins_by)), None)

    def agency_by_identifier(self, identifier: str) -> Agency:
        found = self.agency_with_identifier(identifier)
        if found is None:
            raise NotFound("unknown_agency", f"there is no agency with the identifier {identifier}")
        return found

    def agencies_of_unit(self, unit_id: UUID) -> list[Agency]:
        named = (self.agencies[a] for a in self._agencies_by_unit.get(unit_id, ()))
        return [agency for agency in named if self.counts(agency.begins_by)]

    def agency_open_at(self, agency: Agency, t: datetime) -> bool:
        if not self.begun(agency.begins_by, t):
            return False
        if agency.valid_from is not None and t < day_start(agency.valid_from):
            return False
        if agency.until is not None and t >= day_start(agency.until):
            return False
        return not any(s.hour <= t and s.rules.ends(agency.id) for s in self.steps)

    def heir_of(self, agency_id: UUID, t: datetime) -> UUID:
        """The agency itself while it is open at `t`, else its default heir, through as many acts as there
        were."""
        for step in self.steps:
            if step.hour <= t and step.rules.ends(agency_id):
                agency_id = step.rules.heirs[agency_id]
        return agency_id

    def posted(self, officer_id: UUID, t: datetime) -> list[tuple[Posting, UUID]]:
        """The officer's postings in force at `t`, each with the agency where it is at `t`: an act moves a
        posting, which keeps its id."""
        officer = self.officers.get(officer_id)
        if officer is None or officer.suspended_at(t):
            return []
        return [
            (posting, self._agency_of(posting, t))
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

    def _agency_of(self, posting: Posting, t: datetime) -> UUID:
        """Where an act has moved the posting by `t`: as it says, else to the default heir. An amendment moves
        again what its own part had moved."""
        agency = source = posting.agency
        part = None
        for step in self.steps:
            if step.hour > t:
                continue
            if step.rules.ends(agency):
                source, part = agency, step.part_id
            elif part != step.part_id:
                continue
            heir = step.rules.heirs.get(source)
            agency = source if heir is None else step.rules.posting_moves.get(posting.posting_id, heir)
        return agency

    # -- catalogue
    # -------------------------------------------------------------------------------------------------

    def procedure_by_code(self, code: str) -> Procedure:
        try:
            return self.procedures[self._procedures_by_code[code]]
        except KeyError:
            raise NotFound(
                "unknown_procedure",
                f"there is no procedure with the code {code}: load it or correct the code",
            ) from None


def _folded(known: dict[UUID, TAggregate], cls: type[TAggregate], fact: Fact) -> TAggregate:
    aggregate = known.get(fact.originator_id)
    if aggregate is None:
        aggregate = known[fact.originator_id] = cls.empty(fact.originator_id)
    aggregate.replay(fact)
    return aggregate
