"""A machine whose clock is far from the database's serves, says so, and records nothing until confirmed."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from infra import clock_watch
from infra.settings import read_settings
from interfaces.http.app import create_app
from interfaces.wiring import open_services
from tests.cli.office import Office

pytestmark = pytest.mark.anyio


async def test_readyz_says_what_is_wrong_with_the_clock(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clock_watch.wall
    monkeypatch.setattr(clock_watch, "wall", lambda: real() + timedelta(hours=1))
    assert "HOSO_CLOCK_CONFIRMED=yes" in str((await _ready(office))["clock"])
    assert (await _ready(office))["ok"] is True, "reads are served"
    assert (await _ready(office, HOSO_CLOCK_CONFIRMED="yes"))["clock"] is None


async def _ready(office: Office, **settings: str) -> dict[str, object]:
    async with open_services(read_settings(office.environment | settings)) as services:
        transport = httpx.ASGITransport(create_app(services))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            found: dict[str, object] = (await client.get("/readyz")).json()
            metrics = (await client.get("/metrics")).text
    assert f"hoso_clock_trusted {0 if found['clock'] else 1}" in metrics
    return found
