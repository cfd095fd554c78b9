"""Reconciling counts all versions of all parts in one pass over the log: the same as each one alone, and the
same as counting by hand."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from application.moment import Moment
from application.receiving import acknowledge, place, refuse
from application.reconciling import reconcile, reconcile_act
from application.reconciling_counts import count
from application.refusals import Refused
from application.statement import handed_over_at, until
from domain import handover_rules as rules
from domain.dossier_timeline import timeline
from domain.facts import Category
from domain.holding import Step
from tests.office.acts import amended, at, transferred
from tests.office.test_amending import swapped
from tests.office.test_audit_handovers import state, true_statement
from tests.office.test_receiving import id_of, part_of
from tests.office.test_the_hour import run_transfer
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, OLD_DESKS, Office

NORTH, SOUTH = NEW_DESKS["07210"], NEW_DESKS["07213"]


async def counted(office: Office, moment: Moment, steps: list[Step]) -> list[dict[str, Any]]:
    found = await count(office.handovers, moment, steps, lambda position, last: None)
    return [found[step.key].as_dict() for step in steps]


async def by_hand(office: Office, moment: Moment, step: Step) -> int:
    """How many dossiers the step moved, one after another."""
    rows = await office.opened.recorder.events_after(0, 10_000, (Category.DOSSIER, Category.PLACEMENT))
    facts: dict[UUID, list[Any]] = {}
    for row in rows:
        recorded = office.opened.codec.decode(row)
        facts.setdefault(getattr(recorded.fact, "dossier", row.stream_id), []).append(recorded)
    steps = until(moment.organisation, step)
    return sum(handed_over_at(steps, step, timeline(known)) is not None for known in facts.values())


async def test_both_versions_are_counted_in_one_pass_as_each_alone_and_by_hand(office: Office) -> None:
    south = [await office.filed(DISTRICT, "07201@2025-06-01") for _ in range(4)]
    north = [await office.filed(DISTRICT, "07207@2025-06-01") for _ in range(3)]
    await office.filed(OLD_DESKS["07210"], "07210@2025-06-01")
    part = await office.scheduled()
    await office.move_clock(HOUR)
    assert (await transferred(office, part)).written == 8
    south_desk, north_desk = await office.agency(SOUTH), await office.agency(NORTH)
    clerk = office.officer(OLD_DESKS["07201"])
    named = [await id_of(office, answer.code) for answer in south]
    await acknowledge(office.handovers, clerk, part, south_desk, named[:2])
    await refuse(office.handovers, clerk, part, south_desk, [named[2]], reason="không thuộc")
    operator = office.officers["first operator"]
    await place(office.handovers, operator, part, named[2], north_desk, "thuộc 07210")
    await at(office, "2025-07-10T09:00:00")
    await amended(office, part, swapped(office))
    await transferred(office, part)

    moment = await office.reader.moment(fresh=True)
    first, second = steps = list(moment.organisation.steps)
    both = await counted(office, moment, steps)
    assert both == [*await counted(office, moment, [first]), *await counted(office, moment, [second])]
    assert [c["moved"] for c in both] == [await by_hand(office, moment, step) for step in steps] == [8, 3]
    assert [c["handed_over"] for c in both] == [8, 3]
    assert (both[0]["acknowledged"], both[0]["refused"], both[0]["silent"]) == (2, 0, 6)
    assert both[0]["by_receiver"][str(south_desk)]["moved"] == 4
    assert len(north) == 3

    act = moment.organisation.parts[part].act
    (done,) = await reconcile_act(office.handovers, operator, act)
    assert done.answer is not None
    assert done.answer.counts == both[1]
    (again,) = await reconcile_act(office.handovers, operator, act)
    assert again.before
    facts = await office.opened.ledger.facts_of([part])
    recorded = [r.fact.counts for r in facts if type(r.fact).__name__ == "PartReconciled"]  # type: ignore[attr-defined]
    assert recorded == both


async def test_an_officer_who_is_not_posted_at_the_holder_is_counted(office: Office) -> None:
    filed = await office.filed(OLD_DESKS["07207"], "07207@2025-06-01")
    stays = office.officer(OLD_DESKS["07207"])
    await office.act(stays, filed.code, "assign", filed.revision, officer=stays.uuid)
    other = await office.filed(DISTRICT, "07201@2025-06-01")
    district = office.officer(DISTRICT)
    await office.act(district, other.code, "assign", other.revision, officer=district.uuid)
    await office.scheduled()
    await office.move_clock(HOUR)
    await run_transfer(office)
    answer = await reconcile(office.handovers, office.officers["first operator"], part_of(office))
    assert answer.counts["assigned_elsewhere"] == 1  # the district's officer went to its default heir
    assert Counter(answer.counts)["moved"] == 2


async def test_a_transfer_that_states_what_did_not_move_is_counted_and_refused(
    damaged_office: Office,
) -> None:
    office = damaged_office
    filed = await office.filed(DISTRICT, "07201@2025-06-01")
    await office.scheduled()
    await office.move_clock(HOUR)
    await run_transfer(office)
    later = await office.filed(OLD_DESKS["07201"], "07213@2025-07-01")
    fields = await true_statement(office, await id_of(office, filed.code))
    await state(office, fields | {"dossier": await id_of(office, later.code)})
    with pytest.raises(Refused) as refused:
        await reconcile(office.handovers, office.officers["first operator"], part_of(office))
    assert refused.value.rule is rules.COUNTS_DIFFER
