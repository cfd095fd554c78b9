"""Papers by command: what a procedure needs of somebody, a store, and what is wrong in words."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from infra import reference
from tests.cli.office import DESK, Office, refused

CODE = "1.004222"


def entry(**papers: Any) -> dict[str, Any]:
    content = json.loads(reference.PROCEDURES.read_text(encoding="utf-8"))
    found: dict[str, Any] = next(e for e in content["procedures"] if e["code"] == CODE)
    said: dict[str, Any] = {
        "kind": None,
        "cases": [],
        "required": False,
        "sources": [],
        "until": None,
        "origin": "assumed",
    }
    first = {"component": found["components"][0]["id"], **said, "required": True, **papers}
    return found | {"papers": [first]}


def document(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"format": "hoso.procedures.v1", "source": "thử", "procedures": list(entries)}


@pytest.fixture(scope="module")
def auditor(office: Office) -> dict[str, str]:
    posting = {"agency": DESK, "roles": ["auditor"]}
    people = [{"number": "AU-7", "name": "Lý Thị Soát", "postings": [posting]}]
    office.write("auditor.json", {"format": "hoso.officers.v1", "officers": people})
    assert office.hoso("officers", "load", "auditor.json").code == 0
    return {"HOSO_TOKEN": office.token("--officer", "AU-7")}


def test_papers_of_a_file_are_shown_and_a_wrong_line_is_named(office: Office) -> None:
    office.write("wrong.json", document(entry(component="nowhere")))
    refused(office.hoso("procedures", "load", "wrong.json"), "wrong.json", "nowhere")
    office.write("spoilt.json", document(entry(kind="Sổ hộ khẩu")))
    refused(office.hoso("procedures", "load", "spoilt.json"), "spoilt.json", "kind")
    office.write("papers.json", document(entry(kind="birth_extract", until="2025-06-01")))
    assert office.hoso("procedures", "load", "papers.json").code == 0
    shown = office.hoso("procedures", "show", CODE, "--json").document
    (first,) = shown["papers"]
    assert (first["kind"], first["until"]) == ("birth_extract", "2025-06-01")
    said = office.hoso("procedures", "papers", CODE, "--json").document["papers"]
    assert [paper["standing"] for paper in said][:2] == ["no_longer", "needed"]
    words = office.hoso("procedures", "papers", CODE)
    assert words.last_line.endswith("0 held already, 0 to look up first, 1 no longer asked for.")
    assert office.hoso("procedures", "papers", CODE, "--owner", "somebody").code == 2


def test_a_store_that_nobody_has_is_named(office: Office, auditor: dict[str, str]) -> None:
    citizen, missing = str(uuid4()), str(uuid4())
    refused(office.hoso("documents", "list", citizen, **auditor), "no citizen")
    refused(office.hoso("documents", "readings", citizen, missing, **auditor), "no citizen")
    said = ("--ground", "revoked", "--reason", "thử")
    refused(office.hoso("documents", "withdraw", citizen, missing, *said, **auditor), "no citizen")
