"""An audit from a checkpoint on, up to a position, or both: what it covers, and the checkpoint that an
auditor kept since the last visit."""

from __future__ import annotations

from itertools import pairwise

import pytest

from application.audit_sources import Span
from application.refusals import BadRequest
from domain.notes import Checkpoint, Note, Signature, read_note
from tests.audit.attested import Attested

FLIP = "UPDATE event SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1) WHERE position = %s"


def kept(attested: Attested, size: int) -> bytes:
    """What an auditor took away: the note as it was published."""
    ((note,),) = attested.rows("SELECT note FROM checkpoint WHERE size = %s", size)
    return str(note).encode()


def signed_for(attested: Attested, checkpoint: Checkpoint, origin: str | None = None) -> bytes:
    """By whichever of the log's keys signed at that size."""
    text = Checkpoint(origin or attested.origin, checkpoint.size, checkpoint.root).text()
    ids = {one.key_id for one in read_note(kept(attested, checkpoint.size)).signatures}
    signed = [
        Signature(key.name, key.key_id, attested.keys.sign(key, text.encode()))
        for key in attested.keys.keys()  # noqa: SIM118
        if key.key_id in ids
    ]
    return str(Note(text, tuple(signed))).encode()


async def test_the_parts_between_checkpoints_are_the_whole(attested: Attested) -> None:
    whole = await attested.audited()
    sizes = [0, *attested.sizes()]
    read = 0
    for start, end in pairwise(sizes):
        found = await attested.audited(Span(start or None, end))
        assert found.findings == (), (start, end)
        assert (found.since, found.until, found.positions) == (start, end, end - start)
        read += found.positions
    last = await attested.audited(Span(sizes[-1]))
    assert last.ok, last.findings
    assert read + last.positions == whole.positions
    assert last.attested is not None
    assert last.attested.checkpoints == 1, "the one that it begins with"


async def test_what_lies_before_the_part_and_after_it_is_not_looked_at(attested: Attested) -> None:
    sizes = attested.sizes()
    start, end = sizes[2], sizes[4]
    for position in (start - 5, end + 5):
        attested.tamper(FLIP, position)
    assert "leaf" not in (await attested.audited(Span(start, end))).kinds
    attested.tamper(FLIP, start + 5)
    found = await attested.audited(Span(start, end))
    assert [f["position"] for f in found.findings if f["kind"] == "leaf"] == [start + 5]
    whole = await attested.audited()
    assert whole.kinds["leaf"] == 3


async def test_streams_that_go_on_in_the_part_are_judged_whole(attested: Attested) -> None:
    """A dossier's second fact, moved to another version: named by the part that has it, and by no other."""
    ((position,),) = attested.rows(
        "SELECT max(position) FROM event WHERE category = 100 AND version = 2 AND position <= %s",
        attested.sizes()[4],
    )
    attested.tamper("UPDATE event SET version = 7 WHERE position = %s", position)
    sizes = [0, *attested.sizes()]
    for start, end in pairwise(sizes):
        found = await attested.audited(Span(start or None, end))
        assert ("version" in found.kinds) == (start < position <= end), (start, end)


async def test_a_size_that_no_checkpoint_has_is_refused_with_the_next_one(attested: Attested) -> None:
    sizes = attested.sizes()
    with pytest.raises(
        BadRequest, match=f"no checkpoint of size 50 .* the next one on record is .* {sizes[1]}"
    ):
        await attested.audited(Span(50))
    with pytest.raises(BadRequest, match="none on record is larger"):
        await attested.audited(Span(sizes[-1] + 1))


async def test_a_checkpoint_that_was_kept_is_of_this_history(attested: Attested) -> None:
    for size in attested.sizes():
        found = await attested.audited(Span(kept(attested, size)))
        assert found.ok, found.findings
        assert found.since == size


@pytest.mark.parametrize("damage", ["missing", "flipped"])
async def test_where_the_tiles_do_not_give_the_root_the_leaves_do(attested: Attested, damage: str) -> None:
    size = attested.sizes()[-2]
    file = attested.tile(f"tile/1/000.p/{size // 256}")
    if damage == "missing":
        file.unlink()
    else:
        attested.flip(file, 40)
    found = await attested.audited(Span(size))
    assert found.since == size
    assert set(found.kinds) == {"tile"}, found.findings
    assert all(f["path"].startswith("tile/1/000") for f in found.findings)


async def test_a_checkpoint_that_was_kept_of_another_history_is_a_finding_with_what_the_proof_says(
    attested: Attested,
) -> None:
    size = attested.sizes()[3]
    content = signed_for(attested, Checkpoint(attested.origin, size, bytes(32)))
    found = await attested.audited(Span(content))
    (finding,) = found.findings
    assert finding["kind"] == "since"
    assert (finding["size"], finding["found"]) == (size, bytes(32).hex())
    assert f"the proof does not give the root of the older tree of {size}" in finding["says"]
    assert found.since == size, "the rest was audited"


async def test_a_ledger_whose_past_was_changed_is_not_the_one_whose_checkpoint_was_kept(
    attested: Attested,
) -> None:
    """The part that was audited then is looked at again: neither tiles nor leaves give the root."""
    size = attested.sizes()[3]
    content = kept(attested, size)
    attested.tamper(FLIP, 100)
    attested.tamper(
        "UPDATE event SET leaf = leaf_of(stream_id, version, position, micros_of(recorded_at),"
        " sha256(payload), topic) WHERE position = 100"
    )
    for tile in attested.tile("tile/0").rglob("*"):
        if tile.is_file():
            attested.flip(tile, 40)
    found = await attested.audited(Span(content))
    assert found.kinds["since"] == 1
    (finding,) = [f for f in found.findings if f["kind"] == "since"]
    assert "is not of this history: its root is" in finding["says"]


async def test_a_kept_checkpoint_of_more_events_than_there_are(attested: Attested) -> None:
    size = attested.sizes()[-1]
    content = kept(attested, size)
    attested.tamper("DELETE FROM event WHERE position > %s", size - 3)
    found = await attested.audited(Span(content))
    (finding,) = [f for f in found.findings if f["kind"] == "since"]
    assert f"covers {size} events; this log has {size - 3}" in finding["says"]
    assert found.since == 0


async def test_a_kept_checkpoint_of_another_log_or_signed_by_nobody_here(attested: Attested) -> None:
    size = attested.sizes()[1]
    ((root,),) = attested.rows("SELECT root FROM checkpoint WHERE size = %s", size)
    other = signed_for(attested, Checkpoint(attested.origin, size, bytes(root)), "other.example")
    (finding,) = (await attested.audited(Span(other))).findings
    assert finding["says"].endswith("is of other.example, which is no log of this ledger")
    unsigned = kept(attested, size).replace(f"\u2014 {attested.origin} ".encode(), "\u2014 nobody ".encode())
    (finding,) = (await attested.audited(Span(unsigned))).findings
    assert finding["says"].endswith("is signed by no key that is on record here")


async def test_a_file_that_is_no_checkpoint_is_refused(attested: Attested) -> None:
    with pytest.raises(BadRequest, match="the file holds no checkpoint"):
        await attested.audited(Span(b"# notes of my visit\n"))
