"""From what a limit runs: acceptance, arrival at who decides, or payment; and when it does not run at all
(reference sections 3.1 to 3.3, mistake 1). The audit at the end of every test recomputes each date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from application.catalogue_loads import load_calendar
from domain import waiting_rules
from tests.office.one_dossier import (
    DESK,
    FRIDAY,
    MONDAY,
    PROCEDURE,
    ask,
    assigned,
    awaits,
    bring,
    do,
    due,
    end_of,
    in_processing,
    known,
    published,
    received_elsewhere,
    refused_by,
    statutory,
)
from tests.office.province import OLD_DESKS, SYSTEM, calendar_2025
from tests.office.world import Office

DECIDES = OLD_DESKS["07210"]
WEDNESDAY = datetime(2025, 6, 4, 2, tzinfo=UTC)


async def the_year_2026(office: Office) -> None:
    """A year with no day off but its weekends."""
    await load_calendar(office.registry, SYSTEM, [calendar_2025() | {"year": 2026, "days_off": ()}])


async def pay(office: Office, code: str, at: datetime) -> None:
    """All that is asked for is reported as paid."""
    await office.move_clock(at)
    obligations = (await known(office, code)).dossier.obligations
    for obligation, owed in obligations.items():
        fields = {"obligation": obligation, "amount_vnd": owed.amount_vnd, "paid_at": at, "reference": "GD1"}
        await office.act(office.officer(DESK), code, "confirm-payment", None, **fields)


async def test_what_arrives_from_another_desk_is_counted_from_its_arrival_where_the_procedure_says_so(
    office: Office,
) -> None:
    await published(office, {"clock": {"start": "arrival"}})
    await office.move_clock(MONDAY)
    code = await received_elsewhere(office, DECIDES)
    found = await due(office, code)
    assert found is not None
    assert (found["at"], found["awaits"]) == (None, "arrival")
    assert found["remaining"] == {"unit": "working_day", "amount": 5}
    await do(office, code, "forward", to_agency=await office.agency(DECIDES), note=None)
    assert await awaits(office, code, DECIDES) == "arrival"  # under way, and not there
    await do(office, code, "arrive", FRIDAY, DECIDES)
    assert await statutory(office, code, DECIDES) == end_of(13)


async def test_whoever_decides_has_what_it_works_on_though_nobody_recorded_the_arrival(
    office: Office,
) -> None:
    await published(office, {"clock": {"start": "arrival"}})
    await office.move_clock(MONDAY)
    code = await received_elsewhere(office, DECIDES)
    await do(office, code, "forward", to_agency=await office.agency(DECIDES), note=None)
    await office.move_clock(FRIDAY)
    await assigned(office, code, DECIDES)
    assert await statutory(office, code, DECIDES) == end_of(13)


async def test_there_is_no_arrival_at_a_desk_that_decides_itself(office: Office) -> None:
    code = await in_processing(office, {"clock": {"start": "arrival"}})
    assert await statutory(office, code) == end_of(9)


@pytest.mark.parametrize(("day", "waits"), [(date(2026, 8, 4), None), (date(2026, 8, 5), "arrival")])
async def test_since_5_august_2026_what_one_desk_receives_for_another_is_counted_from_its_arrival(
    office: Office, day: date, waits: str | None
) -> None:
    await published(office, None)
    await the_year_2026(office)
    await office.move_clock(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
    code = await received_elsewhere(office, DECIDES)
    assert await awaits(office, code) == waits
    assert await statutory(office, code) == (None if waits else end_of(11, 8, 2026))


@pytest.mark.parametrize(("day", "counted_until"), [(31, end_of(7, 9, 2026)), (1, end_of(9, 9, 2026))])
async def test_from_september_2026_a_linked_group_received_after_15_00_counts_from_the_next_working_day(
    office: Office, day: int, counted_until: datetime
) -> None:
    """Monday 31 August and Tuesday 1 September 2026, at 15:01."""
    await published(office, None)
    await the_year_2026(office)
    month = 8 if day == 31 else 9
    await office.move_clock(datetime(2026, month, day, 8, 1, tzinfo=UTC))
    code = await received_elsewhere(office, DESK, linked_group=UUID(int=7))
    assert await statutory(office, code) == counted_until


async def test_papers_asked_for_on_the_evening_before_a_linked_groups_clock_runs_take_nothing_from_it(
    office: Office,
) -> None:
    """Friday 4 September 2026 at 15:01: the clock runs from Monday, and all of it is left until then."""
    await published(office, {"supplement": {"pattern": "suspend"}})
    await the_year_2026(office)
    evening = datetime(2026, 9, 4, 8, 1, tzinfo=UTC)
    await office.move_clock(evening)
    code = await received_elsewhere(office, DESK, linked_group=UUID(int=7))
    assert await statutory(office, code) == end_of(14, 9, 2026)
    await ask(office, code, evening + timedelta(minutes=30))
    await bring(office, code, evening + timedelta(hours=1))
    assert await statutory(office, code) == end_of(14, 9, 2026)
    await ask(office, code, evening + timedelta(hours=2))
    await bring(office, code, datetime(2026, 9, 9, 2, tzinfo=UTC))
    assert await statutory(office, code) == end_of(16, 9, 2026)


async def test_a_limit_that_hangs_on_payment_runs_from_its_confirmation(office: Office) -> None:
    code = await in_processing(office, {"clock": {"start": "payment"}})
    assert await awaits(office, code) == "payment"
    await do(office, code, "request-payment", amount_vnd=20_000, purpose="fee")
    assert await awaits(office, code) == "payment"
    await pay(office, code, FRIDAY)
    assert await statutory(office, code) == end_of(13)


async def test_waiting_for_payment_counts_unless_the_procedure_says_that_it_does_not(office: Office) -> None:
    code = await in_processing(office)
    await do(office, code, "request-payment", WEDNESDAY, amount_vnd=20_000, purpose="fee")
    await pay(office, code, FRIDAY)
    assert await statutory(office, code) == end_of(9)


async def test_a_wait_for_payment_that_does_not_count_is_left_out(office: Office) -> None:
    code = await in_processing(office, {"clock": {"excluded": ["payment"]}})
    await do(office, code, "request-payment", WEDNESDAY, amount_vnd=20_000, purpose="fee")
    assert await awaits(office, code) == "payment"
    await pay(office, code, FRIDAY)
    assert await statutory(office, code) == end_of(11)  # Thursday, Friday and Monday were left


async def test_asking_another_agency_counts_by_the_general_rule(office: Office) -> None:
    code = await in_processing(office)
    agency = await office.agency(DECIDES)
    await do(office, code, "consult", WEDNESDAY, agency=agency, question="ý kiến", until=None)
    assert await awaits(office, code) is None
    assert await statutory(office, code) == end_of(9)


async def test_where_consultation_does_not_count_the_clock_stands_until_the_last_answer(
    office: Office,
) -> None:
    code = await in_processing(office, {"clock": {"excluded": ["consultation"]}})
    agency = await office.agency(DECIDES)
    await do(office, code, "consult", WEDNESDAY, agency=agency, question="ý kiến", until=None)
    await do(office, code, "consult", agency=agency, question="thêm ý kiến", until=None)
    first, second = sorted((await known(office, code)).dossier.consulted)
    await do(office, code, "answer-consultation", FRIDAY, consultation=first, answer="đồng ý")
    assert await awaits(office, code) == "consultation"
    monday = datetime(2025, 6, 9, 2, tzinfo=UTC)
    await do(office, code, "answer-consultation", monday, consultation=second, answer="đồng ý")
    assert await statutory(office, code) == end_of(12)
    again = do(office, code, "answer-consultation", consultation=second, answer="đồng ý")
    await refused_by(waiting_rules.ANSWER_OPEN, again)


async def test_an_inspection_that_does_not_count_is_left_out(office: Office) -> None:
    code = await in_processing(office, {"clock": {"excluded": ["inspection"]}})
    await do(office, code, "begin-inspection", WEDNESDAY, subject="thửa đất")
    assert await awaits(office, code) == "inspection"
    await refused_by(waiting_rules.BEGIN_INSPECTION, do(office, code, "begin-inspection", subject="thửa đất"))
    await do(office, code, "end-inspection", FRIDAY, finding="đúng hiện trạng")
    assert await statutory(office, code) == end_of(11)
    await refused_by(
        waiting_rules.END_INSPECTION, do(office, code, "end-inspection", finding="đúng hiện trạng")
    )


async def test_papers_that_come_while_another_agency_is_asked_move_the_clock_once_it_has_answered(
    office: Office,
) -> None:
    code = await in_processing(office, {"clock": {"excluded": ["consultation"]}})
    agency = await office.agency(DECIDES)
    await do(office, code, "consult", WEDNESDAY, agency=agency, question="ý kiến", until=None)
    (asked,) = (await known(office, code)).dossier.consulted
    await ask(office, code, WEDNESDAY + timedelta(hours=1))
    await bring(office, code, FRIDAY)
    assert await awaits(office, code) == "consultation"
    monday = datetime(2025, 6, 9, 2, tzinfo=UTC)
    await do(office, code, "answer-consultation", monday, consultation=asked, answer="đồng ý")
    assert await statutory(office, code) == end_of(16)  # anew: papers came while it stood


async def test_what_is_finished_while_its_clock_stands_stays_as_it_was_left(office: Office) -> None:
    code = await in_processing(office, {"clock": {"excluded": ["inspection"]}})
    await do(office, code, "begin-inspection", WEDNESDAY, subject="thửa đất")
    await do(office, code, "finish", FRIDAY, outcome="granted", result_code=None, decision_no=None)
    assert await awaits(office, code) == "inspection"


async def test_a_dossier_without_a_limit_waits_for_nothing(office: Office) -> None:
    await published(office, {"clock": {"start": "payment"}})
    await office.move_clock(MONDAY)
    filed = await office.filed(DESK, "07207", PROCEDURE, accept=False)
    assert await due(office, filed.code) is None
