"""Papers asked for and brought: each lawful pattern moves the clock in its own way, and the audit at the end
of every test recomputes each date (reference section 3.3, mistakes 2 and 3, defect 11).

The dossier is accepted on Monday 2 June 2025 with five working days: due at the end of Monday 9 June.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from application.refusals import BadRequest
from domain import waiting_rules
from domain.deadlines import HOUR as HOURS
from domain.transitions import IN_PROCESSING, SUBMITTED, SUPPLEMENT_REQUESTED
from tests.office import one_dossier
from tests.office.one_dossier import (
    DESK,
    FRIDAY,
    MONDAY,
    PROCEDURE,
    ask,
    bring,
    due,
    end_of,
    known,
    refused_by,
)
from tests.office.world import Office


async def in_processing(
    office: Office, supplement: dict[str, Any] | None = None, unit: str = "working_day"
) -> str:
    return await one_dossier.in_processing(office, {"supplement": supplement} if supplement else None, unit)


async def test_by_the_general_rule_the_limit_is_counted_anew_from_the_day_the_papers_came(
    office: Office,
) -> None:
    code = await in_processing(office)
    found = await due(office, code)
    assert found is not None
    assert (found["statutory"], found["awaits"]) == (end_of(9), None)
    await ask(office, code, FRIDAY)
    await bring(office, code, datetime(2025, 6, 18, 3, tzinfo=UTC))  # a Wednesday
    found = await due(office, code)
    assert found is not None
    assert found["statutory"] == found["promised"] == end_of(25)
    assert (await known(office, code)).dossier.status == IN_PROCESSING


async def test_while_papers_are_awaited_nothing_becomes_overdue(office: Office) -> None:
    code = await in_processing(office)
    await ask(office, code, FRIDAY)
    await office.move_clock(end_of(20))
    found = await due(office, code)
    assert found == {
        "at": None,
        "statutory": None,
        "promised": None,
        "extended_until": None,
        "remaining": {"unit": "working_day", "amount": 1},
        "awaits": "supplement",
    }


async def test_where_the_applicants_time_is_not_counted_what_was_left_is_left(office: Office) -> None:
    code = await in_processing(office, {"pattern": "suspend"})
    await ask(office, code, datetime(2025, 6, 4, 8, tzinfo=UTC))  # Wednesday: Thursday, Friday, Monday left
    await bring(office, code, datetime(2025, 6, 19, 3, tzinfo=UTC))  # a Thursday
    found = await due(office, code)
    assert found is not None
    assert found["statutory"] == end_of(24)


async def test_papers_brought_on_the_day_they_were_asked_for_move_nothing(office: Office) -> None:
    code = await in_processing(office, {"pattern": "suspend"})
    await ask(office, code, FRIDAY)
    await bring(office, code, FRIDAY + timedelta(hours=5))
    found = await due(office, code)
    assert found is not None
    assert found["statutory"] == end_of(9)


async def test_a_limit_in_hours_stands_still_to_the_second(office: Office) -> None:
    code = await in_processing(office, {"pattern": "suspend"}, unit=HOURS)
    asked = MONDAY + timedelta(hours=2)
    await ask(office, code, asked)
    brought = FRIDAY
    await bring(office, code, brought)
    dossier = (await known(office, code)).dossier
    assert dossier.statutory_due is not None
    assert dossier.counted_from is not None
    left = dossier.statutory_due - dossier.counted_from
    assert timedelta(hours=2, minutes=59) < left < timedelta(hours=3, minutes=1)


async def test_a_fresh_period_of_the_procedure_replaces_what_was_left(office: Office) -> None:
    terms = {"pattern": "residual", "residual": {"amount": 7, "unit": "working_day"}}
    code = await in_processing(office, terms)
    await ask(office, code, FRIDAY)
    await bring(office, code, datetime(2025, 6, 10, 3, tzinfo=UTC))
    found = await due(office, code)
    assert found is not None
    assert found["statutory"] == end_of(19)


async def test_a_civil_status_matter_begins_again_at_intake_without_a_clock(office: Office) -> None:
    code = await in_processing(office, {"pattern": "restart_at_intake"})
    await ask(office, code, FRIDAY)
    await bring(office, code, FRIDAY + timedelta(days=4))
    dossier = (await known(office, code)).dossier
    assert (dossier.status, dossier.statutory_due, dossier.clock_left) == (SUBMITTED, None, None)
    assert await due(office, code) is None
    await office.act(office.officer(DESK), code, "accept", dossier.version)
    found = await due(office, code)
    assert found is not None
    assert found["statutory"] == end_of(17)


async def test_where_only_filing_anew_helps_no_papers_are_taken(office: Office) -> None:
    code = await in_processing(office, {"pattern": "new_submission"})
    await ask(office, code, FRIDAY)
    await refused_by(waiting_rules.SUPPLEMENT_ANEW, bring(office, code, FRIDAY + timedelta(days=1)))
    assert (await known(office, code)).dossier.status == SUPPLEMENT_REQUESTED


async def test_what_is_late_already_stays_late_whatever_is_asked_for_afterwards(office: Office) -> None:
    code = await in_processing(office)
    await ask(office, code, end_of(10))
    await bring(office, code, end_of(12))
    found = await due(office, code)
    assert found is not None
    assert found["statutory"] == end_of(9)
    assert found["remaining"]["amount"] < 0


async def test_going_on_without_the_papers_goes_on_with_what_was_left(office: Office) -> None:
    code = await in_processing(office)
    await ask(office, code, FRIDAY)
    at = datetime(2025, 6, 18, 3, tzinfo=UTC)
    await office.move_clock(at)
    revision = (await known(office, code)).dossier.version
    await office.act(office.officer(DESK), code, "resume", revision, reason="đủ rồi")
    found = await due(office, code)
    assert found is not None
    assert found["statutory"] == end_of(19)  # one day was left


@pytest.mark.parametrize(("pattern", "statutory", "extended"), [("suspend", 18, 23), ("recount", 24, None)])
async def test_an_extension_stands_still_with_the_clock_and_lapses_when_it_is_counted_anew(
    office: Office, pattern: str, statutory: int, extended: int | None
) -> None:
    code = await in_processing(office, {"pattern": pattern})
    revision = (await known(office, code)).dossier.version
    fields = {"until": end_of(12), "reason": "chưa xong"}
    await office.act(office.officer(DESK), code, "extend", revision, **fields)
    await ask(office, code, FRIDAY)
    await bring(office, code, datetime(2025, 6, 17, 3, tzinfo=UTC))
    dossier = (await known(office, code)).dossier
    assert dossier.statutory_due == end_of(statutory)
    assert dossier.extended_until == (end_of(extended) if extended else None)


async def test_a_third_trip_needs_what_was_not_followed_and_names_the_rule(office: Office) -> None:
    code = await in_processing(office)
    for day in (3, 5):
        await ask(office, code, datetime(2025, 6, day, 1, tzinfo=UTC))
        await bring(office, code, datetime(2025, 6, day + 1, 1, tzinfo=UTC))
    again = datetime(2025, 6, 9, 1, tzinfo=UTC)
    await refused_by(waiting_rules.SUPPLEMENT_TRIPS, ask(office, code, again))
    await ask(office, code, again + timedelta(minutes=1), not_followed="không nộp bản chính như hướng dẫn")
    facts = (await known(office, code)).facts
    (third,) = [r.fact for r in facts if waiting_rules.SUPPLEMENT_TRIPS.id in r.fact.envelope.rules]
    assert third.TOPIC == "dossier.supplement_requested.v3"


async def test_a_procedure_that_asks_once_asks_once(office: Office) -> None:
    code = await in_processing(office, {"pattern": "suspend", "at_most": 1})
    await ask(office, code, datetime(2025, 6, 3, 1, tzinfo=UTC))
    await bring(office, code, datetime(2025, 6, 4, 1, tzinfo=UTC))
    await refused_by(waiting_rules.SUPPLEMENT_TRIPS, ask(office, code, FRIDAY))


async def test_the_applicant_has_the_time_that_the_procedure_gives(office: Office) -> None:
    terms = {"pattern": "suspend", "until": {"amount": 10, "unit": "calendar_day"}}
    code = await in_processing(office, terms)
    own = end_of(7)
    await refused_by(waiting_rules.SUPPLEMENT_UNTIL, ask(office, code, FRIDAY, until=own))
    await ask(office, code, FRIDAY + timedelta(minutes=1))
    assert (await known(office, code)).dossier.supplement_until == end_of(16)


async def test_a_request_before_acceptance_stops_no_clock_since_none_runs(office: Office) -> None:
    await in_processing(office)
    filed = await office.filed(DESK, "07207", PROCEDURE, accept=False)
    await ask(office, filed.code, FRIDAY)
    await bring(office, filed.code, FRIDAY + timedelta(days=1))
    dossier = (await known(office, filed.code)).dossier
    assert (dossier.status, dossier.clock_left, dossier.due) == (SUBMITTED, None, None)


async def test_papers_that_come_in_a_year_without_a_calendar_are_not_counted_by_guessing(
    office: Office,
) -> None:
    code = await in_processing(office)
    await ask(office, code, FRIDAY)
    with pytest.raises(BadRequest) as refusal:
        await bring(office, code, datetime(2025, 12, 30, 3, tzinfo=UTC))
    assert refusal.value.code == "calendar_unknown"
