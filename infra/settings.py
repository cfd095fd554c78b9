"""Every setting of hoso: an environment variable `HOSO_...`, documented here, read in one place.

Nothing else in the project reads the environment. A value that cannot be meant (a limit of 0, a word where a
number belongs) is refused at the start with the variable's name, not met later as a strange failure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra import setting_values as values

MEBIBYTE = 1_048_576
MOST_FILE_BYTES = 1024 * MEBIBYTE
OF_FILES = ("HOSO_FILES_ENDPOINT", "HOSO_FILES_REGION", "HOSO_FILES_KEY", "HOSO_FILES_SECRET")
OF_TLOG = ("HOSO_TLOG_ENDPOINT", "HOSO_TLOG_REGION", "HOSO_TLOG_KEY", "HOSO_TLOG_SECRET")
OF_HEAD = ("HOSO_HEAD_ENDPOINT", "HOSO_HEAD_REGION", "HOSO_HEAD_KEY", "HOSO_HEAD_SECRET")


@dataclass(frozen=True, kw_only=True)
class BucketService:
    """How a service with buckets is reached: HOSO_<STORE>_ENDPOINT, _REGION, _KEY, _SECRET."""

    endpoint: str = ""
    """Empty: Amazon's."""

    region: str = "us-east-1"
    """Services of one's own mostly take the default."""

    key: str = field(default="", repr=False)
    """The access key. Empty: the first line of `bucket.key` among the secrets."""

    secret: str = field(default="", repr=False)
    """Its secret. Empty: the second line of `bucket.key`."""


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

    files_service: BucketService = BucketService()
    """HOSO_FILES_ENDPOINT, _REGION, _KEY, _SECRET: the service of that bucket."""

    file_max_bytes: int = 25 * MEBIBYTE
    """HOSO_FILE_MAX_BYTES: bytes of one file, at most. Default 25 MiB."""

    tlog: str = ""
    """HOSO_TLOG: where tiles and checkpoints lie, a folder or a bucket. Default `<data dir>/tlog`."""

    tlog_service: BucketService = BucketService()
    """HOSO_TLOG_ENDPOINT, _REGION, _KEY, _SECRET; each by default as HOSO_FILES_ has it."""

    tlog_kept_days: int = 730
    """HOSO_TLOG_KEPT_DAYS: for how many days after its recording an entry is never pruned, 0 to 36,500."""

    head: str = ""
    """HOSO_HEAD: where the last signed head lies, a folder or a bucket. Default `<data dir>/head`."""

    head_service: BucketService = BucketService()
    """HOSO_HEAD_ENDPOINT, _REGION, _KEY, _SECRET; each by default as HOSO_FILES_ has it."""

    origin: str = ""
    """HOSO_ORIGIN: the name of the log when it is opened. Default `hoso/<ledger id>`."""

    witness_policy: str = ""
    """HOSO_WITNESS_POLICY: a file (C2SP tlog-policy) that names the witnesses and how many are needed."""

    witness_seconds: float = 5.0
    """HOSO_WITNESS_SECONDS: how long all witnesses together may take with one checkpoint."""

    witness_fresh_seconds: float = 3600.0
    """HOSO_WITNESS_FRESH_SECONDS: how old a witness's last cosignature may be before it is reported."""

    head_confirmed: bool = False
    """HOSO_HEAD_CONFIRMED: `yes` when a person knows that this database is the newest though the signed head
    cannot be read; for one start, or nothing would be opened."""

    attest_seconds: float = 2.0
    """HOSO_ATTEST_SECONDS: between two checkpoints at least, unless 10,000 entries wait."""

    attest_wait_seconds: float = 10.0
    """HOSO_ATTEST_WAIT_SECONDS: how long a command with `wait_for=attested` waits for a checkpoint."""

    quorum_required: bool = False
    """HOSO_QUORUM: `required` when no checkpoint is published without the witnesses that the policy asks
    for. Default `reported`: published, and the missing quorum is said."""

    @property
    def embedded(self) -> bool:
        """True when no database is named, so that hoso runs its own."""
        return not self.database_url


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read all settings from `environ` (normally `os.environ`). Raises setting_values.SettingError.

    An empty variable counts as absent. Relative paths stay relative to the working directory.
    """
    data_dir = Path(environ.get("HOSO_DATA_DIR") or ".hoso")
    secrets_dir = environ.get("HOSO_SECRETS_DIR")
    files_service = _service(environ, OF_FILES, BucketService())
    return Settings(
        database_url=values.address(environ, "HOSO_DATABASE_URL"),
        database_owner_url=values.address(environ, "HOSO_DATABASE_OWNER_URL"),
        data_dir=data_dir,
        secrets_dir=Path(secrets_dir) if secrets_dir else data_dir / "secrets",
        token=environ.get("HOSO_TOKEN", ""),
        language=values.language(environ, "HOSO_LANG", Settings.language),
        clock_confirmed=values.yes(environ, "HOSO_CLOCK_CONFIRMED"),
        queue_limit=values.whole(environ, "HOSO_QUEUE_LIMIT", Settings.queue_limit),
        batch_events=values.whole(environ, "HOSO_BATCH_EVENTS", Settings.batch_events),
        batch_bytes=values.whole(environ, "HOSO_BATCH_BYTES", Settings.batch_bytes),
        body_limit=values.whole(environ, "HOSO_BODY_LIMIT", Settings.body_limit),
        page_limit=values.whole(environ, "HOSO_PAGE_LIMIT", Settings.page_limit),
        wait_seconds=values.seconds(environ, "HOSO_WAIT_SECONDS", Settings.wait_seconds),
        bulk_lock_ms=values.between(environ, "HOSO_BULK_LOCK_MS", Settings.bulk_lock_ms, 0.5, 1000),
        bulk_lock_ms_alone=values.between(
            environ, "HOSO_BULK_LOCK_MS_ALONE", Settings.bulk_lock_ms_alone, 0.5, 1000
        ),
        bulk_lock_share=values.between(environ, "HOSO_BULK_LOCK_SHARE", Settings.bulk_lock_share, 0.01, 1),
        transfer_busy=values.between(environ, "HOSO_TRANSFER_BUSY", Settings.transfer_busy, 0.05, 1),
        reconcile_busy=values.between(environ, "HOSO_RECONCILE_BUSY", Settings.reconcile_busy, 0.05, 1),
        transfer_nice=round(values.between(environ, "HOSO_TRANSFER_NICE", Settings.transfer_nice, 0, 19)),
        files=values.place(environ, "HOSO_FILES"),
        files_service=files_service,
        file_max_bytes=round(
            values.between(environ, "HOSO_FILE_MAX_BYTES", Settings.file_max_bytes, 1, MOST_FILE_BYTES)
        ),
        tlog=values.place(environ, "HOSO_TLOG"),
        tlog_service=_service(environ, OF_TLOG, files_service),
        tlog_kept_days=round(
            values.between(environ, "HOSO_TLOG_KEPT_DAYS", Settings.tlog_kept_days, 0, 36_500)
        ),
        head=values.place(environ, "HOSO_HEAD"),
        head_service=_service(environ, OF_HEAD, files_service),
        origin=values.origin(environ, "HOSO_ORIGIN"),
        witness_policy=environ.get("HOSO_WITNESS_POLICY", "").strip(),
        witness_seconds=values.between(environ, "HOSO_WITNESS_SECONDS", Settings.witness_seconds, 0.1, 60),
        witness_fresh_seconds=values.between(
            environ, "HOSO_WITNESS_FRESH_SECONDS", Settings.witness_fresh_seconds, 10, 30 * 86_400
        ),
        head_confirmed=values.yes(environ, "HOSO_HEAD_CONFIRMED"),
        attest_seconds=values.between(environ, "HOSO_ATTEST_SECONDS", Settings.attest_seconds, 0.05, 600),
        attest_wait_seconds=values.seconds(environ, "HOSO_ATTEST_WAIT_SECONDS", Settings.attest_wait_seconds),
        quorum_required=values.required(environ, "HOSO_QUORUM"),
    )


def _service(environ: Mapping[str, str], names: Sequence[str], default: BucketService) -> BucketService:
    """`names`: of endpoint, region, key and secret."""
    endpoint, region, key, secret = names
    return BucketService(
        endpoint=values.endpoint(environ, endpoint) or default.endpoint,
        region=environ.get(region, "").strip() or default.region,
        key=environ.get(key, "") or default.key,
        secret=environ.get(secret, "") or default.secret,
    )
