"""A rehearsal by command: the whole program, read models running, stopped and killed on the way."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time

import psycopg
import pytest

from infra.copy_server import name_of
from infra.embedded import SUPERUSER, Cluster
from tests.cli.office import DESK, HOSO, Answer, Office, refused
from tests.cli.test_handover import CENTRE, HEIR, NEW, Token, act_document, scheduled, staffed

pytestmark = pytest.mark.slow

__all__ = ["staffed"]


@pytest.fixture(scope="module")
def first(staffed: Office) -> Token:
    return {"HOSO_TOKEN": staffed.token("--officer", "OP-2")}


@pytest.fixture(scope="module")
def act(staffed: Office, first: Token) -> str:
    return scheduled(staffed, first, {"HOSO_TOKEN": staffed.token("--officer", "OP-3")})


def checksum(office: Office) -> dict[str, object]:
    """Once the read models stand still."""
    last: dict[str, object] = {}
    for _ in range(40):
        said = office.hoso("schema", "checksum", "--json")
        assert said.code == 0, said.out
        if said.document == last:
            return last
        last = said.document
        time.sleep(0.3)
    raise AssertionError("the read models never stood still")


def databases(office: Office) -> list[str]:
    return Cluster(office.folder / "data" / "cluster").databases()


def copy_name(office: Office) -> str:
    cluster = Cluster(office.folder / "data" / "cluster")
    with psycopg.connect(cluster.dsn("hoso", SUPERUSER)) as connection:
        row = connection.execute("SELECT ledger_id FROM ledger").fetchone()
    assert row is not None
    return name_of(row[0])


def running(office: Office, act: str, token: Token) -> subprocess.Popen[str]:
    """A rehearsal, once its copy is there."""
    process = subprocess.Popen(
        [HOSO, "handover", "rehearse", act, "--json"],
        env=office.environment | token, cwd=office.folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    patience = time.monotonic() + 60
    while copy_name(office) not in databases(office):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < patience
        time.sleep(0.02)
    return process


def rehearsed(office: Office, act: str, token: Token) -> Answer:
    done = office.hoso("handover", "rehearse", act, "--json", **token)
    assert done.code == 0, done.out + done.err
    return done


def test_a_simulation_names_who_gets_dossiers_and_has_nobody(staffed: Office, first: Token) -> None:
    """The district's staff, an importer and an operator, go to the heir: nobody there opens a dossier."""
    closed_by = staffed.hoso("officers", "show", "OP-1", "--json").document["id"]
    staffed.write("other.json", act_document(closed_by) | {"number": "99/NQ"})
    other = str(staffed.hoso("handover", "draft", "other.json", "--json", **first).document["handover"])
    told = staffed.hoso("handover", "simulate", other, **first)
    assert told.code == 0, told.err
    assert f"Nobody can receive at {HEIR} (1 dossier)" in told.last_line
    assert f"Nothing goes yet, and nobody could receive, at {CENTRE}." in told.last_line
    assert re.search(rf"{re.escape(HEIR)} +1\n", told.out)
    assert staffed.hoso("handover", "cancel", other, "--reason", "thử", **first).code == 0


def test_who_gets_dossiers_and_has_nobody_is_a_finding_by_name(
    staffed: Office, act: str, first: Token
) -> None:
    told = staffed.hoso("handover", "rehearse", act, **first)
    assert told.code == 1
    assert f"Nobody can receive at {HEIR} (1 dossier)" in told.last_line
    assert "1 finding above: put them right first." in told.last_line
    found = staffed.hoso("handover", "rehearse", act, "--json", **first).document
    assert (found["ok"], found["parts"][0]["nobody_to_receive"]) == (False, {HEIR: 1})
    posting = {"agency": DESK, "roles": ["desk"]}
    clerks = [{"number": "DESK-1", "name": "Phạm Thị Dung", "postings": [posting]}]
    staffed.write("clerks.json", {"format": "hoso.officers.v1", "officers": clerks})
    assert staffed.hoso("officers", "load", "clerks.json").code == 0


def test_stopped_it_leaves_nothing_and_killed_the_next_one_clears_it_away(
    staffed: Office, act: str, first: Token
) -> None:
    before = checksum(staffed)
    stopped = running(staffed, act, first)
    stopped.send_signal(signal.SIGINT)
    out, err = stopped.communicate(timeout=60)
    assert "Traceback" not in err
    assert stopped.returncode == 130, (out, err)
    assert json.loads(out)["error"]["code"] == "stopped"
    assert copy_name(staffed) not in databases(staffed)

    killed = running(staffed, act, first)
    killed.kill()
    killed.communicate(timeout=60)
    assert copy_name(staffed) in databases(staffed)
    rehearsed(staffed, act, first)
    assert copy_name(staffed) not in databases(staffed)
    assert checksum(staffed) == before


def test_only_an_operator_may_and_only_an_act_that_there_is(staffed: Office, act: str, first: Token) -> None:
    system = {"HOSO_TOKEN": staffed.token("--kind", "system", "--name", "setup")}
    refused(staffed.hoso("handover", "rehearse", act, **system), "may not")
    unknown = "00000000-0000-7000-8000-000000000000"
    refused(staffed.hoso("handover", "rehearse", unknown, **first), unknown)


def test_what_was_rehearsed_is_what_then_happens_and_flow_counts_it(
    staffed: Office, act: str, first: Token
) -> None:
    before = checksum(staffed)
    found = rehearsed(staffed, act, first).document
    assert checksum(staffed) == before
    (part,) = found["parts"]
    assert (found["ok"], part["state"], part["without_holder"]) == (True, "scheduled", 0)
    told = staffed.hoso("handover", "rehearse", act, **first)
    assert told.last_line.endswith("Nothing stands in its way.")
    assert "1 dossier would move" in told.last_line

    assert staffed.hoso("clock", "move", "--to", f"{NEW}T08:00:00+07:00").code == 0
    written = staffed.hoso("handover", "transfer", act, "--json", **first).document["counts"]
    reconciled = staffed.hoso("handover", "reconcile", act, "--json", **first).document["counts"]
    assert part["outcome"]["handed_over"] == written["written"] == 1
    assert part["reconciled"] == reconciled

    flow = staffed.hoso("flow", "--from", NEW, "--until", "2025-07-02", "--json", **first)
    assert flow.code == 0, flow.out
    assert flow.document["balanced"] is True
    assert flow.document["country"]["by_act_in"] == 1
    refused(staffed.hoso("flow", "--from", NEW, "--until", NEW, **first), "until")
    told = staffed.hoso("flow", "--from", "2025-06-01", "--until", NEW, "--known-at", "2025-06-30", **first)
    assert "equal settled, open and handed out everywhere" in told.last_line
