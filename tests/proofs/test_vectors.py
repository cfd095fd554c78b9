"""Proofs that were given out before stay what they were: read, proven, and their pages made the same, byte
for byte, whatever this program has become since. Independent readers can be tried on the same vectors."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from application.proof_compact import dictionary
from application.proof_file import file_bytes, read_file
from application.proof_trust import trust_of
from application.verifying import NOT_YET, PROVEN
from interfaces.proof_page import page
from tests.proofs.making import check

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "proof.json").read_text(encoding="utf-8")
)
TRUST = trust_of([VECTORS["log_key"], VECTORS["witness_key"]])
NAMES = [one["name"] for one in VECTORS["proofs"]]


def text_of(lines: list[str]) -> bytes:
    return "\n".join(lines).encode()


@pytest.mark.parametrize("vector", VECTORS["proofs"], ids=NAMES)
def test_a_proof_of_the_first_release_is_still_proven_in_every_form(vector: dict[str, Any]) -> None:
    file = vector["file"].encode()
    assert file_bytes(read_file(file)) == file
    for content in (file, text_of(vector["compact"])):
        found = check(content, TRUST)
        assert found.answer == PROVEN, found.problem
        assert found.said is not None
        said = found.said
        assert (said.code, said.topic, said.position) == (vector["code"], vector["topic"], vector["position"])
        assert said.agency == vector["agency"]
        assert (said.promised.isoformat() if said.promised else None) == vector["promised"]
        assert {o.path: o.text for o in found.opened} == vector["opened"]


@pytest.mark.parametrize("vector", [*VECTORS["proofs"], VECTORS["pledge"]], ids=[*NAMES, "pledge"])
def test_its_page_is_made_the_same(vector: dict[str, Any]) -> None:
    from application.proof_compact import body_of_parts, read_body, read_part
    from application.proof_reading import said

    carried = read_body(body_of_parts(map(read_part, vector["compact"])))
    made = page(carried, said(carried.facts), vector["compact"])
    assert hashlib.sha256(made).hexdigest() == vector["page_sha256"]


def test_a_pledge_is_not_checkable_yet() -> None:
    found = check(text_of(VECTORS["pledge"]["compact"]), TRUST)
    assert found.answer == NOT_YET
    assert found.pledge is not None
    assert found.pledge.by.isoformat() == VECTORS["pledge"]["by"]
    assert found.pledge.attested == VECTORS["pledge"]["attested"]


def test_the_body_is_what_base45_of_the_parts_gives() -> None:
    from application.base45 import decode

    assert hashlib.sha256(dictionary()).hexdigest() == VECTORS["dictionary_sha256"]
    for vector in VECTORS["proofs"]:
        body = decode("".join(line.split(":", 3)[3][:-1] for line in vector["compact"]))
        assert body.hex() == vector["body_hex"]
        named = hashlib.sha256(body).hexdigest()[:16].upper()
        assert {line.split(":")[2] for line in vector["compact"]} == {named}


def test_the_extra_line_is_json_as_docs_say() -> None:
    for vector in VECTORS["proofs"]:
        line = vector["file"].split("\n")[1]
        extra = json.loads(base64.b64decode(line.removeprefix("extra ")))
        assert list(extra) == ["format", "edition", "fact", "beside", "keys", "reading", "digest"]
        empty = json.dumps(extra | {"digest": ""}, ensure_ascii=False, separators=(",", ":")).encode()
        lines = vector["file"].split("\n")
        lines[1] = "extra " + base64.b64encode(empty).decode()
        assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == extra["digest"]
