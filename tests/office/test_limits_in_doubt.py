"""Dossiers of procedures whose published limit is in doubt, on a real ledger: nothing is accepted by it until
a person has decided, and what is decided later moves no date. The audit at the end works each date out
again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from application import catalogue
from application.audit_clocks import wrong_dates
from application.changing import Asked
from application.limit_decisions import decide_limit, listed_limit, undecided
from application.refusals import BadRequest, NotAllowed
from domain import doubt_rules
from domain.dossier_facts import DossierAccepted
from domain.dossier_supplement_facts import ClockSet
from domain.transitions import SUBMITTED
from tests.office.listed_procedures import (
    BASIS,
    BIRTH,
    EXTRACT,
    LAND,
    accepted,
    decide,
    filed,
    loaded,
    registrar,
)
from tests.office.one_dossier import DESK, MONDAY, do, due, end_of, known, refused_by, statutory
from tests.office.province import SYSTEM
from tests.office.world import Office
from tests.reference.national import sample


async def test_a_birth_registration_is_accepted_only_once_its_limit_is_decided(office: Office) -> None:
    await loaded(office)
    await office.move_clock(MONDAY)
    code = await filed(office)
    await refused_by(doubt_rules.LIMIT_DECIDED, do(office, code, "accept"))
    assert (await known(office, code)).dossier.status == SUBMITTED
    who = await registrar(office)
    await decide(office, who, 1)
    await do(office, code, "accept")
    assert await statutory(office, code) == end_of(3)


async def test_a_later_decision_moves_no_date_and_holds_for_what_comes_after_it(office: Office) -> None:
    await loaded(office)
    who = await registrar(office)
    await decide(office, who, 1)
    await office.move_clock(MONDAY)
    before = await accepted(office)
    await decide(office, who, 3)
    after = await accepted(office)
    assert [await statutory(office, code) for code in (before, after)] == [end_of(3), end_of(5)]


async def test_a_limit_that_is_decided_to_be_none_gives_no_date(office: Office) -> None:
    await loaded(office)
    await decide(office, await registrar(office), None)
    await office.move_clock(MONDAY)
    code = await accepted(office)
    assert await statutory(office, code) is None
    assert (await known(office, code)).dossier.limit_amount is None


async def test_what_the_list_names_no_limit_for_is_accepted_without_a_date(office: Office) -> None:
    await loaded(office)
    await office.move_clock(MONDAY)
    assert await statutory(office, await accepted(office, EXTRACT)) is None
    land = await accepted(office, LAND)
    assert (await known(office, land)).dossier.limit_amount == 27


async def test_a_limit_that_hangs_on_payment_waits_for_the_decision_too(office: Office) -> None:
    birth = sample()[BIRTH]
    await loaded(
        office, [birth._replace(version={**birth.version, "terms": {"clock": {"start": "payment"}}})]
    )
    await office.move_clock(MONDAY)
    code = await filed(office)
    await refused_by(doubt_rules.LIMIT_DECIDED, do(office, code, "accept"))
    await decide(office, await registrar(office), 1)
    await do(office, code, "accept")
    await pay(office, code)
    assert await statutory(office, code) == end_of(3)


async def pay(office: Office, code: str) -> None:
    await do(office, code, "assign", officer=office.officer(DESK).uuid)
    fee: dict[str, Any] = {"amount_vnd": 8_000, "purpose": "fee", "count": 1}
    await do(office, code, "request-payment", **fee)
    (owed,) = (await known(office, code)).dossier.obligations
    paid_at = (await office.reader.moment(fresh=True)).now
    paid = {"obligation": owed, "amount_vnd": 8_000, "paid_at": paid_at, "reference": "GD1"}
    await office.act(office.officer(DESK), code, "confirm-payment", None, **paid)


async def test_a_decision_after_the_acceptance_starts_no_clock_where_there_was_no_limit(
    office: Office,
) -> None:
    await loaded(office)
    who = await registrar(office)
    await decide(office, who, None)
    await office.move_clock(MONDAY)
    code = await accepted(office)
    await decide(office, who, 1)
    assert await due(office, code) is None
    await do(office, code, "assign", officer=office.officer(DESK).uuid)
    assert await due(office, code) is None
    assert not any(isinstance(recorded.fact, ClockSet) for recorded in (await known(office, code)).facts)


async def test_a_decision_after_the_acceptance_takes_no_limit_away_that_payment_begins(
    office: Office,
) -> None:
    birth = sample()[BIRTH]
    terms = {"clock": {"start": "payment"}}
    await loaded(office, [birth._replace(version={**birth.version, "terms": terms})])
    who = await registrar(office)
    await decide(office, who, 1)
    await office.move_clock(MONDAY)
    code = await accepted(office)
    await decide(office, who, None)
    waiting = await due(office, code)
    assert waiting is not None
    assert waiting["remaining"] == {"unit": "working_day", "amount": 1}
    await pay(office, code)
    assert await statutory(office, code) == end_of(3)


async def test_the_audit_finds_a_clock_that_a_later_decision_began(office: Office) -> None:
    birth = sample()[BIRTH]
    terms = {"clock": {"start": "payment"}}
    await loaded(office, [birth._replace(version={**birth.version, "terms": terms})])
    who = await registrar(office)
    await decide(office, who, 3)
    before = (await office.reader.moment(fresh=True)).read_up_to
    await decide(office, who, 1)
    await office.move_clock(MONDAY)
    code = await accepted(office)
    await pay(office, code)
    facts = (await known(office, code)).facts
    organisation = (await office.reader.moment(fresh=True)).organisation
    assert list(wrong_dates(facts, organisation)) == []
    tampered = [
        replace(r, fact=replace(r.fact, calendar_position=before))
        if isinstance(r.fact, DossierAccepted)
        else r
        for r in facts
    ]
    assert len(list(wrong_dates(tampered, organisation))) == 1


async def test_only_a_registrar_with_a_posting_decides(office: Office) -> None:
    await loaded(office)
    for who in (SYSTEM, office.officer(DESK)):
        with pytest.raises(NotAllowed):
            await decide(office, who, 1)


async def test_the_audit_finds_an_acceptance_by_a_limit_that_nobody_had_decided_then(office: Office) -> None:
    await loaded(office)
    await office.move_clock(MONDAY)
    code = await filed(office)
    before = (await office.reader.moment(fresh=True)).read_up_to
    await decide(office, await registrar(office), 1)
    await do(office, code, "accept")
    facts = (await known(office, code)).facts
    organisation = (await office.reader.moment(fresh=True)).organisation
    assert list(wrong_dates(facts, organisation)) == []
    for changed in ({"calendar_position": before}, {"limit_amount": 2}, {"channel": "online"}):
        tampered = [
            replace(r, fact=replace(r.fact, **changed)) if isinstance(r.fact, DossierAccepted) else r
            for r in facts
        ]
        assert len(list(wrong_dates(tampered, organisation))) == 1, changed


async def test_what_is_in_doubt_is_listed_by_code_until_it_is_decided(office: Office) -> None:
    await loaded(office)
    day = date(2025, 6, 2)

    async def codes(after: str = "", limit: int = 100) -> list[str]:
        organisation = (await office.reader.moment(fresh=True)).organisation
        return [item["code"] for item in undecided(organisation, day, after, limit)]

    everything = ["1.000656", "1.000894", BIRTH, "1.004873", "2.001428", "3.000226"]
    assert await codes() == everything
    assert await codes(BIRTH, 2) == everything[3:5]
    who = await registrar(office)
    for channel in ("counter", "online", "post"):
        await decide_limit(
            office.registry,
            Asked(who),
            BIRTH,
            version=1,
            channel=channel,
            case=None,
            limit_amount=1,
            limit_unit="working_day",
            basis=BASIS,
        )
    assert await codes() == [code for code in everything if code != BIRTH]
    organisation = (await office.reader.moment(fresh=True)).organisation
    shown = catalogue.procedure(organisation, BIRTH, datetime(2025, 6, 2, tzinfo=UTC))
    assert {line["limit"]["state"] for line in shown["channels"]} == {"decided"}
    assert shown["channels"][0]["limit"]["basis"] == BASIS
    allowance = listed_limit(organisation, "2.001428", 1, "post", None)
    assert allowance == (7, "calendar_day")
    with pytest.raises(BadRequest):
        listed_limit(organisation, BIRTH, 1, "post", None)


# The list, again and later
