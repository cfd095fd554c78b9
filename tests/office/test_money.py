"""What a dossier costs: as the procedure lists it on the day, paid whenever the report comes, and what
follows when it is not (reference section 3.8). The audit at the end of every test compares each amount with
the version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from application.refusals import BadRequest
from domain import ending_rules, waiting_rules
from domain.dossier_facts import PaymentRequested
from domain.transitions import IN_PROCESSING, PAYMENT_REQUESTED, STOPPED
from tests.office.one_dossier import DESK, FRIDAY, ask, bring, do, end_of, in_processing, known, refused_by
from tests.office.world import Office

LAST_DAY = {"amount_vnd": 0, "valid_until": "2025-06-07"}
"""A programme of no fees until Friday 6 June, that day included."""
AFTERWARDS = {"amount_vnd": 20_000, "valid_from": "2025-06-07"}
FEE: dict[str, Any] = {"amount_vnd": None, "purpose": "fee", "count": 1}


def fees(*listed: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"payment": {"fees": list(listed), **more}}


async def pay(office: Office, code: str, at: datetime, amount: int = 20_000, number: int = 0) -> None:
    """The report of a payment of the dossier's first obligation, or of another."""
    await office.move_clock(at)
    obligation = list((await known(office, code)).dossier.obligations)[number]
    fields = {"obligation": obligation, "amount_vnd": amount, "paid_at": at, "reference": f"GD{number}"}
    await office.act(office.officer(DESK), code, "confirm-payment", None, **fields)


async def test_at_23_59_of_the_last_day_nothing_is_asked_for_and_at_0_00_the_fee_is(office: Office) -> None:
    code = await in_processing(office, fees(LAST_DAY, AFTERWARDS))
    midnight = end_of(6)
    before = do(office, code, "request-payment", midnight - timedelta(minutes=1), **FEE)
    await refused_by(waiting_rules.PAYMENT_NEW, before)  # nothing is no obligation
    given = do(office, code, "request-payment", **FEE | {"amount_vnd": 20_000})
    await refused_by(waiting_rules.PAYMENT_LISTED, given)
    await do(office, code, "request-payment", midnight, **FEE)
    (owed,) = (await known(office, code)).dossier.obligations.values()
    assert owed.amount_vnd == 20_000


async def test_the_province_of_the_agency_and_the_number_of_pages_decide_the_amount(office: Office) -> None:
    page = {"unit": "page", "most_vnd": 200_000}
    everywhere, here = {"amount_vnd": 3_000, **page}, {"amount_vnd": 2_000, "province": "24", **page}
    code = await in_processing(office, fees(everywhere, here))
    await do(office, code, "charge", collected="receipt", **FEE | {"count": 7})
    await do(office, code, "charge", collected="return", **FEE | {"count": 500})
    owed = (await known(office, code)).dossier.obligations.values()
    assert [o.amount_vnd for o in owed] == [14_000, 200_000]
    assert (await known(office, code)).dossier.status == IN_PROCESSING


async def test_a_tax_is_not_what_the_procedure_lists_as_its_fee(office: Office) -> None:
    code = await in_processing(office, fees(AFTERWARDS | {"valid_from": None}))
    await do(office, code, "request-payment", amount_vnd=1_250_000, purpose="tax", count=1)
    (asked,) = [r.fact for r in (await known(office, code)).facts if isinstance(r.fact, PaymentRequested)]
    assert (asked.amount_vnd, asked.listed_vnd) == (1_250_000, None)


async def test_what_the_procedure_does_not_list_is_said_by_the_officer(office: Office) -> None:
    code = await in_processing(office)
    with pytest.raises(BadRequest) as refusal:
        await do(office, code, "request-payment", amount_vnd=None, purpose="tax", count=1)
    assert refusal.value.code == "amount_missing"
    await do(office, code, "request-payment", amount_vnd=1_250_000, purpose="tax", count=1)


async def test_a_payment_reported_after_the_dossier_went_on_is_recorded_and_moves_nothing(
    office: Office,
) -> None:
    code = await in_processing(office)
    await do(office, code, "request-payment", amount_vnd=20_000, purpose="fee")
    await do(office, code, "resume", FRIDAY, reason="nộp sau")
    await ask(office, code, FRIDAY + timedelta(hours=1))
    await pay(office, code, FRIDAY + timedelta(hours=2))
    dossier = (await known(office, code)).dossier
    assert dossier.path[-2:] == (4, 5)
    assert next(iter(dossier.obligations.values())).reference == "GD0"
    await refused_by(waiting_rules.PAYMENT_REPEATED, pay(office, code, FRIDAY + timedelta(hours=3)))


async def test_payments_reported_in_another_order_than_they_were_asked_for(office: Office) -> None:
    code = await in_processing(office)
    await do(office, code, "charge", amount_vnd=5_000, purpose="charge", collected="return")
    await do(office, code, "request-payment", amount_vnd=20_000, purpose="fee")
    await pay(office, code, FRIDAY, number=1)
    assert (await known(office, code)).dossier.status == IN_PROCESSING
    await pay(office, code, FRIDAY + timedelta(hours=1), amount=5_000)
    assert (await known(office, code)).dossier.paid


async def test_the_applicant_has_the_time_to_pay_that_the_procedure_gives_and_then_it_is_stopped(
    office: Office,
) -> None:
    until = {"until": {"amount": 10, "unit": "calendar_day"}, "then": "stop", "refunded": False}
    code = await in_processing(office, fees(AFTERWARDS | {"valid_from": None}, **until))
    own = do(office, code, "request-payment", FRIDAY, **FEE | {"until": end_of(7)})
    await refused_by(waiting_rules.SUPPLEMENT_UNTIL, own)
    await do(office, code, "request-payment", **FEE)
    (owed,) = (await known(office, code)).dossier.obligations.values()
    assert owed.until == end_of(16)
    early = do(office, code, "stop", end_of(16) - timedelta(hours=1), ground="other", reason="chưa nộp")
    await refused_by(ending_rules.STOP_UNPAID, early)
    assert (await known(office, code)).dossier.status == PAYMENT_REQUESTED
    await do(office, code, "stop", end_of(16), ground="other", reason="chưa nộp")
    assert (await known(office, code)).dossier.status == STOPPED


async def test_what_is_charged_with_a_supplement_does_not_keep_it_from_coming(office: Office) -> None:
    code = await in_processing(office)
    await ask(office, code, FRIDAY)
    await do(office, code, "charge", amount_vnd=5_000, purpose="charge", collected="supplement")
    await bring(office, code, datetime(2025, 6, 10, 2, tzinfo=UTC))
    dossier = (await known(office, code)).dossier
    assert (dossier.status, dossier.paid) == (IN_PROCESSING, False)
