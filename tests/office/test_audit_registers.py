"""False statements in the registers, recorded by somebody who goes around the application: the audit names
each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.coordination import Coordination, ReceiverEscalated, ReceiverReminded, coordination_stream_id
from domain.facts import Actor, Aggregate, Envelope, Fact, Personal
from domain.obstacle import Obstacle
from domain.obstacle_facts import ObstacleAssigned, ObstacleReported, ObstacleResolved
from domain.papers import Papers, papers_stream_id
from domain.papers_facts import Original, PapersChecked, PapersListed
from tests.office.test_audit_finds import only
from tests.office.test_coordination import DESK
from tests.office.test_receiving import moved, part_of
from tests.office.world import DISTRICT, HOUR, Office

LATER = HOUR + timedelta(hours=1)


async def record(office: Office, aggregate: Aggregate, *facts: tuple[type[Fact], dict[str, Any]]) -> None:
    holder = await office.agency(DESK) if isinstance(aggregate, Papers) else None
    envelope = Envelope(actor=Actor("system", "intruder"), occurred_at=LATER, holder=holder)
    for fact, fields in facts:
        aggregate.record(fact, envelope, **fields)
    await office.opened.ledger.append(aggregate)


async def found(office: Office) -> list[str]:
    return only(await office.audited(), "register")


async def obstacle(office: Office, **changes: Any) -> tuple[Obstacle, dict[str, Any]]:
    made = Obstacle.empty(uuid4())
    fields: dict[str, Any] = {
        "part": part_of(office),
        "agency": await office.agency(DESK),
        "dossier": None,
        "kind": "other",
        "description": Personal(made.id, "x"),
    }
    return made, fields | changes


@pytest.mark.parametrize("name", ["part", "agency", "dossier"])
async def test_an_obstacle_about_what_is_not_there(damaged_office: Office, name: str) -> None:
    await moved(damaged_office)
    nobody = uuid4()
    made, fields = await obstacle(damaged_office, **{name: nobody})
    await record(damaged_office, made, (ObstacleReported, fields))
    (says,) = await found(damaged_office)
    assert f"names the {name} {nobody}" in says


async def test_an_obstacle_out_of_its_order(damaged_office: Office) -> None:
    await moved(damaged_office)
    made, fields = await obstacle(damaged_office)
    resolved = {"resolution": Personal(made.id, "x")}
    ghost = {"officer": uuid4()}
    await record(
        damaged_office,
        made,
        (ObstacleReported, fields),
        (ObstacleResolved, resolved),
        (ObstacleAssigned, ghost),
    )
    unknown, after = await found(damaged_office)
    assert "names the officer" in unknown
    assert "goes on with an obstacle that was resolved" in after


async def papers(office: Office, dossier: UUID, missing: int, **changes: Any) -> None:
    fields: dict[str, Any] = {"dossier": dossier, "part": part_of(office), "box": "H-1"}
    listed = {"agency": await office.agency(DISTRICT), "originals": (Original("c1", 2),)} | changes
    checked = {"agency": await office.agency(DESK), "found": (Original("c1", 1),)} | changes
    made = Papers.empty(papers_stream_id(part_of(office), dossier, HOUR))
    await record(
        office,
        made,
        (PapersListed, fields | listed),
        (PapersChecked, fields | checked | {"missing": (Original("c1", missing),)}),
    )


async def test_papers_of_a_dossier_that_is_not_there(damaged_office: Office) -> None:
    await moved(damaged_office)
    await papers(damaged_office, uuid4(), 1)
    assert all("which is not there" in says for says in await found(damaged_office))
    assert len(await found(damaged_office)) == 2


async def test_papers_that_do_not_add_up(damaged_office: Office) -> None:
    (dossier,) = await moved(damaged_office)
    await papers(damaged_office, dossier, 2)
    (says,) = await found(damaged_office)
    assert "misses other papers" in says


async def test_a_reminder_of_nothing_in_another_stream(damaged_office: Office) -> None:
    await moved(damaged_office)
    part, desk = part_of(damaged_office), await damaged_office.agency(DESK)
    told = {"part": part, "agency": desk, "waiting": 0, "oldest": HOUR}
    made = Coordination.empty(coordination_stream_id(part, uuid4(), HOUR))
    escalated = told | {"waiting": 1, "to_officer": uuid4()}
    await record(damaged_office, made, (ReceiverReminded, told), (ReceiverEscalated, escalated))
    says = "\n".join(await found(damaged_office))
    for wrong in ("reminds where nothing waited", "stands in another stream", "names the to_officer"):
        assert wrong in says
