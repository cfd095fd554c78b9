"""Settings: what is absent has its default, what cannot be meant is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.settings import SettingError, Settings, read_settings


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


def test_secrets_do_not_show_in_a_log() -> None:
    settings = read_settings(
        {"HOSO_TOKEN": "ey.secret", "HOSO_DATABASE_URL": "postgresql://a:secret@db/hoso"}
    )
    assert "secret@" not in repr(settings)
    assert "ey.secret" not in repr(settings)
    assert not settings.embedded
