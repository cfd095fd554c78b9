"""For when and as known when: `valid_at` and `known_at`, and that no parameter is ignored."""

from __future__ import annotations

import pytest

from tests.http.client import Api
from tests.http.test_commands import assert_problem


async def test_the_organisation_as_known_before_and_after_an_act_was_scheduled(api: Api) -> None:
    _, before = await api.services.ledger.recorder.clock()
    await api.office.scheduled()
    _, after = await api.services.ledger.recorder.clock()
    known = (await api.get(f"/v1/units/07210?valid_at=2025-07-01&min_position={after}")).json()
    assert known["unit"] == "07210@2025-07-01"
    then = (await api.get(f"/v1/units/07210?valid_at=2025-07-01&known_at={before}")).json()
    assert then["unit"] == "07210@2025-06-01"
    heirs = f"/v1/units/07201@2025-06-01/heirs?valid_at=2025-07-01&known_at={before}"
    assert (await api.get(heirs)).json()["heirs"] == []
    agencies = "/v1/agencies?valid_at=2025-07-02"
    assert [a["identifier"] for a in (await api.get(agencies)).json()["items"]] != [
        a["identifier"] for a in (await api.get(f"{agencies}&known_at={before}")).json()["items"]
    ]
    procedure = "/v1/procedures/1.000001?valid_at=2025-07-02"
    assert (await api.get(f"{procedure}&known_at={before}")).json()["level"] == "commune"
    assert_problem(await api.get(f"{procedure}&known_at=1"), 404, "urn:hoso:unknown_procedure")


async def test_as_known_at_an_instant_is_as_known_at_the_last_position_by_then(api: Api) -> None:
    filed = await api.filed()
    path = f"/v1/dossiers/{filed['code']}/history"
    known = await api.get(f"{path}?known_at={filed['recorded_at'].replace('+', '%2B')}", api.desk)
    assert known.json()["read_up_to"] == filed["position"]
    assert len(known.json()["facts"]) == 2
    early = await api.get(f"{path}?known_at=2025-05-31", api.desk)
    assert_problem(early, 404, "urn:hoso:not_known_yet")
    assert (await api.get(f"{path}?valid_at=2025-05-31", api.desk)).json()["facts"] == []


@pytest.mark.parametrize("known_at", ["999999999", "2199-01-01"])
async def test_what_is_not_recorded_yet_is_not_answered_for(api: Api, known_at: str) -> None:
    filed = await api.filed()
    history = await api.get(f"/v1/dossiers/{filed['code']}/history?known_at={known_at}", api.desk)
    assert_problem(history, 409, "urn:hoso:not_recorded_yet")
    assert_problem(await api.get(f"/v1/units?known_at={known_at}"), 409, "urn:hoso:not_recorded_yet")


@pytest.mark.parametrize("known_at", ["0", "soon", "2025-06-01T00:00:00", "99999999999999999999", "-1"])
async def test_a_known_at_that_is_no_time_and_no_position(api: Api, known_at: str) -> None:
    answer = await api.get(f"/v1/units?known_at={known_at}")
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/v1/units?at=2025-07-01",
        "/v1/units/07210?colour=red",
        "/v1/dossiers?colour=red",
        "/v1/dossiers/X-1?at=3",
        "/v1/events?from=3",
        "/v1/views?limit=3",
        "/v1/handovers?sort=asc",
        "/readyz?verbose=1",
        "/?x=1",
    ],
)
async def test_a_parameter_that_a_route_does_not_have_is_refused(api: Api, path: str) -> None:
    body = assert_problem(await api.get(path, api.operator), 422, "urn:hoso:unknown_parameter")
    (name,) = body["unknown"]
    assert f"query/{name}" in body["detail"]


async def test_a_command_with_a_parameter_is_refused_and_records_nothing(api: Api) -> None:
    _, before = await api.services.ledger.recorder.clock()
    filing = await api.filing()
    answer = await api.post("/v1/dossiers?dry_run=true", filing, api.desk)
    assert_problem(answer, 422, "urn:hoso:unknown_parameter")
    _, after = await api.services.ledger.recorder.clock()
    assert after - before <= 1  # the applicant
