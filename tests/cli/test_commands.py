"""The commands as an operator meets them, against a real ledger: what they say, and how they fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from domain.notes import read_vkey
from infra.secrets import read_token_key
from tests.cli.office import DESK, Office, refused

LONG = {
    "format": "hoso.agencies.v1",
    "agencies": [{"identifier": "X", "name": "N" * 2000, "kind": "desk", "unit": "213"}],
}


def test_a_second_init_is_refused_and_the_ledger_stays(office: Office) -> None:
    before = office.hoso("schema", "check", "--json").document
    refused(office.hoso("schema", "init"), "There is a ledger already", "HOSO_DATA_DIR")
    assert office.hoso("schema", "check", "--json").document == before
    assert before["clock"] == "demo"


def test_upgrading_a_current_ledger_does_nothing(office: Office) -> None:
    answer = office.hoso("schema", "upgrade", "--json")
    assert (answer.code, answer.document) == (0, {"applied": [], "views": [], "allowed": False})


@pytest.mark.parametrize(
    "arguments",
    [
        ("units", "load", "--province", "24"),
        ("agencies", "load", "agencies.json"),
        ("officers", "load", "officers.json"),
    ],
    ids=" ".join,
)
def test_what_was_loaded_before_adds_nothing(office: Office, arguments: tuple[str, ...]) -> None:
    head = office.hoso("clock", "show", "--json").document["position"]
    again = office.hoso(*arguments, "--json")
    assert again.code == 0
    assert again.document["recorded"] == 0
    assert again.document["known"] > 0
    assert office.hoso("clock", "show", "--json").document["position"] == head


def test_when_offices_are_open_is_set_once_and_a_wrong_line_is_named(office: Office) -> None:
    week = [{"days": [1, 2, 3, 4, 5], "opens": "07:30", "closes": "11:30"}]
    schedule = {"schedule": "office", "valid_from": None, "week": week, "source": "thử"}
    office.write("hours.json", {"format": "hoso.hours.v1", "schedules": [schedule]})
    first = office.hoso("calendar", "hours", "hours.json", "--json")
    assert (first.code, first.document["recorded"]) == (0, 1)
    again = office.hoso("calendar", "hours", "hours.json", "--json")
    assert (again.code, again.document["recorded"], again.document["known"]) == (0, 0, 1)
    week[0]["opens"] = "25:00"
    office.write("wrong.json", {"format": "hoso.hours.v1", "schedules": [schedule]})
    wrong = office.hoso("calendar", "hours", "wrong.json")
    assert wrong.code == 1
    assert "wrong.json:" in wrong.err + wrong.out


def test_an_outage_is_announced_once_by_a_registrar(office: Office) -> None:
    registrar = {
        "number": "REG-9",
        "name": "Lê Thị Sổ",
        "postings": [{"agency": DESK, "roles": ["registrar"]}],
    }
    office.write("registrar.json", {"format": "hoso.officers.v1", "officers": [registrar]})
    assert office.hoso("officers", "load", "registrar.json").code == 0
    as_registrar = {"HOSO_TOKEN": office.token("--officer", "REG-9")}
    said = ("--from", "2025-06-03T10:00:00+07:00", "--until", "2025-06-05T10:00:00+07:00", "--source", "thử")
    operator = {"HOSO_TOKEN": office.token("--officer", "OP-1")}
    refused(office.hoso("calendar", "outage", "portal", *said, **operator), "registrar")
    first = office.hoso("calendar", "outage", "portal", *said, "--json", **as_registrar)
    assert (first.code, first.document["announced"], first.document["moved"]) == (0, True, 0)
    again = office.hoso("calendar", "outage", "portal", *said, **as_registrar)
    assert again.last_line.startswith("Known already; of 0 dossiers")
    assert again.last_line.endswith("No procedure names the system portal: check the word.")


@pytest.mark.parametrize("noun", ["procedures", "calendar"])
def test_our_own_catalogue_and_calendar_load_once(office: Office, noun: str) -> None:
    first, second = (office.hoso(noun, "load", "--json") for _ in range(2))
    assert (first.code, second.code) == (0, 0)
    assert first.document["recorded"] > 10
    assert (second.document["recorded"], second.document["known"]) == (0, first.document["recorded"])


def test_procedures_load_says_what_the_file_holds(office: Office) -> None:
    said = office.hoso("procedures", "load", "--json").document
    assert said["procedures"] >= 30
    assert said["channels"] > said["procedures"]
    assert 0 < said["doubtful"] < said["channels"]


def test_a_procedure_has_the_level_of_its_day(office: Office) -> None:
    office.hoso("procedures", "load")
    loaded = office.hoso("procedures", "show", "1.000656", "--json").document
    assert (loaded["version"], loaded["valid_from"]) == (1, None)


def test_a_unit_is_shown_with_its_parent_and_no_heir_before_an_act(office: Office) -> None:
    shown = office.hoso("units", "show", "07210", "--json").document
    (unit,) = shown["units"]
    assert (unit["unit"], unit["parent"], unit["valid"]) == ("07210@2025-06-30", "213@2025-06-30", True)
    assert office.hoso("units", "heirs", "07210", "--json").document["heirs"] == []
    assert office.hoso("units", "show", "07210").last_line == f"07210 is {unit['name']}, 07210@2025-06-30."


def test_agencies_and_officers_are_shown(office: Office) -> None:
    assert office.hoso("agencies", "show", DESK, "--json").document["unit"] == "213@2025-06-30"
    listed = office.hoso("agencies", "list", "--json").document["agencies"]
    assert [agency["identifier"] for agency in listed] == [DESK]
    (posting,) = office.hoso("officers", "show", "IMP-1", "--json").document["postings"]
    assert (posting["agency"], posting["roles"]) == (DESK, ["importer", "auditor"])


def test_the_demo_clock_moves_forward_only(office: Office) -> None:
    moved = office.hoso("clock", "move", "--to", "2025-06-03T08:00:00+07:00", "--json")
    assert moved.document["to"] == "2025-06-03T01:00:00Z"
    refused(office.hoso("clock", "move", "--to", "2025-06-02T08:00:00+07:00"), "never goes back")
    assert office.hoso("clock", "show", "--json").document["now"].startswith("2025-06-03T01:")


def test_views_status_says_how_far_they_are(office: Office) -> None:
    status = office.hoso("views", "status", "--json")
    assert status.code == 0
    shown = {view["view"] for view in status.document["views"]}
    assert shown == {"status", "directory", "handover", "voice", "linked"}
    rebuilt = office.hoso("views", "rebuild", "directory", "--json")
    assert (rebuilt.code, rebuilt.document["differences"]) == (0, [])
    assert rebuilt.document["generation"] > status.document["views"][0]["generation"]


def test_without_a_token_nothing_is_recorded(office: Office) -> None:
    answer = office.hoso("agencies", "load", "agencies.json", HOSO_TOKEN="")
    refused(answer, "HOSO_TOKEN is empty", "hoso tokens issue")


def test_a_token_that_is_none_is_refused(office: Office) -> None:
    refused(
        office.hoso("units", "load", HOSO_TOKEN="ey.no.token"), "HOSO_TOKEN cannot be used", "tokens issue"
    )


def test_a_right_that_a_posting_lacks_is_refused(office: Office) -> None:
    token = office.token("--officer", "IMP-1")
    answer = office.hoso("agencies", "load", "agencies.json", HOSO_TOKEN=token)
    refused(answer, "registrar")


def test_refusals_are_json_where_json_was_asked_for(office: Office) -> None:
    answer = office.hoso("units", "show", "99999", "--json")
    assert answer.code == 1
    assert answer.err == ""
    assert answer.document["error"]["code"] == "unknown_unit"


def test_vietnamese_comes_first_where_it_is_asked_for(office: Office) -> None:
    answer = office.hoso("agencies", "show", "nowhere", HOSO_LANG="vi")
    refused(answer, "Không có cơ quan này", "nowhere")
    refused(office.hoso("clock", "show", HOSO_LANG="fr"), "HOSO_LANG must be vi or en")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("{", "this is not JSON"),
        ({"format": "hoso.agencies.v1", "agencies": [{"identifier": "X"}]}, "Field required"),
        ({"format": "hoso.officers.v1"}, "hoso.agencies.v1"),
        (LONG, "at most 1000"),
    ],
    ids=["no json", "missing field", "another document", "over-long text"],
)
def test_a_broken_file_says_where_and_records_nothing(office: Office, content: object, word: str) -> None:
    head = office.hoso("clock", "show", "--json").document["position"]
    path = office.write("broken.json", content)
    refused(office.hoso("agencies", "load", str(path)), "broken.json", word)
    assert office.hoso("clock", "show", "--json").document["position"] == head


def test_an_agency_in_an_unknown_unit_is_refused(office: Office) -> None:
    entry = {"identifier": "X", "name": "N", "kind": "desk", "unit": "99999"}
    office.write("unknown.json", {"format": "hoso.agencies.v1", "agencies": [entry]})
    refused(office.hoso("agencies", "load", "unknown.json"), "99999")


def test_a_file_that_is_not_there_is_named(office: Office) -> None:
    refused(office.hoso("officers", "load", "nobody.json"), "nobody.json", "no such file")
    importer = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    refused(office.hoso("import", "nothing.xes", "--agency", DESK, **importer), "nothing.xes")
    refused(office.hoso("import", "agencies.json", "--agency", DESK, **importer), ".xes")


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("units", "show"),
        ("units", "show", "07210", "--at", "yesterday"),
        ("clock", "move", "--to", "2025-07-01T00:00:00"),
        ("schema", "init", "--clock", "demo"),
        ("tokens", "issue"),
        ("tokens", "issue", "--officer", "IMP-1", "--ttl", "soon"),
        ("views", "rebuild", "everything"),
        ("handover", "simulate", "no-id"),
        ("serve", "--port", "70000"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(office: Office, arguments: tuple[str, ...]) -> None:
    answer = office.hoso(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert "Usage: hoso" in answer.err


def test_an_expired_token_is_refused_by_name(office: Office) -> None:
    """Signed as the ledger signs, an hour too late."""
    ledger = office.hoso("schema", "check", "--json").document["ledger_id"]
    ended = datetime.now(UTC) - timedelta(hours=1)
    claims = {"iss": ledger, "aud": ledger, "sub": "setup", "kind": "system", "iat": ended, "exp": ended}
    token = jwt.encode(claims, read_token_key(office.folder / "data" / "secrets"), algorithm="EdDSA")
    refused(office.hoso("units", "load", HOSO_TOKEN=token), "expired", "hoso tokens issue")


def test_an_unknown_handover_is_refused(office: Office) -> None:
    answer = office.hoso("handover", "simulate", "01972749-3b7f-74f7-b0c9-5e39082eeca8")
    refused(answer, "01972749-3b7f-74f7-b0c9-5e39082eeca8")
    assert office.hoso("handover", "status", "--json").document == {"handovers": [], "next": None}


def test_an_act_with_a_wrong_field_is_refused_by_its_name(office: Office) -> None:
    office.write("act.json", {"number": "1", "title": "T", "issued_on": "2025-06-16", "parts": []})
    refused(office.hoso("handover", "draft", "act.json"), "act.json", "effective_at")


def test_a_registrar_changes_officers_units_and_agencies(office: Office) -> None:
    registrar = {
        "postings": [{"agency": DESK, "roles": ["registrar"]}],
        "number": "REG-1",
        "name": "Lê Thị Sổ",
    }
    clerk = {"postings": [{"agency": DESK, "roles": ["desk"]}], "number": "CL-1", "name": "Ngô Văn Cửa"}
    office.write("more.json", {"format": "hoso.officers.v1", "officers": [registrar, clerk]})
    assert office.hoso("officers", "load", "more.json").code == 0
    posting = office.hoso("officers", "show", "CL-1", "--json").document["postings"][0]["posting"]
    operator = {"HOSO_TOKEN": office.token("--officer", "OP-1")}
    refused(office.hoso("officers", "suspend", "CL-1", "--reason", "x", **operator), "registrar")
    token = {"HOSO_TOKEN": office.token("--officer", "REG-1")}
    for arguments in (
        ("officers", "suspend", "CL-1", "--reason", "đang bị xem xét"),
        ("officers", "reinstate", "CL-1"),
        ("officers", "post", "CL-1", "--agency", DESK, "--role", "handler", "--role", "decider"),
        ("officers", "end-posting", "CL-1", posting),
        ("agencies", "change", DESK, "--hotline", "0204 3 123 456", "--hours", "7:30-17:00"),
        ("units", "rename", "07210", "--name", "Phường Mới", "--from", "2025-06-10"),
    ):
        done = office.hoso(*arguments, **token)
        assert done.code == 0, done.err
        assert "Recorded at position" in done.last_line
    shown = office.hoso("officers", "show", "CL-1", "--json").document
    assert [p["roles"] for p in shown["postings"]] == [["handler", "decider"]]
    assert office.hoso("agencies", "show", DESK, "--json").document["hotline"] == "0204 3 123 456"
    renamed = office.hoso("units", "show", "07210", "--at", "2025-06-11", "--json").document["units"]
    assert [u["name"] for u in renamed] == ["Phường Mới"]
    ending = ("--until", "2025-06-20", "--reason", "theo đề nghị")
    refused(office.hoso("units", "dissolve", "213", *ending, **token), "unit.without_agencies")
    assert office.hoso("agencies", "dissolve", DESK, *ending, **token).code == 0
    assert office.hoso("units", "dissolve", "213", *ending, **token).code == 0
    refused(office.hoso("agencies", "dissolve", "000.99", *ending, **token), "000.99")


def test_keys_of_the_log_are_rotated_and_withdrawn(office: Office) -> None:
    files = office.folder / "data" / "secrets"
    (first,) = files.glob("log.*.key")
    old = first.name.split(".")[1]
    officer = {"HOSO_TOKEN": office.token("--officer", "OP-1")}
    refused(office.hoso("tlog", "init", **officer), "log.open.once", "demo.hoso/")
    rotated = office.hoso("tlog", "rotate-key", "--json", **officer)
    assert rotated.code == 0, rotated.out
    said = rotated.document
    assert read_vkey(said["key"]).name == said["origin"]
    assert said["signing"] == [old, said["key_id"]]
    assert {path.name for path in files.glob("log.*.key")} == {first.name, f"log.{said['key_id']}.key"}
    withdrawn = office.hoso("tlog", "withdraw-key", old, "--ground", "exposed", **officer)
    assert withdrawn.code == 0
    assert f"The key {old} signs no tree that reaches position {said['position'] + 1}" in withdrawn.out
    assert "cosignatures" in withdrawn.out
