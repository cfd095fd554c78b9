"""Transfer and reconciliation believe the log, not a read model."""

from __future__ import annotations

from typing import Any, LiteralString

import psycopg
import pytest

from application.reconciling import reconcile
from application.refusals import BadRequest
from domain.handover_facts import TransferFinished
from tests.office.test_receiving import id_of, part_of
from tests.office.test_the_hour import run_transfer
from tests.office.world import DISTRICT, HOUR, OLD_DESKS, Office


def in_the_view(office: Office, statement: LiteralString, *values: Any) -> None:
    with psycopg.connect(office.database.app_dsn, autocommit=True) as app:
        changed = app.execute(statement, values)
        assert changed.rowcount == 1


async def past_the_hour(office: Office) -> tuple[str, str]:
    """One dossier that moves and one filed after the hour, both shown."""
    moving = await office.filed(DISTRICT, "07207@2025-06-01")
    await office.scheduled()
    await office.move_clock(HOUR)
    later = await office.filed(OLD_DESKS["07207"], "07210@2025-07-01")
    await office.shown.shown((await office.opened.recorder.clock())[1])
    return moving.code, later.code


async def test_a_transfer_states_the_number_that_the_log_has_whatever_a_view_lists(office: Office) -> None:
    moving, later = await past_the_hour(office)
    in_the_view(
        office,
        "UPDATE status.holding SET part = %s, part_version = 1 WHERE dossier = %s",
        part_of(office),
        await id_of(office, later),
    )
    done = await run_transfer(office)
    assert (done.written, done.total) == (1, 1)
    facts = await office.opened.ledger.facts_of([part_of(office)])
    (finished,) = [r.fact for r in facts if isinstance(r.fact, TransferFinished)]
    assert finished.handed_over == 1
    in_the_view(
        office,
        "UPDATE status.holding SET part = NULL, part_version = NULL WHERE dossier = %s",
        await id_of(office, later),
    )
    answer = await reconcile(office.handovers, office.officers["first operator"], part_of(office))
    assert (answer.counts["moved"], answer.counts["handed_over"]) == (1, 1)
    assert moving


async def test_a_dossier_that_a_view_lost_is_missed_by_the_reconciliation(office: Office) -> None:
    moving, _ = await past_the_hour(office)
    operator, lost = office.officers["first operator"], await id_of(office, moving)
    in_the_view(
        office,
        "UPDATE status.holding SET part_version = 7 WHERE dossier = %s AND part IS NOT NULL",
        lost,
    )
    assert (await run_transfer(office)).total == 0
    with pytest.raises(BadRequest) as missing:
        await reconcile(office.handovers, operator, part_of(office))
    assert missing.value.code == "transfer_missing"
    in_the_view(
        office, "UPDATE status.holding SET part_version = 1 WHERE dossier = %s AND part_version = 7", lost
    )
    assert (await run_transfer(office)).written == 1
    assert (await reconcile(office.handovers, operator, part_of(office))).counts["moved"] == 1
