"""A whole audit in a process of its own, and how much memory it took at most: for the test of that.

python -m tests.audit.measured DATABASE OWNER_DSN APP_DSN FOLDER
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path

from tests.audit.attested import open_attested
from tests.support import Database


async def measured(database: Database, folder: Path) -> dict[str, object]:
    async with open_attested(database, folder) as attested:
        await attested.shown()
        began = time.monotonic()
        found = await attested.audited(replay=True)
        seconds = time.monotonic() - began
    return {
        "ok": found.ok,
        "findings": list(found.findings),
        "positions": found.positions,
        "mebibytes": peak(),
        "seconds": round(seconds, 1),
        "processor": round(time.process_time(), 1),
    }


def peak() -> int:
    """The most that this process had resident, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (kibibytes,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kibibytes) // 1024


if __name__ == "__main__":
    name, owner, app, of = sys.argv[1:]
    print(json.dumps(asyncio.run(measured(Database(name, owner, app), Path(of)))))
