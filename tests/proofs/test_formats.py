"""The forms of a proof: what is written is read again, and whatever was done to it is refused with what
exactly is wrong."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.base45 import decode, encode
from application.proof_compact import (
    Pledge,
    body_of,
    body_of_parts,
    dictionary,
    parts_of,
    read_body,
    read_part,
)
from application.proof_file import Proof, file_bytes, read_file
from application.verifying import NOT_PROVEN, PROVEN
from domain.joint_proofs import joined, parted
from domain.tiles import Edge
from domain.tree_proofs import check_inclusion
from tests.domain.test_tree import naive
from tests.proofs.making import (
    FILED,
    FORMS,
    LOG,
    ML_DSA,
    WITNESSES,
    accepted,
    check,
    compact,
    filing,
    receipt,
)

DICTIONARY = "03db92a53610fa3809f43ad209572bfd3ef41e307437509f4ff737f2c8ecd17f"


def changed(content: bytes, change: Callable[[dict[str, Any]], Any], *, anew: bool = True) -> bytes:
    """The file with its `extra` changed and its digest made anew, as somebody would who knows the form."""
    lines = content.split(b"\n")
    extra = json.loads(base64.b64decode(lines[1].removeprefix(b"extra ")))
    change(extra)

    def written(digest: str) -> bytes:
        if anew:
            extra["digest"] = digest
        text = json.dumps(extra, ensure_ascii=False, separators=(",", ":")).encode()
        return b"\n".join([lines[0], b"extra " + base64.b64encode(text), *lines[2:]])

    return written(hashlib.sha256(written("")).hexdigest())


def problem(content: bytes) -> str:
    found = check(content)
    assert found.answer == NOT_PROVEN
    assert found.problem is not None
    return f"{found.problem[0]}: {found.problem[1]}"


def again_file(proof: Proof) -> Proof:
    return read_file(file_bytes(proof))


def again_compact(proof: Proof) -> Proof:
    read = read_body(body_of_parts(map(read_part, reversed(parts_of(body_of(proof))))))
    assert isinstance(read, Proof)
    return read


def test_a_proof_is_read_as_it_was_written() -> None:
    for proof in (receipt(), filing(), receipt(39, LOG, *WITNESSES), receipt(2**40, LOG, ML_DSA)):
        assert again_file(proof) == proof
    for proof in (receipt(), filing(), receipt(39, LOG, *WITNESSES)):
        assert again_compact(proof) == replace(proof, reading=None)


def test_on_paper_long_cosignatures_are_left_out_and_nothing_else() -> None:
    proof = receipt(5_000, LOG, WITNESSES[0], ML_DSA)
    read = again_compact(proof)
    assert read.note.text == proof.note.text
    assert read.note.signatures == proof.note.signatures[:2]
    assert check(compact(proof)).answer == PROVEN


def test_a_pledge_is_read_as_it_was_written() -> None:
    fact = replace(accepted(500), path=())
    pledge = Pledge((fact,), "hoso/x", 499, FILED, FILED)
    assert read_body(body_of(pledge)) == pledge


@pytest.mark.parametrize(
    ("clear", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"", "")]
)
def test_base45_is_that_of_rfc_9285(clear: bytes, text: str) -> None:
    assert encode(clear) == text
    assert decode(text) == clear


@given(st.binary(max_size=200))
def test_base45_comes_back(content: bytes) -> None:
    assert decode(encode(content)) == content


@pytest.mark.parametrize("text", ["A", "ab", "GGW", "::", "AB8A", "\u00e1AB"])
def test_what_is_no_base45_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base45"):
        decode(text)


def test_the_dictionary_never_changes() -> None:
    """Every compact proof that was ever printed is read with it: another one needs another magic."""
    assert hashlib.sha256(dictionary()).hexdigest() == DICTIONARY


@given(st.integers(1, 600), st.data())
def test_leaves_that_share_their_path_prove_as_much_as_each_alone(size: int, data: st.DataObject) -> None:
    leaves = [hashlib.sha256(str(n).encode()).digest() for n in range(size)]
    chosen = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=5)))
    root = naive(leaves)
    edge = Edge()
    for leaf in leaves:
        list(edge.add(leaf))
    assert edge.root() == root
    from domain.tree_proofs import inclusion_ranges  # the paths as RFC 6962 writes them

    paths = {i: [naive(leaves[a:b]) for a, b in inclusion_ranges(i, size)] for i in chosen}
    hashes = joined(paths, size)
    assert len(hashes) <= sum(map(len, paths.values()))
    found, alone = parted({i: leaves[i] for i in chosen}, size, hashes)
    assert found == root
    for index in chosen:
        assert list(alone[index]) == paths[index]
        check_inclusion(index, size, leaves[index], alone[index], root)


# What was done to a file


def test_an_unknown_version_is_named() -> None:
    file = file_bytes(receipt())
    assert "unknown_format: the format is 'v2'" in problem(file.replace(b"@v1", b"@v2", 1))
    said = problem(changed(file, lambda extra: extra.update(format="hoso.fact-proof.v2")))
    assert said.startswith("unknown_format: what is proven is 'hoso.fact-proof.v2'")
    assert problem(changed(file, lambda extra: extra.update(edition=2))).startswith("unknown_format")
    text = compact(receipt())
    assert problem(text.replace(b"HOSO1", b"HOSO2")).startswith("unknown_format")
    assert problem(b"c2sp.org/sumdb@v1\n").startswith("unknown_kind")
    assert problem(b"").startswith("unknown_kind: an empty file")


def test_whatever_is_added_dropped_doubled_or_written_otherwise_is_refused() -> None:
    file = file_bytes(receipt(1_000_000, LOG, *WITNESSES))
    lines = file.split(b"\n")
    assert problem(file + b"\n").startswith("unreadable")
    assert problem(file[:-1]).startswith("unreadable")
    assert problem(file + lines[-2] + b"\n").startswith("altered"), "a signature twice"
    assert problem(b"\n".join([*lines[:3], *lines[4:]])).startswith("altered"), "a hash is missing"
    assert problem(b"\n".join([*lines[:4], *lines[3:]])).startswith("altered"), "a hash twice"
    assert problem(b"\n".join([lines[0], *lines[2:]])).startswith("unreadable"), "no extra"
    assert problem(b"\n".join([*lines[:2], b"index 0" + lines[2][6:], *lines[3:]])).startswith("unreadable")
    assert problem(file.replace(b"\n", b"\r\n")).startswith("unknown_format")
    assert problem(b"\xef\xbb\xbf" + file).startswith("unknown_kind")
    assert "not_in_tree" in problem(changed(file, lambda extra: extra["fact"].update(version=3)))
    assert "its digest is not" in problem(
        changed(file, lambda extra: extra.update(digest="0" * 64), anew=False)
    )


def test_json_written_another_way_is_refused() -> None:
    file = file_bytes(receipt())
    lines = file.split(b"\n")
    extra = base64.b64decode(lines[1].removeprefix(b"extra "))

    def with_extra(text: bytes) -> bytes:
        return b"\n".join([lines[0], b"extra " + base64.b64encode(text), *lines[2:]])

    assert check(with_extra(extra)).answer == PROVEN
    assert problem(with_extra(extra.replace(b'"keys":[]', b'"keys":[],"keys":[]'))).startswith("altered")
    assert problem(with_extra(extra.replace(b'"keys":', b'"keys": '))).startswith("altered")
    assert problem(with_extra(extra[:-1] + b',"note":1}')).startswith("unreadable")
    assert problem(with_extra(extra.replace(b'"keys":[],', b""))).startswith("unreadable")
    assert problem(with_extra(b"[" * 100_000)).startswith("unreadable")
    assert problem(with_extra(extra.replace(b'"version":2', b'"version":2.0'))).startswith("unreadable")
    assert problem(with_extra(extra.replace(b'"version":2', b'"version":true'))).startswith("unreadable")
    assert problem(with_extra(extra.replace(b'"version":2', b'"version":' + b"9" * 5000))).startswith(
        "unreadable"
    )


def test_a_part_of_another_proof_a_missing_one_and_one_twice_are_named() -> None:
    lines = compact(receipt(1_000_000, LOG, *WITNESSES)).decode().splitlines()
    others = compact(receipt(1_000_000, LOG, *WITNESSES)).decode().splitlines()
    assert len(lines) > 2

    def text(chosen: list[str]) -> bytes:
        return "\n".join(chosen).encode()

    assert check(text(lines[::-1])).answer == PROVEN
    assert "part_missing: of 4 parts these are missing: 2" in problem(text([lines[0], *lines[2:]]))
    assert problem(text([*lines, lines[1]])).startswith("part_twice: part 2")
    swapped = others[0].rsplit(":", 1)[0].split(":")[2]
    foreign = lines[0].replace(lines[0].split(":")[2], swapped)
    assert problem(text([foreign, *others[1:]])).startswith(("altered", "unreadable"))
    assert problem(text(lines) + b"\n\n").startswith("unreadable")
    assert problem(text(lines).replace(b"\n", b"\r\n")).startswith("unreadable")
    assert problem(b" " + text(lines)).startswith("unknown_kind")
    assert problem(text([lines[0] + " ", *lines[1:]])).startswith("unreadable")


@pytest.mark.parametrize("form", FORMS)
def test_every_cut_is_refused(form: str) -> None:
    content = FORMS[form](receipt(1_000))
    for end in {*range(0, len(content) - 1, max(1, len(content) // 300)), len(content) - 2}:
        found = check(content[:end])
        assert found.answer == NOT_PROVEN, end
        assert found.problem is not None
        assert found.problem[1]


def remade(body: bytes) -> bytes:
    """The lines of a body that somebody made who knows the form."""
    return "\n".join(parts_of(body)).encode()


def test_a_body_that_was_packed_otherwise_is_refused_though_its_parts_were_made_anew() -> None:
    proof = receipt(1_000)
    body = body_of(proof)
    assert check(remade(body)).answer == PROVEN
    assert "1 bytes follow the packed proof" in problem(remade(body + b"\0"))
    assert problem(remade(b"\x81\x00" + body[1:])).startswith("altered"), (
        "a number in more bytes than it takes"
    )
    assert problem(remade(body[:-1])).startswith("unreadable")
    assert problem(remade(b"\x03" + body[1:])).startswith("unknown_format")
    for place in range(0, len(body), 3):
        changed = body[:place] + bytes([body[place] ^ 0x10]) + body[place + 1 :]
        found = check(remade(changed))
        if found.answer == PROVEN:  # bits that DEFLATE leaves unused
            assert read_body(changed) == replace(proof, reading=None)
