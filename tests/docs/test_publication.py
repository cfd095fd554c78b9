"""docs/publication.md does what it says: its example is read and judged, and every word of the form and of
the states stands in it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from domain.anomalies import ANOMALIES
from domain.publication import STATES, TO_DECIDE, TO_POST, Promulgation
from interfaces.cli.publication_form import Publication, entries_in
from tests.domain.test_publication import posting

DOCUMENT = (Path(__file__).parents[2] / "docs" / "publication.md").read_text(encoding="utf-8")


def entries() -> list[dict[str, object]]:
    (example,) = re.findall(r"```json\n(.*?)```", DOCUMENT, re.S)
    return entries_in(json.loads(example))


def test_the_example_is_a_document_of_which_the_first_is_in_time() -> None:
    first, second, third = entries()
    said = {name: first[name] for name in Promulgation.__dataclass_fields__}
    promulgation = Promulgation(**said)  # type: ignore[arg-type]
    assert posting(promulgation, date(2025, 5, 19)) == ("on_time", date(2025, 5, 19), 0)
    assert (second["posted_on"], second["shortened"], third["shortened"]) == (None, False, True)


def test_every_word_is_explained() -> None:
    rules = [rule.id for rule in ANOMALIES]
    for word in (*Publication.model_fields, *STATES, *rules):
        assert re.search(rf"`{re.escape(word)}\b|\"{word}\"", DOCUMENT), word


def test_the_table_has_the_deadlines_of_the_domain() -> None:
    rows = {row.split("|")[1].strip(): row for row in DOCUMENT.splitlines() if row.startswith("| ")}
    for row, deadlines in (
        (rows["decision"], TO_DECIDE),
        (rows["entry into the national database"], TO_POST),
    ):
        numbers = [int(re.findall(r"\d+", cell)[0]) for cell in row.split("|")[2:5]]
        assert numbers == [deadline.amount for deadline in deadlines.values()]
        assert all(deadline.article in row for deadline in deadlines.values())
