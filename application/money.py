"""What a dossier is asked to pay: as its procedure lists it for the channel, the case, the province and the
day, and by when (reference section 3.8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from application.clocks import terms_of, time_until, version_of
from application.moment import Moment
from application.organisation import Organisation
from application.refusals import BadRequest
from domain.dossier import Dossier
from domain.dossier_facts import DossierCharged, PaymentRequested
from domain.dossier_supplements import judge_until
from domain.facts import Fact
from domain.local_time import local_date

Fields = dict[str, Any]


def asked(dossier: Dossier, moment: Moment, holder: UUID, at: datetime, fields: Fields) -> Fields:
    """The amount, as given or as listed, and what the procedure lists. BadRequest (amount_missing)."""
    version = version_of(dossier, moment.organisation, at)
    is_fee = fields["purpose"] == "fee"
    listed = listed_at(dossier, moment.organisation, holder, at, fields.get("count", 1)) if is_fee else None
    amount = fields.get("amount_vnd")
    if amount is None and is_fee:
        line = None if version is None else version.entry(dossier.channel, dossier.case)
        amount = listed if listed is not None or line is None else line.get("fee_vnd")
    if amount is None:
        raise BadRequest(
            "amount_missing", "the procedure does not list what is to be paid: give the amount in amount_vnd"
        )
    return fields | {"amount_vnd": amount, "listed_vnd": listed}


def pay_until(
    dossier: Dossier, moment: Moment, at: datetime, asked_until: datetime | None
) -> datetime | None:
    """When the applicant's time to pay ends: as the procedure gives it, else as the officer sets it. Raises
    Refused (dossier.until.of_procedure), BadRequest (calendar_unknown)."""
    terms = terms_of(dossier, moment.organisation, at)
    given = time_until(terms.payment.until, terms, moment, at)
    judge_until(given, asked_until)
    return given or asked_until


def province_of(organisation: Organisation, agency: UUID, t: datetime) -> str | None:
    """The code of the province in which an agency lies at `t`."""
    unit = organisation.units[organisation.unit_of(organisation.agencies[agency], t)]
    while unit.level != "province" and unit.parent is not None:
        unit = organisation.units[unit.parent]
    return unit.code if unit.level == "province" else None


def listed_at(
    dossier: Dossier, organisation: Organisation, holder: UUID, at: datetime, count: int
) -> int | None:
    """What the procedure's version lists for so many, in VND; None where it lists nothing that fits."""
    version = version_of(dossier, organisation, at)
    if version is None or not version.terms.payment.fees:
        return None
    province = province_of(organisation, holder, at)
    fee = version.terms.payment.fee(dossier.channel, dossier.case, province, local_date(at))
    return None if fee is None else fee.total(count)


def wrongly_listed(dossier: Dossier, fact: Fact, organisation: Organisation) -> str | None:
    """What the audit says of a fact that asks for another amount than the procedure lists; None: nothing."""
    if not isinstance(fact, PaymentRequested | DossierCharged) or fact.envelope.holder is None:
        return None
    at, holder = fact.envelope.occurred_at, fact.envelope.holder
    listed = listed_at(dossier, organisation, holder, at, fact.count)
    asked_rightly = fact.purpose != "fee" or fact.listed_vnd in (None, fact.amount_vnd)
    if fact.listed_vnd in (None, listed) and asked_rightly:
        return None
    return (
        f"asks for {fact.amount_vnd} VND and states {fact.listed_vnd} as listed, the procedure lists {listed}"
    )
