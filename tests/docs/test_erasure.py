"""docs/erasure.md leaves no ground and no rule out, its document of periods is read as it stands, and the
tables that it says to back up apart are those that open or find persons."""

from __future__ import annotations

import json
import re
from pathlib import Path

from domain import erasure_rules
from domain.erasure import GROUNDS
from domain.refusals import Rule
from infra.database_copy import LEFT_OUT
from infra.retention_document import read_retention
from interfaces.cli import erase, holds, retention

DOCUMENT = (Path(__file__).parents[2] / "docs" / "erasure.md").read_text(encoding="utf-8")
REFUSES = DOCUMENT.split("\n## What refuses it\n", 1)[1].split("\n## ", 1)[0]
OF_THEIR_OWN = {"public.closed_commands", "public.keyring_mark", "public.schema_migration"}
"""What a copy has of its own, and what is nobody's key."""


def test_every_exception_and_every_ground_is_told() -> None:
    exceptions = {
        rule.id
        for name, rule in vars(erasure_rules).items()
        if isinstance(rule, Rule) and rule.official and name not in ("ALREADY", "BEING_DECIDED")
    }
    assert set(re.findall(r"^\| `(erase\.[a-z_]+)`", REFUSES, re.M)) == exceptions
    assert set(re.findall(r"^\| `([a-z_]+)`:", DOCUMENT, re.M)) == set(GROUNDS)


def test_its_periods_are_read_as_they_stand(tmp_path: Path) -> None:
    text = re.search(r'    \{"format": "hoso\.retention\.v1".*?\]\}\n', DOCUMENT, re.S)
    assert text is not None
    file = tmp_path / "periods.json"
    file.write_text(text[0], encoding="utf-8")
    assert [one["amount"] for one in read_retention(file)] == [10, None]
    assert json.loads(text[0])["periods"]


def test_the_tables_of_keys_are_those_that_open_or_find_persons() -> None:
    told = re.search(r'KEYS="(.*?)"', DOCUMENT)
    assert told is not None
    keys = {f"public.{name}" for name in told[1].split() if name != "-t"}
    views = {name for name in LEFT_OUT if name.startswith("views.")}
    assert keys == LEFT_OUT - OF_THEIR_OWN - views


def test_every_command_that_it_names_is_there() -> None:
    there = {
        f"{noun} {command.name or command.callback.__name__}"  # type: ignore[union-attr]
        for noun, app in (("erase", erase.app), ("holds", holds.app), ("retention", retention.app))
        for command in app.registered_commands
    }
    named = set(re.findall(r"hoso ((?:erase|holds|retention) [a-z-]+)", DOCUMENT))
    assert named <= there
    assert named >= there - {"erase check"} - {"erase list"}
