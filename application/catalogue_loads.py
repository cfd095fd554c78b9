"""Publishing procedures, and setting calendar years, hours and limits for answering, from files: what is
known already is left alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from application.ids import new_id
from application.policy import Identity, allow
from application.ports import Claim
from application.registry import Loaded, Registry, envelope_of, record_each
from domain.calendar import CalendarYear
from domain.facts import Aggregate
from domain.office_hours import OfficeHours
from domain.procedure import Procedure
from domain.voice_limits import VoiceLimits


async def load_procedures(
    office: Registry, identity: Identity, entries: Iterable[Mapping[str, Any]]
) -> Loaded:
    """Publish procedure versions. An entry: code and versions, each with the fields of
    `procedure.version_published.v2`; versions known are left alone."""
    moment = await office.reader.moment(fresh=True)
    envelope = envelope_of(allow(identity, "load-procedures", moment), moment)
    known = {p.code or "": p for p in moment.organisation.procedures.values()}
    made: list[tuple[Aggregate, list[Claim]]] = []
    skipped = 0
    for entry in entries:
        code, versions = entry["code"], entry["versions"]
        procedure = (
            await office.ledger.load(Procedure, known[code].id)
            if code in known
            else Procedure.empty(new_id(moment.now))
        )
        fresh = versions[len(procedure.versions) :]
        if not fresh:
            skipped += 1
            continue
        claims = [] if code in known else [office.ledger.claim("procedure", code, procedure.id)]
        for number, version in enumerate(fresh, len(procedure.versions) + 1):
            procedure.publish(envelope, code=code, number=number, **version)
        made.append((procedure, claims))
    loaded = await record_each(office, made)
    return Loaded(loaded.recorded, loaded.known + skipped)


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
    envelope = envelope_of(allow(identity, "load-calendar", moment), moment)
    known = {hours.schedule: hours.id for hours in moment.organisation.office_hours.values()}
    made: dict[str, tuple[OfficeHours, list[Claim]]] = {}
    skipped = 0
    for entry in entries:
        schedule = entry["schedule"]
        if schedule not in made and schedule in known:
            made[schedule] = await office.ledger.load(OfficeHours, known[schedule]), []
        elif schedule not in made:
            hours = OfficeHours.empty(new_id(moment.now))
            made[schedule] = hours, [office.ledger.claim("office_hours", schedule, hours.id)]
        hours = made[schedule][0]
        if hours.says(entry["valid_from"], entry["openings"]):
            skipped += 1
        else:
            hours.set(envelope, **entry)
    loaded = await record_each(office, [(h, claims) for h, claims in made.values() if h.pending_events])
    return Loaded(loaded.recorded, loaded.known + skipped)


async def load_voice_limits(
    office: Registry, identity: Identity, entries: Iterable[Mapping[str, Any]]
) -> Loaded:
    """Set within what feedback and complaints are answered. An entry: the fields of `voice.limit_set.v1`;
    limits that are set already are left alone. Raises Refused (voice.limit_in_order, deadline.amount)."""
    moment = await office.reader.moment(fresh=True)
    envelope = envelope_of(allow(identity, "load-calendar", moment), moment)
    known = {kind: limits.id for kind, limits in moment.organisation.voice_limits.kinds.items()}
    made: dict[str, tuple[VoiceLimits, list[Claim]]] = {}
    skipped = 0
    for entry in entries:
        kind = entry["kind"]
        if kind not in made and kind in known:
            made[kind] = await office.ledger.load(VoiceLimits, known[kind]), []
        elif kind not in made:
            limits = VoiceLimits.empty(new_id(moment.now))
            made[kind] = limits, [office.ledger.claim("voice_limits", kind, limits.id)]
        limits = made[kind][0]
        if limits.says(entry["valid_from"], entry["amount"], entry["unit"]):
            skipped += 1
        else:
            limits.set(envelope, **entry)
    loaded = await record_each(office, [(m, claims) for m, claims in made.values() if m.pending_events])
    return Loaded(loaded.recorded, loaded.known + skipped)
