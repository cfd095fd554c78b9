"""The view `linked`: which linked groups were declared, in the order of their declarations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar
from uuid import UUID

from psycopg import AsyncConnection

from domain.facts import Category, Fact, Recorded
from domain.linked_facts import LinkedDeclared
from projections.view import Connection, Facts

_DECLARED = "INSERT INTO linked (linked_group, kind, position) VALUES (%s, %s, %s)"
_PAGE = """
SELECT l.position, l.linked_group FROM linked.linked l
 WHERE l.position > %s::bigint ORDER BY l.position LIMIT %s::bigint"""


class LinkedRegister:
    name: ClassVar[str] = "linked"
    categories: ClassVar[frozenset[int]] = frozenset((Category.LINKED,))
    tables: ClassVar[tuple[str, ...]] = ("linked",)

    def reset(self) -> None:
        pass

    async def prepare(self, deciding: AsyncIterator[Recorded[Fact]]) -> None:
        pass

    async def apply(self, connection: Connection, facts: Facts) -> None:
        for recorded in facts:
            fact = recorded.fact
            if isinstance(fact, LinkedDeclared):
                await connection.execute(_DECLARED, (fact.originator_id, fact.kind, recorded.position))


async def page(connection: AsyncConnection[Any], after: int, limit: int) -> list[tuple[int, UUID]]:
    """Position and id of the groups that were declared after a position, by position."""
    cursor = await connection.execute(_PAGE, (after, limit))
    return [(position, group) for position, group in await cursor.fetchall()]
