"""A ledger whose old tiles were pruned: sound as a whole and in parts, and nothing that is wrong hides
below the minimum index."""

from __future__ import annotations

from typing import Any

import pytest

from application.audit import Audit
from application.audit_sources import Span
from application.audit_start import Starter
from infra.tile_store import TileFolder
from tests.audit.attested import Attested
from tests.tlog.pruned import pruned

MINIMUM = 256


async def prune(attested: Attested) -> None:
    done = await pruned(
        attested.tlog, attested.office.database.app_dsn, MINIMUM + 1, attested.folder / "archive"
    )
    assert (done.minimum, done.files) == (MINIMUM, 2)


def only(found: Audit) -> dict[str, Any]:
    (finding,) = found.findings
    return finding


async def test_it_is_sound_and_what_was_pruned_is_said(attested: Attested) -> None:
    whole = await attested.audited()
    await prune(attested)
    found = await attested.audited()
    assert found.ok, found.findings
    assert whole.attested is not None
    assert found.attested is not None
    assert found.attested.tiles == whole.attested.tiles - 1
    assert found.attested.bundles == whole.attested.bundles - 1
    (said,) = (one for one in found.said if "pruned" in one)
    assert "up to position 256 were pruned" in said
    assert "lie there still" not in said


async def test_a_part_that_begins_below_the_minimum_is_sound(
    attested: Attested, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hashes of its partial tile of level 0 are made from the log, and no more than those."""
    await prune(attested)
    monkeypatch.setattr(Starter, "_from_leaves", None)
    sizes = [size for size in attested.sizes() if size % 256]
    assert sizes[1] < MINIMUM < sizes[-2]
    for size in (sizes[1], sizes[-2]):
        found = await attested.audited(Span(size))
        assert (found.ok, found.since) == (True, size), found.findings
    found = await attested.audited(Span(until=sizes[1]))
    assert found.ok, found.findings


async def test_what_is_missing_at_the_minimum_is_a_finding(attested: Attested) -> None:
    await prune(attested)
    attested.tile("tile/0/001").unlink()
    assert only(await attested.audited())["path"] == "tile/0/001"


async def test_a_minimum_that_was_lowered_excuses_nothing(attested: Attested) -> None:
    await prune(attested)
    attested.tile("minimum").write_text("0\n")
    found = await attested.audited()
    assert [f["path"] for f in found.findings] == ["tile/0/000", "tile/entries/000"]


async def test_a_minimum_that_was_raised_hides_no_wrong_tile(attested: Attested) -> None:
    attested.tile("minimum").write_text("512\n")
    (said,) = (one for one in (await attested.audited()).said if "pruned" in one)
    assert "4 of these files lie there still: `hoso tlog prune --before 513`" in said
    attested.flip(attested.tile("tile/0/001"), 33)
    finding = only(await attested.audited())
    assert (finding["path"], finding["position"]) == ("tile/0/001", 258)


async def test_a_minimum_beyond_the_newest_checkpoint_is_a_finding_and_excuses_nothing(
    attested: Attested,
) -> None:
    await prune(attested)
    for content, says in (("2560\n", "beyond the newest checkpoint"), ("300\n", "ends no tile")):
        attested.tile("minimum").write_text(content)
        found = await attested.audited()
        assert [f["path"] for f in found.findings] == ["minimum", "tile/0/000", "tile/entries/000"]
        assert says in found.findings[0]["says"]


class PrunedMeanwhile(TileFolder):
    """By another, when the audit has read the minimum already and asks for the first tile."""

    async def get(self, path: str) -> bytes | None:
        if path == "tile/0/000":
            await self.set_minimum(MINIMUM)
            await self.remove([path, "tile/entries/000"])
        return await super().get(path)


async def test_who_prunes_while_it_is_audited_makes_no_finding(
    attested: Attested, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PrunedMeanwhile(attested.tiles(1).root)
    monkeypatch.setattr(Attested, "tiles", lambda self, number: store)
    found = await attested.audited()
    assert found.ok, found.findings
    assert not attested.tile("tile/0/000").exists()


async def test_an_event_below_the_minimum_that_was_changed_is_found_by_its_leaf_and_roots(
    attested: Attested,
) -> None:
    await prune(attested)
    attested.tamper(
        "UPDATE event SET payload = set_byte(payload, 9, get_byte(payload, 9) # 1) WHERE position = 100"
    )
    found = await attested.audited()
    assert found.kinds["leaf"] == 1
    assert "root" not in found.kinds, "the stored leaf is the tree's"
    attested.tamper(
        "UPDATE event SET leaf = leaf_of(stream_id, version, position, micros_of(recorded_at),"
        " sha256(payload), topic) WHERE position = 100"
    )
    found = await attested.audited()
    assert {"root", "tile"} <= set(found.kinds), "tiles above level 0 tell that it was changed"
