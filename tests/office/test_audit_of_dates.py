"""The audit works out every date again and names the fact whose date was changed (defect 10: dates that are
set back; mistake 7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from application.audit_clocks import wrong_dates
from application.outages import Announcement, announce
from domain.dossier_facts import ClockSet, ClockSuspended, DossierAccepted, PaymentRequested
from domain.facts import Fact
from tests.office.one_dossier import ask, bring, do, in_processing, known
from tests.office.test_dissolving import registrar
from tests.office.world import Office

DAY = timedelta(days=1)
TERMS = {
    "clock": {"outages": ["portal"]},
    "supplement": {"pattern": "suspend"},
    "payment": {"fees": [{"amount_vnd": 20_000}]},
}


def june(day: int, hour: int) -> datetime:
    return datetime(2025, 6, day, hour - 7, tzinfo=UTC)


async def lived(office: Office) -> str:
    """Accepted, moved by an outage, stopped for papers, going on, asked to pay."""
    code = await in_processing(office, TERMS)
    await office.move_clock(june(5, 11))
    outage = Announcement("portal", june(3, 10), june(5, 10), False, "thông báo")
    await announce(office.dossiers, await registrar(office), outage)
    await ask(office, code, june(6, 9))
    await bring(office, code, june(12, 9))
    await do(office, code, "request-payment", purpose="fee", amount_vnd=20_000, count=1)
    return code


def later(fact: Any) -> Any:
    return replace(fact, statutory_due=fact.statutory_due + DAY, promised=fact.promised + DAY)


def promised_later(fact: Any) -> Any:
    return replace(fact, promised=fact.promised + DAY)


CHANGES: dict[str, tuple[type[Fact], int, Callable[[Any], Any]]] = {
    "the date of the acceptance": (DossierAccepted, 0, later),
    "what the acceptance promised": (DossierAccepted, 0, promised_later),
    "from when the limit runs": (DossierAccepted, 0, lambda f: replace(f, counted_from=june(4, 9))),
    "the limit of the acceptance": (DossierAccepted, 0, lambda f: replace(f, limit_amount=6)),
    "the version that it keeps": (DossierAccepted, 0, lambda f: replace(f, procedure_version=9)),
    "a unit that cannot be counted": (DossierAccepted, 0, lambda f: replace(f, limit_unit="working_hour")),
    "what was promised after the papers": (ClockSet, 1, promised_later),
    "what was left when it stopped": (ClockSuspended, 0, lambda f: replace(f, left_amount=f.left_amount + 1)),
    "the date after the outage": (ClockSet, 0, later),
    "the date after the papers": (ClockSet, 1, later),
    "an extension that nobody gave": (ClockSet, 1, lambda f: replace(f, extended_until=june(30, 9))),
    "what the procedure lists": (PaymentRequested, 0, lambda f: replace(f, listed_vnd=10_000)),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_a_date_that_was_changed_afterwards_is_found(office: Office, what: str) -> None:
    code = await lived(office)
    facts = (await known(office, code)).facts
    organisation = (await office.reader.moment(fresh=True)).organisation
    assert list(wrong_dates(facts, organisation)) == []
    kind, which, change = CHANGES[what]
    chosen = [recorded for recorded in facts if isinstance(recorded.fact, kind)][which]
    tampered = [replace(r, fact=change(r.fact)) if r is chosen else r for r in facts]
    found = [position for position, _, _ in wrong_dates(tampered, organisation)]
    assert chosen.position in found


@pytest.mark.parametrize("kind", [ClockSuspended, ClockSet])
async def test_a_stop_or_a_going_on_that_was_not_recorded_is_found(office: Office, kind: type[Fact]) -> None:
    code = await in_processing(office, {"supplement": {"pattern": "suspend"}})
    await ask(office, code, june(6, 9))
    if kind is ClockSet:
        await bring(office, code, june(12, 9))
    facts = (await known(office, code)).facts
    organisation = (await office.reader.moment(fresh=True)).organisation
    left = [recorded for recorded in facts if not isinstance(recorded.fact, kind)]
    told = [replace(r, fact=replace(r.fact, originator_version=n)) for n, r in enumerate(left, start=1)]
    act = next(r.position for r in facts if isinstance(r.fact, kind)) - 1
    found = [(position, said) for position, _, said in wrong_dates(told, organisation)]
    assert [position for position, _ in found] == [act]
    assert ("stands" if kind is ClockSuspended else "stand,") in found[0][1]
    assert list(wrong_dates(told, organisation, {told[0].fact.originator_id})) == []
