"""The name parts for the demo: enough of them to tell people apart, and no duplicates."""

from pathlib import Path

import pytest

from infra import reference
from infra.calendar_documents import read_names
from infra.reference_input import FileProblem


def test_the_parts_give_some_thousand_different_names() -> None:
    parts = read_names(reference.NAMES)
    assert len(parts["family"]) * len(parts["middle_female"]) * len(parts["given_female"]) > 5_000
    for kind in ("family", "middle_male", "middle_female", "given_male", "given_female", "street_words"):
        assert len(set(parts[kind])) == len(parts[kind])


def test_a_list_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "names.json"
    path.write_text('{"format": "hoso.names.v1", "source": "test"}', encoding="utf-8")
    with pytest.raises(FileProblem, match="family: Field required"):
        read_names(path)
