"""The demo's province, real units and procedures, all ten statuses: what was rehearsed is what then happens,
count for count, and each of the six numbers before, at and after the hour."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from psycopg import AsyncConnection

from application import rehearsing
from application.handovers import approve, draft, schedule
from application.policy import Identity
from application.reconciling import reconcile
from application.rehearsed import Rehearsed, outcomes
from application.simulating import simulate
from application.stock import Stock, known_at, stock
from application.transfer import transfer
from domain.local_time import day_start
from infra import schema
from infra.checksum import checksum
from infra.copy_server import Embedded
from infra.embedded import Cluster
from infra.scan import open_scan
from infra.secrets import create_secrets
from infra.settings import Settings
from interfaces import wiring
from interfaces.demo.act import act_document
from interfaces.demo.day import PREPARED
from interfaces.demo.hour import T
from interfaces.demo.setting import Setting, life, load
from interfaces.demo.world import CENTRE_BEFORE
from interfaces.http.handover_requests import Draft
from interfaces.rehearsal import Real, open_stage
from projections import flow_queries
from projections import schema as views_schema
from tests.rehearsal.stage import copy_of, quiet
from tests.support import Database

pytestmark = pytest.mark.slow

DOSSIERS = 250
JUNE, FIRST, SECOND = date(2025, 6, 1), date(2025, 7, 1), date(2025, 7, 2)


async def shown(opened: wiring.Opened) -> None:
    moment = await opened.services.reader.moment(fresh=True)
    await wiring.catch_up(opened, moment.read_up_to)


async def lived(opened: wiring.Opened) -> tuple[Setting, UUID, Identity]:
    """June, and the act drafted on its 27th: the part, and an operator."""
    setting = await load(opened, 7)
    june = life(opened, setting, DOSSIERS)
    await june.until(PREPARED, lambda facts: None)
    operator = Identity("officer", str(setting.world.staff("operator", CENTRE_BEFORE)[0].id))
    document = Draft.model_validate(act_document(setting.world, setting.catalogue.values()))
    act = document.model_dump(mode="json", by_alias=True)
    drafted = await draft(opened.services.handovers, operator, act)
    assert drafted.part is not None
    await june.until(T, lambda facts: None)
    return setting, drafted.part, operator


async def rehearsed(
    settings: Settings, opened: wiring.Opened, cluster: Cluster, part: UUID, operator: Identity
) -> Rehearsed:
    moment = await opened.services.reader.moment(fresh=True)
    centre = moment.organisation.agency_by_identifier(CENTRE_BEFORE).id
    act = moment.organisation.parts[part].act
    real = Real(opened.database, Embedded(cluster), opened.recorder.ledger, moment, operator)
    async with open_stage(settings, real, quiet) as stage:
        (one,) = await rehearsing.rehearse(copy_of(stage), [part], operator, centre, act)
    return one


async def counted(opened: wiring.Opened, operator: Identity, from_: date, until: date) -> Stock:
    known = await known_at(opened.services.reader, opened.recorder, operator, None)
    async with open_scan(opened.database.app) as scan:
        found = await stock(scan, known, day_start(from_), day_start(until))
    assert found.unbalanced == ()
    return found


async def as_shown(opened: wiring.Opened, from_: date, until: date) -> dict[str, int]:
    await shown(opened)
    async with opened.services.views.pool.connection() as connection:
        rows = await flow_queries.flow(connection, from_, until, limit=10_000)
    return {row["identifier"]: row["open"] for row in rows if row["open"]}


async def test_the_demos_province_goes_as_it_was_rehearsed(
    empty_database: Database, cluster: Cluster, tmp_path: Path
) -> None:
    await made(empty_database)
    create_secrets(tmp_path / "secrets")
    settings = Settings(
        database_url=empty_database.app_dsn,
        database_owner_url=empty_database.owner_dsn,
        secrets_dir=tmp_path / "secrets",
        clock_confirmed=True,
    )
    async with wiring.open_ledger(settings) as opened:
        setting, part, operator = await lived(opened)
        await shown(opened)
        before = await checksum(empty_database.app_dsn)
        one = await rehearsed(settings, opened, cluster, part, operator)
        assert await checksum(empty_database.app_dsn) == before
        assert one.findings == []

        office = opened.services.handovers
        await simulate(office, operator, part)
        await scheduled(opened, setting, part)
        await setting.move(T)
        await shown(opened)
        at_the_hour = await counted(opened, operator, FIRST, SECOND)
        async for _ in transfer(office, operator, part):
            pass
        reconciled = (await reconcile(office, operator, part)).counts
        really = (await outcomes(opened.services.ledger, [part]))[part]

        assert one.outcome.as_dict() == really.as_dict()
        assert dict(one.reconciled) == dict(reconciled)
        assert one.reconciled["holders_other_than_one"] == 0
        assert at_the_hour.country.by_act_in + at_the_hour.country.results_in == really.handed_over
        stated = await counted(opened, operator, FIRST, SECOND)
        assert stated.country == at_the_hour.country
        assert stated.agencies == at_the_hour.agencies
        for from_, until in ((JUNE, FIRST), (FIRST, SECOND)):
            found = await counted(opened, operator, from_, until)
            stands = {name: n.open for name, n in found.agencies.items() if n.open}
            assert await as_shown(opened, from_, until) == stands


async def made(database: Database) -> None:
    await asyncio.to_thread(schema.init, database.owner_dsn, clock="demo", starts_at=day_start(JUNE))
    async with await AsyncConnection.connect(database.owner_dsn, autocommit=True) as owner:
        await views_schema.allow(owner)
    async with await AsyncConnection.connect(database.app_dsn, autocommit=True) as app:
        await views_schema.create(app)


async def scheduled(opened: wiring.Opened, setting: Setting, part: UUID) -> None:
    office = opened.services.handovers
    operators = [Identity("officer", str(o.id)) for o in setting.world.staff("operator", CENTRE_BEFORE)[:2]]
    moment = await opened.services.reader.moment(fresh=True)
    digest = moment.organisation.parts[part].digest()
    for operator in operators:
        await approve(office, operator, part, digest)
    await schedule(office, operators[0], part)
