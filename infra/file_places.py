"""Which store of files the settings name: a folder of this machine, or a bucket."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from application.file_ports import FileStore
from infra.file_folder import FileFolder
from infra.secrets import read_bucket_key
from infra.settings import BucketService, Settings

if TYPE_CHECKING:
    from infra.bucket import BucketAddress

S3 = "s3://"


def file_store(settings: Settings) -> FileStore:
    """The store, not touched yet: nothing is connected or made. Raises SecretsError."""
    if not settings.files.startswith(S3):
        return FileFolder(Path(settings.files) if settings.files else settings.data_dir / "files")
    from infra.file_bucket import FileBucket  # its library is loaded where it is needed

    address = bucket_address("HOSO_FILES", settings.files, settings.files_service, settings.secrets_dir)
    return FileBucket(address)


def bucket_address(
    setting: str, place: str, service: BucketService, secrets_dir: Path, below: str = ""
) -> BucketAddress:
    """The bucket that a setting names as s3://bucket/prefix; `below`: further prefix in it. Raises
    SecretsError."""
    from infra.bucket import BucketAddress

    bucket, _, prefix = place.removeprefix(S3).partition("/")
    key, secret = service.key, service.secret
    if not (key and secret):
        key, secret = read_bucket_key(secrets_dir, setting)
    whole = "/".join(part for part in (prefix.strip("/"), below) if part)
    return BucketAddress(bucket, whole, service.endpoint, service.region, key, secret, setting)
