"""Two programs that others wrote judge our files: tlog-scales, and aics-tlog run as a command. They are given
what the file holds by its format alone, cut apart by the script that docs/proof.md shows."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tlog_scales import signing, tlog

from application.proof_file import file_bytes
from application.proving import of_dossier, of_position, proof
from interfaces.proof_words import reading
from tests.proofs.log_world import World
from tests.proofs.making import LOG, WITNESSES, receipt
from tests.proofs.test_proving import PROGRAM, clerk, filed

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "docs" / "examples" / "proof" / "parts.py"
VERIFIERS = ROOT / ".venv" / "verifiers"


def apart(folder: Path, file: bytes) -> dict[str, bytes]:
    """What the script of the guide makes of a file."""
    (folder / "p.tlog-proof").write_bytes(file)
    subprocess.run([sys.executable, SCRIPT, "p.tlog-proof"], cwd=folder, check=True, capture_output=True)
    return {name: (folder / name).read_bytes() for name in ("entry", "path", "checkpoint")}


def aics(folder: Path, index: int, key: str) -> subprocess.CompletedProcess[str]:
    """`aics-tlog verify-inclusion`: leaf, path, checkpoint and its signature in one."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "aics_tlog",
            "verify-inclusion",
            "--leaf",
            "entry",
            "--index",
            str(index),
            "--proof",
            "path",
            "--checkpoint",
            "checkpoint",
            "--log-key",
            key,
        ],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(VERIFIERS)},
        capture_output=True,
        text=True,
        check=False,
    )


def scales(parts: dict[str, bytes], index: int, key: str) -> None:
    """Raises where leaf, path or signature are not good."""
    checkpoint = tlog.Checkpoint.from_text(parts["checkpoint"].decode())
    checkpoint.verify(signing.Vkey.from_string(key))
    hashes = [base64.b64decode(line) for line in parts["path"].split()]
    leaf = hashlib.sha256(b"\x00" + parts["entry"]).digest()
    tlog.InclusionProof(index, checkpoint.size, hashes).check(leaf, checkpoint.root_hash)


async def test_both_verify_proofs_of_a_real_log(world: World, tmp_path: Path) -> None:
    code = (await filed(world)).code
    size = await world.attest(*WITNESSES)
    materials = [await of_dossier(world.proving, clerk(world), code, version=n) for n in (1, 2)]
    materials += [await of_position(world.proving, PROGRAM, position) for position in (1, 7, size // 2)]
    for number, material in enumerate(materials):
        made = await proof(world.proving, material, reading)
        parts = apart(tmp_path, file_bytes(made))
        scales(parts, made.fact.index, str(world.key))
        if number < 2:
            said = aics(tmp_path, made.fact.index, str(world.key))
            assert said.returncode == 0, said.stdout + said.stderr


def test_both_refuse_another_payload_another_path_and_another_key(tmp_path: Path) -> None:
    made = receipt(1_000)
    parts = apart(tmp_path, file_bytes(made))
    scales(parts, made.fact.index, str(LOG.key))
    assert aics(tmp_path, made.fact.index, str(LOG.key)).returncode == 0
    assert aics(tmp_path, made.fact.index, str(WITNESSES[0].key)).returncode != 0
    entry = bytearray(parts["entry"])
    entry[40] ^= 1
    (tmp_path / "entry").write_bytes(entry)
    assert aics(tmp_path, made.fact.index, str(LOG.key)).returncode != 0
    with pytest.raises(tlog.InclusionProofInvalid):
        scales(parts | {"entry": bytes(entry)}, made.fact.index, str(LOG.key))
