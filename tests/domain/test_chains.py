"""Given acts that follow one another, who holds a dossier: by the definition, without a ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from domain.facts import Actor, Envelope, Personal, Recorded
from domain.handover_draft import PartDraft
from domain.handover_facts import Closing, Link, PartCancelled, PartScheduled, Receiver
from domain.holding import DossierHistory, Step, holder, steps_from_parts
from domain.routing import PartRules
from domain.standing import in_force, law
from tests.domain.handover_world import (
    CLOSER,
    DISTRICT_DESK,
    HOUR,
    LATER,
    NEW_NORTH,
    NEW_PROVINCE,
    NORTH_DESK,
    OLD_SPLIT,
    OLD_WHOLE,
    PART,
    PROVINCE_DESK,
    SECOND_PART,
    SOUTH_DESK,
    STEP,
    an_id,
    draft,
    history,
    later_draft,
)

THIRD_PART = an_id(4)
DAY = timedelta(days=1)
WEST, EAST, AGAIN = an_id(40), an_id(41), an_id(42)
WEST_DESK, EAST_DESK, AGAIN_DESK = an_id(50), an_id(51), an_id(52)
UNDONE = LATER + 90 * DAY


def split(hour: datetime = LATER) -> Step:
    """The northern commune becomes two, the west holds provisionally."""
    content = later_draft(
        begins=(WEST, EAST),
        links=(Link(NEW_NORTH, WEST, "part", True), Link(NEW_NORTH, EAST, "part", False)),
        closings=(Closing(NORTH_DESK, WEST_DESK, CLOSER),),
        receivers=(
            Receiver(WEST, "commune", WEST_DESK),
            Receiver(EAST, "commune", EAST_DESK),
            Receiver(NEW_PROVINCE, "province", PROVINCE_DESK),
        ),
    )
    return Step(hour, SECOND_PART, 1, PartRules.of(content), LATER)


def undone() -> Step:
    """Both become one again."""
    content = later_draft(
        effective_at=UNDONE,
        ends=(WEST, EAST),
        begins=(AGAIN,),
        links=(Link(WEST, AGAIN, "whole", True), Link(EAST, AGAIN, "whole", True)),
        closings=(Closing(WEST_DESK, AGAIN_DESK, CLOSER), Closing(EAST_DESK, AGAIN_DESK, CLOSER)),
        receivers=(
            Receiver(AGAIN, "commune", AGAIN_DESK),
            Receiver(NEW_PROVINCE, "province", PROVINCE_DESK),
        ),
    )
    return Step(UNDONE, THIRD_PART, 1, PartRules.of(content), UNDONE)


def held(known: DossierHistory, steps: list[Step], t: datetime) -> tuple[UUID, bool]:
    found = holder(known, steps, t)
    assert found is not None
    return found.agency, found.provisional


def test_given_a_commune_of_2025_that_is_split_in_2026_then_its_default_holds_until_a_person_decides() -> (
    None
):
    steps = [STEP, split()]
    assert held(history(), steps, HOUR) == (NORTH_DESK, False)
    assert held(history(), steps, LATER) == (WEST_DESK, True)
    of_split_place = history(place=OLD_SPLIT)
    assert held(of_split_place, steps, HOUR) == (SOUTH_DESK, True)
    assert held(of_split_place, steps, LATER) == (SOUTH_DESK, True)


def test_given_a_split_that_is_undone_then_one_desk_holds_what_both_held() -> None:
    steps = [STEP, split(), undone()]
    assert held(history(), steps, UNDONE)[0] == AGAIN_DESK
    in_the_east = history(agency=EAST_DESK, place=EAST, at=LATER + DAY)
    assert held(in_the_east, steps, UNDONE) == (AGAIN_DESK, False)


def test_given_an_act_recorded_late_then_holders_move_at_its_recording_and_the_past_stays() -> None:
    recorded = LATER + 10 * DAY
    late = split(recorded)
    assert held(history(), [STEP, late], LATER) == (NORTH_DESK, False)
    assert held(history(), [STEP, late], recorded)[0] == WEST_DESK
    assert [step.effective_at for step in law([STEP, late])] == [HOUR, LATER]
    assert [step.part_id for step in in_force([STEP, late], LATER)] == [PART]


def test_given_an_act_recorded_after_the_next_one_then_what_it_hands_to_goes_on_from_there() -> None:
    """The split of LATER is recorded after its undoing was: the third act's step is before it."""
    recorded = UNDONE + 10 * DAY
    steps = [STEP, undone(), split(recorded)]
    assert held(history(), steps, UNDONE) == (NORTH_DESK, False)
    assert held(history(), steps, recorded)[0] == WEST_DESK


def test_given_two_acts_at_one_hour_then_one_may_hand_to_what_the_other_begins() -> None:
    founding = replace(
        split(),
        part_id=THIRD_PART,
        rules=PartRules.of(
            later_draft(
                ends=(an_id(17),),
                begins=(EAST,),
                links=(Link(an_id(17), EAST, "whole", True),),
                closings=(Closing(SOUTH_DESK, EAST_DESK, CLOSER),),
                receivers=(
                    Receiver(EAST, "commune", EAST_DESK),
                    Receiver(NEW_PROVINCE, "province", PROVINCE_DESK),
                ),
            )
        ),
    )
    handing = Step(
        LATER,
        SECOND_PART,
        1,
        PartRules.of(
            later_draft(
                closings=(Closing(NORTH_DESK, EAST_DESK, CLOSER),),
                receivers=(
                    Receiver(an_id(19), "commune", EAST_DESK),
                    Receiver(NEW_PROVINCE, "province", PROVINCE_DESK),
                ),
            )
        ),
        LATER,
    )
    for steps in ([STEP, founding, handing], [STEP, handing, founding]):
        assert held(history(), steps, LATER) == (EAST_DESK, False)


def test_given_a_commune_that_becomes_a_ward_then_nothing_moves_and_its_place_is_read_through_it() -> None:
    ward = an_id(60)
    renaming = later_draft(
        begins=(ward,), links=(Link(NEW_NORTH, ward, "same", True),), closings=(), receivers=(), rules=()
    )
    renamed = Step(LATER, SECOND_PART, 1, PartRules.of(renaming), LATER)
    merging = PartRules.of(
        later_draft(
            effective_at=UNDONE,
            ends=(ward,),
            begins=(AGAIN,),
            links=(Link(ward, AGAIN, "whole", True),),
            closings=(Closing(NORTH_DESK, AGAIN_DESK, CLOSER),),
            receivers=(
                Receiver(AGAIN, "commune", AGAIN_DESK),
                Receiver(NEW_PROVINCE, "province", PROVINCE_DESK),
            ),
        )
    )
    steps = [STEP, renamed, Step(UNDONE, THIRD_PART, 1, merging, UNDONE)]
    own = history(agency=NORTH_DESK, place=NEW_NORTH, at=HOUR + DAY)
    found = holder(own, steps, LATER)
    assert found is not None
    assert (found.agency, found.by) == (NORTH_DESK, None)
    assert held(own, steps, UNDONE) == (AGAIN_DESK, False)
    assert held(history(place=OLD_WHOLE), steps, UNDONE) == (AGAIN_DESK, False)


def recorded_scheduling(version: int, at: datetime, position: int) -> Recorded[PartScheduled]:
    envelope = Envelope(Actor("officer", "one"), at)
    fact = PartScheduled(
        originator_id=PART,
        originator_version=position,
        envelope=envelope,
        part_version=version,
        digest="",
        effective_at=HOUR,
    )
    return Recorded(fact, position, at, b"")


def versions(drafts: dict[int, PartDraft]) -> dict[int, PartRules]:
    return {number: PartRules.of(content) for number, content in drafts.items()}


def test_given_amendments_before_and_after_the_hour_then_each_counts_from_its_own_time() -> None:
    rules = versions({1: draft(), 2: draft(name="two"), 3: draft(name="three")})
    facts = [
        recorded_scheduling(1, HOUR - 9 * DAY, 1),
        recorded_scheduling(2, HOUR - 2 * DAY, 2),
        recorded_scheduling(3, HOUR + 5 * DAY, 3),
    ]
    steps = steps_from_parts(facts, [], lambda part, version: rules[version])
    assert [(s.part_version, s.hour, s.effective_at) for s in steps] == [
        (2, HOUR, HOUR),
        (3, HOUR + 5 * DAY, HOUR),
    ]
    assert [s.part_version for s in law(steps)] == [3]
    assert [s.part_version for s in in_force(steps, HOUR)] == [2]
    assert [s.part_version for s in in_force(steps, HOUR + 5 * DAY)] == [3]
    as_known = steps_from_parts(facts, [], lambda part, version: rules[version], position=1)
    assert [s.part_version for s in as_known] == [1]


def test_given_a_cancelled_part_then_no_version_of_it_counts() -> None:
    rules = versions({1: draft(), 2: draft(name="two")})
    facts = [recorded_scheduling(1, HOUR - 9 * DAY, 1), recorded_scheduling(2, HOUR - 2 * DAY, 2)]
    at = HOUR - DAY
    gone = PartCancelled(
        originator_id=PART,
        originator_version=3,
        envelope=Envelope(Actor("officer", "one"), at),
        part_version=2,
        reason=Personal(PART, "thôi"),
    )
    steps = steps_from_parts(facts, [Recorded(gone, 3, at, b"")], lambda part, version: rules[version])
    assert tuple(steps) == ()
    assert held(history(agency=DISTRICT_DESK), list(steps), LATER) == (DISTRICT_DESK, False)
