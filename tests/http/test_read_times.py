"""Every route that reads says which time it takes: in the table, in its parameters, and to people; a list
that is shown as of now says what to do."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi.routing import APIRoute

from interfaces.http import read_times
from interfaces.http.app import ROUTERS
from interfaces.http.parameters import _names
from tests.http.client import Api
from tests.http.test_commands import assert_problem

GUIDE = Path(__file__).parents[2] / "docs" / "time-travel.md"


def reads() -> dict[str, APIRoute]:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return {route.path: route for route in routes if "GET" in (route.methods or ())}


def test_every_read_stands_in_one_place_and_takes_what_that_says() -> None:
    found = reads()
    assert found.keys() == {*read_times.AS_OF, *read_times.SHOWN_NOW, *read_times.NO_TIME}
    for path, route in found.items():
        taken = set(read_times.BOTH) & _names(route)
        assert taken == set(read_times.AS_OF.get(path, ())), path


def test_people_read_the_same_of_each_route() -> None:
    lines = re.findall(r"^\| `GET ([^`]+)` \| ([^|]+) \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    said = {path: set(re.findall(r"`(\w+)`", takes)) for path, takes in lines}
    plain = {path.replace(":path", ""): set(taken) for path, taken in read_times.AS_OF.items()}
    lists = {path: set[str]() for path in read_times.SHOWN_NOW}
    assert said == plain | lists


async def test_a_list_that_is_shown_as_of_now_says_what_to_do(api: Api) -> None:
    for path in read_times.SHOWN_NOW:
        anything = re.sub(r"\{\w+\}", "01972749-3afa-774a-9e61-c167501d8e3e", path)
        for asked in ("valid_at=2025-06-02", "known_at=3", "valid_at=2025-06-02&known_at=3"):
            answer = await api.get(f"{anything}?{asked}", api.operator)
            body = assert_problem(answer, 422, "urn:hoso:shown_now_only")
            assert read_times.SHOWN_NOW[path] in body["detail"]


async def test_another_name_is_refused_there_as_everywhere(api: Api) -> None:
    answer = await api.get("/v1/dossiers?known_at=3&colour=red", api.operator)
    assert_problem(answer, 422, "urn:hoso:unknown_parameter")
