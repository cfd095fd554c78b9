"""Over HTTP: four places of a dossier, who typed it in, and what an agency opens by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from application.catalogue_loads import load_calendar
from application.policy import Identity
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.office.province import DISTRICT, OLD_DESKS, PROVINCE, SYSTEM, calendar_2025

PORTAL = Identity("portal", "dvc")
HELPS = OLD_DESKS["07201"]


async def opening(api: Api, **changes: Any) -> dict[str, Any]:
    filing = await api.filing()
    del filing["accept"]
    return filing | {"service_level": 1, "trigger": "life_event"} | changes


async def test_a_dossier_says_in_four_places_where_it_was_helped_received_decided_and_returned(
    api: Api,
) -> None:
    places = {
        "helping_agency": str(await api.agency(HELPS)),
        "competent_agency": str(await api.agency(PROVINCE)),
        "returning_agency": str(await api.agency(OLD_DESKS["07210"])),
    }
    body = await api.filing(channel="online", accept=False, paper_reason="no_device", **places)
    answer = await api.post("/v1/dossiers", body, api.office.officer(HELPS))
    assert answer.status_code == 201, answer.text
    found = (await api.get(f"/v1/dossiers/{answer.json()['code']}", api.desk)).json()
    assert {name: found[name] for name in places} == places
    assert found["receiving_agency"] == found["holder"]["agency"] == str(await api.agency(DISTRICT))
    assert (found["keyed_by"], found["paper_reason"]) == ("officer", "no_device")
    told = await api.get(f"/v1/dossiers/{answer.json()['code']}/history", api.desk)
    (first,) = told.json()["facts"]
    assert (first["type"], first["status"]) == ("dossier.submitted.v3", 1)
    assert first["data"]["helping_agency"] == first["acting_agency"] == places["helping_agency"]


async def test_an_applicant_cannot_say_that_an_officer_typed_it_in(api: Api) -> None:
    own = Identity("applicant", str(await api.office.applicant()))
    body = await api.filing(owner=own.id, channel="online", accept=False)
    refused = await api.post("/v1/dossiers", body | {"keyed_by": "officer"}, own)
    assert_problem(refused, 409, "urn:hoso:rule:dossier.submit.keyed_by_oneself")
    answer = await api.post("/v1/dossiers", body, own)
    assert answer.status_code == 201, answer.text


async def test_only_the_agency_that_receives_opens_a_dossier_by_itself(api: Api) -> None:
    own = Identity("applicant", str(await api.office.applicant()))
    for who in (own, PORTAL):
        answer = await api.post("/v1/dossiers/open", await opening(api, owner=own.id), who)
        assert_problem(answer, 403, "urn:hoso:kind_not_allowed")
    elsewhere = await api.post("/v1/dossiers/open", await opening(api), api.office.officer(HELPS))
    assert_problem(elsewhere, 403, "urn:hoso:not_the_holder")
    for wrong in ({"service_level": 5}, {"service_level": "1"}, {"trigger": "x"}, {"submitter": own.id}):
        answer = await api.post("/v1/dossiers/open", await opening(api, **wrong), api.desk)
        assert_problem(answer, 422, "urn:hoso:invalid_request")


async def test_there_are_no_proactive_services_before_july_2026_and_there_are_since(api: Api) -> None:
    body = await opening(api)
    early = await api.post("/v1/dossiers/open", body, api.desk)
    assert_problem(early, 409, "urn:hoso:rule:dossier.open.level")
    year = calendar_2025() | {"year": 2026, "days_off": ()}
    await load_calendar(api.office.registry, SYSTEM, [year])
    await api.office.move_clock(datetime(2026, 7, 6, 2, tzinfo=UTC))
    await api.office.reader.moment(fresh=True)
    answer = await api.post("/v1/dossiers/open", body, api.desk)
    assert answer.status_code == 201, answer.text
    found = (await api.get(f"/v1/dossiers/{answer.json()['code']}", api.desk)).json()
    assert (found["status"], found["submitter"], found["service_level"]) == (2, None, 1)
    assert found["trigger"] == "life_event"
    own = Identity("applicant", body["owner"])
    assert (await api.get(f"/v1/dossiers/{found['code']}", own)).status_code == 200
