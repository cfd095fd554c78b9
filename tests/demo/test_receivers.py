"""Who received what, checked by twenty lines that know nothing of this project: by the table of communes and
by what is shown."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Protocol

import httpx
import pytest


class Served(Protocol):
    url: str
    headers: dict[str, str]


@pytest.mark.shared
def test_every_dossier_went_where_the_table_says(served: Served, shared_dir: Path) -> None:
    with (shared_dir / "data" / "units" / "vn_bac_giang_58.csv").open(encoding="utf-8") as table:
        heirs = {line["old_commune_code"]: line["new_commune_code"] for line in csv.DictReader(table)}
    answer = httpx.get(f"{served.url}/v1/views/status", headers=served.headers, timeout=60, trust_env=False)
    moved, from_old_communes, from_the_province, same_code = 0, 0, 0, 0
    for row in map(json.loads, answer.text.splitlines()):
        place, _, day = row["place"].partition("@")
        if row["status"] in (3, 7, 8, 10) or day == "2025-07-01":
            continue
        heir = heirs[place] if row["level_after"] == "commune" else "24"
        assert row["holder"] == f"{heir}@2025-07-01", row
        desk = row["code"].split("-")[0].split(".")
        moved += 1
        from_old_communes += desk[3] == "H02" and desk[1] not in ("00", "90")
        from_the_province += row["code"].startswith("000.00.02.H02-")
        same_code += place == heir == "07210"
    assert moved > 300
    assert from_old_communes > 50
    assert from_the_province > 5
    assert same_code >= 1
