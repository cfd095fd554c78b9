"""docs/papers.md says what can be said: its example is a body of its act, and every word of the lists stands
in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from application.component_acts import COMPONENT_ACTS
from domain.clear_text import ALLOWANCES, CHECKS, PAPER_FORMS
from domain.component_rules import COMPLETE, HELD, LOOK_UP_FIRST, NO_LONGER
from domain.document_store import WITHDRAWAL_GROUNDS
from interfaces.http.component_requests import CheckComponent

DOCUMENT = (Path(__file__).parents[2] / "docs" / "papers.md").read_text(encoding="utf-8")
RULES = (HELD, LOOK_UP_FIRST, NO_LONGER, COMPLETE)


def test_the_example_is_a_body_of_check_component() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", DOCUMENT, re.S)
    assert CheckComponent.model_validate_json(example).outcome == "unusable"


@pytest.mark.parametrize(
    "word",
    [
        *COMPONENT_ACTS,
        *ALLOWANCES,
        *CHECKS,
        *PAPER_FORMS,
        *WITHDRAWAL_GROUNDS,
        *(rule.id for rule in RULES),
    ],
)
def test_every_word_of_the_lists_is_there(word: str) -> None:
    assert f"`{word}`" in DOCUMENT
