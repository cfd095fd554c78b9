"""Of millions of linked groups only those that still go on are walked when somebody asks what is late."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from psycopg import AsyncConnection

from domain import dossier_facts as d
from domain.linked_facts import DeclaredStep, LinkedDeclared, LinkedRulesSet, LinkedStepBegun
from projections import linked
from projections.linked import LinkedRegister
from projections.rebuild import rebuild
from projections.runner import Runner
from tests.projections import world as w
from tests.support import Database

pytestmark = pytest.mark.anyio
OWNER = w.uid(101, 1)
BIRTH = {"birth": (), "residence": ("birth",), "card": ("birth",), "school": ("residence",)}


def rules(log: w.MemoryLog) -> None:
    steps = [
        {"step": name, "procedure": "1.001", "case": None, "after": list(after), "passes": None}
        | {"as_component": None, "optional": False}
        for name, after in BIRTH.items()
    ]
    unknown = dict.fromkeys(("valid_from", "limit_amount", "limit_unit", "verified_amount", "sync_minutes"))
    said = {"kind": "birth", "steps": tuple(steps), "acknowledge_hours": None, "source": "tests"}
    own = {"originator_id": w.uid(10, 1), "originator_version": 1, "envelope": w.envelope(w.NOW)}
    log.add(LinkedRulesSet(**own, **unknown, **said), w.NOW)  # type: ignore[arg-type]


class Group:
    """Facts of one group and of its dossiers."""

    def __init__(self, log: w.MemoryLog, number: int, rules_from: int | None = 1) -> None:
        self.log, self.number, self.id, self.version = log, number, w.uid(111, number), 0
        steps = tuple(DeclaredStep(name, w.DISTRICT_DESK[0], OWNER, "1.001", None) for name in BIRTH)
        said: dict[str, Any] = {"kind": "birth", "declarant": OWNER, "subjects": (OWNER,), "steps": steps}
        further: dict[str, Any] = {"channel": "online", "place_code": None, "rules_from": rules_from}
        dated: dict[str, Any] = {"counted_from": w.NOW, "due": None, "calendar_position": 1}
        self._add(LinkedDeclared, **said, **further, **dated)

    def begin(self, *names: str) -> None:
        for name in names:
            self._add(LinkedStepBegun, step=name, dossier=self.dossier(name), sent_at=w.NOW)

    def dossier(self, name: str) -> UUID:
        return w.uid(100, 10 * self.number + list(BIRTH).index(name))

    def end(self, name: str, fact: Any = d.DossierFinished, outcome: str = "granted") -> None:
        said: dict[str, Any] = {"reason": None}
        if fact is d.DossierFinished:
            said |= {"outcome": outcome, "result_code": None, "decision_no": None}
        elif fact is d.DossierStopped:
            said = {"ground": "g", "reason": w.sealed(self.dossier(name))}
        own: dict[str, Any] = {"originator_id": self.dossier(name), "originator_version": 2}
        self.log.add(fact(**own, envelope=w.envelope(w.NOW), **said), w.NOW)

    def _add(self, fact: Any, **said: Any) -> None:
        self.version += 1
        own: dict[str, Any] = {"originator_id": self.id, "originator_version": self.version}
        self.log.add(fact(**own, envelope=w.envelope(w.NOW), **said), w.NOW)


def situations(log: w.MemoryLog) -> dict[str, tuple[Group, bool]]:
    """By what happened: the group, and whether it goes on."""
    rules(log)
    found: dict[str, tuple[Group, bool]] = {}

    def group(what: str, goes_on: bool, rules_from: int | None = 1) -> Group:
        made = Group(log, len(found) + 1, rules_from)
        made.begin(*(BIRTH if rules_from is None else ["birth"]))
        found[what] = made, goes_on
        return made

    group("just declared", True)
    group("the next can begin", True).end("birth")
    group("nothing can begin", False).end("birth", outcome="refused")
    group("stopped", False).end("birth", d.DossierStopped)
    one = group("one waits for nothing any more, another can begin", True)
    one.end("birth")
    one.begin("residence")
    one.end("residence", d.DossierWithdrawn)
    one = group("all that can begin is done", False)
    one.end("birth")
    one.begin("residence", "card")
    one.end("card")
    one.end("residence", d.DossierWithdrawn)
    one = group("all done", False)
    for name in BIRTH:
        if name != "birth":
            one.begin(name)
        one.end(name)
    one = group("without an order one is in hand", True, None)
    for name in ("birth", "card", "school"):
        one.end(name, outcome="refused")
    return found


@pytest.mark.parametrize("page", [1, 7, 500])
async def test_a_group_goes_on_while_a_step_waits_can_begin_or_is_in_hand(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any], page: int
) -> None:
    found = situations(log)
    await Runner(views.app_dsn, log.port(), [LinkedRegister()], page=page).catch_up(log.head)
    going = {group for _, group in await linked.page(reading, 0, 100, going_on=True)}
    assert {what for what, (group, _) in found.items() if group.id in going} == {
        what for what, (_, goes_on) in found.items() if goes_on
    }
    assert len(await linked.page(reading, 0, 100)) == len(found)
    rebuilt = await rebuild(views.app_dsn, log.port(), LinkedRegister())
    assert (rebuilt.compared_at, rebuilt.differences) == (log.head, [])


# One in two hundred goes on, most of them of the last days: one per cent of old ones hang.
_MANY = """
WITH made AS (
    INSERT INTO linked.linked (linked_group, kind, going_on, position)
    SELECT gen_random_uuid(), 'birth', n %% 1000 = 0 OR n > 99600, 100 + n * 20
      FROM generate_series(1, %s) n
    RETURNING linked_group)
INSERT INTO linked.step (linked_group, step, needs, dossier, ended)
SELECT m.linked_group, 's' || s, '{}', gen_random_uuid(), NULL FROM made m
 CROSS JOIN generate_series(1, 4) s"""


async def test_what_goes_on_of_a_hundred_thousand_groups_is_read_along_its_index(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    await Runner(views.app_dsn, log.port(), [LinkedRegister()]).catch_up(log.head)
    await reading.execute(_MANY.encode(), (100_000,))
    for table in LinkedRegister.tables:
        await reading.execute(f"ANALYZE linked.{table}".encode())
    dossiers = [w.uid(100, n) for n in range(500)]
    ending = "UPDATE linked.step s" + linked._ENDED.split("UPDATE step s")[1]
    for query, parameters, index in (
        (linked._GOING_ON, (0, 100), "linked_going_on"),
        (linked._GOING_ON, (1_900_000, 100), "linked_going_on"),
        (linked._PAGE, (1_000_000, 100), "linked_pk"),
        (ending, (dossiers, ["done"] * 500), "step_dossier"),
        (linked._STEPS.replace("FROM step", "FROM linked.step"), (dossiers[:100],), "step_pk"),
    ):
        cursor = await reading.execute(b"EXPLAIN (ANALYZE, BUFFERS) " + query.encode(), parameters)
        plan = "\n".join(line for (line,) in await cursor.fetchall())
        assert re.search(rf" (using|on) {index} ", plan), plan
        assert "Seq Scan" not in plan, plan
