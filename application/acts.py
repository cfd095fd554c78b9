"""The acts on a dossier: for each, what the server adds to what the caller sent, before the aggregate
judges it.

A caller sends plain fields; the server resolves what only it can know: the agency that acts, the procedure
version, due dates, which agency holds next.
An act whose fields need nothing added is not more than a line in `ACTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from application.acted import Act, Acted, Fields, Prepared
from application.acted import sealed as _sealed
from application.clocks import counting, decides, terms_of, time_until, version_of
from application.component_acts import COMPONENT_ACTS
from application.ids import new_id
from application.limits import limit_of
from application.money import asked, pay_until
from application.refusals import BadRequest, NotFound
from application.succession import living_unit, open_agency
from domain.calendar import CalendarUnknown
from domain.clock_start import hour_rule, start_of
from domain.deadlines import due
from domain.dossier_filing import judge_own_rating, judge_posted, judge_present
from domain.dossier_supplements import judge_until, judge_what_follows
from domain.facts import Personal
from domain.local_time import local_date
from domain.receipt_time import counting_starts
from domain.terms import ACCEPTANCE
from domain.transitions import PAYMENT_REQUESTED


def _plain(acted: Acted, fields: Fields) -> Prepared:
    return Prepared(fields, acted.holder)


def _sealing(*names: str) -> Callable[[Acted, Fields], Prepared]:
    """Free text may name somebody: it is sealed with the key of the dossier's owner."""

    def prepare(acted: Acted, fields: Fields) -> Prepared:
        return Prepared(_sealed(acted, fields, *names), acted.holder)

    return prepare


def _accept(acted: Acted, fields: Fields) -> Prepared:
    """Pins the procedure version of the day, and the due date that the calendar known now gives; none where
    the limit runs from arrival or payment (`application.clocks` begins it then)."""
    organisation = acted.moment.organisation
    procedure = organisation.procedure_by_code(acted.dossier.procedure_code or "")
    version = procedure.version_at(local_date(acted.occurred_at))
    if version is None:
        raise BadRequest(
            "procedure_not_in_force", f"procedure {procedure.code} has no version in force on that day"
        )
    asked_for_papers = not (acted.dossier.imported or acted.dossier.opened_at)  # else nobody was
    relies_on = acted.asking(version).judge_complete() if asked_for_papers else None
    here = decides(acted.dossier, acted.moment, acted.acting.agency or acted.holder)
    start = start_of(version.terms.clock, elsewhere=not here, accepted=local_date(acted.occurred_at))
    limit = limit_of(acted.dossier, organisation, version)  # in doubt it starts no clock, now or later
    limit = limit if start == ACCEPTANCE else None
    try:
        since = counting_starts(
            acted.occurred_at, hour_rule(acted.dossier.linked_group), organisation.calendar
        )
        due_at = (
            due(limit.amount, limit.unit, since, *counting(organisation, version.terms)) if limit else None
        )
    except CalendarUnknown as unknown:
        raise BadRequest(
            "calendar_unknown", f"{unknown}: load it before accepting what runs into it"
        ) from None
    return Prepared(
        fields
        | {
            "procedure_version": version.number,
            "case": acted.dossier.case,
            "channel": acted.dossier.channel,
            "calendar_position": acted.moment.read_up_to,
            "limit_amount": limit.amount if limit else None,
            "limit_unit": limit.unit if limit else None,
            "counted_from": since,
            "statutory_due": due_at,
            "promised": due_at,
            "relies_on": relies_on,
        },
        acted.holder,
    )


def _open_agency(acted: Acted, agency_id: UUID) -> UUID:
    return open_agency(acted.moment.organisation, agency_id, acted.moment.now)


def _to_officer(acted: Acted, fields: Fields) -> Prepared:
    """Whoever works on a dossier is posted now where it lies: where the acting officer's posting is."""
    officer, at = fields["officer"], acted.acting.agency or acted.holder
    organisation = acted.moment.organisation
    if officer not in organisation.officers:
        raise NotFound("unknown_officer", f"there is no officer {officer}: name one of GET /v1/officers")
    judge_posted(officer, [agency for _, agency in organisation.acting(officer, acted.moment.now)], at)
    judge_present(officer, absent=organisation.officers[officer].away.absent_at(acted.moment.now))
    return Prepared(fields, acted.holder)


def _forward(acted: Acted, fields: Fields) -> Prepared:
    to = _open_agency(acted, fields["to_agency"])
    return Prepared(_sealed(acted, fields, "note") | {"from_agency": acted.holder, "to_agency": to}, to)


def _arrive(acted: Acted, fields: Fields) -> Prepared:
    own = acted.acting.agency or acted.holder
    return Prepared(fields | {"from_agency": acted.holder}, own)


def _recall(acted: Acted, fields: Fields) -> Prepared:
    own = acted.acting.agency or acted.holder
    return Prepared(_sealed(acted, fields, "reason") | {"from_agency": acted.holder}, own)


def _send_back(acted: Acted, fields: Fields) -> Prepared:
    to = _open_agency(acted, fields["to_agency"]) if fields.get("to_agency") else acted.holder
    return Prepared(_sealed(acted, fields, "reason") | {"from_agency": acted.holder, "to_agency": to}, to)


def _consult(acted: Acted, fields: Fields) -> Prepared:
    _open_agency(acted, fields["agency"])
    return Prepared(_sealed(acted, fields, "question"), acted.holder)


def _request_supplement(acted: Acted, fields: Fields) -> Prepared:
    """The applicant has the time that the procedure gives; where it gives none, what the officer sets. What
    is held is not asked for; what let it be asked for all the same stands in the fact."""
    asking, papers = acted.asking(), fields.get("components") or ()
    allowed = asking.judge_asking(papers)
    terms = terms_of(acted.dossier, acted.moment.organisation, acted.occurred_at)
    given = time_until(terms.supplement.until, terms, acted.moment, acted.occurred_at)
    judge_until(given, fields.get("until"))
    sealed = _sealed(acted, fields, "request", "not_followed")
    decided = {
        "until": given or fields.get("until"),
        "trips": terms.supplement.trips,
        "allowed": allowed,
        "decided": asking.decides(papers),
    }
    return Prepared(sealed | decided, acted.holder)


def _supplement(acted: Acted, fields: Fields) -> Prepared:
    version = version_of(acted.dossier, acted.moment.organisation, acted.occurred_at)
    if version is not None:
        version.judge_components(fields["components"])
    terms = terms_of(acted.dossier, acted.moment.organisation, acted.occurred_at).supplement
    return Prepared(fields | {"pattern": terms.applied}, acted.holder)


def _finish(acted: Acted, fields: Fields) -> Prepared:
    return Prepared(_of_version(acted, _sealed(acted, fields, "reason")), acted.holder)


def _issue_result(acted: Acted, fields: Fields) -> Prepared:
    return Prepared(_of_version(acted, fields), acted.holder)


def _of_version(acted: Acted, fields: Fields) -> Fields:
    """A result is one that the version lists, and the version says which are refusals."""
    version = version_of(acted.dossier, acted.moment.organisation, acted.occurred_at)
    if version is None:
        return fields
    version.judge_result(fields.get("result_code"))
    return fields | {"refusals": version.terms.results.refusals}


def _stop(acted: Acted, fields: Fields) -> Prepared:
    if fields["ground"] == "supplement_missing":
        then = terms_of(acted.dossier, acted.moment.organisation, acted.occurred_at).supplement.then
        judge_what_follows(then)
    return _sealing("reason")(acted, fields)


def _time_passed(acted: Acted, fields: Fields) -> Prepared:
    """What follows stands in the version that the dossier keeps: for papers, or for a payment."""
    terms = terms_of(acted.dossier, acted.moment.organisation, acted.occurred_at)
    unpaid = acted.dossier.status == PAYMENT_REQUESTED
    then = terms.payment.then if unpaid else terms.supplement.then
    told = _of_version(acted, _sealed(acted, fields, "reason"))
    return Prepared(told | {"then": then}, acted.holder)


def _charge(acted: Acted, fields: Fields) -> Prepared:
    asked_for = asked(acted.dossier, acted.moment, acted.holder, acted.occurred_at, fields)
    return Prepared(asked_for | {"obligation": new_id(acted.moment.now)}, acted.holder)


def _request_payment(acted: Acted, fields: Fields) -> Prepared:
    until = pay_until(acted.dossier, acted.moment, acted.occurred_at, fields.get("until"))
    prepared = _charge(acted, fields)
    return Prepared(prepared.fields | {"until": until}, prepared.holder)


def _confirm_payment(acted: Acted, fields: Fields) -> Prepared:
    if fields["paid_at"] > acted.moment.now:
        raise BadRequest(
            "in_the_future", "paid_at lies after the ledger's time: a payment is confirmed when made"
        )
    return Prepared(fields, acted.holder)


def _correct(acted: Acted, fields: Fields) -> Prepared:
    place = fields.pop("place", None)
    unit = living_unit(acted.moment.organisation, place, acted.moment.now) if place else None
    return Prepared(
        _sealed(acted, fields, "note")
        | {"place": unit.id if unit else None, "place_code": unit.code if unit else None},
        acted.holder,
    )


def _rate(acted: Acted, fields: Fields) -> Prepared:
    """An applicant rates for themself; a portal says for which party."""
    by, actor = fields["by"], acted.acting.actor
    if actor.kind == "applicant":
        own = acted.party or UUID(actor.id)
        judge_own_rating(own if by == UUID(actor.id) else by, own)
        by = own
    subject, comment = by or acted.dossier.id, fields.get("comment")
    sealed = None if comment is None else Personal(subject, comment)
    return Prepared(fields | {"by": by, "comment": sealed}, acted.holder)


ACTS: dict[str, Act] = {
    "accept": Act(_accept),
    "refuse-intake": Act(_sealing("reason")),
    "arrive": Act(_arrive),
    "assign": Act(_to_officer),
    "forward": Act(_forward),
    "take": Act(_to_officer),
    "request-supplement": Act(_request_supplement),
    "submit-supplement": Act(_supplement, from_outside=True),
    "request-payment": Act(_request_payment),
    "charge": Act(_charge),
    "confirm-payment": Act(_confirm_payment, from_outside=True),
    "consult": Act(_consult),
    "answer-consultation": Act(_sealing("answer")),
    "begin-inspection": Act(_sealing("subject")),
    "end-inspection": Act(_sealing("finding")),
    "resume": Act(_sealing("reason")),
    **COMPONENT_ACTS,
    "confirm-draft": Act(_plain, from_outside=True),
    "stop": Act(_stop),
    "time-passed": Act(_time_passed),
    "close": Act(_plain),
    "withdraw": Act(_sealing("reason"), from_outside=True),
    "extend": Act(_sealing("reason")),
    "apologise": Act(_sealing("text")),
    "finish": Act(_finish),
    "issue-result": Act(_issue_result),
    "check-signature": Act(_plain, from_outside=True),
    "link-result": Act(_plain),
    "return-result": Act(_sealing("collected_by")),
    "recall": Act(_recall),
    "send-back": Act(_send_back),
    "correct": Act(_correct),
    "rate": Act(_rate, from_outside=True),
}
