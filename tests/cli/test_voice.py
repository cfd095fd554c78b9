"""Feedback and complaints by command, as a clerk and an operator meet them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.cli.office import DESK, HOSO, Office, refused

pytestmark = pytest.mark.slow  # each command is a process with its own PostgreSQL

LIMIT = {"kind": "complaint", "amount": 10, "unit": "working_day", "valid_from": None, "source": "thử"}


@pytest.fixture(scope="module")
def shown(office: Office) -> Iterator[Office]:
    """The office with its lists kept up."""
    runner = subprocess.Popen([HOSO, "views", "run"], env=office.environment, stderr=subprocess.DEVNULL)
    yield office
    runner.terminate()
    runner.wait(30)


def clerk(office: Office) -> dict[str, str]:
    posting = {"agency": DESK, "roles": ["desk"]}
    people = [{"number": "CL-9", "name": "Ngô Văn Nghe", "postings": [posting]}]
    office.write("clerk.json", {"format": "hoso.officers.v1", "officers": people})
    assert office.hoso("officers", "load", "clerk.json").code == 0
    return {"HOSO_TOKEN": office.token("--officer", "CL-9")}


def test_limits_are_set_once_and_a_wrong_line_is_named(office: Office) -> None:
    office.write("limits.json", {"format": "hoso.voice-limits.v1", "limits": [LIMIT]})
    assert office.hoso("calendar", "load").code == 0
    first = office.hoso("voice", "limits", "limits.json", "--json")
    assert (first.code, first.document) == (0, {"limits": 1, "recorded": 1, "known": 0})
    again = office.hoso("voice", "limits", "limits.json")
    assert again.last_line == "Nothing new: 1 kind known already."
    office.write("wrong.json", {"format": "hoso.voice-limits.v1", "limits": [LIMIT | {"amount": 0}]})
    refused(office.hoso("voice", "limits", "wrong.json"), "wrong.json", "amount")
    earlier = LIMIT | {"amount": 5}
    office.write("earlier.json", {"format": "hoso.voice-limits.v1", "limits": [earlier]})
    refused(office.hoso("voice", "limits", "earlier.json"), "voice.limit_in_order")


def test_from_its_receipt_to_its_answer(shown: Office) -> None:
    office = shown
    officer, operator = clerk(office), {"HOSO_TOKEN": office.token("--officer", "OP-1")}
    said = ("--kind", "complaint", "--way", "phone", "--text", "máy lấy số bị hỏng")
    received = office.hoso("voice", "receive", "--agency", DESK, *said, "--json", **officer)
    assert received.code == 0, received.err
    voice = received.document["id"]
    seen = office.hoso("voice", "show", voice, **officer)
    assert f"A complaint with {DESK}, due " in seen.last_line
    assert "máy lấy số bị hỏng" in seen.out
    overseen = office.hoso("voice", "show", voice, **operator)
    assert "(not shown)" in overseen.out
    listed = office.hoso("voice", "list", "--agency", DESK, "--open", **officer)
    assert listed.last_line.startswith("1 listed, 1 open, 0 late. `hoso voice answer`")
    refused(office.hoso("voice", "pass-on", voice, "--to", DESK, "--reason", "x", **officer), "another")
    refused(office.hoso("voice", "withdraw", voice, **officer), "withdrawn by nobody")
    told = ("--outcome", "upheld", "--text", "đã sửa máy")
    done = office.hoso("voice", "answer", voice, *told, **officer)
    assert (done.code, done.last_line) == (0, "Answered.")
    refused(office.hoso("voice", "answer", voice, *told, **officer), "goes no further")
    page = office.hoso("voice", "list", "--json", **operator).document
    assert [(item["voice"], item["outcome"], item["text"]) for item in page["items"]] == [
        (voice, "upheld", None)
    ]
    assert office.hoso("voice", "show", "no-id").code == 2
    nobody = "01970000-0000-7000-8000-000000000001"
    refused(office.hoso("voice", "show", nobody, **operator), nobody)
    rebuilt = office.hoso("views", "rebuild", "voice", "--json", **operator)
    assert (rebuilt.code, rebuilt.document["differences"]) == (0, [])
    assert office.hoso("audit", "--json", **operator).document["findings"] == []
