"""`hoso proof` from a new ledger on: refused while nothing is attested, proven afterwards, and checked by a
process that has nothing of the ledger."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.office import HOSO, Office, refused
from tests.cli.test_import import SMALL

CODE = "register:case-1"

pytestmark = pytest.mark.slow  # each of some twenty commands opens the ledger anew


@pytest.fixture(scope="module")
def imported(office: Office) -> Office:
    """With dossiers of an earlier system, imported by an officer whose token is set."""
    office.settings["HOSO_TOKEN"] = office.token("--officer", "IMP-1")
    office.write("log.xes", SMALL)
    done = office.hoso("import", "log.xes", "--source", "register")
    assert done.code == 0, done.err
    return office


@contextmanager
def attesting(office: Office) -> Iterator[None]:
    """`hoso tlog run` at work until everything that is recorded is attested."""
    process = subprocess.Popen(
        [HOSO, "tlog", "run"],
        env=office.environment | {"HOSO_ATTEST_SECONDS": "0.05"},
        cwd=office.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(60):
            status = office.hoso("tlog", "status", "--json").document
            if status["recorded"] == status["attested"]:
                break
            time.sleep(0.2)
        else:
            pytest.fail(f"not attested: {status}")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def test_a_proof_from_the_ledger_to_whoever_has_nothing_of_it(imported: Office, tmp_path: Path) -> None:
    office = imported
    refused(office.hoso("proof", CODE), "is recorded and not attested yet", "try again in 3 s")
    early = office.hoso("proof", CODE, "--page", "early.html", "--json")
    assert (early.code, early.document["attested"]) == (0, False), early.err
    with attesting(office):
        keys = office.hoso("tlog", "status", "--json").document["keys"]
        made = office.hoso("proof", CODE, "--page", "slip.html", "--out", "slip.tlog-proof", "--json")
        assert made.code == 0, made.err
        compact = office.hoso("proof", CODE, "--fact", "2", "--compact")
        default = office.hoso("proof", CODE)
    assert made.document["attested"]
    assert made.document["topic"] == "dossier.imported.v1", "it was never accepted here"
    assert set(made.document["files"]) == {"file", "page"}
    assert "register_case-1-1.tlog-proof" in default.last_line
    assert "Check it anywhere: hoso verify FILE --key VKEY." in default.last_line
    lines = [line for line in compact.out.splitlines() if line.startswith("HOSO1:")]
    (tmp_path / "slip.txt").write_text("\n".join(lines))
    files = ["early.html", "slip.html", "slip.tlog-proof", "register_case-1-1.tlog-proof"]
    for name in files:
        assert (office.folder / name).stat().st_mode & 0o777 == 0o600, "it may hold keys"
        (tmp_path / name).write_bytes((office.folder / name).read_bytes())

    def verified(*arguments: str) -> tuple[int, dict[str, object]]:
        done = subprocess.run(
            [HOSO, "verify", *arguments, "--key", keys[0]["key"], "--json"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, json.loads(done.stdout)

    code, found = verified(*files[1:], "slip.txt")
    assert (code, found["answer"]) == (0, "proven"), found
    proofs: list[dict[str, object]] = found["proofs"]  # type: ignore[assignment]
    assert {one["says"]["code"] for one in proofs} == {CODE}  # type: ignore[index]
    assert verified("early.html")[0] == 3


def test_what_cannot_be_proven_is_said_in_a_sentence(imported: Office) -> None:
    refused(imported.hoso("proof", "nothing"), "No dossier has the code nothing")
    refused(imported.hoso("proof", CODE, "--fact", "99"), "has no fact 99")
    refused(imported.hoso("proof", CODE, "--position", "1"), "is no fact about")
    assert imported.hoso("proof", CODE, "--fact", "1", "--position", "2").code == 2
    stranger = imported.token("--kind", "system", "--name", "reports")
    refused(imported.hoso("proof", CODE, HOSO_TOKEN=stranger), "may not read history")
