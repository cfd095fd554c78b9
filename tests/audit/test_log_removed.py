"""What somebody with the rights of the tables' owner does to a ledger of which nothing shall be attested any
more: the facts of its log are moved away, or the ledger is called another. What lies outside the database
says so."""

from __future__ import annotations

from pathlib import Path
from typing import LiteralString
from uuid import uuid4

from domain.ledger_facts import LedgerCreated
from domain.log_facts import LogOpened
from tests.audit.attested import Attested, open_attested
from tests.support import Database

LEAVES_FIT: LiteralString = (
    "UPDATE event SET leaf = leaf_of(stream_id, version, position, micros_of(recorded_at), sha256(payload),"
    " topic) WHERE stream_id = %s"
)


def nothing_was_attested(attested: Attested) -> None:
    """No fact of a log is where it is looked for, each leaf fits, and there is no checkpoint."""
    elsewhere = uuid4()
    attested.tamper("UPDATE event SET stream_id = %s WHERE topic LIKE 'log.%%'", elsewhere)
    attested.tamper(LEAVES_FIT, elsewhere)
    attested.tamper("DELETE FROM cosignature")
    attested.tamper("DELETE FROM checkpoint")


async def test_a_log_whose_facts_were_moved_away_is_told_by_head_and_published_checkpoint(
    attested: Attested,
) -> None:
    nothing_was_attested(attested)
    found = await attested.audited()
    says = {finding["kind"]: finding["says"] for finding in found.findings}
    assert says.keys() == {"head", "published"}
    assert says["head"].startswith(f"the head {attested.head_file} is there, and no log is open on record")
    assert says["published"].startswith("a checkpoint is published beside the tiles, and no log is open")
    assert "the ledger's log was never opened: nothing of it is attested" in found.said


async def test_where_nothing_is_attested_on_record_a_head_store_that_cannot_be_read_is_a_finding(
    attested: Attested,
) -> None:
    nothing_was_attested(attested)
    attested.head_file.unlink()
    attested.head_file.mkdir()
    attested.tile("checkpoint").unlink()
    (finding,) = (await attested.audited()).findings
    assert finding["kind"] == "head"
    assert finding["says"].startswith("the head was not looked at: ")


async def test_a_log_that_was_opened_since_the_audit_began_is_nothing_that_was_removed(
    database: Database, tmp_path: Path
) -> None:
    async with open_attested(database, tmp_path, again=False) as made:
        await made.shown()

        async def opened() -> None:
            key = made.keys.make(made.origin)
            await made.say(LogOpened, number=1, origin=made.origin, key=str(key))
            await made.attest()

        found = await made.audited(meanwhile=opened)
        assert made.head_file.exists()
        assert made.tile("checkpoint").exists()
    assert found.findings == ()


async def test_a_database_that_says_it_is_another_ledger_is_told_by_its_first_fact(
    attested: Attested,
) -> None:
    ledger, attested.ledger_id = attested.ledger_id, uuid4()
    attested.head, head = type(attested.head)(attested.folder / "none", attested.ledger_id), attested.head
    attested.tamper("DELETE FROM cosignature")
    attested.tamper("DELETE FROM checkpoint")
    attested.tile("checkpoint").unlink()
    try:
        (finding,) = (await attested.audited()).findings
    finally:
        claimed, attested.ledger_id, attested.head = attested.ledger_id, ledger, head
    assert (finding["kind"], finding["position"], finding["stream"]) == ("ledger", 1, str(ledger))
    says = f"says that it holds the ledger {claimed}; position 1 is {LedgerCreated.TOPIC} of {ledger}"
    assert says in finding["says"]


async def test_a_first_fact_that_created_no_ledger_is_a_finding(attested: Attested) -> None:
    attested.tamper("UPDATE event SET topic = 'unit.established' WHERE position = 1")
    (finding,) = [f for f in (await attested.audited()).findings if f["kind"] == "ledger"]
    assert "position 1 is unit.established of" in finding["says"]
