"""The format of a sealed file: golden bytes that never change, any split gives the same, any damage shows."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.file_sealing import (
    HEADER_BYTES,
    SEALED_SEGMENT,
    SEGMENT,
    Header,
    NotSealed,
    Opener,
    Sealer,
    clear_size,
    new_header,
)
from tests.files.making import SUBJECT

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "file.json").read_text(encoding="utf-8")
)
KEY = bytes(range(32))
SALT = bytes(range(16))


def sealed(clear: bytes, cuts: list[int] | None = None, header: Header | None = None) -> bytes:
    sealer = Sealer(header or Header(SUBJECT, SALT), KEY, "image/png")
    return b"".join([*(sealer.more(piece) for piece in cut(clear, cuts or [])), sealer.end()])


def opened(stored: bytes, cuts: list[int] | None = None) -> tuple[str, bytes]:
    opener = Opener(Header.read(stored), KEY)
    clear = [opener.more(piece) for piece in cut(stored[HEADER_BYTES:], cuts or [])]
    clear.append(opener.end())
    return opener.media_type, b"".join(clear)


def cut(whole: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(c % (len(whole) + 1) for c in cuts), len(whole)]
    return [whole[a:b] for a, b in pairwise(places)]


def content(vector: dict[str, Any]) -> bytes:
    return bytes.fromhex(vector["repeated"]) * int(vector["times"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["says"])
def test_the_format_never_changes(vector: dict[str, Any]) -> None:
    header = Header(UUID(vector["subject"]), bytes.fromhex(vector["salt"]))
    sealer = Sealer(header, bytes.fromhex(vector["subject_key"]), vector["media_type"])
    stored = sealer.more(content(vector)) + sealer.end()
    assert stored[:120].hex() == vector["stored_begins"]
    assert (len(stored), hashlib.sha256(stored).hexdigest()) == (vector["stored_size"], vector["file"])
    assert clear_size(len(stored), vector["media_type"]) == len(content(vector))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["says"])
def test_the_golden_bytes_are_what_the_document_says(vector: dict[str, Any]) -> None:
    """Sealed once more from docs/files.md, by the cipher alone."""
    subject, salt = UUID(vector["subject"]), bytes.fromhex(vector["salt"])
    header = b"hoso.file/1\n" + subject.bytes + salt
    cipher = AESGCM(HKDF(SHA256(), 32, salt, b"hoso/file/1").derive(bytes.fromhex(vector["subject_key"])))
    clear = vector["media_type"].encode() + b"\n" + content(vector)
    stored, begin = header, 0
    while begin < len(clear):
        last = begin + 65_536 >= len(clear)
        nonce = (begin // 65_536).to_bytes(11, "big") + (b"\x01" if last else b"\x00")
        stored += cipher.encrypt(nonce, clear[begin : begin + 65_536], header)
        begin += 65_536
    assert hashlib.sha256(stored).hexdigest() == vector["file"]


@settings(max_examples=30, deadline=None)
@given(
    size=st.sampled_from([0, 1, 100, SEGMENT - 11, SEGMENT - 10, SEGMENT - 9, 2 * SEGMENT - 10, 150_000]),
    put=st.lists(st.integers(0, 200_000), max_size=6),
    taken=st.lists(st.integers(0, 200_000), max_size=6),
)
def test_however_it_is_split_it_is_the_same_file(size: int, put: list[int], taken: list[int]) -> None:
    clear = hashlib.shake_128(b"x").digest(size)
    stored = sealed(clear, put)
    assert stored == sealed(clear)
    assert opened(stored, taken) == ("image/png", clear)
    assert clear_size(len(stored), "image/png") == size


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0), flip=st.integers(1, 255), size=st.sampled_from([5, SEGMENT - 10, 140_000]))
def test_any_changed_byte_is_noticed(at: int, flip: int, size: int) -> None:
    stored = bytearray(sealed(bytes(size)))
    stored[at % len(stored)] ^= flip
    with pytest.raises(NotSealed):
        opened(bytes(stored))


@settings(max_examples=60, deadline=None)
@given(left=st.integers(0))
def test_any_end_that_is_cut_off_is_noticed(left: int) -> None:
    stored = sealed(bytes(140_000))
    for kept in (left % len(stored), HEADER_BYTES + SEALED_SEGMENT, HEADER_BYTES + 2 * SEALED_SEGMENT):
        with pytest.raises(NotSealed):
            opened(stored[:kept])


def test_segments_that_change_places_are_noticed() -> None:
    stored = sealed(bytes(140_000))
    first, second = HEADER_BYTES, HEADER_BYTES + SEALED_SEGMENT
    swapped = stored[:first] + stored[second : second + SEALED_SEGMENT] + stored[first:second]
    with pytest.raises(NotSealed, match="segment 0"):
        opened(swapped + stored[second + SEALED_SEGMENT :])


def test_a_segment_of_another_file_of_the_same_person_is_noticed() -> None:
    ours, theirs = sealed(bytes(140_000)), sealed(bytes(140_000), header=new_header(SUBJECT))
    with pytest.raises(NotSealed, match="segment 1"):
        opened(ours[: HEADER_BYTES + SEALED_SEGMENT] + theirs[HEADER_BYTES + SEALED_SEGMENT :])


def test_what_is_added_at_the_end_is_noticed() -> None:
    with pytest.raises(NotSealed):
        opened(sealed(b"abc") + b"x")
