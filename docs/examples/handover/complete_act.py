"""Put an office's own lists into an act of law: who receives, who closes the books, which rules, who moves.

    hoso units act 2025 --province 24 --out law.json
    python complete_act.py law.json office.json act.json OP-2=ID DESK-1=ID ...

`office.json` is the part's `agencies`, `rules`, `exceptions` and `postings`, with staff numbers where the
act's file wants ids. `centre_of_each_commune`: found one centre in each new commune (identifier H05.CODE) and
let it receive there. Standard library only.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def completed(law: dict[str, Any], office: dict[str, Any], officers: dict[str, str]) -> dict[str, Any]:
    (part,) = law["parts"]
    agencies = office["agencies"]
    for unit in part["begins"]:
        if unit["level"] == "commune":
            where, identifier = f"{unit['code']}@2025-07-01", f"H05.{unit['code']}"
            name = f"{office['centre_of_each_commune']} {unit['name']}"
            agencies["begins"].append(
                {"identifier": identifier, "name": name, "kind": "centre", "unit": where}
            )
            agencies["receivers"].append({"unit": where, "level": "commune", "agency": identifier})
    for closing in agencies["ends"]:
        closing["closed_by"] = officers[closing["closed_by"]]
    for move in office["postings"]:
        move["officer"] = officers[move["officer"]]
    part["agencies"] = agencies
    for name in ("rules", "exceptions", "postings"):
        part[name] = office[name]
    return law


def main(law: str, office: str, out: str, *officers: str) -> None:
    act, lists = (json.loads(Path(file).read_text(encoding="utf-8")) for file in (law, office))
    completed(act, lists, dict(officer.split("=", 1) for officer in officers))
    Path(out).write_text(json.dumps(act, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
