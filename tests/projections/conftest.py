"""A database with the views in it, and a runner over a log in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from projections import schema
from tests.projections.world import MemoryLog, organisation
from tests.support import Database


async def make_views(database: Database) -> None:
    async with await AsyncConnection.connect(database.owner_dsn, autocommit=True) as owner:
        await schema.allow(owner)
    async with await AsyncConnection.connect(database.app_dsn, autocommit=True) as app:
        await schema.create(app)


@pytest.fixture
def views(empty_database: Database) -> Database:
    """The views alone, empty."""
    asyncio.run(make_views(empty_database))
    return empty_database


@pytest.fixture
async def reading(views: Database) -> AsyncIterator[AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(views.app_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def log() -> MemoryLog:
    """Units, agencies and procedures are there; nothing is scheduled."""
    made = MemoryLog()
    organisation(made)
    return made
