"""Which store of files the settings name: a folder of this machine, or a bucket."""

from __future__ import annotations

from pathlib import Path

from application.file_ports import FileStore
from infra.file_folder import FileFolder
from infra.secrets import read_bucket_key
from infra.settings import Settings

S3 = "s3://"


def file_store(settings: Settings) -> FileStore:
    """The store, not touched yet: nothing is connected or made. Raises SecretsError."""
    if not settings.files.startswith(S3):
        return FileFolder(Path(settings.files) if settings.files else settings.data_dir / "files")
    from infra.file_bucket import BucketAddress, FileBucket  # its library is loaded where it is needed

    bucket, _, prefix = settings.files.removeprefix(S3).partition("/")
    key, secret = settings.files_key, settings.files_secret
    if not (key and secret):
        key, secret = read_bucket_key(settings.secrets_dir)
    return FileBucket(
        BucketAddress(bucket, prefix.strip("/"), settings.files_endpoint, settings.files_region, key, secret)
    )
