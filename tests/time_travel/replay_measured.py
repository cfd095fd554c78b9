"""A whole replay in a process of its own, and how much memory it took at most: for the test of that.

python -m tests.time_travel.replay_measured APP_DSN POSITION
"""

from __future__ import annotations

import asyncio
import json
import sys

from application.moment import OrganisationReader
from application.replaying import by_stream
from projections.replay_to import replayed
from tests.audit.measured import peak
from tests.codec.opened_ledger import open_ledger
from tests.office.world import all_views
from tests.time_travel.replaying import log_of


async def measured(dsn: str, position: int) -> dict[str, object]:
    async with open_ledger(dsn) as opened:
        reader = OrganisationReader(opened.recorder, opened.codec)
        async with replayed(dsn, log_of(opened), all_views(), position, lambda *_: None) as scratch:
            folded = await by_stream(opened.ledger, reader, scratch, position, lambda reached: None)
    return {
        "dossiers": folded.dossiers,
        "differs": folded.says,
        "parked": len(scratch.parked),
        "mebibytes": peak(),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measured(sys.argv[1], int(sys.argv[2])))))
