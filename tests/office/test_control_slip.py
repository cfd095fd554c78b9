"""Who handed a dossier to whom, and who took it, is on record from the first desk to the last (reference
section 3.5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from application.catalogue_loads import load_calendar
from application.control_slip import control_slip
from application.history import history
from application.opening import Opening, open_dossier
from application.transfer import transfer
from interfaces.registers import ShownRegisters
from tests.office.one_dossier import DESK, PROCEDURE, do, in_processing, published
from tests.office.province import OLD_DESKS, PROVINCE, SYSTEM, calendar_2025
from tests.office.world import HOUR, Office

OTHER = OLD_DESKS["07210"]
TUESDAY = datetime(2025, 6, 3, 1, tzinfo=UTC)


async def slip(office: Office, code: str, desk: str = DESK) -> list[dict[str, Any]]:
    index = ShownRegisters(office.shown._views)
    return control_slip(await history(office.dossiers, index, office.officer(desk), code))


def hands(steps: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(step["step"], step["state"]) for step in steps if step["state"] is not None]


async def test_what_is_forwarded_waits_until_the_receiver_says_that_it_arrived(office: Office) -> None:
    code = await in_processing(office)
    other = await office.agency(OTHER)
    await do(office, code, "forward", TUESDAY, to_agency=other)
    steps = await slip(office, code)
    assert [step["step"] for step in steps] == ["submitted", "assigned", "forwarded"]
    assert (steps[-1]["state"], steps[-1]["to_agency"]) == ("open", other)
    await do(office, code, "arrive", TUESDAY + timedelta(hours=2), desk=OTHER)
    forwarded = next(step for step in await slip(office, code) if step["step"] == "forwarded")
    assert forwarded["state"] == "taken"
    assert forwarded["taken_at"] >= TUESDAY + timedelta(hours=2)
    assert forwarded["taken_by"]["id"] == office.officer(OTHER).id


async def test_the_slip_of_what_the_agency_opened_itself_begins_with_that(office: Office) -> None:
    await published(office, None)
    await load_calendar(office.registry, SYSTEM, [calendar_2025() | {"year": 2026, "days_off": ()}])
    await office.move_clock(datetime(2026, 7, 6, 2, tzinfo=UTC))
    desk = await office.agency(DESK)
    opening = Opening(
        procedure=PROCEDURE,
        channel="counter",
        owner=await office.applicant(),
        place="07207",
        receiving_agency=desk,
        service_level=2,
        trigger="age_reached",
    )
    code = (await open_dossier(office.dossiers, office.officer(DESK), opening)).code
    (opened,) = await slip(office, code)
    assert (opened["step"], opened["to_agency"], opened["state"]) == ("opened", desk, None)


async def test_an_assignment_is_taken_by_acting_on_it(office: Office) -> None:
    code = await in_processing(office)  # assigned by the officer to himself
    assert hands(await slip(office, code)) == [("assigned", "taken")]


async def test_an_assignment_that_is_revoked_is_over_without_having_been_taken(office: Office) -> None:
    code = await in_processing(office)
    colleague = await office.appointed(
        {"number": "C-1", "name": "Đỗ Thị Cộng", "postings": [{"agency": DESK, "roles": ["handler"]}]}
    )
    await do(office, code, "assign", officer=colleague.uuid)
    assert hands(await slip(office, code))[-1] == ("assigned", "open")
    await do(office, code, "assign", officer=office.officer(DESK).uuid)
    assert hands(await slip(office, code)) == [
        ("assigned", "taken"),
        ("assigned", "over"),
        ("assigned", "taken"),
    ]


async def test_what_is_called_back_was_never_taken(office: Office) -> None:
    code = await in_processing(office)
    await do(office, code, "finish", outcome="granted")
    await do(office, code, "forward", TUESDAY, to_agency=await office.agency(OTHER))
    await do(office, code, "send-back", desk=OTHER, to_agency=await office.agency(DESK), reason="gửi nhầm")
    assert hands(await slip(office, code)) == [
        ("assigned", "taken"),
        ("forwarded", "over"),
        ("sent_back", "open"),
    ]


async def test_the_hour_is_a_hand_too_and_the_heir_takes_it(office: Office) -> None:
    code = await in_processing(office)
    part = await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=1))
    async for _ in transfer(office.handovers, office.officers["first operator"], part):
        pass
    handed = (await slip(office, code, PROVINCE))[-1]
    assert (handed["step"], handed["state"], handed["at"]) == ("dossier_handed_over", "open", HOUR)
    await do(office, code, "assign", desk=PROVINCE, officer=office.officer(PROVINCE).uuid)
    assert hands(await slip(office, code, PROVINCE))[-2:] == [
        ("dossier_handed_over", "taken"),
        ("assigned", "taken"),
    ]
