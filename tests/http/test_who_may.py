"""Who may do and read what over HTTP, and that nobody names who or what does not exist."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from application.policy import Identity
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.office.world import HOUR, NEW_PROVINCE, OLD_DESKS, PROVINCE

PORTAL = Identity("portal", "dvc")
SYSTEM = Identity("system", "setup")
NOBODY = "00000000-0000-7000-8000-000000000001"


async def applicant(api: Api) -> Identity:
    return Identity("applicant", str(await api.office.applicant()))


async def auditor(api: Api) -> Identity:
    """An auditor posted at the province, which holds none of the dossiers here."""
    entry = {
        "number": "auditor",
        "name": "Cán bộ kiểm toán",
        "postings": [{"agency": PROVINCE, "roles": ["auditor"]}],
    }
    return await api.office.appointed(entry)


async def registrar(api: Api) -> Identity:
    """One who merges and separates people's records."""
    postings = [{"agency": PROVINCE, "roles": ["registrar"]}]
    return await api.office.appointed({"number": "of people", "name": "Cán bộ hộ tịch", "postings": postings})


# Filing


async def test_an_applicant_files_but_does_not_accept(api: Api) -> None:
    own = await applicant(api)
    filing = await api.filing(owner=own.id, channel="online")
    accepted = await api.post("/v1/dossiers", filing | {"accept": True}, own)
    assert_problem(accepted, 403, "urn:hoso:kind_not_allowed")
    portal = await api.post("/v1/dossiers", filing | {"accept": True}, PORTAL)
    assert_problem(portal, 403, "urn:hoso:kind_not_allowed")
    filed = await api.post("/v1/dossiers", filing | {"accept": False}, own)
    assert filed.status_code == 201, filed.text


async def test_an_applicant_files_only_as_owner_or_submitter(api: Api) -> None:
    own, other = await applicant(api), await applicant(api)
    for_other = await api.filing(owner=other.id, accept=False)
    assert_problem(await api.post("/v1/dossiers", for_other, own), 403, "urn:hoso:not_a_party")
    submitting = await api.post("/v1/dossiers", for_other | {"submitter": own.id}, own)
    assert submitting.status_code == 201, submitting.text


@pytest.mark.parametrize(
    ("field", "code"),
    [("owner", "unknown_citizen"), ("submitter", "unknown_citizen"), ("returning_agency", "unknown_agency")],
)
async def test_whom_a_submission_names_must_exist(api: Api, field: str, code: str) -> None:
    _, before = await api.services.ledger.recorder.clock()
    filing = await api.filing(accept=False) | {field: NOBODY}
    assert_problem(await api.post("/v1/dossiers", filing, api.desk), 404, f"urn:hoso:{code}")
    _, after = await api.services.ledger.recorder.clock()
    assert after == before + 1  # the applicant of the filing, nothing else


async def test_an_officer_is_no_citizen(api: Api) -> None:
    filing = await api.filing(owner=api.desk.id)
    assert_problem(await api.post("/v1/dossiers", filing, api.desk), 404, "urn:hoso:unknown_citizen")


async def test_codes_and_linked_groups_are_named_by_offices_and_portals_alone(api: Api) -> None:
    own = await applicant(api)
    filing = await api.filing(owner=own.id, accept=False)
    for named in ({"code": "12-2024-HS"}, {"linked_group": str(uuid4())}):
        assert_problem(await api.post("/v1/dossiers", filing | named, own), 403, "urn:hoso:kind_not_allowed")
        for who in (api.desk, PORTAL):
            body = filing | named | ({"code": f"{who.kind}-1"} if "code" in named else {})
            filed = await api.post("/v1/dossiers", body, who)
            assert filed.status_code == 201, filed.text


@pytest.mark.parametrize("code", ["..", "X/history", "12/2024/HS", "Nguyễn", "a b", "-1", "x" * 65, "a\n"])
async def test_what_can_be_no_code_over_http(api: Api, code: str) -> None:
    filing = await api.filing(code=code)
    assert_problem(await api.post("/v1/dossiers", filing, api.desk), 422, "urn:hoso:invalid_request")


@pytest.mark.parametrize(
    "code", ["000.00.01.H02-250601-0002", "000.00.01.h02-250601-00002", "000.00.01.H02-99999999-1"]
)
async def test_nobody_takes_a_code_that_this_ledger_may_issue(api: Api, code: str) -> None:
    for who in (api.desk, PORTAL):
        answer = await api.post("/v1/dossiers", await api.filing(code=code, accept=False), who)
        assert_problem(answer, 409, "urn:hoso:rule:dossier.code.not_ours")


# Acting


async def test_a_dossier_is_given_only_to_officers_posted_where_it_lies(api: Api) -> None:
    filed = await api.filed()
    path = f"/v1/dossiers/{filed['code']}"
    elsewhere = api.office.officer(OLD_DESKS["07201"])
    unknown = await api.post(f"{path}/assign", {"officer": NOBODY}, api.desk, revision=2)
    assert_problem(unknown, 404, "urn:hoso:unknown_officer")
    stranger = await api.post(f"{path}/assign", {"officer": elsewhere.id}, api.desk, revision=2)
    assert_problem(stranger, 409, "urn:hoso:rule:dossier.officer.posted_at_holder")
    good = await api.post(f"{path}/assign", {"officer": api.desk.id}, api.desk, revision=2)
    assert good.status_code == 200, good.text
    for officer, status in ((NOBODY, 404), (elsewhere.id, 409), (api.desk.id, 200)):
        taken = await api.post(f"{path}/take", {"officer": officer}, api.desk, revision=3)
        assert taken.status_code == status, taken.text


async def test_a_system_token_sets_up_and_does_nothing_on_a_dossier(api: Api) -> None:
    filed = await api.filed()
    path = f"/v1/dossiers/{filed['code']}"
    filing = await api.filing(accept=False)
    refused = [
        await api.post("/v1/dossiers", filing, SYSTEM),
        await api.post(f"{path}/assign", {"officer": api.desk.id}, SYSTEM, revision=2),
        await api.post(f"{path}/withdraw", {}, SYSTEM),
        await api.get(f"{path}/history", SYSTEM),
        await api.get(f"/v1/citizens/{filing['owner']}", SYSTEM),
    ]
    for answer in refused:
        assert_problem(answer, 403, "urn:hoso:kind_not_allowed")
    who = {"kind": "person", "name": "Nguyễn Văn Mẫu"}
    assert (await api.post("/v1/citizens", who, SYSTEM)).status_code == 201
    assert (await api.get(path, SYSTEM)).status_code == 200


# Reading


async def test_a_history_is_read_where_the_dossier_lies_or_lay_and_by_auditors(api: Api) -> None:
    filed = await api.filed()
    path = f"/v1/dossiers/{filed['code']}/history"
    other = api.office.officer(OLD_DESKS["07201"])
    assert (await api.get(path, api.desk)).status_code == 200
    assert (await api.get(path, await auditor(api))).status_code == 200
    assert_problem(await api.get(path, other), 403, "urn:hoso:not_the_holder")
    assert_problem(await api.get(path, api.operator), 403, "urn:hoso:role_missing")
    assert_problem(await api.get(path, PORTAL), 403, "urn:hoso:kind_not_allowed")
    assert (await api.get(path.removesuffix("/history"), other)).status_code == 200
    to = {"to_agency": str(await api.agency(OLD_DESKS["07201"]))}
    sent = await api.post(f"/v1/dossiers/{filed['code']}/forward", to, api.desk, revision=2)
    assert sent.status_code == 200, sent.text
    for who in (api.desk, other):
        assert (await api.get(path, who)).status_code == 200


async def test_a_citizen_is_read_through_a_dossier_in_hand(api: Api) -> None:
    filing = await api.filing()
    filed = (await api.post("/v1/dossiers", filing, api.desk)).json()
    path, in_hand = f"/v1/citizens/{filing['owner']}", f"?dossier={filed['code']}"
    other = api.office.officer(OLD_DESKS["07201"])
    own = Identity("applicant", filing["owner"])
    assert (await api.get(path + in_hand, api.desk)).json()["name"] == "Trần Thị Thử"
    assert (await api.get(path, own)).status_code == 200
    assert_problem(await api.get(path, api.desk), 403, "urn:hoso:not_the_holder")
    assert_problem(await api.get(path + in_hand, other), 403, "urn:hoso:not_the_holder")
    assert_problem(await api.get(path + in_hand, PORTAL), 403, "urn:hoso:kind_not_allowed")
    stranger = await applicant(api)
    of_another = await api.get(f"/v1/citizens/{stranger.id}{in_hand}", api.desk)
    assert_problem(of_another, 403, "urn:hoso:not_a_party")
    assert_problem(await api.get(path + in_hand, stranger), 403, "urn:hoso:not_a_party")
    unknown = await api.get(f"{path}?dossier=no-such", api.desk)
    assert_problem(unknown, 404, "urn:hoso:unknown_dossier")


async def test_applicants_do_not_ask_whose_number_is_known(api: Api) -> None:
    who = {"kind": "person", "name": "Nguyễn Văn Mẫu", "number_kind": "personal_number"}
    body = who | {"number": "024200000001"}
    assert (await api.post("/v1/citizens", body, api.desk)).status_code == 201
    asked = await api.post("/v1/citizens", body, await applicant(api))
    assert_problem(asked, 403, "urn:hoso:kind_not_allowed")


async def test_a_known_number_answers_its_own_position_and_keeps_its_key(api: Api) -> None:
    who = {"kind": "person", "name": "Nguyễn Văn Mẫu", "number_kind": "personal_number"}
    body = who | {"number": "024200000001"}
    first = (await api.post("/v1/citizens", body, PORTAL)).json()
    again = (await api.post("/v1/citizens", body, PORTAL, key="one")).json()
    assert again == {"id": first["id"], "revision": 2, "position": first["position"] + 1}
    await api.filed()  # the log goes on
    assert (await api.post("/v1/citizens", body, PORTAL, key="one")).json() == again
    other = await api.post("/v1/citizens", who | {"number": "024200000002"}, PORTAL, key="one")
    assert_problem(other, 422, "urn:hoso:key_reused")


# Times


async def test_nothing_is_done_or_paid_before_the_filing_or_in_the_future(api: Api) -> None:
    filed = await api.filed()
    path = f"/v1/dossiers/{filed['code']}"
    long_ago = {"text": "xin lỗi", "occurred_at": "1950-01-01T00:00:00Z"}
    early = await api.post(f"{path}/apologise", long_ago, api.desk, revision=2)
    assert_problem(early, 409, "urn:hoso:rule:dossier.time.not_before_filing")
    await api.post(f"{path}/assign", {"officer": api.desk.id}, api.desk, revision=2)
    asked = {"amount_vnd": 20_000, "purpose": "fee"}
    requested = await api.post(f"{path}/request-payment", asked, api.desk, revision=3)
    assert requested.status_code == 200, requested.text
    state = (await api.get(path, api.desk)).json()
    paid = {"obligation": state["obligations"][0]["obligation"], "amount_vnd": 20_000, "reference": "GD1"}
    for paid_at, type_ in (
        ("2199-01-01T00:00:00Z", "in_the_future"),
        ("2025-05-01T00:00:00Z", "rule:dossier.time.not_before_filing"),
    ):
        answer = await api.post(f"{path}/confirm-payment", paid | {"paid_at": paid_at}, PORTAL)
        assert answer.json()["type"] == f"urn:hoso:{type_}", answer.text
    good = await api.post(f"{path}/confirm-payment", paid | {"paid_at": state["as_of"]}, PORTAL)
    assert good.status_code == 200, good.text


# After the reform


async def test_after_the_hour_dead_places_and_abolished_procedures_are_refused(api: Api) -> None:
    filed = await api.filed()
    await api.office.scheduled()
    desk, heir = await api.agency(OLD_DESKS["07210"]), str(await api.agency(NEW_PROVINCE))
    old = await api.filing(place="07210@2025-06-01", accept=False)
    await api.office.move_clock(HOUR + timedelta(minutes=1))
    dead = await api.post("/v1/dossiers", old | {"receiving_agency": heir}, PORTAL)
    problem = assert_problem(dead, 404, "urn:hoso:dead_unit")
    assert "07210@2025-07-01" in problem["detail"]
    place = {"corrects": 1, "place": "07201@2025-06-01", "note": "sai địa bàn"}
    officer = api.office.officer(OLD_DESKS["07207"])
    corrected = await api.post(f"/v1/dossiers/{filed['code']}/correct", place, officer, revision=2)
    problem = assert_problem(corrected, 404, "urn:hoso:dead_unit")
    assert "07213@2025-07-01" in problem["detail"]
    opened_before = await api.post("/v1/dossiers", old | {"receiving_agency": str(desk)}, PORTAL)
    assert opened_before.status_code == 201, opened_before.text
    for agency in (str(desk), heir):
        abolished = old | {"procedure": "1.000003", "place": "07210", "receiving_agency": agency}
        answer = await api.post("/v1/dossiers", abolished, PORTAL)
        assert_problem(answer, 409, "urn:hoso:rule:dossier.submit.procedure_abolished")


async def test_before_the_hour_what_is_to_come_neither_receives_nor_is_a_place(api: Api) -> None:
    await api.office.scheduled()
    filing = await api.filing(accept=False)
    to_come = str(await api.agency(NEW_PROVINCE))
    early = await api.post("/v1/dossiers", filing | {"receiving_agency": to_come}, PORTAL)
    assert_problem(early, 404, "urn:hoso:unknown_agency")
    place = await api.post("/v1/dossiers", filing | {"place": "07213@2025-07-01"}, PORTAL)
    assert_problem(place, 404, "urn:hoso:dead_unit")


async def test_what_was_done_before_the_hour_names_the_agency_it_was_done_for(api: Api) -> None:
    filed = await api.filed()
    await api.office.scheduled()
    await api.office.move_clock(HOUR + timedelta(minutes=1))
    body = {"text": "xin lỗi", "occurred_at": (HOUR - timedelta(hours=1)).isoformat()}
    said = await api.post(f"/v1/dossiers/{filed['code']}/apologise", body, api.desk, revision=2)
    assert said.status_code == 200, said.text
    history = await api.get(f"/v1/dossiers/{filed['code']}/history", api.desk)
    *_, last = history.json()["facts"]
    desk = history.json()["facts"][0]["acting_agency"]
    assert (last["type"], last["acting_agency"]) == ("dossier.apologised.v1", desk)
    assert last["holder"] != desk
