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
    @property
    def url(self) -> str: ...

    @property
    def headers(self) -> dict[str, str]: ...


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


def test_a_dossier_of_the_old_07210_is_held_by_the_new_07210_which_is_another_unit(served: Served) -> None:
    """By the feed: the agency that held it was the old unit's, the one that it came to is the new's."""
    held_before: dict[str, dict[str, str]] = {}
    moved: set[str] = set()
    with httpx.Client(base_url=served.url, headers=served.headers, timeout=60, trust_env=False) as client:
        after = 0
        while page := client.get("/v1/events", params={"after": after, "limit": 1000}).json():
            after = int(page[-1]["position"])
            for event in page:
                code, holder = event["subject"], event["data"].get("holder")
                if event["type"] == "hoso.dossier.handed_over.v1":
                    before = held_before.get(code)
                    if before and before["agency"] == event["data"]["from_agency"]:
                        assert holder["unit"] == "07210@2025-07-01", event
                        assert holder["agency"] == event["data"]["to_agency"] != before["agency"]
                        moved.add(code)
                elif holder and holder["unit"] == "07210@2025-06-30":
                    held_before[code] = holder
                elif holder:
                    held_before.pop(code, None)
        rows = map(json.loads, client.get("/v1/views/status").text.splitlines())
        now = {row["code"]: row["holder"] for row in rows if row["code"] in moved}
    assert moved, "no dossier lay with the commune 07210 when the hour came"
    assert now == dict.fromkeys(moved, "07210@2025-07-01")
