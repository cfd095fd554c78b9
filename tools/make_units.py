"""Write infra/reference/units_2025.csv and succession_2025.csv from a published package (development time).

    python -m venv units-env && units-env/bin/pip install vietnamadminunits==1.0.4
    units-env/bin/python tools/make_units.py

Source: the package data of vietnamadminunits (PyPI, MIT, named in NOTICE). It holds the units before and
after 1 July 2025 with their official codes and names, the old districts included, and which commune became
which. It lacks two things:

- the day from which the old units were valid: left empty, which means unknown;
- certainty about namesakes. Its table of divided communes confuses old communes of the same name that came
  into one new province (for instance two communes "Hòa Bình"). Such a link is left out when a namesake with
  the same target lies less than half as far away: 27 links. Six more are left out and one is added by code,
  below: vietnam-address-converter 1.0.5 (PyPI, Apache-2.0) does not have the six and has the one.

Five island districts had no communes: their link has an empty old_commune_code and names the district alone.
A commune that only kept its code is a link like any other; whether it is the same unit is for the act to say.
The output is deterministic: sorted rows, one line each.
"""

import csv
import importlib.util
import json
import math
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).resolve().parent.parent / "infra" / "reference"
DAY_OF_REFORM = "2025-07-01"  # Resolution 202/2025/QH15 and the resolutions 1654 to 1687/NQ-UBTVQH15

UNIT_COLUMNS = (
    "era",
    "level",
    "code",
    "name",
    "type",
    "parent_code",
    "province_code",
    "valid_from",
    "valid_to",
)
LINK_COLUMNS = ("old_commune_code", "old_district_code", "new_commune_code", "relation", "default_successor")

NOT_IN_SECOND_SOURCE = {
    ("23053", "23041"),
    ("28036", "28087"),
    ("31379", "31582"),
    ("31480", "31639"),
    ("31582", "31378"),
    ("31669", "31480"),
}
ADDED = {("00553", "00562")}  # Xã Cổ Bi, a part of which went to Xã Thuận An

Row = dict[str, Any]
Link = tuple[str, str]


def package_data() -> Path:
    """Return the folder of the package's data without importing it (an import loads its map libraries)."""
    spec = importlib.util.find_spec("vietnamadminunits")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("vietnamadminunits is not installed here; see the head of tools/make_units.py.")
    return Path(spec.submodule_search_locations[0]) / "data"


def read_tables(folder: Path) -> tuple[list[Row], list[Row], Row]:
    """Return the old communes with district and province, the new communes, and the links by name keys."""
    connection = sqlite3.connect(f"file:{folder / 'dataset.db'}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    old = [dict(row) for row in connection.execute("SELECT * FROM admin_units_legacy")]
    new = [dict(row) for row in connection.execute("SELECT * FROM admin_units")]
    connection.close()
    return old, new, json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))


def province_row(era: str, row: Row) -> tuple[str, ...]:
    name = row["province"]
    kind = "Thành phố" if name.startswith("Thành phố") else "Tỉnh"
    return (era, "province", row["provinceCode"], name, kind, "", row["provinceCode"], *validity(era))


def validity(era: str) -> tuple[str, str]:
    return ("", DAY_OF_REFORM) if era == "old" else (DAY_OF_REFORM, "")


def unit_rows(old: list[Row], new: list[Row]) -> Iterator[tuple[str, ...]]:
    """Yield each unit once or more often, in the order of UNIT_COLUMNS; the caller removes repetitions."""
    for row in old:
        province = row["provinceCode"]
        yield province_row("old", row)
        district = (row["districtCode"], row["district"], row["districtType"], province, province)
        yield ("old", "district", *district, *validity("old"))
        if row["wardCode"]:
            commune = (row["wardCode"], row["ward"], row["wardType"], row["districtCode"], province)
            yield ("old", "commune", *commune, *validity("old"))
    for row in new:
        province = row["provinceCode"]
        yield province_row("new", row)
        commune = (row["wardCode"], row["ward"], row["wardType"], province, province)
        yield ("new", "commune", *commune, *validity("new"))


def kilometres(one: Row, other: Row) -> float:
    a, b = math.radians(one["wardLat"]), math.radians(other["wardLat"])
    turn = math.radians(one["wardLon"] - other["wardLon"])
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return 6371 * math.acos(min(1.0, cosine))


class Succession:
    """Which old commune went to which new one: the package's links by code, less the doubtful ones."""

    def __init__(self, old: list[Row], new: list[Row], converter: Row) -> None:
        self.old = {row["wardCode"]: row for row in old if row["wardCode"]}
        self.new = {row["wardCode"]: row for row in new}
        old_by_key = {f"{r['provinceKey']}_{r['districtKey']}_{r['wardKey'] or ''}": r for r in old}
        new_by_key = {(r["provinceKey"], r["wardKey"]): r["wardCode"] for r in new}
        self.default: dict[str, str] = {}
        self.divided: set[Link] = set()
        self.whole: set[Link] = set()
        self.islands: set[Link] = set()  # old district, new commune
        for province, by_new in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
            for new_key, old_keys in by_new.items():
                for key in old_keys:
                    source, target = old_by_key[key], new_by_key[province, new_key]
                    if source["wardCode"]:
                        self.whole.add((source["wardCode"], target))
                    else:
                        self.islands.add((source["districtCode"], target))
        for province, by_old in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
            for key, parts in by_old.items():
                source_code = old_by_key[key]["wardCode"]
                for part in parts:
                    target = new_by_key[province, part["newWardKey"]]
                    self.divided.add((source_code, target))
                    if part["isDefaultNewWard"]:
                        self.default[source_code] = target

    def doubtful(self) -> set[Link]:
        """Return the links that a nearer namesake explains, and those that the second source lacks."""
        sources: dict[str, list[str]] = {}
        for source, target in self.whole | self.divided:
            sources.setdefault(target, []).append(source)
        return {link for link in self.divided if self._nearer_namesake(link, sources)} | NOT_IN_SECOND_SOURCE

    def _nearer_namesake(self, link: Link, sources: dict[str, list[str]]) -> bool:
        source, target = self.old[link[0]], self.new[link[1]]
        far = kilometres(source, target)
        namesakes = (self.old[code] for code in sources[link[1]] if code != link[0])
        return any(
            row["wardShortKey"] == source["wardShortKey"] and 2 * kilometres(row, target) < far
            for row in namesakes
        )

    def rows(self, left_out: set[Link]) -> Iterator[tuple[str, ...]]:
        """Yield the links in the order of LINK_COLUMNS; a commune with one successor left went whole."""
        links = ((self.whole | self.divided) - left_out) | ADDED
        targets: dict[str, set[str]] = {}
        for source, target in links:
            targets.setdefault(source, set()).add(target)
        if set(targets) != set(self.old) or {link[1] for link in links | self.islands} != set(self.new):
            raise SystemExit("A commune has no successor or no predecessor; the package's data changed.")
        for source, target in links:
            alone = len(targets[source]) == 1
            default = target if alone else self.default[source]
            if default not in targets[source]:
                raise SystemExit(f"The default successor of {source} was left out; choose another.")
            yield (
                source,
                self.old[source]["districtCode"],
                target,
                "whole" if alone else "part",
                "1" if target == default else "0",
            )
        for district, target in self.islands:
            yield ("", district, target, "whole", "1")


def write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> int:
    """Write the rows sorted and without repetition; return how many."""
    kept = sorted(set(rows))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(kept)
    return len(kept)


def main() -> None:
    old, new, converter = read_tables(package_data())
    succession = Succession(old, new, converter)
    left_out = succession.doubtful()
    units = write(REFERENCE / "units_2025.csv", UNIT_COLUMNS, unit_rows(old, new))
    links = write(REFERENCE / "succession_2025.csv", LINK_COLUMNS, succession.rows(left_out))
    print(f"{units:,} units and {links:,} links written; {len(left_out)} doubtful links left out.")


if __name__ == "__main__":
    main()
