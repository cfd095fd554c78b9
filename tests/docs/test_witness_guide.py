"""The guide for the agency that runs a witness does what it says: every command in it, in order, in a shell;
a line that ends in `# refused` has to be refused. Between its parts a log grows, and forks."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from application.witness_ports import Misbehaviour
from application.witnessing import Verdict
from domain.trust_policy import read_policy
from domain.witness_protocol import MOST_BODY_BYTES
from infra.witness_state import MOST_EVIDENCE
from interfaces.witness_app import BODY_SECONDS, STATUS
from interfaces.witness_server import MOST_REQUESTS
from interfaces.witness_wiring import open_witness
from tests.docs import guides
from tests.witness.log import Log

GUIDE = guides.guide("witness.md")


def script(folder: Path, numbers: Sequence[int], port: int, log: Log) -> str:
    parts = {number: commands for number, commands in guides.sections(GUIDE).items() if number in numbers}
    replaced: dict[str, str | Path] = {
        "7380": str(port),
        "evidence.json": folder / "evidence.json",
        ".hoso-witness": folder / "witness",
    }
    return guides.script(parts, replaced, first=[f"export LOG_KEY='{log.key}' LOG_NAME='{log.origin}'"])


@pytest.mark.slow
def test_the_guide_goes_from_nothing_to_evidence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = Log(8)
    code, said = guides.run(script(tmp_path, (1, 2, 3), port, log))
    assert code == 0, said
    for sentence in (
        "Publish both keys",
        "is there already",
        "is the witness witness.thanh-tra.example/w1 already",
        f"The log {log.origin} is trusted by this key.",
        "This is no log's key",
        "trusts 1 log. No proof that one of them lied.",
        f"answers on http://127.0.0.1:{port}",
        "Another process serves the witness",
        "Stopped. What was cosigned stays known.",
    ):
        assert sentence in said, sentence
    witnessing = open_witness(tmp_path / "witness").witnessing
    assert witnessing.add_checkpoint(log.body(0)).verdict is Verdict.COSIGNED
    assert witnessing.add_checkpoint(log.fork(3, 8).body(8)).verdict is Verdict.INCONSISTENT
    code, said = guides.run(script(tmp_path, (4,), port, log))
    assert code == 0, said
    assert "1 proof that a log lied: read above what to do." in said
    assert "1 key trusted no more." in said
    (evidence,) = json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8"))["evidence"]
    assert evidence["refused"].encode() == log.fork(3, 8).body(8)


def test_every_answer_every_kind_of_evidence_and_every_limit_is_explained() -> None:
    statuses = {int(each) for row in re.findall(r"^\| ([\d, ]+) \|", GUIDE, re.M) for each in row.split(",")}
    assert statuses == {status.value for status in STATUS.values()} | {408, 413}
    for kind in Misbehaviour:
        assert f"`{kind.value}`" in GUIDE
    bounds = f"({round(MOST_BODY_BYTES / 1024)} KiB, {BODY_SECONDS:g} seconds, {MOST_REQUESTS} at once)"
    assert bounds in " ".join(GUIDE.split())
    assert f"at most {MOST_EVIDENCE} of a kind" in GUIDE


def test_the_line_for_the_ledgers_policy_is_one() -> None:
    (text,) = re.findall(r"```\n(witness .*?)```", GUIDE, re.S)
    (witness,) = read_policy(text.encode()).witnesses
    assert witness.url == "https://witness.thanh-tra.example"
