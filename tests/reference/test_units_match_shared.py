"""The project's unit tables against ../shared/data/units, which was made from three published tables.

Found equal, and asserted so: the sets of units with name, type and parent (old 63 + 696 + 10,035, new 34 +
3,321), and every link between communes with its relation and default successor (10,565). The one difference,
counted here: our file also links the five island districts without communes, which the reference keeps in its
district table alone.
"""

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import reference
from infra.reference_acts import read_changes, read_disputed, read_resolutions
from infra.reference_files import SuccessionRow, UnitRow, read_succession, read_units

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "units"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data/units is not here"),
]

ISLAND_DISTRICTS = 5


def shared_rows(name: str) -> Iterator[dict[str, str]]:
    path = SHARED / name
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode("utf-8")
    yield from csv.DictReader(io.StringIO(text))


def our_units() -> list[UnitRow]:
    return list(read_units(reference.UNITS))


def our_links() -> list[SuccessionRow]:
    return list(read_succession(reference.SUCCESSION))


def test_the_units_before_the_reform_are_the_same() -> None:
    ours = {(u.level, u.code, u.name, u.parent_code or "") for u in our_units() if u.era == "old"}
    theirs = set()
    for row in shared_rows("vn_units_old.csv.gz"):
        parent = {"province": "", "district": row["province_code"], "commune": row["district_code"]}
        theirs.add((row["level"], row["code"], row["name"], parent[row["level"]]))
    assert len(theirs) == 10_794
    assert ours == theirs


def test_the_units_after_the_reform_are_the_same() -> None:
    ours = {(u.level, u.code, u.name, u.type, u.province_code) for u in our_units() if u.era == "new"}
    theirs = {
        (row["level"], row["code"], row["name_2025"], row["type_2025"], row["province_code"])
        for row in shared_rows("vn_units_new.csv.gz")
    }
    assert len(theirs) == 3_355
    assert ours == theirs


def test_every_link_of_bac_giang_is_the_same() -> None:
    communes = {
        u.code for u in our_units() if u.era == "old" and u.level == "commune" and u.province_code == "24"
    }
    ours = {
        (link.old_commune_code, link.old_district_code, link.new_commune_code, link.relation)
        for link in our_links()
        if link.old_commune_code in communes
    }
    theirs = {
        (row["old_commune_code"], row["old_district_code"], row["new_commune_code"], row["relation"])
        for row in shared_rows("vn_bac_giang_58.csv")
    }
    assert len(ours) == 192
    assert len({link[2] for link in ours}) == 58
    assert ours == theirs


def test_the_other_links_differ_only_in_the_island_districts() -> None:
    links = our_links()
    ours = {
        (link.old_commune_code, link.new_commune_code, link.relation, str(int(link.default_successor)))
        for link in links
        if link.old_commune_code is not None
    }
    theirs = {
        (row["old_commune_code"], row["new_commune_code"], row["relation"], row["default_successor"] or "0")
        for row in shared_rows("vn_commune_succession.csv.gz")
    }
    assert len(theirs) == 10_565
    assert ours == theirs
    assert len(links) - len(ours) == ISLAND_DISTRICTS


def test_the_changes_of_2026_and_the_disputed_links_are_the_same() -> None:
    changes = {(c.code, c.province_code, c.name_before, c.name, c.type, c.number) for c in read_changes()}
    columns = ("code", "province_code", "name_2025", "name_2026", "type_2026", "resolution")
    assert changes == {tuple(r[c] for c in columns) for r in shared_rows("vn_unit_changes_2026.csv")}
    assert len(changes) == 22
    disputed = {(d.old_commune_code, d.new_commune_code, d.relation) for d in read_disputed()}
    link = ("old_commune_code", "new_commune_code", "relation")
    file = "vn_commune_succession_disputed.csv"
    assert disputed == {tuple(r[c] for c in link) for r in shared_rows(file)}
    assert len(disputed) == 51


def test_each_provinces_resolution_is_the_one_its_communes_name() -> None:
    named: dict[str, set[str]] = {}
    for row in shared_rows("vn_units_new.csv.gz"):
        if row["level"] == "commune" and row["last_resolution_date"].startswith("2025-"):
            named.setdefault(row["province_code"], set()).add(row["last_resolution"])
    assert {r.province_code: {r.number} for r in read_resolutions()} == named
