"""A next version of a part through the API: while nothing is scheduled, and after."""

from __future__ import annotations

from typing import Any

from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.http.test_handover import _scheduled
from tests.office.world import HOUR, NEW_DESKS, document


def _part(api: Api) -> dict[str, Any]:
    """Old 07201 passes to new 07210."""
    part: dict[str, Any] = document(api.office.officers)["parts"][0]
    for link in part["links"]:
        if link["from"] == "07201@2025-06-01":
            link["to"] = "07210@2025-07-01"
    return part


async def test_a_part_is_amended_after_its_hour_and_the_version_in_force_stays_until_then(api: Api) -> None:
    filed = await api.filed(place="07201")
    handover, path = await _scheduled(api)
    await api.office.move_clock(HOUR)
    amended = await api.post(f"{path}/amend", _part(api), api.operator, key="amend")
    assert amended.status_code == 200, amended.text
    assert amended.json()["counts"] == {"part_version": 2}
    again = await api.post(f"{path}/amend", _part(api), api.operator, key="amend")
    assert again.json() == amended.json()

    async def part() -> dict[str, Any]:
        act = (await api.get(f"/v1/handovers/{handover}", api.operator)).json()
        found: dict[str, Any] = act["parts"][0]
        return found

    async def holder() -> str:
        state = (await api.get(f"/v1/dossiers/{filed['code']}", api.operator)).json()
        return str(state["holder"]["identifier"])

    shown = await part()
    assert (shown["state"], shown["amendment"], shown["scheduled_version"]) == ("effective", "drafted", 1)
    assert await holder() == NEW_DESKS["07213"]
    simulated = await api.post(f"{path}/simulate", None, api.operator)
    assert simulated.json()["counts"]["total"] == 1
    digest = {"digest": (await part())["digest"]}
    for officer in (api.operator, api.office.officers["second operator"]):
        assert (await api.post(f"{path}/approve", digest, officer)).status_code == 200
    assert (await part())["amendment"] == "approved"
    assert (await api.post(f"{path}/schedule", None, api.operator)).status_code == 200
    assert await holder() == NEW_DESKS["07210"]
    shown = await part()
    assert (shown["amendment"], shown["scheduled_version"]) == (None, 2)


async def test_what_is_wrong_in_an_amendment_is_refused_at_its_place(api: Api) -> None:
    _, path = await _scheduled(api)
    wrong = _part(api)
    wrong["links"][0]["to"] = "99999@2025-07-01"
    answer = await api.post(f"{path}/amend", wrong, api.operator)
    assert_problem(answer, 404, "urn:hoso:unknown_unit")
    assert answer.json()["pointer"] == "/links/0/to"
    other = await api.post(
        f"{path}/amend", _part(api) | {"effective_at": "2025-07-02T00:00:00+07:00"}, api.operator
    )
    assert_problem(other, 409, "urn:hoso:rule:handover.draft_hour")
    assert other.json()["pointer"] == "/effective_at"
