"""A district's end by command: drafted, approved by two, lived through, transferred, reconciled."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.office import DESK, HOSO, Office, refused
from tests.cli.test_import import SMALL

CENTRE, HEIR = "000.00.01.H02", "000.02.07.H05"
OLD, NEW = "2025-06-30", "2025-07-01"
CODE, PROCEDURE = "small:case-1", "1.000656"


@pytest.fixture(scope="module")
def staffed(office: Office) -> Iterator[Office]:
    """Two operators at the province's centre, one imported dossier at the district's desk, views kept up."""
    centre = {"identifier": CENTRE, "name": "Trung tâm", "kind": "centre", "unit": "24"}
    posting = {"agency": CENTRE, "roles": ["operator", "auditor"]}
    operators = [{"number": f"OP-{n}", "name": "Lê Văn Cường", "postings": [posting]} for n in (2, 3)]
    office.write("centre.json", {"format": "hoso.agencies.v1", "agencies": [centre]})
    office.write("operators.json", {"format": "hoso.officers.v1", "officers": operators})
    office.write("small.xes", SMALL)
    mapping = {"source": "small", "procedure": PROCEDURE, "place": f"07210@{OLD}"}
    office.write("mapping.json", mapping | {"status": {"activities": {"decide": 4}}})
    for arguments in (
        ("agencies", "load", "centre.json"),
        ("officers", "load", "operators.json"),
        ("procedures", "load"),
    ):
        done = office.hoso(*arguments)
        assert done.code == 0, done.err
    importer = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    done = office.hoso("import", "small.xes", "--mapping", "mapping.json", "--agency", DESK, **importer)
    assert done.code == 0, done.err
    runner = subprocess.Popen([HOSO, "views", "run"], env=office.environment, stderr=subprocess.DEVNULL)
    yield office
    runner.terminate()
    runner.wait(30)


def act_document(closed_by: str) -> dict[str, Any]:
    commune = {
        "code": "07210",
        "name": "Phường Mới",
        "kind": "Phường",
        "level": "commune",
        "parent": f"24@{OLD}",
    }
    receiver = {"identifier": HEIR, "name": "Trung tâm Phường Mới", "kind": "centre", "unit": f"07210@{NEW}"}
    links = [{"from": f"{code}@{OLD}", "to": f"07210@{NEW}", "kind": "whole"} for code in ("213", "07210")]
    part = {
        "name": "Bắc Giang",
        "province": f"24@{OLD}",
        "ends": [f"213@{OLD}", f"07210@{OLD}"],
        "begins": [commune],
        "links": links,
        "agencies": {
            "begins": [receiver],
            "ends": [{"agency": DESK, "heir": HEIR, "closed_by": closed_by}],
            "receivers": [
                {"unit": f"24@{OLD}", "level": "province", "agency": CENTRE},
                {"unit": f"07210@{NEW}", "level": "commune", "agency": HEIR},
            ],
        },
        "rules": [{"procedure": PROCEDURE, "level": "commune"}],
    }
    return {
        "number": "1658/NQ",
        "title": "Sắp xếp",
        "issued_on": "2025-06-16",
        "effective_at": f"{NEW}T00:00:00+07:00",
        "reference": "1658/NQ-UBTVQH15",
        "parts": [part],
    }


Token = dict[str, str]


def test_a_district_ends_and_its_dossier_goes_on(staffed: Office) -> None:
    first, second = ({"HOSO_TOKEN": staffed.token("--officer", f"OP-{n}")} for n in (2, 3))
    act = scheduled(staffed, first, second)
    refused(staffed.hoso("handover", "transfer", act, **first), "effect at 2025-07-01 00:00:00 in Vietnam")
    assert staffed.hoso("clock", "move", "--to", f"{NEW}T08:00:00+07:00").code == 0
    the_units_and_agencies_are_others(staffed)
    transferred_and_reconciled(staffed, act, first)
    the_history_knows_then_from_now(staffed, first)
    on_time = staffed.hoso("on-time", "--from", OLD, "--until", NEW, "--agency", DESK, "--json", **first)
    assert [row["ready"] for row in on_time.document["items"]] == [0]
    the_indicators_are_known_as_of_then(staffed, first)
    assert staffed.hoso("audit", "--json", **first).document["findings"] == []


def the_indicators_are_known_as_of_then(office: Office, token: Token) -> None:
    """As of the last position they are what is shown; as of one before the dossier was due, nothing was late.
    An answer for a past position stays as it was."""
    period = ("on-time", "--from", OLD, "--until", "2025-12-31", "--json")
    now = office.hoso(*period, **token).document
    head = str(now["known_at"])
    then = office.hoso(*period, "--known-at", head, **token)
    assert then.code == 0, then.err
    counted = [{k: v for k, v in row.items() if k != "open_late"} for row in then.document["items"]]
    shown = [{k: v for k, v in row.items() if k != "open_late"} for row in now["items"]]
    assert counted == shown
    before = office.hoso(*period, "--known-at", "3", **token)
    assert (before.code, before.document["items"], before.document["known_at"]) == (0, [], 3)


def scheduled(office: Office, first: Token, second: Token) -> str:
    """The act's id; every step out of turn is refused on the way."""
    closed_by = office.hoso("officers", "show", "OP-1", "--json").document["id"]
    office.write("act.json", act_document(closed_by))
    drafted = office.hoso("handover", "draft", "act.json", "--json", **first)
    assert drafted.code == 0, drafted.out
    act = str(drafted.document["handover"])

    simulated = office.hoso("handover", "simulate", act, "--json", **first)
    assert simulated.code == 0, simulated.out
    assert simulated.document["counts"]["total"] == 1
    approving = ("handover", "approve", act, "--digest", simulated.document["digest"])
    refused(office.hoso(*approving[:-1], "0" * 64, **first), "handover.")
    assert office.hoso(*approving, "--json", **first).document["state"] == "simulated"
    refused(office.hoso(*approving, **first), "handover.")
    refused(office.hoso("handover", "schedule", act, **first), "handover.")
    assert office.hoso(*approving, "--json", **second).document["state"] == "approved"
    assert office.hoso("handover", "schedule", act, **first).code == 0
    return act


def the_units_and_agencies_are_others(office: Office) -> None:
    assert office.hoso("agencies", "show", DESK, "--json").document["heir"] == HEIR
    units = office.hoso("units", "show", "07210", "--json").document["units"]
    assert [unit["valid"] for unit in units] == [False, True]
    (heir,) = office.hoso("units", "heirs", f"07210@{OLD}", "--json").document["heirs"]
    assert heir["unit"] == f"07210@{NEW}"


def transferred_and_reconciled(office: Office, act: str, operator: Token) -> None:
    transferring = ("handover", "transfer", act, "--json")
    nothing = {"not_moved": 0, "refused": 0}
    written = {"written": 1, "found": 0, "total": 1} | nothing
    assert office.hoso(*transferring, "--share", "3/2", **operator).code == 2
    first = office.hoso(*transferring, "--outcomes", "outcomes.ndjson", **operator).document
    assert (first["counts"], first["finished"], first["share"]) == (written, True, "1/1")
    assert first["lock_ms"]["alone"]["events"] + first["lock_ms"]["in_traffic"]["events"] == 1
    (line,) = (office.folder / "outcomes.ndjson").read_text().splitlines()
    assert json.loads(line)["outcome"] == "written"
    found = {"written": 0, "found": 1, "total": 1} | nothing
    assert office.hoso(*transferring, **operator).document["counts"] == found

    receiver = {"HOSO_TOKEN": office.token("--officer", "OP-1")}  # the act moved the posting to the heir
    refusing = ("--agency", HEIR, "--dossier", CODE, "--reason", "Không thuộc thẩm quyền")
    assert office.hoso("handover", "refuse", act, *refusing, **receiver).code == 0
    everything = ("handover", "acknowledge", act, "--agency", HEIR, "--all", "--json")
    answered = office.hoso(*everything, **receiver).document["counts"]
    assert answered == {"acknowledged": 0, "answered_before": 1, "refused": 0}
    placing = ("--dossier", CODE, "--to", CENTRE, "--ground", "coordination")
    assert office.hoso("handover", "place", act, *placing, **operator).code == 0
    reconciled = office.hoso("handover", "reconcile", act, "--json", **operator)
    assert reconciled.code == 0, reconciled.out
    assert reconciled.document["counts"]["holders_other_than_one"] == 0
    shown = office.hoso("handover", "status", act, "--json", **operator).document
    assert shown["parts"][0]["state"] == "reconciled"
    listing = ("handover", "status", "--limit", "1", "--json")
    page = office.hoso(*listing, **operator).document
    assert [one["id"] for one in page["handovers"]] == [act]
    assert office.hoso(*listing, "--cursor", page["next"], **operator).document["handovers"] == []


def the_history_knows_then_from_now(office: Office, reader: Token) -> None:
    then = office.hoso("history", CODE, "--known-at", OLD, "--json", **reader).document["entries"]
    now = office.hoso("history", CODE, "--json", **reader).document["entries"]
    assert now[: len(then)] == then
    steps = ["dossier.step_imported.v1"] * 2
    assert [entry["type"] for entry in then] == ["dossier.imported.v1", *steps]
    assert [entry["type"] for entry in now[len(then) :]] == [
        "handover.dossier_handed_over.v1",
        "handover.dossier_refused.v2",
        "handover.dossier_placed.v1",
    ]
