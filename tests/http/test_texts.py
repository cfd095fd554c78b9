"""Every rule and every code has its words, and the tables of acts agree."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from application.acts import ACTS
from application.rules import known_rules
from interfaces import texts
from interfaces.http.act_requests import ACT_BODIES
from interfaces.rule_texts import VIETNAMESE

ROOT = Path(__file__).parents[2]
REFUSALS = {"BadRequest", "NotAllowed", "NotFound", "Problem"}


def test_every_rule_has_a_vietnamese_and_an_english_text() -> None:
    assert set(known_rules()) == set(VIETNAMESE)
    for rule in known_rules():
        assert texts.of_rule(rule, "vi") != texts.of_rule(rule, "en")
        assert texts.of_rule(rule, "en").endswith(".")


def _codes() -> set[str]:
    """The codes with which the sources raise refusals."""
    found = set()
    for folder in ("application", "interfaces/http"):
        for path in sorted((ROOT / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSALS:
                    found |= {
                        a.value
                        for a in node.args[:2]
                        if isinstance(a, ast.Constant)
                        and isinstance(a.value, str)
                        and a.value.replace("_", "").isalpha()
                        and a.value.islower()
                    }
    return found


def test_every_code_that_is_raised_has_a_text() -> None:
    raised = _codes()
    assert {"unknown_unit", "not_posted", "bad_cursor"} <= raised
    assert raised <= set(texts.CODES)


def test_every_act_has_a_body() -> None:
    assert set(ACTS) == set(ACT_BODIES)


def test_all_ten_statuses_have_words() -> None:
    assert set(texts.STATUSES) == set(range(1, 11))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "vi"),
        ("", "vi"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("fr, en;q=0.3", "en"),
        ("en;q=0.2, vi;q=0.1", "en"),
        ("en;q=nonsense", "vi"),
        ("*" * 5000, "vi"),
    ],
)
def test_the_language_is_chosen_by_the_header(header: str | None, expected: str) -> None:
    assert texts.language(header) == expected
