"""What happens to the published tiles and bundles: each change is named by its path, hash or entry, and the
position, and leaves the log itself sound."""

from __future__ import annotations

from typing import Any

import pytest

from application.audit import Audit
from application.tlog_ports import TlogUnavailable
from infra.tile_store import TileFolder
from interfaces.cli.audit_said import done
from tests.audit.attested import Attested


def only(found: Audit) -> dict[str, Any]:
    (finding,) = found.findings
    return finding


@pytest.mark.parametrize("bit", [0, 7])
async def test_a_flipped_bit_of_a_whole_tile(attested: Attested, bit: int) -> None:
    attested.flip(attested.tile("tile/0/001"), 32 * 17 + 3, bit)
    finding = only(await attested.audited())
    assert (finding["kind"], finding["path"], finding["number"]) == ("tile", "tile/0/001", 17)
    assert finding["position"] == 256 + 17 + 1
    ((leaf,),) = attested.rows("SELECT leaf FROM event WHERE position = %s", 274)
    assert finding["expected"] == bytes(leaf).hex()
    assert (
        f"hash 17 of tile/0/001 is {finding['found']}; the log gives {bytes(leaf).hex()}" in finding["says"]
    )


async def test_a_flipped_bit_of_the_newest_checkpoints_partial_tile(attested: Attested) -> None:
    size = attested.sizes()[-1]
    path = f"tile/0/{size // 256:03d}.p/{size % 256}"
    attested.flip(attested.tile(path), 32 * (size % 256) - 1)
    finding = only(await attested.audited())
    assert (finding["kind"], finding["path"], finding["position"]) == ("tile", path, size)


async def test_a_flipped_bit_of_an_upper_tile(attested: Attested) -> None:
    path = f"tile/1/000.p/{attested.sizes()[-1] // 256}"
    attested.flip(attested.tile(path), 33)
    finding = only(await attested.audited())
    assert (finding["kind"], finding["path"], finding["number"]) == ("tile", path, 1)
    assert finding["position"] == 257


async def test_a_flipped_bit_of_an_entry(attested: Attested) -> None:
    path = attested.tile("tile/entries/000")
    second = 2 + int.from_bytes(path.read_bytes()[:2], "big")
    attested.flip(path, second + 10)
    finding = only(await attested.audited())
    assert (finding["kind"], finding["path"], finding["number"]) == ("bundle", "tile/entries/000", 1)
    assert finding["position"] == 2


async def test_a_flipped_bit_of_an_entrys_length(attested: Attested) -> None:
    path = attested.tile("tile/entries/000")
    second = 2 + int.from_bytes(path.read_bytes()[:2], "big")
    attested.flip(path, second, 7)
    finding = only(await attested.audited())
    assert (finding["kind"], finding["number"], finding["position"]) == ("bundle", 1, 2)
    assert len(finding["says"]) < 1000


@pytest.mark.parametrize(
    ("path", "kind", "says"),
    [
        ("tile/0/001", "tile", "tile/0/001 is missing (positions 257 to 512)"),
        ("tile/entries/000", "bundle", "tile/entries/000 is missing (positions 1 to 256)"),
    ],
)
async def test_what_is_missing(attested: Attested, path: str, kind: str, says: str) -> None:
    attested.tile(path).unlink()
    finding = only(await attested.audited())
    assert (finding["kind"], finding["path"], finding["says"]) == (kind, path, says)


async def test_what_was_cut_off(attested: Attested) -> None:
    for path in ("tile/0/000", "tile/entries/001"):
        file = attested.tile(path)
        file.chmod(0o644)
        file.write_bytes(file.read_bytes()[:-1])
    tile, bundle = (await attested.audited()).findings
    assert (tile["kind"], tile["says"]) == ("tile", "tile/0/000 has 8191 bytes where 8192 belong")
    assert (bundle["kind"], bundle["number"], bundle["position"]) == ("bundle", 255, 512)


async def test_pruned_tiles_of_level_0_may_be_missing_and_upper_ones_may_not(attested: Attested) -> None:
    """Below the minimum index, which the tile store says."""
    for path in ("tile/0/000", "tile/entries/000"):
        attested.tile(path).unlink()
    assert set((await attested.audited()).kinds) == {"tile", "bundle"}
    attested.tile("minimum").write_text("256\n")
    assert (await attested.audited()).ok
    attested.tile("minimum").write_text("512\n")
    attested.tile(f"tile/1/000.p/{attested.sizes()[-1] // 256}").unlink()
    assert only(await attested.audited())["says"].startswith("tile/1/000.p/")


async def test_where_only_tiles_are_wrong_nobody_is_told_to_stop_recording(attested: Attested) -> None:
    attested.tile("tile/0/001").unlink()
    said = done(await attested.audited())
    assert said.code == 1
    assert said.sentence.startswith("The log is sound, the published tiles are NOT: ")
    assert "Stop recording" not in said.sentence


class Away(TileFolder):
    async def get(self, path: str) -> bytes | None:
        if path.startswith("tile/"):
            raise TlogUnavailable("the bucket does not answer: start the service")
        return None


async def test_a_store_that_does_not_answer_is_one_finding_and_the_log_is_audited_on(
    attested: Attested, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Attested, "tiles", lambda self, number: Away(self.folder))
    attested.tamper(
        "UPDATE event SET payload = set_byte(payload, 9, get_byte(payload, 9) # 1) WHERE position = 500"
    )
    found = await attested.audited()
    tiles, leaf = (next(f for f in found.findings if f["kind"] == kind) for kind in ("tile", "leaf"))
    assert found.kinds["tile"] == 1
    assert tiles["says"].startswith("the tiles were not looked at from tile/0/000 on: the bucket does not")
    assert leaf["position"] == 500
    assert "root" not in found.kinds
