"""The read models in a test's database, empty."""

from __future__ import annotations

import asyncio

from psycopg import AsyncConnection

from projections import schema
from tests.support import Database


def make_views(database: Database) -> None:
    """Made, before there is a loop."""
    asyncio.run(prepare_views(database))


async def prepare_views(database: Database) -> None:
    """Made where the database was not copied with them; the right to make them is never copied."""
    async with await AsyncConnection.connect(database.owner_dsn, autocommit=True) as owner:
        await schema.allow(owner)
    async with await AsyncConnection.connect(database.app_dsn, autocommit=True) as app:
        row = await (await app.execute("SELECT to_regnamespace('views') IS NULL")).fetchone()
        if row is not None and row[0]:
            await schema.create(app)
