"""Who receives a dossier, by the procedure's level, the place and the succession of units."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain import handover_rules as reasons
from domain.handover_facts import LevelRule, Link, RoutingException
from domain.refusals import Rule
from domain.routing import ROUTING, PartRules, Placing
from tests.domain.handover_world import (
    BIRTH,
    DISTRICT,
    DISTRICT_DESK,
    LAND,
    NEW_NORTH,
    NEW_SAME,
    NEW_SOUTH,
    NORTH_DESK,
    OLD_LICENCE,
    OLD_SAME,
    OLD_SPLIT,
    OLD_WHOLE,
    POLICE,
    POSTING,
    PROVINCE_DESK,
    RULES,
    SAME_DESK,
    SOUTH_DESK,
    an_id,
    draft,
)

ELSEWHERE = an_id(77)

SITUATIONS: list[tuple[UUID | None, str | None, UUID, Rule, bool]] = [
    (OLD_WHOLE, BIRTH, NORTH_DESK, reasons.TO_SUCCESSOR, False),
    (OLD_SAME, BIRTH, SAME_DESK, reasons.TO_SUCCESSOR, False),
    (NEW_NORTH, BIRTH, NORTH_DESK, reasons.TO_OWN_PLACE, False),
    (OLD_WHOLE, LAND, PROVINCE_DESK, reasons.TO_PROVINCE, False),
    (None, LAND, PROVINCE_DESK, reasons.TO_PROVINCE, False),
    (OLD_SPLIT, OLD_LICENCE, PROVINCE_DESK, reasons.TO_PROVINCE_ABOLISHED, False),
    (OLD_SPLIT, BIRTH, SOUTH_DESK, reasons.SPLIT_DEFAULT, True),
    (OLD_SPLIT, None, SOUTH_DESK, reasons.SPLIT_DEFAULT, True),
    (DISTRICT, BIRTH, PROVINCE_DESK, reasons.SPLIT_DESK, True),
    (None, BIRTH, PROVINCE_DESK, reasons.PLACE_UNKNOWN, True),
    (ELSEWHERE, BIRTH, PROVINCE_DESK, reasons.PLACE_UNKNOWN, True),
    (OLD_WHOLE, None, PROVINCE_DESK, reasons.PROCEDURE_UNKNOWN, True),
    (OLD_WHOLE, "9.999999", PROVINCE_DESK, reasons.PROCEDURE_UNKNOWN, True),
]


@pytest.mark.parametrize(("place", "procedure", "agency", "reason", "provisional"), SITUATIONS)
def test_every_dossier_has_one_answer_with_its_reason(
    place: UUID | None, procedure: str | None, agency: UUID, reason: Rule, provisional: bool
) -> None:
    assert RULES.place(DISTRICT_DESK, place, procedure) == Placing(agency, reason.id, provisional)


def test_the_only_listed_piece_of_a_commune_split_between_provinces_is_still_a_split() -> None:
    links = tuple(link for link in draft().links if link.from_ != OLD_SPLIT)
    rules = PartRules.of(draft(links=(*links, Link(OLD_SPLIT, NEW_SOUTH, "part", False))))
    assert rules.place(DISTRICT_DESK, OLD_SPLIT, BIRTH) == Placing(
        PROVINCE_DESK, reasons.SPLIT_DESK.id, provisional=True
    )


def test_only_dissolved_agencies_end() -> None:
    assert RULES.ends(DISTRICT_DESK)
    assert not RULES.ends(POLICE)
    assert RULES.heirs[DISTRICT_DESK] == NORTH_DESK
    assert RULES.posting_moves == {POSTING: NORTH_DESK}
    assert OLD_WHOLE in RULES.ended_units
    assert NEW_NORTH in RULES.begun_units


def test_the_rules_are_named_in_their_order_and_each_has_a_reason() -> None:
    assert [rule.id for rule in ROUTING] == [
        *("exception", "exception_to_person", "province", "abolished", "independent", "place_unknown"),
        *("split_default", "split_desk", "procedure_unknown", "own_place", "successor"),
        *("place_elsewhere", "nobody_receives"),
    ]
    assert all(rule.reason.id.startswith("route.") for rule in ROUTING)


def excepted(*exceptions: RoutingException) -> PartRules:
    return PartRules.of(draft(exceptions=exceptions))


def test_an_exception_goes_before_all_other_rules_also_for_an_abolished_procedure() -> None:
    rules = excepted(RoutingException("licences stay in the south", OLD_LICENCE, None, None, SOUTH_DESK))
    placing = rules.place(DISTRICT_DESK, OLD_WHOLE, OLD_LICENCE)
    assert (placing.agency, placing.rule, placing.provisional) == (SOUTH_DESK, "route.exception", False)
    assert placing.exception == "licences stay in the south"
    assert rules.place(DISTRICT_DESK, OLD_WHOLE, BIRTH) == RULES.place(DISTRICT_DESK, OLD_WHOLE, BIRTH)


@pytest.mark.parametrize(
    ("exception", "fits"),
    [
        (RoutingException("e", BIRTH, None, None, SOUTH_DESK), True),
        (RoutingException("e", LAND, None, None, SOUTH_DESK), False),
        (RoutingException("e", None, OLD_WHOLE, None, SOUTH_DESK), True),
        (RoutingException("e", None, NEW_NORTH, None, SOUTH_DESK), True),
        (RoutingException("e", None, NEW_SOUTH, None, SOUTH_DESK), False),
        (RoutingException("e", None, None, DISTRICT_DESK, SOUTH_DESK), True),
        (RoutingException("e", None, None, POLICE, SOUTH_DESK), False),
        (RoutingException("e", BIRTH, OLD_WHOLE, DISTRICT_DESK, SOUTH_DESK), True),
    ],
)
def test_an_exception_fits_what_it_names(exception: RoutingException, fits: bool) -> None:
    placing = excepted(exception).place(DISTRICT_DESK, OLD_WHOLE, BIRTH)
    assert (placing.agency == SOUTH_DESK) == fits


def test_a_place_of_a_split_is_no_place_of_the_unit_that_holds_it_provisionally() -> None:
    rules = excepted(RoutingException("e", None, NEW_SOUTH, None, NORTH_DESK))
    assert rules.place(DISTRICT_DESK, OLD_SPLIT, BIRTH).rule == reasons.SPLIT_DEFAULT.id


def test_of_several_exceptions_the_first_that_fits_decides() -> None:
    one = RoutingException("one", BIRTH, None, None, SOUTH_DESK)
    two = RoutingException("two", None, OLD_WHOLE, None, PROVINCE_DESK)
    assert excepted(one, two).place(DISTRICT_DESK, OLD_WHOLE, BIRTH).exception == "one"
    assert excepted(two, one).place(DISTRICT_DESK, OLD_WHOLE, BIRTH).exception == "two"


def test_an_exception_without_a_receiver_gives_the_dossier_to_a_person_and_the_rules_a_holder() -> None:
    rules = excepted(RoutingException("e", None, OLD_WHOLE, None, None))
    placing = rules.place(DISTRICT_DESK, OLD_WHOLE, BIRTH)
    assert (placing.agency, placing.rule, placing.provisional) == (
        NORTH_DESK,
        "route.exception_person",
        True,
    )
    assert rules.place(DISTRICT_DESK, OLD_WHOLE, LAND).agency == PROVINCE_DESK


def test_a_procedure_independent_of_territory_goes_on_with_the_heir_of_who_held_it() -> None:
    rules = PartRules.of(draft(rules=(LevelRule("l", "3.1", "independent", "assumed"),)))
    for place in (None, OLD_WHOLE, OLD_SPLIT, ELSEWHERE):
        placing = rules.place(DISTRICT_DESK, place, "3.1")
        assert placing == Placing(NORTH_DESK, "route.independent", False)


def test_a_disputed_link_is_followed_only_where_there_is_no_other_and_never_certain() -> None:
    links = draft().links
    beside = PartRules.of(draft(links=(*links, Link(OLD_WHOLE, NEW_SOUTH, "whole", True, disputed=True))))
    assert beside.successor(OLD_WHOLE) == (NEW_NORTH, True)
    assert beside.disputed[OLD_WHOLE] == ((NEW_SOUTH, "whole", True),)
    alone = [link for link in links if link.from_ != OLD_WHOLE]
    only = PartRules.of(draft(links=(*alone, Link(OLD_WHOLE, NEW_SOUTH, "whole", True, disputed=True))))
    assert only.successor(OLD_WHOLE) == (NEW_SOUTH, False)
    assert only.place(DISTRICT_DESK, OLD_WHOLE, BIRTH) == Placing(SOUTH_DESK, "route.split_default", True)


def test_a_part_of_law_only_needs_no_desk_and_still_answers() -> None:
    rules = PartRules.of(draft(closings=(), receivers=(), postings=()))
    assert rules.province_desk is None
    assert rules.same(OLD_SAME) == NEW_SAME
    assert rules.same(OLD_WHOLE) is None
    assert rules.place(DISTRICT_DESK, OLD_WHOLE, BIRTH).agency == DISTRICT_DESK
