"""What changes in the organisation without a handover: officers are posted and suspended, agencies and units
change and end.

Each is one command on one aggregate: allowed by the policy, judged by the aggregate's rules at the ledger's
time, recorded once per command id. Days are days in Vietnam, instants are aware. All raise NotAllowed,
NotFound and Refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from application.changing import Asked, Changed, Find, Office, change
from application.handovers import DossierIndex
from application.ids import new_id
from application.lookup import officer_named
from application.moment import Moment
from application.organisation import Organisation
from application.schedule_check import receiving
from domain import organisation_rules as rules
from domain.agency import Agency
from domain.facts import Envelope, Personal
from domain.local_time import day_start, local_date
from domain.officer import Officer
from domain.refusals import Refused
from domain.unit import Unit


class OfficeWithIndex(Office, Protocol):
    """The same, and which dossiers an agency holds (`handovers.Handovers`)."""

    @property
    def index(self) -> DossierIndex: ...


# Officers: `officer` is the staff number or the id


async def post_officer(
    office: Office,
    asked: Asked,
    officer: str,
    *,
    agency: str,
    roles: Sequence[str],
    from_: datetime | None = None,
    until: datetime | None = None,
) -> Changed:
    """Post an officer to a further agency (by identifier), from now unless said otherwise."""

    def do(found: Officer, envelope: Envelope, moment: Moment) -> None:
        to = moment.organisation.agency_by_identifier(agency)
        begins = from_ or moment.now
        if not moment.organisation.agency_open_at(to, max(begins, moment.now)):
            raise Refused(rules.AGENCY_OPEN, identifier=agency)
        found.post(
            envelope,
            posting_id=new_id(moment.now),
            agency=to.id,
            roles=roles,
            from_=begins,
            until=until,
        )

    return await change(office, asked, "post-officer", Officer, _officer(office, officer), do)


async def end_posting(
    office: Office, asked: Asked, officer: str, *, posting: UUID, at: datetime | None = None
) -> Changed:
    """End one posting, now unless said otherwise."""

    def do(found: Officer, envelope: Envelope, moment: Moment) -> None:
        found.end_posting(envelope, posting_id=posting, at=at or moment.now)

    return await change(office, asked, "end-posting", Officer, _officer(office, officer), do)


async def suspend_officer(
    office: Office, asked: Asked, officer: str, *, reason: str, from_: datetime | None = None
) -> Changed:
    """No posting of the officer counts from then on. `reason` is sealed under the officer's key."""

    def do(found: Officer, envelope: Envelope, moment: Moment) -> None:
        found.suspend(envelope, from_=from_ or moment.now, reason=Personal(found.id, reason))

    return await change(office, asked, "suspend-officer", Officer, _officer(office, officer), do)


async def reinstate_officer(
    office: Office, asked: Asked, officer: str, *, from_: datetime | None = None
) -> Changed:
    """The officer's postings count again from then on."""

    def do(found: Officer, envelope: Envelope, moment: Moment) -> None:
        found.reinstate(envelope, from_=from_ or moment.now)

    return await change(office, asked, "reinstate-officer", Officer, _officer(office, officer), do)


# Units: `reference` is CODE@DATE, or CODE for the one valid now


async def rename_unit(
    office: Office,
    asked: Asked,
    reference: str,
    *,
    name: str,
    from_: date,
    kind: str | None = None,
    act: str | None = None,
) -> Changed:
    """Another name from a day on; `kind` (Xã, Phường, ...) stays unless given. It is the same unit."""

    def do(unit: Unit, envelope: Envelope, _: Moment) -> None:
        unit.rename(envelope, name=name, kind=kind or unit.kind_on(from_), from_=from_, act=act)

    return await change(office, asked, "rename-unit", Unit, _unit(reference), do)


async def dissolve_unit(office: Office, asked: Asked, reference: str, *, until: date, reason: str) -> Changed:
    """An end without an act; refused while agencies of the unit are open on its first day without it."""

    def do(unit: Unit, envelope: Envelope, moment: Moment) -> None:
        organisation, end = moment.organisation, max(day_start(until), moment.now)
        for agency in organisation.agencies_of_unit(unit.id):
            if organisation.agency_open_at(agency, end):
                raise Refused(rules.UNIT_WITHOUT_AGENCIES, unit=unit.reference, agency=agency.identifier)
        unit.dissolve(envelope, until=until, reason=Personal(unit.id, reason))

    return await change(office, asked, "dissolve-unit", Unit, _unit(reference), do)


# Agencies, by identifier


async def change_agency(
    office: Office,
    asked: Asked,
    identifier: str,
    *,
    changes: Mapping[str, str],
    from_: date | None = None,
    origin: Mapping[str, str] | None = None,
) -> Changed:
    """Another name, address, hotline, hours or legal form from a day on (absent: today)."""

    def do(agency: Agency, envelope: Envelope, moment: Moment) -> None:
        agency.change(envelope, from_=from_ or local_date(moment.now), changes=changes, origin=origin)

    return await change(office, asked, "change-agency", Agency, _agency(identifier), do)


async def dissolve_agency(
    office: OfficeWithIndex, asked: Asked, identifier: str, *, until: date, reason: str
) -> Changed:
    """An end without a handover; refused while the agency holds a dossier that is not concluded, and where an
    act hands something to it that nothing has ended since: dossiers would come to an agency that is closed.

    What it is given between this look and its end stays with it: its officers' postings last until they are
    ended, so such a dossier is forwarded as any other. Raises NotShownYet where the view is behind.
    """

    async def find(moment: Moment) -> UUID:
        agency = await _agency(identifier)(moment)
        now, head = await office.ledger.recorder.clock()
        await office.index.shown(head)
        if held := await office.index.open_at((agency,), now, None, 1):
            raise Refused(rules.AGENCY_EMPTY, identifier=identifier, dossier=str(held[0].dossier))
        return agency

    def do(agency: Agency, envelope: Envelope, moment: Moment) -> None:
        _hands_nothing_to(moment.organisation, agency, day_start(until), moment.now)
        agency.dissolve(envelope, until=until, reason=Personal(agency.id, reason))

    return await change(office, asked, "dissolve-agency", Agency, find, do)


def _hands_nothing_to(organisation: Organisation, agency: Agency, end: datetime, now: datetime) -> None:
    """Raises Refused (agency.receives) where a version that takes effect from `end` on, or is in force then,
    names the agency as heir or receiver, for an exception or for a posting."""
    acts, last = organisation.known_acts, max(end, now)
    standing = acts.at(last)
    for step in organisation.steps:
        if step.hour < end and standing.parts[step.part_id].key != step.key:
            continue  # another version of the part has taken its place
        draft = organisation.parts[step.part_id].draft_of(step.part_version)
        if agency.id in receiving(draft) and agency.id not in acts.at(max(step.hour, last)).heirs:
            raise Refused(
                rules.AGENCY_RECEIVES,
                identifier=agency.identifier,
                part=str(step.part_id),
                name=draft.name,
                hour=step.hour.isoformat(),
            )


# What is meant


def _officer(office: Office, officer: str) -> Find:
    async def find(moment: Moment) -> UUID:
        return await officer_named(office.ledger, moment.organisation, officer)

    return find


def _unit(reference: str) -> Find:
    async def find(moment: Moment) -> UUID:
        return moment.organisation.unit_by_reference(reference, moment.now).id

    return find


def _agency(identifier: str) -> Find:
    async def find(moment: Moment) -> UUID:
        return moment.organisation.agency_by_identifier(identifier).id

    return find
