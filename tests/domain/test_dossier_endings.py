"""The rules of a dossier's dates, its endings, going back and correcting, by situation."""

from __future__ import annotations

from datetime import timedelta

from domain import ending_rules, record_rules
from domain.dossier_facts import DossierRecalled
from tests.domain import situations as given
from tests.domain.situations import (
    A_TEXT,
    DESK,
    DIVISION,
    DUE,
    START,
    assert_refused,
    by,
    last_fact,
)


def test_the_due_date_is_extended_once_a_day_ahead_and_forward() -> None:
    later = DUE + timedelta(days=5)
    late = (DUE - START) / timedelta(hours=1) - 24 + 0.001
    dossier = given.in_processing()
    assert_refused(
        ending_rules.EXTEND_EARLY, dossier, lambda: dossier.extend(by(late), until=later, reason=A_TEXT)
    )
    assert_refused(ending_rules.EXTEND_LATER, dossier, lambda: dossier.extend(by(), until=DUE, reason=A_TEXT))
    dossier.extend(by(late - 0.001), until=later, reason=A_TEXT)
    assert (dossier.statutory_due, dossier.promised, dossier.due) == (DUE, DUE, later)
    assert_refused(
        ending_rules.EXTEND_ONCE,
        dossier,
        lambda: dossier.extend(by(), until=later + timedelta(days=1), reason=A_TEXT),
    )


def test_a_dossier_without_a_limit_has_nothing_to_extend() -> None:
    dossier = given.accept(given.submitted(), due=None)
    assert_refused(ending_rules.EXTEND_DUE, dossier, lambda: dossier.extend(by(), until=DUE, reason=A_TEXT))


def test_an_apology_leaves_the_due_date_alone() -> None:
    dossier = given.in_processing()
    dossier.apologise(by(9_999), text=A_TEXT, expected=DUE + timedelta(days=500))
    assert dossier.due == DUE


def test_an_apology_for_what_ended_moves_nothing_and_names_no_date_that_has_passed() -> None:
    for dossier in (given.finished(), given.returned(), given.stopped()):
        status = dossier.status
        dossier.apologise(by(9_999), text=A_TEXT)
        assert (dossier.status, dossier.due) == (status, DUE)
        assert_refused(
            ending_rules.APOLOGISE,
            dossier,
            lambda d=dossier: d.apologise(by(9_999), text=A_TEXT, expected=DUE),  # type: ignore[misc]
        )


def test_a_refusal_as_result_has_its_reason() -> None:
    dossier = given.in_processing()
    assert_refused(ending_rules.FINISH_REASON, dossier, lambda: dossier.finish(by(), outcome="refused"))
    assert_refused(record_rules.ONE_OF, dossier, lambda: dossier.finish(by(), outcome="rejected"))
    assert given.finished("refused").status == 9


def test_a_stopped_dossier_is_closed_once_and_can_be_closed_again_after_a_recall() -> None:
    dossier = given.stopped()
    dossier.close(by(), ground="other")
    assert dossier.status == 8
    assert_refused(ending_rules.CLOSE_ONCE, dossier, lambda: dossier.close(by(), ground="other"))
    dossier.recall(by(), from_agency=DESK, reason=A_TEXT)
    dossier.stop(by(), ground="other", reason=A_TEXT)
    dossier.close(by(), ground="other")
    assert dossier.closed


def test_a_linked_dossier_never_goes_back() -> None:
    dossier = given.accept(given.submitted(linked_group=given.an_id(7)))
    dossier.finish(by(), outcome="granted")
    assert_refused(
        ending_rules.NOT_LINKED, dossier, lambda: dossier.recall(by(), from_agency=DIVISION, reason=A_TEXT)
    )
    assert_refused(
        ending_rules.NOT_LINKED,
        dossier,
        lambda: dossier.send_back(by(), from_agency=DIVISION, to_agency=DESK, reason=A_TEXT),
    )


def test_recalled_from_a_stop_for_want_of_papers_it_waits_for_them_again() -> None:
    dossier = given.ask_supplement(given.in_processing())
    dossier.stop(by(48), ground="other", reason=A_TEXT)
    dossier.recall(by(50), from_agency=DIVISION, reason=A_TEXT)
    fact = last_fact(dossier)
    assert isinstance(fact, DossierRecalled)
    assert fact.resumes == dossier.status == 5
    dossier.submit_supplement(by(51), components=())
    assert dossier.status == 4


def test_sent_back_from_a_direct_finish_it_is_in_processing_and_recalled_from_there_accepted() -> None:
    dossier = given.accepted()
    dossier.finish(by(), outcome="granted")
    dossier.send_back(by(), from_agency=DESK, to_agency=DIVISION, reason=A_TEXT)
    assert dossier.path == (1, 2, 4)
    dossier.recall(by(), from_agency=DIVISION, reason=A_TEXT)
    assert dossier.status == 2


def test_sent_back_into_processing_where_it_never_was_a_later_stop_is_recalled_to_the_right_wait() -> None:
    dossier = given.ask_supplement(given.accepted())
    dossier.stop(by(48), ground="other", reason=A_TEXT)
    dossier.send_back(by(49), from_agency=DESK, to_agency=DIVISION, reason=A_TEXT)
    given.ask_supplement(dossier)
    dossier.stop(by(50), ground="other", reason=A_TEXT)
    dossier.recall(by(51), from_agency=DIVISION, reason=A_TEXT)
    dossier.resume(by(52), reason=A_TEXT)
    assert dossier.path == (1, 2, 4)


def test_a_correction_names_a_fact_that_exists_and_moves_the_place_in_any_status() -> None:
    for make in given.GIVEN.values():
        dossier = make()
        for unknown in (0, dossier.version + 1):
            assert_refused(
                ending_rules.CORRECT,
                dossier,
                lambda dossier=dossier, unknown=unknown: dossier.correct(by(), corrects=unknown, note=A_TEXT),  # type: ignore[misc]
            )
        status = dossier.status
        dossier.correct(by(), corrects=1, note=A_TEXT)
        assert dossier.place == given.COMMUNE
        dossier.correct(by(), corrects=1, note=A_TEXT, place=given.OTHER_COMMUNE, place_code="07213")
        assert (dossier.place, dossier.place_code) == (given.OTHER_COMMUNE, "07213")
        assert dossier.status == status
