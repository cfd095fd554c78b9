"""Keys, certificate, close, closing officers' books, delegation and the questions afterwards, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from application.certificate_check import check
from application.policy import Identity
from domain.certificate import instant_text, signed_bytes
from interfaces.signatures import verify
from tests.certificates.signing_world import Keys
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.office.province import SYSTEM
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, OLD_DESKS, PROVINCE

OLD = OLD_DESKS["07207"]


async def handed_over(api: Api) -> str:
    """The address of a part that is reconciled, one dossier moved."""
    await api.office.filed(OLD, "07207")
    part = await api.office.scheduled()
    await api.office.move_clock(HOUR)
    moment = await api.office.reader.moment(fresh=True)
    path = f"/v1/handovers/{moment.organisation.parts[part].act}/parts/{part}"
    for step in ("transfer", "reconcile"):
        answer = await api.post(f"{path}/{step}", {}, api.operator)
        assert answer.status_code == 200, answer.text
    return path


async def signature(api: Api, path: str, keys: Keys, identifier: str, side: str) -> dict[str, Any]:
    """What the agency sends, made with its own key."""
    state = (await api.get(f"{path}/certificate", api.operator)).json()
    agency = await api.agency(identifier)
    key_id = next(k for a, k in keys.private if a == agency)
    moment = await api.office.reader.moment(fresh=True)
    signed_at = instant_text(moment.now)
    message = signed_bytes(state["digest"], str(agency), side, signed_at)
    return {
        "agency": str(agency),
        "side": side,
        "key_id": key_id,
        "signed_at": signed_at,
        "signature": keys.sign(agency, key_id, message),
    }


async def test_from_key_to_close(api: Api) -> None:
    path = await handed_over(api)
    assert_problem(await api.get(f"{path}/certificate", api.operator), 404, "urn:hoso:unknown_certificate")
    issued = await api.post(f"{path}/certificate", {}, api.operator, key="issue")
    again = await api.post(f"{path}/certificate", {}, api.operator, key="issue")
    assert issued.status_code == again.status_code == 200, issued.text
    assert issued.json() == again.json()
    other = await api.post(f"{path}/certificate", {"part_version": 2}, api.operator)
    assert_problem(other, 404, "urn:hoso:unknown_certificate")
    named = await api.get(f"{path}/certificate?part_version=1", api.operator)
    assert (named.status_code, named.json()["part_version"]) == (200, 1), named.text
    keys = Keys()
    for identifier in (OLD, NEW_DESKS["07210"]):
        public = keys.make(await api.agency(identifier))
        named = await api.post(f"/v1/agencies/{identifier}/name-key", {"public_key": public}, SYSTEM)
        assert named.status_code == 200, named.text
    closer, receiver = api.office.officer(PROVINCE), api.office.officer(OLD)
    handing = await signature(api, path, keys, OLD, "handing")
    refused = await api.post(f"{path}/certificate/sign", handing, receiver)
    assert_problem(refused, 403, "urn:hoso:not_closing")
    open_still = await api.post(f"{path}/close", {}, api.operator)
    assert_problem(open_still, 409, "urn:hoso:rule:handover.signatures_missing")
    assert OLD in open_still.json()["details"]["missing"]
    wrong = handing | {"signed_at": "2025-06-30T17:00:00.000001Z"}
    assert_problem(
        await api.post(f"{path}/certificate/sign", wrong, closer), 409, "urn:hoso:rule:certificate.signed_at"
    )
    first = await api.post(f"{path}/certificate/sign", handing, closer, key="sign")
    assert first.json()["counts"] == {"signed": 1, "missing": 1}, first.text
    repeated = await api.post(f"{path}/certificate/sign", handing, closer, key="sign")
    assert repeated.json()["position"] == first.json()["position"]
    receiving = await signature(api, path, keys, NEW_DESKS["07210"], "receiving")
    done = await api.post(f"{path}/certificate/sign", receiving, receiver)
    assert done.json()["counts"]["missing"] == 0, done.text
    file = await api.get(f"{path}/certificate?document=true", api.operator)
    listed = [
        key
        for identifier in (OLD, NEW_DESKS["07210"])
        for key in (await api.get(f"/v1/agencies/{identifier}/keys", receiver)).json()["keys"]
    ]
    found = check(file.content, verify, keys=listed)
    assert (found.problems, found.signed) == ([], 2)
    closed = await api.post(f"{path}/close", {}, api.operator)
    assert closed.status_code == 200, closed.text
    assert (await api.get(f"{path}/certificate", api.operator)).json()["closed"] is True


async def test_the_closing_officer_reads_the_books_and_others_do_not(api: Api) -> None:
    path = await handed_over(api)
    books = await api.get(f"{path}/closings/{OLD}", api.office.officer(PROVINCE))
    assert books.status_code == 200, books.text
    assert books.json()["counts"] == {"moved": 1, "ended_here": 0, "handed_over": 1, "provisional": 0}
    assert [item["to_identifier"] for item in books.json()["items"]] == [NEW_DESKS["07210"]]
    assert (await api.get(f"{path}/closings/{OLD}", api.operator)).status_code == 200
    for who in (api.office.officer(OLD), SYSTEM):
        assert (await api.get(f"{path}/closings/{OLD}", who)).status_code == 403
    unknown = await api.get(f"{path}/closings/000.99.99.H99", api.operator)
    assert_problem(unknown, 404, "urn:hoso:unknown_agency")


async def test_questions_afterwards(api: Api) -> None:
    path = await handed_over(api)
    filed = (await api.get(f"{path}/closings/{OLD}", api.operator)).json()["items"][0]["code"]
    before = await api.get(f"/v1/dossiers/{filed}/holder?valid_at=2025-06-30T12:00:00Z", api.operator)
    assert before.status_code == 200, before.text
    assert before.json()["holder"]["identifier"] == OLD, before.text
    now = await api.get(f"/v1/dossiers/{filed}/holder", api.operator)
    assert now.json()["holder"]["identifier"] == NEW_DESKS["07210"]
    late = (await api.get(f"{path}/lateness", api.operator)).json()
    assert (late["dossiers"], late["totals"]["inherited_overdue"]) == (1, 1)
    compared = (await api.get(f"{path.partition('/parts/')[0]}/compare", api.operator)).json()
    assert [(p["promised"], p["came"], p["unexplained"]) for p in compared["parts"]] == [(1, 1, 0)]


async def test_absence_and_delegation_over_http(api: Api) -> None:
    owner, delegate = api.office.officer(OLD), api.office.officer(DISTRICT)
    moment = await api.office.reader.moment(fresh=True)
    assert owner.uuid is not None
    posting = str(moment.organisation.posted(owner.uuid, moment.now)[0][0].posting_id)
    until = (moment.now + timedelta(days=5)).isoformat()
    path = f"/v1/officers/{owner.id}"
    assert_problem(await api.post(f"{path}/absent", {}, delegate), 403, "urn:hoso:role_missing")
    absent = await api.post(f"{path}/absent", {"until": until}, owner)
    assert absent.status_code == 200, absent.text
    body = {"posting": posting, "to": delegate.id, "until": until}
    given = await api.post(f"{path}/delegate", body, owner)
    assert given.status_code == 200, given.text
    moment = await api.office.reader.moment(fresh=True)
    delegation = str(next(iter(moment.organisation.officers[owner.uuid].away.delegations)))
    filed = await api.office.filed(OLD, "07207")
    taken = await api.post(
        f"/v1/dossiers/{filed.code}/assign", {"officer": delegate.id}, delegate, revision=filed.revision
    )
    assert taken.status_code == 200, taken.text
    refused = await api.post(
        f"/v1/dossiers/{filed.code}/take", {"officer": owner.id}, delegate, revision=filed.revision + 1
    )
    assert_problem(refused, 409, "urn:hoso:rule:absence.not_assigned")
    assert (await api.post(f"{path}/end-delegation", {"delegation": delegation}, owner)).status_code == 200
    assert (await api.post(f"{path}/back", {}, owner)).status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 44, "A" * 43 + "=", "A" * 42 + "B="])
async def test_what_is_no_key(api: Api, key: str) -> None:
    """32 zero bytes are a key by their form; the last has bits that no key has."""
    answer = await api.post(f"/v1/agencies/{OLD}/name-key", {"public_key": key}, SYSTEM)
    assert answer.status_code in ((200,) if key == "A" * 43 + "=" else (409, 422)), answer.text


async def test_a_citizen_names_no_keys(api: Api) -> None:
    who = Identity("applicant", str(await api.office.applicant()))
    answer = await api.post(f"/v1/agencies/{OLD}/name-key", {"public_key": "A" * 43 + "="}, who)
    assert_problem(answer, 403, "urn:hoso:kind_not_allowed")
