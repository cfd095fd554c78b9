"""Births and deaths declared once, through all their agencies: with a rejected step, an outage in the middle,
a late agency that apologises, and an error found downstream that goes back to its issuer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from application.changing import Asked
from application.outages import Announcement, announce
from application.policy import Identity
from tests.http.linked_office import (
    CARD,
    CERTIFICATE,
    EXTRACT,
    FUNERAL,
    HOME,
    IDENTITY,
    INSURANCE,
    JUSTICE,
    PENSION,
    POLICE,
    PORTAL,
    REFUSAL,
    REMOVAL,
    LinkedOffice,
    at,
    open_linked,
    step,
)
from tests.http.test_commands import assert_problem
from tests.office.province import PROVINCE
from tests.support import Database

BIRTH_STEPS: dict[str, tuple[str, str | None]] = {
    "birth_registration": (JUSTICE, None),
    "permanent_residence": (POLICE, None),
    "health_insurance_card": (INSURANCE, CARD),
    "identity_card": (HOME, IDENTITY),
}
DEATH_STEPS: dict[str, tuple[str, str | None]] = {
    "death_registration": (JUSTICE, None),
    "residence_removal": (POLICE, REMOVAL),
    "social_insurance": (INSURANCE, PENSION),
    "funeral_support": (HOME, FUNERAL),
}


@pytest.fixture
async def office(database: Database) -> AsyncIterator[LinkedOffice]:
    async with open_linked(database) as opened:
        yield opened
        assert (await opened.api.office.audited()).findings == ()


async def registered(office: LinkedOffice) -> tuple[str, str, int]:
    """A birth, declared at 8:00 and registered at 9:00: group, code, and its result's fact."""
    done = await office.declared("birth", BIRTH_STEPS)
    group, code = done["group"], done["codes"]["birth_registration"]
    await office.taken_up(JUSTICE, code, at(8, 30))
    return group, code, await office.settled(JUSTICE, code, CERTIFICATE, at(9))


async def outage(office: LinkedOffice, starts: datetime, ends: datetime) -> None:
    registrar = await office.api.office.appointed(
        {"number": "registrar", "name": "R", "postings": [{"agency": PROVINCE, "roles": ["registrar"]}]}
    )
    said = Announcement("npsp", starts, ends, True, "tests")
    await announce(office.api.office.dossiers, Asked(registrar), said)


def told(view: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    agency = [line["agency"]["identifier"] if line["agency"] else None for line in view["late"]]
    return [(line["what"], line["step"], who) for line, who in zip(view["late"], agency, strict=True)]


async def test_a_birth_goes_through_all_its_agencies(office: LinkedOffice) -> None:
    group, birth, wrong = await registered(office)
    # The portal is out of order from 9:05 to 9:20: ten minutes after 9:00 end at 9:25.
    await outage(office, at(9, 5), at(9, 20))
    residence = await office.begun(group, "permanent_residence", at(9, 3))
    card = await office.begun(group, "health_insurance_card", at(9, 24))
    identity = await office.begun(group, "identity_card", at(9, 40))
    view = await office.view(group)
    assert step(view, "permanent_residence")["pass_on_by"].startswith("2026-09-07T02:25")
    assert told(view) == [("pass_on", "identity_card", JUSTICE)]
    # A late agency apologises itself; a rejected step ends no other's result.
    await office.taken_up(INSURANCE, card, at(10))
    await office.does(
        HOME, identity, "refuse-intake", ground="conditions_not_met", reason="chưa đủ điều kiện"
    )
    await office.taken_up(POLICE, residence, at(11, 45))
    await office.does(POLICE, residence, "apologise", text="xin lỗi vì tiếp nhận chậm")
    view = await office.view(group)
    assert told(view) == [("take_up", "permanent_residence", POLICE), ("pass_on", "identity_card", JUSTICE)]
    assert view["late"][0]["apologised_at"] is not None
    assert view["late"][1]["apologised_at"] is None
    assert step(view, "identity_card")["state"] == "refused_at_intake"
    # The insurance finds an error in the certificate: it goes back to its issuer, and no dossier does.
    insurer = office.api.office.officer(INSURANCE)
    error = {"found_at": "health_insurance_card", "to_step": "birth_registration", "reason": "sai ngày sinh"}
    await office.sent(f"/{group}/return-to-issuer", error, insurer)
    statuses = [step(await office.view(group), name)["status"] for name in BIRTH_STEPS]
    assert statuses == [9, 4, 4, 3]
    right = await office.issued(JUSTICE, birth, b"ban sua", result_code=CERTIFICATE, replaces=wrong)
    await office.does(JUSTICE, birth, "link-result", issued=right)
    await office.sent(f"/{group}/steps/health_insurance_card/pass-on", {"from_step": "birth_registration"})
    view = await office.view(group)
    assert view["returned"][0]["corrected_at"] is not None
    first, second = (p["document"] for p in view["passed"] if p["to_step"] == "health_insurance_card")
    assert first != second
    # Each result is returned as soon as its own procedure is done.
    await office.done(INSURANCE, card, at(14))
    await office.does(JUSTICE, birth, "return-result", way="vneid")
    await office.done(POLICE, residence, at(15))
    view = await office.view(group)
    assert [one["state"] for one in view["steps"]] == ["settled", "settled", "settled", "refused_at_intake"]
    assert view["ended_at"] is not None
    await explained(office, group, card, [first, second])


async def explained(office: LinkedOffice, group: str, code: str, passed: list[str]) -> None:
    """The history of a child tells of the group: what came from where, what went back, who was late."""
    clerk = office.api.office.officer(INSURANCE)
    history = (await office.api.get(f"/v1/dossiers/{code}/history", clerk)).json()
    types = [fact["type"] for fact in history["facts"]]
    for topic in ("step_begun", "result_passed", "returned_to_issuer", "corrected"):
        assert f"linked.{topic}.v1" in types
    reused = [f["data"]["document"] for f in history["facts"] if f["type"] == "dossier.component_reused.v1"]
    assert reused == passed
    assert history["linked"]["group"] == group
    assert [line["what"] for line in history["linked"]["late"]] == ["take_up", "pass_on"]
    returned = next(f for f in history["facts"] if f["type"] == "linked.returned_to_issuer.v1")
    assert returned["data"]["reason"]["text"] == "sai ngày sinh"


async def test_a_death_goes_to_two_agencies_in_sequence(office: LinkedOffice) -> None:
    done = await office.declared("death", DEATH_STEPS)
    group, death = done["group"], done["codes"]["death_registration"]
    assert list(done["codes"]) == ["death_registration"]
    await office.taken_up(JUSTICE, death, at(8, 30))
    await office.settled(JUSTICE, death, EXTRACT, at(9))
    too_soon = await office.api.post(f"/v1/linked-groups/{group}/steps/funeral_support/begin", {}, PORTAL)
    assert_problem(too_soon, 409, "urn:hoso:rule:linked.step_waits")
    pension = await office.begun(group, "social_insurance", at(9, 1))
    removal = await office.begun(group, "residence_removal", at(9, 2))
    for agency, code in ((INSURANCE, pension), (POLICE, removal)):
        await office.taken_up(agency, code, at(9, 30))
    await office.done(INSURANCE, pension, at(10))
    funeral = await office.begun(group, "funeral_support", at(10, 5))
    await office.taken_up(HOME, funeral, at(10, 30))
    await office.done(POLICE, removal, at(11))
    await office.does(HOME, funeral, "finish", at(14), outcome="refused", reason="không thuộc đối tượng")
    view = await office.view(group)
    assert [one["state"] for one in view["steps"]] == ["settled", "settled", "settled", "refused"]
    assert told(view) == []
    assert view["due"] is None  # no limit of the whole was found for deaths: reference section 3.6


async def test_what_needs_a_step_that_was_refused_as_result_is_blocked_and_says_why(
    office: LinkedOffice,
) -> None:
    done = await office.declared("birth", BIRTH_STEPS)
    group, birth = done["group"], done["codes"]["birth_registration"]
    await office.taken_up(JUSTICE, birth, at(8, 30))
    refusing = {"outcome": "refused", "reason": "không có căn cứ", "result_code": REFUSAL}
    await office.does(JUSTICE, birth, "finish", at(9), **refusing)
    answer = await office.api.post(f"/v1/linked-groups/{group}/steps/permanent_residence/begin", {}, PORTAL)
    assert_problem(answer, 409, "urn:hoso:rule:linked.step_blocked")
    await office.to(at(9, day=20))
    view = await office.view(group)
    assert step(view, "permanent_residence")["blocked_by"] == {"step": "birth_registration", "why": "refused"}
    assert told(view) == []
    assert view["ended_at"] is not None


async def test_the_whole_is_late_after_three_working_days_and_five_with_verification(
    office: LinkedOffice,
) -> None:
    done = await office.declared("birth", BIRTH_STEPS)
    group, birth = done["group"], done["codes"]["birth_registration"]
    await office.taken_up(JUSTICE, birth, at(8, 30))
    assert (await office.view(group))["due"].startswith("2026-09-10T17:00")
    await office.to(at(9, day=11))
    assert ("whole", None, None) in told(await office.view(group))
    justice = office.api.office.officer(JUSTICE)
    asked = {"step": "birth_registration", "reason": "xác minh nơi sinh"}
    await office.sent(f"/{group}/verify", asked, justice)
    view = await office.view(group)
    assert view["due"].startswith("2026-09-14T17:00")
    assert ("whole", None, None) not in told(view)
    again = await office.api.post(f"/v1/linked-groups/{group}/verify", asked, justice)
    assert_problem(again, 409, "urn:hoso:rule:linked.verification_once")


async def test_before_the_rules_are_known_nothing_is_due_and_nothing_is_late(database: Database) -> None:
    async with open_linked(database, rules=False) as office:
        named = {name: (agency, p or "1.001193") for name, (agency, p) in BIRTH_STEPS.items()}
        done = await office.declared("birth", named)
        assert set(done["codes"]) == set(BIRTH_STEPS)  # no order is known, so all begin
        await office.to(at(9, day=20))
        view = await office.view(done["group"])
        assert (view["rules_known"], view["due"]) == (False, None)
        assert told(view) == []
        assert (await office.api.office.audited()).findings == ()


async def test_what_is_late_is_listed_page_by_page(office: LinkedOffice) -> None:
    for _ in range(3):
        await office.declared("birth", BIRTH_STEPS)
    in_time = await office.declared("birth", BIRTH_STEPS)
    await office.taken_up(JUSTICE, in_time["codes"]["birth_registration"], at(8, 30))
    await office.to(at(11))
    auditor = await office.api.office.appointed(
        {"number": "auditor", "name": "A", "postings": [{"agency": PROVINCE, "roles": ["auditor"]}]}
    )
    found, cursor = [], ""
    while True:
        page = (await office.api.get(f"/v1/linked-groups?late=true&limit=2{cursor}", auditor)).json()
        found += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(found) == 3
    assert {told(item)[0] for item in found} == {("take_up", "birth_registration", JUSTICE)}
    assert len((await office.api.get("/v1/linked-groups", auditor)).json()["items"]) == 4


async def test_a_repeated_declaration_begins_nothing_twice(office: LinkedOffice) -> None:
    owner = str(await office.api.office.applicant())
    agencies = {name: str(await office.api.agency(agency)) for name, (agency, _) in BIRTH_STEPS.items()}
    steps = [{"step": n, "agency": a, "procedure": BIRTH_STEPS[n][1]} for n, a in agencies.items()]
    body = {"kind": "birth", "declarant": owner, "subjects": [owner], "channel": "online", "steps": steps}
    first = await office.api.post("/v1/linked-groups", body, PORTAL, key="once")
    again = await office.api.post("/v1/linked-groups", body, PORTAL, key="once")
    assert first.status_code == 201, first.text
    assert again.json() == first.json()


async def test_who_may_what_of_a_group(office: LinkedOffice) -> None:
    group, _, _ = await registered(office)
    error = {"found_at": "birth_registration", "to_step": "birth_registration", "reason": "x"}
    stranger = office.api.office.officer(POLICE)
    answer = await office.api.post(f"/v1/linked-groups/{group}/return-to-issuer", error, stranger)
    assert_problem(answer, 403, "urn:hoso:not_the_holder")
    citizen = Identity("applicant", str(await office.api.office.applicant()))
    assert (await office.api.get(f"/v1/linked-groups/{group}", citizen)).status_code == 403
    declarant = Identity("applicant", (await office.view(group))["declarant"])
    assert (await office.api.get(f"/v1/linked-groups/{group}", declarant)).status_code == 200
    nobody = "00000000-0000-7000-8000-000000000000"
    assert (await office.api.get(f"/v1/linked-groups/{nobody}", PORTAL)).status_code == 404
