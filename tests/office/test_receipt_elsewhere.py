"""Four places of one dossier (reference section 3.7): where the applicant was helped, which agency receives,
which decides, which returns the result. And what an agency opens by itself, without a submission."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from application import anomalies
from application.dossiers import Answer
from application.filing import Submission, submit
from application.opening import Opening, open_dossier
from application.policy import Identity
from application.reading import state
from application.refusals import NotAllowed, NotFound
from domain import rules
from domain.dossier_facts import DossierAccepted, DossierOpened
from tests.office.one_dossier import FRIDAY, MONDAY, PROCEDURE, do, end_of, known, published
from tests.office.province import SYSTEM
from tests.office.test_clock_starts import the_year_2026
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, OLD_DESKS, Office

HELPS, RECEIVES, DECIDES, RETURNS = OLD_DESKS["07201"], OLD_DESKS["07207"], DISTRICT, OLD_DESKS["07210"]
OF_COMMUNES = "1.000001"
"""A procedure of which the act says who decides it afterwards."""
IN_2026 = datetime(2026, 7, 6, 2, tzinfo=UTC)
"""A Monday."""


async def filing(office: Office, **said: Any) -> Submission:
    """With four places."""
    owner = await office.applicant()
    values: dict[str, Any] = {
        "procedure": PROCEDURE,
        "channel": "online",
        "owner": owner,
        "submitter": owner,
        "place": "07207",
        "receiving_agency": await office.agency(RECEIVES),
        "helping_agency": await office.agency(HELPS),
        "competent_agency": await office.agency(DECIDES),
        "returning_agency": await office.agency(RETURNS),
    }
    return Submission(**values | said)


async def helped(office: Office, **said: Any) -> str:
    """Filed at the place that helps, by its officer, with the agency that receives."""
    await published(office, None)
    await office.move_clock(MONDAY)
    submission = await filing(office, **said)
    return (await submit(office.dossiers, office.officer(HELPS), submission, office.command())).code


async def places(office: Office, code: str) -> list[UUID | None]:
    found = await state(office.dossiers, office.officer(RETURNS), code)
    return [found[f"{place}_agency"] for place in ("helping", "receiving", "competent", "returning")]


async def holder(office: Office, code: str) -> UUID:
    return (await known(office, code)).held.agency


async def decided(office: Office, code: str) -> None:
    """Accepted where it was received, sent on, decided."""
    await do(office, code, "accept", desk=RECEIVES)
    await do(office, code, "forward", desk=RECEIVES, to_agency=await office.agency(DECIDES), note=None)
    officer = office.officer(DECIDES)
    await do(office, code, "assign", desk=DECIDES, officer=officer.uuid)
    await do(office, code, "finish", desk=DECIDES, outcome="granted")


async def test_helped_in_one_place_received_in_another_decided_in_a_third_and_returned_in_a_fourth(
    office: Office,
) -> None:
    code = await helped(office)
    four = [await office.agency(at) for at in (HELPS, RECEIVES, DECIDES, RETURNS)]
    assert await places(office, code) == four
    assert await holder(office, code) == four[1]
    first = (await known(office, code)).facts[0].fact
    assert (first.envelope.acting_agency, first.envelope.holder) == (four[0], four[1])

    await decided(office, code)
    with pytest.raises(NotAllowed):  # whoever decided has the result until it is sent on
        await do(office, code, "return-result", desk=RETURNS, way="counter")
    await do(office, code, "forward", desk=DECIDES, to_agency=four[3], note=None)
    await do(office, code, "return-result", desk=RETURNS, way="counter")
    found = await state(office.dossiers, office.officer(RETURNS), code)
    assert (found["status"], found["holder"]["agency"]) == (10, four[3])


async def test_whoever_helps_files_and_does_no_more(office: Office) -> None:
    code = await helped(office)
    with pytest.raises(NotAllowed) as refused:
        await do(office, code, "accept", desk=HELPS)
    assert refused.value.code == "not_the_holder"
    helper = office.officer(HELPS)
    for said in ({"accept": True}, {"code": "H-1"}, {"linked_group": UUID(int=7)}, {"helping_agency": None}):
        submission = await filing(office, **said)
        with pytest.raises(NotAllowed) as refused:
            await submit(office.dossiers, helper, submission, office.command())
        assert refused.value.code == "not_the_holder", said


async def test_where_the_applicant_was_helped_is_an_agency_that_there_is(office: Office) -> None:
    with pytest.raises(NotFound) as refused:
        await helped(office, helping_agency=UUID(int=404))
    assert refused.value.code == "unknown_agency"


async def test_a_result_is_returned_by_the_heir_of_the_place_where_it_was_to_be_returned(
    office: Office,
) -> None:
    code = await helped(office, procedure=OF_COMMUNES)
    recorded = await places(office, code)
    await office.move_clock(FRIDAY)
    await decided(office, code)
    await office.scheduled()
    await office.move_clock(HOUR)

    assert await places(office, code) == recorded  # what was recorded stays
    assert await holder(office, code) == await office.agency(NEW_DESKS["07210"])
    await do(office, code, "return-result", desk=RETURNS, way="counter")


async def test_a_result_sent_on_after_the_hour_to_a_place_that_ended_goes_to_its_heir(
    office: Office,
) -> None:
    returned_at = await office.agency(HELPS)
    code = await helped(office, procedure=OF_COMMUNES, returning_agency=returned_at)
    await decided(office, code)
    await office.scheduled()
    await office.move_clock(HOUR)
    heir = await office.agency(NEW_DESKS["07213"])
    assert await holder(office, code) == await office.agency(NEW_DESKS["07210"])
    await do(office, code, "forward", desk=DECIDES, to_agency=returned_at, note=None)
    assert await holder(office, code) == heir
    assert (await places(office, code))[3] == returned_at
    await do(office, code, "return-result", desk=HELPS, way="counter")


async def test_an_officer_who_came_to_the_heir_helps_on_with_a_form_of_the_place_that_ended(
    office: Office,
) -> None:
    await published(office, None)
    await office.scheduled()
    await office.move_clock(HOUR)
    here = {"receiving_agency": await office.agency(NEW_DESKS["07210"]), "place": "07210@2025-07-01"}
    submission = await filing(office, competent_agency=None, returning_agency=None, **here)
    helper = office.officer(HELPS)
    code = (await submit(office.dossiers, helper, submission, office.command())).code
    assert (await places(office, code))[0] == await office.agency(NEW_DESKS["07213"])


async def keyed_by(office: Office, who: Identity, **said: Any) -> str | None:
    submission = await filing(office, helping_agency=None, **said)
    code = (await submit(office.dossiers, who, submission, office.command())).code
    found: str | None = (await known(office, code)).dossier.keyed_by
    return found


async def test_who_typed_it_in_is_said_or_plain_from_who_files_and_the_channel(office: Office) -> None:
    await published(office, None)
    await office.move_clock(MONDAY)
    owner = await office.applicant()
    applicant, clerk = Identity("applicant", str(owner)), office.officer(RECEIVES)
    portal = Identity("portal", "dvcqg")
    own = {"owner": owner, "submitter": owner}
    assert await keyed_by(office, clerk, channel="counter") == "officer"
    assert await keyed_by(office, clerk, channel="post", keyed_by="postal_employee") == "postal_employee"
    assert await keyed_by(office, applicant, **own) == "applicant"
    assert await keyed_by(office, applicant, channel="kiosk", **own) == "kiosk"
    assert await keyed_by(office, portal, channel="kiosk") == "kiosk"
    assert await keyed_by(office, portal, channel="kiosk", keyed_by="officer") == "officer"
    assert await keyed_by(office, portal) is None


async def test_papers_filed_at_the_counter_without_a_reason_are_accepted_and_found_by_the_rule(
    office: Office,
) -> None:
    await published(office, None)
    await office.scheduled()
    await office.move_clock(HOUR)
    paper = ({"id": "c1", "form": "original", "count": 1},)
    desk = await office.agency(NEW_DESKS["07210"])
    here: dict[str, Any] = {"receiving_agency": desk, "place": "07210@2025-07-01", "components": paper}
    named = []
    for reason in (None, "no_account"):
        submission = await filing(office, **here, channel="counter", accept=True, paper_reason=reason)
        answer = await submit(office.dossiers, office.officer(RECEIVES), submission, office.command())
        facts = (await known(office, answer.code)).facts
        assert (await known(office, answer.code)).dossier.status == 2
        named.append([rules.PAPER_REASON.id in r.fact.envelope.rules for r in facts])
    assert named == [[True, False], [False, False]]
    told = await anomalies.up_to(office.opened.ledger, office.reader, SYSTEM, 0, 10)
    assert [rule["rule"] for item in told.items for rule in item["rules"]] == [rules.PAPER_REASON.id]


# Opened by the agency itself


async def when_there_are_levels(office: Office) -> None:
    await published(office, None)
    await the_year_2026(office)
    await office.move_clock(IN_2026)


async def opened(office: Office, desk: str = RECEIVES, key: str | None = None, **said: Any) -> Answer:
    values: dict[str, Any] = {
        "procedure": PROCEDURE,
        "channel": "counter",
        "owner": await office.applicant(),
        "place": "07207",
        "receiving_agency": await office.agency(RECEIVES),
        "service_level": 3,
        "trigger": "age_reached",
    }
    opening = Opening(**values | said)
    return await open_dossier(office.dossiers, office.officer(desk), opening, office.command(key))


async def test_what_the_agency_opens_itself_is_accepted_at_once_and_its_clock_runs(office: Office) -> None:
    await when_there_are_levels(office)
    answer = await opened(office)
    found = await known(office, answer.code)
    assert [type(r.fact) for r in found.facts] == [DossierOpened, DossierAccepted]
    assert found.facts[0].recorded_at == found.facts[1].recorded_at
    assert found.dossier.counted_from == found.facts[1].fact.envelope.occurred_at
    assert found.parties == {found.dossier.owner}
    read = await state(office.dossiers, office.officer(RECEIVES), answer.code)
    assert (read["status"], read["submitter"], read["submitted_at"]) == (2, None, None)
    assert (read["service_level"], read["trigger"]) == (3, "age_reached")
    assert read["opened_at"] == found.facts[0].fact.envelope.occurred_at
    assert read["due"]["statutory"] == end_of(13, 7, 2026)
    await office.shown.shown(answer.position)
    shown = await office.shown.holders([found.dossier.id], found.facts[1].recorded_at)
    assert [agency for agency, _ in shown[found.dossier.id]] == [await office.agency(RECEIVES)]


async def test_only_an_officer_of_the_agency_that_receives_opens_a_dossier_there(office: Office) -> None:
    await when_there_are_levels(office)
    with pytest.raises(NotAllowed) as refused:
        await opened(office, HELPS)
    assert refused.value.code == "not_the_holder"
    with pytest.raises(NotFound) as unknown:
        await opened(office, owner=UUID(int=404))
    assert unknown.value.code == "unknown_citizen"


async def test_opening_sent_twice_is_recorded_once(office: Office) -> None:
    await when_there_are_levels(office)
    owner = await office.applicant()
    first = await opened(office, key="one form", owner=owner)
    again = await opened(office, key="one form", owner=owner)
    assert (again.code, again.revision, again.repeated) == (first.code, 2, True)
