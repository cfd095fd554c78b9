"""One writer process of the tests: reads plans, one JSON line each, and answers every item on its own line.

A plan: {"width": how many items wait at once, "items": [{"id", "events": [[stream, version or null,
payload]], "command", "claim"}]}. A version of null means 'the next', found by trying. An answer: {"id",
"outcome", "first", "last"}; the end of a plan: {"end": true}.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any
from uuid import UUID

import uvloop

from application.ports import Claim, Item, LedgerError, NewEvent, StaleVersion
from infra.recorder import PostgresRecorder

known: dict[UUID, int] = {}
TRIES = 6


def item_of(asked: dict[str, Any]) -> Item:
    events: list[NewEvent] = []
    next_of: dict[UUID, int] = {}
    for stream, version, payload in asked["events"]:
        stream_id = UUID(stream)
        if version is None:
            version = next_of.get(stream_id, known.get(stream_id, 0) + 1)
        next_of[stream_id] = version + 1
        events.append(NewEvent(stream_id, version, 100, "test.done.v1", payload.encode()))
    command = bytes.fromhex(asked["command"]) if asked["command"] else None
    claims = (Claim("test", asked["claim"].encode(), events[0].stream_id),) if asked["claim"] else ()
    return Item(tuple(events), command, b"d" * 32 if command else None, claims)


async def answer(recorder: PostgresRecorder, asked: dict[str, Any]) -> dict[str, Any]:
    for tries_left in reversed(range(TRIES)):
        try:
            receipt = await recorder.append(item_of(asked))
        except StaleVersion as error:
            known[error.stream_id] = error.current
            if tries_left and any(version is None for _, version, _ in asked["events"]):
                continue
            return {"id": asked["id"], "outcome": "StaleVersion"}
        except (LedgerError, ValueError) as error:
            return {"id": asked["id"], "outcome": type(error).__name__}
        known.update(receipt.versions)
        outcome = "repeated" if receipt.repeated else "recorded"
        return {"id": asked["id"], "outcome": outcome, "first": receipt.first, "last": receipt.last}
    raise AssertionError


async def work(dsn: str) -> None:
    recorder = await PostgresRecorder.open(dsn)
    print(json.dumps({"ready": True}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        plan = json.loads(line)
        items = iter(plan["items"])

        async def take_turns() -> None:
            for asked in items:  # noqa: B023 - one plan at a time
                print(json.dumps(await answer(recorder, asked)), flush=True)

        await asyncio.gather(*[take_turns() for _ in range(plan["width"])])
        print(json.dumps({"end": True}), flush=True)
    await recorder.close()


if __name__ == "__main__":
    uvloop.run(work(sys.argv[1]))
