"""docs/linked.md says what the rules of a kind may say: its example is read as a document, and its rule ids
and words are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from application.rules import known_rules
from domain.linked_terms import STEP_FIELDS
from infra.linked_document import read_linked_rules
from infra.reference import LINKED_GROUPS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "linked.md").read_text(encoding="utf-8")


def test_the_example_is_a_document_of_rules(tmp_path: Path) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", DOCUMENT, re.S)
    (tmp_path / "rules.json").write_text(example, encoding="utf-8")
    (rules,) = read_linked_rules(tmp_path / "rules.json")
    assert (rules["kind"], rules["sync_minutes"], rules["verified_amount"]) == ("birth", 10, 5)
    for word in STEP_FIELDS:
        assert f'"{word}"' in example


def test_every_rule_that_is_named_is_one() -> None:
    named = re.findall(r"`((?:linked|dossier|result)\.[a-z_.]+)`", DOCUMENT)
    assert named
    assert set(named) <= set(known_rules())


def test_the_projects_own_rules_are_those_of_decree_301_2026() -> None:
    birth, death = read_linked_rules(LINKED_GROUPS)
    assert [str(rules["valid_from"]) for rules in (birth, death)] == ["2026-09-01", "2026-09-01"]
    assert (birth["limit_amount"], birth["verified_amount"], birth["limit_unit"]) == (3, 5, "working_day")
    assert (birth["sync_minutes"], birth["acknowledge_hours"]) == (10, 2)
    assert [step["step"] for step in birth["steps"] if step["optional"]] == ["identity_card"]
    assert death["limit_amount"] is None
