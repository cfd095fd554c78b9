"""The real succession from the project's own documents: all 34 parts on a ledger, then the acts of 2026."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from application.heirs import heirs, heirs_named
from application.organisation import Organisation
from application.refusals import Refused
from domain import handover_rules as rules
from tests.office.province import HOUR
from tests.office.world import Office, open_office
from tests.reference import country as c
from tests.support import Database

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "units"
LATER = datetime(2026, 9, 1, tzinfo=UTC)
WARD_DAY = "2026-05-01T00:00:00+07:00"  # not the real day, which is not known: one that an operator filled in


@pytest.fixture
async def country(database: Database) -> AsyncIterator[Office]:
    async with open_office(database, c.country) as opened:
        yield opened


@pytest.fixture
async def province(database: Database) -> AsyncIterator[Office]:
    async with open_office(database, c.province) as opened:
        yield opened


async def known(office: Office) -> Organisation:
    return (await office.reader.moment(fresh=True)).organisation


async def test_the_whole_country_ends_and_begins_by_its_documents(country: Office) -> None:
    parts = await c.in_force(country, c.act_2025())
    assert len(parts) == 34
    await country.move_clock(HOUR)
    organisation = await known(country)
    valid = [unit for unit in organisation.units.values() if organisation.unit_valid_at(unit, HOUR)]
    assert len(valid) == 34 + 3_321
    for number in ("237", "388"):
        await c.drafted(country, c.act_2026(number))
    organisation = await known(country)
    undated = heirs(organisation, "07294@2025-07-01", LATER)["undated"]
    assert [(one["act"], one["issued_on"], one["name"]) for one in undated] == [
        ("388/NQ-UBTVQH16", date(2026, 8, 4), "Phường Bố Hạ")
    ]
    assert heirs(organisation, "07294@2025-07-01", LATER)["valid"]
    if not SHARED.is_dir():
        print("not compared: ../shared/data/units is not here")
        return
    assert ours(organisation) == theirs()


def ours(organisation: Organisation) -> set[tuple[str, ...]]:
    """Every link of a commune that decides, as the ledger answers it."""
    found: set[tuple[str, ...]] = set()
    for unit in list(organisation.units.values()):
        if unit.level == "commune" and unit.begins_by is None:
            for link in heirs(organisation, unit.reference, LATER)["links"]:
                if not link["disputed"]:
                    relation = "part" if link["kind"] == "part" else "whole"
                    found.add((unit.code, link["unit"][:5], relation, str(int(link["default"]))))
    return found


def theirs() -> set[tuple[str, ...]]:
    text = gzip.decompress((SHARED / "vn_commune_succession.csv.gz").read_bytes()).decode("utf-8")
    return {
        (r["old_commune_code"], r["new_commune_code"], r["relation"], r["default_successor"] or "0")
        for r in csv.DictReader(io.StringIO(text))
    }


async def test_a_commune_is_followed_through_both_acts(province: Office) -> None:
    await c.in_force(province, c.act_2025("24"))
    await c.in_force(province, c.act_2026("388") | {"effective_at": WARD_DAY})
    organisation = await known(province)
    before, between = datetime(2025, 6, 30, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)
    old = "07294@2025-06-30"
    assert heirs(organisation, old, before)["heirs"] == []
    assert [h["unit"] for h in heirs(organisation, old, between)["heirs"]] == ["07294@2025-07-01"]
    answer = heirs(organisation, old, LATER)
    assert [(h["unit"], h["name"], h["certain"]) for h in answer["heirs"]] == [
        ("07294@2026-05-01", "Phường Bố Hạ", True)
    ]
    assert [(x["of"], x["unit"], x["kind"], x["act"]) for x in answer["links"]] == [
        (old, "07294@2025-07-01", "whole", "202/2025/QH15"),
        ("07294@2025-07-01", "07294@2026-05-01", "same", "388/NQ-UBTVQH16"),
    ]
    assert [x["in_effect"] for x in heirs(organisation, old, between)["links"]] == [True, False]
    assert [unit["unit"] for unit in heirs_named(organisation, "07294", LATER)] == [
        old,
        "07294@2025-07-01",
        "07294@2026-05-01",
    ]


async def test_a_district_is_followed_by_places_and_by_none_for_certain(province: Office) -> None:
    await c.in_force(province, c.act_2025("24"))
    answer = heirs(await known(province), "213@2025-06-30", LATER)
    assert len(answer["heirs"]) > 1
    assert not any(heir["certain"] or heir["default"] for heir in answer["heirs"])
    assert {link["decided_by"] for link in answer["links"]} == {"places"}
    assert any("Phường Thọ Xương" in link["basis"] for link in answer["links"])


async def test_an_act_without_a_day_is_never_scheduled(province: Office) -> None:
    await c.in_force(province, c.act_2025("24"))
    (part,) = await c.drafted(province, c.act_2026("388"))
    with pytest.raises(Refused) as refused:
        await c.scheduled(province, part)
    assert refused.value.rule is rules.NO_DATE
    organisation = await known(province)
    assert heirs(organisation, "07294@2025-06-30", LATER)["heirs"][0]["unit"] == "07294@2025-07-01"
    assert [unit.reference for unit in organisation.units_with_code("07294")] == [
        "07294@2025-06-30",
        "07294@2025-07-01",
    ]


async def test_an_act_that_is_scheduled_late_counts_by_law_from_its_day(province: Office) -> None:
    await province.move_clock(datetime(2025, 9, 1, tzinfo=UTC))
    await c.in_force(province, c.act_2025("24"))
    organisation = await known(province)
    between = datetime(2025, 8, 1, tzinfo=UTC)
    assert [h["unit"] for h in heirs(organisation, "07201@2025-06-30", between)["heirs"]] == [
        "07210@2025-07-01"
    ]


async def test_what_was_known_before_the_act_was_scheduled_stays_readable(province: Office) -> None:
    before = (await province.reader.moment(fresh=True)).read_up_to
    await c.in_force(province, c.act_2025("24"))
    then = (await province.reader.as_known(before)).organisation
    assert heirs(then, "07201@2025-06-30", LATER)["links"] == []
    assert heirs(await known(province), "07201@2025-06-30", LATER)["links"]
