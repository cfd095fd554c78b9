"""docs/terms.md says what can be said: each of its examples is read as the terms of a version, and every word
that a version may use stands in it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from domain.fees import UNPAID, Fee
from domain.paper_terms import PaperTerm
from domain.terms import EXCLUDABLE, GENERAL_TERMS, PATTERNS, STARTS, THEN, terms_of

DOCUMENT = (Path(__file__).parents[2] / "docs" / "terms.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", DOCUMENT, re.S)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_what_a_version_may_say(example: str) -> None:
    assert terms_of(json.loads(example)) != GENERAL_TERMS


def test_every_word_that_a_version_may_use_is_explained() -> None:
    assert len(EXAMPLES) == 5
    for word in (
        *STARTS,
        *EXCLUDABLE,
        *PATTERNS,
        *THEN,
        *UNPAID,
        *Fee.__dataclass_fields__,
        *PaperTerm.__dataclass_fields__,
    ):
        assert word == "source" or re.search(rf"`[^`]*\b{word}\b|\"{word}\"", DOCUMENT), word
