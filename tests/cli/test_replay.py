"""Replaying by command: outcome, exit codes, what is wrong in words, and that nothing stumbles over what is
kept."""

from __future__ import annotations

import pytest

from tests.cli.office import Office


def test_a_replay_is_the_same_as_what_is_shown_and_says_each_table(office: Office) -> None:
    done = office.hoso("replay", "--json")
    assert done.code == 0, done.out
    assert (done.document["ok"], done.document["kept"]) == (True, None)
    assert done.document["compared_with_shown"] == ["status", "directory", "handover", "voice", "linked"]
    rows = {(t["view"], t["table"]): t["rows"] for t in done.document["tables"]}
    assert rows["status", "agency"] == 1
    assert rows["status", "unit"] == rows["directory", "unit"] > 200
    again = office.hoso("replay", "--to", str(done.document["views"][0]["position"]), "--json")
    assert again.document["tables"] == done.document["tables"]


def test_what_is_kept_is_listed_is_in_nobodys_way_and_is_dropped(office: Office) -> None:
    earlier = office.hoso("replay", "--to", "5", "--keep")
    assert earlier.code == 0, earlier.err
    assert earlier.last_line.endswith("and drop them with `hoso replay --drop replay_5`.")
    twice = office.hoso("replay", "--to", "5", "--keep", "--json")
    assert (twice.code, twice.document["error"]["code"]) == (1, "replay_kept")
    listed = office.hoso("views", "status", "--json")
    assert (listed.code, listed.document["ok"]) == (0, True)
    kept = [row for row in listed.document["views"] if row["schema_name"].startswith("replay_5_")]
    assert {(row["position"], row["state"]) for row in kept} == {(5, "kept")}
    for command in (("schema", "check"), ("schema", "upgrade"), ("audit",), ("views", "rebuild", "linked")):
        assert office.hoso(*command).code == 0, command
    gone = office.hoso("replay", "--drop", "replay_5", "--json")
    assert gone.document == {"dropped": "replay_5", "schemas": 5}
    absent = office.hoso("replay", "--drop", "replay_5")
    assert (absent.code, absent.err.strip()) == (1, "no read models are kept as replay_5: none is kept")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--to", "999999"), 1, "this ledger ends at position"),
        (("--to", "2031-01-01"), 1, "the ledger's time is"),
        (("--to", "5", "--keep", "--reader", "nobody_here"), 1, "CREATE ROLE nobody_here LOGIN"),
        (("--to", "0"), 2, "positions begin with 1"),
        (("--keep",), 2, "say as of when, with --to POSITION"),
        (("--to", "5", "--reader", "x"), 2, "add --keep"),
        (("--drop", "replay_5", "--to", "5"), 2, "leave the others out"),
        (("--to", "yesterday"), 2, "is no instant"),
    ],
)
def test_what_is_wrong_is_said(office: Office, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = office.hoso("replay", *arguments)
    assert done.code == code, done.out
    assert says in " ".join(done.err.replace("│", " ").split())
    assert office.hoso("views", "status", "--json").document["ok"]


def test_an_officer_without_the_role_replays_nothing(office: Office) -> None:
    importer = office.token("--officer", "OP-1")
    done = office.hoso("replay", "--to", "5", HOSO_TOKEN=importer)
    assert done.code == 0, "operators may"
    done = office.hoso("replay", HOSO_TOKEN="")
    assert done.code == 1
    assert "HOSO_TOKEN is empty" in done.err
