"""Publishing procedures, and setting calendar years, hours and limits for answering, from files: what is
known already is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from application.ids import new_id
from application.moment import Moment
from application.national_loads import judge_day, one_load_at_a_time
from application.policy import Identity, allow
from application.ports import Claim
from application.registry import Loaded, Registry, envelope_of, record_each
from domain.calendar import CalendarYear
from domain.facts import Aggregate
from domain.linked_terms import LinkedRules
from domain.office_hours import OfficeHours
from domain.procedure import Procedure
from domain.procedure_version import fields_of
from domain.voice_limits import VoiceLimits

TDated = TypeVar("TDated", OfficeHours, VoiceLimits, LinkedRules)


async def load_procedures(
    office: Registry,
    identity: Identity,
    entries: Iterable[Mapping[str, Any]],
    valid_from: date | None = None,
    *,
    past: bool = False,
) -> Loaded:
    """Publish procedure versions. An entry: code and versions, each with the fields of
    `procedure.version_published.v3`; versions known are left alone. Where a list gave the newest version, the
    entry's last one follows it from `valid_from` (local) on, a day in the past only with `past`, and without
    that nothing is recorded. Raises BadRequest (day_in_the_past, load_running), Refused
    (procedure.version.day)."""
    moment = await office.reader.moment(fresh=True)
    envelope = envelope_of(allow(identity, "load-procedures", moment), moment)
    judge_day(valid_from, moment, past=past)
    known = {p.code or "": p for p in moment.organisation.procedures.values()}
    made: list[tuple[Aggregate, list[Claim]]] = []
    skipped, of_a_list = 0, list[str]()
    for entry in entries:
        code, versions = entry["code"], entry["versions"]
        procedure = (
            await office.ledger.load(Procedure, known[code].id)
            if code in known
            else Procedure.empty(new_id(moment.now))
        )
        fresh = versions[len(procedure.versions) :]
        newest = procedure.versions.get(len(procedure.versions))
        if newest is not None and newest.of_a_list:
            if newest.says(fields_of(versions[-1])):
                fresh = []
            elif valid_from is None:
                of_a_list.append(code)
                continue
            else:
                fresh = [{**versions[-1], "valid_from": valid_from}]
        if not fresh:
            skipped += 1
            continue
        claims = [] if code in known else [office.ledger.claim("procedure", code, procedure.id)]
        for number, version in enumerate(fresh, len(procedure.versions) + 1):
            procedure.publish(envelope, code=code, number=number, **version)
        made.append((procedure, claims))
    with one_load_at_a_time():
        loaded = await record_each(office, made)
    return Loaded(loaded.recorded, loaded.known + skipped, tuple(of_a_list))


async def load_calendar(office: Registry, identity: Identity, entries: Iterable[Mapping[str, Any]]) -> Loaded:
    """Set calendar years. An entry: the fields of `calendar.year_set.v1`; a year whose newest setting is
    the same is left alone."""
    moment = await office.reader.moment(fresh=True)
    envelope = envelope_of(allow(identity, "load-calendar", moment), moment)
    known = {c.year: c.id for c in moment.organisation.calendars.values()}
    made: list[tuple[Aggregate, list[Claim]]] = []
    skipped = 0
    for entry in entries:
        year = int(entry["year"])
        calendar = (
            await office.ledger.load(CalendarYear, known[year])
            if year in known
            else CalendarYear.empty(new_id(moment.now))
        )
        if calendar.same_as(**entry):
            skipped += 1
            continue
        calendar.set(envelope, **entry)
        claims = [] if year in known else [office.ledger.claim("calendar_year", str(year), calendar.id)]
        made.append((calendar, claims))
    loaded = await record_each(office, made)
    return Loaded(loaded.recorded, loaded.known + skipped)


async def load_hours(office: Registry, identity: Identity, entries: Iterable[Mapping[str, Any]]) -> Loaded:
    """Set the hours of offices. An entry: the fields of `calendar.hours_set.v1`; hours that are set already
    are left alone. Raises Refused (hours.week, hours.in_order)."""
    moment = await office.reader.moment(fresh=True)
    known = {hours.schedule or "": hours.id for hours in moment.organisation.office_hours.values()}
    told = ((entry["schedule"], entry) for entry in entries)
    return await _set_from_days(
        office,
        moment,
        identity,
        told,
        known,
        OfficeHours,
        "office_hours",
        lambda hours, entry: hours.says(entry["valid_from"], entry["openings"]),
    )


async def load_voice_limits(
    office: Registry, identity: Identity, entries: Iterable[Mapping[str, Any]]
) -> Loaded:
    """Set within what feedback and complaints are answered. An entry: the fields of `voice.limit_set.v1`;
    limits that are set already are left alone. Raises Refused (voice.limit_in_order, deadline.amount)."""
    moment = await office.reader.moment(fresh=True)
    known = {kind: limits.id for kind, limits in moment.organisation.voice_limits.kinds.items()}
    told = ((entry["kind"], entry) for entry in entries)
    return await _set_from_days(
        office,
        moment,
        identity,
        told,
        known,
        VoiceLimits,
        "voice_limits",
        lambda limits, entry: limits.says(entry["valid_from"], entry["amount"], entry["unit"]),
    )


async def load_linked_rules(
    office: Registry, identity: Identity, entries: Iterable[Mapping[str, Any]]
) -> Loaded:
    """Set what holds for kinds of linked groups. An entry: the fields of `linked.rules_set.v1`; rules that
    are set already are left alone. Raises Refused (linked.rules_in_order, linked.rules_whole)."""
    moment = await office.reader.moment(fresh=True)
    known = {kind: rules.id for kind, rules in moment.organisation.linked_rules.kinds.items()}
    told = ((entry["kind"], entry) for entry in entries)
    return await _set_from_days(
        office,
        moment,
        identity,
        told,
        known,
        LinkedRules,
        "linked_rules",
        lambda rules, entry: rules.says(entry),
    )


async def _set_from_days(
    office: Registry,
    moment: Moment,
    identity: Identity,
    entries: Iterable[tuple[str, Mapping[str, Any]]],
    known: Mapping[str, UUID],
    cls: type[TDated],
    claim: str,
    says: Callable[[TDated, Mapping[str, Any]], bool],
) -> Loaded:
    """Set what holds from a day on, one aggregate for each name, in the order of the entries. `known`: those
    that are there; `says`: whether one says the same already."""
    envelope = envelope_of(allow(identity, "load-calendar", moment), moment)
    made: dict[str, tuple[TDated, list[Claim]]] = {}
    skipped = 0
    for name, entry in entries:
        if name not in made and name in known:
            made[name] = await office.ledger.load(cls, known[name]), []
        elif name not in made:
            begun = cls.empty(new_id(moment.now))
            made[name] = begun, [office.ledger.claim(claim, name, begun.id)]
        of_name = made[name][0]
        if says(of_name, entry):
            skipped += 1
        else:
            of_name.set(envelope, **entry)
    loaded = await record_each(office, [(one, claims) for one, claims in made.values() if one.pending_events])
    return Loaded(loaded.recorded, loaded.known + skipped)
