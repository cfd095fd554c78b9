"""The coordination queue: what waits for a person, who is responsible, and deciding one by one or in bulk."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from application.coordinating import Queue, queue
from application.coordinators import name
from application.handovers import draft
from application.placing import Decision, place_each, place_waiting_with
from application.policy import Identity
from application.receiving import acknowledge, place, refuse
from application.refusals import BadRequest, NotAllowed, NotFound
from application.registers import Registers
from interfaces.registers import ShownRegisters
from tests.office.test_receiving import id_of, moved, part_of
from tests.office.test_the_hour import holder_of, run_transfer
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, NEW_PROVINCE, OLD_DESKS, PROVINCE, Office, document

CLERK, OTHER = OLD_DESKS["07207"], OLD_DESKS["07201"]
DESK, OTHER_DESK = NEW_DESKS["07210"], NEW_DESKS["07213"]


def registers(office: Office) -> Registers:
    return Registers(office.handovers, ShownRegisters(office.shown._views))


async def shown(office: Office) -> Registers:
    """The registers once the views show all that is recorded."""
    found = registers(office)
    _, head = await office.opened.recorder.clock()
    await found.index.shown(head)
    return found


async def waiting(office: Office, who: Identity | None = None, **asked: object) -> Queue:
    who = who or office.officers["first operator"]
    return await queue(await shown(office), who, [part_of(office)], **asked)  # type: ignore[arg-type]


async def refused_at_desk(
    office: Office, dossiers: list[UUID], suggests: str | None = None, reason: str = "không thuộc"
) -> None:
    await refuse(
        office.handovers,
        office.officer(CLERK),
        part_of(office),
        await office.agency(DESK),
        dossiers,
        reason=reason,
        suggests=await office.agency(suggests) if suggests else None,
    )


async def test_a_refused_dossier_waits_with_its_reason_until_it_is_placed(office: Office) -> None:
    (dossier,) = await moved(office)
    assert (await waiting(office)).rows == ()
    await refused_at_desk(office, [dossier], OTHER_DESK, "thửa đất ở xã bên")
    (row,) = (await waiting(office)).rows
    assert (row["dossier"], row["reason"], row["refusal"]) == (dossier, "refused", "thửa đất ở xã bên")
    assert row["suggests"]["identifier"] == OTHER_DESK
    assert row["holder"]["identifier"] == row["refused_by"]["identifier"] == DESK
    assert row["held_before"]["identifier"] == DISTRICT
    assert (row["coordinator"], row["late"], row["place"]) == (None, False, "07207@2025-06-01")
    operator = office.officers["first operator"]
    await place(
        office.handovers, operator, part_of(office), dossier, await office.agency(OTHER_DESK), "thuộc 07213"
    )
    assert (await waiting(office)).rows == ()


async def test_what_waits_longer_is_marked(office: Office) -> None:
    (dossier,) = await moved(office)
    await refused_at_desk(office, [dossier])
    await office.move_clock(HOUR + timedelta(days=4))
    (row,) = (await waiting(office)).rows
    assert row["late"]
    (row,) = (await waiting(office, late=timedelta(days=5))).rows
    assert not row["late"]


async def test_a_concluded_dossier_leaves_the_queue_by_its_conclusion(office: Office) -> None:
    filed = await office.filed(DISTRICT, "07207@2025-06-01")
    await office.scheduled()
    await office.move_clock(HOUR)
    await run_transfer(office)
    await refused_at_desk(office, [await id_of(office, filed.code)])
    assert len((await waiting(office)).rows) == 1
    await office.act(office.officer(CLERK), filed.code, "withdraw", None, reason="tự rút")
    assert (await waiting(office)).rows == ()


async def test_pages_are_read_by_key_and_none_is_lost_or_doubled(office: Office) -> None:
    dossiers = await moved(office, filed=5)
    await refused_at_desk(office, dossiers)
    seen: list[UUID] = []
    after = None
    for _ in range(4):
        page = await waiting(office, after=after, limit=2)
        seen += [row["dossier"] for row in page.rows]
        after = page.following
        if after is None:
            break
    assert sorted(seen) == sorted(dossiers)
    assert len(seen) == 5


async def test_what_nobody_is_responsible_for_comes_first_and_each_coordinator_sees_their_own(
    office: Office,
) -> None:
    dossiers = await moved(office, filed=2)
    elsewhere = await office.filed(CLERK, "07210@2025-07-01")
    await refused_at_desk(office, dossiers)
    operator, part = office.officers["first operator"], part_of(office)
    person = office.officer(OTHER)
    assert person.uuid is not None
    with pytest.raises(NotAllowed):
        await waiting(office, person)
    district = await office.agency(DISTRICT)
    await name(office.handovers, operator, part, person.uuid, agency=district)
    mine = await waiting(office, person, coordinator=person.uuid)
    assert [row["dossier"] for row in mine.rows] == sorted(dossiers)
    assert {row["coordinator"] for row in mine.rows} == {person.uuid}
    await name(office.handovers, operator, part, office.officer(CLERK).uuid or uuid4(), agency=district)
    assert (await waiting(office, coordinator=person.uuid)).rows == ()
    await name(office.handovers, operator, part, person.uuid, escalates_to=operator.uuid)
    rows = (await waiting(office)).rows
    assert {row["coordinator"] for row in rows} == {office.officer(CLERK).uuid}
    assert elsewhere.code not in {row["code"] for row in rows}


async def test_a_coordinator_decides_and_others_do_not(office: Office) -> None:
    (dossier,) = await moved(office)
    await refused_at_desk(office, [dossier])
    person, to = office.officer(OTHER), await office.agency(OTHER_DESK)
    part = part_of(office)
    with pytest.raises(NotAllowed):
        await place(office.handovers, person, part, dossier, to, "tôi muốn")
    assert person.uuid is not None
    await name(office.handovers, office.officers["first operator"], part, person.uuid)
    await place(office.handovers, person, part, dossier, to, "thuộc 07213")


async def test_a_coordinator_of_one_part_has_no_say_in_another(office: Office) -> None:
    operator, person = office.officers["first operator"], office.officer(OTHER)
    changed = document(office.officers) | {"number": "99/NQ"}
    other = (await draft(office.handovers, operator, changed)).part
    assert other is not None
    (dossier,) = await moved(office)
    await refused_at_desk(office, [dossier])
    assert person.uuid is not None
    await name(office.handovers, operator, other, person.uuid)
    both = [part_of(office), other]
    page = await queue(await shown(office), person, both)
    assert page.rows == ()
    decision = Decision(dossier, await office.agency(OTHER_DESK), "thuộc 07213")
    (outcome,) = await place_each(office.handovers, person, both, [decision])
    assert isinstance(outcome.error, NotAllowed)
    assert len((await queue(await shown(office), operator, both)).rows) == 1


async def test_only_somebody_who_is_there_coordinates_a_part_that_goes_on(office: Office) -> None:
    await moved(office)
    operator, part = office.officers["first operator"], part_of(office)
    with pytest.raises(NotFound):
        await name(office.handovers, operator, part, uuid4())
    with pytest.raises(NotFound):
        await name(office.handovers, operator, part, operator.uuid or uuid4(), agency=uuid4())
    with pytest.raises(NotAllowed):
        await name(office.handovers, office.officer(CLERK), part, operator.uuid or uuid4())
    key = office.command("named")
    first = await name(office.handovers, operator, part, operator.uuid or uuid4(), command=key)
    again = await name(office.handovers, operator, part, operator.uuid or uuid4(), command=key)
    assert first.position == again.position


async def test_all_that_wait_with_a_place_are_decided_at_once(office: Office) -> None:
    filed = [await office.filed(DISTRICT, f"{c}@2025-06-01") for c in ("07207", "07207", "07210")]
    await office.scheduled()
    await office.move_clock(HOUR)
    await run_transfer(office)
    dossiers = [await id_of(office, answer.code) for answer in filed]
    await refused_at_desk(office, dossiers)
    found = await shown(office)
    moment = await office.reader.moment(fresh=True)
    place_id = moment.organisation.unit_by_reference("07207@2025-06-01", moment.now).id
    operator, to = office.officers["first operator"], await office.agency(OTHER_DESK)
    pages = [
        page
        async for page in place_waiting_with(found, operator, [part_of(office)], place_id, to, "thuộc 07213")
    ]
    assert [outcome.word for page in pages for outcome in page.outcomes] == ["placed", "placed"]
    assert await holder_of(office, filed[0].code) == OTHER_DESK
    (row,) = (await waiting(office)).rows
    assert row["dossier"] == dossiers[2]


async def test_nothing_is_decided_before_the_hour(office: Office) -> None:
    filed = await office.filed(DISTRICT, "07207@2025-06-01")
    part = await office.scheduled()
    operator = office.officers["first operator"]
    decision = Decision(await id_of(office, filed.code), await office.agency(PROVINCE), "sớm")
    with pytest.raises(BadRequest):
        await place_each(office.handovers, operator, [part], [decision])


async def test_after_a_placement_the_new_holder_answers(office: Office) -> None:
    (dossier,) = await moved(office)
    await refused_at_desk(office, [dossier])
    operator, to = office.officers["first operator"], await office.agency(OTHER_DESK)
    await place(office.handovers, operator, part_of(office), dossier, to, "thuộc 07213")
    answered = await acknowledge(office.handovers, office.officer(OTHER), part_of(office), to, [dossier])
    assert answered.count == 1


async def test_what_no_rule_places_waits_from_the_hour_on_though_no_transfer_was_stated(
    office: Office,
) -> None:
    unknown = await office.filed(DISTRICT, None)  # type: ignore[arg-type]  # its place is unknown
    known = await office.filed(DISTRICT, "07207@2025-06-01")
    await office.scheduled()
    assert (await waiting(office)).rows == ()
    await office.move_clock(HOUR)
    (row,) = (await waiting(office)).rows
    dossier = await id_of(office, unknown.code)
    assert (row["dossier"], row["reason"], row["place"]) == (dossier, "route.place_unknown", None)
    assert row["since"] == HOUR
    assert row["holder"]["identifier"] == NEW_PROVINCE
    assert row["held_before"]["identifier"] == DISTRICT
    operator, to = office.officers["first operator"], await office.agency(OTHER_DESK)
    (outcome,) = await place_each(
        office.handovers, operator, [part_of(office)], [Decision(dossier, to, "nộp tại 07213")]
    )
    assert outcome.word == "placed"
    assert (await waiting(office)).rows == ()
    await run_transfer(office)
    assert (await waiting(office)).rows == ()
    assert await holder_of(office, unknown.code) == OTHER_DESK
    assert await holder_of(office, known.code) == DESK
