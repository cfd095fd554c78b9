"""A runner as a process of its own, to be killed: `python -m tests.projections.runner_process DSN`."""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from infra.codec import JsonCodec
from infra.fact_types import domain_fact_types
from infra.recorder import PostgresRecorder
from projections.directory import Directory
from projections.handover import HandoverProgress
from projections.runner import Runner
from projections.status import Status
from projections.view import Log


class NoKeys:
    """The facts of these tests seal nothing."""

    def key_of(self, subject: UUID) -> bytes:
        raise LookupError(subject)


def codec() -> JsonCodec:
    return JsonCodec(domain_fact_types(), NoKeys())


def log_of(recorder: PostgresRecorder) -> Log:
    return Log(recorder.follow, recorder.events_after, codec().decode)


async def main(dsn: str) -> None:
    recorder = await PostgresRecorder.open(dsn)
    await Runner(dsn, log_of(recorder), [Status(), Directory(), HandoverProgress()], page=20).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
