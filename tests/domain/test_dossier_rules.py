"""Each rule of a dossier by the situation in which a clerk meets it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain import ending_rules, record_rules, rules, waiting_rules
from domain.dossier import Dossier
from domain.dossier_facts import DossierSubmitted, SupplementSubmitted
from domain.transitions import ACCEPTED, IN_PROCESSING, PAYMENT_REQUESTED, STOPPED, WITHDRAWN
from tests.domain import situations as given
from tests.domain.situations import (
    A_TEXT,
    DESK,
    DIVISION,
    DUE,
    OBLIGATION,
    OFFICER,
    OWNER,
    START,
    SUBMITTER,
    assert_refused,
    by,
    last_fact,
)


def test_nothing_can_be_done_before_the_first_fact() -> None:
    dossier = Dossier.empty(given.an_id(1))
    assert_refused(rules.BEGUN, dossier, lambda: dossier.take(by(), officer=OFFICER))


def test_a_dossier_is_not_submitted_imported_or_quarantined_a_second_time() -> None:
    dossier = given.submitted()
    for second in (
        lambda: dossier.import_from(by(), code="x", source="s", case_id="1", attributes=()),
        lambda: dossier.quarantine(by(), code="x", taken_by=OWNER, source="s", reason="code_taken"),
    ):
        assert_refused(rules.BEGINS_ONCE, dossier, second)


def test_owner_and_submitter_stay_two_persons() -> None:
    dossier = given.submitted()
    assert (dossier.owner, dossier.submitter) == (OWNER, SUBMITTER)


def test_the_first_fact_names_its_holder() -> None:
    dossier = Dossier.empty(given.an_id(1))
    with pytest.raises(ValueError, match="holder"):
        dossier.import_from(by(holder=None), code="x", source="s", case_id="1", attributes=())
    submitted = given.submitted()
    with pytest.raises(ValueError, match="holder"):
        submitted.forward(by(holder=None), from_agency=DESK, to_agency=DIVISION)
    assert submitted.version == 1


def test_a_code_with_a_blank_is_not_kept() -> None:
    dossier = Dossier.empty(given.an_id(1))
    assert_refused(
        record_rules.CODE_ACCEPTABLE,
        dossier,
        lambda: dossier.import_from(by(), code="a b", source="s", case_id="1", attributes=()),
    )


def test_a_time_limit_without_its_due_date_is_no_limit() -> None:
    dossier = given.submitted()
    for limit in ((8, None, None), (8, "working_day", None), (None, None, DUE), (8, "working_day", START)):
        amount, unit, due = limit
        assert_refused(
            rules.ACCEPT_LIMIT,
            dossier,
            lambda amount=amount, unit=unit, due=due: dossier.accept(  # type: ignore[misc]
                by(),
                procedure_version=1,
                channel="counter",
                calendar_position=1,
                counted_from=START,
                limit_amount=amount,
                limit_unit=unit,
                statutory_due=due,
            ),
        )


def test_the_clock_does_not_run_from_before_the_submission() -> None:
    dossier = given.submitted()
    assert_refused(
        rules.ACCEPT_CLOCK,
        dossier,
        lambda: dossier.accept(
            by(),
            procedure_version=1,
            channel="counter",
            calendar_position=1,
            counted_from=START - timedelta(microseconds=1),
        ),
    )


def test_a_supplement_asked_at_intake_that_does_not_come_ends_in_refusal_not_before_its_deadline() -> None:
    dossier = given.ask_supplement(given.submitted())
    assert_refused(
        rules.REFUSE_INTAKE_LATE,
        dossier,
        lambda: dossier.refuse_intake(by(47.9), ground="other", reason=A_TEXT),
    )
    assert_refused(
        ending_rules.STOP_LATE, dossier, lambda: dossier.stop(by(48), ground="other", reason=A_TEXT)
    )
    dossier.refuse_intake(by(48), ground="other", reason=A_TEXT)
    assert dossier.status == 3


def test_a_supplement_asked_after_acceptance_that_does_not_come_ends_in_a_stop() -> None:
    for dossier in (given.ask_supplement(given.accepted()), given.ask_supplement(given.in_processing())):
        assert_refused(
            rules.REFUSE_INTAKE_LATE,
            dossier,
            lambda dossier=dossier: dossier.refuse_intake(by(48), ground="other", reason=A_TEXT),  # type: ignore[misc]
        )
        dossier.stop(by(48), ground="other", reason=A_TEXT)
        assert dossier.status == 8


def test_a_supplement_without_a_deadline_is_never_late_but_can_be_given_up() -> None:
    dossier = given.ask_supplement(given.submitted(), until=None)
    assert_refused(
        rules.REFUSE_INTAKE_LATE,
        dossier,
        lambda: dossier.refuse_intake(by(9_999), ground="other", reason=A_TEXT),
    )
    dossier.resume(by(2), reason=A_TEXT)
    dossier.refuse_intake(by(3), ground="other", reason=A_TEXT)
    assert dossier.status == 3


def test_a_late_supplement_still_counts() -> None:
    dossier = given.ask_supplement(given.accepted())
    dossier.submit_supplement(by(500), components=())
    fact = last_fact(dossier)
    assert isinstance(fact, SupplementSubmitted)
    assert fact.resumes == dossier.status == 2


def test_a_deadline_in_the_past_is_not_set() -> None:
    dossier = given.in_processing()
    assert_refused(waiting_rules.UNTIL_AHEAD, dossier, lambda: given.ask_supplement(dossier, until=START))
    assert_refused(
        waiting_rules.UNTIL_AHEAD,
        dossier,
        lambda: dossier.consult(by(), agency=DIVISION, question=A_TEXT, until=START),
    )


def test_a_dossier_is_not_forwarded_to_where_it_is() -> None:
    dossier = given.submitted()
    assert_refused(
        rules.MOVE_TO_ANOTHER, dossier, lambda: dossier.forward(by(), from_agency=DESK, to_agency=DESK)
    )


def test_the_facts_that_set_a_holder_are_listed_with_their_versions() -> None:
    dossier = given.accepted()
    dossier.forward(by(holder=DIVISION), from_agency=DESK, to_agency=DIVISION)
    dossier.assign(by(holder=DIVISION), officer=OFFICER)
    dossier.recall(by(), from_agency=DIVISION, reason=A_TEXT)
    assert dossier.holder_sets == [(DESK, 1), (DIVISION, 3), (DESK, 5)]


def test_a_payment_is_confirmed_once_and_in_full() -> None:
    dossier = given.ask_payment(given.in_processing())
    assert_refused(waiting_rules.PAYMENT_AMOUNT, dossier, lambda: given.pay(dossier, amount_vnd=49_999))
    given.pay(dossier)
    assert dossier.status == 4
    assert dossier.obligations[OBLIGATION].reference == "r-1"
    assert_refused(waiting_rules.PAYMENT_REPEATED, dossier, lambda: given.pay(dossier))
    assert_refused(waiting_rules.PAYMENT_OPEN, dossier, lambda: given.pay(dossier, reference="r-2"))


def test_a_repeated_report_of_a_payment_is_known_even_after_the_end() -> None:
    dossier = given.pay(given.ask_payment(given.in_processing()))
    dossier.withdraw(by())
    assert_refused(waiting_rules.PAYMENT_REPEATED, dossier, lambda: given.pay(dossier))


def test_an_obligation_is_requested_once_and_is_more_than_nothing() -> None:
    dossier = given.pay(given.ask_payment(given.in_processing()))
    assert_refused(waiting_rules.PAYMENT_NEW, dossier, lambda: given.ask_payment(dossier))
    assert_refused(
        waiting_rules.PAYMENT_NEW,
        dossier,
        lambda: dossier.request_payment(by(), obligation=given.an_id(77), amount_vnd=0, purpose="other"),
    )


def test_an_unpaid_obligation_lapses_with_the_waiting_and_its_payment_is_recorded_whenever_it_comes() -> None:
    dossier = given.ask_payment(given.in_processing())
    dossier.resume(by(2), reason=A_TEXT)
    assert dossier.obligations[OBLIGATION].lapsed
    another = given.an_id(23)
    dossier.request_payment(by(3), obligation=another, amount_vnd=10, purpose="other")
    given.pay(dossier)
    assert (dossier.status, dossier.obligations[another].open) == (PAYMENT_REQUESTED, True)
    dossier.withdraw(by())
    assert not any(owed.open for owed in dossier.obligations.values())
    dossier.confirm_payment(
        by(9), obligation=another, amount_vnd=10, paid_at=START + timedelta(hours=4), reference="r-10"
    )
    assert (dossier.status, dossier.obligations[another].reference) == (WITHDRAWN, "r-10")


def test_what_is_charged_at_receipt_is_waited_for_by_nobody() -> None:
    dossier = given.accepted()
    dossier.charge(by(), obligation=OBLIGATION, amount_vnd=50_000, purpose="fee", collected="receipt")
    assert (dossier.status, dossier.obligations[OBLIGATION].open) == (ACCEPTED, True)
    dossier.assign(by(1), officer=OFFICER)
    given.pay(dossier)
    assert (dossier.status, dossier.obligations[OBLIGATION].open) == (IN_PROCESSING, False)
    again = dossier.charge
    assert_refused(
        waiting_rules.PAYMENT_NEW,
        dossier,
        lambda: again(by(), obligation=OBLIGATION, amount_vnd=1, purpose="fee", collected="return"),
    )


def test_what_is_charged_and_not_paid_lapses_with_the_withdrawal() -> None:
    dossier = given.accepted()
    dossier.charge(by(), obligation=OBLIGATION, amount_vnd=50_000, purpose="fee", collected="return")
    dossier.withdraw(by(1))
    assert dossier.obligations[OBLIGATION].lapsed


def test_a_fee_is_asked_for_as_the_procedure_lists_it() -> None:
    dossier = given.in_processing()
    fields: dict[str, Any] = {"obligation": OBLIGATION, "purpose": "fee", "listed_vnd": 20_000}
    assert_refused(
        waiting_rules.PAYMENT_LISTED,
        dossier,
        lambda: dossier.request_payment(by(), amount_vnd=30_000, **fields),
    )
    dossier.request_payment(by(), amount_vnd=20_000, **fields)
    assert dossier.status == PAYMENT_REQUESTED


@pytest.mark.parametrize(("until", "hours"), [(None, 99), (48, 47)])
def test_while_a_payment_is_awaited_nothing_is_stopped_before_its_deadline(
    until: int | None, hours: int
) -> None:
    dossier = given.in_processing()
    deadline = None if until is None else START + timedelta(hours=until)
    dossier.request_payment(by(), obligation=OBLIGATION, amount_vnd=1, purpose="tax", until=deadline)
    stop = dossier.stop
    assert_refused(ending_rules.STOP_UNPAID, dossier, lambda: stop(by(hours), ground="other", reason=A_TEXT))
    if until is not None:
        stop(by(until), ground="other", reason=A_TEXT)
        assert dossier.status == STOPPED


def test_an_obligation_of_nobody_is_not_confirmed() -> None:
    dossier = given.ask_payment(given.in_processing())
    assert_refused(
        waiting_rules.CONFIRM_PAYMENT,
        dossier,
        lambda: dossier.confirm_payment(
            by(), obligation=given.an_id(404), amount_vnd=50_000, paid_at=START, reference="r-9"
        ),
    )


def test_a_lookup_has_one_of_four_outcomes() -> None:
    dossier = given.submitted()
    assert_refused(
        record_rules.ONE_OF, dossier, lambda: dossier.record_lookup(by(), source="s", outcome="maybe")
    )


def test_the_rules_that_decided_stand_in_the_envelope_after_those_of_the_caller() -> None:
    dossier = given.submitted()
    envelope = by(holder=DIVISION)
    dossier.forward(envelope, from_agency=DESK, to_agency=DIVISION)
    assert last_fact(dossier).envelope.rules == ("dossier.forward.not_concluded",)
    assert envelope.rules == ()
    assert isinstance(dossier.pending_events[0], DossierSubmitted)
