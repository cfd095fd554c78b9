"""What happens to the checkpoints and cosignatures on record, and to the head outside the database: each
change is named by the checkpoint's size."""

from __future__ import annotations

import base64
from typing import Any, LiteralString

import pytest

from application.audit import Audit
from application.tlog_ports import TlogUnavailable
from domain.notes import Checkpoint, Note, Signature, read_checkpoint, read_note
from infra.head_store import HeadFile
from tests.audit.attested import Attested, Shows

FOURTH = 3
"""Of the checkpoints, one that both keys signed."""


def of(found: Audit, *kinds: str) -> list[dict[str, Any]]:
    assert not found.ok
    assert set(found.kinds) == set(kinds), found.findings
    return [f for f in found.findings if f["kind"] == kinds[0]]


def note_of(attested: Attested, size: int) -> str:
    ((note,),) = attested.rows("SELECT note FROM checkpoint WHERE size = %s", size)
    return str(note)


def changed(attested: Attested, size: int, old: str, new: str) -> None:
    note = note_of(attested, size)
    assert old in note
    attested.tamper("UPDATE checkpoint SET note = %s WHERE size = %s", note.replace(old, new, 1), size)


def signed_again(attested: Attested, checkpoint: Checkpoint, like: int | None = None) -> str:
    """By the keys that signed the checkpoint of this size, or the newest one."""
    size = like or attested.sizes()[-1]
    ids = {one.key_id for one in read_note(note_of(attested, size).encode()).signatures}
    here = attested.keys.keys()
    text = checkpoint.text()
    signed = [
        Signature(key.name, key.key_id, attested.keys.sign(key, text.encode()))
        for key in here
        if key.key_id in ids
    ]
    return str(Note(text, tuple(signed)))


# the row


async def test_another_root_in_the_row(attested: Attested) -> None:
    size = attested.sizes()[FOURTH]
    attested.tamper(
        "UPDATE checkpoint SET root = set_byte(root, 3, get_byte(root, 3) # 4) WHERE size = %s", size
    )
    found = await attested.audited()
    (root,) = of(found, "root", "checkpoint")
    assert (root["size"], root["position"]) == (size, size)
    assert root["expected"] != root["found"]
    (note,) = [f for f in found.findings if f["kind"] == "checkpoint"]
    assert base64.b64decode(note["found"]).hex() == root["expected"], "the note says what the log gives"


async def test_another_size_in_the_row(attested: Attested) -> None:
    size = attested.sizes()[FOURTH]
    attested.tamper("UPDATE checkpoint SET size = size + 8 WHERE size = %s", size)
    found = await attested.audited()
    (root,) = of(found, "root", "checkpoint", "cosignature")
    assert root["size"] == size + 8
    (note,) = [f for f in found.findings if f["kind"] == "checkpoint"]
    assert f"has a note that says '{size}' where its row says '{size + 8}'" in note["says"]
    assert f"names a checkpoint of size {size}" in found.findings[-1]["says"], "without its checkpoint"


async def test_a_newest_row_with_a_larger_size_asks_for_no_tiles_that_cannot_be_there(
    attested: Attested,
) -> None:
    size = attested.sizes()[-1]
    attested.tamper("UPDATE checkpoint SET size = size + 4096 WHERE size = %s", size)
    (row,) = of(await attested.audited(), "checkpoint", "cosignature", "published")
    assert row["size"] == size + 4096
    assert "covers more than the" in row["says"]


async def test_another_origin_in_the_row(attested: Attested) -> None:
    size = attested.sizes()[FOURTH]
    attested.tamper("UPDATE checkpoint SET origin = 'elsewhere.example' WHERE size = %s", size)
    (row,) = of(await attested.audited(), "checkpoint", "cosignature")
    assert row["says"].endswith("is of elsewhere.example, which is no log of this ledger")


# the note


async def test_another_text_in_the_note_fits_no_signature(attested: Attested) -> None:
    size = attested.sizes()[FOURTH]
    changed(attested, size, f"\n{size}\n", f"\n{size + 1}\n")
    found = await attested.audited()
    (text,) = of(found, "checkpoint", "signature")
    assert f"has a note that says '{size + 1}' where its row says '{size}'" in text["says"]
    assert all("which fits its row and not its note" in f["says"] for f in found.findings[1:])


async def test_a_flipped_bit_of_a_signature_though_another_key_signed_too(attested: Attested) -> None:
    size = attested.sizes()[FOURTH]
    note = read_note(note_of(attested, size).encode())
    own = [one for one in note.signatures if one.name == attested.origin]
    assert len(own) == 2
    content = bytearray(own[0].content)
    content[20] ^= 1
    changed(attested, size, str(own[0]), str(Signature(own[0].name, own[0].key_id, bytes(content))))
    (finding,) = of(await attested.audited(), "signature")
    assert finding["says"].endswith(f"+{own[0].key_id.hex()}, which is not good")


@pytest.mark.parametrize("policy", [True, False])
async def test_a_signers_name_that_was_changed_is_a_signature_of_nobody(
    attested: Attested, policy: bool
) -> None:
    size = attested.sizes()[FOURTH]
    for name in (attested.origin, "witness-2.example"):
        before = note_of(attested, size)
        changed(attested, size, f"\u2014 {name}", f"\u2014 x{name[1:]}")
        (finding,) = of(await attested.audited(policy=policy), "signature")
        assert "which is neither a key of this log nor a witness on record" in finding["says"]
        attested.tamper("UPDATE checkpoint SET note = %s WHERE size = %s", before, size)


async def test_a_note_that_is_none(attested: Attested) -> None:
    size = attested.sizes()[FOURTH]
    changed(attested, size, "\n\n", "\n")
    (finding,) = of(await attested.audited(), "checkpoint")
    assert "has a note that cannot be read" in finding["says"]


async def test_a_checkpoint_of_another_history_with_a_good_signature_is_named_by_its_root(
    attested: Attested,
) -> None:
    """The operator signs another tree: only the root tells."""
    size = attested.sizes()[-2]
    attested.tamper("DELETE FROM cosignature WHERE size = %s", size)
    other = Checkpoint(attested.origin, size, bytes(32))
    note = signed_again(attested, other)
    attested.tamper("UPDATE checkpoint SET root = %s, note = %s WHERE size = %s", other.root, note, size)
    (finding,) = of(await attested.audited(), "root")
    assert (finding["size"], finding["found"]) == (size, bytes(32).hex())


async def test_a_key_that_was_withdrawn_before_signs_nothing(attested: Attested) -> None:
    size = attested.sizes()[-1]
    text = read_note(note_of(attested, size).encode()).text
    note = signed_again(attested, read_checkpoint(text), attested.sizes()[0])
    attested.tamper("UPDATE checkpoint SET note = %s WHERE size = %s", note, size)
    (finding,) = of(await attested.audited(), "signature")
    assert "is signed by a key alone that was not named yet, or withdrawn before" in finding["says"]


async def test_a_stretch_without_checkpoints(attested: Attested, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand events are many for a test: fewer are too many here."""
    monkeypatch.setattr("application.audit_checkpoints.MOST_EVENTS", 250)
    assert (await attested.audited()).ok
    first, *_, before, after = [s for s in attested.sizes() if s < 450]
    attested.tamper("DELETE FROM cosignature WHERE size BETWEEN %s AND %s", first + 1, before)
    attested.tamper("DELETE FROM checkpoint WHERE size BETWEEN %s AND %s", first + 1, before)
    (finding,) = of(await attested.audited(), "gap")
    assert f"the checkpoint of size {after}" in finding["says"]
    assert f"comes {after - first} events after {first}; there has to be one for every 250" in finding["says"]


# cosignatures


BESIDE: dict[str, LiteralString] = {
    "witness": "UPDATE cosignature SET witness = 'x' || witness"
    " WHERE size = %s AND witness = 'witness-1.example'",
    "key": "UPDATE cosignature SET key_id = set_byte(key_id, 0, get_byte(key_id, 0) # 1)"
    " WHERE size = %s AND witness = 'witness-1.example'",
    "time": "UPDATE cosignature SET cosigned_at = cosigned_at + interval '1 second'"
    " WHERE size = %s AND witness = 'witness-1.example'",
    "line": "UPDATE cosignature SET line = 'x' || line WHERE size = %s AND witness = 'witness-1.example'",
}


@pytest.mark.parametrize("change", BESIDE.values(), ids=BESIDE.keys())
async def test_a_cosignature_beside_its_line(attested: Attested, change: LiteralString) -> None:
    size = attested.sizes()[FOURTH]
    attested.tamper(change, size)
    (finding,) = of(await attested.audited(), "cosignature")
    assert finding["size"] == size


async def test_a_cosignature_that_is_not_good_is_found_where_the_policy_has_its_key(
    attested: Attested,
) -> None:
    size = attested.sizes()[FOURTH]
    ((line,),) = attested.rows(
        "SELECT line FROM cosignature WHERE size = %s AND witness = 'witness-1.example'", size
    )
    bad = f"{line[:60]}{'A' if line[60] != 'A' else 'B'}{line[61:]}"
    attested.tamper("UPDATE cosignature SET line = %s WHERE line = %s", bad, line)
    (finding,) = of(await attested.audited(), "cosignature")
    assert "has a cosignature of witness-1.example" in finding["says"]
    assert finding["says"].endswith("that is not good")
    (other,) = of(await attested.audited(policy=False), "signature")
    assert "neither a key of this log nor a witness on record" in other["says"], "the note has another line"


# the head


def put(attested: Attested, content: bytes) -> None:
    attested.head_file.write_bytes(content)


async def test_a_head_that_is_gone(attested: Attested) -> None:
    attested.head_file.unlink()
    (finding,) = of(await attested.audited(), "head")
    assert f"is not there, and a checkpoint of size {attested.sizes()[-1]} is on record" in finding["says"]


async def test_a_head_that_was_put_back(attested: Attested) -> None:
    put(attested, note_of(attested, attested.sizes()[-2]).encode())
    (finding,) = of(await attested.audited(), "head")
    assert finding["says"].endswith("the store was put back")


async def test_a_head_of_another_history(attested: Attested) -> None:
    size = attested.sizes()[-1] + 2
    other = signed_again(attested, Checkpoint(attested.origin, size, bytes(32)))
    put(attested, other.encode())
    (finding,) = of(await attested.audited(), "head")
    assert (finding["size"], finding["found"]) == (size, bytes(32).hex())


async def test_a_head_of_more_than_the_log_has(attested: Attested) -> None:
    other = signed_again(attested, Checkpoint(attested.origin, 5_000, bytes(32)))
    put(attested, other.encode())
    (finding,) = of(await attested.audited(), "head")
    assert "its end was cut, or an older copy was put back" in finding["says"]


async def test_a_flipped_bit_of_the_head(attested: Attested) -> None:
    for byte in range(0, len(attested.head_file.read_bytes()), 31):
        attested.flip(attested.head_file, byte)
        found = await attested.audited()
        attested.flip(attested.head_file, byte)
        assert set(found.kinds) == {"head"}, (byte, found.findings)


async def test_a_head_store_that_cannot_be_read(attested: Attested, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(self: HeadFile) -> bytes | None:
        raise TlogUnavailable("the bucket does not answer")

    monkeypatch.setattr(HeadFile, "read", away)
    (finding,) = of(await attested.audited(), "head")
    assert finding["says"] == "the head was not looked at: the bucket does not answer"


# witnesses


async def test_a_witness_that_saw_another_history_or_more_of_this_one(attested: Attested) -> None:
    small, large = attested.sizes()[2], 5_000
    for size, says in (
        (small, "; the log gives "),
        (large, "its end was cut, or an older copy was put back"),
    ):
        checkpoint = Checkpoint(attested.origin, size, bytes(32))
        other = signed_again(attested, checkpoint, small if size == small else None)
        (finding,) = of(await attested.audited(witnesses=[Shows(other.encode())]), "witness")
        assert finding["size"] == size
        assert says in finding["says"]


async def test_what_a_witness_shows_that_no_key_of_the_log_signed(attested: Attested) -> None:
    note = Note(Checkpoint(attested.origin, 100, bytes(32)).text(), (Signature("x", b"1234", b"12345"),))
    (finding,) = of(await attested.audited(witnesses=[Shows(str(note).encode())]), "witness")
    assert "shows a checkpoint of size 100 that no key on record signed" in finding["says"]
