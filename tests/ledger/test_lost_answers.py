"""An answer is lost after the commit: a proxy before the database cuts the line at exactly that moment."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from application.ports import Item, Receipt, StaleVersion
from infra.recorder import PostgresRecorder
from tests.ledger.making import event, key, new_id, one
from tests.support import Database

pytestmark = [pytest.mark.anyio, pytest.mark.faults]

APPEND = b"append_batch"


@dataclass
class Proxy:
    """Passes bytes on. Armed, it lets the next `cuts` appends reach the database and loses their answers."""

    server: str
    cuts: int = 0
    lost: int = 0
    serving: set[asyncio.Task[None] | None] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(asyncio.current_task())
        up_reader, up_writer = await asyncio.open_unix_connection(self.server)
        appends, cutting = False, asyncio.Event()

        async def up() -> None:
            nonlocal appends
            while data := await reader.read(65536):
                appends = appends or APPEND in data  # the one connection that prepared it
                if appends and self.cuts and len(data) > 100 and not cutting.is_set():
                    self.cuts -= 1
                    cutting.set()
                up_writer.write(data)

        async def down() -> None:
            while data := await up_reader.read(65536):
                if cutting.is_set():
                    self.lost += 1
                    return
                writer.write(data)

        tasks = [asyncio.create_task(up()), asyncio.create_task(down())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for stream in (writer, up_writer):
            stream.close()
            with contextlib.suppress(OSError):
                await stream.wait_closed()


@pytest.fixture
async def proxy(database: Database) -> AsyncIterator[tuple[Proxy, PostgresRecorder]]:
    parts = conninfo_to_dict(database.app_dsn)
    proxy = Proxy(f"{parts['host']}/.s.PGSQL.{parts['port']}")
    with tempfile.TemporaryDirectory(prefix="hoso-proxy-") as folder:
        server = await asyncio.start_unix_server(proxy.serve, Path(folder, f".s.PGSQL.{parts['port']}"))
        recorder = await PostgresRecorder.open(make_conninfo(database.app_dsn, host=folder))
        await recorder.append(one(new_id(), 1))
        yield proxy, recorder
        await recorder.close()
        server.close()
        await asyncio.wait([task for task in proxy.serving if task], timeout=10)


@pytest.mark.parametrize("keyed", [True, False])
async def test_an_item_whose_answer_was_lost_is_recorded_once_and_answered_rightly(
    proxy: tuple[Proxy, PostgresRecorder], keyed: bool
) -> None:
    line, recorder = proxy
    items = [
        Item((event(new_id(), 1), event(new_id(), 1)), key() if keyed else None, key() if keyed else None)
        for _ in range(5)
    ]
    stale = one(items[0].events[0].stream_id, 5)
    line.cuts = 1
    outcomes = await asyncio.gather(
        *[recorder.append(item) for item in items], recorder.append(stale), return_exceptions=True
    )
    assert line.lost == 1
    assert isinstance(outcomes.pop(), StaleVersion)
    log = await recorder.events_after(2, 100)
    assert [fact.payload for fact in log] == [event.payload for item in items for event in item.events]
    for number, (item, receipt) in enumerate(zip(items, outcomes, strict=True)):
        assert isinstance(receipt, Receipt)
        assert (receipt.first, receipt.last, receipt.repeated) == (3 + 2 * number, 4 + 2 * number, False)
        assert dict(receipt.versions) == {event.stream_id: 1 for event in item.events}


async def test_a_true_repeat_whose_answer_was_lost_is_still_a_repeat(
    proxy: tuple[Proxy, PostgresRecorder],
) -> None:
    line, recorder = proxy
    command, digest = key(), key()
    first = await recorder.append(one(new_id(), 1, command_id=command, request_digest=digest))
    line.cuts = 1
    again = await recorder.append(one(new_id(), 1, command_id=command, request_digest=digest))
    assert line.lost == 1
    assert (again.first, again.repeated) == (first.first, True)


async def test_lost_answers_during_bulk(proxy: tuple[Proxy, PostgresRecorder]) -> None:
    line, recorder = proxy
    streams = [new_id() for _ in range(1200)]
    line.cuts = 2
    outcomes = await recorder.append_many([one(stream, 1) for stream in streams])
    assert line.lost == 2
    assert [outcome.first for outcome in outcomes if isinstance(outcome, Receipt)] == list(range(3, 1203))
    log = await recorder.events_after(2, 2000)
    assert [fact.stream_id for fact in log] == streams
