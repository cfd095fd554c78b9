"""Carries out an erasure in a process of its own that is killed (SIGKILL) at a chosen point on the way:

python -m tests.office.killed_erasure DSN FOLDER ERASURE OFFICER POINT
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from application.changing import Asked
from application.erasing import carry_out
from application.erasing_ports import Erasing
from application.moment import OrganisationReader
from application.policy import Identity
from infra.file_folder import FileFolder
from infra.file_store import SealedFileStore
from interfaces.erasing import ShownConcern
from interfaces.services import Views
from interfaces.views import open_pool
from projections.shown import Shown
from tests.codec.opened_ledger import open_ledger

BEFORE_FACT, BEFORE_KEYS = "before the fact", "before the keys"
BEFORE_FILES, BEFORE_NOTED = "between the files", "before it is noted"
POINTS = (BEFORE_FACT, BEFORE_KEYS, BEFORE_FILES, BEFORE_NOTED)


def killed_at(call: int = 1) -> Callable[..., Any]:
    """Stands for a method: the process dies when it is called for this time."""
    calls = 0

    def around(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def dies(*given: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return await method(*given, **named)

        return dies

    return around


async def main(dsn: str, folder: str, erasure: str, officer: str, point: str) -> None:
    async with open_ledger(dsn) as opened, open_pool(dsn, "killed") as pool, Shown(dsn) as shown:
        reader = OrganisationReader(opened.recorder, opened.codec)
        files = SealedFileStore(FileFolder(Path(folder)), opened.keyring)
        patched: dict[str, tuple[Any, str, int]] = {
            BEFORE_FACT: (opened.recorder, "append", 1),
            BEFORE_KEYS: (opened.keyring, "destroy", 1),
            BEFORE_FILES: (files, "erase", 2),
            BEFORE_NOTED: (opened.keyring, "finish", 1),
        }
        of, name, call = patched[point]
        setattr(of, name, killed_at(call)(getattr(of, name)))
        index = ShownConcern(Views(pool, shown, dsn))
        office = Erasing(opened.ledger, reader, index, opened.keyring, files)
        await carry_out(office, Asked(Identity("officer", officer)), UUID(erasure))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
