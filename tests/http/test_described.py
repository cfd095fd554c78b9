"""The OpenAPI document leaves nobody to guess: every operation and every parameter says what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from interfaces.http.app import openapi
from interfaces.http.described import PARAMETERS
from tests.http.client import Api


def operations(api: Api) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, found in openapi(api.app)["paths"].items():
        for method, operation in found.items():
            yield f"{method.upper()} {path}", operation


async def test_every_operation_has_a_description_and_a_summary_that_somebody_wrote(api: Api) -> None:
    silent = [name for name, operation in operations(api) if not operation.get("description")]
    assert silent == []
    made = [
        f"{name}: {operation['summary']}"
        for name, operation in operations(api)
        if operation["summary"] == operation["operationId"].partition("_v1_")[0].replace("_", " ").title()
    ]
    assert made == []


async def test_every_parameter_has_a_description_and_none_is_said_for_nothing(api: Api) -> None:
    silent, seen = [], set()
    for name, operation in operations(api):
        for parameter in operation.get("parameters", ()):
            seen.add(parameter["name"])
            if not parameter.get("description"):
                silent.append(f"{name}: {parameter['name']}")
    assert silent == []
    assert seen >= PARAMETERS.keys()
