"""False statements beside the dossiers, recorded by somebody who goes around the application: the audit names
each."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from application.statement import statement, until
from domain.facts import Actor, Aggregate, Envelope, Personal
from domain.handed_over import HandedOver, Placement, stream_id
from domain.handed_over_facts import DossierHandedOver, DossierPlaced
from tests.office.test_audit_finds import only
from tests.office.test_receiving import id_of, part_of
from tests.office.test_the_hour import run_transfer
from tests.office.world import DISTRICT, HOUR, OLD_DESKS, Office

SYSTEM = Actor("system", "intruder")


async def past_the_hour(office: Office, place: str = "07207@2025-06-01") -> UUID:
    filed = await office.filed(DISTRICT, place)
    await office.scheduled()
    await office.move_clock(HOUR)
    return await id_of(office, filed.code)


async def record(office: Office, aggregate: Aggregate, fact: type[Any], holder: UUID, **fields: Any) -> None:
    rules = (fields["rule"],) if "rule" in fields else ()
    envelope = Envelope(actor=SYSTEM, occurred_at=HOUR, holder=holder, rules=rules)
    aggregate.record(fact, envelope, **fields)
    await office.opened.ledger.append(aggregate)


async def true_statement(office: Office, dossier: UUID) -> dict[str, Any]:
    moment = await office.reader.moment(fresh=True)
    (step,) = moment.organisation.steps
    facts = await office.opened.ledger.facts_of([dossier])
    stated = statement(moment.organisation, until(moment.organisation, step), step, facts)
    assert stated is not None
    return stated


async def state(office: Office, fields: dict[str, Any]) -> None:
    stream = stream_id(part_of(office), 1, fields["dossier"], HOUR)
    await record(office, HandedOver.empty(stream), DossierHandedOver, fields["to_agency"], **fields)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", 5),
        ("rule", "route.province"),
        ("provisional", True),
        ("remaining_unit", "hour"),
        ("remaining_amount", 99),
        ("components_digest", "0" * 64),
        ("history_digest", "0" * 64),
        ("code", "000.00.01.H02-250601-9999"),
        ("revision", 99),
        ("from_agency", UUID(int=1)),
    ],
)
async def test_a_statement_that_is_false_in_one_field_is_named(
    damaged_office: Office, field: str, value: object
) -> None:
    dossier = await past_the_hour(damaged_office)
    await state(damaged_office, await true_statement(damaged_office, dossier) | {field: value})
    await run_transfer(damaged_office)
    assert any(field in says for says in only(await damaged_office.audited(), "transfer"))


async def test_a_statement_about_a_dossier_that_is_not_there_is_found(damaged_office: Office) -> None:
    dossier = await past_the_hour(damaged_office)
    await state(damaged_office, await true_statement(damaged_office, dossier) | {"dossier": uuid4()})
    await run_transfer(damaged_office)
    (says,) = only(await damaged_office.audited(), "transfer")
    assert "which is not there" in says


async def test_a_statement_about_a_dossier_that_did_not_move_is_found(damaged_office: Office) -> None:
    dossier = await past_the_hour(damaged_office)
    later = await damaged_office.filed(OLD_DESKS["07207"], "07210@2025-07-01")
    fields = await true_statement(damaged_office, dossier)
    other = {"dossier": await id_of(damaged_office, later.code), "code": later.code}
    await state(damaged_office, fields | other)
    await run_transfer(damaged_office)
    (says,) = only(await damaged_office.audited(), "transfer")
    assert "did not move" in says


async def test_a_holder_that_is_no_agency_is_a_finding(damaged_office: Office) -> None:
    dossier = await past_the_hour(damaged_office)
    moment = await damaged_office.reader.moment(fresh=True)
    held = (await true_statement(damaged_office, dossier))["to_agency"]
    ghost = uuid4()
    stream = moment.organisation.placement_stream(part_of(damaged_office), dossier)
    await record(
        damaged_office,
        Placement.empty(stream),
        DossierPlaced,
        ghost,
        dossier=dossier,
        part=part_of(damaged_office),
        from_agency=held,
        to_agency=ghost,
        ground=Personal(dossier, "x"),
    )
    found = await damaged_office.audited()
    assert any(str(ghost) in says for says in only(found, "holder"))
    assert any("not there or not open" in says for says in only(found, "placement"))


async def test_a_code_that_is_claimed_for_another_dossier_is_found(damaged_office: Office) -> None:
    one = await damaged_office.filed(DISTRICT, "07207@2025-06-01")
    two = await damaged_office.filed(DISTRICT, "07207@2025-06-01")
    with psycopg.connect(damaged_office.database.owner_dsn, autocommit=True) as owner:
        owner.execute("ALTER TABLE claim DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE claim SET stream_id = %s WHERE kind = 'dossier_code' AND stream_id = %s",
            (await id_of(damaged_office, one.code), await id_of(damaged_office, two.code)),
        )
    (says,) = only(await damaged_office.audited(), "code")
    assert two.code in says
