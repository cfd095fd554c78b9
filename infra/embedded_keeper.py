"""Keeps the embedded PostgreSQL running: who serves from it starts it again when it has ended."""

from __future__ import annotations

import asyncio
import logging
from typing import NoReturn

from infra.embedded import Cluster
from infra.embedded_home import ClusterError

LOOK_SECONDS = 0.5
PAUSE_SECONDS = 5.0  # after a start that failed

log = logging.getLogger("hoso.serve")


async def keep(cluster: Cluster) -> NoReturn:
    """Look after the server until cancelled; a start under way is then waited for, so that whoever stops the
    cluster next finds it running."""
    while True:
        looking = asyncio.create_task(asyncio.to_thread(cluster.keep_running))
        pause = LOOK_SECONDS
        try:
            if await asyncio.shield(looking):
                log.warning("PostgreSQL in %s had ended and was started again", cluster.data_dir)
        except ClusterError as error:
            log.error("%s Trying again in %.0f s.", error, PAUSE_SECONDS)
            pause = PAUSE_SECONDS
        finally:
            await asyncio.wait((looking,))
        await asyncio.sleep(pause)
