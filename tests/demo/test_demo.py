"""The main job, small: every figure that the demo promises, from the document that it prints."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest

from interfaces.demo.consumer import OutOfOrder, Received, Store
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


def test_every_position_came_once_and_in_order_to_a_program_that_was_killed_during_the_day(
    demo: Demo, served: Served
) -> None:
    """Its events were parsed by the CloudEvents SDK, in a process ended by SIGKILL while the demo ran."""
    follower = demo.follower
    assert follower.bad == []
    assert follower.kills_with_progress >= 3
    follower.read_to_end(served.url, served.token)
    positions = follower.positions()
    assert positions == list(range(1, len(positions) + 1))
    assert len(positions) >= demo.document["audit"]["positions"]


def test_the_demos_own_consumer_has_on_disk_what_the_demo_counted(demo: Demo) -> None:
    lines = (demo.folder / "consumer.ndjson").read_bytes().splitlines()
    read = [int(event["position"]) for line in lines for event in json.loads(line)["events"]]
    assert read == list(range(read[0], read[0] + demo.document["consumer"]["events"]))


def test_a_page_that_a_kill_cut_short_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "consumer.ndjson"
    store = Store(file, after=4)
    store.keep([{"position": "5"}, {"position": "6"}], through=6)
    whole = file.read_bytes()
    store.keep([{"position": "7"}], through=7)
    file.write_bytes(file.read_bytes()[:-3])
    again = Store(file, after=4)
    assert again.cursor == 6
    assert file.read_bytes() == whole
    for wrong in ([{"position": "6"}], [{"position": "8"}]):
        with pytest.raises(OutOfOrder):
            again.keep(wrong, through=7)
    with pytest.raises(OutOfOrder):
        again.keep([{"position": "7"}], through=8)


def test_a_consumer_notices_what_is_left_out_or_comes_twice() -> None:
    event = {"position": "5", "type": "hoso.unit.established.v1", "data": {}, "time": ""}
    with pytest.raises(OutOfOrder):
        Received(cursor=3).take(event)
    with pytest.raises(OutOfOrder):
        Received(cursor=5).take(event)


def test_some_were_helped_by_an_officer_of_another_agency_than_received_it(
    demo: Demo, served: Served
) -> None:
    filed: list[dict[str, Any]] = []
    with httpx.Client(base_url=served.url, headers=served.headers, timeout=60, trust_env=False) as client:
        after, last = 0, demo.document["audit"]["positions"]
        while after < last:
            events = client.get("/v1/events", params={"after": after, "limit": 1000}).json()
            filed += [e["data"] for e in events if e["type"] == "hoso.dossier.submitted.v3"]
            after = int(events[-1]["position"])
    helped = [data for data in filed if data["helping_agency"]]
    assert any(data["helping_agency"] != data["receiving_agency"] for data in helped)
    assert {data["keyed_by"] for data in helped} == {"officer"}
    assert {data["keyed_by"] for data in filed} == {"officer", "applicant"}
