"""Proofs over HTTP: who gets which, in which form, and what is said while nothing is attested."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from application.policy import Identity
from application.verifying import NOT_YET, PROVEN
from interfaces.http.app import create_app
from tests.http.client import Api, services_of
from tests.proofs.log_world import World
from tests.proofs.making import check
from tests.proofs.test_proving import PROGRAM, auditor, clerk, filed, owner


@pytest.fixture
async def api(world: World) -> AsyncIterator[Api]:
    services = services_of(world.office, world.folder)
    app = create_app(services)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield Api(world.office, services, app, http)


def path_of(code: str, number: int, **query: Any) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/v1/dossiers/{quote(code, safe='')}/facts/{number}/proof{'?' if asked else ''}{asked}"


async def test_each_form_is_proven_and_only_paper_has_no_keys(api: Api, world: World) -> None:
    code = (await filed(world)).code
    await world.attest()
    for form, media in (("file", "text/plain"), ("compact", "text/plain"), ("page", "text/html")):
        answer = await api.get(path_of(code, 1, form=form), clerk(world))
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == f"{media}; charset=utf-8"
        assert answer.headers["ledger-attested"] == "yes"
        assert f"{code}-1" in answer.headers["content-disposition"]
        found = check(answer.content, world.trust)
        assert found.answer == PROVEN, found.problem
        assert found.form == form
        assert [o.text is None for o in found.opened] == [form == "page"]
    answer = await api.get(path_of(code, 1, keys="no"), await owner(world, code))
    assert [o.text for o in check(answer.content, world.trust).opened] == [None]


async def test_before_it_is_attested_there_is_no_proof_and_paper_says_so(api: Api, world: World) -> None:
    code = (await filed(world)).code
    answer = await api.get(path_of(code, 2), clerk(world))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_attested_yet")
    assert answer.headers["retry-after"] == "3"
    assert answer.json()["attested"] < 10_000
    assert "try again in 3 s" in answer.json()["detail"]
    for form in ("compact", "page"):
        answer = await api.get(path_of(code, 2, form=form), clerk(world))
        assert (answer.status_code, answer.headers["ledger-attested"]) == (200, "no")
        assert check(answer.content, world.trust).answer == NOT_YET
    await world.attest()
    assert (await api.get(path_of(code, 2), clerk(world))).status_code == 200


async def test_who_may_not_read_gets_nothing_and_what_is_not_there_is_not_found(
    api: Api, world: World
) -> None:
    code = (await filed(world)).code
    await world.attest()
    stranger = Identity("applicant", str(await world.office.applicant("Người Khác")))
    assert (await api.get(path_of(code, 1))).status_code == 401
    assert (await api.get(path_of(code, 1), stranger)).status_code == 403
    assert (await api.get(path_of(code, 1), PROGRAM)).status_code == 403
    missing = await api.get(path_of(code, 9), clerk(world))
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_fact")
    assert (await api.get(path_of("none", 1), clerk(world))).json()["code"] == "unknown_dossier"
    assert (await api.get(path_of(code, 0), clerk(world))).status_code == 422
    assert (await api.get(path_of(code, 1, form="pdf"), clerk(world))).status_code == 422


async def test_a_program_proves_any_position_without_keys(api: Api, world: World) -> None:
    code = (await filed(world)).code
    await world.attest()
    first = check((await api.get(path_of(code, 1), clerk(world))).content, world.trust)
    assert first.said is not None
    position = first.said.position
    for who, opened in ((PROGRAM, False), (await auditor(world), True)):
        answer = await api.get(f"/v1/facts/{position}/proof", who)
        found = check(answer.content, world.trust)
        assert found.answer == PROVEN
        assert [o.text is not None for o in found.opened] == [opened]
    answer = await api.get("/v1/facts/1/proof?form=page", PROGRAM)
    assert check(answer.content, world.trust).answer == PROVEN
    assert (await api.get(f"/v1/facts/{position}/proof", clerk(world))).status_code == 403
    assert (await api.get("/v1/facts/999999999/proof", PROGRAM)).status_code == 404
