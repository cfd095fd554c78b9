"""The acts' documents say what the tables say, of every unit exactly once, and fit the format of a draft."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from application.act_documents import act_of_2025, acts_of_2026
from application.act_tables import TablesDisagree
from infra import reference
from infra.reference_acts import read_changes, read_disputed, read_resolutions
from infra.reference_files import SuccessionRow, UnitRow, read_succession, read_units

Document = dict[str, Any]


def tables() -> tuple[list[UnitRow], list[SuccessionRow]]:
    return list(read_units(reference.UNITS)), list(read_succession(reference.SUCCESSION))


@pytest.fixture(scope="module")
def act() -> Document:
    units, links = tables()
    return act_of_2025(
        units, links, read_resolutions(reference.RESOLUTIONS), read_disputed(reference.DISPUTED)
    )


def deciding(act: Document) -> list[Document]:
    return [link for part in act["parts"] for link in part["links"] if not link.get("disputed")]


def test_each_unit_of_the_country_ends_and_begins_in_exactly_one_part(act: Document) -> None:
    ends = Counter(reference for part in act["parts"] for reference in part["ends"])
    begins = Counter(unit["code"] for part in act["parts"] for unit in part["begins"])
    assert len(act["parts"]) == 34
    assert len(ends) == sum(ends.values()) == 63 + 696 + 10_035
    assert len(begins) == sum(begins.values()) == 34 + 3_321


def test_a_parts_links_lead_from_what_it_ends_to_what_it_begins(act: Document) -> None:
    for part in act["parts"]:
        ends, begins = set(part["ends"]), {f"{unit['code']}@2025-07-01" for unit in part["begins"]}
        assert {link["from"] for link in part["links"]} == ends
        assert {link["to"] for link in part["links"]} == begins
        assert begins >= {unit["parent"] for unit in part["begins"] if unit["parent"]}
        assert part["province"] in begins


def test_a_link_is_same_whole_or_part_by_how_many_stand_on_either_side(act: Document) -> None:
    links = deciding(act)
    successors, predecessors = Counter(x["from"] for x in links), Counter(x["to"] for x in links if level(x))
    for link in links:
        alone = successors[link["from"]] == 1
        assert (link["kind"] == "part") is not alone
        if link["kind"] == "same":
            assert len(link["from"]) == len(link["to"])
            assert not level(link) or predecessors[link["to"]] == 1
    assert Counter(link["kind"] for link in links if level(link)) == {
        "whole": 9_463,
        "part": 970,
        "same": 132,
    }
    assert Counter(link["kind"] for link in links if len(link["from"]) == 13) == {"whole": 52, "same": 11}


def level(link: Document) -> bool:
    """Whether the link is a commune's."""
    return len(link["from"]) == 16


def test_a_split_commune_has_one_default_and_a_split_district_none(act: Document) -> None:
    defaults = Counter({link["from"]: 0 for link in deciding(act)})
    for link in deciding(act):
        defaults[link["from"]] += link["default"]
    split_districts = {link["from"] for link in deciding(act) if link["kind"] == "part" and not level(link)}
    assert len(split_districts) == 682
    assert {unit for unit, number in defaults.items() if number != 1} == split_districts
    assert {number for unit, number in defaults.items() if unit in split_districts} == {0}


def test_a_split_district_says_by_which_places_and_a_split_commune_leaves_it_to_a_person(
    act: Document,
) -> None:
    for link in deciding(act):
        if link["kind"] != "part":
            assert "decided_by" not in link
        elif level(link):
            assert (link["decided_by"], link["basis"]) == ("person", "")
        else:
            assert link["decided_by"] == "places"
            assert link["basis"]
            assert len(link["basis"]) <= 500


def test_every_province_names_its_own_resolution(act: Document) -> None:
    sources = {
        part["province"]: {unit["source"] for unit in part["begins"] if unit["level"] == "commune"}
        for part in act["parts"]
    }
    assert sources["24@2025-07-01"] == {"Nghị quyết 1658/NQ-UBTVQH15"}
    assert len({source for named in sources.values() for source in named}) == 34
    assert (act["number"], act["issued_on"]) == ("202/2025/QH15", "2025-06-12")


def test_disputed_links_are_marked_and_decide_nothing(act: Document) -> None:
    disputed = [link for part in act["parts"] for link in part["links"] if link.get("disputed")]
    assert len(disputed) == 51
    assert not any(link["default"] for link in disputed)
    sure = {(link["from"], link["to"]) for link in deciding(act)}
    assert not sure & {(link["from"], link["to"]) for link in disputed}


def test_some_provinces_alone_are_the_same_parts(act: Document) -> None:
    units, links = tables()
    some = act_of_2025(
        units, links, read_resolutions(reference.RESOLUTIONS), read_disputed(reference.DISPUTED), ("24", "01")
    )
    assert some["parts"] == [part for part in act["parts"] if part["province"][:2] in ("01", "24")]


def test_a_resolution_that_is_not_known_is_left_out() -> None:
    units, links = tables()
    act = act_of_2025(units, links, provinces=("24",))
    assert act["reference"] == "Nghị quyết 202/2025/QH15"
    assert {u["source"] for u in act["parts"][0]["begins"] if u["level"] == "commune"} == {""}


def test_tables_that_do_not_fit_are_refused_with_the_unit() -> None:
    units, links = tables()
    with pytest.raises(TablesDisagree, match="00001 Phường Phúc Xá has no successor"):
        act_of_2025(units, [link for link in links if link.old_commune_code != "00001"])
    elsewhere = [replace(links[9], new_commune_code="07210"), *links]
    with pytest.raises(TablesDisagree, match="two provinces"):
        act_of_2025(units, elsewhere)
    with pytest.raises(TablesDisagree, match="not there"):
        act_of_2025(units, [replace(links[9], new_commune_code="99999")])


def test_each_resolution_of_2026_is_an_act_without_a_day_of_effect() -> None:
    units, _ = tables()
    acts = acts_of_2026(units, read_changes(reference.CHANGES))
    assert [(a["number"], a["issued_on"], a["effective_at"]) for a in acts] == [
        ("237/NQ-UBTVQH16", "2026-04-14", None),
        ("388/NQ-UBTVQH16", "2026-08-04", None),
    ]
    assert [len(a["parts"][0]["ends"]) for a in acts] == [10, 12]
    assert all(link["kind"] == "same" for a in acts for link in a["parts"][0]["links"])
    assert all("chưa rõ" in a["reference"] for a in acts)
    assert acts_of_2026(units, read_changes(reference.CHANGES), ("24",)) == acts[1:]


def test_a_change_of_a_commune_that_is_not_there_is_refused() -> None:
    units, _ = tables()
    change = replace(next(read_changes(reference.CHANGES)), code="99999", issued_on=date(2026, 4, 14))
    with pytest.raises(TablesDisagree, match="99999"):
        acts_of_2026(units, [change])
