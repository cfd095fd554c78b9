"""What programs read: the feed by cursor, snapshots to begin from, lists and queues."""

from __future__ import annotations

import asyncio

import orjson
import pytest
from cloudevents.core.formats.json import JSONFormat

from application.policy import Identity
from tests.http.client import PAGE_LIMIT, Api
from tests.http.test_commands import assert_problem
from tests.office.world import DISTRICT

PORTAL = Identity("portal", "reader")


async def test_the_feed_gives_every_position_once_and_the_sdk_reads_each_event(api: Api) -> None:
    filed = await api.filed()
    after, seen = 0, []
    for _ in range(100):
        page = await api.get(f"/v1/events?after={after}&limit=7", PORTAL)
        assert page.headers["content-type"] == "application/cloudevents-batch+json"
        assert page.headers["ledger-id"] == str(api.services.ledger_id)
        events = [JSONFormat().read(None, orjson.dumps(event)) for event in page.json()]
        assert len(events) <= 7
        seen += [int(event.get_id()) for event in events]
        if not events:
            break
        assert page.headers["ledger-through"] == str(seen[-1])
        after = seen[-1]
        for event in events:
            assert event.get_type().startswith("hoso.")
            assert event.get_source() == f"urn:hoso:ledger:{api.services.ledger_id}"
    assert seen == list(range(1, filed["position"] + 1))


async def test_an_event_of_a_dossier_names_its_code_revision_and_holder_and_nobody(api: Api) -> None:
    filed = await api.filed()
    page = await api.get(f"/v1/events?after={filed['position'] - 1}", PORTAL)
    (event,) = page.json()
    assert (event["type"], event["subject"]) == ("hoso.dossier.accepted.v1", filed["code"])
    assert event["data"]["revision"] == filed["revision"]
    assert event["data"]["holder"]["unit"] == "213@2025-06-01"
    everything = await api.get(f"/v1/events?after=0&limit={PAGE_LIMIT}", PORTAL)
    assert "Trần Thị" not in everything.text


async def test_a_cursor_beyond_the_log_or_of_another_ledger_gets_409(api: Api) -> None:
    assert_problem(await api.get("/v1/events?after=999999", PORTAL), 409, "urn:hoso:cursor_ahead")
    other = "00000000-0000-7000-8000-000000000000"
    assert_problem(await api.get(f"/v1/events?ledger_id={other}", PORTAL), 409, "urn:hoso:cursor_ahead")


async def test_a_long_poll_answers_as_soon_as_something_is_recorded(api: Api) -> None:
    _, head = await api.services.ledger.recorder.clock()
    waiting = asyncio.create_task(api.get(f"/v1/events?after={head}&wait=30", PORTAL))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await api.filed()
    page = await asyncio.wait_for(waiting, 20)
    assert page.json()
    assert page.json()[0]["position"] == str(head + 1)
    empty = await api.get(f"/v1/events?after={page.headers['ledger-through']}&limit=100&wait=0", PORTAL)
    rest = int(empty.headers["ledger-through"])
    assert (await api.get(f"/v1/events?after={rest}&wait=0.2", PORTAL)).json() == []


async def test_a_snapshot_stands_at_a_position_and_the_feed_goes_on_from_there(api: Api) -> None:
    filed = [await api.filed() for _ in range(3)]
    path = f"/v1/views/status?min_position={filed[-1]['position']}"
    answer = await api.get(path, PORTAL)
    assert answer.headers["content-type"] == "application/x-ndjson"
    rows = [orjson.loads(line) for line in answer.content.splitlines()]
    assert {row["code"] for row in rows} == {f["code"] for f in filed}
    assert {(row["holder"], row["place"]) for row in rows} == {("213@2025-06-01", "07207@2025-06-01")}
    position = int(answer.headers["ledger-position"])
    later = await api.filed()
    page = await api.get(f"/v1/events?after={position}", PORTAL)
    assert later["code"] in {event["subject"] for event in page.json()}
    first = orjson.loads((await api.get(f"{path}&meta=1", PORTAL)).content.splitlines()[0])
    assert (first["view"], first["ledger_id"]) == ("status", str(api.services.ledger_id))


@pytest.mark.parametrize("name", ["directory", "queue", "handover"])
async def test_every_view_has_a_snapshot(api: Api, name: str) -> None:
    await api.filed()
    answer = await api.get(f"/v1/views/{name}", PORTAL)
    assert answer.status_code == 200, answer.text
    for line in answer.content.splitlines():
        orjson.loads(line)


async def test_unknown_views_and_who_may_read_them(api: Api) -> None:
    assert_problem(await api.get("/v1/views/nothing", PORTAL), 404, "urn:hoso:unknown_view")
    assert_problem(await api.get("/v1/views/status", api.desk), 403, "urn:hoso:role_missing")
    views = (await api.get("/v1/views", PORTAL)).json()
    assert {"status", "directory", "handover"} <= {view["view"] for view in views["views"]}


async def test_lists_page_by_cursor_and_a_desk_sees_its_own(api: Api) -> None:
    filed = [await api.filed() for _ in range(5)]
    own = await api.agency(DISTRICT)
    base = f"/v1/dossiers?holder={own}&status=2&limit=2&min_position={filed[-1]['position']}"
    codes: list[str] = []
    cursor = None
    for _ in range(4):
        page = await api.get(base + (f"&cursor={cursor}" if cursor else ""), api.desk)
        assert page.status_code == 200, page.text
        codes += [row["code"] for row in page.json()["items"]]
        cursor = page.json()["next"]
        if cursor is None:
            break
    assert sorted(codes) == sorted(f["code"] for f in filed)
    changed = await api.get(f"/v1/dossiers?changed_after={filed[2]['position']}", PORTAL)
    assert [row["code"] for row in changed.json()["items"]] == [f["code"] for f in filed[3:]]
    assert_problem(await api.get("/v1/dossiers", api.desk), 403, "urn:hoso:role_missing")
    assert_problem(await api.get("/v1/dossiers?cursor=!!", PORTAL), 422, "urn:hoso:bad_cursor")


async def test_a_queue_is_by_due_date(api: Api) -> None:
    filed = [await api.filed() for _ in range(3)]
    own = await api.agency(DISTRICT)
    page = await api.get(f"/v1/queues/{own}?limit=2&min_position={filed[-1]['position']}", api.desk)
    assert [row["code"] for row in page.json()["items"]] == [f["code"] for f in filed[:2]]
    rest = await api.get(f"/v1/queues/{own}?limit=2&cursor={page.json()['next']}", api.desk)
    assert [row["code"] for row in rest.json()["items"]] == [filed[2]["code"]]


async def test_a_position_that_is_not_shown_in_time_says_when_to_come_again(api: Api) -> None:
    answer = await api.get("/v1/views?min_position=999999", PORTAL)
    assert answer.status_code == 422  # the list of views waits for nothing, and says so
    late = await api.get("/v1/dossiers?min_position=999999", PORTAL)
    assert_problem(late, 503, "urn:hoso:not_shown_yet")
    assert late.headers["retry-after"]


async def test_a_history_names_who_and_why_and_can_be_read_as_known_before(api: Api) -> None:
    filed = await api.filed()
    answer = await api.get(f"/v1/dossiers/{filed['code']}/history", api.desk)
    facts = answer.json()["facts"]
    assert [fact["type"] for fact in facts] == ["dossier.submitted.v3", "dossier.accepted.v1"]
    assert facts[0]["data"]["matter"]["text"] == "cấp lại giấy tờ"
    assert facts[1]["actor"] == {"kind": "officer", "id": api.desk.id}
    earlier = await api.get(
        f"/v1/dossiers/{filed['code']}/history?known_at={filed['position'] - 1}", api.desk
    )
    assert [fact["status"] for fact in earlier.json()["facts"]] == [1]
