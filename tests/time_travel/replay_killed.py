"""A replay in a process of its own that kills itself on the way, or just before what it made is kept.

python -m tests.time_travel.replay_killed DATABASE OWNER_DSN APP_DSN POSITION WHEN
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from projections.replay_to import replayed
from tests.codec.opened_ledger import open_ledger
from tests.office.world import all_views
from tests.support import Database
from tests.time_travel.replaying import log_of

PAGE = 20


async def killed(database: Database, position: int, when: str) -> None:
    def progress(doing: str, done: int, total: int) -> None:
        if when == "on the way" and done >= position // 2:
            os.kill(os.getpid(), signal.SIGKILL)

    async with (
        open_ledger(database.app_dsn) as opened,
        replayed(database.app_dsn, log_of(opened), all_views(), position, progress, keep=True, page=PAGE),
    ):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    name, owner, app, to, at = sys.argv[1:]
    asyncio.run(killed(Database(name, owner, app), int(to), at))
