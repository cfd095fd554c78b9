"""Golden payloads, written from docs/schemas with the standard library and the cipher alone: no line of
the codec is used.

A golden file is never rewritten: it is what a release recorded. `python -m tests.codec.golden` adds those
of new types.
"""

from __future__ import annotations

import base64
import hmac
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.codec.event_schemas import documented_types
from tests.codec.facts_for_tests import STREAM, SUBJECT, KeysInMemory
from tools.make_events import Field

FOLDER = Path(__file__).parents[1] / "golden"
SALT = bytes(range(16))
NONCE = bytes(range(12))
VERSION = 3
INSTANT = "2025-07-01T00:00:00.000001Z"
DATE = "2025-06-30"
SAMPLE = " của hồ sơ"


def path_of(topic: str) -> Path:
    return FOLDER / f"{topic}.json"


def payload(topic: str, fields: tuple[Field, ...]) -> bytes:
    """The bytes that a fact of this type has, every field filled."""
    of_dossier = topic.startswith("dossier.") or topic == "handover.dossier_placed.v1"
    state = {
        "salt": text64(SALT),
        "actor": {"kind": "officer", "id": "cán bộ 7"},
        "posting_id": sample_id("posting"),
        "acting_agency": sample_id("acting agency"),
        "holder": sample_id("holder") if of_dossier else None,
        "occurred_at": INSTANT,
        "rules": ["a.rule", "another.rule"],
        "data": {field.name: sample(topic, field, f"data.{field.name}") for field in fields},
    }
    return json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode()


def sample(topic: str, field: Field, path: str) -> Any:
    if field.is_list:
        return [one(topic, field, f"{path}.{number}", number) for number in range(2)]
    return one(topic, field, path, 0)


def one(topic: str, field: Field, path: str, number: int) -> Any:
    if field.members:
        return {
            member.name: sample(topic, member, f"{path}.{member.name}")
            if member.is_list
            else one(topic, member, f"{path}.{member.name}", number)
            for member in field.members
        }
    kind = field.kind
    if kind == "text or personal":
        kind = ("text", "personal")[number]
    match kind:
        case "text":  # a sample even where only certain values are recorded: the codec takes any
            return f"{field.name}{SAMPLE} {number}"
        case "int":
            return 7 + number
        case "bool":
            return number == 0
        case "id":
            return sample_id(field.name + str(number))
        case "instant":
            return INSTANT
        case "date":
            return DATE
        case "object":
            return {"some": "assumed", "count": 2, "nested": {"list": [1, None, True]}}
        case "personal":
            return sealed(f"Nguyễn Thị {field.name}", f"{STREAM}|{VERSION}|{topic}|{path}")
    raise AssertionError(f"{topic}, {path}: the schema names an unknown kind {kind!r}")


def sealed(text: str, associated: str) -> dict[str, str]:
    key = hmac.digest(
        hmac.digest(SALT, KeysInMemory().key_of(SUBJECT), "sha256"), b"hoso/field/1\x01", "sha256"
    )
    ciphertext = AESGCM(key).encrypt(NONCE, text.encode(), associated.encode())
    return {"subject": str(SUBJECT), "nonce": text64(NONCE), "ciphertext": text64(ciphertext)}


def sample_id(name: str) -> str:
    return str(UUID(bytes=hmac.digest(b"sample", name.encode(), "sha256")[:16], version=4))


def text64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def main() -> None:
    """Write the golden files that are missing."""
    for topic, fields in documented_types().items():
        if not path_of(topic).exists():
            path_of(topic).write_bytes(payload(topic, fields))
            print(f"new: {topic}")


if __name__ == "__main__":
    main()
