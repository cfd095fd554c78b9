"""An audit in a process of its own that kills itself at a position: for tests of what goes on after it.

python -m tests.audit.killed DATABASE OWNER_DSN APP_DSN FOLDER STATE_FOLDER POSITION
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from application.audit_run import EVENTS
from application.audit_sources import Keeping
from infra.audit_state import AuditStateFile
from tests.audit.attested import open_attested
from tests.support import Database

PAGE = 50


async def killed(database: Database, folder: Path, state: Path, position: int) -> None:
    def progress(doing: str, done: int, total: int) -> None:
        if doing == EVENTS and done >= position:
            os.kill(os.getpid(), signal.SIGKILL)

    async with open_attested(database, folder) as attested:
        keeping = Keeping(AuditStateFile(state), "this", seconds=0)
        await attested.audited(keeping=keeping, page=PAGE, progress=progress)


if __name__ == "__main__":
    name, owner, app, of, kept, at = sys.argv[1:]
    asyncio.run(killed(Database(name, owner, app), Path(of), Path(kept), int(at)))
