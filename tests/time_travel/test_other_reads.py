"""What else is read as of then: people, what they gave and have in store, acts, what a procedure asks for,
imported dossiers. The answer for a pair is the same bytes after whatever is learned later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote
from uuid import UUID

import pytest

from application.policy import Identity
from tests.http.client import Api, open_api
from tests.http.linked_office import JUSTICE, PORTAL, at, open_linked
from tests.http.test_citizens import DAY, identified, mandated, merged, next_day
from tests.http.test_commands import assert_problem
from tests.http.test_documents import kept
from tests.http.test_linked_groups import outage, registered, told
from tests.http.test_who_may import registrar
from tests.office.asked_papers import LAND, both_published
from tests.office.world import DISTRICT
from tests.support import Database


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    async with open_api(database) as opened:
        yield opened
        audited = await opened.office.audited()
        assert audited.ok, audited.findings


async def pair(api: Api) -> str:
    """The present instant and position, as parameters."""
    moment = await api.office.reader.moment(fresh=True)
    return f"valid_at={quote(moment.now.isoformat())}&known_at={moment.read_up_to}"


async def answers(api: Api, who: Identity, *paths: str) -> list[bytes]:
    found = [await api.get(path, who) for path in paths]
    assert [answer.status_code for answer in found] == [200] * len(paths), found[0].text
    return [answer.content for answer in found]


async def test_who_somebody_is_is_known_then_without_later_contacts_and_merges(api: Api) -> None:
    old = await identified(api, "Trần Thị Thử", phone="0900000001")
    new = await identified(api, "Trần Thị Thử")
    path = f"/v1/citizens/{old.id}?{await pair(api)}"
    first = await answers(api, old, path)
    changed = await api.post(f"/v1/citizens/{old.id}/change-contact", {"phone": "0900000002"}, old)
    assert changed.status_code == 200, changed.text
    assert (await merged(api, old, new)).status_code == 200
    now = (await api.get(f"/v1/citizens/{old.id}", old)).json()
    assert (now["phone"], now["survivor"]) == ("0900000002", new.id)
    assert await answers(api, old, path) == first
    then = (await api.get(path, new)).json()
    assert (then["phone"], then["survivor"], then["same_as"]) == ("0900000001", old.id, [])
    early = f"/v1/citizens/{old.id}?known_at=3"
    assert_problem(await api.get(early, old), 404, "urn:hoso:unknown_citizen")
    apart = await api.post(f"/v1/citizens/{old.id}/separate", {}, await registrar(api))
    assert apart.status_code == 200
    assert await answers(api, old, path) == first


async def test_a_mandate_that_was_ended_later_stood_then(api: Api) -> None:
    mother, son = await identified(api, "Mẹ"), await identified(api, "Con")
    before = await pair(api)
    mandate = await mandated(api, mother, son)
    path = f"/v1/citizens/{mother.id}/mandates?"
    given = await pair(api)
    first = await answers(api, mother, path + before, path + given)
    await next_day(api)
    ended = await api.post(f"/v1/citizens/{mother.id}/mandates/{mandate}/end", {}, mother)
    assert ended.status_code == 200, ended.text
    assert await answers(api, mother, path + before, path + given) == first
    assert (await api.get(path + before, mother)).json()["items"] == []
    (then,) = (await api.get(path + given, mother)).json()["items"]
    (now,) = (await api.get(path[:-1], mother)).json()["items"]
    assert (then["in_force"], now["in_force"]) == (True, False)


async def test_a_document_that_was_withdrawn_later_was_held_then_and_needed_is_what_was_needed(
    api: Api,
) -> None:
    await both_published(api.office)
    owner = await api.office.applicant()
    mine = Identity("applicant", str(owner))
    before = await pair(api)
    document = await kept(api, owner)
    given = await pair(api)
    asked = [f"/v1/procedures/{LAND}/papers?owner={owner}&{times}" for times in (before, given)]
    stores = [f"/v1/citizens/{owner}/documents?{times}" for times in (before, given)]
    one = f"/v1/citizens/{owner}/documents/{document}?{given}"
    first = await answers(api, mine, *asked, *stores, one)
    gone = {"ground": "revoked", "reason": "thu hồi"}
    clerk = api.office.officer(DISTRICT)
    path = f"/v1/citizens/{owner}/documents/{document}"
    kept_by = UUID((await api.get(path, mine)).json()["issuer"])
    moment = await api.office.reader.moment(fresh=True)
    keeper = moment.organisation.agencies[kept_by].identifier
    withdrawn = await api.post(f"{path}/withdraw", gone, api.office.officers.get(keeper, clerk))
    assert withdrawn.status_code == 200, withdrawn.text
    assert await answers(api, mine, *asked, *stores, one) == first
    standing = [(await api.get(at, mine)).json()["papers"][0]["standing"] for at in asked]
    now = (await api.get(asked[0].partition("&")[0], mine)).json()["papers"][0]["standing"]
    assert (standing, now) == (["needed", "held"], "needed")
    assert [len((await api.get(at, mine)).json()["items"]) for at in stores] == [0, 1]


async def test_an_act_was_not_there_before_it_was_drafted_and_not_in_force_before_its_hour(
    api: Api,
) -> None:
    before = await pair(api)
    await api.office.scheduled()
    (act,) = (await api.get("/v1/handovers", api.operator)).json()["handovers"]
    then, path = await pair(api), f"/v1/handovers/{act['id']}?"
    first = await answers(api, api.operator, f"/v1/handovers?{before}", path + then)
    await api.office.move_clock((await api.office.reader.moment(fresh=True)).now + 40 * DAY)
    assert await answers(api, api.operator, f"/v1/handovers?{before}", path + then) == first
    assert (await api.get(f"/v1/handovers?{before}", api.operator)).json()["handovers"] == []
    assert_problem(await api.get(path + before, api.operator), 404, "urn:hoso:unknown_handover")
    (part,) = (await api.get(path + then, api.operator)).json()["parts"]
    (now,) = (await api.get(path, api.operator)).json()["parts"]
    assert (part["state"], now["state"]) == ("scheduled", "effective")


async def test_whoever_is_posted_no_more_reads_nothing_by_asking_for_earlier(api: Api) -> None:
    moment = await api.office.reader.moment(fresh=True)
    posting = {"agency": DISTRICT, "roles": ["desk"]}
    gone = await api.office.appointed({"number": "G-1", "name": "Cán bộ", "postings": [posting]})
    filed, then = await api.filed(), await pair(api)
    paths = [f"/v1/officers?{then}", f"/v1/dossiers/{filed['code']}?{then}", f"/v1/handovers?{then}"]
    await answers(api, gone, *paths)
    moment = await api.office.reader.moment(fresh=True)
    ((own, _),) = moment.organisation.posted(gone.uuid or UUID(int=0), moment.now)
    ended = await api.post(
        f"/v1/officers/{gone.id}/end-posting", {"posting": str(own.posting_id)}, await registrar(api)
    )
    assert ended.status_code == 200, ended.text
    await next_day(api)
    for path in paths:
        assert_problem(await api.get(path, gone), 403, "urn:hoso:not_posted")


async def test_a_linked_group_was_late_then_by_what_was_known_then(database: Database) -> None:
    async with open_linked(database) as office:
        group, birth, _ = await registered(office)
        await office.begun(group, "health_insurance_card", at(9, 24))
        api = office.api
        _, position = await api.services.ledger.recorder.clock()
        paths = [
            f"/v1/linked-groups/{group}?known_at={position}",
            f"/v1/dossiers/{birth}/history?known_at={position}",
        ]
        holder = api.office.officer(JUSTICE)
        first = [*await answers(api, PORTAL, paths[0]), *await answers(api, holder, paths[1])]
        late = ("pass_on", "health_insurance_card", JUSTICE)
        assert late in told((await api.get(paths[0], PORTAL)).json())
        # An outage that is announced later excuses it for whoever asks now, and for nobody then.
        await outage(office, at(9, 1), at(9, 25))
        await office.begun(group, "identity_card", at(9, 40))
        now = (await api.get(paths[0].partition("?")[0], PORTAL)).json()
        assert late not in told(now)
        assert [*await answers(api, PORTAL, paths[0]), *await answers(api, holder, paths[1])] == first
        early = f"/v1/linked-groups/{group}?known_at=9"
        assert_problem(await api.get(early, PORTAL), 404, "urn:hoso:not_known_yet")
        assert (await api.office.audited()).findings == ()
