"""The OpenAPI document is kept, whatever is sent: no answer of ours is undocumented, and none is a 500."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from application.policy import Identity
from tests.http.client import Api, open_api
from tests.support import Database

EXAMPLES = 8


@pytest.fixture
def served(database: Database) -> Iterator[tuple[str, str, str]]:
    """The API on a free port, in a thread of its own: its address, and tokens of a desk and of the system."""
    ready: Future[tuple[str, str, str]] = Future()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        async with open_api(database) as api:
            await api.filed()
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", 0))
                server = uvicorn.Server(uvicorn.Config(api.app, log_config=None, access_log=False))
                serving = asyncio.create_task(server.serve(sockets=[listener]))
                ready.set_result(_address(api, listener))
                await stop.wait()
                server.should_exit = True
                await serving

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    try:
        yield ready.result(60)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
        loop.close()


def _address(api: Api, listener: socket.socket) -> tuple[str, str, str]:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return url, api.token(api.desk), api.token(Identity("system", "tests"))


@pytest.mark.slow
def test_every_operation_answers_as_documented(served: tuple[str, str, str]) -> None:
    url, desk, system = served
    schema: Any = schemathesis.openapi.from_url(f"{url}/openapi.json")
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        tokens = (desk, system)

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def one(case: Any, tokens: tuple[str, str] = tokens) -> None:
            if "wait" in (case.query or {}):
                case.query["wait"] = 0
            for token in tokens:
                answer = case.call(headers={"Authorization": f"Bearer {token}"}, timeout=30)
                if answer.status_code != 503:  # documented, and no fault: a position that is not shown
                    case.validate_response(answer, checks=checks)

        one()
        tried += 1
    assert tried > 50
