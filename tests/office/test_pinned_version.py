"""One limit per procedure is a mistake, and so is the newest one: a dossier keeps the version under which it
was accepted (reference, mistake 5)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from application.catalogue_loads import load_procedures
from tests.office.one_dossier import (
    FRIDAY,
    MONDAY,
    PROCEDURE,
    ask,
    bring,
    do,
    end_of,
    in_processing,
    known,
    statutory,
)
from tests.office.province import FIVE_DAYS, SYSTEM, procedure_entry
from tests.office.world import Office


async def a_stricter_version_from_3_june(office: Office) -> None:
    """One working day, one paper, and the applicant's time is left out."""
    entry = procedure_entry("1.000001")
    entry["code"] = PROCEDURE
    first, second = (dict(version) for version in entry["versions"])
    first |= {"valid_from": date(2025, 1, 1)}
    second |= {"valid_from": date(2025, 6, 3), "terms": {"supplement": {"pattern": "suspend"}}}
    second["channels"] = (FIVE_DAYS | {"limit_amount": 1},)
    second["components"] = ({"id": "only-this", "name": "Đơn", "copies": 1},)
    entry["versions"] = [first, second]
    await load_procedures(office.registry, SYSTEM, [entry])


async def test_a_version_published_after_the_acceptance_changes_neither_limit_nor_pattern(
    office: Office,
) -> None:
    code = await in_processing(office)
    await a_stricter_version_from_3_june(office)
    await ask(office, code, FRIDAY)
    await bring(office, code, datetime(2025, 6, 18, 3, tzinfo=UTC))
    assert (await known(office, code)).dossier.procedure_version == 1
    assert await statutory(office, code) == end_of(25)  # five working days, counted anew


async def test_what_is_accepted_on_its_first_day_goes_by_the_new_version(office: Office) -> None:
    await in_processing(office)
    await a_stricter_version_from_3_june(office)
    await office.move_clock(MONDAY.replace(day=3))
    filed = await office.filed("000.07.01.H02", "07207", PROCEDURE)
    assert (await known(office, filed.code)).dossier.procedure_version == 2
    assert await statutory(office, filed.code) == end_of(4)


async def test_papers_are_judged_by_the_version_that_the_dossier_keeps(office: Office) -> None:
    code = await in_processing(office)
    await a_stricter_version_from_3_june(office)
    await ask(office, code, FRIDAY)
    paper = {"id": "another", "form": "copy", "count": 1}
    await do(office, code, "submit-supplement", components=(paper,))
    assert (await known(office, code)).dossier.components == (paper,)
