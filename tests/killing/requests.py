"""The steps of a handover as requests to the API, in the order of steps.py, and a desk's day."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.cli.office import DESK
from tests.killing.client import Client, Command
from tests.killing.scene import CENTRE, CLOSER, HEIR, NEW, OLD, OPERATORS, PROCEDURE, SETUP, Scene
from tests.killing.steps import GROUND, PLACED, REASON, REFUSED

AT_ONCE = 1_000
"""Dossiers that one acknowledgement may name."""
SIDES = ((DESK, "handing"), (HEIR, "receiving"))
_FIRST = "SELECT stream_id, payload FROM event WHERE version = 1 AND topic LIKE %s ORDER BY stream_id"


def ids(scene: Scene, topic: str, name: str) -> dict[str, str]:
    """Streams that begin with this topic, by a field of their first fact."""
    rows = scene.query(_FIRST, topic)
    return {json.loads(payload)["data"][name]: str(stream) for stream, payload in rows}


def steps(scene: Scene, client: Client) -> Iterator[Command]:
    """Each is answered before the next is asked for."""
    part = scene.state()
    at = f"/v1/handovers/{scene.act}/parts/{part['id']}"
    agencies = ids(scene, "agency.founded.%", "identifier")
    dossiers = ids(scene, "dossier.imported.%", "code")
    first, second = OPERATORS
    yield Command(first, f"{at}/simulate", {})
    yield Command(first, f"{at}/approve", {"digest": part["digest"]})
    yield Command(second, f"{at}/approve", {"digest": part["digest"]})
    yield Command(first, f"{at}/schedule", {})
    moved = scene.hoso("clock", "move", "--to", f"{NEW}T08:00:00+07:00", **scene.token(first))
    assert moved.code == 0, moved.err
    yield Command(first, f"{at}/transfer", {})
    reason = {"reason": REASON, "suggests": agencies[CENTRE]}
    refused = {"agency": agencies[HEIR], "dossiers": [dossiers[code] for code in REFUSED]}
    yield Command(CLOSER, f"{at}/refuse", refused | reason)
    left = [id for code, id in dossiers.items() if code not in REFUSED]
    for begin in range(0, len(left), AT_ONCE):
        some = {"agency": agencies[HEIR], "dossiers": left[begin : begin + AT_ONCE]}
        yield Command(CLOSER, f"{at}/acknowledge", some)
    for code in PLACED:
        to = {"dossier": dossiers[code], "to_agency": agencies[CENTRE], "ground": GROUND}
        yield Command(first, f"{at}/place", to)
    yield Command(first, f"{at}/reconcile", {})
    yield from certified(client, at, agencies)


def certified(client: Client, at: str, agencies: dict[str, str]) -> Iterator[Command]:
    """Keys named, the certificate issued, signed by both sides, the books closed."""
    first, _ = OPERATORS
    keys = {identifier: Ed25519PrivateKey.generate() for identifier, _ in SIDES}
    for identifier, key in keys.items():
        public = {"public_key": _base64(key.public_key().public_bytes_raw())}
        yield Command(SETUP, f"/v1/agencies/{identifier}/name-key", public)
    issue = Command(first, f"{at}/certificate", {})
    yield issue
    for identifier, side in SIDES:
        now = client.get(first, f"{at}/certificate")["as_of"]
        digest = issue.answer["counts"]["digest"]
        yield Command(
            CLOSER,
            f"{at}/certificate/sign",
            signature(keys[identifier], agencies[identifier], side, now, digest),
        )
    yield Command(first, f"{at}/close", {})


def signature(key: Ed25519PrivateKey, agency: str, side: str, now: str, digest: str) -> dict[str, Any]:
    """What an agency sends that keeps its key; docs/handover-design.md says what it covers."""
    at = datetime.fromisoformat(now).astimezone(UTC).isoformat(timespec="microseconds")
    at = at.replace("+00:00", "Z")
    line = f"hoso/certificate/1|{side}|{agency}|{at}\n"
    public = key.public_key().public_bytes_raw()
    return {
        "agency": agency,
        "side": side,
        "key_id": hashlib.sha256(public).hexdigest()[:16],
        "signed_at": at,
        "signature": _base64(key.sign(line.encode() + bytes.fromhex(digest))),
    }


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def desk(client: Client, officer: str, agency: str, owner: str) -> Iterator[Command]:
    """One dossier at the counter: filed, assigned, taken over."""
    filing = {
        "procedure": PROCEDURE,
        "channel": "counter",
        "owner": owner,
        "place": f"07210@{OLD}",
        "receiving_agency": agency,
        "accept": True,
        "matter": "khai tử",
    }
    filed = Command(CLOSER, "/v1/dossiers", filing)
    yield filed
    path, revision = f"/v1/dossiers/{filed.answer['code']}", filed.answer["revision"]
    yield Command(CLOSER, f"{path}/assign", {"officer": officer}, revision)
    yield Command(CLOSER, f"{path}/take", {}, revision + 1)
