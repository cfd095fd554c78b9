"""`hoso audit` as an auditor meets it: what it answers, what it refuses, and on a ledger that is damaged
where it hurts most."""

from __future__ import annotations

import psycopg

from infra.embedded import OWNER, Cluster
from tests.cli.office import Office, refused


def test_a_sound_ledger_says_what_was_read_and_what_was_not(office: Office) -> None:
    answer = office.hoso("audit", "--json")
    found = answer.document
    assert (answer.code, found["ok"], found["findings"], found["said"]) == (0, True, [], [])
    assert (found["since"], found["until"]) == (0, found["positions"])
    assert found["attested"]["size"] == 0, "its log is opened, and nobody attested anything"
    part = office.hoso("audit", "--until", "40", "--no-views")
    assert part.code == 0
    assert part.last_line.startswith("The ledger is sound from position 1 to 40: 40 positions")
    assert "the read models were not compared with a replay of the log" in part.out
    assert "To know" in part.out


def test_the_tree_alone_says_what_it_looked_at_and_keeps_no_state(office: Office) -> None:
    answer = office.hoso("audit", "--tree")
    assert answer.code == 0
    assert answer.last_line.startswith("Every stored byte is what its leaf covers: ")
    assert answer.last_line.endswith("What facts say was not looked at.")
    assert "files and read models were not looked at" in answer.out
    refused(office.hoso("audit", "--tree", "--resume"), "--tree keeps no state", "leave one of them out")


def test_where_it_cannot_begin_is_said_with_what_to_do(office: Office) -> None:
    refused(office.hoso("audit", "--since", "nowhere.checkpoint"), "nowhere.checkpoint", "No such file")
    refused(office.hoso("audit", "--since", "12"), "No checkpoint of size 12", "none on record is larger")
    office.write("notes.txt", "của tôi\n")
    refused(office.hoso("audit", "--since", "notes.txt"), "The file holds no checkpoint")
    assert "no interrupted audit was found" in office.hoso("audit", "--resume", "--no-views").out


def test_a_ledger_whose_organisation_cannot_be_read_is_audited_with_a_system_token(office: Office) -> None:
    auditor = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    assert office.hoso("audit", "--no-views", **auditor).code == 0
    cluster = Cluster(office.folder / "data" / "cluster")
    with psycopg.connect(cluster.dsn("hoso", OWNER), autocommit=True) as owner:
        owner.execute("ALTER TABLE event DISABLE TRIGGER USER")
        (position,) = owner.execute("SELECT min(position) FROM event WHERE category = 3").fetchone() or (0,)
        owner.execute("UPDATE event SET payload = '\\x00'::bytea || payload WHERE position = %s", (position,))
        refused(
            office.hoso("audit", "--no-views", **auditor),
            "Who the ledger's officers are cannot be read",
            "hoso tokens issue --kind system",
        )
        answer = office.hoso("audit", "--json")
        found = answer.document
        assert answer.code == 1
        named = {(f["kind"], f["position"]) for f in found["findings"]}
        assert {("leaf", position), ("bytes", position)} <= named
        sentence = office.hoso("audit", "--no-views").last_line
        assert sentence.startswith("The ledger is NOT sound: ")
        assert "Stop recording" in sentence
