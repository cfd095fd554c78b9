"""Commands that wait until they are attested, and how far attesting is, over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from application.attest_run import AttestRun
from application.tlog_ports import NoWitnesses
from infra.attest_turn import AttestTurn
from infra.attested_watch import PostgresAttestedWatch
from interfaces.http.app import openapi
from tests.http.client import Api
from tests.support import Database
from tests.tlog.attesting import World, open_world


@pytest.fixture
async def world(api: Api, database: Database, tmp_path: Path) -> AsyncIterator[World]:
    """The office's log, opened; its server hears who attests."""
    async with (
        open_world(database, tmp_path) as opened,
        PostgresAttestedWatch(database.app_dsn) as watch,
    ):
        await opened.open_log()
        api.app.state.services = replace(api.services, attesting=watch)
        yield opened


@asynccontextmanager
async def attesting(world: World, database: Database) -> AsyncIterator[None]:
    turn = AttestTurn(database.app_dsn)
    run = AttestRun(world.tlog, NoWitnesses(), turn, seconds=0.05)
    task = asyncio.create_task(run.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await turn.close()


async def test_a_command_waits_until_it_is_attested_and_so_does_its_repeat(
    api: Api, world: World, database: Database
) -> None:
    filing = await api.filing()
    path = "/v1/dossiers?wait_for=attested"
    answer = await api.post(path, filing, api.desk, key="one")
    assert answer.status_code == 201, answer.text
    assert answer.json()["attested"] is False, "nobody attests, and what is recorded stays recorded"
    async with attesting(world, database):
        repeated = await api.post(path, filing, api.desk, key="one")
        assert repeated.json() == answer.json() | {"attested": True}
        code, revision = answer.json()["code"], answer.json()["revision"]
        act = f"/v1/dossiers/{code}/assign?wait_for=attested"
        assigned = await api.post(act, {"officer": api.desk.id}, api.desk, revision=revision)
        assert assigned.json()["attested"] is True
        newest = await world.checkpoints.newest(world.origin)
        assert newest is not None
        assert newest.size >= assigned.json()["position"]
    plain = await api.post("/v1/dossiers", filing, api.desk, key="one")
    assert "attested" not in plain.json()


async def test_whoever_waits_in_vain_waits_no_longer_than_was_set(api: Api, world: World) -> None:
    began = time.monotonic()
    answer = await api.post("/v1/dossiers?wait_for=attested", await api.filing(), api.desk)
    assert (answer.status_code, answer.json()["attested"]) == (201, False)
    assert time.monotonic() - began < 5, "HOSO_ATTEST_WAIT_SECONDS is half a second here"


async def test_what_else_is_waited_for_is_refused(api: Api) -> None:
    answer = await api.post("/v1/dossiers?wait_for=printed", await api.filing(), api.desk)
    assert answer.status_code == 422
    assert "wait_for" in answer.text


async def test_every_command_of_a_dossier_may_wait(api: Api) -> None:
    """The document says so of each, and of its answer."""
    paths = openapi(api.app)["paths"]
    commands = [
        operation["post"]
        for path, operation in paths.items()
        if path.startswith("/v1/dossiers") and "post" in operation
    ]
    assert len(commands) > 30
    for command in commands:
        assert "wait_for" in {parameter["name"] for parameter in command["parameters"]}, command["summary"]
        status = "201" if "201" in command["responses"] else "200"
        answer = command["responses"][status]["content"]["application/json"]["schema"]["$ref"]
        assert answer.endswith("/CommandAnswer"), command["summary"]


async def test_readyz_and_metrics_say_how_far_attesting_is_and_why_it_stands(
    api: Api, world: World, database: Database
) -> None:
    ready = await api.get("/readyz")
    assert ready.status_code == 200, "commands go on"
    assert "hoso tlog run" in ready.json()["attesting"]["stands"]
    assert "hoso_attesting 0" in (await api.get("/metrics")).text.splitlines()
    async with attesting(world, database):
        last = (await api.filed())["position"]
        for _ in range(200):
            known = (await api.get("/readyz")).json()["attesting"]
            if known["attested"] == last and known["stands"] is None:
                break
            await asyncio.sleep(0.1)
        assert (known["attested"], known["quorum"], known["stands"]) == (last, True, None)
        assert 0 <= known["seconds"] < 60
        metrics = (await api.get("/metrics")).text.splitlines()
        assert {f"hoso_attested_position {last}", "hoso_attesting 1", "hoso_quorum 1"} <= set(metrics)
        assert [line for line in metrics if line.startswith("hoso_checkpoint_seconds ")]
