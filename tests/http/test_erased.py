"""What would record something personal of somebody whose data were erased, over HTTP: refused in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from application.policy import Identity
from tests.http.client import Api
from tests.http.test_citizens import identified, merged
from tests.http.test_commands import assert_problem
from tests.http.test_documents import filed
from tests.http.test_who_may import applicant, registrar
from tests.office.asked_papers import BIRTH, DESK, a_file, both_published
from tests.office.erasures import erased as erased_lawfully


async def erased(api: Api, who: Identity) -> None:
    now, _ = await api.office.opened.recorder.clock()
    await api.office.opened.keyring.destroy([UUID(who.id)], now)


def gone(answer: httpx.Response) -> dict[str, Any]:
    return assert_problem(answer, 410, "urn:hoso:subject_erased")


async def test_a_merge_of_an_erased_one_needs_no_note_and_one_with_a_note_is_refused(api: Api) -> None:
    old, new = await identified(api, "Trần Văn Quên"), await applicant(api)
    await erased(api, old)
    for lang, says in (("en", "identify the person again"), ("vi", "hãy định danh lại")):
        body = {"into": new.id, "ground": "registered_twice", "note": "hai lần"}
        answer = await api.post(
            f"/v1/citizens/{old.id}/merge", body, await registrar(api), headers={"Accept-Language": lang}
        )
        assert says in gone(answer)["detail"]
    assert (await merged(api, old, new)).status_code == 200


async def test_a_reason_is_not_written_for_an_erased_owner_and_what_needs_none_goes_on(api: Api) -> None:
    await both_published(api.office)
    owner, clerk = await applicant(api), api.office.officer(DESK)
    code, _ = await filed(api, UUID(owner.id), BIRTH, "to-khai")
    path = f"/v1/dossiers/{code}"
    given = {"component": "khai-sinh", "file": await a_file(api.office, UUID(owner.id))}
    revision = (await api.post(f"{path}/upload-component", given, owner)).json()["revision"]
    await erased(api, owner)
    unusable = {"component": "khai-sinh", "outcome": "unusable", "reason": "không đọc được"}
    gone(await api.post(f"{path}/check-component", unusable, clerk, revision=revision))
    assert (await api.post(f"{path}/withdraw", {}, owner)).status_code == 200


async def test_nothing_is_filed_for_the_erased_and_whoever_asks_is_told_what_to_do(api: Api) -> None:
    await both_published(api.office)
    owner = await api.office.applicant("Trần Văn Đi")
    await erased_lawfully(api.office, owner)
    body = {
        "procedure": BIRTH,
        "channel": "counter",
        "owner": str(owner),
        "place": "07207",
        "receiving_agency": str(await api.office.agency(DESK)),
    }
    for lang, says in (("en", "Identify the person again"), ("vi", "Hãy định danh lại")):
        answer = await api.post(
            "/v1/dossiers", body, api.office.officer(DESK), headers={"Accept-Language": lang}
        )
        told = assert_problem(answer, 409, "urn:hoso:rule:erase.already")
        assert says.lower() in told["detail"].lower()
    read = await api.get(f"/v1/citizens/{owner}", Identity("applicant", str(owner)))
    assert (read.status_code, read.json()["name"]) == (200, None)
