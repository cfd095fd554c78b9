"""The coordination over HTTP: the queue and its people, deciding in bulk, silence, obstacles and papers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from application.policy import Identity
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.http.test_handover import _scheduled as scheduled
from tests.http.test_handover import _step as step
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, OLD_DESKS, Office

DESK, OTHER_DESK = NEW_DESKS["07210"], NEW_DESKS["07213"]


def heir(office: Office) -> Identity:
    """A clerk of the district's desk, whose posting the act moved to the new commune."""
    return office.officer(DISTRICT)


async def shown(api: Api, path: str, who: Identity | None = None) -> Any:
    """A read that includes all that is recorded."""
    _, head = await api.services.ledger.recorder.clock()
    joined = "&" if "?" in path else "?"
    answer = await api.get(f"{path}{joined}min_position={head}", who or api.operator)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def moved(api: Api, amount: int = 2) -> tuple[str, str, list[str]]:
    """The act's path, its part's, and the ids of dossiers that it moved and transferred."""
    filed = [await api.filed(place="07207") for _ in range(amount)]
    handover, path = await scheduled(api)
    await api.office.move_clock(HOUR)
    await step(api, path, "transfer")
    ids = [str(await api.services.ledger.find("dossier_code", f["code"])) for f in filed]
    return f"/v1/handovers/{handover}", path, ids


async def test_a_refusal_with_a_suggestion_is_decided_from_the_queue(api: Api) -> None:
    act, path, ids = await moved(api, 3)
    desk, other = str(await api.agency(DESK)), str(await api.agency(OTHER_DESK))
    refused = {"agency": desk, "dossiers": ids, "reason": "không thuộc xã này", "suggests": other}
    await step(api, path, "refuse", refused, heir(api.office))
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = await shown(api, f"{act}/queue?limit=2{cursor}")
        seen += [item["dossier"] for item in page["items"]]
        assert all(item["refusal"] == "không thuộc xã này" for item in page["items"])
        assert all(item["suggests"]["identifier"] == OTHER_DESK for item in page["items"])
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(seen) == sorted(ids)
    assert_problem(await api.get(f"{act}/queue", heir(api.office)), 403, "urn:hoso:role_missing")
    one = {"dossier": ids[0], "to_agency": other, "ground": "thuộc 07213"}
    body = {"decisions": [one, {**one, "dossier": str(uuid4())}, one]}
    answer = await api.post(f"{path}/place-list", body, api.operator, key="list")
    assert answer.status_code == 200, answer.text
    assert [o["outcome"] for o in answer.json()["outcomes"]] == ["placed", "refused", "refused"]
    assert [o["problem"] and o["problem"]["type"] for o in answer.json()["outcomes"]] == [
        None,
        "urn:hoso:unknown_dossier",
        "urn:hoso:dossier_twice",
    ]
    again = (await api.post(f"{path}/place-list", body, api.operator, key="list")).json()
    assert [o["outcome"] for o in again["outcomes"]] == ["placed", "refused", "refused"]
    await shown(api, f"{act}/queue")
    rest = {"place": "07207@2025-06-01", "to_agency": other, "ground": "thuộc 07213"}
    placed = await step(api, path, "place-waiting", rest)
    assert placed["counts"] == {"placed": 2}
    assert (await shown(api, f"{act}/queue"))["items"] == []
    assert (await step(api, path, "place-waiting", rest))["outcomes"] == []


async def test_a_coordinator_is_named_and_reads_and_decides(api: Api) -> None:
    act, path, ids = await moved(api, 1)
    desk, other = str(await api.agency(DESK)), str(await api.agency(OTHER_DESK))
    await step(api, path, "refuse", {"agency": desk, "dossiers": ids, "reason": "không"}, heir(api.office))
    person = api.office.officer(OLD_DESKS["07201"])
    named = {"officer": person.id, "agency": str(await api.agency(DISTRICT))}
    assert_problem(await api.post(f"{path}/coordinator", named, person), 403, "urn:hoso:role_missing")
    nobody = await api.post(f"{path}/coordinator", {"officer": str(uuid4())}, api.operator)
    assert_problem(nobody, 404, "urn:hoso:unknown_officer")
    assert (await step(api, path, "coordinator", named))["counts"] == {"named": 1}
    (item,) = (await shown(api, f"{act}/queue?coordinator={person.id}", person))["items"]
    assert item["coordinator"] == person.id
    decision = {"decisions": [{"dossier": ids[0], "to_agency": other, "ground": "thuộc 07213"}]}
    assert (await step(api, path, "place-list", decision, person))["counts"] == {"placed": 1}


async def test_a_coordinator_of_one_agency_has_that_alone_until_the_naming_ends(api: Api) -> None:
    act, path, ids = await moved(api, 1)
    desk, other = str(await api.agency(DESK)), str(await api.agency(OTHER_DESK))
    await step(api, path, "refuse", {"agency": desk, "dossiers": ids, "reason": "không"}, heir(api.office))
    person = api.office.officer(OLD_DESKS["07201"])
    named = {"officer": person.id, "agency": str(await api.agency(OLD_DESKS["07207"]))}
    await step(api, path, "coordinator", named)
    assert (await shown(api, f"{act}/queue", person))["items"] == []
    decision = {"decisions": [{"dossier": ids[0], "to_agency": other, "ground": "thuộc 07213"}]}
    (outcome,) = (await step(api, path, "place-list", decision, person))["outcomes"]
    assert (outcome["outcome"], outcome["problem"]["type"]) == ("refused", "urn:hoso:not_coordinator")
    one = {"dossier": ids[0], "to_agency": other, "ground": "thuộc 07213"}
    assert_problem(await api.post(f"{path}/place", one, person), 403, "urn:hoso:not_coordinator")
    assert_problem(await api.post(f"{path}/end-coordinator", named, person), 403, "urn:hoso:role_missing")
    assert (await step(api, path, "end-coordinator", named))["counts"] == {"ended": 1}
    assert_problem(await api.get(f"{act}/queue", person), 403, "urn:hoso:role_missing")
    again = await api.post(f"{path}/end-coordinator", named, api.operator)
    assert_problem(again, 409, "urn:hoso:rule:handover.coordinator_stands")


async def test_the_silent_are_listed_and_reminded(api: Api) -> None:
    act, _, ids = await moved(api)
    (item,) = (await shown(api, f"{act}/silent", heir(api.office)))["items"]
    assert (item["identifier"], item["waiting"], item["reminders"]) == (DESK, len(ids), 0)
    await api.office.move_clock(HOUR + timedelta(days=6))
    assert_problem(await api.post(f"{act}/remind", {}, heir(api.office)), 403, "urn:hoso:role_missing")
    counts = {"reminded": 1, "escalated": 1, "obstacles_escalated": 0}
    assert (await step(api, act, "remind", {}))["counts"] == counts
    assert (await step(api, act, "remind", None))["counts"] == dict.fromkeys(counts, 0)
    (item,) = (await shown(api, f"{act}/silent"))["items"]
    assert (item["reminders"], item["escalations"]) == (1, 1)
    assert item["escalated_to"] == api.operator.id


async def test_an_obstacle_over_http(api: Api) -> None:
    act, path, ids = await moved(api, 1)
    desk = str(await api.agency(DESK))
    body = {"agency": desk, "kind": "papers", "description": "thiếu hộp số 3", "dossier": ids[0]}
    reported = await step(api, path, "obstacles", body, heir(api.office))
    obstacle = f"obstacles/{reported['counts']['obstacle']}"
    await step(api, path, f"{obstacle}/assign", {"officer": api.desk.id})
    await step(api, path, f"{obstacle}/escalate", {"to_officer": api.operator.id, "reason": "quá hạn"})
    (item,) = (await shown(api, f"{act}/obstacles"))["items"]
    assert (item["description"], item["escalations"]) == ("thiếu hộp số 3", 1)
    await step(api, path, f"{obstacle}/resolve", {"resolution": "đã thấy"}, heir(api.office))
    assert (await shown(api, f"{act}/obstacles"))["items"] == []
    assert len((await shown(api, f"{act}/obstacles?all=true&agency={desk}", heir(api.office)))["items"]) == 1
    again = await api.post(f"{path}/{obstacle}/resolve", {"resolution": "x"}, api.operator)
    assert_problem(again, 409, "urn:hoso:rule:obstacle.resolved")
    unknown = await api.post(f"{path}/obstacles/{uuid4()}/resolve", {"resolution": "x"}, api.operator)
    assert_problem(unknown, 404, "urn:hoso:unknown_obstacle")


async def test_papers_over_http(api: Api) -> None:
    filed = [await api.filed(place="07207") for _ in range(2)]
    handover, path = await scheduled(api)
    act = f"/v1/handovers/{handover}"
    ids = [str(await api.services.ledger.find("dossier_code", f["code"])) for f in filed]
    listed = {
        "papers": [{"dossier": d, "box": "H-1", "originals": [{"component": "c1", "count": 2}]} for d in ids]
    }
    assert (await step(api, path, "papers", listed, api.desk))["counts"] == {"listed": 2}
    await api.office.move_clock(HOUR)
    await step(api, path, "transfer")
    checks = {
        "papers": [{"dossier": ids[0]}, {"dossier": ids[1], "found": [{"component": "c1", "count": 1}]}],
        "report_missing": True,
    }
    assert (await step(api, path, "papers/check", checks, heir(api.office)))["counts"] == {"checked": 2}
    (item,) = (await shown(api, f"{path}/papers?missing=true"))["items"]
    assert (item["code"], item["lacking"]) == (filed[1]["code"], [{"component": "c1", "count": 1}])
    (box,) = (await shown(api, f"{path}/papers/boxes"))["items"]
    assert (box["box"], box["dossiers"], box["originals"], box["missing"]) == ("H-1", 2, 4, 1)
    assert len((await shown(api, f"{act}/obstacles"))["items"]) == 1
    desk = str(await api.agency(DESK))
    body = {"agency": desk, "dossiers": ids, "papers": "confirmed"}
    confirmed = await api.post(f"{path}/acknowledge", body, heir(api.office))
    assert_problem(confirmed, 409, "urn:hoso:rule:papers.missing")
    page = await shown(api, f"{path}/papers?limit=1")
    rest = await shown(api, f"{path}/papers?limit=1&cursor={page['next']}")
    assert {page["items"][0]["dossier"], rest["items"][0]["dossier"]} == set(ids)


@pytest.mark.parametrize(
    ("where", "body"),
    [
        ("papers", {"papers": [{"dossier": str(uuid4()), "box": "Nguyễn Thị Hoa", "originals": []}]}),
        (
            "papers",
            {
                "papers": [
                    {"dossier": str(uuid4()), "box": "1", "originals": [{"component": "Bà Hoa", "count": 1}]}
                ]
            },
        ),
        ("obstacles", {"agency": str(uuid4()), "kind": "Bà Hoa", "description": "x"}),
        ("place-list", {"decisions": []}),
        ("coordinator", {"officer": "Bà Hoa"}),
    ],
)
async def test_a_name_is_refused_wherever_it_would_stay_readable(
    api: Api, where: str, body: dict[str, Any]
) -> None:
    _, path = await scheduled(api)
    answer = await api.post(f"{path}/{where}", body, api.operator)
    assert_problem(answer, 422, "urn:hoso:invalid_request")
    assert "Hoa" not in answer.text


async def test_cursors_of_other_lists_are_refused(api: Api) -> None:
    handover, path = await scheduled(api)
    for address in (f"/v1/handovers/{handover}/queue", f"/v1/handovers/{handover}/silent", f"{path}/papers"):
        answer = await api.get(f"{address}?cursor=WyJ4Il0", api.operator)
        assert_problem(answer, 422, "urn:hoso:bad_cursor")
    assert_problem(
        await api.get(f"/v1/handovers/{uuid4()}/queue", api.operator), 404, "urn:hoso:unknown_handover"
    )
    other = f"/v1/handovers/{handover}/queue?part={uuid4()}"
    assert_problem(await api.get(other, api.operator), 404, "urn:hoso:unknown_part")
