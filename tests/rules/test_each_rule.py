"""Switching a rule off makes a test fail: every rule of a dossier, of its dates and of what is registered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPORT = "HOSO_TESTS_SWITCHED_OFF"
"""As in `tests.rules.switched_off`, which changes what is imported and is not imported here for that."""
ROOT = Path(__file__).parents[2]
JUDGED_BY = (
    "tests/domain",
    "tests/clock",
    "tests/office/test_supplements.py",
    "tests/office/test_asking.py",
    "tests/office/test_look_ups.py",
    "tests/office/test_document_stores.py",
    "tests/office/test_bounded_papers.py",
    "tests/office/test_rules_of_the_day.py",
    "tests/office/test_whose_papers.py",
    "tests/office/test_clock_starts.py",
    "tests/office/test_money.py",
    "tests/office/test_outages.py",
    "tests/office/test_time_passed.py",
    "tests/office/test_duties.py",
    "tests/office/test_anomalies.py",
    "tests/office/test_results.py",
    "tests/office/test_receipt_elsewhere.py",
    "tests/office/test_voice.py",
    "tests/office/test_rating.py",
    "tests/http/test_who_may.py",
)


@pytest.mark.slow
def test_switching_a_rule_off_makes_its_test_fail(tmp_path: Path) -> None:
    report = tmp_path / "outcome.json"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.rules.switched_off",
        "-p",
        "no:cacheprovider",
    ]
    run = subprocess.run(
        [*command, "-m", "not slow", *JUDGED_BY],
        cwd=ROOT,
        env=os.environ | {REPORT: str(report)},
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    assert report.exists(), run.stdout[-3000:] + run.stderr[-3000:]
    outcome = json.loads(report.read_text(encoding="utf-8"))
    assert outcome["broken"] == []
    assert outcome["unseen"] == [], "no test breaks these rules"
    assert outcome["missed"] == [], "no test notices that these rules are off"
    assert len(outcome["noticed"]) > 60
