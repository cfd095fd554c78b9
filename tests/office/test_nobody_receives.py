"""Agencies to which dossiers go and where nobody can receive them are named before the hour; an operator
alone is nobody."""

from __future__ import annotations

from typing import Any

from application.handovers import draft
from application.simulating import simulate
from tests.office.world import DISTRICT, NEW_DESKS, NEW_PROVINCE, OLD_DESKS, Office, document

EMPTY, FILLED = NEW_DESKS["07213"], NEW_DESKS["07210"]


async def drafted_with_nobody_at_07213(office: Office) -> None:
    """Its predecessor's only officer goes to 07210."""
    moment = await office.reader.moment(fresh=True)
    officer = office.officer(OLD_DESKS["07201"]).uuid
    assert officer is not None
    ((posting, _),) = moment.organisation.posted(officer, moment.now)
    act = document(office.officers)
    act["parts"][0]["postings"] = [{"posting": str(posting.posting_id), "to": FILLED}]
    office.part = (await draft(office.handovers, office.officers["first operator"], act)).part


async def appointed(office: Office, role: str) -> None:
    """One more at the predecessor, who goes with it to 07213."""
    posting = {"agency": OLD_DESKS["07201"], "roles": [role]}
    await office.appointed({"number": f"another {role}", "name": "Cán bộ thử", "postings": [posting]})


async def simulated(office: Office) -> dict[str, Any]:
    assert office.part is not None
    return dict((await simulate(office.handovers, office.officers["first operator"], office.part)).counts)


async def test_a_simulation_names_who_gets_dossiers_and_has_only_operators(office: Office) -> None:
    await office.filed(DISTRICT, "07201@2025-06-01")
    await office.filed(DISTRICT, "07201@2025-06-01")
    await office.filed(DISTRICT, "07207@2025-06-01")
    await drafted_with_nobody_at_07213(office)
    await appointed(office, "operator")
    counts = await simulated(office)
    assert counts["nobody_to_receive"] == {EMPTY: 2}
    assert counts["receivers_without_officers"] == {"amount": 1, "agencies": [EMPTY]}


async def test_somebody_who_handles_dossiers_is_enough(office: Office) -> None:
    await office.filed(DISTRICT, "07201@2025-06-01")
    await drafted_with_nobody_at_07213(office)
    await appointed(office, "handler")
    counts = await simulated(office)
    assert counts["nobody_to_receive"] == {}
    assert counts["receivers_without_officers"] == {"amount": 0, "agencies": []}


async def test_who_gets_nothing_yet_and_has_nobody_is_told_apart(office: Office) -> None:
    await office.filed(DISTRICT, "07207@2025-06-01")
    await drafted_with_nobody_at_07213(office)
    counts = await simulated(office)
    assert counts["nobody_to_receive"] == {}
    assert counts["receivers_without_officers"] == {"amount": 1, "agencies": [EMPTY]}


async def test_a_provisional_holder_with_nobody_is_named_too(office: Office) -> None:
    await office.filed(DISTRICT, "")  # of unknown place: the province holds it until a person decides
    act = document(office.officers)
    part = act["parts"][0]
    moment = await office.reader.moment(fresh=True)
    moves = []
    for officer in moment.organisation.officers:
        for posting, where in moment.organisation.posted(officer, moment.now):
            if moment.organisation.agencies[where].identifier == part["agencies"]["ends"][0]["agency"]:
                moves.append({"posting": str(posting.posting_id), "to": FILLED})
    part["postings"] = moves
    office.part = (await draft(office.handovers, office.officers["first operator"], act)).part
    assert (await simulated(office))["nobody_to_receive"] == {NEW_PROVINCE: 1}
