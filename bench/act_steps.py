"""A step of a whole act as a process of its own: `python -m bench.act_steps transfer|reconcile ACT`, with the
settings and the token of a `hoso` command. Prints {"counts", "lock"} as JSON; `lock`: how long the chunks of
the transfer held the log's lock while others appended, and alone.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import uvloop

from application import reconciling, transfer
from application.policy import Identity
from interfaces import wiring
from interfaces.cli.output import print_document

BUSY = 0.5
"""Of its time, while others append."""
NICE = 15
"""Whoever waits at a desk goes first."""


async def _transfer(opened: wiring.Opened, who: Identity, act: UUID) -> Mapping[str, int]:
    services = opened.services
    moment = await services.reader.moment(fresh=True)
    counts: Counter[str] = Counter()
    for part in moment.organisation.acts[act].parts:
        last: transfer.Progress | None = None
        async for progress in transfer.transfer(services.handovers, who, part, busy=BUSY):
            last = progress
        if last is not None:
            counts.update(last.counts())
    return counts


async def _reconcile(opened: wiring.Opened, who: Identity, act: UUID) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for part in await reconciling.reconcile_act(opened.services.handovers, who, act):
        if part.problem is not None:
            raise part.problem
        if part.answer is not None:
            counts.update({name: n for name, n in part.answer.counts.items() if isinstance(n, int)})
    return counts


async def main() -> None:
    verb, act = sys.argv[1:]
    os.nice(NICE)
    async with wiring.open_ledger(wiring.settings_from_environment()) as opened:
        who = opened.services.tokens.verify(opened.settings.token)
        step = _transfer if verb == "transfer" else _reconcile
        counts = await step(opened, who, UUID(act))
        lock: dict[str, Any] = {
            "in_traffic": asdict(opened.recorder.bulk_lock(in_traffic=True)),
            "alone": asdict(opened.recorder.bulk_lock(in_traffic=False)),
        }
    print_document({"counts": dict(counts), "lock": lock})


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
