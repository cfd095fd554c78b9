"""An attested ledger that nobody touched: sound, whatever part of it is audited, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from application.audit_sources import Span
from application.head_check import Standing
from application.tlog_ports import TlogUnavailable
from domain.log_facts import LogHistoryLost, LogOpened
from domain.tiles import Edge
from tests.audit.attested import Attested, Shows, open_attested
from tests.support import Database


async def test_every_checkpoint_signature_cosignature_and_tile_is_held_against_the_log(
    attested: Attested,
) -> None:
    found = await attested.audited(replay=True)
    assert found.findings == ()
    assert found.said == ()
    told = found.attested
    assert told is not None
    ((lines,),) = attested.rows("SELECT count(*) FROM cosignature")
    notes = attested.rows("SELECT note FROM checkpoint")
    signed = sum(note.count(f"\u2014 {attested.origin} ") for (note,) in notes)
    assert signed > len(notes), "for a while two keys signed"
    assert (told.checkpoints, told.size) == (len(attested.sizes()), attested.sizes()[-1])
    assert (told.signatures, told.cosignatures, told.counted) == (signed, lines, 0)
    assert (told.tiles, told.bundles) == (6, 4)  # two partial tiles and a bundle are of earlier checkpoints
    assert found.until > told.size


def published_again(attested: Attested) -> None:
    """The newest checkpoint that is on record, in place of one that is not."""
    ((note,),) = attested.rows("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
    attested.tile("checkpoint").write_bytes(note.encode())


async def test_a_published_checkpoint_that_is_not_on_record_is_a_finding(attested: Attested) -> None:
    size = attested.sizes()[-1]
    attested.tamper("DELETE FROM cosignature WHERE size = %s", size)
    attested.tamper("DELETE FROM checkpoint WHERE size = %s", size)
    (finding,) = (await attested.audited()).findings
    assert (finding["kind"], finding["path"]) == ("published", "checkpoint")
    assert f"is of size {size} of {attested.origin}, which is not on record" in finding["says"]


async def test_a_published_checkpoint_that_is_behind_is_said_and_one_that_is_gone_is_a_finding(
    attested: Attested,
) -> None:
    size = attested.sizes()[-2]
    ((note,),) = attested.rows("SELECT note FROM checkpoint WHERE size = %s", size)
    attested.tile("checkpoint").write_bytes(note.encode())
    found = await attested.audited()
    assert found.ok
    assert any(said.startswith(f"the published checkpoint is of size {size}") for said in found.said)
    attested.tile("checkpoint").unlink()
    (finding,) = (await attested.audited()).findings
    assert finding["kind"] == "published"


async def test_a_line_that_nobody_known_signed_under_the_published_checkpoint_is_a_finding(
    attested: Attested,
) -> None:
    file = attested.tile("checkpoint")
    line = file.read_text().splitlines()[-1]
    file.write_text(file.read_text() + line.replace("witness-", "nobody-") + "\n")
    (finding,) = (await attested.audited()).findings
    assert finding["kind"] == "published"
    assert "a line that is not on record: — nobody-" in finding["says"]


async def test_what_was_attested_since_the_snapshot_is_no_finding(attested: Attested) -> None:
    """An audit beside a server: head, tiles and published checkpoint go on."""
    found = await attested.audited(meanwhile=attested.attest)
    assert found.ok, found.findings
    assert any("was signed since the audit began" in said for said in found.said)


async def test_without_a_policy_cosignatures_are_counted_and_not_verified(attested: Attested) -> None:
    found = await attested.audited(policy=False)
    assert found.ok
    assert found.attested is not None
    assert (found.attested.cosignatures, found.attested.counted) == (0, 2 * len(attested.sizes()))


async def test_a_checkpoint_that_was_signed_and_not_published_is_a_head_ahead_of_the_newest(
    attested: Attested,
) -> None:
    size = attested.sizes()[-1]
    attested.tamper("DELETE FROM cosignature WHERE size = %s", size)
    attested.tamper("DELETE FROM checkpoint WHERE size = %s", size)
    published_again(attested)
    found = await attested.audited()
    assert found.ok, found.findings
    assert found.attested is not None
    assert found.attested.size < size


async def test_a_head_of_what_was_recorded_after_the_audits_snapshot_is_compared_with_the_log_as_it_is(
    attested: Attested,
) -> None:
    found = await attested.audited(Span(until=attested.sizes()[3]))
    assert found.ok, found.findings
    assert any("codes, stock and flow" in said for said in found.said)
    assert any("checkpoints from size" in said for said in found.said)


async def test_a_witness_that_saw_an_earlier_checkpoint_agrees(attested: Attested) -> None:
    for size in (attested.sizes()[0], attested.sizes()[-1]):
        ((note,),) = attested.rows("SELECT note FROM checkpoint WHERE size = %s", size)
        found = await attested.audited(witnesses=[Shows(note.encode())])
        assert found.ok, found.findings
        assert not any("witness" in said for said in found.said)


async def test_a_witness_that_does_not_answer_or_knows_nothing_is_said_and_no_finding(
    attested: Attested,
) -> None:
    witnesses = [Shows(TlogUnavailable("it is away")), Shows(None, "witness-2.example")]
    found = await attested.audited(witnesses=witnesses)
    assert found.ok
    assert "the witness witness-1.example was not asked: it is away" in found.said
    assert "the witness witness-2.example has cosigned nothing of this log" in found.said


async def test_partial_tiles_that_a_whole_one_replaced_need_not_be_there(growing: Attested) -> None:
    """As while a newer checkpoint is about to be published."""
    size = growing.sizes()[-1]
    whole = growing.tile(f"tile/0/{size // 256:03d}")
    entries = growing.tile(f"tile/entries/{size // 256:03d}")
    partial, bundle = (path.with_suffix(".p") / str(size % 256) for path in (whole, entries))
    assert partial.exists()
    assert bundle.exists()
    await growing.file(60)
    await growing.attest()
    assert whole.exists()
    assert entries.exists()
    for path in (partial, bundle):
        path.unlink(missing_ok=True)
    newer = growing.sizes()[-1]
    growing.tamper("DELETE FROM cosignature WHERE size = %s", newer)
    growing.tamper("DELETE FROM checkpoint WHERE size = %s", newer)
    published_again(growing)
    await growing.shown()
    sound = await growing.audited()
    assert sound.ok, sound.findings
    assert sound.attested is not None
    assert sound.attested.size == size


async def test_the_log_after_a_loss_is_audited_beside_the_one_before(growing: Attested) -> None:
    """Recovered: the old origin's checkpoints stay, the new one has tiles of its own."""
    size = growing.sizes()[-1]
    ((root,),) = growing.rows("SELECT root FROM checkpoint WHERE size = %s", size)
    lost = {"head": None, "kept_size": size, "kept_root": bytes(root).hex(), "ground": "head_lost"}
    await growing.say(LogHistoryLost, origin=growing.origin, **lost)
    growing.head_file.unlink()
    key = growing.keys.make(f"{growing.origin}/2")
    await growing.say(LogOpened, number=2, origin=f"{growing.origin}/2", key=str(key))
    _, recorded = await growing.recorder.clock()
    logs = await growing.tlog.record.logs()
    await growing.attest(Standing(logs, recorded, None, Edge(), None))
    await growing.shown()
    found = await growing.audited()
    assert found.ok, found.findings
    assert found.attested is not None
    assert found.attested.checkpoints == len(growing.sizes())
    assert found.attested.size == growing.sizes()[-1] > size


async def test_a_log_that_was_never_opened_has_no_tree_and_that_is_said(
    database: Database, tmp_path: Path
) -> None:
    async with open_attested(database, tmp_path, again=False) as made:
        await made.shown()
        found = await made.audited()
    assert found.findings == ()
    assert found.attested is None
    assert "the ledger's log was never opened: nothing of it is attested" in found.said


async def test_a_long_stretch_that_waits_to_be_attested_is_said(
    attested: Attested, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.audit_run.MOST_EVENTS", 5)
    found = await attested.audited()
    assert found.ok
    assert "the last 6 events are not attested: see `hoso tlog status`" in found.said
