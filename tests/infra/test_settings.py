"""Settings: what is absent has its default, what cannot be meant is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.file_bucket import FileBucket
from infra.file_folder import FileFolder
from infra.file_places import file_store
from infra.secrets import SecretsError
from infra.setting_values import SettingError
from infra.settings import Settings, read_settings


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = read_settings({"HOSO_QUEUE_LIMIT": "", "PATH": "/bin"})
    assert settings == Settings()
    assert settings.embedded


def test_the_secrets_follow_the_data_unless_named() -> None:
    assert read_settings({"HOSO_DATA_DIR": "/srv/hoso"}).secrets_dir == Path("/srv/hoso/secrets")
    both = {"HOSO_DATA_DIR": "/srv/hoso", "HOSO_SECRETS_DIR": "/etc/hoso"}
    assert read_settings(both).secrets_dir == Path("/etc/hoso")


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "1_000", "9" * 13, "٣"])
def test_a_limit_that_cannot_be_meant_is_refused_by_name(value: str) -> None:
    with pytest.raises(SettingError, match="HOSO_BODY_LIMIT"):
        read_settings({"HOSO_BODY_LIMIT": value})


@pytest.mark.parametrize("value", ["-1", "61", "nan", "inf", "soon"])
def test_a_wait_that_cannot_be_meant_is_refused_by_name(value: str) -> None:
    with pytest.raises(SettingError, match="HOSO_WAIT_SECONDS"):
        read_settings({"HOSO_WAIT_SECONDS": value})


@pytest.mark.parametrize("value", ["http://papers", "s3://", "s3://UPPER/x", "s3://papers?x=1", "ftp://a/b"])
def test_a_store_of_files_that_cannot_be_meant_is_refused_by_name(value: str) -> None:
    with pytest.raises(SettingError, match="HOSO_FILES must be"):
        read_settings({"HOSO_FILES": value})


@pytest.mark.parametrize("value", ["papers.example", "http://user:secret@papers.example", "https://a/b?c"])
def test_an_endpoint_that_cannot_be_meant_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(SettingError, match="HOSO_FILES_ENDPOINT must be") as refused:
        read_settings({"HOSO_FILES_ENDPOINT": value})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("value", ["0", "-5", "large", str(2 * 1024**3)])
def test_a_size_of_files_that_cannot_be_meant_is_refused_by_name(value: str) -> None:
    with pytest.raises(SettingError, match="HOSO_FILE_MAX_BYTES"):
        read_settings({"HOSO_FILE_MAX_BYTES": value})


def test_files_lie_in_the_data_directory_unless_named(tmp_path: Path) -> None:
    default = file_store(read_settings({"HOSO_DATA_DIR": "/srv/hoso"}))
    assert isinstance(default, FileFolder)
    assert default.root == Path("/srv/hoso/files")
    named = file_store(read_settings({"HOSO_FILES": "/mnt/papers"}))
    assert isinstance(named, FileFolder)
    assert named.root == Path("/mnt/papers")
    keys = {"HOSO_FILES_KEY": "k", "HOSO_FILES_SECRET": "s", "HOSO_SECRETS_DIR": str(tmp_path)}
    assert isinstance(file_store(read_settings({"HOSO_FILES": "s3://papers/hoso", **keys})), FileBucket)
    with pytest.raises(SecretsError, match=r"bucket\.key"):
        file_store(read_settings({"HOSO_FILES": "s3://papers", "HOSO_SECRETS_DIR": str(tmp_path)}))
    (tmp_path / "bucket.key").write_text("only one line\nand more words")
    (tmp_path / "bucket.key").chmod(0o600)
    with pytest.raises(SecretsError, match="two lines"):
        file_store(read_settings({"HOSO_FILES": "s3://papers", "HOSO_SECRETS_DIR": str(tmp_path)}))


def test_secrets_do_not_show_in_a_log() -> None:
    settings = read_settings(
        {"HOSO_TOKEN": "ey.secret", "HOSO_DATABASE_URL": "postgresql://a:secret@db/hoso"}
    )
    assert "secret@" not in repr(settings)
    assert "ey.secret" not in repr(settings)
    assert "hidden" not in repr(read_settings({"HOSO_FILES_KEY": "hidden", "HOSO_FILES_SECRET": "hidden"}))
    assert not settings.embedded


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOSO_ATTEST_SECONDS", "0"),
        ("HOSO_ATTEST_WAIT_SECONDS", "61"),
        ("HOSO_QUORUM", "yes"),
        ("HOSO_HEAD_CONFIRMED", "true"),
    ],
)
def test_how_attesting_goes_is_refused_by_name_where_it_cannot_be_meant(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"{name} must be"):
        read_settings({name: value})


def test_a_quorum_is_reported_unless_it_is_required() -> None:
    assert not read_settings({"HOSO_QUORUM": "reported"}).quorum_required
    assert read_settings({"HOSO_QUORUM": "required"}).quorum_required
