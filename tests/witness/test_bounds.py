"""Whoever talks to a witness slowly, or in too many connections, keeps nobody else out."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from interfaces import witness_server
from interfaces.witness_app import WitnessApp
from interfaces.witness_wiring import make_witness, open_witness

pytestmark = pytest.mark.anyio
WAIT = 0.3


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[int]:
    """The port of a witness within this process."""
    make_witness(folder, "witness.example", "ed25519")
    found = open_witness(folder)
    listener = socket.create_server(("127.0.0.1", 0))
    ready = asyncio.Event()
    app = WitnessApp(found.witnessing, found, found.vkeys, body_seconds=WAIT)
    server = witness_server.Server(app, ready.set)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await ready.wait()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task


async def until_dropped(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(ConnectionError):
        await reader.read()


async def test_headers_that_do_not_come_end_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_server, "HEADER_SECONDS", WAIT)
    async with served(tmp_path / "w") as port:
        silent, silent_writer = await asyncio.open_connection("127.0.0.1", port)
        slow, slow_writer = await asyncio.open_connection("127.0.0.1", port)
        slow_writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-More: ")
        after, after_writer = await asyncio.open_connection("127.0.0.1", port)
        after_writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in await after.readline()
        after_writer.write(b"GET / HT")
        for reader in (silent, slow, after):
            await asyncio.wait_for(until_dropped(reader), 20 * WAIT)
        for writer in (silent_writer, slow_writer, after_writer):
            writer.close()


async def test_headers_without_an_end_end_the_connection(tmp_path: Path) -> None:
    async with served(tmp_path / "w") as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\n" + b"X-More: 1\r\n" * 3000)
        await asyncio.wait_for(until_dropped(reader), 5)
        writer.close()


async def test_a_body_that_does_not_come_is_408(tmp_path: Path) -> None:
    async with served(tmp_path / "w") as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nold 0\n")
        assert b" 408 " in await asyncio.wait_for(reader.readline(), 20 * WAIT)
        writer.close()


async def test_further_connections_are_told_or_dropped_until_others_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_server, "HEADER_SECONDS", 3 * WAIT)
    monkeypatch.setattr(witness_server, "MOST_REQUESTS", 4)
    monkeypatch.setattr(witness_server, "MOST_CONNECTIONS", 8)
    async with served(tmp_path / "w") as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
        await asyncio.sleep(WAIT / 3)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            assert (await client.get("/")).status_code == 503
        held += [await asyncio.open_connection("127.0.0.1", port) for _ in range(8)]
        await asyncio.sleep(4 * WAIT)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            assert (await client.get("/")).status_code == 200
        for _, writer in held:
            writer.close()
