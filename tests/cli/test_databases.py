"""Databases and folders as found: none, empty, another's, unreachable, without rights, one's own."""

from __future__ import annotations

import os

import psycopg
import pytest

from tests.cli.office import Office, refused
from tests.support import Database

READING = ("schema", "check"), ("units", "show", "07210"), ("views", "status")
ordinary_only = pytest.mark.skipif(os.geteuid() == 0, reason="needs an ordinary user: root has every right")


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_before_init_nothing_is_made_and_init_is_named(
    new_office: Office, arguments: tuple[str, ...]
) -> None:
    refused(new_office.hoso(*arguments), "hoso schema init", "HOSO_DATA_DIR")
    assert not (new_office.folder / "data").exists()


def test_a_file_where_the_data_directory_should_be_is_named(new_office: Office) -> None:
    file = new_office.write("notes.txt", "not a folder")
    refused(new_office.hoso("schema", "init", HOSO_DATA_DIR=str(file / "data")), "notes.txt")
    assert file.read_text(encoding="utf-8") == "not a folder"


@ordinary_only
def test_a_data_directory_without_rights_is_named(new_office: Office) -> None:
    closed = new_office.folder / "closed"
    closed.mkdir(mode=0o500)
    refused(new_office.hoso("schema", "init", HOSO_DATA_DIR=str(closed / "data")), "closed", "HOSO_DATA_DIR")
    assert list(closed.iterdir()) == []


def test_an_unreachable_database_is_named(new_office: Office) -> None:
    nowhere = f"host={new_office.folder}/nowhere dbname=hoso user=hoso_app"
    for arguments in (*READING, ("serve", "--port", "0")):
        said = new_office.hoso(*arguments, HOSO_DATABASE_URL=nowhere)
        refused(said, "cannot be reached (No such file or directory).")


@pytest.mark.parametrize("address", ["garbage", "postgresql://u:my secret@db/hoso", "host=a nonsense=1"])
def test_an_address_that_cannot_be_read_is_named_and_not_repeated(new_office: Office, address: str) -> None:
    for arguments in (*READING, ("serve", "--port", "0"), ("schema", "init")):
        for name in ("HOSO_DATABASE_URL", "HOSO_DATABASE_OWNER_URL"):
            said = new_office.hoso(*arguments, **{name: address})
            refused(said, f"{name} cannot be read")
            assert address not in said.err
            assert "secret" not in said.err


def test_an_empty_database_is_told_from_a_foreign_one(new_office: Office, empty_database: Database) -> None:
    url = {"HOSO_DATABASE_URL": empty_database.app_dsn, "HOSO_DATABASE_OWNER_URL": empty_database.owner_dsn}
    refused(new_office.hoso("schema", "check", **url), "is empty", "hoso schema init")
    with psycopg.connect(empty_database.owner_dsn) as connection:
        connection.execute("CREATE TABLE invoices AS SELECT 7 AS number")
        connection.execute("GRANT SELECT ON invoices TO hoso_app")
    for arguments in (("schema", "check"), ("schema", "init"), ("serve", "--port", "0")):
        refused(new_office.hoso(*arguments, **url), "invoices")
    with psycopg.connect(empty_database.owner_dsn) as connection:
        assert connection.execute("SELECT number FROM invoices").fetchall() == [(7,)]


def test_a_ledger_in_a_database_of_ones_own(new_office: Office, empty_database: Database) -> None:
    app, owner = empty_database.app_dsn, empty_database.owner_dsn
    refused(new_office.hoso("schema", "init", HOSO_DATABASE_URL=app), "HOSO_DATABASE_OWNER_URL")
    made = new_office.hoso("schema", "init", "--json", HOSO_DATABASE_URL=app, HOSO_DATABASE_OWNER_URL=owner)
    assert (made.code, made.document["clock"]) == (0, "system")
    checked = new_office.hoso("schema", "check", "--json", HOSO_DATABASE_URL=app).document
    assert (checked["ok"], checked["ledger_id"]) == (True, made.document["ledger_id"])
    refused(
        new_office.hoso("clock", "move", "--to", "2099-01-01T00:00:00Z", HOSO_DATABASE_URL=app), "HOSO_TOKEN"
    )
    token = new_office.hoso(
        "tokens", "issue", "--kind", "system", "--name", "x", HOSO_DATABASE_URL=app
    ).out.strip()
    moving = ("clock", "move", "--to", "2099-01-01T00:00:00Z")
    refused(new_office.hoso(*moving, HOSO_DATABASE_URL=app, HOSO_TOKEN=token), "nobody moves")


def test_a_half_made_ledger_is_finished_and_lost_keys_are_not_made_anew(
    new_office: Office, empty_database: Database
) -> None:
    """Killed between the tables and the read models; later the folder of secrets is gone."""
    url = {"HOSO_DATABASE_URL": empty_database.app_dsn, "HOSO_DATABASE_OWNER_URL": empty_database.owner_dsn}
    secrets = new_office.folder / "keys"
    url["HOSO_SECRETS_DIR"] = str(secrets)
    assert new_office.hoso("schema", "init", **url).code == 0
    with psycopg.connect(empty_database.app_dsn) as connection:
        connection.execute("DROP SCHEMA views, status, directory, handover CASCADE")
    refused(new_office.hoso("schema", "check", **url), "hoso schema init")
    finished = new_office.hoso("schema", "init", "--json", **url)
    assert (finished.code, finished.document["finished"]) == (0, True)
    assert new_office.hoso("schema", "check", **url).code == 0

    secrets.rename(new_office.folder / "keys-elsewhere")
    refused(new_office.hoso("schema", "init", **url), "token.key", "is missing")
    assert not secrets.exists()
