"""The national list by command: docs/catalogue.md does what it says, line by line, on the sample of it."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.office import DESK, Answer, Office, refused
from tests.reference.national import SAMPLE

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
    "procedures load later/": "No new procedure; 15 known already; 1 differ, of which nothing is recorded:",
    "procedures load later/ --valid-from": "No new procedure; 15 known already; 1 new version published;",
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
