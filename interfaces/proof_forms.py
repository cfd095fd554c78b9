"""A proof as it is given out: a file, lines for QR codes, or the page; before it is attested the last two say
that they cannot be checked yet."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from application.proof_compact import MOST_PARTS, body_of, parts_of
from application.proof_file import ENDING, Proof, file_bytes
from application.proving import Material, Proving, proof, proof_or_pledge
from application.refusals import BadRequest
from interfaces.proof_page import page
from interfaces.proof_words import reading

Form = Literal["file", "compact", "page"]
_MEDIA = {"file": "text/plain", "compact": "text/plain", "page": "text/html"}
_ENDINGS = {"file": ENDING, "compact": ".proof.txt", "page": ".proof.html"}


@dataclass(frozen=True, slots=True)
class Given:
    """`name`: what the file may be called; `attested`: False for a pledge; `codes`: QR codes, 0 for a file;
    `origin` and `size`: of the checkpoint, or of the last one there was."""

    content: bytes
    media_type: str
    name: str
    attested: bool
    codes: int
    origin: str
    size: int


async def given(proving: Proving, material: Material, form: Form) -> Given:
    """What is given out. A page has no keys: paper passes from hand to hand. Raises NotAttestedYet (for a
    file), BadRequest (too_long_for_paper), TlogUnavailable, Stands."""
    if form == "page":
        material = replace(material, keys=())
    if form == "file":
        made = await proof(proving, material, reading)
        return _given(made.note.text, material, form, file_bytes(made), 0)
    paper = await proof_or_pledge(proving, material, datetime.now(UTC))
    try:
        lines = parts_of(body_of(paper))
    except ValueError as long:
        raise BadRequest("too_long_for_paper", f"{long} (at most {MOST_PARTS}): take the file") from None
    if form == "page":
        content = await asyncio.to_thread(page, paper, material.said, lines)
    else:
        content = "".join(f"{line}\n" for line in lines).encode()
    if isinstance(paper, Proof):
        return _given(paper.note.text, material, form, content, len(lines))
    text = f"{paper.origin}\n{paper.attested}\n"
    return replace(_given(text, material, form, content, len(lines)), attested=False)


def _given(checkpoint: str, material: Material, form: Form, content: bytes, codes: int) -> Given:
    origin, size = checkpoint.split("\n")[:2]
    named = f"{material.code}-{material.fact.version}" if material.code else str(material.fact.position)
    name = re.sub(r"[^A-Za-z0-9._-]", "_", named) + _ENDINGS[form]
    return Given(content, f"{_MEDIA[form]}; charset=utf-8", name, True, codes, origin, int(size))
