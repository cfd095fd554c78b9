"""Who receives a dossier, by the procedure's level, the place and the succession of units."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain import handover_rules as reasons
from domain.handover_facts import Link
from domain.refusals import Rule
from domain.routing import PartRules, Placing
from tests.domain.handover_world import (
    BIRTH,
    DISTRICT,
    DISTRICT_DESK,
    LAND,
    NEW_NORTH,
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
