"""Programmes that a procedure belongs to, from a day until another."""

from __future__ import annotations

from datetime import date

import pytest

from domain import doubt_rules, record_rules
from domain.procedure import Tag
from domain.refusals import Refused
from tests.domain.situations import by
from tests.reference.national import published


def test_a_procedure_belongs_to_a_programme_from_a_day_until_another() -> None:
    birth = published("1.001193")
    birth.tag(by(), Tag("list-25", date(2026, 7, 1), None, "made up"))
    birth.tag(by(), Tag("list-25", date(2026, 7, 1), date(2026, 9, 1), "made up"))  # replaces it
    on = [len(birth.tagged_on(date(2026, month, 1))) for month in (6, 7, 8, 9)]
    assert on == [0, 1, 1, 0]
    birth.tag(by(), Tag("list-25", date(2026, 7, 1), date(2026, 7, 1), "taken back"))
    assert birth.tagged_on(date(2026, 7, 1)) == ()


def test_a_programme_does_not_end_before_it_begins_and_has_a_word() -> None:
    birth = published("1.001193")
    with pytest.raises(Refused) as refusal:
        birth.tag(by(), Tag("list-25", date(2026, 7, 1), date(2026, 6, 30), "made up"))
    assert refusal.value.rule is doubt_rules.TAG_DAYS
    with pytest.raises(Refused) as refusal:
        birth.tag(by(), Tag("Danh mục 25", date(2026, 7, 1), None, "made up"))
    assert refusal.value.rule is record_rules.CODE_FORM
