"""Proofs that somebody made who wants `hoso verify` to break down instead of answering, or to say what
another reader of the same bytes does not: every one of them gets an answer."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from application.proof_compact import Pledge, body_of, parts_of
from application.proof_file import ProvenFact, file_bytes
from application.verifying import NOT_PROVEN, NOT_YET, PROVEN
from interfaces.proof_report import document_of, told
from interfaces.proof_words import BEYOND, day_of, moment
from tests.cli.office import HOSO
from tests.proofs.making import CODE, LOG, ORIGIN, check, founded, in_tree, receipt, submitted
from tests.proofs.test_verifying import refused_together

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def with_extra(content: bytes, path: tuple[Any, ...], value: Any) -> bytes:
    """The file with one member of its `extra` changed, its digest made anew."""
    lines = content.split(b"\n")
    extra = json.loads(base64.b64decode(lines[1].removeprefix(b"extra ")))
    place = extra
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    text = json.dumps(extra, separators=(",", ":")).encode()
    return b"\n".join([lines[0], b"extra " + base64.b64encode(text), *lines[2:]])


@pytest.mark.parametrize(
    "path", [("fact", "topic"), ("reading", "vi", 0), ("digest",), ("beside", 0, "role"), ("format",)]
)
def test_half_a_letter_anywhere_in_a_file_is_unreadable(path: tuple[Any, ...]) -> None:
    found = check(with_extra(file_bytes(receipt()), path, "x\ud800"))
    assert found.answer == NOT_PROVEN
    assert found.problem is not None
    assert found.problem[0] in ("unreadable", "unknown_format")
    "\n".join(told(found, ("vi", "en"))).encode()


def with_payload(fact: ProvenFact, change: tuple[bytes, bytes]) -> ProvenFact:
    assert change[0] in fact.payload
    return replace(fact, payload=fact.payload.replace(*change, 1))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ((b'"data":{', b'"data":{"code":"another",'), "twice"),
        ((b'"data":{', b'"data":{},"data":{'), "twice"),
        ((b'"data":{', b'"data":{"count":NaN,'), "NaN is no number"),
        ((b'"data":{', b'"data":{"count":-Infinity,'), "-Infinity is no number"),
        ((b'"data":{', b'"data":{"count":1e999,'), "1e999 is no number"),
    ],
)
def test_what_two_readers_of_json_read_differently_is_no_fact(change: tuple[bytes, bytes], says: str) -> None:
    fact = with_payload(submitted(989, "fact"), change)
    refused = refused_together(fact, founded())
    assert refused.startswith("fact_unreadable")
    assert says in refused


# Times that are in no calendar of Vietnam


@pytest.mark.parametrize("instant", [FIRST, LAST])
def test_a_time_of_no_day_in_vietnam_is_shown_as_such(instant: datetime) -> None:
    early = datetime.fromisoformat("0001-01-01T00:00:00+14:00")
    for language in ("vi", "en"):
        assert day_of(instant, language) == BEYOND
        assert BEYOND in (moment(instant, language), moment(early, language))
    assert day_of(datetime(2025, 6, 9, 17, tzinfo=UTC), "en") == "2025-06-09, the whole day"
    assert moment(LAST - timedelta(hours=7), "en").startswith("9999-12-31 23:59:59")


def pledged_until(by: datetime) -> bytes:
    facts = tuple(replace(fact, path=()) for fact in receipt(1_000).facts)
    now = datetime.now(UTC)
    return "\n".join(parts_of(body_of(Pledge(facts, ORIGIN, 990, now, by)))).encode()


def test_a_pledge_until_the_end_of_time_is_not_checkable_yet() -> None:
    found = check(pledged_until(LAST))
    assert found.answer == NOT_YET
    assert BEYOND in "\n".join(told(found, ("vi", "en")))
    assert document_of(found)["checkable_from"].startswith("9999-12-31")


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_signed_fact_done_at_no_time_is_proven_to_say_so(at: str) -> None:
    fact = submitted(989, "fact")
    done = json.loads(fact.payload)["occurred_at"].encode()
    proof = in_tree([with_payload(fact, (done, at.encode())), founded()], 1_000)
    found = check(file_bytes(proof))
    assert found.answer == PROVEN
    assert f"Done at: {BEYOND}" in "\n".join(told(found, ("en",)))


# What is shown


def hoso_verify(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [HOSO, "verify", *arguments, "--key", str(LOG.key)],
        env={"PATH": os.environ["PATH"], "COLUMNS": "200", **environment},
        cwd=folder,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_the_answer_is_said_on_a_terminal_without_these_letters_and_as_json_with_half_a_letter(
    tmp_path: Path,
) -> None:
    proof = in_tree([with_half_a_letter(), founded()], 1_000)
    (tmp_path / "p").write_bytes(file_bytes(proof))
    ascii_ = hoso_verify(tmp_path, "p", PYTHONIOENCODING="ascii")
    assert (ascii_.returncode, ascii_.stderr) == (0, b"")
    assert ascii_.stdout.splitlines()[-1].endswith(b"/ PROVEN: 1/1.")
    as_json = hoso_verify(tmp_path, "p", "--json", PYTHONIOENCODING="ascii")
    assert (as_json.returncode, as_json.stderr) == (0, b"")
    (one,) = json.loads(as_json.stdout)["proofs"]
    assert one["says"]["data"]["note"] == "x\ud800"
    assert one["says"]["code"] == CODE


def with_half_a_letter() -> ProvenFact:
    return with_payload(submitted(989, "fact"), (b'"data":{', b'"data":{"note":"x\\ud800",'))
