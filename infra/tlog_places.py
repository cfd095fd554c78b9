"""Where the tiles, the head and the keys of a log are, as the settings name them: folders of this machine, or
buckets. Nothing is connected or made before it is used."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from application.tlog_ports import HeadStore, TileStore, TlogUnavailable
from infra.embedded_home import ClusterError, choose_account, choose_data_dir
from infra.file_places import S3, bucket_address
from infra.head_store import HeadFile, same_volume
from infra.log_keys import LogKeyFiles
from infra.settings import Settings
from infra.tile_store import TileFolder

PARTS = (".", "tile", "tile/0", "tile/entries")


def tile_store(settings: Settings, ledger: UUID, number: int) -> TileStore:
    """The tiles of this ledger's `number`-th log. Raises SecretsError."""
    if not settings.tlog.startswith(S3):
        root = Path(settings.tlog) if settings.tlog else settings.data_dir / "tlog"
        return TileFolder(root / str(ledger) / str(number))
    from infra.tile_bucket import TileBucket  # its library is loaded where it is needed

    below = f"{ledger}/{number}"
    return TileBucket(
        bucket_address("HOSO_TLOG", settings.tlog, settings.tlog_service, settings.secrets_dir, below)
    )


ARCHIVE = "the archive of tiles"


def tile_archive(folder: Path, tiles: TileStore, ledger: UUID, number: int) -> TileFolder:
    """Where the pruned tiles of this log go below `folder`, laid out as in HOSO_TLOG. Raises TlogUnavailable
    where that is the tile store itself."""
    archive = TileFolder(folder / str(ledger) / str(number), ARCHIVE, "--to")
    if isinstance(tiles, TileFolder):
        inside = archive.root.resolve().is_relative_to(tiles.root.resolve())
        if inside or any(_same_folder(archive.root / part, tiles.root / part) for part in PARTS):
            raise TlogUnavailable(
                f"{archive.root} is the tile store itself (HOSO_TLOG): name another folder in --to"
            )
    return archive


def _same_folder(one: Path, other: Path) -> bool:
    """By what the disk says, whatever links and mounts lead there."""
    return one.exists() and other.exists() and one.samefile(other)


def head_store(settings: Settings, ledger: UUID) -> HeadStore:
    """The head of this ledger. Raises SecretsError."""
    if not settings.head.startswith(S3):
        return HeadFile(_head_folder(settings), ledger)
    from infra.head_bucket import HeadBucket

    address = bucket_address("HOSO_HEAD", settings.head, settings.head_service, settings.secrets_dir)
    return HeadBucket(address, ledger)


def log_keys(settings: Settings) -> LogKeyFiles:
    """The log's private keys on this machine."""
    return LogKeyFiles(settings.secrets_dir)


def head_beside_database(settings: Settings) -> str | None:
    """A sentence where the head lies on the same volume as the database that this program runs; of a
    database elsewhere nothing is known here."""
    if settings.head.startswith(S3) or not settings.embedded:
        return None
    folder = _head_folder(settings)
    if not same_volume(folder, cluster_folder(settings)):
        return None
    return (
        f"the signed head ({folder}) lies on the database's own volume: who restores or loses that volume "
        "restores or loses both. Name a folder of another volume, or a bucket, in HOSO_HEAD"
    )


def cluster_folder(settings: Settings) -> Path:
    """Where the embedded database of these settings is, or would be."""
    asked = settings.data_dir / "cluster"
    try:
        return choose_data_dir(asked, choose_account(asked))
    except ClusterError:
        return asked  # whoever starts it says what is wrong


def _head_folder(settings: Settings) -> Path:
    return Path(settings.head) if settings.head else settings.data_dir / "head"
