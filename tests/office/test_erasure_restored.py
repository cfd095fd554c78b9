"""An old backup of the key tables brings keys back, and what the log says was erased is destroyed again: at
the next start, where their mark came back with them; by `hoso erase finish --all` where it did not."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from application.erasing_finish import finish
from tests.office.asked_papers import both_published
from tests.office.erasures import erased
from tests.office.leftovers import opened_texts
from tests.office.test_erasing import NUMBER, WHO, concluded, identified
from tests.office.world import Office

TABLES = (
    "subject_key",
    "subject_erased",
    "citizen_number",
    "subject_alias",
    "citizen_search",
    "erasures_finished",
)
Backup = dict[str, list[Any]]


def backed_up(office: Office, tables: tuple[str, ...] = TABLES) -> Backup:
    with psycopg.connect(office.database.owner_dsn) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table}".encode()).fetchall()  # noqa: S608
            for table in tables
        }


def restored(office: Office, backup: Backup) -> None:
    with psycopg.connect(office.database.owner_dsn) as connection:
        for table in reversed(TABLES):
            if table in backup:
                connection.execute(f"DELETE FROM {table}".encode())  # noqa: S608
        for table, rows in backup.items():
            for row in rows:
                places = ", ".join(["%s"] * len(row))
                connection.execute(f"INSERT INTO {table} VALUES ({places})".encode(), row)  # noqa: S608


@pytest.mark.parametrize("whole", [True, False], ids=["all key tables", "the keys without their mark"])
async def test_keys_that_a_backup_brings_back_are_destroyed_again(
    damaged_office: Office, whole: bool
) -> None:
    office = damaged_office
    owner, other = await identified(office), await office.applicant("Vì Văn Còn")
    backup = backed_up(office, TABLES if whole else ("subject_key", "citizen_number", "citizen_search"))
    await erased(office, owner)
    registrars = backed_up(office, ("subject_key",))["subject_key"]  # who was appointed since
    backup["subject_key"] += [row for row in registrars if row not in backup["subject_key"]]
    assert (await office.audited()).ok
    restored(office, backup)
    assert WHO.name in await opened_texts(office), "the backup has the key"
    assert await office.opened.index.find_number(NUMBER) == owner
    findings = (await office.audited()).findings
    assert {f["kind"] for f in findings} == {"erasure"}
    assert all("hoso erase finish --all" in f["says"] for f in findings)
    done = await finish(office.erasing)
    assert done.erasures == (1 if whole else 0)
    if not whole:
        assert not (await office.audited()).ok
        assert (await finish(office.erasing, from_start=True)).erasures == 1
    left = await opened_texts(office)
    assert (WHO.name in left, "Vì Văn Còn" in left) == (False, True)
    assert await office.opened.index.find_number(NUMBER) is None
    found = await office.audited()
    assert found.ok, found.findings
    await office.opened.keyring.load([other])


async def test_files_that_a_backup_brings_back_are_named_and_removed_again(damaged_office: Office) -> None:
    office = damaged_office
    await both_published(office)
    owner = await identified(office)
    await concluded(office, owner, paper=b"%PDF-1.7 giay")
    (stored,) = await office.files.store.names("", 5)
    whole = b"".join([chunk async for chunk in office.files.store.open(stored.file)])
    await erased(office, owner, "authority_order")

    async def chunks() -> Any:
        yield whole

    await office.files.store.put(chunks())
    (finding,) = (await office.audited()).findings
    assert (finding["kind"], stored.file in finding["says"]) == ("erasure", True)
    assert (await finish(office.erasing, from_start=True)).files == 1
    assert (await office.audited()).ok
