"""`hoso bench verify` by the command itself: what must hold on any machine. How fast it was is the
benchmark's to say, not this test's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 1_200


@pytest.fixture(scope="module")
def document() -> Any:
    """What `hoso bench verify --quick --json` printed; nothing of it is left behind."""
    folder = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    folder.chmod(0o711)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HOSO_")}
    try:
        run = subprocess.run(
            [sys.executable, "-m", "interfaces.cli.main", "bench", "verify", "--quick", "--json"],
            env=environment | {"TMPDIR": str(folder)},
            cwd=ROOT,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
        left = [path.name for path in folder.iterdir() if path.name.startswith("hoso-bench-")]
    finally:
        shutil.rmtree(folder)
    assert run.returncode in (0, 1), run.stderr.decode()[-4000:]
    said = json.loads(run.stdout)
    assert "error" not in said, said
    assert not left
    return said


def test_each_measure_says_what_was_measured(document: Any) -> None:
    assert set(document["measures"]) == {"V1", "V2", "V3", "V4", "V4_located"}
    for measure in document["measures"].values():
        assert measure["ratio"] > 0
        assert measure["meets"] in ("aim", "must", "missed")
        assert {"must", "aim", "what"} <= set(measure)


def test_the_whole_log_was_verified_each_time(document: Any) -> None:
    rounds = document["V1"]["rounds"]
    assert len(rounds) == 3
    assert len({each["root"] for each in rounds}) == 1
    assert all(each["payloads"] > 0 and each["leaves"] > 0 for each in rounds)


def test_what_was_appended_sealed_was_attested(document: Any) -> None:
    assert document["V2"]["checkpoints"] >= 3
    for each in document["V2"]["rounds"]:
        assert each["sealed"]["per_second"] > 0
        assert each["clear"]["per_second"] > 0
        assert "behind" not in each["clear"]


def test_every_verifier_agrees(document: Any) -> None:
    assert document["V3"]["ratio"] == 1
    assert {"tlog-scales", "aics-tlog"} <= set(document["V3"]["judges"])


def test_every_flipped_bit_is_found_and_named(document: Any) -> None:
    assert document["V4"]["missed"] == []
    assert document["V4"]["nowhere"] == []
    assert (document["V4"]["ratio"], document["V4"]["located"]) == (1, 1)
    assert sum(document["V4"]["flips"].values()) == 100
