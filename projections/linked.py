"""The view `linked`: which linked groups were declared, in the order of their declarations, and which still
go on: about two million are declared in a year, and a few days' worth of them goes on at a time.

Whether one goes on follows from the order of its steps and from how each step's dossier ended. Of the facts
of dossiers only those that end one are looked at, those of a page in one question.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any, ClassVar, Final
from uuid import UUID

from psycopg import AsyncConnection

from domain.dossier_facts import DossierFinished, DossierStopped, DossierWithdrawn, IntakeRefused
from domain.facts import Category, Fact, Recorded
from domain.linked_facts import LinkedDeclared, LinkedRulesSet, LinkedStepBegun
from domain.linked_group import DONE, REJECTED, out_of_reach
from domain.linked_terms import LinkedRulesKnown, LinkedTerms
from projections.view import Connection, Facts

ENDINGS: Final = (DossierFinished, DossierStopped, DossierWithdrawn, IntakeRefused)

_DECLARED = "INSERT INTO linked (linked_group, kind, going_on, position) VALUES (%s, %s, true, %s)"
_STEP = "INSERT INTO step (linked_group, step, needs) VALUES (%s, %s, %s)"
_PARTY = "INSERT INTO party (linked_group, citizen) SELECT %s, unnest(%s::uuid[])"
_BEGUN = "UPDATE step SET dossier = %s WHERE linked_group = %s AND step = %s"
_ENDED = """
UPDATE step s SET ended = k.ended
  FROM unnest(%s::uuid[], %s::text[]) k (dossier, ended)
 WHERE s.dossier = k.dossier
RETURNING s.linked_group"""
_STEPS = "SELECT linked_group, step, needs, ended FROM step WHERE linked_group = ANY (%s::uuid[])"
_OVER = "UPDATE linked SET going_on = false WHERE linked_group = ANY (%s::uuid[])"
_PAGE = """
SELECT l.position, l.linked_group FROM linked.linked l
 WHERE l.position > %s::bigint ORDER BY l.position LIMIT %s::bigint"""
_GOING_ON = """
SELECT l.position, l.linked_group FROM linked.linked l
 WHERE l.position > %s::bigint AND l.going_on ORDER BY l.position LIMIT %s::bigint"""


class LinkedRegister:
    name: ClassVar[str] = "linked"
    categories: ClassVar[frozenset[int]] = frozenset(
        (Category.LINKED_RULES, Category.DOSSIER, Category.LINKED)
    )
    tables: ClassVar[tuple[str, ...]] = ("linked", "party", "step")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._rules = LinkedRulesKnown()

    async def prepare(self, deciding: AsyncIterator[Recorded[Fact]]) -> None:
        async for recorded in deciding:
            self._rules.apply(recorded)

    async def apply(self, connection: Connection, facts: Facts) -> None:
        ended: dict[UUID, str] = {}
        for recorded in facts:
            fact = recorded.fact
            if isinstance(fact, ENDINGS):
                granted = isinstance(fact, DossierFinished) and fact.outcome != "refused"
                ended[fact.originator_id] = DONE if granted else REJECTED
            elif isinstance(fact, LinkedRulesSet):
                self._rules.apply(recorded)
            elif isinstance(fact, LinkedDeclared):
                await self._declared(connection, fact, recorded.position)
            elif isinstance(fact, LinkedStepBegun):
                await connection.execute(_BEGUN, (fact.dossier, fact.originator_id, fact.step))
        if ended:
            await _end(connection, ended)

    async def _declared(self, connection: Connection, fact: LinkedDeclared, position: int) -> None:
        await connection.execute(_DECLARED, (fact.originator_id, fact.kind, position))
        parties = {fact.declarant, *fact.subjects, *(step.owner for step in fact.steps)}
        await connection.execute(_PARTY, (fact.originator_id, sorted(parties)))
        terms = self._rules.number(fact.kind, fact.rules_from)
        named = [step.step for step in fact.steps]
        rows = [(fact.originator_id, name, _needs(name, named, terms)) for name in named]
        await connection.cursor().executemany(_STEP, rows)


def _needs(step: str, declared: Iterable[str], terms: LinkedTerms | None) -> list[str]:
    known = terms.step(step) if terms else None
    return [name for name in declared if known and name in known.after]


async def _end(connection: Connection, ended: dict[UUID, str]) -> None:
    """These dossiers have ended, most of which are no step's; a group is over when no step can go on."""
    cursor = await connection.execute(_ENDED, (list(ended), list(ended.values())))
    groups = {group for (group,) in await cursor.fetchall()}
    if not groups:
        return
    steps: dict[UUID, dict[str, tuple[list[str], str | None]]] = {group: {} for group in groups}
    cursor = await connection.execute(_STEPS, (list(groups),))
    for group, step, needs, how in await cursor.fetchall():
        steps[group][step] = needs, how
    over = [group for group, known in steps.items() if not _goes_on(known)]
    if over:
        await connection.execute(_OVER, (over,))


def _goes_on(steps: dict[str, tuple[list[str], str | None]]) -> bool:
    rejected = {step for step, (_, how) in steps.items() if how == REJECTED}
    blocked = out_of_reach({step: needs for step, (needs, _) in steps.items()}, rejected)
    return any(how is None and step not in blocked for step, (_, how) in steps.items())


async def page(
    connection: AsyncConnection[Any], after: int, limit: int, *, going_on: bool = False
) -> list[tuple[int, UUID]]:
    """Position and id of the groups that were declared after a position, by position; with `going_on` those
    of which a step still waits, can begin, or is in hand."""
    cursor = await connection.execute(_GOING_ON if going_on else _PAGE, (after, limit))
    return [(position, group) for position, group in await cursor.fetchall()]
