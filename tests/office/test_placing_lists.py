"""Deciding by list: line by line, stopped and repeated, run again after an answer."""

from __future__ import annotations

from uuid import uuid4

import pytest

from application.placing import Decision, place_each
from application.ports import KeyReused
from application.receiving import acknowledge, refuse
from application.refusals import BadRequest, NotFound, Refused
from domain import handover_rules
from tests.office.test_coordination import (
    DESK,
    OTHER,
    OTHER_DESK,
    refused_at_desk,
    waiting,
)
from tests.office.test_receiving import moved, part_of
from tests.office.world import Office


async def test_a_list_is_decided_line_by_line_and_a_fault_stops_no_other(office: Office) -> None:
    dossiers = await moved(office, filed=4)
    await refused_at_desk(office, dossiers[:3])
    operator, to = office.officers["first operator"], await office.agency(OTHER_DESK)
    decisions = [Decision(d, to, "thuộc 07213") for d in (*dossiers, uuid4(), dossiers[0])]
    decisions.append(Decision(dossiers[3], uuid4(), "nơi không có"))
    key = office.command("list")
    outcomes = await place_each(office.handovers, operator, [part_of(office)], decisions, key)
    assert [outcome.word for outcome in outcomes] == ["placed"] * 3 + ["refused"] * 4
    undecided, unknown, twice, nowhere = (outcome.error for outcome in outcomes[3:])
    assert isinstance(undecided, Refused)
    assert undecided.rule is handover_rules.NOTHING_TO_DECIDE
    assert isinstance(unknown, NotFound)
    assert isinstance(twice, BadRequest)
    assert isinstance(nowhere, BadRequest)  # it stands in the list twice
    _, head = await office.opened.recorder.clock()
    again = await place_each(office.handovers, operator, [part_of(office)], decisions, key)
    assert [outcome.word for outcome in again] == [outcome.word for outcome in outcomes]
    fresh = await place_each(office.handovers, operator, [part_of(office)], decisions[:3])
    assert [outcome.word for outcome in fresh] == ["before"] * 3
    assert (await office.opened.recorder.clock())[1] == head
    other = office.command("list", bytes([1]) * 32)
    with pytest.raises(KeyReused):
        await place_each(office.handovers, operator, [part_of(office)], decisions, other)


async def test_a_list_stopped_half_way_is_finished_by_its_repeat(office: Office) -> None:
    dossiers = await moved(office, filed=3)
    await refused_at_desk(office, dossiers)
    operator, to = office.officers["first operator"], await office.agency(OTHER_DESK)
    decisions = [Decision(d, to, "thuộc 07213") for d in dossiers]
    key = office.command("list")
    await place_each(office.handovers, operator, [part_of(office)], decisions[:1], key)
    whole = await place_each(office.handovers, operator, [part_of(office)], decisions, key)
    assert [outcome.word for outcome in whole] == ["placed"] * 3
    assert (await waiting(office)).rows == ()


async def test_a_list_run_again_after_the_acknowledgement_finds_it_as_it_was_before(office: Office) -> None:
    (dossier,) = await moved(office)
    await refused_at_desk(office, [dossier])
    operator, part, to = office.officers["first operator"], part_of(office), await office.agency(OTHER_DESK)
    decisions = [Decision(dossier, to, "thuộc 07213")]
    (first,) = await place_each(office.handovers, operator, [part], decisions)
    await acknowledge(office.handovers, office.officer(OTHER), part, to, [dossier])
    (again,) = await place_each(office.handovers, operator, [part], decisions)
    assert (first.word, again.word) == ("placed", "before")
    elsewhere = [Decision(dossier, await office.agency(DESK), "thuộc 07210")]
    (other,) = await place_each(office.handovers, operator, [part], elsewhere)
    assert isinstance(other.error, Refused)
    assert other.error.rule is handover_rules.NOTHING_TO_DECIDE


async def test_a_list_run_again_after_a_refusal_places_again(office: Office) -> None:
    (dossier,) = await moved(office)
    await refused_at_desk(office, [dossier])
    operator, part, to = office.officers["first operator"], part_of(office), await office.agency(OTHER_DESK)
    decisions = [Decision(dossier, to, "thuộc 07213")]
    await place_each(office.handovers, operator, [part], decisions)
    await refuse(office.handovers, office.officer(OTHER), part, to, [dossier], reason="không")
    (again,) = await place_each(office.handovers, operator, [part], decisions)
    assert again.word == "placed"
