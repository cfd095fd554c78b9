"""How a dossier begins: what is filed on paper, who typed it in, and what an agency opens by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain import rules
from domain.dossier import Dossier
from domain.dossier_beginning_facts import DossierBegun, DossierSubmitted
from domain.facts import Actor
from tests.domain import situations as given
from tests.domain.situations import DESK, OWNER, assert_refused, by, last_fact, replayed, state

LAST_OF_JUNE = datetime(2025, 6, 30, 16, 59, tzinfo=UTC)
FIRST_OF_JULY = datetime(2025, 6, 30, 17, tzinfo=UTC)
"""Midnight in Vietnam."""
PAPER, DATA = ({"id": "c1", "form": form, "count": 1} for form in ("original", "electronic"))
APPLICANT = Actor("applicant", str(OWNER))


def filed(at: datetime = LAST_OF_JUNE, actor: Actor | None = None, **said: Any) -> Dossier:
    dossier = Dossier.empty(given.an_id(104))
    envelope = replace(by(), occurred_at=at)
    values: dict[str, Any] = {
        "code": "000.00.21.H26-250630-0001",
        "code_origin": "assumed",
        "procedure": given.an_id(51),
        "procedure_code": "1.001193",
        "channel": "counter",
        "owner": OWNER,
        "submitter": OWNER,
        "receiving_agency": DESK,
        "competent_agency": DESK,
        "returning_agency": DESK,
        "components": (),
    }
    dossier.submit(envelope if actor is None else replace(envelope, actor=actor), **values | said)
    return dossier


@pytest.mark.parametrize(
    ("at", "components", "reason", "named"),
    [
        (FIRST_OF_JULY, (PAPER,), None, True),
        (FIRST_OF_JULY, (DATA, PAPER), None, False),
        (FIRST_OF_JULY, (PAPER,), "no_device", False),
        (FIRST_OF_JULY, (DATA,), None, False),
        (FIRST_OF_JULY, (), None, False),
        (LAST_OF_JUNE, (PAPER,), None, False),
    ],
)
def test_papers_filed_without_a_reason_since_1_july_2025_are_filed_and_the_fact_names_the_rule(
    at: datetime, components: tuple[dict[str, Any], ...], reason: str | None, named: bool
) -> None:
    fact = last_fact(filed(at, components=components, paper_reason=reason))
    assert isinstance(fact, DossierSubmitted)
    assert fact.paper_reason == reason
    assert fact.envelope.rules == ((rules.PAPER_REASON.id,) if named else ())


@pytest.mark.parametrize("said", ["officer", "postal_employee", "system"])
def test_what_an_applicant_files_as_themself_nobody_else_typed_in(said: str) -> None:
    dossier = Dossier.empty(given.an_id(104))
    assert_refused(rules.KEYED_BY_ONESELF, dossier, lambda: filed(actor=APPLICANT, keyed_by=said))
    assert filed(keyed_by=said).keyed_by == said


@pytest.mark.parametrize("said", ["applicant", "kiosk", None])
def test_an_applicant_types_it_in_or_a_kiosk_does(said: str | None) -> None:
    assert filed(actor=APPLICANT, keyed_by=said).keyed_by == said


def test_what_the_agency_opens_itself_has_an_owner_and_nobody_who_submitted_it() -> None:
    dossier = given.opened()
    assert (dossier.owner, dossier.submitter, dossier.submitted_at) == (OWNER, None, None)
    assert (dossier.status, dossier.service_level, dossier.trigger) == (1, 2, "age_reached")
    assert dossier.opened_at == by(24 * 400).occurred_at
    assert isinstance(last_fact(dossier), DossierBegun)
    assert state(replayed(dossier)) == state(dossier)


@pytest.mark.parametrize(("days", "level"), [(400, 0), (400, 5), (393.6, 1)])
def test_a_proactive_service_has_a_level_from_1_to_4_since_1_july_2026(days: float, level: int) -> None:
    """The third is opened late on 30 June 2026."""
    dossier = Dossier.empty(given.an_id(103))
    assert_refused(rules.SERVICE_LEVEL, dossier, lambda: given.opened(days, level))
    assert given.opened(393.7, 1).service_level == 1


def test_nothing_is_done_on_a_dossier_before_it_was_opened() -> None:
    dossier = given.opened()
    assert_refused(rules.NOT_BEFORE_FILING, dossier, lambda: dossier.arrive(by(), from_agency=DESK))
    assert_refused(rules.ACCEPT_CLOCK, dossier, lambda: given.accept(dossier))
