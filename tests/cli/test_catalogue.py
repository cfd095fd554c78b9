"""The national list by command: docs/catalogue.md does what it says, line by line, on the sample of it."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.office import DESK, Answer, Office, refused
from tests.reference.national import SAMPLE

pytestmark = pytest.mark.slow  # each command is a process with its own PostgreSQL

DOCUMENT = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
REGISTRAR = {
    "format": "hoso.officers.v1",
    "officers": [
        {"number": "REG-1", "name": "Lê Thị Sổ", "postings": [{"agency": DESK, "roles": ["registrar"]}]}
    ],
}
PROMISED = {
    "procedures report list/": "17 procedures with 46 channels: 18 have a doubtful limit, in 6 procedures.",
    "procedures load list/": "17 procedures recorded. The list has 46 channels, 18 with a doubtful limit:",
    "procedures doubts --limit 5": "15 limits of 5 procedures to decide. The list goes on: add --cursor ",
    "procedures decide 1.001193": "1.001193 version 1, counter: 1 working_day. Recorded at position ",
    "procedures decide 1.000656": "1.000656 version 1, counter: no limit. Recorded at position ",
    "procedures decide 2.001428": "2.001428 version 1, post: 7 calendar_day. Recorded at position ",
    "procedures show 1.001193": "Thủ tục đăng ký khai sinh: version 1 of 1, decided by the commune.",
    "procedures load later/": "Limits of 1 procedure change. No new procedure; 15 known already; 1 differ, ",
    "procedures load later/ --valid-from": "Limits of 1 procedure change. No new procedure; 15 known already;"
    " 1 new version published, valid from 2026-08-01; 1 of an earlier list",
    "procedures tag": "2 procedures tagged made-up, 0 known already. The list has 3 codes, as many as the",
    "procedures list": "2 procedures in force.",
}


def later(folder: Path) -> None:
    """The list again, with 25 days for a land certificate at the counter, and without the sea area."""
    shutil.copytree(SAMPLE, folder)
    for name in ("tthc_channels.csv", "tthc_procedures.csv"):
        kept = [
            line.replace("1.013978,Trực tiếp,27,", "1.013978,Trực tiếp,25,")
            for line in (SAMPLE / name).read_text(encoding="utf-8").splitlines(keepends=True)
            if not line.startswith("1.005399,")
        ]
        (folder / name).write_text("".join(kept), encoding="utf-8")


@pytest.fixture(scope="module")
def answers(office: Office) -> list[tuple[str, Answer]]:
    """Every command of the document, in order, with what it said."""
    shutil.copytree(SAMPLE, office.folder / "list")
    later(office.folder / "later")
    (example,) = re.findall(r"```json\n(.*?)```", DOCUMENT, re.S)
    office.write("programme.json", example)
    office.write("registrar.json", REGISTRAR)
    assert office.hoso("officers", "load", "registrar.json").code == 0
    registrar = office.token("--officer", "REG-1")
    said = []
    for command in re.findall(r"^    hoso (.*)$", DOCUMENT, re.MULTILINE):
        whose = {"HOSO_TOKEN": registrar} if " decide " in command else {}
        said.append((command, office.hoso(*shlex.split(command), **whose)))
    return said


def test_doubts_are_told_in_words_and_in_vietnamese_where_that_is_asked_for(
    office: Office, answers: list[tuple[str, Answer]]
) -> None:
    assert answers
    told = office.hoso("procedures", "doubts", HOSO_LANG="vi", COLUMNS="400")
    assert told.code == 0, told.err
    assert "thời hạn của" in told.last_line
    for word in ("Nghi vấn", "có số mà không có đơn vị thời gian"):
        assert word in told.out
    assert "unit_missing" not in told.out
    assert "a number without a unit" in office.hoso("procedures", "doubts", COLUMNS="400").out
    registrar = {"HOSO_TOKEN": office.token("--officer", "REG-1"), "HOSO_LANG": "vi"}
    deciding = ("1.001193", "--version", "1", "--channel", "counter", "--basis", "Điều 16")
    done = office.hoso(
        "procedures", "decide", *deciding, "--limit", "2", "--unit", "working_day", **registrar
    )
    assert done.code == 0, done.err
    assert done.last_line.startswith("1.001193 phiên bản 1, trực tiếp: 2 ngày làm việc. Đã ghi tại vị trí ")


def test_every_command_of_the_document_says_what_it_promises(answers: list[tuple[str, Answer]]) -> None:
    assert len(answers) == len(PROMISED) + 1
    seen: set[str] = set()
    for command, answer in answers:
        assert answer.code == 0, (command, answer.err)
        promise = max((p for p in PROMISED if command.startswith(p)), key=len)
        if promise in seen:
            assert answer.last_line.startswith("No new procedure; 17 known already. "), answer.last_line
        else:
            assert answer.last_line.startswith(PROMISED[promise]), answer.last_line
        seen.add(promise)
    assert seen == set(PROMISED)


def test_a_later_list_names_what_changed_and_what_it_has_no_longer(
    answers: list[tuple[str, Answer]], office: Office
) -> None:
    said = next(answer for command, answer in answers if command == "procedures load later/")
    assert "1.013978" in said.out
    assert "27 working_day" in said.out
    assert "25 working_day" in said.out
    assert "1 of an earlier list are not in this one (1.005399)" in said.last_line
    again = office.hoso("procedures", "load", "later", "--json").document
    assert (again["recorded"], again["known"], again["changed"]) == (0, 16, [])
    assert (again["gone"], again["procedures"], again["report"]["channels"]) == (["1.005399"], 16, 45)
    shown = office.hoso("procedures", "show", "1.013978", "--at", "2026-08-01", "--json").document
    assert [line["limit"]["amount"] for line in shown["channels"]] == [25, 17, 20]


def test_a_list_that_lost_more_than_a_tenth_says_so_first(
    answers: list[tuple[str, Answer]], office: Office
) -> None:
    few = office.folder / "few"
    few.mkdir()
    for name in ("tthc_channels.csv", "tthc_procedures.csv"):
        header, *rows = (SAMPLE / name).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [row for row in rows if row.startswith("1.001193,")]
        (few / name).write_text("".join([header, *kept]), encoding="utf-8")
    said = office.hoso("procedures", "load", "few")
    first = "Look at the list first: 16 of 17 procedures of earlier lists are not in it. No new procedure; 1 "
    assert said.last_line.startswith(first), said.last_line


def test_a_past_day_and_an_empty_list_are_refused_with_what_to_do(
    answers: list[tuple[str, Answer]], office: Office
) -> None:
    refused(office.hoso("procedures", "load", "later", "--valid-from", "2025-05-01"), "give --past")
    empty = office.folder / "empty"
    empty.mkdir()
    for name in ("tthc_channels.csv", "tthc_procedures.csv"):
        header = (SAMPLE / name).read_text(encoding="utf-8").splitlines()[0]
        (empty / name).write_text(header + "\n", encoding="utf-8")
    refused(office.hoso("procedures", "load", "empty"), "has no procedure")


def test_the_papers_of_a_procedure_of_a_list_are_not_known_and_nobody_says_none(
    answers: list[tuple[str, Answer]], office: Office
) -> None:
    said = office.hoso("procedures", "papers", "1.013978")
    assert said.last_line.startswith("The list from which 1.013978 is does not say which papers"), said
    found = office.hoso("procedures", "papers", "1.013978", "--json").document
    assert (found["known"], found["papers"]) == (False, [])
    assert office.hoso("procedures", "papers", "1.013978", "--channel", "fax").code == 2


def test_what_is_decided_already_is_known_and_the_other_channels_go_on(
    answers: list[tuple[str, Answer]], office: Office
) -> None:
    registrar = {"HOSO_TOKEN": office.token("--officer", "REG-1")}
    channels = ("--channel", "counter", "--channel", "post")
    again = ("procedures", "decide", "1.000656", "--version", "1", "--no-limit", *channels)
    basis = ("--basis", "Luật Hộ tịch 2014, Điều 34")
    said = office.hoso(*again, *basis, **registrar)
    assert said.code == 0, said.err
    assert "counter: no limit. Decided exactly so before. " in said.last_line
    assert "post: no limit. Recorded at position" in said.last_line
    both = office.hoso(*again, *basis, "--json", **registrar).document
    assert (both["decided"], both["known"]) == ([], ["counter", "post"])


def test_a_programme_that_nothing_has_is_not_an_empty_one(
    answers: list[tuple[str, Answer]], office: Office
) -> None:
    said = office.hoso("procedures", "list", "--programme", "nope")
    assert said.last_line == "No procedure has the programme nope, then or at any other time."
    early = office.hoso("procedures", "list", "--programme", "made-up", "--at", "2026-01-01")
    assert early.last_line == "0 procedures in force."


def test_what_the_list_writes_stands_in_a_column_of_its_own(
    answers: list[tuple[str, Answer]], office: Office
) -> None:
    shown = office.hoso("procedures", "show", "1.004873")
    header = next(line for line in shown.out.splitlines() if "Channel" in line)
    assert "Listed" in header
    assert "in doubt: unit_missing" in shown.out


def test_unknown_codes_of_a_programme_are_named(answers: list[tuple[str, Answer]], office: Office) -> None:
    said = next(answer for command, answer in answers if command.startswith("procedures tag"))
    assert "Unknown here: 9.999999." in said.last_line
    shown = office.hoso("procedures", "show", "1.001193", "--at", "2026-07-02")
    assert shown.last_line.endswith(" Programmes: made-up.")
    again = office.hoso("procedures", "tag", "programme.json", "--json").document
    assert (again["recorded"], again["known"], again["official_count"]) == (0, 2, 3)


def test_a_decision_needs_a_registrar_and_one_answer(
    answers: list[tuple[str, Answer]], office: Office
) -> None:
    decide = ("procedures", "decide", "1.004873", "--version", "1", "--channel", "counter", "--basis", "x")
    refused(office.hoso(*decide, "--no-limit"), "may not decide limit")
    assert office.hoso(*decide, "--as-listed", "--no-limit").code == 2
    refused(office.hoso(*decide, "--as-listed", HOSO_TOKEN=office.token("--officer", "REG-1")), "no amount")
