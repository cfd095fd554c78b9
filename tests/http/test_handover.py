"""A handover through the API alone, from the document to the acknowledgement."""

from __future__ import annotations

from typing import Any

from application.policy import Identity
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.office.world import HOUR, NEW_DESKS, document


async def _drafted(api: Api) -> tuple[str, str]:
    answer = await api.post("/v1/handovers", document(api.office.officers), api.operator, key="draft")
    assert answer.status_code == 201, answer.text
    again = await api.post("/v1/handovers", document(api.office.officers), api.operator, key="draft")
    assert again.json() == answer.json()
    return answer.json()["handover"], f"{answer.headers['location']}/parts/{answer.json()['part']}"


async def _step(api: Api, path: str, step: str, body: Any = None, who: Identity | None = None) -> Any:
    answer = await api.post(f"{path}/{step}", body, who or api.operator)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _scheduled(api: Api) -> tuple[str, str]:
    handover, path = await _drafted(api)
    simulated = await _step(api, path, "simulate")
    act = (await api.get(f"/v1/handovers/{handover}", api.operator)).json()
    digest = {"digest": act["parts"][0]["digest"]}
    await _step(api, path, "approve", digest)
    await _step(api, path, "approve", digest, api.office.officers["second operator"])
    await _step(api, path, "schedule")
    assert simulated["counts"]["total"] >= 0
    return handover, path


async def test_a_district_ends_and_a_form_opened_before_the_hour_is_accepted_after_it(api: Api) -> None:
    filed = [await api.filed(place=place) for place in ("07207", "07210", "07201")]
    handover, path = await _scheduled(api)
    early = await api.post(f"{path}/transfer", None, api.operator)
    assert_problem(early, 409, "urn:hoso:before_the_hour")
    await api.office.move_clock(HOUR)
    heir = api.office.officer("000.00.01.H02")
    opened = filed[0]
    assign = {"officer": heir.id}
    sent = await api.post(f"/v1/dossiers/{opened['code']}/assign", assign, heir, revision=opened["revision"])
    assert sent.status_code == 200, sent.text
    state = (await api.get(f"/v1/dossiers/{opened['code']}", heir)).json()
    assert state["holder"]["identifier"] == NEW_DESKS["07210"]
    transferred = await _step(api, path, "transfer")
    assert transferred["counts"] == {"written": 3, "found": 0, "total": 3}
    again = await api.post(f"{path}/transfer", None, api.operator, headers={"Accept": "application/x-ndjson"})
    assert again.text.splitlines()[-1].endswith('"counts":{"written":0,"found":3,"total":3}}')
    assert (await api.get(f"/v1/dossiers/{opened['code']}", heir)).headers["etag"] == sent.headers["etag"]
    ids = [(await api.get(f"/v1/dossiers/{f['code']}", api.operator)).json()["dossier"] for f in filed[:2]]
    body = {"agency": str(await api.agency(NEW_DESKS["07210"])), "dossiers": ids, "papers": "confirmed"}
    acknowledged = await _step(api, path, "acknowledge", body, heir)
    assert acknowledged["counts"] == {"acknowledged": 2}
    reconciled = await _step(api, path, "reconcile")
    assert reconciled["counts"]["handed_over"] == 3
    act = (await api.get(f"/v1/handovers/{handover}", api.operator)).json()
    assert act["parts"][0]["state"] == "reconciled"
    tracked = (await api.get(f"/v1/track/{opened['code']}")).json()
    assert {desk["identifier"] for desk in tracked["desks"]} >= set(NEW_DESKS.values())


async def test_what_is_refused_of_a_handover(api: Api) -> None:
    broken = document(api.office.officers) | {"parts": []}
    answer = await api.post("/v1/handovers", broken, api.operator)
    assert_problem(answer, 422, "urn:hoso:invalid_request")
    assert answer.json()["pointer"] == "/parts"
    broken = document(api.office.officers)
    broken["parts"][0]["links"][1]["to"] = "99999@2025-07-01"
    answer = await api.post("/v1/handovers", broken, api.operator)
    assert_problem(answer, 404, "urn:hoso:unknown_unit")
    assert answer.json()["pointer"] == "/parts/0/links/1/to"
    _, path = await _drafted(api)
    wrong = await api.post(f"{path}/approve", {"digest": "0" * 64}, api.operator)
    assert wrong.status_code == 409
    unapproved = await api.post(f"{path}/schedule", None, api.operator)
    assert_problem(unapproved, 409, "urn:hoso:rule:handover.not_approved")
    assert_problem(await api.post(f"{path}/schedule", None, api.desk), 403, "urn:hoso:role_missing")
    nowhere = "/v1/handovers/00000000-0000-7000-8000-000000000000"
    assert_problem(await api.get(nowhere, api.operator), 404, "urn:hoso:unknown_handover")
    other_part = f"{nowhere}/parts/{path.rpartition('/')[2]}/schedule"
    assert_problem(await api.post(other_part, None, api.operator), 404, "urn:hoso:unknown_part")


async def test_acts_come_in_pages_the_newest_first(api: Api) -> None:
    numbers = [f"{n}/NQ" for n in range(3)]
    for number in numbers:
        changed = document(api.office.officers) | {"number": number}
        assert (await api.post("/v1/handovers", changed, api.operator)).status_code == 201
    seen, cursor = [], ""
    for _ in range(4):
        page = (await api.get(f"/v1/handovers?limit=2{cursor}", api.operator)).json()
        assert len(page["handovers"]) <= 2
        seen += [act["number"] for act in page["handovers"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == numbers[::-1]
    assert_problem(await api.get("/v1/handovers?cursor=x", api.operator), 422, "urn:hoso:bad_cursor")


async def test_a_step_sent_again_answers_the_same_and_its_key_fits_no_other_body(api: Api) -> None:
    filed = await api.filed(place="07207")
    _, path = await _scheduled(api)
    await api.office.move_clock(HOUR)
    heir = api.office.officer("000.00.01.H02")
    desk = str(await api.agency(NEW_DESKS["07210"]))
    dossier = (await api.get(f"/v1/dossiers/{filed['code']}", heir)).json()["dossier"]
    named = {"agency": desk, "dossiers": [dossier]}
    for step, body, other, who in (
        ("transfer", {}, None, api.operator),
        ("acknowledge", named, named | {"papers": "missing"}, heir),
        ("reconcile", {}, None, api.operator),
    ):
        first = await api.post(f"{path}/{step}", body, who, key=step)
        assert first.status_code == 200, first.text
        again = await api.post(f"{path}/{step}", body, who, key=step)
        assert (again.status_code, again.json()) == (200, first.json())
        misused = await api.post(f"{path}/{step}", other, who, key=step)
        assert_problem(misused, 422, "urn:hoso:key_reused")
