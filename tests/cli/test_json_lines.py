"""The place of a pointer is where the value stands, whatever stands before it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from interfaces.json_lines import Place, known_path, place_at, place_of, pointer_of, twice

TEXT = '{\n "a": [1, "x\\"}", {"b/c": {"~": true}}],\n "é": {\n  "last": null}\n}\n'


def test_places_in_a_small_document() -> None:
    assert place_of(TEXT, "") == Place(1, 1)
    assert place_of(TEXT, "/a/1") == Place(2, 11)
    assert place_of(TEXT, "/a/2/b~1c/~0") == Place(2, 33)
    assert place_of(TEXT, "/é/last") == Place(4, 11)


def test_what_is_missing_stands_where_it_ought_to() -> None:
    assert place_of(TEXT, "/é/first") == Place(3, 7)
    assert place_of(TEXT, "/a/7/x") == place_of(TEXT, "/a")
    assert place_of(TEXT, "/a/0/x") == place_of(TEXT, "/a/0")


def test_which_form_was_tried_is_no_part_of_the_path() -> None:
    content = {"postings": [{"posting": 1}]}
    assert known_path(content, ("postings", 0, "Move", "officer")) == ["postings", 0, "officer"]
    assert known_path(content, ("postings", 0, "posting")) == ["postings", 0, "posting"]


def test_a_key_that_stands_twice_is_found() -> None:
    assert twice(TEXT) is None
    assert twice('{"a": [{"b": 1,\n "b": 2}], "c": "b"}') == ("b", Place(2, 2))


KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 0, 1, 3]), st.booleans())
def test_at_each_place_stands_the_value(content: Any, indent: int | None, escaped: bool) -> None:
    text = json.dumps(content, indent=indent, ensure_ascii=escaped)
    lines = text.split("\n")
    pending: list[tuple[list[str | int], Any]] = [([], content)]
    while pending:
        path, value = pending.pop()
        place = place_of(text, pointer_of(path))
        at = sum(len(line) + 1 for line in lines[: place.line - 1]) + place.column - 1
        assert place_at(text, at) == place
        assert json.JSONDecoder().raw_decode(text, at)[0] == value
        members = (
            value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
        )
        pending += [([*path, key], member) for key, member in members]
    assert twice(text) is None
