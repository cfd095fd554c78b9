"""A dossier through the hour of 1 July 2025: nobody waits, nothing is lost, and who decided before it and
records after it never notices."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest

from application.dossiers import act, load
from application.filing import Submission, submit
from application.handovers import StepAnswer
from application.ports import Item, Receipt
from application.receiving import acknowledge, place, refuse
from application.reconciling import reconcile
from application.refusals import NotAllowed, StaleRevision
from application.transfer import Progress, transfer
from tests.office.world import (
    DISTRICT,
    HOUR,
    NEW_DESKS,
    NEW_PROVINCE,
    OLD_DESKS,
    Office,
)


async def holder_of(office: Office, code: str) -> str:
    moment = await office.reader.moment(fresh=True)
    known = await load(office.dossiers, code, moment)
    return moment.organisation.agencies[known.held.agency].identifier


async def run_transfer(office: Office) -> Progress:
    assert office.part is not None
    last = None
    async for progress in transfer(office.handovers, office.officers["first operator"], office.part):
        last = progress
    assert last is not None
    return last


async def test_at_the_hour_the_holder_is_another_though_nothing_ran(office: Office) -> None:
    at_district = await office.filed(DISTRICT, "07201@2025-06-01")
    of_province = await office.filed(DISTRICT, "07207@2025-06-01", "1.000002")
    abolished = await office.filed(DISTRICT, "07207@2025-06-01", "1.000003")
    at_commune = await office.filed(OLD_DESKS["07210"], "07210@2025-06-01")
    await office.scheduled()
    assert await holder_of(office, at_district.code) == DISTRICT

    await office.move_clock(HOUR)

    assert await holder_of(office, at_district.code) == NEW_DESKS["07213"]
    assert await holder_of(office, of_province.code) == NEW_PROVINCE
    assert await holder_of(office, abolished.code) == NEW_PROVINCE
    assert await holder_of(office, at_commune.code) == NEW_DESKS["07210"]


@pytest.mark.parametrize("transferred", [False, True], ids=["before its transfer", "after its transfer"])
async def test_a_form_opened_before_the_hour_is_accepted_after_it_with_the_revision_that_was_read(
    office: Office, transferred: bool
) -> None:
    filed = await office.filed(OLD_DESKS["07207"], "07207@2025-06-01")
    await office.scheduled()
    officer = office.officer(OLD_DESKS["07207"])
    await office.move_clock(HOUR + timedelta(minutes=10))
    if transferred:
        await run_transfer(office)

    answer = await office.act(officer, filed.code, "assign", filed.revision, officer=officer.uuid)

    assert answer.revision == filed.revision + 1
    assert await holder_of(office, filed.code) == NEW_DESKS["07210"]


class Delayed:
    """The office's recorder, but the clock passes the hour between the first decision and its append."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._passed = False
        self.appends = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._office.opened.recorder, name)

    async def append(self, item: Item) -> Receipt:
        self.appends += 1
        if not self._passed:
            self._passed = True
            await self._office.move_clock(HOUR)
        return await self._office.opened.recorder.append(item)


async def test_a_command_decided_before_the_hour_and_recorded_after_it_is_decided_again_unseen_by_the_caller(
    office: Office,
) -> None:
    filed = await office.filed(OLD_DESKS["07207"], "07207@2025-06-01")
    await office.scheduled()
    officer = office.officer(OLD_DESKS["07207"])
    await office.move_clock(HOUR - timedelta(seconds=1))
    delayed = Delayed(office)
    office.dossiers.ledger.recorder = delayed

    answer = await act(
        office.dossiers,
        officer,
        filed.code,
        "assign",
        {"officer": officer.uuid},
        command=office.command(),
        revision=filed.revision,
    )

    assert delayed.appends == 2
    assert answer.recorded_at >= HOUR
    moment = await office.reader.moment(fresh=True)
    known = await load(office.dossiers, filed.code, moment)
    last = known.facts[-1].fact
    assert last.envelope.holder == await office.agency(NEW_DESKS["07210"])
    assert last.envelope.acting_agency == await office.agency(NEW_DESKS["07210"])


async def test_what_is_filed_at_a_dissolved_desk_is_received_by_the_heir_of_its_place(office: Office) -> None:
    await office.scheduled()
    await office.move_clock(HOUR)
    clerk = office.officer(OLD_DESKS["07201"])
    owner = await office.applicant()
    filing = Submission(
        procedure="1.000001",
        channel="counter",
        owner=owner,
        submitter=owner,
        place="07201@2025-06-01",
        receiving_agency=await office.agency(DISTRICT),
    )
    answer = await submit(office.dossiers, clerk, filing, office.command())
    assert await holder_of(office, answer.code) == NEW_DESKS["07213"]


async def test_the_officer_of_another_heir_may_not_act_and_a_stale_revision_is_refused(
    office: Office,
) -> None:
    filed = await office.filed(OLD_DESKS["07207"], "07207@2025-06-01")
    await office.scheduled()
    await office.move_clock(HOUR)
    stranger, own = office.officer(OLD_DESKS["07201"]), office.officer(OLD_DESKS["07207"])
    with pytest.raises(NotAllowed) as refused:
        await office.act(stranger, filed.code, "assign", filed.revision, officer=stranger.uuid)
    assert refused.value.code == "not_the_holder"
    with pytest.raises(StaleRevision):
        await office.act(own, filed.code, "assign", filed.revision + 1, officer=own.uuid)


async def test_the_same_command_sent_twice_at_once_is_recorded_once_and_answered_the_same(
    office: Office,
) -> None:
    answers = await asyncio.gather(
        *(office.filed(OLD_DESKS["07207"], "07207@2025-06-01", key="one form") for _ in range(4))
    )
    assert len({a.code for a in answers}) == 1
    assert len({a.position for a in answers}) == 1


async def test_a_transfer_stopped_and_run_again_states_each_dossier_once(office: Office) -> None:
    for number in range(6):
        await office.filed(DISTRICT, ("07201@2025-06-01", "07207@2025-06-01")[number % 2])
    await office.scheduled()
    await office.move_clock(HOUR)
    assert office.part is not None

    async with aclosing(transfer(office.handovers, office.officers["first operator"], office.part)) as first:
        async for _ in first:
            break  # stopped after its first chunk
    again = await run_transfer(office)
    third = await run_transfer(office)

    assert (again.written + again.found, again.total) == (6, 6)
    assert (third.written, third.found) == (0, 6)


async def test_receivers_acknowledge_or_refuse_and_the_coordination_places_what_was_refused(
    office: Office,
) -> None:
    kept = await office.filed(DISTRICT, "07207@2025-06-01")
    refused = await office.filed(DISTRICT, "07207@2025-06-01")
    await office.scheduled()
    await office.move_clock(HOUR)
    await run_transfer(office)
    assert office.part is not None
    clerk = office.officer(OLD_DESKS["07207"])
    desk = await office.agency(NEW_DESKS["07210"])
    ids = {code: await office.opened.ledger.find("dossier_code", code) for code in (kept.code, refused.code)}
    one, other = ids[kept.code], ids[refused.code]
    assert one
    assert other

    done = await acknowledge(office.handovers, clerk, office.part, desk, [one], papers="confirmed")
    assert done.count == 1
    assert (await acknowledge(office.handovers, clerk, office.part, desk, [one])).count == 0
    reason = "không thuộc địa bàn"
    assert (await refuse(office.handovers, clerk, office.part, desk, [other], reason=reason)).count == 1
    assert await holder_of(office, refused.code) == NEW_DESKS["07210"]

    operator = office.officers["first operator"]
    elsewhere = await office.agency(NEW_DESKS["07213"])
    await place(office.handovers, operator, office.part, other, elsewhere, "thuộc xã 07213", office.command())
    assert await holder_of(office, refused.code) == NEW_DESKS["07213"]

    answer: StepAnswer = await reconcile(office.handovers, operator, office.part, office.command())
    assert answer.counts["moved"] == 2
    assert answer.counts["acknowledged"] == 1
