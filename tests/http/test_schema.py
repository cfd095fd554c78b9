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
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from application.policy import Identity
from tests.http.client import Api, open_api
from tests.support import Database

EXAMPLES = 20
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


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
                listener.listen()
                server = uvicorn.Server(uvicorn.Config(api.app, log_config=None, access_log=False))
                serving = asyncio.create_task(server.serve(sockets=[listener]))
                ready.set_result(_address(api, listener))
                await stop.wait()
                server.should_exit = True
                await serving

    def work() -> None:
        try:
            loop.run_until_complete(run())
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())

    thread = threading.Thread(target=work)
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
@pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module"
)  # the pool's jitter, in the server's thread
def test_every_operation_answers_as_documented(served: tuple[str, str, str]) -> None:
    url, *tokens = served
    schema: Any = schemathesis.openapi.from_url(f"{url}/openapi.json")
    tried, undocumented = 0, []
    for result in schema.get_all_operations():
        tried += 1
        try:
            _try(result.ok(), tokens)
        except FailureGroup as failures:
            undocumented += [str(failure) for failure in failures.exceptions]
    assert undocumented == []
    assert tried > 50


def _try(operation: Any, tokens: list[str]) -> None:
    """Some requests that the document allows, as the desk and as the system."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        for waits in {"wait", "min_position"}.intersection(case.query or {}):
            case.query[waits] = 0
        for token in tokens:
            answer = case.call(headers={"Authorization": f"Bearer {token}"}, timeout=30)
            if answer.status_code != 503:  # documented, and no fault: a position that is not shown
                case.validate_response(answer, checks=CHECKS)

    one()
