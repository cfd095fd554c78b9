"""The main job, small: every figure that the demo promises, from the document that it prints."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta, timezone
from random import Random

import httpx
import pytest
from cloudevents.core.formats.json import JSONFormat

from interfaces.demo.consumer import OutOfOrder, Received
from tests.demo.conftest import DOSSIERS, Demo, Served, hoso

DISTRICTS = {"213", "215", "216", "217", "218", "219", "220", "222", "223", "224"}
HOUR = datetime(2025, 7, 1, tzinfo=timezone(timedelta(hours=7)))


def test_every_dossier_has_one_holder_its_code_and_its_due_date(demo: Demo) -> None:
    told = demo.document
    assert (told["holders_other_than_one"], told["codes_changed"], told["due_dates_changed"]) == (0, 0, 0)
    assert told["dossiers"] >= DOSSIERS
    assert told["handed_over"] >= DOSSIERS * 0.3


def test_the_audit_finds_nothing(demo: Demo) -> None:
    assert demo.document["audit"]["ok"] is True
    assert demo.document["audit"]["positions"] > 8 * DOSSIERS * 0.8
    token = hoso(demo, "tokens", "issue", "--kind", "system", "--name", "tests")["token"]
    again = hoso(demo, "audit", HOSO_TOKEN=token)
    assert (again["ok"], again["positions"]) == (True, demo.document["audit"]["positions"])


def test_commands_went_on_in_every_district_while_dossiers_moved(demo: Demo) -> None:
    by_district = demo.document["commands_in_the_hour_by_district"]
    assert set(by_district) == DISTRICTS
    assert min(by_district.values()) >= 1
    assert sum(by_district.values()) == demo.document["commands_in_the_hour"] >= 300


def test_no_request_failed_and_each_refusal_was_meant(demo: Demo) -> None:
    traffic = demo.document["traffic"]
    assert demo.document["unexpected"] == []
    assert traffic["failed"] == 0
    assert traffic["refused"] == traffic["refused_as_meant"] > 0
    assert traffic["sent"] == traffic["ok"] + traffic["refused"]


def test_forms_opened_before_the_hour_were_accepted_after_it(demo: Demo) -> None:
    forms = demo.document["forms_opened_before_the_hour"]
    assert forms["sent_before_transfer"] >= 10
    assert forms["sent_after_transfer"] >= 10


def test_a_consumer_killed_at_random_read_on_where_it_was(demo: Demo) -> None:
    assert demo.document["consumer"]["restarts"] >= 2
    assert demo.document["consumer"]["events"] > demo.document["handed_over"]


def test_the_act_is_left_for_an_operator_to_look_at(demo: Demo) -> None:
    act = json.loads((demo.folder / "act-2025-07-01.json").read_bytes())
    part = act["parts"][0]
    assert datetime.fromisoformat(act["effective_at"]) == HOUR
    assert len(part["ends"]) == 1 + 10 + 192
    assert len(part["begins"]) == 1 + 58
    assert len([link for link in part["links"] if link["kind"] == "whole"]) == 1 + 192
    assert len(part["rules"]) == len({rule["procedure"] for rule in part["rules"]}) >= 30


def test_all_ten_statuses_stood_in_every_district_when_june_ended(demo: Demo) -> None:
    found = demo.document["statuses_when_june_ended"]
    assert set(found) == DISTRICTS
    assert all({int(status) for status in statuses} == set(range(1, 11)) for statuses in found.values()), (
        found
    )


async def test_the_feed_gives_every_position_once_to_a_consumer_that_is_killed(
    demo: Demo, served: Served
) -> None:
    received, chance, kills = Received(cursor=0), Random(7), 0
    async with httpx.AsyncClient(base_url=served.url, headers=served.headers, trust_env=False) as client:

        async def consume() -> None:
            while True:
                page = await client.get("/v1/events", params={"after": received.cursor, "limit": 1000})
                assert page.status_code == 200, page.text
                events = page.json()
                for raw in events:
                    parsed = JSONFormat().read(None, json.dumps(raw))
                    assert parsed.get_id() == raw["position"]
                    received.take(raw)
                if not events:
                    return

        while True:
            running = asyncio.create_task(consume())
            done, _ = await asyncio.wait({running}, timeout=chance.uniform(0.05, 0.4))
            if done:
                running.result()
                break
            running.cancel()
            await asyncio.wait({running})
            kills += 1
    assert kills > 0
    assert received.events == received.cursor >= demo.document["audit"]["positions"]
    assert sum(len(d) for d in received.handed_over.values()) == demo.document["handed_over"]


def test_a_consumer_notices_what_is_left_out_or_comes_twice() -> None:
    event = {"position": "5", "type": "hoso.unit.established.v1", "data": {}, "time": ""}
    with pytest.raises(OutOfOrder):
        Received(cursor=3).take(event)
    with pytest.raises(OutOfOrder):
        Received(cursor=5).take(event)
