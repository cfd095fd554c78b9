"""Ending tasks for sure. Before Python 3.12 `asyncio.wait_for`, and with it psycopg, loses a cancellation
that arrives together with data (CPython issue 86296): who waits for the end of such a task waits for ever."""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN_SECONDS = 0.5


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel the task until it has ended, however often that is lost. What it raised is passed over."""
    while not task.done():
        task.cancel()
        await asyncio.wait((task,), timeout=AGAIN_SECONDS)
    if not task.cancelled():
        task.exception()


def stop_if_cancelled() -> None:
    """Raise the CancelledError that something below has lost."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
