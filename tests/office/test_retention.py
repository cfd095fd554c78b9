"""Periods are dated data; a run erases persons all of whose dossiers are due, goes on where it was stopped,
and is on record with what it kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from application import erasing_reading, retaining
from application.citizens import read
from application.erasing import Judging
from application.refusals import Refused
from application.retained import retained
from application.retaining import Ran
from domain import erasure_rules as rules
from tests.office.asked_papers import BIRTH, LAND, both_published, do, filed
from tests.office.erasures import by, held, kept_for, requested
from tests.office.people_unjudged import merged
from tests.office.test_document_stores import themself
from tests.office.world import Office

YEAR_LATER = datetime(2026, 6, 20, 3, tzinfo=UTC)
DECISION = "40/QĐ-UBND"


async def ran(office: Office, limit: int = 1_000, decision: str = DECISION) -> Ran:
    return await retaining.run(office.erasing, await by(office, "second"), decision, limit, lambda done: None)


async def dry(office: Office, limit: int = 1_000) -> Ran:
    return await retaining.dry_run(office.erasing, await by(office), limit, lambda done: None)


async def concluded(office: Office, name: str, procedure: str = BIRTH) -> UUID:
    owner = await office.applicant(name)
    await do(office, await filed(office, owner, procedure), "withdraw")
    return owner


async def is_erased(office: Office, *citizens: UUID) -> list[bool]:
    known = [await read(office.citizens, office.dossiers, themself(one), one) for one in citizens]
    return [one["name"] is None for one in known]


@pytest.fixture
async def a_year(office: Office) -> Office:
    """Papers are published; tests move the clock a year on."""
    await both_published(office)
    return office


async def test_a_run_erases_who_is_due_and_is_on_record_with_what_it_kept(a_year: Office) -> None:
    office = a_year
    due = [await concluded(office, f"Người {n}") for n in range(3)]
    land, open_, hold = [await concluded(office, f"Khác {n}", LAND if n == 0 else BIRTH) for n in range(3)]
    await filed(office, open_)
    await held(office, hold)
    await kept_for(office, None, 12)
    await kept_for(office, LAND, None)
    looked = await dry(office)
    assert (looked.looked_at, looked.erased, looked.ended) == (0, 0, True), "nobody is due today"
    await office.move_clock(YEAR_LATER)
    looked = await dry(office)
    kept = {"erase.statutory_register": 1, "erase.procedure_open": 1, "erase.legal_hold": 1}
    assert (looked.looked_at, looked.erased, dict(looked.kept)) == (6, 3, kept)
    assert not any(await is_erased(office, *due))

    first = await ran(office, limit=2)
    assert (first.erased, first.ended) == (2, False)
    with pytest.raises(Refused) as other:
        await ran(office, decision="41/QĐ-UBND")
    assert other.value.rule is rules.RUN_ONE
    second = await ran(office)
    assert (second.run, second.ended, second.looked_at, second.erased) == (first.run, True, 6, 3)
    assert dict(second.kept) == kept
    assert await is_erased(office, *due, land, open_, hold) == [True] * 3 + [False] * 3
    (run,) = (await retained(office.opened.ledger)).runs.values()
    assert run.ended is not None
    assert (run.ended.erased, {one["rule"]: one["count"] for one in run.ended.kept}) == (3, kept)
    told = await erasing_reading.record(office.erasing, await by(office), "citizen", due[0])
    assert (told["retention_run"], told["decision"]) == (run.id, DECISION)
    with pytest.raises(Refused) as again:
        await ran(office)
    assert again.value.rule is rules.RUN_DECISION


async def test_who_loaded_a_period_does_not_run_the_destruction(a_year: Office) -> None:
    await kept_for(a_year, None, 12)
    with pytest.raises(Refused) as refusal:
        await retaining.run(a_year.erasing, await by(a_year), DECISION, 9, lambda done: None)
    assert refusal.value.rule is rules.RUN_FOUR_EYES


async def test_a_run_that_was_stopped_after_its_requests_carries_them_out(a_year: Office) -> None:
    office = a_year
    owner = await concluded(office, "Người Dở")
    await kept_for(office, None, 12)
    await office.move_clock(YEAR_LATER)
    asked = await by(office, "second")
    going = await retaining._begun(office.erasing, asked, DECISION)
    assert going.begun is not None
    judging = Judging(going.id, going.begun.cut_off, going.begun.periods_position, 0)
    await retaining._requested(office.erasing, asked, DECISION, judging, "citizen", owner)
    assert (await ran(office)).erased == 1
    assert await is_erased(office, owner) == [True]


async def test_one_that_somebody_requested_is_left_to_them(a_year: Office) -> None:
    office = a_year
    owner = await concluded(office, "Người Chờ")
    await kept_for(office, None, 12)
    await requested(office, owner, "authority_order")
    await office.move_clock(YEAR_LATER)
    found = await ran(office)
    assert (found.erased, dict(found.kept)) == (0, {"erase.requested_once": 1})


async def test_a_later_fact_moves_the_day_on_which_a_dossier_is_due(a_year: Office) -> None:
    office = a_year
    owner = await office.applicant("Người Sửa")
    code = await filed(office, owner)
    await do(office, code, "withdraw")
    await kept_for(office, None, 12)
    await office.move_clock(datetime(2026, 5, 1, 3, tzinfo=UTC))
    await do(office, code, "correct", corrects=1, place=None, note="ghi nhầm nơi ở")
    await office.move_clock(YEAR_LATER)
    assert dict((await dry(office)).kept) == {"erase.period_over": 1}
    await office.move_clock(datetime(2027, 5, 2, 3, tzinfo=UTC))
    assert (await ran(office)).erased == 1


async def test_the_period_that_holds_on_the_day_counts_and_earlier_ones_are_known(a_year: Office) -> None:
    office = a_year
    await concluded(office, "Người Ngày")
    await kept_for(office, None, 12)
    await kept_for(office, None, 60, valid_from=date(2026, 6, 1))
    with pytest.raises(Refused) as order:
        await kept_for(office, None, 24, valid_from=date(2026, 1, 1))
    assert order.value.rule is rules.PERIOD_ORDER
    entry = {"procedure": None, "amount": 60, "unit": "month", "valid_from": date(2026, 6, 1), "source": "x"}
    assert await retaining.load_periods(office.erasing, await by(office), [entry]) == (0, 1)
    await office.move_clock(YEAR_LATER)
    assert (await dry(office)).looked_at == 0
    await office.move_clock(datetime(2030, 7, 1, 3, tzinfo=UTC))
    assert (await ran(office)).erased == 1


async def test_who_has_two_records_is_one_person(a_year: Office) -> None:
    office = a_year
    one, two = [await concluded(office, name) for name in ("Lò Thị Một", "Lò Thị Hai")]
    await merged(office, two, one)
    await kept_for(office, None, 12)
    await office.move_clock(YEAR_LATER)
    looked = await dry(office)
    assert (looked.looked_at, looked.erased) == (1, 1)
    found = await ran(office)
    assert (found.looked_at, found.erased, dict(found.kept)) == (1, 1, {})
    assert await is_erased(office, one, two) == [True, True]
