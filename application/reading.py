"""What a dossier's parties and offices read of it: its state from the log, with holder, dates and what is
left of them; as it is now, or as it was valid at an instant and known up to a position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from application.clocks import counting, terms_of, version_of
from application.dossiers import Dossiers, Known, load
from application.duties import forwarded_by, notice_by
from application.keeping import asks_for_papers, documents_for
from application.limits import limit_accepted
from application.moment import Moment
from application.needed import components_shown
from application.paper_asking import asking_of
from application.persons import speaking
from application.policy import Identity, allow
from application.refusals import NotAllowed
from application.results import shown
from application.then import KnownAt, documents_then, dossier_then, position_then
from domain import record_rules
from domain.calendar import CalendarUnknown
from domain.clock import Left
from domain.clock_start import awaited
from domain.deadlines import remaining
from domain.dossier import Dossier
from domain.holding import Held, custodian
from domain.kept_documents import KeptDocuments
from domain.local_time import local_date
from domain.on_time import on_time
from domain.refusals import Refused
from domain.term_values import Limit
from domain.transitions import HANDLED, PAYMENT_REQUESTED, SUPPLEMENT_REQUESTED

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Read:
    """What a state is told from. `known_at`: the position that was asked for, None: now; `files`: whether the
    reader may learn which files there are; `bringing`: the reader only brings its papers."""

    moment: Moment
    dossier: Dossier
    held: Held | None
    documents: KeptDocuments
    files: bool
    bringing: bool
    known_at: int | None = None


async def state(
    office: Dossiers,
    identity: Identity,
    code: str,
    *,
    valid_at: datetime | None = None,
    known_at: KnownAt = None,
) -> Json:
    """The dossier without personal text; its files and documents are named to those who may read its files;
    for whoever only brings its papers, without results and without what was provided (both None).

    As recorded now; with `valid_at` or `known_at` as it was valid and known then (the other one: now), where
    `known_at` of the answer is the position. Who may read it is judged now. Nothing that is recorded later
    changes the answer for a pair.

    Raises NotFound, NotAllowed, BadRequest, Refused (a code that no dossier can have).
    """
    moment = await office.reader.moment(fresh=True)
    known = await load(office, code, moment)
    speaks = await speaking(office.ledger, identity, known.dossier, local_date(moment.now))
    allow(identity, "read-dossier", moment, parties=speaks.parties)
    files, bringing = _reads_files(identity, moment, known, speaks.parties), bool(speaks.bringing)
    if valid_at is None and known_at is None:
        asks = not bringing and asks_for_papers(known.dossier, moment)
        documents = await documents_for(office.ledger, known.dossier.owner if asks else None)
        return _state(_Read(moment, known.dossier, known.held, documents, files, bringing))
    position = await position_then(office.reader, known_at)
    documents = await documents_then(
        office.ledger, known.dossier.owner, valid_at or moment.now, position, bringing=bringing
    )
    then = await dossier_then(office, known.dossier.id, valid_at or moment.now, position, code)
    return _state(_Read(then.moment, then.dossier, then.held, documents, files, bringing, position))


def _state(read: _Read) -> Json:
    moment, dossier, held = read.moment, read.dossier, read.held
    provisions = results = None
    if not read.bringing:
        asking = asking_of(dossier, moment.organisation, moment.now, read.documents)
        provisions = components_shown(asking, files=read.files)
        results = shown(tuple(dossier.results.values()), files=read.files)
    return {
        "code": dossier.code,
        "dossier": dossier.id,
        "revision": dossier.version,
        "status": dossier.status,
        "imported": dossier.imported,
        "procedure": dossier.procedure_code,
        "procedure_version": dossier.procedure_version,
        "case": dossier.case,
        "channel": dossier.channel,
        "place": _place(moment, dossier),
        "owner": dossier.owner,
        "submitter": dossier.submitter,
        "officer": _officer(moment, dossier, held),
        "holder": _holder(moment, held, dossier) if held else None,
        "keyed_by": dossier.keyed_by,
        "paper_reason": dossier.paper_reason,
        "identity_level": dossier.identity_level,
        "mandate": dossier.mandate,
        "service_level": dossier.service_level,
        "trigger": dossier.trigger,
        "helping_agency": dossier.helping_agency,
        "receiving_agency": dossier.receiving_agency,
        "competent_agency": dossier.competent_agency,
        "returning_agency": dossier.returning_agency,
        "submitted_at": dossier.submitted_at,
        "opened_at": dossier.opened_at,
        "due": _due(moment, dossier),
        "finished": _finished(dossier),
        "notice_by": notice_by(dossier, moment),
        "forward_by": forwarded_by(dossier, moment, held.agency) if held else None,
        "awaited": _awaited(moment, dossier),
        "supplement_until": dossier.supplement_until,
        "supplements_requested": dossier.trips,
        "components": list(dossier.components),
        "provisions": provisions,
        "obligations": _obligations(dossier),
        "results": results,
        "result_returned_at": dossier.returned_at,
        "linked_group": dossier.linked_group,
        "closed": dossier.closed,
        "as_of": moment.now,
        "known_at": read.known_at,
    }


def _reads_files(identity: Identity, moment: Moment, known: Known, parties: frozenset[UUID]) -> bool:
    holder, earlier = known.answerable(moment), known.earlier_holders(moment)
    try:
        allow(identity, "read-file", moment, holder=holder, earlier=earlier, parties=parties)
    except NotAllowed:
        return False
    return True


def _officer(moment: Moment, dossier: Dossier, held: Held | None) -> UUID | None:
    """To whom it is assigned, as long as that officer is posted where the dossier lies: an act that moves one
    without the other leaves it unassigned, for whoever takes it."""
    officer = dossier.officer
    if officer is None or held is None:
        return None
    at_home = any(where == held.agency for _, where in moment.organisation.acting(officer, moment.now))
    return officer if at_home else None


def _place(moment: Moment, dossier: Dossier) -> Json | None:
    unit = moment.organisation.units.get(dossier.place) if dossier.place else None
    return (
        {"code": dossier.place_code, "unit": unit.reference if unit else None} if dossier.place_code else None
    )


def _holder(moment: Moment, held: Held, dossier: Dossier) -> Json:
    """Who holds it, since when and why; for what ended with its agency, the custodian."""
    keeper = custodian(held, moment.organisation.steps, moment.now)
    agency = moment.organisation.agencies[keeper]
    return {
        "agency": keeper,
        "identifier": agency.identifier,
        "unit": moment.organisation.units[agency.unit].reference,
        "since": held.since,
        "rule": held.rule,
        "provisional": held.provisional,
        "custodian": held.ended_here,
    }


def _due(moment: Moment, dossier: Dossier) -> Json | None:
    """The date in force and the others; while it is handled, what is left in the limit's own unit."""
    if dossier.clock_left is not None:
        return _standing(dossier.clock_left, dossier.stood_for)
    if dossier.due is None:
        return _not_begun(moment, dossier)
    left = None
    if dossier.limit_unit and dossier.status in HANDLED:
        left = _left(moment, dossier, dossier.limit_unit, dossier.due)
    return {
        "at": dossier.due,
        "statutory": dossier.statutory_due,
        "promised": dossier.promised,
        "extended_until": dossier.extended_until,
        "remaining": {"unit": left[0], "amount": left[1]} if left else None,
        "awaits": None,
    }


def _left(moment: Moment, dossier: Dossier, unit: str, due: datetime) -> tuple[str, int] | None:
    """None where it cannot be counted: nobody has published the calendar, or the hours, of the days until
    then."""
    on = counting(moment.organisation, terms_of(dossier, moment.organisation, moment.now))
    try:
        return remaining(unit, due, moment.now, *on)
    except CalendarUnknown:
        return None
    except Refused as refused:
        if refused.rule is not record_rules.HOURS_KNOWN:
            raise
        return None


def _finished(dossier: Dossier) -> Json | None:
    """When the result was ready, and whether that was in time by each of the three dates."""
    found = on_time(dossier)
    return None if found is None else {"at": dossier.finished_at, "on_time": found._asdict()}


def _awaited(moment: Moment, dossier: Dossier) -> Json | None:
    """Papers or a payment that the applicant owes: until when, and what the procedure says then."""
    if dossier.status not in (SUPPLEMENT_REQUESTED, PAYMENT_REQUESTED):
        return None
    terms, until = terms_of(dossier, moment.organisation, moment.now), dossier.awaited_until
    unpaid = dossier.status == PAYMENT_REQUESTED
    return {
        "what": "payment" if unpaid else "supplement",
        "until": until,
        "passed": until is not None and moment.now >= until,
        "then": terms.payment.then if unpaid else terms.supplement.then,
    }


def _standing(left: Left | Limit, awaits: str | None) -> Json:
    """Time runs that is not the agency's: for what, and what the agency will have left."""
    dates = dict.fromkeys(("at", "statutory", "promised", "extended_until"))
    return {**dates, "remaining": {"unit": left.unit, "amount": left.amount}, "awaits": awaits}


def _not_begun(moment: Moment, dossier: Dossier) -> Json | None:
    """A limit that runs from arrival or payment, before that has come; None where there is no limit."""
    if not dossier.clock_not_begun or dossier.status not in HANDLED:
        return None
    version = version_of(dossier, moment.organisation, moment.now)
    limit = limit_accepted(dossier, moment.organisation, version)
    if limit is None:
        return None
    return _standing(limit, awaited(terms_of(dossier, moment.organisation, moment.now).clock))


def _obligations(dossier: Dossier) -> list[Json]:
    return [
        {
            "obligation": key,
            "amount_vnd": owed.amount_vnd,
            "purpose": owed.purpose,
            "open": owed.open,
            "paid": owed.reference is not None,
            "until": owed.until,
        }
        for key, owed in dossier.obligations.items()
    ]


def may_list(identity: Identity, moment: Moment, agency: UUID | None) -> None:
    """NotAllowed unless the officer is posted at the agency, or may read all that is shown."""
    officer = identity.uuid if identity.kind == "officer" else None
    posted = moment.organisation.acting(officer, moment.now) if officer else []
    at_home = agency is not None and any(where == agency for _, where in posted)
    allow(identity, "read-queue" if at_home else "read-views", moment, agency=agency if at_home else None)
