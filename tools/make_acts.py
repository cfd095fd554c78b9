"""Write infra/reference/resolutions_2025.csv, changes_2026.csv and disputed_2025.csv (development time).

    python tools/make_acts.py ../shared/data/units

Source: the folder of real unit tables beside a checkout, which was made from three published tables (named in
NOTICE). Only facts are taken: codes, names, numbers and days of resolutions; no sentence is copied.

- resolutions_2025.csv: by which resolution the communes of each of the 34 provinces were arranged;
- changes_2026.csv: communes that became wards under the same code, by which resolution and of which day. The
  source does not say from when they count: that day is in no column, because it is not known;
- disputed_2025.csv: links between communes that only one of the three tables has. They decide nothing.

The output is deterministic: sorted rows, one line each.
"""

import csv
import gzip
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

REFERENCE = Path(__file__).resolve().parent.parent / "infra" / "reference"
YEAR = "2025-"

Row = dict[str, str]


def rows(path: Path) -> Iterator[Row]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    yield from csv.DictReader(io.StringIO(text))


def resolutions(folder: Path) -> set[tuple[str, ...]]:
    """Province, number and day; a commune that changed again names its later resolution, which is skipped."""
    return {
        (row["province_code"], row["last_resolution"], row["last_resolution_date"])
        for row in rows(folder / "vn_units_new.csv.gz")
        if row["level"] == "commune" and row["last_resolution_date"].startswith(YEAR)
    }


def changes(folder: Path) -> set[tuple[str, ...]]:
    columns = (
        "resolution",
        "resolution_date",
        "code",
        "province_code",
        "name_2025",
        "name_2026",
        "type_2026",
    )
    return {tuple(row[c] for c in columns) for row in rows(folder / "vn_unit_changes_2026.csv")}


def disputed(folder: Path) -> set[tuple[str, ...]]:
    columns = ("old_commune_code", "old_district_code", "new_commune_code", "relation")
    return {tuple(row[c] for c in columns) for row in rows(folder / "vn_commune_succession_disputed.csv")}


def write(name: str, columns: tuple[str, ...], written: Iterable[tuple[str, ...]]) -> None:
    kept = sorted(written)
    with (REFERENCE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(kept)
    print(f"{name}: {len(kept)} rows.")


def main() -> None:
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        raise SystemExit("Name the folder of the unit tables; see the head of tools/make_acts.py.")
    folder = Path(sys.argv[1])
    write("resolutions_2025.csv", ("province_code", "number", "issued_on"), resolutions(folder))
    write(
        "changes_2026.csv",
        ("number", "issued_on", "code", "province_code", "name_before", "name", "type"),
        changes(folder),
    )
    write(
        "disputed_2025.csv",
        ("old_commune_code", "old_district_code", "new_commune_code", "relation"),
        disputed(folder),
    )


if __name__ == "__main__":
    main()
