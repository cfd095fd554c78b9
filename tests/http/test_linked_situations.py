"""Linked groups where something else happens at the same time, or in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from application.catalogue_loads import load_linked_rules
from application.ledger import Ledger
from application.policy import Identity
from interfaces.wiring import LINKED_GROUPS, read_linked_rules
from tests.http.linked_office import (
    CERTIFICATE,
    INSURANCE,
    JUSTICE,
    POLICE,
    PORTAL,
    REFUSAL,
    LinkedOffice,
    at,
    open_linked,
    step,
)
from tests.http.test_citizens import identified, mandated, merged, next_day, today
from tests.http.test_commands import assert_problem
from tests.http.test_linked_groups import BIRTH_STEPS, DEATH_STEPS, registered, told
from tests.office.province import PROVINCE, SYSTEM
from tests.support import Database


@pytest.fixture
async def office(database: Database) -> AsyncIterator[LinkedOffice]:
    async with open_linked(database) as opened:
        yield opened
        assert (await opened.api.office.audited()).findings == ()


async def body_of(office: LinkedOffice, **changes: Any) -> dict[str, Any]:
    owner = str(await office.api.office.applicant())
    steps = [
        {"step": name, "agency": str(await office.api.agency(agency)), "procedure": procedure}
        for name, (agency, procedure) in BIRTH_STEPS.items()
    ]
    said = {"kind": "birth", "declarant": owner, "subjects": [owner], "channel": "online", "steps": steps}
    return said | changes


async def auditor_of(office: LinkedOffice) -> Identity:
    posting = {"agency": PROVINCE, "roles": ["auditor"]}
    return await office.api.office.appointed({"number": "auditor", "name": "A", "postings": [posting]})


async def test_a_declaration_sent_twice_at_once_is_one_group_and_one_answer(office: LinkedOffice) -> None:
    body = await body_of(office)
    sent = [office.api.post("/v1/linked-groups", body, PORTAL, key="once") for _ in range(4)]
    answers = [answer for answer in await asyncio.gather(*sent) if answer.status_code != 503]
    assert {answer.status_code for answer in answers} == {201}, [a.text for a in answers]
    (group,) = {answer.json()["group"] for answer in answers}
    assert len({answer.text for answer in answers}) == 1
    assert (await office.view(group))["steps"][0]["code"] is not None


async def test_a_declaration_repeated_later_is_answered_as_at_first(office: LinkedOffice) -> None:
    body = await body_of(office)
    first = (await office.api.post("/v1/linked-groups", body, PORTAL, key="once")).json()
    code = first["codes"]["birth_registration"]
    await office.taken_up(JUSTICE, code, at(8, 30))
    await office.settled(JUSTICE, code, CERTIFICATE, at(9))
    await office.begun(first["group"], "permanent_residence", at(9, 5))
    again = (await office.api.post("/v1/linked-groups", body, PORTAL, key="once")).json()
    assert again == first


async def test_two_begins_of_one_step_at_once_begin_one_dossier(office: LinkedOffice) -> None:
    group, _, _ = await registered(office)
    path = f"/v1/linked-groups/{group}/steps/permanent_residence/begin"
    answers = await asyncio.gather(*(office.api.post(path, {}, PORTAL) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {a.json()["type"] for a in answers if a.status_code == 409} == {"urn:hoso:rule:linked.step_once"}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"procedure": "9.999999"}, 404),
        ({"case": "của bà Nguyễn Thị Thử"}, 409),
        ({"components": [{"id": "giay_khai_sinh", "form": "copy", "count": 1}]}, 400),
    ],
)
async def test_what_could_not_begin_later_is_refused_with_the_declaration(
    office: LinkedOffice, change: dict[str, Any], status: int
) -> None:
    body = await body_of(office)
    body["steps"][2] |= change
    answer = await office.api.post("/v1/linked-groups", body, PORTAL)
    assert answer.status_code in (status, 422), answer.text


async def test_who_no_longer_holds_the_dossier_returns_nothing_to_the_issuer(office: LinkedOffice) -> None:
    group, _, _ = await registered(office)
    card = await office.begun(group, "health_insurance_card", at(9, 5))
    await office.taken_up(INSURANCE, card, at(9, 30))
    to = str(await office.api.agency(POLICE))
    plain = office.api.services
    forwarded: list[int] = []

    class Overtaken(Ledger):
        """Before anything is appended the dossier is forwarded."""

        async def append(self, *aggregates: Any, **conditions: Any) -> Any:
            if not forwarded:
                forwarded.append(1)
                office.api.app.state.services = plain
                await office.does(INSURANCE, card, "forward", to_agency=to)
            return await super().append(*aggregates, **conditions)

    ledger = Overtaken(plain.ledger.recorder, plain.ledger.codec, plain.ledger.keyring)
    dossiers = replace(plain.dossiers, ledger=ledger)
    office.api.app.state.services = replace(plain, ledger=ledger, dossiers=dossiers)
    error = {"found_at": "health_insurance_card", "to_step": "birth_registration", "reason": "x"}
    insurer = office.api.office.officer(INSURANCE)
    answer = await office.api.post(f"/v1/linked-groups/{group}/return-to-issuer", error, insurer)
    assert_problem(answer, 403, "urn:hoso:not_the_holder")
    assert forwarded
    assert (await office.view(group))["returned"] == []


async def test_a_verification_that_runs_into_an_unknown_year_says_what_to_load(office: LinkedOffice) -> None:
    await office.api.office.move_clock(at(8).replace(month=12, day=28))
    await office.api.office.reader.moment(fresh=True)
    done = await office.declared("birth", BIRTH_STEPS)
    asked = {"step": "birth_registration", "reason": "xác minh"}
    justice = office.api.office.officer(JUSTICE)
    answer = await office.api.post(f"/v1/linked-groups/{done['group']}/verify", asked, justice)
    assert_problem(answer, answer.status_code, "urn:hoso:calendar_unknown")


async def test_what_was_withdrawn_in_time_is_late_by_nobody_afterwards(office: LinkedOffice) -> None:
    done = await office.declared("birth", BIRTH_STEPS)
    code = done["codes"]["birth_registration"]
    declarant = Identity("applicant", (await office.view(done["group"]))["declarant"])
    revision = (await office.api.get(f"/v1/dossiers/{code}", declarant)).json()["revision"]
    answer = await office.api.post(f"/v1/dossiers/{code}/withdraw", {}, declarant, revision=revision)
    assert answer.status_code == 200, answer.text
    await office.to(at(9, day=20))
    view = await office.view(done["group"])
    assert (told(view), view["ended_at"] is None) == ([], False)
    # It begins once: who wants it after all files a dossier of its own.
    again = f"/v1/linked-groups/{done['group']}/steps/birth_registration/begin"
    assert_problem(await office.api.post(again, {}, PORTAL), 409, "urn:hoso:rule:linked.step_once")


async def test_a_refusal_that_comes_late_is_late(office: LinkedOffice) -> None:
    done = await office.declared("birth", BIRTH_STEPS)
    code = done["codes"]["birth_registration"]
    await office.taken_up(JUSTICE, code, at(8, 30))
    refusing = {"outcome": "refused", "reason": "không có căn cứ", "result_code": REFUSAL}
    await office.does(JUSTICE, code, "finish", at(14, day=8), **refusing)
    view = await office.view(done["group"])
    assert told(view) == [("step", "birth_registration", JUSTICE)]


async def test_what_waits_for_a_blocked_step_is_blocked_too_and_the_group_is_over(
    office: LinkedOffice,
) -> None:
    _, death = read_linked_rules(LINKED_GROUPS)
    *before, last = death["steps"]
    steps = (*before, last | {"after": ["social_insurance"]})  # and so not directly after the death
    own = death | {"steps": steps, "valid_from": date(2026, 9, 2)}
    await load_linked_rules(office.api.office.registry, SYSTEM, [own])
    done = await office.declared("death", DEATH_STEPS)
    code = done["codes"]["death_registration"]
    await office.does(JUSTICE, code, "refuse-intake", at(9), ground="conditions_not_met", reason="x")
    view = await office.view(done["group"])
    assert step(view, "funeral_support")["blocked_by"] == {"step": "social_insurance", "why": "blocked"}
    assert view["ended_at"] is not None
    auditor = await auditor_of(office)
    assert (await office.api.get("/v1/linked-groups?going_on=true", auditor)).json()["items"] == []


async def test_only_what_is_late_now_is_listed_and_the_group_itself_says_what_was(
    office: LinkedOffice,
) -> None:
    done = await office.declared("birth", BIRTH_STEPS)
    auditor = await auditor_of(office)
    await office.to(at(11))
    found = (await office.api.get("/v1/linked-groups?late=true", auditor)).json()["items"]
    assert [item["group"] for item in found] == [done["group"]]
    await office.taken_up(JUSTICE, done["codes"]["birth_registration"], at(11, 30))
    assert (await office.api.get("/v1/linked-groups?late=true", auditor)).json()["items"] == []
    going = (await office.api.get("/v1/linked-groups?going_on=true", auditor)).json()["items"]
    assert told(going[0]) == [("take_up", "birth_registration", JUSTICE)]


async def test_who_passed_on_late_apologises_on_its_own_dossier(office: LinkedOffice) -> None:
    group, birth, _ = await registered(office)
    await office.begun(group, "permanent_residence", at(10))
    assert (await office.view(group))["late"][0]["apologised_at"] is None
    await office.does(JUSTICE, birth, "apologise", text="xin lỗi vì chuyển chậm")
    line = next(one for one in (await office.view(group))["late"] if one["step"] == "permanent_residence")
    assert (line["what"], line["apologised_at"] is None) == ("pass_on", False)


async def test_a_merged_party_and_a_representative_read_the_group_and_one_whose_mandate_ended_does_not(
    office: LinkedOffice,
) -> None:
    api = office.api
    parent, other, helper = [await identified(api, name) for name in ("Lan", "Lan hai", "Giúp")]
    body = await body_of(office, declarant=parent.id, subjects=[parent.id])
    group = (await api.post("/v1/linked-groups", body, PORTAL)).json()["group"]
    path = f"/v1/linked-groups/{group}"
    assert (await api.get(path, other)).status_code == 403
    await merged(api, other, parent)
    assert (await api.get(path, other)).status_code == 200
    assert (await api.get(path, helper)).status_code == 403
    tomorrow = (await today(api) + timedelta(days=1)).isoformat()
    await mandated(api, parent, helper, valid_until=tomorrow)
    assert (await api.get(path, helper)).status_code == 200
    await next_day(api)
    assert (await api.get(path, helper)).status_code == 403


async def test_the_history_tells_of_the_group_as_it_was_known_then(office: LinkedOffice) -> None:
    group, birth, _ = await registered(office)
    justice = office.api.office.officer(JUSTICE)
    await office.begun(group, "permanent_residence", at(15))
    path = f"/v1/dossiers/{birth}/history?known_at=2026-09-07T08:45:00%2B07:00"
    then = (await office.api.get(path, justice)).json()["linked"]
    own = step(then, "birth_registration")
    assert (own["status"], own["state"], own["finished_at"], told(then)) == (4, "taken_up", None, [])
    now = (await office.api.get(f"/v1/dossiers/{birth}/history", justice)).json()["linked"]
    assert step(now, "birth_registration")["status"] == 9


async def test_a_dossier_that_only_names_a_group_is_told_nothing_of_it(office: LinkedOffice) -> None:
    group, _, _ = await registered(office)
    filed = await office.api.filed(linked_group=group)
    history = (await office.api.get(f"/v1/dossiers/{filed['code']}/history", office.api.desk)).json()
    assert history["linked"] is None
    assert not [fact for fact in history["facts"] if fact["type"].startswith("linked.")]
