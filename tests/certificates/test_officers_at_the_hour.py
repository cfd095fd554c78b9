"""Accounts, roles, postings and assignments of a dissolved agency at the hour: nobody is left with what they
cannot open, and nobody keeps rights over what went elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from application.dossiers import act, load
from application.grants import GRANTS
from application.handovers import approve, draft, schedule
from application.policy import Identity, allow
from application.reading import state
from application.refusals import NotAllowed
from application.registry import load_agencies
from application.simulating import simulate
from domain.refusals import Refused
from tests.office import one_dossier
from tests.office.province import SYSTEM, agency_entry
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, OLD_DESKS, PROVINCE, Office, document

BEFORE = HOUR - timedelta(hours=2)
HOLDER_ACTS = sorted(name for name, grant in GRANTS.items() if grant.holder)


async def scheduled_with(office: Office, **changes: Any) -> dict[str, Any]:
    """The act with these fields of its part, scheduled; the counts of its simulation."""
    act_document = document(office.officers)
    act_document["parts"][0].update(changes)
    operator = office.officers["first operator"]
    answer = await draft(office.handovers, operator, act_document)
    assert answer.part is not None
    office.part = answer.part
    simulated = await simulate(office.handovers, operator, answer.part)
    moment = await office.reader.moment(fresh=True)
    digest = moment.organisation.parts[answer.part].digest()
    for number in ("first operator", "second operator"):
        await approve(office.handovers, office.officers[number], answer.part, digest)
    await schedule(office.handovers, operator, answer.part)
    return dict(simulated.counts)


async def posting_of(office: Office, officer: Identity) -> Any:
    moment = await office.reader.moment(fresh=True)
    ((posting, _),) = moment.organisation.posted(officer.uuid, moment.now)  # type: ignore[arg-type]
    return posting.posting_id


async def agencies_of(office: Office, officer: Identity) -> list[str]:
    moment = await office.reader.moment(fresh=True)
    return [
        moment.organisation.agencies[where].identifier
        for _, where in moment.organisation.posted(officer.uuid, moment.now)  # type: ignore[arg-type]
    ]


async def test_postings_go_where_the_part_says_else_to_the_default_heir(office: Office) -> None:
    moved, follows = office.officer(OLD_DESKS["07207"]), office.officer(OLD_DESKS["07201"])
    posting = str(await posting_of(office, moved))
    await scheduled_with(office, postings=[{"posting": posting, "to": NEW_DESKS["07213"]}])
    assert await agencies_of(office, moved) == [OLD_DESKS["07207"]]
    await office.move_clock(HOUR)
    assert await agencies_of(office, moved) == [NEW_DESKS["07213"]]
    assert await agencies_of(office, follows) == [NEW_DESKS["07213"]]
    assert await agencies_of(office, office.officer(DISTRICT)) == [NEW_DESKS["07210"]]
    for officer in office.officers.values():
        assert await agencies_of(office, officer), "nobody is without an agency"


@pytest.mark.parametrize("name", HOLDER_ACTS)
async def test_who_moved_to_another_heir_keeps_no_right_over_what_went_elsewhere(
    office: Office, name: str
) -> None:
    """Every act that the holder's officers do: before the hour by the old agency's officer, after it not."""
    officer = office.officer(OLD_DESKS["07207"])
    filed = await office.filed(OLD_DESKS["07207"], "07207")  # goes to new 07210
    posting = str(await posting_of(office, officer))
    await scheduled_with(office, postings=[{"posting": posting, "to": NEW_DESKS["07213"]}])

    async def may() -> None:
        moment = await office.reader.moment(fresh=True)
        known = await load(office.dossiers, filed.code, moment)
        earlier = known.earlier_holders(moment) if name == "read-history" else frozenset()
        allow(officer, name, moment, holder=known.answerable(moment), earlier=earlier)

    await may()
    await office.move_clock(HOUR)
    with pytest.raises(NotAllowed):
        await may()


async def test_an_assignment_ends_where_officer_and_dossier_part_and_the_heir_takes_it(
    office: Office,
) -> None:
    officer = office.officer(OLD_DESKS["07207"])
    filed = await office.filed(OLD_DESKS["07207"], "07207")
    assigned = await office.act(officer, filed.code, "assign", filed.revision, officer=officer.uuid)
    posting = str(await posting_of(office, officer))
    await scheduled_with(office, postings=[{"posting": posting, "to": NEW_DESKS["07213"]}])
    await office.move_clock(HOUR - timedelta(seconds=1))
    assert (await state(office.dossiers, officer, filed.code))["officer"] == officer.uuid
    await office.move_clock(HOUR)
    heir = office.officer(DISTRICT)  # posted at new 07210 since
    assert (await state(office.dossiers, heir, filed.code))["officer"] is None
    with pytest.raises(NotAllowed):
        await office.act(officer, filed.code, "take", assigned.revision, officer=officer.uuid)
    taken = await office.act(heir, filed.code, "take", assigned.revision, officer=heir.uuid)
    assert taken.revision == assigned.revision + 1
    assert (await state(office.dossiers, heir, filed.code))["officer"] == heir.uuid


async def test_an_assignment_stays_where_officer_and_dossier_go_together(office: Office) -> None:
    officer = office.officer(OLD_DESKS["07207"])
    filed = await office.filed(OLD_DESKS["07207"], "07207")
    await office.act(officer, filed.code, "assign", filed.revision, officer=officer.uuid)
    await office.scheduled()
    await office.move_clock(HOUR)
    assert (await state(office.dossiers, officer, filed.code))["officer"] == officer.uuid


async def test_a_simulation_names_receivers_without_officers(office: Office) -> None:
    everybody = await scheduled_with(office)
    assert everybody["receivers_without_officers"] == {"amount": 0, "agencies": []}


async def test_a_simulation_names_a_receiver_whose_people_all_went_elsewhere(office: Office) -> None:
    moves = [
        {
            "posting": str(await posting_of(office, office.officer(OLD_DESKS["07201"]))),
            "to": NEW_DESKS["07210"],
        }
    ]
    counts = await scheduled_with(office, postings=moves)
    assert counts["receivers_without_officers"] == {"amount": 1, "agencies": [NEW_DESKS["07213"]]}


async def test_a_simulation_names_a_receiver_by_exception_without_officers(office: Office) -> None:
    empty = "000.09.99.H02"
    await load_agencies(office.registry, SYSTEM, [agency_entry(empty, "desk", "24@2025-06-01")])
    exceptions = [{"name": "đất", "procedure": "1.000001", "to": empty}]
    counts = await scheduled_with(office, exceptions=exceptions)
    assert counts["receivers_without_officers"] == {"amount": 1, "agencies": [empty]}


# Signing


async def finish(office: Office, who: Identity, code: str, revision: int, when: Any) -> Any:
    fields = {"outcome": "granted", "result_code": None, "decision_no": "12/QĐ", "reason": None}
    return await act(
        office.dossiers,
        who,
        code,
        "finish",
        fields,
        command=office.command(),
        revision=revision,
        occurred_at=when,
    )


async def in_processing(office: Office) -> tuple[str, int]:
    officer = office.officer(OLD_DESKS["07207"])
    filed = await office.filed(OLD_DESKS["07207"], "07207")
    assigned = await office.act(officer, filed.code, "assign", filed.revision, officer=officer.uuid)
    return filed.code, assigned.revision


async def test_a_decision_dated_before_the_hour_is_the_old_agencys(office: Office) -> None:
    code, revision = await in_processing(office)
    await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=1))
    await finish(office, office.officer(OLD_DESKS["07207"]), code, revision, BEFORE)
    recorded = (await office.opened.ledger.facts_of([await _dossier(office, code)]))[-1]
    envelope = recorded.fact.envelope
    assert envelope.acting_agency == await office.agency(OLD_DESKS["07207"])
    assert envelope.holder == await office.agency(NEW_DESKS["07210"])


async def test_a_decision_dated_after_the_hour_is_the_heirs(office: Office) -> None:
    code, revision = await in_processing(office)
    await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=1))
    who = office.officer(DISTRICT)
    await finish(office, who, code, revision, HOUR + timedelta(minutes=1))
    recorded = (await office.opened.ledger.facts_of([await _dossier(office, code)]))[-1]
    assert recorded.fact.envelope.acting_agency == await office.agency(NEW_DESKS["07210"])


async def test_nobody_signs_for_an_agency_where_they_were_not_posted_then(office: Office) -> None:
    """The heir's decider came from another agency: a decision of the day before is not theirs to sign."""
    code, revision = await in_processing(office)
    await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=1))
    for other in (DISTRICT, OLD_DESKS["07210"]):
        with pytest.raises(Refused, match=r"sign\.agency_then"):
            await finish(office, office.officer(other), code, revision, BEFORE)
    await finish(office, office.officer(DISTRICT), code, revision, None)


async def test_nobody_says_for_a_day_before_the_hour_that_time_had_passed(office: Office) -> None:
    code = await awaiting_papers(office)
    await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=1))
    revision = (await one_dossier.known(office, code)).dossier.version
    heirs = office.officer(PROVINCE)
    with pytest.raises(Refused, match=r"sign\.agency_then"):
        await act(
            office.dossiers,
            heirs,
            code,
            "time-passed",
            {"reason": "quá hạn bổ sung"},
            command=office.command(),
            revision=revision,
            occurred_at=HOUR - timedelta(days=1),
        )
    await office.act(heirs, code, "time-passed", revision, reason="quá hạn bổ sung")


async def awaiting_papers(office: Office) -> str:
    """Asked for on 3 June, for ten days; the dossier is stopped where they do not come."""
    ten_days = {"amount": 10, "unit": "calendar_day"}
    terms = {"supplement": {"pattern": "suspend", "until": ten_days, "then": "stop"}}
    code = await one_dossier.in_processing(office, terms)
    await one_dossier.ask(office, code, datetime(2025, 6, 3, 2, tzinfo=UTC))
    return code


async def _dossier(office: Office, code: str) -> Any:
    return await office.opened.ledger.find("dossier_code", code)
