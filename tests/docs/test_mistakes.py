"""docs/mistakes.md names tests that are there, under one name each, and that are run."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "mistakes.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+) [^|]*\|[^|]*\| (.+) \|$", re.MULTILINE)
NAMED = sorted(set(re.findall(r"\btest_\w+\b(?!\.py)", DOCUMENT)))
MISTAKES, DEFECTS = DOCUMENT.split("## Defects")


def _tests() -> Counter[str]:
    """How often each test function stands in the suite; those that are skipped without a condition do not."""
    found: Counter[str] = Counter()
    for file in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                marks = " ".join(ast.unparse(decorator) for decorator in node.decorator_list)
                found[node.name] += "mark.skip" not in marks and "xfail" not in marks
    return found


TESTS = _tests()


@pytest.mark.parametrize("name", NAMED)
def test_a_named_situation_is_a_test_that_runs(name: str) -> None:
    assert TESTS[name] >= 1


def test_every_mistake_and_defect_is_named_or_said_to_come_later() -> None:
    rows = {int(number) for number, _ in ROW.findall(MISTAKES)}
    assert rows | {9, 10} == set(range(1, 18))
    assert {int(number) for number, _ in ROW.findall(DEFECTS)} | {1, 7} == set(range(1, 13))
