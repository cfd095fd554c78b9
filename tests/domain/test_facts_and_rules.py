"""The classes of this half of the domain against docs/schemas, and the list of rules against itself."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path
from uuid import UUID

import pytest

from domain.calendar import CalendarYearSet
from domain.citizen_facts import (
    CitizenContactChanged,
    CitizenIdentified,
    CitizenIdentifiedAgain,
    CitizenVerified,
)
from domain.dossier_facts import DOSSIER_FACTS
from domain.facts import ENVELOPE_FIELDS, Category, Fact
from domain.ledger_facts import LedgerClockMoved, LedgerCreated
from domain.procedure import ProcedureVersionPublished
from domain.rules import all_rules
from domain.transitions import TRANSITIONS
from tools.make_events import read_schemas

ROOT = Path(__file__).parents[2]
SCHEMAS = read_schemas()
RULE_MODULES = (
    *("rules", "ending_rules", "waiting_rules", "record_rules", "voice_rules"),
    *("component_rules", "store_rules", "citizen_rules", "result_rules", "linked_rules"),
)
FACTS: tuple[type[Fact], ...] = (
    *DOSSIER_FACTS,
    *(LedgerCreated, LedgerClockMoved, ProcedureVersionPublished, CalendarYearSet),
    *(CitizenIdentified, CitizenIdentifiedAgain, CitizenVerified, CitizenContactChanged),
)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.TOPIC)
def test_a_fact_has_the_documented_fields_in_their_order(fact: type[Fact]) -> None:
    own = [field.name.rstrip("_") for field in fields(fact) if field.name not in ENVELOPE_FIELDS]
    assert own == list(SCHEMAS[fact.TOPIC]["properties"]["data"]["properties"])


def test_there_is_a_schema_for_each_fact_of_a_dossier_and_no_more() -> None:
    recorded = {topic for topic, schema in SCHEMAS.items() if not schema.get("deprecated")}
    assert {topic for topic in recorded if topic.startswith("dossier.")} == {f.TOPIC for f in DOSSIER_FACTS}
    assert {fact.CATEGORY for fact in DOSSIER_FACTS} == {Category.DOSSIER}


def test_every_rule_has_an_id_of_its_own_a_sentence_and_a_source() -> None:
    found = all_rules()
    assert len({rule.id for rule in found}) == len(found)
    for rule in found:
        assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", rule.id), rule.id
        assert rule.says.endswith("."), rule.id
        assert rule.act, rule.id
        assert rule.article, rule.id


def test_every_rule_is_judged_somewhere() -> None:
    named: set[str] = set()
    for path in (ROOT / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                named.add(node.attr)
            if isinstance(node, ast.ImportFrom):  # one rule by its own name
                named.update(alias.name for alias in node.names)
    constants = {
        target.id: node.value
        for name in RULE_MODULES
        for node in ast.parse((ROOT / "domain" / f"{name}.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert len(constants) == len(all_rules())
    assert set(constants) <= named


def test_every_act_names_a_rule_of_the_list() -> None:
    assert {transition.rule for transition in TRANSITIONS.values()} <= set(all_rules())


def test_a_fact_is_never_changed() -> None:
    fact = CitizenVerified(
        originator_id=UUID(int=1),
        originator_version=1,
        envelope=None,  # type: ignore[arg-type]
        level="2",
        source="s",
    )
    with pytest.raises(AttributeError):
        fact.level = "3"  # type: ignore[misc]
