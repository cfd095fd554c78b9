"""Who holds a dossier, situation by situation. The machine beside this file compares the whole definition
with a naive replay."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain import handover_rules as reasons
from domain.facts import Personal, Recorded
from domain.handover_facts import Closing, Link, PartCancelled, PartScheduled
from domain.holding import (
    DossierHistory,
    HolderSet,
    PlaceKnown,
    StatusKnown,
    Step,
    StepKey,
    custodian,
    holder,
    links,
    spells,
    steps_from_parts,
)
from domain.routing import PartRules
from tests.domain.handover_world import (
    BIRTH,
    CLOSER,
    DISTRICT_DESK,
    HOUR,
    LAND,
    LATER,
    LATER_RULES,
    LATER_STEP,
    MICROSECOND,
    NEW_NORTH,
    NEW_SOUTH,
    NORTH_DESK,
    OLD_LICENCE,
    OLD_SAME,
    OLD_SPLIT,
    OLD_WHOLE,
    OLD_WHOLE_DESK,
    PART,
    POLICE,
    PROVINCE_DESK,
    RULES,
    SAME_DESK,
    SECOND_PART,
    SOUTH_DESK,
    STEP,
    by,
    draft,
    history,
)

DAY = timedelta(days=1)


def now_with(known: DossierHistory, *steps: Step, t: datetime | None = None) -> UUID:
    held = holder(known, steps, LATER + DAY if t is None else t)
    assert held is not None
    return held.agency


def test_nobody_holds_what_is_not_recorded_yet() -> None:
    assert holder(history(), (STEP,), HOUR - 6 * DAY) is None
    assert links(DossierHistory((), (), ()), (STEP,)) == []


def test_the_hour_itself_belongs_to_the_new_holder() -> None:
    before = holder(history(), (STEP,), HOUR - MICROSECOND)
    at_hour = holder(history(), (STEP,), HOUR)
    assert before is not None
    assert at_hour is not None
    assert (before.agency, before.by) == (DISTRICT_DESK, None)
    assert (at_hour.agency, at_hour.since, at_hour.by) == (NORTH_DESK, HOUR, StepKey(PART, 1))
    assert at_hour.rule == reasons.TO_SUCCESSOR.id
    assert not at_hour.provisional


def test_one_district_passes_to_many_and_one_commune_receives_from_many() -> None:
    assert now_with(history(DISTRICT_DESK, OLD_WHOLE), STEP) == NORTH_DESK
    assert now_with(history(OLD_WHOLE_DESK, OLD_WHOLE), STEP) == NORTH_DESK
    assert now_with(history(DISTRICT_DESK, OLD_SAME), STEP) == SAME_DESK
    assert now_with(history(DISTRICT_DESK, OLD_WHOLE, LAND), STEP) == PROVINCE_DESK


def test_an_agency_that_does_not_end_keeps_what_it_holds() -> None:
    assert now_with(history(POLICE), STEP) == POLICE


def test_the_place_in_a_split_commune_goes_provisionally_to_the_default_successor() -> None:
    held = holder(history(place=OLD_SPLIT), (STEP,), HOUR)
    assert held is not None
    assert (held.agency, held.provisional, held.rule) == (SOUTH_DESK, True, reasons.SPLIT_DEFAULT.id)


def test_an_abolished_procedure_goes_to_the_province_for_good() -> None:
    held = holder(history(procedure=OLD_LICENCE), (STEP,), HOUR)
    assert held is not None
    assert (held.agency, held.provisional, held.rule) == (
        PROVINCE_DESK,
        False,
        reasons.TO_PROVINCE_ABOLISHED.id,
    )


@pytest.mark.parametrize("status", [1, 2, 4, 5, 6, 9, None])
def test_open_statuses_and_completed_ones_move(status: int | None) -> None:
    assert now_with(history(status=status), STEP) == NORTH_DESK


@pytest.mark.parametrize("status", [3, 7, 8, 10])
def test_a_dossier_concluded_before_the_hour_ends_with_its_holder_and_the_heir_is_custodian(
    status: int,
) -> None:
    held = holder(history(status=status), (STEP, LATER_STEP), LATER)
    assert held is not None
    assert (held.agency, held.ended_here, held.since) == (DISTRICT_DESK, True, HOUR)
    assert custodian(held, (STEP, LATER_STEP), HOUR) == NORTH_DESK
    assert custodian(held, (STEP, LATER_STEP), LATER) == SOUTH_DESK


@pytest.mark.parametrize(("after", "agency"), [(-MICROSECOND, DISTRICT_DESK), (timedelta(), NORTH_DESK)])
def test_concluded_at_the_hour_itself_comes_too_late_to_stay(after: timedelta, agency: UUID) -> None:
    known = history()
    known = replace(known, statuses=(*known.statuses, StatusKnown(10, HOUR + after, 2)))
    assert now_with(known, STEP) == agency


def test_a_stopped_dossier_that_was_recalled_before_the_hour_moves() -> None:
    known = history(status=8)
    known = replace(known, statuses=(*known.statuses, StatusKnown(4, HOUR - DAY, 2)))
    assert now_with(known, STEP) == NORTH_DESK


def test_a_place_corrected_after_the_hour_moves_nothing_and_before_it_counts() -> None:
    known = history(place=OLD_WHOLE)
    late = replace(known, places=(*known.places, PlaceKnown(OLD_SAME, BIRTH, HOUR, 2)))
    early = replace(known, places=(*known.places, PlaceKnown(OLD_SAME, BIRTH, HOUR - MICROSECOND, 2)))
    assert now_with(late, STEP) == NORTH_DESK
    assert now_with(early, STEP) == SAME_DESK


def test_a_fact_at_or_after_the_hour_sets_the_holder_and_the_hour_does_not_undo_it() -> None:
    known = history()
    known = replace(known, holder_sets=(*known.holder_sets, HolderSet(SOUTH_DESK, HOUR, 2)))
    assert now_with(known, STEP, t=HOUR - MICROSECOND) == DISTRICT_DESK
    assert now_with(known, STEP) == SOUTH_DESK


def test_a_back_dated_step_counts_when_it_was_recorded() -> None:
    """Only recorded times are read: a step of 29 June entered on 2 July neither moves the dossier back nor is
    lost."""
    known = history()
    known = replace(known, holder_sets=(*known.holder_sets, HolderSet(SOUTH_DESK, HOUR + DAY, 2)))
    assert now_with(known, STEP, t=HOUR + DAY - MICROSECOND) == NORTH_DESK
    assert now_with(known, STEP, t=HOUR + DAY) == SOUTH_DESK
    assert [held.agency for held in spells(known, (STEP,))] == [DISTRICT_DESK, NORTH_DESK, SOUTH_DESK]


def test_an_heir_that_itself_ends_passes_on_and_the_old_place_is_read_as_its_successor() -> None:
    walked = links(history(), (STEP, LATER_STEP))
    assert [(held.agency, held.since) for held in walked[1:]] == [(NORTH_DESK, HOUR), (SOUTH_DESK, LATER)]
    assert walked[-1].rule == reasons.TO_SUCCESSOR.id
    assert not walked[-1].provisional


def test_what_a_split_left_open_stays_provisional_through_the_next_act() -> None:
    split_north = tuple(
        replace(link, default=link.to == NEW_NORTH) if link.from_ == OLD_SPLIT else link
        for link in draft().links
    )
    first = replace(STEP, rules=PartRules.of(draft(links=split_north)))
    walked = links(history(place=OLD_SPLIT), (first, LATER_STEP))
    assert [(held.agency, held.provisional) for held in walked[1:]] == [
        (NORTH_DESK, True),
        (SOUTH_DESK, True),
    ]


def test_two_parts_of_one_hour_move_a_dossier_once() -> None:
    """v < k: an heir that another part ends in the same hour is refused when the draft is judged, not
    repaired here."""
    same_hour = replace(LATER_STEP, hour=HOUR)
    assert now_with(history(), STEP, same_hour) == NORTH_DESK


# -- which steps there are --


def recorded_schedule(
    at: datetime, position: int, version: int = 1, part: UUID = PART
) -> Recorded[PartScheduled]:
    fact = PartScheduled(
        originator_id=part,
        originator_version=position,
        envelope=by(),
        part_version=version,
        digest="",
        effective_at=HOUR,
    )
    return Recorded(fact, position, at, b"")


def recorded_cancel(at: datetime, position: int) -> Recorded[PartCancelled]:
    why = Personal(PART, "withdrawn")
    fact = PartCancelled(
        originator_id=PART, originator_version=position, envelope=by(), part_version=1, reason=why
    )
    return Recorded(fact, position, at, b"")


def rules_of(part: UUID, version: int) -> PartRules:
    return RULES if part == PART else LATER_RULES


def test_an_act_recorded_in_time_counts_from_its_hour_and_one_recorded_late_from_its_recording() -> None:
    in_time = steps_from_parts([recorded_schedule(HOUR - MICROSECOND, 5)], [], rules_of)
    at_hour = steps_from_parts([recorded_schedule(HOUR, 5)], [], rules_of)
    late = steps_from_parts([recorded_schedule(HOUR + DAY, 5)], [], rules_of)
    assert [steps[0].hour for steps in (in_time, at_hour, late)] == [HOUR, HOUR, HOUR + DAY]
    assert now_with(history(), *late, t=HOUR + DAY - MICROSECOND) == DISTRICT_DESK
    assert now_with(history(), *late) == NORTH_DESK


def test_the_last_version_recorded_before_the_hour_is_in_force_and_later_ones_when_recorded() -> None:
    versions = [
        recorded_schedule(HOUR - 3 * DAY, 5, 1),
        recorded_schedule(HOUR - DAY, 6, 2),
        recorded_schedule(HOUR + DAY, 9, 3),
    ]
    steps = steps_from_parts(versions, [], rules_of)
    assert [(step.hour, step.part_version) for step in steps] == [(HOUR, 2), (HOUR + DAY, 3)]
    assert [step.part_version for step in steps_from_parts(versions, [], rules_of, position=5)] == [1]


def test_a_cancelled_part_leaves_nothing_and_stood_until_it_was_cancelled() -> None:
    in_time, cancelled = [recorded_schedule(HOUR - 3 * DAY, 5)], [recorded_cancel(HOUR - DAY, 8)]
    assert steps_from_parts(in_time, cancelled, rules_of) == ()
    assert len(steps_from_parts(in_time, cancelled, rules_of, position=7)) == 1
    assert now_with(history(), *steps_from_parts(in_time, cancelled, rules_of)) == DISTRICT_DESK


def test_steps_come_in_the_order_of_their_hours_not_of_their_recording() -> None:
    second = recorded_schedule(HOUR - 3 * DAY, 4, part=SECOND_PART)
    second = replace(second, fact=replace(second.fact, effective_at=LATER))
    steps = steps_from_parts([second, recorded_schedule(HOUR - DAY, 6)], [], rules_of)
    assert [step.part_id for step in steps] == [PART, SECOND_PART]


# -- amendments --


def amended(**changes: object) -> Step:
    return Step(HOUR + DAY, PART, 2, PartRules.of(draft(**changes)), HOUR)


def to_south() -> Step:
    moved = tuple(
        Link(OLD_WHOLE, NEW_SOUTH, "whole", True) if link.from_ == OLD_WHOLE else link
        for link in draft().links
    )
    return amended(links=moved)


def test_an_amendment_moves_what_its_part_had_placed_elsewhere_and_only_when_recorded() -> None:
    walked = links(history(), (STEP, to_south()))
    assert [(held.agency, held.since) for held in walked[1:]] == [
        (NORTH_DESK, HOUR),
        (SOUTH_DESK, HOUR + DAY),
    ]


def test_an_amendment_does_not_undo_what_a_person_decided() -> None:
    known = history()
    decided = HolderSet(SAME_DESK, HOUR + timedelta(hours=1), 2)
    assert now_with(replace(known, holder_sets=(*known.holder_sets, decided)), STEP, to_south()) == SAME_DESK


def test_an_amendment_that_no_longer_ends_the_agency_gives_its_dossiers_back() -> None:
    kept = amended(closings=(Closing(OLD_WHOLE_DESK, NORTH_DESK, CLOSER),))
    walked = links(history(), (STEP, kept))
    assert (walked[-1].agency, walked[-1].rule) == (DISTRICT_DESK, reasons.RESTORED.id)


def test_an_amendment_that_says_the_same_changes_nothing() -> None:
    assert links(history(), (STEP, amended())) == links(history(), (STEP,))


def test_a_position_shows_what_was_known_then() -> None:
    known = replace(
        history(), holder_sets=(HolderSet(DISTRICT_DESK, HOUR - DAY, 1), HolderSet(POLICE, HOUR - DAY, 2))
    )
    assert holder(known, (STEP,), HOUR, position=1) == links(history(at=HOUR - DAY), (STEP,))[-1]
    assert now_with(known, STEP) == POLICE
