"""A rehearsal of an office's act, as the command does it, and the real run beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from application import rehearsing
from application.handovers import approve, schedule
from application.reconciling import reconcile
from application.rehearsed import Rehearsed, outcomes
from application.simulating import simulate
from application.transfer import transfer
from infra.checksum import Content, checksum
from infra.copy_server import Embedded
from infra.embedded import Cluster
from infra.settings import Settings
from interfaces import databases, wiring
from interfaces.rehearsal import Real, Stage, open_stage
from tests.office.world import HOUR, PROVINCE, Office


def quiet(what: str, done: int, total: int) -> None:
    assert done >= 0
    assert total >= 0


async def real_of(office: Office, cluster: Cluster) -> Real:
    database = databases.Database(office.database.owner_dsn, office.database.app_dsn)
    moment = await office.reader.moment(fresh=True)
    ledger = office.opened.recorder.ledger
    return Real(database, Embedded(cluster), ledger, moment, office.officers["first operator"])


@asynccontextmanager
async def staged(office: Office, cluster: Cluster, *, keep: bool = False) -> AsyncIterator[Stage]:
    real = await real_of(office, cluster)
    async with open_stage(Settings(), real, quiet, keep=keep) as stage:
        yield stage


def copy_of(stage: Stage) -> rehearsing.Copy:
    services = stage.opened.services

    async def catch_up(position: int) -> None:
        await wiring.catch_up(stage.opened, position)

    return rehearsing.Copy(
        services.ledger_id, services.ledger, services.handovers, services.registry, stage.opened.recorder,
        catch_up, quiet,
    )  # fmt: skip


async def rehearsed(office: Office, cluster: Cluster, parts: list[UUID]) -> list[Rehearsed]:
    agency = await office.agency(PROVINCE)
    async with staged(office, cluster) as stage:
        return await rehearsing.rehearse(copy_of(stage), parts, office.officers["first operator"], agency)


async def really(office: Office, part: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """The hour, transfer and reconciliation in earnest: what the transfers say, and what was reconciled."""
    await office.move_clock(HOUR)
    operator = office.officers["first operator"]
    async for _ in transfer(office.handovers, operator, part):
        pass
    counts = dict((await reconcile(office.handovers, operator, part)).counts)
    found = await outcomes(office.opened.ledger, [part])
    return found[part].as_dict(), counts


async def schedule_drafted(office: Office, part: UUID) -> None:
    """Simulated, approved by two and scheduled in earnest."""
    first, second = office.officers["first operator"], office.officers["second operator"]
    await simulate(office.handovers, first, part)
    moment = await office.reader.moment(fresh=True)
    digest = moment.organisation.parts[part].digest()
    for officer in (first, second):
        await approve(office.handovers, officer, part, digest)
    await schedule(office.handovers, first, part)


async def content(office: Office, up_to: int | None = None) -> Content:
    """Once the read models are still."""
    moment = await office.reader.moment(fresh=True)
    for view in ("status", "directory", "handover"):
        await office.shown._views.shown.wait_for(view, moment.read_up_to, 30)
    return await checksum(office.database.app_dsn, up_to)
