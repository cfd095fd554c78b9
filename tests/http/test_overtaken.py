"""A command that is repeated while its first try is still on its way: it is never told that it speaks against
itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from fastapi.routing import APIRoute
from httpx import Response

from application.ledger import Command, Ledger
from application.policy import Identity
from application.ports import Receipt
from domain.store_rules import WITHDRAWN_ONCE
from interfaces.http.app import ROUTERS
from interfaces.http.commands import CommandRoute, command_of
from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.http.test_documents import filed as filed_with
from tests.http.test_who_may import applicant, registrar
from tests.office.asked_papers import BIRTH, DESK, a_file, both_published


async def test_a_repeat_that_its_own_first_try_overtakes_is_answered_as_recorded(api: Api) -> None:
    filed = await api.filed()
    path, plain = f"/v1/dossiers/{filed['code']}/assign", api.services
    first: list[Response] = []

    async def assign() -> Response:
        return await api.post(path, {"officer": api.desk.id}, api.desk, key="one", revision=2)

    class Overtaken(Ledger):
        """Finds nothing of the command; before it goes on the first try is recorded."""

        async def repeated(self, command: Command | None) -> Receipt | None:
            found = await super().repeated(command)
            if not first:
                api.app.state.services = plain
                first.append(await assign())
            return found

    ledger = Overtaken(plain.ledger.recorder, plain.ledger.codec, plain.ledger.keyring)
    dossiers = replace(plain.dossiers, ledger=ledger)
    api.app.state.services = replace(plain, ledger=ledger, dossiers=dossiers)
    overtaken = await assign()
    assert first[0].status_code == 200, first[0].text
    assert (overtaken.status_code, overtaken.json()) == (200, first[0].json())


async def four_at_once(send: Callable[[], Awaitable[Response]]) -> None:
    """Equal commands with one key: each gets the answer of the one that was recorded."""
    answers = await asyncio.gather(*(send() for _ in range(4)))
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, answers[0].json())] * 4


async def test_a_merge_and_a_separation_that_are_sent_four_times_at_once_are_answered_as_one(
    api: Api,
) -> None:
    who, path = await registrar(api), f"/v1/citizens/{(await applicant(api)).id}"
    body = {"into": (await applicant(api)).id, "ground": "registered_twice"}
    await four_at_once(lambda: api.post(f"{path}/merge", body, who, key="merge"))
    await four_at_once(lambda: api.post(f"{path}/separate", {}, who, key="separate"))


async def test_an_acceptance_that_keeps_a_document_and_its_withdrawal_are_each_answered_as_one(
    api: Api,
) -> None:
    await both_published(api.office)
    owner, clerk = await api.office.applicant(), api.office.officer(DESK)
    mine = Identity("applicant", str(owner))
    code, _ = await filed_with(api, owner, BIRTH, "to-khai")
    given = {"component": "khai-sinh", "file": await a_file(api.office, owner)}
    path = f"/v1/dossiers/{code}"
    revision = (await api.post(f"{path}/upload-component", given, mine)).json()["revision"]
    await four_at_once(lambda: api.post(f"{path}/accept", {}, clerk, key="a", revision=revision))
    (row,) = (await api.get(f"/v1/citizens/{owner}/documents", mine)).json()["items"]
    document = f"/v1/citizens/{owner}/documents/{row['document']}"
    said = {"ground": "forged", "reason": "giấy giả"}
    await four_at_once(lambda: api.post(f"{document}/withdraw", said, clerk, key="w"))
    other = await api.post(f"{document}/withdraw", said, clerk)
    assert_problem(other, 409, f"urn:hoso:rule:{WITHDRAWN_ONCE.id}")


def test_every_route_that_takes_a_command_answers_it_as_recorded() -> None:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    commands = [r for r in routes if command_of in [one.call for one in r.dependant.dependencies]]
    assert len(commands) > 50
    assert [route.path for route in commands if not isinstance(route, CommandRoute)] == []
