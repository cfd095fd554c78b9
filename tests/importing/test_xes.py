"""Reading event logs: what is written comes out as written, what is broken names its line."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from domain.imported_case import ImportedAttribute
from infra.xes import BrokenFile, XesLimits, read_cases
from tests.importing.office import write_log

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<!-- made for a test -->
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="trace"><string key="concept:name" value="UNKNOWN"/></global>
  <string key="about" value="the log"/>
  <trace>
    <string key="concept:name" value="case 1"/>
    <list key="papers"><values><string key="paper" value="Đơn &amp; giấy"/></values></list>
    <event>
      <date key="time:timestamp" value="2011-10-11T13:45:40.276+02:00"/>
      <string key="concept:name" value="Receive"/>
      <int key="cost" value="007"><string key="unit" value="VND"/></int>
    </event>
    <event><string key="concept:name" value="Decide"/></event>
    <boolean key="late" value="true"/>
  </trace>
  <trace><string key="concept:name" value="case 2"/></trace>
</log>
"""


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "log.xes"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def reason_of(path: Path, limits: XesLimits | None = None) -> tuple[int, str]:
    with pytest.raises(BrokenFile) as caught:
        list(read_cases(path, limits=limits))
    assert str(path) in str(caught.value)
    return caught.value.line, caught.value.reason


def test_a_log_comes_out_as_written(tmp_path: Path) -> None:
    one, two = read_cases(written(tmp_path, LOG))
    assert (one.case_id, one.line, two.case_id, two.steps) == ("case 1", 7, "case 2", ())
    assert one.attributes == (
        ("concept:name", "string", "case 1"),
        ("papers", "list", ""),
        ("papers/paper", "string", "Đơn & giấy"),
        ("late", "boolean", "true"),
    )
    receive, decide = one.steps
    assert (receive.index, receive.activity, decide.index, decide.activity) == (0, "Receive", 1, "Decide")
    assert receive.as_written == "2011-10-11T13:45:40.276+02:00"
    assert receive.occurred_at == datetime(2011, 10, 11, 11, 45, 40, 276000, tzinfo=UTC)
    assert (decide.as_written, decide.occurred_at) == (None, None)
    assert receive.attributes[2:] == (
        ImportedAttribute("cost", "int", "007"),
        ImportedAttribute("cost/unit", "string", "VND"),
    )


def test_packed_and_plain_are_the_same_whatever_the_name_says(tmp_path: Path) -> None:
    plain = list(read_cases(written(tmp_path, LOG)))
    packed = tmp_path / "packed.xes"
    packed.write_bytes(gzip.compress(LOG.encode()))
    assert list(read_cases(packed)) == plain


def test_a_log_of_another_encoding_and_with_prefixes_is_read(tmp_path: Path) -> None:
    text = LOG.replace('encoding="UTF-8"', 'encoding="UTF-16"')
    for tag in ("log", "trace", "event", "string"):
        text = text.replace(f"<{tag} ", f"<xes:{tag} ").replace(f"<{tag}>", f"<xes:{tag}>")
        text = text.replace(f"</{tag}>", f"</xes:{tag}>")
    cases = list(read_cases(written(tmp_path, text.replace("xmlns=", "xmlns:xes=").encode("utf-16"))))
    assert [case.case_id for case in cases] == ["case 1", "case 2"]


def test_an_empty_log_has_no_cases(tmp_path: Path) -> None:
    assert list(read_cases(written(tmp_path, "<log/>"))) == []


def test_a_time_without_a_zone_needs_the_mappings(tmp_path: Path) -> None:
    path = written(tmp_path, LOG.replace("13:45:40.276+02:00", "13:45:40.276"))
    line, reason = reason_of(path)
    assert (line, "no zone" in reason) == (11 + 3, True)
    one, _ = read_cases(path, zone=timezone(timedelta(hours=7)))
    assert one.steps[0].occurred_at == datetime(2011, 10, 11, 6, 45, 40, 276000, tzinfo=UTC)
    assert one.steps[0].as_written == "2011-10-11T13:45:40.276"


BILLION_LAUGHS = """<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<log><trace><string key="concept:name" value="&b;"/></trace></log>"""
EXTERNAL = """<?xml version="1.0"?>
<!DOCTYPE log SYSTEM "file:///etc/passwd">
<log/>"""


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("", 1, "truncated"),
        ("case;activity\n1;Receive\n", 1, "not XML"),
        (bytes(range(256)) * 9, 1, "not XML"),
        ("<html><body/></html>", 1, "not an XES log"),
        (LOG[: LOG.index("<event><string")], 15, "truncated"),
        (LOG.replace("</trace>\n  <trace>", "<trace>"), 17, "cannot stand here"),
        (LOG.replace("</log>", "</trace>"), 19, "mismatched tag"),
        (LOG + "<log/>", 20, "junk"),
        (LOG.replace("2011-10-11T13:45:40.276+02:00", "yesterday"), 14, "is not a time"),
        (LOG.replace("2011-10-11T13:45:40.276+02:00", "0001-01-01T00:00:00+02:00"), 14, "is not a time"),
        (LOG.replace('<string key="concept:name" value="case 2"/>', ""), 18, "no concept:name"),
        (LOG.replace('<boolean key="late"', '<colour key="late"'), 16, "no type of attribute"),
        (BILLION_LAUGHS, 1, "document type"),
        (EXTERNAL, 2, "document type"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "-",
)
def test_a_broken_log_names_line_and_reason(
    tmp_path: Path, content: str | bytes, line: int, reason: str
) -> None:
    found_line, found_reason = reason_of(written(tmp_path, content))
    assert reason in found_reason
    assert found_line == line


@pytest.mark.parametrize("kept", [1, 12, 200, -9, -1])
def test_a_truncated_packed_log_says_so(tmp_path: Path, kept: int) -> None:
    _, reason = reason_of(written(tmp_path, gzip.compress(LOG.encode())[:kept]))
    assert "truncated" in reason or "not XML" in reason


def test_a_damaged_packed_log_says_so(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(LOG.encode() * 50))
    packed[len(packed) // 2] ^= 0xFF
    _, reason = reason_of(written(tmp_path, bytes(packed)))
    assert "damaged" in reason or "truncated" in reason or "not well-formed" in reason or "junk" in reason


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    assert reason_of(tmp_path / "none.xes") == (0, "cannot be read: No such file or directory")
    assert reason_of(tmp_path) == (0, "cannot be read: Is a directory")


SMALL = XesLimits(
    file_bytes=5_000,
    token_bytes=2_000,
    steps=3,
    attributes=5,
    nesting=2,
    key_length=20,
    text_length=50,
    texts_length=150,
)


def one_case(inside: str) -> str:
    return f'<log>\n<trace><string key="concept:name" value="1"/>\n{inside}</trace></log>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (one_case('<string key="a" value="%s"/>' % ("x" * 51)), "51 characters; at most 50"),
        (one_case('<string key="%s" value=""/>' % ("k" * 21)), "21 characters; at most 20"),
        (one_case('<string key="a" value="b"/>' * 5), "more than 5 attributes"),
        (one_case('<string key="a" value="%s"/>' % ("x" * 50) * 3), "exceed 150 characters"),
        (one_case('<event><string key="concept:name" value="a"/></event>' * 4), "more than 3 events"),
        (
            one_case('<string key="a" value=""><string key="b" value=""><int key="c"/></string></string>'),
            "nested",
        ),
        (one_case(" " * 6_000), "longer than 5000 bytes"),
    ],
    ids=lambda value: "-" if value.startswith("<") else value,
)
def test_what_is_over_long_is_refused_not_cut(tmp_path: Path, content: str, reason: str) -> None:
    line, found = reason_of(written(tmp_path, content), SMALL)
    assert reason in found
    assert line <= 3


def test_a_value_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = written(tmp_path, '<log>\n<trace><string key="a" value="' + "x" * 4_000_000)
    assert reason_of(path)[1] == "an element or text is longer than 1048576 bytes"


MEASURE = """
import resource, sys
from pathlib import Path
from infra.xes import read_cases
count = sum(len(case.steps) for case in read_cases(Path(sys.argv[1])))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measured(path: Path) -> tuple[int, int]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    steps, kibibytes = done.stdout.split()
    return int(steps), int(kibibytes)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def log(name: str, cases: int) -> Path:
        return write_log(
            tmp_path / name, ((f"case-{n}", ["Receive", "Check", "Decide"]) for n in range(cases))
        )

    small, large = log("small.xes", 100), log("large.xes", 60_000)
    assert large.stat().st_size > 30_000_000
    (_, before), (steps, after) = measured(small), measured(large)
    assert steps == 180_000
    assert after - before < 8_000, f"{before} KiB for the small file, {after} KiB for the large one"


def test_a_packed_bomb_is_stopped_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xes.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(b"<log>")
        for _ in range(30):
            file.write(b"<!---->" * 140_000)
    assert path.stat().st_size < 200_000
    assert "longer than 10000000 bytes" in reason_of(path, XesLimits(file_bytes=10_000_000))[1]
