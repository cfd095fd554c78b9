"""The six numbers on a real ledger: before, at and after the hour, as known then and later, from the log and
as the read model shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest

from application.handovers import cancel
from application.receiving import place
from application.refusals import BadRequest, NotAllowed
from application.stock import Stock, known_at, not_transferred, stock
from application.transfer import transfer
from domain.local_time import day_start
from infra.scan import open_scan
from projections import flow_queries
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, NEW_PROVINCE, OLD_DESKS, PROVINCE, Office

JUNE, LAST, FIRST, SECOND = date(2025, 6, 1), date(2025, 6, 30), date(2025, 7, 1), date(2025, 7, 2)
SHOWN = (
    *("opening", "received", "handed_in", "settled", "open", "handed_out"),
    *("again", "by_act_in", "by_act_out"),
)


async def counted(office: Office, from_: date, until: date, asked: int | datetime | None = None) -> Stock:
    operator = office.officers["first operator"]
    known = await known_at(office.reader, office.opened.recorder, operator, asked)
    async with open_scan(office.database.app_dsn) as scan:
        found = await stock(scan, known, day_start(from_), day_start(until))
    assert found.unbalanced == ()
    assert found.country.handed_in == found.country.handed_out
    return found


async def shown(office: Office, from_: date, until: date) -> Mapping[str, tuple[int, ...]]:
    """Agencies with any number, as the read model has them."""
    moment = await office.reader.moment(fresh=True)
    await office.shown.shown(moment.read_up_to)
    async with office.shown._views.pool.connection() as connection:
        rows = await flow_queries.flow(connection, from_, until, limit=1000)
    told = {row["identifier"]: tuple(row[name] for name in SHOWN) for row in rows}
    return {agency: numbers for agency, numbers in told.items() if any(numbers)}


def of(found: Stock) -> Mapping[str, tuple[int, ...]]:
    told = {agency: tuple(getattr(n, name) for name in SHOWN) for agency, n in found.agencies.items()}
    return {agency: numbers for agency, numbers in told.items() if any(numbers)}


def six(found: Stock, agency: str) -> tuple[int, ...]:
    n = found.agencies[agency]
    return n.opening, n.received, n.handed_in, n.settled, n.open, n.handed_out


async def a_month(office: Office) -> None:
    """Three at the district, of which one goes to the province; one withdrawn, one unplaced."""
    for procedure in ("1.000001", "1.000001", "1.000002"):
        await office.filed(DISTRICT, "07201@2025-06-01", procedure)
    desk = office.officer(OLD_DESKS["07210"])
    gone = await office.filed(OLD_DESKS["07210"], "07210@2025-06-01")
    await office.act(desk, gone.code, "withdraw", gone.revision, reason="thôi")
    await office.filed(OLD_DESKS["07210"], "")  # no rule places it


async def filed_after(office: Office) -> None:
    """At a new commune, whose officers are those of the old one."""
    office.officers[NEW_DESKS["07213"]] = office.officers[OLD_DESKS["07201"]]
    await office.filed(NEW_DESKS["07213"], "07213@2025-07-01")


async def test_the_hour_is_counted_at_the_hour_before_any_transfer_is_recorded(office: Office) -> None:
    await a_month(office)
    part = await office.scheduled()
    await office.move_clock(HOUR + timedelta(minutes=5))
    await filed_after(office)

    june, july = await counted(office, JUNE, FIRST), await counted(office, FIRST, SECOND)

    assert six(june, DISTRICT) == (0, 3, 0, 0, 3, 0)
    assert six(june, OLD_DESKS["07210"]) == (0, 2, 0, 1, 1, 0)
    assert six(july, DISTRICT) == (3, 0, 0, 0, 0, 3)
    assert six(july, NEW_DESKS["07213"]) == (0, 1, 2, 0, 3, 0)
    assert six(july, NEW_PROVINCE) == (0, 0, 2, 0, 2, 0)
    assert july.agencies[DISTRICT].by_act_out == 3
    assert july.country.handed_in == 4
    moment = await office.reader.moment(fresh=True)
    assert not_transferred(moment.organisation, moment.now) == [part]
    assert (await shown(office, JUNE, FIRST)) == of(june)
    assert (await shown(office, FIRST, SECOND)) != of(july)


async def test_the_read_model_agrees_for_days_before_at_and_after_the_hour_once_transferred(
    office: Office,
) -> None:
    await a_month(office)
    part = await office.scheduled()
    await office.move_clock(HOUR + timedelta(days=1, hours=3))
    await filed_after(office)
    async for _ in transfer(office.handovers, office.officers["first operator"], part):
        pass

    for from_, until in (
        (JUNE, FIRST),
        (LAST, FIRST),
        (FIRST, SECOND),
        (SECOND, date(2025, 7, 3)),
        (JUNE, SECOND),
    ):
        found = await counted(office, from_, until)
        assert await shown(office, from_, until) == of(found), (from_, until)
    moment = await office.reader.moment(fresh=True)
    assert not_transferred(moment.organisation, moment.now) == []


async def test_a_decision_of_the_coordination_and_a_forward_are_handed_on_in_their_own_day(
    office: Office,
) -> None:
    filed = await office.filed(OLD_DESKS["07210"], "")
    part = await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=1))
    async for _ in transfer(office.handovers, office.officers["first operator"], part):
        pass
    await office.move_clock(HOUR + timedelta(days=1, hours=1))
    to = await office.agency(NEW_DESKS["07213"])
    dossier = await office.opened.ledger.find("dossier_code", filed.code)
    assert dossier is not None
    await place(office.handovers, office.officers["first operator"], part, dossier, to, "theo nơi cư trú")

    second = await counted(office, SECOND, date(2025, 7, 3))

    assert six(second, NEW_PROVINCE) == (1, 0, 0, 0, 0, 1)
    assert six(second, NEW_DESKS["07213"]) == (0, 0, 1, 0, 1, 0)
    assert second.agencies[NEW_DESKS["07213"]].placed_in == 1
    assert second.agencies[NEW_PROVINCE].placed_out == 1
    assert await shown(office, SECOND, date(2025, 7, 3)) == of(second)


async def test_what_was_known_of_a_period_stays_whatever_is_recorded_later(office: Office) -> None:
    await a_month(office)
    moment = await office.reader.moment(fresh=True)
    position, then = moment.read_up_to, moment.now
    until = date(2025, 6, 2)
    before = await counted(office, JUNE, until, position)

    part = await office.scheduled()
    await cancel(office.handovers, office.officers["first operator"], part, "bị thay thế")
    office.part = None
    await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=1))

    assert of(await counted(office, JUNE, until, position)) == of(before)
    assert of(await counted(office, JUNE, until, then)) == of(before)
    assert (await counted(office, JUNE, FIRST)).country.handed_out == 0


async def test_who_may_not_read_it_and_what_cannot_be_counted_is_refused(office: Office) -> None:
    with pytest.raises(NotAllowed):
        await known_at(office.reader, office.opened.recorder, office.officer(DISTRICT), None)
    with pytest.raises(BadRequest):
        await counted(office, SECOND, FIRST)
    with pytest.raises(BadRequest):
        await counted(office, date(2026, 1, 1), date(2026, 1, 2))
    assert PROVINCE not in (await counted(office, JUNE, FIRST)).agencies
