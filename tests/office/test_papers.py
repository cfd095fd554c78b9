"""Paper originals: listed by who hands over, found or missing at who receives."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from application.each import Outcome
from application.obstacles import listed
from application.papers import Check, Listing, boxes, check_each, inventory, list_each
from application.policy import Identity
from application.receiving import acknowledge
from application.refusals import NotAllowed, NotFound, Refused
from domain import record_rules, register_rules
from tests.office.test_coordination import CLERK, DESK, OTHER, shown
from tests.office.test_receiving import id_of, part_of
from tests.office.test_the_hour import run_transfer
from tests.office.world import DISTRICT, HOUR, PROVINCE, Office

TWO = {"c1": 2, "c2": 1}


async def filed(office: Office, amount: int = 1) -> list[UUID]:
    made = [await office.filed(DISTRICT, "07207@2025-06-01") for _ in range(amount)]
    await office.scheduled()
    return [await id_of(office, answer.code) for answer in made]


async def past_the_hour(office: Office) -> None:
    await office.move_clock(HOUR)
    await run_transfer(office)


async def list_(office: Office, who: Identity, *listings: Listing, key: str | None = None) -> list[Outcome]:
    command = office.command(key) if key else None
    return await list_each(office.handovers, who, [part_of(office)], listings, command)


async def check(office: Office, *checks: Check, report_missing: bool = False) -> list[Outcome]:
    return await check_each(
        office.handovers, office.officer(CLERK), [part_of(office)], checks, report_missing=report_missing
    )


def words(outcomes: list[Outcome]) -> list[str]:
    return [outcome.word for outcome in outcomes]


def rule_of(outcome: Outcome) -> object:
    assert isinstance(outcome.error, Refused), outcome
    return outcome.error.rule


async def test_before_the_hour_the_holder_lists_and_after_it_the_receiver_checks(office: Office) -> None:
    one, two = await filed(office, 2)
    district, operator = office.officer(DISTRICT), office.officers["first operator"]
    assert words(await list_(office, district, Listing(one, "H-12", TWO), Listing(two, "H-12", TWO))) == [
        "listed",
        "listed",
    ]
    assert words(await list_(office, district, Listing(one, "H-12", TWO))) == ["before"]
    assert words(await list_(office, district, Listing(two, "H-13", {"c1": 1}))) == ["listed"]
    await past_the_hour(office)
    assert words(await check(office, Check(one), Check(two, {"c1": 0}))) == ["checked", "checked"]
    assert words(await check(office, Check(one))) == ["before"]
    found = await shown(office)
    rows = await inventory(found, operator, part_of(office))
    assert [(row["box"], row["originals"], row["missing"]) for row in rows] == [
        ("H-12", 3, 0),
        ("H-13", 1, 1),
    ]
    (row,) = await inventory(found, operator, part_of(office), missing=True)
    assert (row["dossier"], row["lacking"]) == (two, [{"component": "c1", "count": 1}])
    sums = await boxes(found, operator, part_of(office))
    names = ("box", "dossiers", "originals", "checked", "lacking", "missing")
    assert [tuple(row[name] for name in names) for row in sums] == [
        ("H-12", 1, 3, 1, 0, 0),
        ("H-13", 1, 1, 1, 1, 1),
    ]
    assert {row["identifier"] for row in sums} == {DISTRICT}


async def test_after_the_hour_the_closing_officer_and_the_heirs_desk_list_and_nobody_else(
    office: Office,
) -> None:
    one, two = await filed(office, 2)
    await past_the_hour(office)
    closing, heir = office.officer(PROVINCE), office.officer(DISTRICT)
    assert words(await list_(office, closing, Listing(one, "1", TWO))) == ["listed"]
    assert words(await list_(office, heir, Listing(two, "1", TWO))) == ["listed"]
    (stranger,) = await list_(office, office.officer(OTHER), Listing(two, "2", TWO))
    assert isinstance(stranger.error, NotAllowed)


async def test_a_check_that_misses_some_keeps_the_papers_from_being_confirmed(office: Office) -> None:
    (one,) = await filed(office)
    await list_(office, office.officer(DISTRICT), Listing(one, "H-1", TWO))
    await past_the_hour(office)
    await check(office, Check(one, {"c1": 1, "c2": 1}))
    clerk, desk, part = office.officer(CLERK), await office.agency(DESK), part_of(office)
    with pytest.raises(Refused) as confirmed:
        await acknowledge(office.handovers, clerk, part, desk, [one], papers="confirmed")
    assert confirmed.value.rule is register_rules.PAPERS_MISSING
    await check(office, Check(one))
    done = await acknowledge(office.handovers, clerk, part, desk, [one], papers="confirmed")
    assert done.count == 1


async def test_what_is_missing_is_reported_in_the_same_breath(office: Office) -> None:
    one, two = await filed(office, 2)
    district = office.officer(DISTRICT)
    await list_(office, district, Listing(one, "H-1", TWO), Listing(two, "H-1", TWO))
    await past_the_hour(office)
    for _ in range(2):  # given again it reports nothing twice
        await check(office, Check(one, {"c2": 1}), Check(two), report_missing=True)
    (row,) = await listed(await shown(office), office.officers["first operator"], [part_of(office)])
    assert (row["kind"], row["dossier"], row["description"]) == ("papers", one, "H-1: c1: 2")
    assert row["identifier"] == DESK


async def test_what_is_refused_of_a_list_leaves_the_rest(office: Office) -> None:
    one, two = await filed(office, 2)
    district, key = office.officer(DISTRICT), "inventory"
    lines = (
        Listing(one, "H-1", TWO),
        Listing(two, "Nguyễn Thị Hoa", TWO),
        Listing(uuid4(), "H-1", TWO),
        Listing(one, "H-1", TWO),
    )
    outcomes = await list_(office, district, *lines, key=key)
    assert words(outcomes) == ["listed", "refused", "refused", "refused"]
    assert rule_of(outcomes[1]) is record_rules.CODE_FORM
    assert isinstance(outcomes[2].error, NotFound)
    assert words(await list_(office, district, *lines, key=key)) == words(outcomes)
    for originals, rule in (
        ({}, register_rules.PAPERS_LISTED),
        ({"c1": 0}, register_rules.PAPERS_LISTED),
        ({"Bản chính": 1}, record_rules.CODE_FORM),
    ):
        (outcome,) = await list_(office, district, Listing(two, "H-1", originals))
        assert rule_of(outcome) is rule


async def test_what_cannot_be_listed_or_checked(office: Office) -> None:
    one, two = await filed(office, 2)
    district = office.officer(DISTRICT)
    await list_(office, district, Listing(one, "H-1", TWO))
    (early,) = await check_each(office.handovers, district, [part_of(office)], [Check(one)])
    assert rule_of(early) is register_rules.PAPERS_HOLDER
    await past_the_hour(office)
    (unlisted,) = await check(office, Check(two))
    assert rule_of(unlisted) is register_rules.PAPERS_UNLISTED
    await check(office, Check(one))
    (settled,) = await list_(office, district, Listing(one, "H-2", TWO))
    assert rule_of(settled) is register_rules.PAPERS_SETTLED
    (stranger,) = await check_each(
        office.handovers, office.officer(OTHER), [part_of(office)], [Check(one, {"c1": 1})]
    )
    assert isinstance(stranger.error, NotAllowed)
    later = await id_of(office, (await office.filed(CLERK, "07210@2025-07-01")).code)
    (after,) = await list_(office, office.officer(CLERK), Listing(later, "H-1", TWO))
    assert rule_of(after) is register_rules.PAPERS_FROM
