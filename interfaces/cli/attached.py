"""Processes that live no longer than the one that started them: its end closes their standard input."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Annotated

import typer

STANDARD_INPUT = 0

Attached = Annotated[
    bool,
    typer.Option(
        "--attached", hidden=True, help="Stop when standard input closes: for children of another command."
    ),
]


def stop_with_parent(stop: Callable[[], object] | None = None) -> None:
    """Call `stop` (default: cancel the present task) when standard input closes, however the parent ended."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None
    end = stop or task.cancel

    def look() -> None:
        if os.read(STANDARD_INPUT, 1024) == b"":
            loop.remove_reader(STANDARD_INPUT)
            end()

    loop.add_reader(STANDARD_INPUT, look)
