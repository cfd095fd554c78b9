"""V4's ledger: made by the command, some hundred applicants recorded as an office would, attested at several
sizes and cosigned; then its bits are flipped, and each time the audit runs that `hoso audit` runs.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.attesting import Attester
from application.audit import audit
from application.audit_evidence import Evidence
from application.bulk import Bulk
from application.citizens import Identification
from application.head_check import check_head
from application.policy import Identity
from application.tlog_ports import (
    ED25519_COSIGNATURE,
    Consistency,
    Cosignature,
    Cosigned,
    LastCosignature,
)
from bench.flips import Finding, Ground, tried
from bench.processes import environment, hoso
from bench.stage import Say, Stage
from domain.notes import VerifierKey, cosignature, cosigned_message, read_checkpoint, read_note
from infra.settings import read_settings
from interfaces import wiring
from interfaces.standing import loaded

SYSTEM = Identity("system", "bench")
DATABASE = "flipped"
SIZES = (100, 150, 200, 160, 40)
"""Applicants recorded before each checkpoint: two whole tiles, and partial ones of several sizes."""
AT_ONCE = 25


class _Witness:
    """Cosigns whatever it is given."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()
        public = self._private.public_key().public_bytes_raw()
        self.key = VerifierKey("witness.bench.example", ED25519_COSIGNATURE, public)

    def knows(self, origin: str, cosigned: Sequence[LastCosignature]) -> None:
        return

    async def cosign(self, note: str, size: int, consistency: Consistency) -> Cosigned:
        checkpoint, now = read_checkpoint(read_note(note.encode()).text), datetime.now(UTC)
        at = int(now.timestamp())
        signature = self._private.sign(cosigned_message(self.key, checkpoint, at))
        line = Cosignature(self.key, cosignature(self.key, at, signature), datetime.fromtimestamp(at, UTC))
        return Cosigned((line,), quorum=True)


def flipped(on: Stage, count: int, say: Say) -> dict[str, Any]:
    """Flip so many bits. Returns {"ratio": the share found, "located": the share named, "flips", "found",
    "named": counts by what was flipped, "missed", "nowhere": the places of others, "events", "sizes",
    "seconds_an_audit"}."""
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as folder:
        return uvloop.run(_flipped(on, count, say, Path(folder)))


async def _flipped(on: Stage, count: int, say: Say, folder: Path) -> dict[str, Any]:
    say("V4: making and attesting a ledger")
    on.cluster.create_database(DATABASE)
    settings = environment(
        folder / "data",
        folder / "secrets",
        HOSO_DATABASE_URL=on.app(DATABASE),
        HOSO_DATABASE_OWNER_URL=on.owner(DATABASE),
    )
    await hoso(settings, "schema", "init", log=folder / "log")
    witness = _Witness()
    async with wiring.open_ledger(read_settings(settings)) as opened:
        sizes = [await _attested(opened, witness, number) for number in SIZES]
        loaded()
        tiles = opened.tlog.tiles(1)
        root, head = Path(tiles.root), Path(opened.tlog.head.where)  # type: ignore[attr-defined]
        with psycopg.connect(on.owner(DATABASE), autocommit=True) as owner:
            return await _tried(opened, witness, Ground(owner, root, head), count, say) | {"sizes": sizes}


async def _attested(opened: wiring.Opened, witness: _Witness, more: int) -> int:
    """Record so many applicants more, attest all; the size."""
    services = opened.services
    bulk = Bulk(services.ledger, services.reader, opened.counters, opened.persons)
    begun = (await opened.recorder.clock())[1]
    for start in range(0, more, AT_ONCE):
        await bulk.begin()
        for number in range(start, min(more, start + AT_ONCE)):
            found_by = f"999{begun + number:09d}"
            bulk.identify(
                SYSTEM, Identification("person", f"Người dân {number}", "personal_number", found_by)
            )
        await bulk.flush()
    attester = await Attester.open(opened.tlog, witness, await check_head(opened.tlog))
    head = (await opened.recorder.clock())[1]
    while attester.size < head:
        await attester.round()
    return attester.size


async def _tried(
    opened: wiring.Opened, witness: _Witness, ground: Ground, count: int, say: Say
) -> dict[str, Any]:
    services, tlog, ledger = opened.services, opened.tlog, opened.recorder.ledger.ledger_id
    evidence = Evidence(ledger, tlog.tiles, tlog.head, tlog.leaves, tlog.verify, (witness.key,))
    now, head = await opened.recorder.clock()
    audits, seconds = 0, 0.0

    async def audited() -> Sequence[Finding]:
        nonlocal audits, seconds
        began = asyncio.get_running_loop().time()
        async with wiring.open_audit(opened) as (scan, _):
            found = await audit(
                scan,
                services.ledger.recorder,
                services.ledger.codec,
                None,
                claim_value=services.ledger.keyring.claim_value,
                now=now,
                store=services.files.store,
                evidence=evidence,
            )
        audits, seconds = audits + 1, seconds + asyncio.get_running_loop().time() - began
        if audits % 50 == 0:
            say(f"V4: {audits} of {count} flips")
        return found.findings

    if findings := await audited():
        raise RuntimeError(f"the ledger of V4 is not sound before anything is flipped: {findings[0]['says']}")
    result = await tried(ground, audited, count, random.Random(2025))
    if findings := await audited():
        raise RuntimeError(f"the ledger of V4 was not put back as it was: {findings[0]['says']}")
    return {
        "ratio": result.found.total() / count,
        "located": result.located.total() / count,
        "flips": dict(sorted(result.flips.items())),
        "found": dict(sorted(result.found.items())),
        "named": dict(sorted(result.located.items())),
        "missed": result.missed,
        "nowhere": result.nowhere,
        "events": head,
        "seconds_an_audit": round(seconds / audits, 4),
    }
