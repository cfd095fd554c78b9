"""The real acts as files that an operator drafts from."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from application.act_documents import act_of_2025, acts_of_2026
from interfaces.cli.errors import CommandError
from interfaces.cli.output import Done, plural
from interfaces.wiring import (
    SUCCESSION,
    UNITS,
    read_changes,
    read_disputed,
    read_resolutions,
    read_succession,
    read_units,
)

Document = dict[str, Any]


def documents(year: str, provinces: Collection[str]) -> list[Document]:
    """The acts of a year with the parts of these provinces, or of all. Raises CommandError for a province
    that has none."""
    if year == "2025":
        act = act_of_2025(
            read_units(UNITS), read_succession(SUCCESSION), read_resolutions(), read_disputed(), provinces
        )
        acts = [act] if act["parts"] else []
    else:
        acts = acts_of_2026(read_units(UNITS), read_changes(), provinces)
    there = {part["province"][:2] for act in acts for part in act["parts"]}
    missing = sorted(set(provinces) - there)
    if missing:
        raise CommandError(
            "no_act",
            f"No act of {year} concerns the province {', '.join(missing)}: name it by its code since"
            " 1 July 2025.",
        )
    return acts


def written(acts: Sequence[Document], out: Path) -> Done:
    """Write each act. Raises CommandError where a file is there already, or one file is to hold several."""
    if out.suffix == ".json" and len(acts) > 1:
        raise CommandError("several_acts", f"{plural(len(acts), 'act')} need a folder, {out} is a file.")
    paths = [out if out.suffix == ".json" else out / name_of(act) for act in acts]
    for path in paths:
        if path.exists():
            raise CommandError(
                "file_there", f"{path} is there already: name another with --out, or remove it."
            )
    for act, path in zip(acts, paths, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(act, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    said = [_said(act, path) for act, path in zip(acts, paths, strict=True)]
    sentences = [
        f"Wrote {one['number']} to {one['file']}: {plural(one['parts'], 'part')},"
        f" {one['ends']:,} units end, {one['begins']:,} begin, {plural(one['links'], 'link')}"
        f"{'' if one['effective_at'] else '; its date of effect is not known'}."
        for one in said
    ]
    return Done({"acts": said}, " ".join([*sentences, "Draft it with `hoso handover draft FILE`."]))


def name_of(act: Document) -> str:
    """`202/2025/QH15` becomes `202-2025-QH15.json`."""
    return str(act["number"]).replace("/", "-") + ".json"


def _said(act: Document, path: Path) -> Document:
    parts = act["parts"]
    return {
        "file": str(path),
        "number": act["number"],
        "issued_on": act["issued_on"],
        "effective_at": act["effective_at"],
        "parts": len(parts),
        "ends": sum(len(part["ends"]) for part in parts),
        "begins": sum(len(part["begins"]) for part in parts),
        "links": sum(len(part["links"]) for part in parts),
    }
