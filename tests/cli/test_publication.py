"""Publication of procedures and anomalies by command, as an operator and an auditor meet them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from application.citizens import Identification, identify
from application.dossiers import act
from application.filing import Submission, submit
from application.policy import Identity
from infra.settings import read_settings
from interfaces import wiring
from interfaces.services import Services
from tests.cli.office import DESK, Office, refused

pytestmark = pytest.mark.slow  # each command is a process with its own PostgreSQL

DOCUMENT = Path(__file__).parents[2] / "docs" / "publication.md"
PROCEDURE = "1.000656"
CLERKS = {
    "format": "hoso.officers.v1",
    "officers": [
        {
            "number": "DESK-1",
            "name": "Phạm Thị Dung",
            "postings": [{"agency": DESK, "roles": ["desk", "handler"]}],
        }
    ],
}


def document(**changed: Any) -> dict[str, Any]:
    publication = {
        "procedure": PROCEDURE,
        "version": 1,
        "decision_no": "15/QĐ-UBND",
        "issuer": "province",
        "decided_on": "2025-05-28",
        "in_force_on": "2025-06-10",
    }
    return {"format": "hoso.publications.v1", "publications": [publication | changed]}


@pytest.fixture(scope="module")
def loaded(office: Office) -> Office:
    office.write("clerks.json", CLERKS)
    for arguments in (("procedures", "load"), ("calendar", "load"), ("officers", "load", "clerks.json")):
        assert office.hoso(*arguments).code == 0
    office.write("not-posted.json", document())
    done = office.hoso("procedures", "publication", "not-posted.json")
    assert done.code == 0, done.err
    assert "1 promulgation and 0 postings recorded. " in done.last_line
    assert "0 were published on time, 0 late, 1 are not posted." in done.last_line
    return office


def test_loading_again_adds_nothing(loaded: Office) -> None:
    head = loaded.hoso("clock", "show", "--json").document["position"]
    again = loaded.hoso("procedures", "publication", "not-posted.json", "--json")
    assert (again.code, again.document["promulgated"], again.document["known"]) == (0, 0, 1)
    assert loaded.hoso("clock", "show", "--json").document["position"] == head
    said = loaded.hoso("procedures", "publication", "not-posted.json").last_line
    assert said.startswith("Nothing new, 1 entry known already. Of the file's versions 0 ")


def test_the_example_of_the_document_is_recorded_and_judged(loaded: Office) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)
    loaded.write("example.json", example)
    done = loaded.hoso("procedures", "publication", "example.json", "--json")
    assert (done.code, done.document["promulgated"], done.document["posted"]) == (0, 3, 1)
    states = {state: count for state, count in done.document["states"].items() if count}
    assert states == {"on_time": 1, "not_posted": 2}


def test_a_procedure_is_shown_and_listed_with_its_publication(loaded: Office) -> None:
    shown = loaded.hoso("procedures", "show", PROCEDURE, "--json").document
    assert shown["publication"]["state"] == "not_posted"
    assert shown["publication"]["posting"]["due_on"] == "2025-06-04"
    assert shown["versions"][0]["publication"] == "not_posted"
    later = loaded.hoso("procedures", "show", PROCEDURE, "--at", "2025-06-06")
    assert later.last_line.endswith("Not posted yet (due 2025-06-04, 2 days ago).")
    listed = loaded.hoso("procedures", "list", "--publication", "not_posted", "--json").document
    assert PROCEDURE in [item["code"] for item in listed["items"]]
    assert {item["publication"]["state"] for item in listed["items"]} == {"not_posted"}
    page = loaded.hoso("procedures", "list", "--limit", "1", "--json").document
    following = loaded.hoso("procedures", "list", "--limit", "1", "--cursor", page["next"], "--json").document
    assert following["items"][0]["code"] > page["items"][0]["code"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"issuer": "district"}, ("publications.1.issuer",)),
        ({"decided_on": "28/05/2025"}, ("publications.1.decided_on", "2025-07-01")),
        ({"version": 99}, ("procedure.promulgate.version_known",)),
        ({"procedure": "9.999999"}, ("9.999999",)),
        ({"decision_no": "16/QĐ-UBND"}, ("procedure.promulgate.once",)),
    ],
)
def test_a_wrong_line_is_refused_at_its_line(
    loaded: Office, changed: dict[str, Any], words: tuple[str, ...]
) -> None:
    entries = document()["publications"] + document(**changed)["publications"]
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    loaded.write("wrong.json", f'{{"format": "hoso.publications.v1", "publications": [\n{lines}\n]}}')
    refused(loaded.hoso("procedures", "publication", "wrong.json"), "wrong.json:3: ", *words)


def done_in(office: Office, work: Callable[[Services], Awaitable[None]]) -> None:
    """What people do over HTTP, done on the office's ledger."""

    async def run() -> None:
        async with wiring.open_services(read_settings(office.environment)) as services:
            await work(services)

    asyncio.run(run())


def test_a_third_trip_and_what_was_received_before_posting_are_found(loaded: Office) -> None:
    nothing = loaded.hoso("anomalies")
    assert nothing.last_line.startswith("No anomaly on record, read through position ")
    clerk = Identity("officer", loaded.hoso("officers", "show", "DESK-1", "--json").document["id"])

    async def work(services: Services) -> None:
        owner = (await identify(services.citizens, clerk, Identification("person", "Trần Thị Thử"))).id
        moment = await services.reader.moment(fresh=True)
        desk = moment.organisation.agency_by_identifier(DESK).id
        filing = Submission(
            procedure=PROCEDURE,
            channel="counter",
            owner=owner,
            submitter=owner,
            place="07210",
            receiving_agency=desk,
        )
        filed = await submit(services.dossiers, clerk, filing)
        revision = filed.revision
        for trip in range(3):
            again = {"not_followed": "không nộp bản chính"} if trip == 2 else {}
            asking = {"request": "bổ sung", "components": (), **again}
            for name, fields in (("request-supplement", asking), ("submit-supplement", {"components": ()})):
                done = await act(
                    services.dossiers, clerk, filed.code, name, fields, command=None, revision=revision
                )
                revision = done.revision

    done_in(loaded, work)
    found = loaded.hoso("anomalies", "--json").document
    assert [item["fact"] for item in found["items"]] == [
        "dossier.submitted.v3",
        "dossier.supplement_requested.v3",
    ]
    assert found["next"] is None
    shown = loaded.hoso("anomalies", "--limit", "1")
    assert DESK in shown.out
    assert "Decree 63/2010" in shown.out
    assert shown.last_line.startswith("1 anomaly on record, read through position ")
    assert "The list goes on: add --cursor" in shown.last_line
    clerks = loaded.hoso("anomalies", HOSO_TOKEN=loaded.token("--officer", "DESK-1"))
    refused(clerks, "auditor")
