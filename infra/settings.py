"""Every setting of hoso: an environment variable `HOSO_...`, documented here, read in one place.

Nothing else in the project reads the environment. A value that cannot be meant (a limit of 0, a word where a
number belongs) is refused at the start with the variable's name, not met later as a strange failure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

MEBIBYTE = 1_048_576
MOST_FILE_BYTES = 1024 * MEBIBYTE


class SettingError(ValueError):
    """A `HOSO_...` variable holds a value that cannot be used; the text says which, and what it must be."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the environment asks for. Values with secrets in them do not show in `repr`."""

    database_url: str = field(default="", repr=False)
    """HOSO_DATABASE_URL: the application's role on a PostgreSQL of one's own. Empty: the embedded one."""

    database_owner_url: str = field(default="", repr=False)
    """HOSO_DATABASE_OWNER_URL: the role that owns the tables; used by `hoso schema` alone."""

    data_dir: Path = Path(".hoso")
    """HOSO_DATA_DIR: what hoso keeps here; the embedded cluster is its `cluster/`. Default `.hoso`."""

    secrets_dir: Path = Path(".hoso/secrets")
    """HOSO_SECRETS_DIR: signing and search keys, never in a data backup. Default `<data dir>/secrets`."""

    token: str = field(default="", repr=False)
    """HOSO_TOKEN: who records a fact by command (`hoso tokens issue`, or the organisation's provider)."""

    language: str = "en"
    """HOSO_LANG: the language of what commands say, `vi` or `en`; English where no Vietnamese text exists."""

    clock_confirmed: bool = False
    """HOSO_CLOCK_CONFIRMED: `yes` when a person has looked at the database's clock, which is more than five
    minutes from this machine's, and found it right; for one start, or nothing would be recorded."""

    queue_limit: int = 10_000
    """HOSO_QUEUE_LIMIT: items that may wait for the writer; over it a caller gets 503 with Retry-After."""

    batch_events: int = 1_000
    """HOSO_BATCH_EVENTS: events in one group commit, at most."""

    batch_bytes: int = MEBIBYTE
    """HOSO_BATCH_BYTES: payload bytes in one group commit, at most. Default 1 MiB."""

    body_limit: int = MEBIBYTE
    """HOSO_BODY_LIMIT: bytes of one HTTP request's body, at most. Default 1 MiB."""

    page_limit: int = 1_000
    """HOSO_PAGE_LIMIT: entries in one page of a list or of the feed, at most."""

    wait_seconds: float = 2.0
    """HOSO_WAIT_SECONDS: how long a read with `min_position` waits until that position is shown."""

    bulk_lock_ms: float = 2.0
    """HOSO_BULK_LOCK_MS: how long one chunk of a bulk append (a transfer, an import) may hold the log's lock
    while others append; chunks are made as small as that takes."""

    bulk_lock_ms_alone: float = 10.0
    """HOSO_BULK_LOCK_MS_ALONE: the same while nobody else appends."""

    bulk_lock_share: float = 0.25
    """HOSO_BULK_LOCK_SHARE: of the time, how much of it bulk appends may hold the lock beside others."""

    transfer_busy: float = 0.15
    """HOSO_TRANSFER_BUSY: of its time, how much of it `hoso handover transfer` works while others append."""

    reconcile_busy: float = 0.5
    """HOSO_RECONCILE_BUSY: the same for `hoso handover reconcile`, which appends nothing until its end."""

    transfer_nice: int = 10
    """HOSO_TRANSFER_NICE: how far `hoso handover transfer` and `reconcile` stand back from the processor, 0
    to 19."""

    files: str = ""
    """HOSO_FILES: where files lie, a folder or `s3://bucket/prefix`. Default `<data dir>/files`."""

    files_endpoint: str = ""
    """HOSO_FILES_ENDPOINT: the address of the S3-compatible service; empty: Amazon's."""

    files_region: str = "us-east-1"
    """HOSO_FILES_REGION: the bucket's region; services of one's own mostly take the default."""

    files_key: str = field(default="", repr=False)
    """HOSO_FILES_KEY: the bucket's access key. Empty: the first line of `bucket.key` among the secrets."""

    files_secret: str = field(default="", repr=False)
    """HOSO_FILES_SECRET: its secret. Empty: the second line of `bucket.key`."""

    file_max_bytes: int = 25 * MEBIBYTE
    """HOSO_FILE_MAX_BYTES: bytes of one file, at most. Default 25 MiB."""

    @property
    def embedded(self) -> bool:
        """True when no database is named, so that hoso runs its own."""
        return not self.database_url


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read all settings from `environ` (normally `os.environ`). Raises SettingError.

    An empty variable counts as absent. Relative paths stay relative to the working directory.
    """
    data_dir = Path(environ.get("HOSO_DATA_DIR") or ".hoso")
    secrets_dir = environ.get("HOSO_SECRETS_DIR")
    return Settings(
        database_url=_address(environ, "HOSO_DATABASE_URL"),
        database_owner_url=_address(environ, "HOSO_DATABASE_OWNER_URL"),
        data_dir=data_dir,
        secrets_dir=Path(secrets_dir) if secrets_dir else data_dir / "secrets",
        token=environ.get("HOSO_TOKEN", ""),
        language=_language(environ),
        clock_confirmed=_yes(environ, "HOSO_CLOCK_CONFIRMED"),
        queue_limit=_whole(environ, "HOSO_QUEUE_LIMIT", Settings.queue_limit),
        batch_events=_whole(environ, "HOSO_BATCH_EVENTS", Settings.batch_events),
        batch_bytes=_whole(environ, "HOSO_BATCH_BYTES", Settings.batch_bytes),
        body_limit=_whole(environ, "HOSO_BODY_LIMIT", Settings.body_limit),
        page_limit=_whole(environ, "HOSO_PAGE_LIMIT", Settings.page_limit),
        wait_seconds=_seconds(environ, "HOSO_WAIT_SECONDS", Settings.wait_seconds),
        bulk_lock_ms=_between(environ, "HOSO_BULK_LOCK_MS", Settings.bulk_lock_ms, 0.5, 1000),
        bulk_lock_ms_alone=_between(
            environ, "HOSO_BULK_LOCK_MS_ALONE", Settings.bulk_lock_ms_alone, 0.5, 1000
        ),
        bulk_lock_share=_between(environ, "HOSO_BULK_LOCK_SHARE", Settings.bulk_lock_share, 0.01, 1),
        transfer_busy=_between(environ, "HOSO_TRANSFER_BUSY", Settings.transfer_busy, 0.05, 1),
        reconcile_busy=_between(environ, "HOSO_RECONCILE_BUSY", Settings.reconcile_busy, 0.05, 1),
        transfer_nice=round(_between(environ, "HOSO_TRANSFER_NICE", Settings.transfer_nice, 0, 19)),
        files=_files(environ),
        files_endpoint=_endpoint(environ),
        files_region=environ.get("HOSO_FILES_REGION", "").strip() or Settings.files_region,
        files_key=environ.get("HOSO_FILES_KEY", ""),
        files_secret=environ.get("HOSO_FILES_SECRET", ""),
        file_max_bytes=round(
            _between(environ, "HOSO_FILE_MAX_BYTES", Settings.file_max_bytes, 1, MOST_FILE_BYTES)
        ),
    )


def _language(environ: Mapping[str, str]) -> str:
    text = environ.get("HOSO_LANG", "").strip() or Settings.language
    if text not in ("vi", "en"):
        raise SettingError(f"HOSO_LANG must be vi or en; it is {text!r}.")
    return text


def _address(environ: Mapping[str, str], name: str) -> str:
    """Readable, or refused without repeating it: it may hold a password."""
    text = environ.get(name, "").strip()
    try:
        conninfo_to_dict(text)
    except psycopg.ProgrammingError:
        raise SettingError(
            f"{name} cannot be read as a database's address: write it like"
            " postgresql://hoso_app:PASSWORD@db.example/hoso, with %20 for a blank in it."
        ) from None
    return text


def _files(environ: Mapping[str, str]) -> str:
    text = environ.get("HOSO_FILES", "").strip()
    if "://" in text and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?", text):
        raise SettingError(
            "HOSO_FILES must be a folder or a bucket written like s3://papers/hoso (letters, digits, dots "
            f"and hyphens); it is {text!r}."
        )
    return text


def _endpoint(environ: Mapping[str, str]) -> str:
    """Refused without repeating it: it may hold a password."""
    text = environ.get("HOSO_FILES_ENDPOINT", "").strip()
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+/?", text):
        raise SettingError(
            "HOSO_FILES_ENDPOINT must be an address like https://s3.example or http://127.0.0.1:9000, "
            "without a path, a user or a password."
        )
    return text.rstrip("/")


def _yes(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip()
    if text not in ("", "yes", "no"):
        raise SettingError(f"{name} must be yes, no or empty; it is {text!r}.")
    return text == "yes"


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) > 0):
        raise SettingError(f"{name} must be a whole number of at least 1, such as {default}; it is {text!r}.")
    return int(text)


def _between(environ: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise SettingError(
            f"{name} must be a number from {least:g} to {most:g}, such as {default:g}; it is {text!r}."
        )
    return value


def _seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 60:
        raise SettingError(
            f"{name} must be a number of seconds from 0 to 60, such as {default}; it is {text!r}."
        )
    return value
