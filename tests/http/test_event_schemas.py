"""A program that reads the feed finds what each event's data may be, by the event itself."""

from __future__ import annotations

from typing import Any

import orjson
from cloudevents.core.formats.json import JSONFormat
from jsonschema_rs import Draft202012Validator

from application.policy import Identity
from tests.http.client import Api
from tests.http.test_commands import assert_problem

PORTAL = Identity("portal", "reader")
LARGEST_PAGE = 50


async def all_events(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(100):
        after = found[-1]["position"] if found else 0
        page = (await api.get(f"/v1/events?after={after}&limit={LARGEST_PAGE}", PORTAL)).json()
        if not page:
            break
        found += page
    return found


async def test_every_event_names_the_schema_that_its_data_keep(api: Api) -> None:
    await api.filed()
    await api.office.scheduled()
    judges: dict[str, Draft202012Validator] = {}
    for event in await all_events(api):
        name = event["dataschema"]
        assert JSONFormat().read(None, orjson.dumps(event)).get_dataschema() == name
        if name not in judges:
            answer = await api.get(f"/v1/schemas/{name.rpartition(':')[2]}")
            assert answer.status_code == 200, name
            assert answer.headers["content-type"] == "application/schema+json"
            assert answer.json()["$id"] == name
            judges[name] = Draft202012Validator(answer.json(), validate_formats=True, offline=True)
        assert [fault.message for fault in judges[name].iter_errors(event["data"])] == [], name
    assert len(judges) > 15


async def test_the_types_of_events_are_listed_and_one_that_is_none_is_a_problem(api: Api) -> None:
    listed = (await api.get("/v1/schemas")).json()["schemas"]
    assert {"dossier.submitted.v3", "handover.act_drafted.v2"} <= set(listed)
    assert "handover.act_drafted.v1" not in listed
    assert_problem(await api.get("/v1/schemas/dossier.vanished.v1"), 404, "urn:hoso:not_found")
