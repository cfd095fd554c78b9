"""What is on record although a rule was not kept is found in the log, by position, window by window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from application import anomalies
from application.anomalies import Page
from application.policy import Identity
from application.refusals import BadRequest, NotAllowed
from application.registry import load_agencies
from domain.anomalies import POSTED_BEFORE_RECEIPT
from domain.waiting_rules import SUPPLEMENT_TRIPS
from tests.office.one_dossier import DESK, ask, bring, in_processing
from tests.office.province import SYSTEM, agency_entry
from tests.office.test_publication import PROCEDURE, TUESDAY, entry, told
from tests.office.world import Office


async def found(office: Office, after: int = 0, limit: int = 100, who: Identity = SYSTEM) -> Page:
    return await anomalies.up_to(office.opened.ledger, office.reader, who, after, limit)


async def third_trip(office: Office) -> str:
    code = await in_processing(office)
    for day in (3, 5):
        await ask(office, code, datetime(2025, 6, day, 1, tzinfo=UTC))
        await bring(office, code, datetime(2025, 6, day + 1, 1, tzinfo=UTC))
    await ask(office, code, datetime(2025, 6, 9, 1, tzinfo=UTC), not_followed="không nộp bản chính")
    return code


async def received_before_posting(office: Office) -> str:
    await office.move_clock(TUESDAY)
    await told(office, entry())
    return (await office.filed(DESK, "07207", PROCEDURE)).code


async def test_a_third_trip_is_found_with_its_dossier_agency_and_act(office: Office) -> None:
    code = await third_trip(office)
    (item,) = (await found(office)).items
    assert (item["code"], item["fact"]) == (code, "dossier.supplement_requested.v3")
    assert item["agency"]["identifier"] == DESK
    assert item["recorded_at"] >= datetime(2025, 6, 9, 1, tzinfo=UTC)
    (rule,) = item["rules"]
    assert (rule["rule"], rule["act"]) == (SUPPLEMENT_TRIPS.id, "Decree 63/2010/NĐ-CP")


async def test_what_was_received_before_posting_is_found_and_what_came_on_its_day_is_not(
    office: Office,
) -> None:
    code = await received_before_posting(office)
    await office.move_clock(TUESDAY + timedelta(days=1))
    await told(office, entry(posted_on=(TUESDAY + timedelta(days=1)).date()))
    await office.filed(DESK, "07207", PROCEDURE)
    page = await found(office)
    assert [item["code"] for item in page.items] == [code]
    assert [rule["rule"] for rule in page.items[0]["rules"]] == [POSTED_BEFORE_RECEIPT.id]
    assert (page.through, page.goes_on) == (page.head, False)


@pytest.mark.parametrize("window", [1, 3, 20_000])
async def test_pages_of_any_window_give_each_once_and_in_order(
    office: Office, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(anomalies, "WINDOW", window)
    code = await received_before_posting(office)
    others = [(await office.filed(DESK, "07207", PROCEDURE)).code for _ in range(2)]
    seen, after = [], 0
    while True:
        page = await found(office, after, limit=1)
        seen += [item["code"] for item in page.items]
        if not page.goes_on:
            break
        after = page.through
    assert seen == [code, *others]


async def test_one_page_reads_no_more_than_its_window(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anomalies, "WINDOW", 2)
    await received_before_posting(office)
    page = await anomalies.page(office.opened.ledger, office.reader, SYSTEM, 0, 100)
    assert (page.items, page.through, page.goes_on) == ((), 2, True)


async def test_a_text_that_names_the_rule_is_no_anomaly(office: Office) -> None:
    await office.move_clock(TUESDAY)
    named = agency_entry("000.99.01.H02", "desk", "07207@2025-06-01") | {"name": SUPPLEMENT_TRIPS.id}
    await load_agencies(office.registry, SYSTEM, [named])
    page = await found(office)
    rows = await office.opened.recorder.events_naming([SUPPLEMENT_TRIPS.id], 0, page.head, 10)
    assert (len(rows), page.items) == (1, ())


async def test_a_cursor_of_another_ledger_and_a_clerk_are_refused(office: Office) -> None:
    with pytest.raises(BadRequest) as refusal:
        await found(office, after=10_000_000)
    assert refusal.value.code == "cursor_ahead"
    with pytest.raises(NotAllowed):
        await found(office, who=office.officer(DESK))
