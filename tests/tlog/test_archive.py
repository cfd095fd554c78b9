"""Where pruned tiles may go, and which may."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from application.pruned import may_be_gone
from application.tlog_ports import TlogUnavailable
from infra.tile_store import TileFolder
from infra.tlog_places import tile_archive

pytestmark = pytest.mark.anyio


def test_the_tile_store_is_no_archive_by_whatever_way_it_is_named(tmp_path: Path) -> None:
    ledger, home = UUID(int=7), tmp_path / "home"
    store = TileFolder(home / str(ledger) / "1")
    (store.root / "tile" / "0").mkdir(parents=True)
    (tmp_path / "linked").symlink_to(home)
    inner = tmp_path / "inner" / str(ledger) / "1"
    inner.mkdir(parents=True)
    (inner / "tile").symlink_to(store.root / "tile")
    for folder in (home, tmp_path / "linked", store.root / "old", tmp_path / "inner"):
        with pytest.raises(TlogUnavailable, match="is the tile store itself"):
            tile_archive(folder, store, ledger, 1)
    assert tile_archive(tmp_path / "old", store, ledger, 1).root == tmp_path / "old" / str(ledger) / "1"


async def test_a_disk_that_refuses_names_the_archive(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.write_bytes(b"a file")
    store = TileFolder(archive, "the archive of tiles", "--to")
    with pytest.raises(TlogUnavailable, match=r"the archive of tiles .* cannot be used"):
        await store.put([("tile/0/000", b"x")])


@pytest.mark.parametrize(
    ("path", "gone"),
    [("tile/0/000", 256), ("tile/entries/000.p/7", 256), ("tile/0/x001/067", 1068 * 256),
     ("tile/1/000", None), ("checkpoint", None), ("minimum", None)],
)  # fmt: skip
def test_what_may_be_gone(path: str, gone: int | None) -> None:
    assert may_be_gone(path, gone or 1 << 62) == (gone is not None)
    assert not may_be_gone(path, (gone or 1) - 1)
