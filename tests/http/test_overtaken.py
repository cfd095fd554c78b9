"""A command that is repeated while its first try is still on its way: it is never told that it speaks against
itself.
"""

from __future__ import annotations

from dataclasses import replace

from httpx import Response

from application.ledger import Command, Ledger
from application.ports import Receipt
from tests.http.client import Api
from tests.http.test_commands import assert_problem


async def test_a_repeat_that_its_own_first_try_overtakes_is_asked_to_come_again(api: Api) -> None:
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
    assert_problem(overtaken, 503, "urn:hoso:overloaded")
    assert int(overtaken.headers["retry-after"]) >= 1
    again = await assign()
    assert first[0].status_code == 200, first[0].text
    assert (again.status_code, again.json()) == (200, first[0].json())
