"""A file of an act that cannot be used is refused with the line that is wrong, and nothing is recorded."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from application.handovers import draft
from interfaces.cli.act_file import named_in, read_act
from interfaces.cli.errors import InFile, Told, told
from tests.office.province import OLD_DESKS, PROVINCE
from tests.office.world import Office, document, open_office
from tests.reference import country as c
from tests.support import Database

Document = dict[str, Any]


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        yield opened


@pytest.fixture
async def country(database: Database) -> AsyncIterator[Office]:
    async with open_office(database, c.country) as opened:
        yield opened


def written(folder: Path, content: Any, name: str = "act.json") -> Path:
    path = folder / name
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8")
    return path


async def drafted(office: Office, path: Path) -> None:
    act = read_act(path)
    with named_in(act):
        await draft(office.handovers, office.officers["first operator"], act.content)


async def refused(office: Office, path: Path) -> Told:
    """What the operator reads; no position was recorded."""
    _, before = await office.opened.recorder.clock()
    with pytest.raises(InFile) as caught:
        await drafted(office, path)
    assert (await office.opened.recorder.clock())[1] == before
    known = told(caught.value, "en")
    assert known is not None, caught.value
    return known


def line_of(path: Path, pattern: str, number: int = 0) -> int:
    """The line of the n-th place in the file where the pattern (its group, if it has one) stands."""
    text = path.read_text(encoding="utf-8")
    found = list(re.finditer(pattern, text))[number]
    return text.count("\n", 0, found.start(found.lastindex or 0)) + 1


Break = Callable[[Document], None]


def cycle_of_heirs(act: Document) -> None:
    ends = act["parts"][0]["agencies"]["ends"]
    ends[0]["heir"], ends[1]["heir"] = ends[1]["agency"], ends[0]["agency"]


def cycle_of_units(act: Document) -> None:
    part = act["parts"][0]
    part["ends"].append("07210@2025-07-01")
    part["links"].append({"from": "07210@2025-07-01", "to": "07210@2025-07-01", "kind": "whole"})


def heir_missing(act: Document) -> None:
    end = act["parts"][0]["agencies"]["ends"][1]
    act["parts"][0]["agencies"]["ends"][1] = {"agency": "NO-HEIR", "closed_by": end["closed_by"]}


def heir_unknown(act: Document) -> None:
    act["parts"][0]["agencies"]["ends"][1]["heir"] = "000.99.99.H99"


def successor_missing(act: Document) -> None:
    part = act["parts"][0]
    part["links"] = [link for link in part["links"] if not link["from"].startswith("07201")]


def place_unknown(act: Document) -> None:
    act["parts"][0]["ends"][-1] = "99999@2025-06-01"


def target_unknown(act: Document) -> None:
    act["parts"][0]["links"][2]["to"] = "99999@2025-07-01"


def officer_unknown(act: Document) -> None:
    act["parts"][0]["agencies"]["ends"][0]["closed_by"] = str(uuid4())


def overlapping(act: Document) -> None:
    """A commune begins under a code that goes on."""
    part = act["parts"][0]
    part["ends"] = [one for one in part["ends"] if not one.startswith("07210")]
    part["links"] = [link for link in part["links"] if not link["from"].startswith("07210")]


def ends_twice(act: Document) -> None:
    ends = act["parts"][0]["ends"]
    ends.append(ends[0])


def begins_twice(act: Document) -> None:
    begins = act["parts"][0]["begins"]
    begins.append(deepcopy(begins[-1]))


def other_part_ends_it_too(act: Document) -> None:
    act["parts"].append(law_only(act["parts"][0]))


def law_only(part: Document) -> Document:
    again = deepcopy(part)
    again |= {"name": "Phần hai", "agencies": {"begins": [], "ends": [], "receivers": []}, "rules": []}
    again["begins"] = [
        u | {"code": f"{int(u['code']) + 80000:05}"} for u in again["begins"] if len(u["code"]) == 5
    ]
    target = f"{again['begins'][0]['code']}@2025-07-01"
    again["province"] = part["ends"][0]
    for unit in again["begins"]:
        unit["parent"] = None
    again["links"] = [{"from": one, "to": target, "kind": "whole"} for one in again["ends"]]
    return again


def not_midnight(act: Document) -> None:
    act["effective_at"] = "2025-07-01T08:00:00+07:00"


def wrong_type(act: Document) -> None:
    act["parts"][0]["links"][1]["default"] = "sometimes"


def wrong_kind(act: Document) -> None:
    act["parts"][0]["links"][1]["kind"] = "half"


def unknown_field(act: Document) -> None:
    act["parts"][0]["begins"][0]["colour"] = "red"


def no_instant(act: Document) -> None:
    act["effective_at"] = "tomorrow"


def bad_posting(act: Document) -> None:
    act["parts"][0]["postings"] = [{"officer": str(uuid4()), "from": OLD_DESKS["07207"], "to": PROVINCE}]


TABLE: list[tuple[Break, str, str, int]] = [
    (cycle_of_heirs, "handover.heir_cycle", r'"heir": ', 0),
    (cycle_of_units, "handover.link_cycle", r'(\{)\n +"from": "07210@2025-07-01"', 0),
    (heir_missing, "file_problem", r'\{\n +"agency": "NO-HEIR"', 0),
    (heir_unknown, "unknown_agency", r'"heir": "000.99.99.H99"', 0),
    (successor_missing, "handover.", r'"07201@2025-06-01"', 0),
    (place_unknown, "unknown_unit", r'"99999@2025-06-01"', 0),
    (target_unknown, "unknown_unit", r'"to": "99999@2025-07-01"', 0),
    (officer_unknown, "unknown_officer", r'"closed_by": ', 0),
    (overlapping, "handover.overlaps", r'"code": "07210"', 0),
    (ends_twice, "handover.listed_twice", r'"[^"]+"\n   \]', 0),
    (begins_twice, "unit_twice", r'"code": ', -1),
    (other_part_ends_it_too, "handover.ends_once", r'"ends": \[\n +("[0-9])', 1),
    (not_midnight, "handover.local_midnight", r'"effective_at"', 0),
    (wrong_type, "file_problem", r'"default": "sometimes"', 0),
    (wrong_kind, "file_problem", r'"kind": "half"', 0),
    (unknown_field, "file_problem", r'"colour"', 0),
    (no_instant, "file_problem", r'"effective_at"', 0),
    (bad_posting, "unknown_posting", r'"officer"', 0),
]


@pytest.mark.parametrize(
    ("make_wrong", "code", "pattern", "number"), TABLE, ids=lambda v: getattr(v, "__name__", None)
)
async def test_the_line_that_is_wrong_is_named(
    office: Office, tmp_path: Path, make_wrong: Break, code: str, pattern: str, number: int
) -> None:
    act = document(office.officers)
    make_wrong(act)
    path = written(tmp_path, act)
    said = await refused(office, path)
    assert said.code.startswith(code), said
    assert said.details["line"] == line_of(path, pattern, number), (said, path.read_text(encoding="utf-8"))
    assert said.sentence.startswith(f"{path}:{said.details['line']}: ")
    again = await refused(office, path)
    assert (again.code, again.details["pointer"]) == (said.code, said.details["pointer"])


async def test_what_is_no_json_or_says_a_thing_twice_is_named_with_its_line(
    office: Office, tmp_path: Path
) -> None:
    act = document(office.officers)
    text = json.dumps(act, ensure_ascii=False, indent=1)
    cut = written(tmp_path, text[: text.index('"links"') + 9])
    said = await refused(office, cut)
    assert said.sentence.startswith(f"{cut}:{line_of(cut, 'links')}: this is not JSON")
    doubled = written(tmp_path, text.replace('"title"', '"number": "2/NQ",\n "title"', 1))
    said = await refused(office, doubled)
    assert said.details["line"] == line_of(doubled, '"number"', 1)
    listed = written(tmp_path, [])
    assert (await refused(office, listed)).details["line"] == 1


async def test_the_same_number_twice_is_refused_at_the_number(office: Office, tmp_path: Path) -> None:
    act = document(office.officers)
    await draft(office.handovers, office.officers["first operator"], act)
    path = written(tmp_path, act)
    said = await refused(office, path)
    assert said.code == "handover.act_number"
    assert said.details["line"] == line_of(path, '"number"')


async def test_a_second_act_on_the_same_unit_and_hour_is_refused_at_the_unit(
    office: Office, tmp_path: Path
) -> None:
    await office.scheduled()
    act = document(office.officers) | {"number": "1659/NQ-UBTVQH15"}
    act["parts"] = [law_only(act["parts"][0])]
    path = written(tmp_path, act)
    said = await refused(office, path)
    assert said.code == "handover.ends_once"
    assert said.details["line"] == line_of(path, r'"ends": \[\n +("[0-9])')


async def test_the_whole_countrys_file_is_refused_at_its_line_too(country: Office, tmp_path: Path) -> None:
    act = c.act_2025()
    act["parts"][33]["links"][-60]["to"] = "99999@2025-07-01"
    path = written(tmp_path, act)
    said = await refused(country, path)
    assert said.code == "unknown_unit"
    assert said.details["line"] == line_of(path, '"to": "99999@2025-07-01"')
    act["parts"][33]["links"][-60]["to"] = act["parts"][0]["links"][0]["to"]
    path = written(tmp_path, act)
    said = await refused(country, path)
    assert said.details["pointer"] == f"/parts/33/links/{len(act['parts'][33]['links']) - 60}/to"
    act["parts"][33]["links"][-60]["kind"] = 7
    path = written(tmp_path, act)
    assert (await refused(country, path)).details["line"] == line_of(path, '"kind": 7')
