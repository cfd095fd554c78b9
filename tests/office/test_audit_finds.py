"""What the owner of the tables could do to the log or a view, with triggers and constraints out of the way,
and that the audit names it."""

from __future__ import annotations

from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from application.audit import Audit
from tests.office.world import DISTRICT, HOUR, OLD_DESKS, Office

WITHOUT_GUARDS: tuple[LiteralString, ...] = ("ALTER TABLE event DISABLE TRIGGER USER",)


def tamper(office: Office, *statements: LiteralString) -> None:
    with psycopg.connect(office.database.owner_dsn, autocommit=True) as owner:
        for statement in (*WITHOUT_GUARDS, *statements):
            owner.execute(statement)


async def lived(office: Office) -> str:
    """A dossier accepted and assigned, and two more."""
    filed = await office.filed(DISTRICT, "07201@2025-06-01")
    officer = office.officer(DISTRICT)
    await office.act(officer, filed.code, "assign", filed.revision, officer=officer.uuid)
    for _ in range(2):
        await office.filed(OLD_DESKS["07210"], "07210@2025-06-01")
    await office.shown.shown((await office.opened.recorder.clock())[1])
    return filed.code


def only(found: Audit, kind: str) -> list[str]:
    assert not found.ok
    return [f["says"] for f in found.findings if f["kind"] == kind]


async def test_a_ledger_that_nobody_touched_is_sound(damaged_office: Office) -> None:
    await lived(damaged_office)
    await damaged_office.scheduled()
    await damaged_office.move_clock(HOUR)
    found = await damaged_office.audited()
    assert found.ok, found.findings
    assert found.dossiers == 3
    assert found.positions == (await damaged_office.opened.recorder.clock())[1]


async def test_a_changed_payload_byte_is_found_and_its_position_named(damaged_office: Office) -> None:
    await lived(damaged_office)
    position = (await damaged_office.opened.recorder.clock())[1] - 2
    tamper(
        damaged_office,
        "UPDATE event SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1)"
        " WHERE position = (SELECT max(position) - 2 FROM event)",
    )
    named = only(await damaged_office.audited(), "leaf")
    assert named == [f"the leaf of position {position} does not cover its stored bytes"]


async def test_a_removed_event_is_found_and_its_position_named(damaged_office: Office) -> None:
    await lived(damaged_office)
    position = (await damaged_office.opened.recorder.clock())[1] - 3
    tamper(damaged_office, "DELETE FROM event WHERE position = (SELECT max(position) - 3 FROM event)")
    found = await damaged_office.audited()
    assert only(found, "order") == [f"position {position} is missing: the event was removed"]


async def test_two_events_with_one_position_are_found_and_named(damaged_office: Office) -> None:
    await lived(damaged_office)
    position = (await damaged_office.opened.recorder.clock())[1] - 1
    _double(damaged_office)
    found = await damaged_office.audited()
    assert f"two events have the position {position}" in only(found, "order")


def _double(office: Office) -> None:
    """The same row once more, every constraint on the table gone."""
    with psycopg.connect(office.database.owner_dsn, autocommit=True) as owner:
        for statement in WITHOUT_GUARDS:
            owner.execute(statement)
        constraints = owner.execute(
            "SELECT conname FROM pg_constraint"
            " WHERE conrelid = 'event_open'::regclass AND contype IN ('p', 'u')"
        ).fetchall()
        for (name,) in constraints:
            owner.execute(sql.SQL("ALTER TABLE event_open DROP CONSTRAINT {}").format(sql.Identifier(name)))
        indexes = owner.execute(
            "SELECT indexrelid::regclass::text FROM pg_index"
            " WHERE indrelid = 'event_open'::regclass AND indisunique"
        ).fetchall()
        for (name,) in indexes:
            owner.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        owner.execute(
            "INSERT INTO event SELECT * FROM event WHERE position = (SELECT max(position) - 1 FROM event)"
        )


async def test_a_view_that_names_another_holder_than_the_definition_is_found(damaged_office: Office) -> None:
    code = await lived(damaged_office)
    other = await damaged_office.agency(OLD_DESKS["07207"])
    with psycopg.connect(damaged_office.database.app_dsn, autocommit=True) as app:
        app.execute(
            "UPDATE status.holding SET agency = %s WHERE dossier ="
            " (SELECT dossier FROM status.dossier WHERE code = %s)",
            (other, code),
        )
    named = only(await damaged_office.audited(), "shown")
    assert named == [
        (
            f"the view status names {OLD_DESKS['07207']} as the holder of {code}, "
            f"by the definition it is {DISTRICT}"
        )
    ]


@pytest.mark.parametrize("column", ["statutory_due", "promised", "extended_until"])
async def test_a_view_that_shows_another_date_than_the_log_has_is_found(
    damaged_office: Office, column: str
) -> None:
    code = await lived(damaged_office)
    later = sql.SQL("UPDATE status.dossier SET {} = '2025-08-01+07' WHERE code = %s")
    with psycopg.connect(damaged_office.database.app_dsn, autocommit=True) as app:
        app.execute(later.format(sql.Identifier(column)), (code,))
    (said,) = only(await damaged_office.audited(), "shown")
    assert said.startswith("the view status shows ")
    assert f"as due for {code}, the log has " in said


async def test_a_recorded_time_that_goes_back_is_found(damaged_office: Office) -> None:
    await lived(damaged_office)
    tamper(
        damaged_office,
        "UPDATE event SET recorded_at = recorded_at - interval '1 day'"
        " WHERE position = (SELECT max(position) FROM event)",
    )
    assert only(await damaged_office.audited(), "time")
