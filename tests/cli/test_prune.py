"""`hoso tlog prune` from a register's import to a citizen's proof: refused while entries are young,
moved once they are old, and brought back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.office import Office, refused
from tests.cli.test_head_refused import attest

CODE = "register:case-1"
STEPS = 600
STEP = """<event><string key="concept:name" value="step {0}"/>
<date key="time:timestamp" value="2024-01-01T00:{1:02d}:{2:02d}Z"/></event>"""

pytestmark = pytest.mark.slow  # each of some fifteen commands opens the ledger anew


@pytest.fixture(scope="module")
def attested(office: Office) -> Office:
    """Some 900 events, the first of them the office's."""
    steps = "".join(STEP.format(n, n // 60, n % 60) for n in range(STEPS))
    office.write("log.xes", f'<log><trace><string key="concept:name" value="case-1"/>{steps}</trace></log>')
    token = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    done = office.hoso("import", "log.xes", "--source", "register", **token)
    assert done.code == 0, done.err
    attest(office)
    return office


def test_old_entries_are_moved_proved_and_brought_back(attested: Office, tmp_path: Path) -> None:
    office = attested
    prune = ("tlog", "prune", "--before", "600")
    operator = {"HOSO_TOKEN": office.token("--officer", "OP-1")}
    reader = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    refused(office.hoso(*prune, **reader), "operator or registrar")
    refused(office.hoso(*prune, **operator), "within the last 730 days stays published")
    (tiles,) = (office.folder / "data" / "tlog").glob("*/1/tile")
    ledger = tiles.parents[1].name
    office.settings["HOSO_TLOG_KEPT_DAYS"] = "0"
    told = office.hoso(*prune, **operator)
    assert told.code == 0
    assert "Of positions 1 to 512 there are 4 files, about" in told.last_line
    for wrong in (("--to", "s3://a/b"), ("--to", "x", "--delete"), ("--to", "")):
        assert office.hoso(*prune, *wrong, **operator).code == 2, wrong
    refused(office.hoso(*prune, "--to", "data/tlog", **operator), "is the tile store itself")
    assert (tiles / "0" / "000").exists()

    moved = office.hoso(*prune, "--to", str(tmp_path), **operator)
    assert f"4 files moved to {tmp_path}/{ledger}/1" in moved.out
    archive = tmp_path / ledger / "1" / "tile"
    paths = sorted(str(f.relative_to(archive)) for f in archive.rglob("*") if f.is_file())
    assert paths == ["0/000", "0/001", "entries/000", "entries/001"]
    status = office.hoso("tlog", "status", "--json")
    assert status.document["minimum"] == 512
    audit = office.hoso("audit", "--no-views", "--json", **reader)
    assert audit.document["ok"], audit.document["findings"]
    made = office.hoso("proof", CODE, "--out", "old.tlog-proof", "--json", **reader)
    assert (made.code, made.document["position"] < 512) == (0, True), made.out
    key = status.document["keys"][0]["key"]
    assert office.hoso("verify", "old.tlog-proof", "--key", key).code == 0

    rebuilt = office.hoso("tlog", "rebuild", "--json").document
    assert (rebuilt["written"], rebuilt["minimum"]) == (0, 512)
    assert office.hoso("tlog", "rebuild", "--pruned", "--json").document["written"] == 4
    assert (tiles / "0" / "000").read_bytes() == (archive / "0" / "000").read_bytes()
