"""docs/proof.md does what it says: its commands are run in a shell, in a folder that holds nothing but what
an outsider has, and what the document says of answers, codes and sizes is so."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from application.proof_file import file_bytes
from application.verifying import NOT_PROVEN, NOT_YET, PROVEN
from interfaces.cli.verify import CODES
from tests.cli.office import HOSO
from tests.proofs.making import LOG, WITNESSES, as_page, compact, receipt

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")
VERIFIERS = ROOT / ".venv" / "verifiers"


def commands() -> list[str]:
    return re.findall(r"^    (\S.*)$", DOCUMENT, re.MULTILINE)


@pytest.fixture
def outsider(tmp_path: Path) -> Path:
    """What a citizen has: the proof in its forms, the key as the agency published it, a policy of their own,
    the script of the guide, and two programs on the path."""
    proof = receipt(1_000_000, LOG, *WITNESSES)
    witnesses = [f"witness w{n} {witness.key}" for n, witness in enumerate(WITNESSES)]
    policy = [f"log {LOG.key}", *witnesses, "group most 2 w0 w1 w2", "quorum most", ""]
    for name, content in {
        "receipt.tlog-proof": file_bytes(proof),
        "slip.txt": compact(proof),
        "slip.html": as_page(proof),
        "log.vkey": f"{LOG.key}\n".encode(),
        "policy.txt": "\n".join(policy).encode(),
    }.items():
        (tmp_path / name).write_bytes(content)
    shutil.copy(ROOT / "docs" / "examples" / "proof" / "parts.py", tmp_path)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, runs in {
        "hoso": str(HOSO),
        "python3": sys.executable,
        "aics-tlog": f"env PYTHONPATH={VERIFIERS} {sys.executable} -m aics_tlog",
    }.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {runs} "$@"\n')
        (programs / name).chmod(0o755)
    return tmp_path


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_command_of_the_guide_does_what_it_says(outsider: Path) -> None:
    said = {}
    for command in commands():
        done = run(outsider, command)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        said[command.partition(" --")[0]] = done.stdout
    assert "ĐÃ CHỨNG MINH / PROVEN: 1/1." in said["hoso verify receipt.tlog-proof"]
    assert said["hoso verify slip.txt"].endswith("PROVEN: 1/1.\n")
    both = json.loads(said["hoso verify slip.html receipt.tlog-proof"])
    assert [one["quorum"] for one in both["proofs"]] == [True, True]
    assert said["python3 parts.py receipt.tlog-proof"] == "999992\n"
    assert len(said) == 6


def test_the_answers_and_their_codes_are_those_of_the_program() -> None:
    rows = dict(re.findall(r"^\| \*\*([a-z ]+)\*\* \| (\d) \|", DOCUMENT, re.MULTILINE))
    names = {PROVEN: "proven", NOT_PROVEN: "not proven", NOT_YET: "not checkable yet"}
    assert rows == {names[answer]: str(code) for answer, code in CODES.items()}


def test_the_table_of_sizes_is_what_a_receipt_takes() -> None:
    table = re.findall(r"^\| ([\d,]+)(?: (million))? \| (\d) \| (\d) \|$", DOCUMENT, re.MULTILINE)
    assert len(table) == 3
    for number, million, alone, witnessed in table:
        size = int(number.replace(",", "")) * (1_000_000 if million else 1)
        for codes, witnesses in ((alone, []), (witnessed, WITNESSES)):
            lines = compact(receipt(size, LOG, *witnesses)).splitlines()
            assert len(lines) == int(codes), (size, witnesses)
