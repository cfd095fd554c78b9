"""`hoso export` as an auditor runs it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.office import Office, refused
from tests.cli.test_import import SMALL


@pytest.fixture(scope="module")
def audited(office: Office) -> Office:
    """With a register of one dossier, and an auditor's token."""
    office.settings["HOSO_TOKEN"] = office.token("--officer", "IMP-1")
    office.write("small.xes", SMALL)
    done = office.hoso("import", "small.xes", "--source", "small")
    assert done.code == 0, done.err
    return office


FILES = (
    "log.sqlite",
    "log.json",
    "log.xml",
    "log.jsonl",
    "log.ndjson.gz",
    "log.xes",
    "log.xes.gz",
    "log.parquet",
)


@pytest.mark.parametrize("name", FILES)
def test_an_export_says_what_it_holds_and_under_which_checkpoint(audited: Office, name: str) -> None:
    form = (
        "parquet"
        if name.endswith("parquet")
        else "xes"
        if ".xes" in name
        else "events"
        if "json." in name or "jsonl" in name
        else "ocel"
    )
    said = audited.hoso("export", form, name, "--json")
    assert said.code == 0, said.out
    document = said.document
    head = audited.hoso("clock", "show", "--json").document["position"]
    assert (document["from_position"], document["to_position"]) == (1, head)
    assert document["counts"]["events"] == (2 + 1 if form == "xes" else head)
    assert document["attested"] is False, "nobody attests here"
    assert (audited.folder / name).stat().st_size > 0
    refused(audited.hoso("export", form, name), name, "--force")
    again = audited.hoso("export", form, name, "--force", "--from-position", "2")
    assert again.code == 0
    assert all(word in again.last_line for word in (name, "recorded and not attested", f"{head:,}"))


def test_an_earlier_systems_log_comes_back_and_is_said_to_hold_personal_data(audited: Office) -> None:
    done = audited.hoso("export", "xes", "again.xes", "--source", "small", "--json")
    assert (done.document["counts"]["traces"], done.document["counts"]["events"]) == (1, 2)
    named = audited.hoso("import", "again.xes", "--source", "small", "--json")
    assert (named.code, named.document["already"], named.document["differing"]) == (0, 1, 0)


def test_what_cannot_be_exported_is_said(audited: Office) -> None:
    assert audited.hoso("export", "ocel", "log.csv").code == 2
    assert audited.hoso("export", "events", "log.json").code == 2
    refused(audited.hoso("export", "ocel", "new.json", "--to-position", "1000000"), "ends at position")
    refused(audited.hoso("export", "ocel", "new.json", "--from-position", "9", "--to-position", "8"), "9")
    refused(audited.hoso("export", "ocel", "nowhere/new.json"), "nowhere")
    token = {"HOSO_TOKEN": audited.token("--officer", "OP-1")}
    refused(audited.hoso("export", "events", "new.jsonl", **token), "auditor")
    assert not list(Path(audited.folder).glob("*new.json*"))
    assert not list(Path(audited.folder).glob(".*.part"))


def test_the_three_forms_are_told_by_the_ending(audited: Office) -> None:
    for name in ("again.sqlite", "again.json"):
        assert audited.hoso("export", "ocel", name, "--force").code == 0
    document = json.loads((audited.folder / "again.json").read_bytes())
    with closing(sqlite3.connect(audited.folder / "again.sqlite")) as file:
        (events,) = file.execute("SELECT count(*) FROM event").fetchone()
    assert len(document["events"]) == events
