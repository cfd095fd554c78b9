"""What a coordinator's naming lets them do, for one agency or a part, and that it ends."""

from __future__ import annotations

from uuid import UUID

import pytest

from application.coordinators import end, name
from application.handover_reading import act
from application.placing import Decision, place_each, place_waiting_with
from application.policy import Identity
from application.receiving import place
from application.refusals import NotAllowed, NotFound, Refused
from domain import register_rules as rules
from tests.office.test_coordination import CLERK, OTHER, OTHER_DESK, refused_at_desk, shown, waiting
from tests.office.test_receiving import id_of, moved, part_of
from tests.office.test_the_hour import holder_of, run_transfer
from tests.office.world import DISTRICT, HOUR, Office

HERE = "07207@2025-06-01"


def id_(who: Identity) -> UUID:
    assert who.uuid is not None
    return who.uuid


async def naming(office: Office, who: Identity, held: str | None = None) -> None:
    agency = await office.agency(held) if held else None
    await name(office.handovers, office.officers["first operator"], part_of(office), id_(who), agency=agency)


async def ending(office: Office, who: Identity, held: str | None = None) -> None:
    agency = await office.agency(held) if held else None
    await end(office.handovers, office.officers["first operator"], part_of(office), id_(who), agency=agency)


async def of_two_agencies(office: Office) -> tuple[UUID, UUID]:
    """Two that wait: the first was the district's before the hour, the second the commune's."""
    filed = [await office.filed(desk, HERE) for desk in (DISTRICT, CLERK)]
    await office.scheduled()
    await office.move_clock(HOUR)
    await run_transfer(office)
    first, second = [await id_of(office, answer.code) for answer in filed]
    await refused_at_desk(office, [first, second])
    return first, second


# A naming ends


async def test_once_the_naming_has_ended_the_officer_decides_nothing_more_and_what_was_decided_stays(
    office: Office,
) -> None:
    dossiers = await moved(office, filed=3)
    await refused_at_desk(office, dossiers)
    person, to, part = office.officer(OTHER), await office.agency(OTHER_DESK), part_of(office)
    await naming(office, person)
    await place(office.handovers, person, part, dossiers[0], to, "thuộc 07213")
    await ending(office, person)
    with pytest.raises(NotAllowed):
        await place(office.handovers, person, part, dossiers[1], to, "thuộc 07213")
    with pytest.raises(NotAllowed):
        await place_each(office.handovers, person, [part], [Decision(dossiers[2], to, "thuộc 07213")])
    with pytest.raises(NotAllowed):
        await waiting(office, person)
    rows = (await waiting(office)).rows
    assert {row["dossier"] for row in rows} == set(dossiers[1:])
    assert {row["coordinator"] for row in rows} == {None}
    moment = await office.reader.moment(fresh=True)
    decided = moment.organisation.placement_stream(part, dossiers[0])
    facts = [recorded.fact for recorded in await office.opened.ledger.facts_of([decided])]
    assert [fact.envelope.actor.id for fact in facts] == [office.officer(CLERK).id, person.id]
    assert (await office.audited()).findings == ()


async def test_what_an_agencys_coordinator_had_goes_to_the_parts_when_the_naming_ends(office: Office) -> None:
    first, second = await of_two_agencies(office)
    agencys, parts = office.officer(OTHER), office.officer(CLERK)
    await naming(office, parts)
    await naming(office, agencys, DISTRICT)
    whose = {row["dossier"]: row["coordinator"] for row in (await waiting(office)).rows}
    assert whose == {first: id_(agencys), second: id_(parts)}
    await ending(office, agencys, DISTRICT)
    assert {row["coordinator"] for row in (await waiting(office)).rows} == {id_(parts)}


async def test_ending_one_naming_leaves_the_officers_others(office: Office) -> None:
    first, second = await of_two_agencies(office)
    person, to = office.officer(OTHER), await office.agency(OTHER_DESK)
    for held in (DISTRICT, CLERK):
        await naming(office, person, held)
    await ending(office, person, DISTRICT)
    with pytest.raises(NotAllowed):
        await place(office.handovers, person, part_of(office), first, to, "thuộc 07213")
    await place(office.handovers, person, part_of(office), second, to, "thuộc 07213")


async def test_only_a_naming_that_stands_is_ended(office: Office) -> None:
    await moved(office)
    person, other = office.officer(OTHER), office.officer(CLERK)

    async def refused(who: Identity, held: str | None = None) -> None:
        with pytest.raises(Refused) as refusal:
            await ending(office, who, held)
        assert refusal.value.rule is rules.COORDINATOR_STANDS

    await refused(person)
    await naming(office, person, DISTRICT)
    await refused(person)  # named for the agency, not for the part
    await refused(person, CLERK)
    await naming(office, other, DISTRICT)
    await refused(person, DISTRICT)  # another was named instead
    await ending(office, other, DISTRICT)
    await refused(other, DISTRICT)
    await naming(office, other, DISTRICT)  # and may be named again
    await ending(office, other, DISTRICT)


async def test_an_operator_ends_a_naming_and_the_same_command_ends_it_once(office: Office) -> None:
    await moved(office)
    person, operator, part = office.officer(OTHER), office.officers["first operator"], part_of(office)
    await naming(office, person)
    with pytest.raises(NotAllowed):
        await end(office.handovers, person, part, id_(person))
    with pytest.raises(NotFound):
        await end(office.handovers, operator, part, UUID(int=1))
    with pytest.raises(NotFound):
        await end(office.handovers, operator, part, id_(person), agency=UUID(int=1))
    key = office.command("ended")
    first = await end(office.handovers, operator, part, id_(person), command=key)
    again = await end(office.handovers, operator, part, id_(person), command=key)
    assert (first.position, first.counts) == (again.position, again.counts)
    assert again.repeated


# A naming for one agency


async def test_a_coordinator_of_one_agency_decides_and_sees_only_what_it_held(office: Office) -> None:
    first, second = await of_two_agencies(office)
    person, to, part = office.officer(OTHER), await office.agency(OTHER_DESK), part_of(office)
    await naming(office, person, DISTRICT)
    assert [row["dossier"] for row in (await waiting(office, person)).rows] == [first]
    with pytest.raises(NotAllowed) as refusal:
        await place(office.handovers, person, part, second, to, "thuộc 07213")
    assert refusal.value.code == "not_coordinator"
    decisions = [Decision(dossier, to, "thuộc 07213") for dossier in (first, second)]
    own, anothers = await place_each(office.handovers, person, [part], decisions)
    assert own.word == "placed"
    assert isinstance(anothers.error, NotAllowed)
    assert [row["dossier"] for row in (await waiting(office)).rows] == [second]


async def test_all_that_wait_with_a_place_are_for_an_agencys_coordinator_those_of_the_agency(
    office: Office,
) -> None:
    first, second = await of_two_agencies(office)
    person, to = office.officer(OTHER), await office.agency(OTHER_DESK)
    await naming(office, person, CLERK)
    moment = await office.reader.moment(fresh=True)
    unit = moment.organisation.unit_by_reference(HERE, moment.now).id
    found = await shown(office)
    pages = [
        page async for page in place_waiting_with(found, person, [part_of(office)], unit, to, "thuộc 07213")
    ]
    assert [dossier for page in pages for dossier, _ in page.dossiers] == [second]
    assert [outcome.word for page in pages for outcome in page.outcomes] == ["placed"]
    assert [row["dossier"] for row in (await waiting(office)).rows] == [first]


async def test_a_coordinator_of_the_part_may_decide_what_an_agencys_coordinator_has(office: Office) -> None:
    first, _ = await of_two_agencies(office)
    parts, to = office.officer(OTHER), await office.agency(OTHER_DESK)
    await naming(office, office.officer(CLERK), DISTRICT)
    await naming(office, parts)
    await place(office.handovers, parts, part_of(office), first, to, "thuộc 07213")


async def test_an_operator_who_is_named_for_one_agency_remains_an_operator(office: Office) -> None:
    first, second = await of_two_agencies(office)
    operator, to = office.officers["second operator"], await office.agency(OTHER_DESK)
    await naming(office, operator, DISTRICT)
    assert len((await waiting(office, operator)).rows) == 2
    for dossier in (first, second):
        await place(office.handovers, operator, part_of(office), dossier, to, "thuộc 07213")


async def test_what_the_part_did_not_move_is_refused_by_its_rule(office: Office) -> None:
    await of_two_agencies(office)
    later = await office.filed(CLERK, "07210@2025-07-01")
    person, to = office.officer(OTHER), await office.agency(OTHER_DESK)
    await naming(office, person, DISTRICT)
    with pytest.raises(Refused):
        await place(
            office.handovers, person, part_of(office), await id_of(office, later.code), to, "thuộc 07213"
        )
    assert await holder_of(office, later.code) != OTHER_DESK


async def test_the_queue_says_whose_it_is_and_for_what_they_are_named(office: Office) -> None:
    first, second = await of_two_agencies(office)
    agencys, parts = office.officer(OTHER), office.officer(CLERK)
    await naming(office, agencys, DISTRICT)
    found = {row["dossier"]: row for row in (await waiting(office)).rows}
    assert found[first]["named_for"]["identifier"] == DISTRICT
    assert (found[second]["coordinator"], found[second]["named_for"]) == (None, None)
    await naming(office, parts)
    found = {row["dossier"]: row for row in (await waiting(office)).rows}
    assert (found[second]["coordinator"], found[second]["named_for"]) == (id_(parts), None)


async def test_an_act_shows_which_namings_stand(office: Office) -> None:
    await moved(office)
    agencys, parts, operator = office.officer(OTHER), office.officer(CLERK), office.officers["first operator"]
    moment = await office.reader.moment(fresh=True)
    act_id = moment.organisation.parts[part_of(office)].act

    async def standing() -> list[tuple[UUID, str | None]]:
        (part,) = (await act(office.handovers, operator, act_id))["parts"]
        return [(one["officer"], one["identifier"]) for one in part["coordinators"]]

    assert await standing() == []
    await naming(office, agencys, DISTRICT)
    await naming(office, parts)
    assert await standing() == [(id_(parts), None), (id_(agencys), DISTRICT)]
    await ending(office, parts)
    assert await standing() == [(id_(agencys), DISTRICT)]
