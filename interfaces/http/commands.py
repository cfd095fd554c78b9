"""What every command's request carries beside its body, and what every command's answer looks like.

The `Idempotency-Key` belongs to the identity and is kept for ever: the same request with the same key gets
the first answer again. The digest that tells "the same request" is keyed, since bodies hold what can be
guessed. So does one that comes while its first try is still on its way: it is never told that it speaks
against itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import quote

import orjson
import psycopg
from fastapi import Depends, Header, Query, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from psycopg_pool import PoolTimeout, TooManyRequests

from application import ports, refusals
from application.dossiers import Answer
from application.ledger import Command
from interfaces.http.identity import Asking, Works, services_of
from interfaces.http.problems import Problem
from interfaces.services import Services

MAX_KEY = 200
LARGEST_REVISION = 2**31 - 1
_REVISION = re.compile(r'"([0-9]{1,10})"', re.ASCII)

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=MAX_KEY,
        description='The dossier\'s revision as it was read, quoted: "7". Missing: 428.',
    ),
]


async def command_of(
    request: Request,
    identity: Asking,
    idempotency_key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=MAX_KEY,
            description="New for each command, the same when a command is repeated; kept for ever.",
        ),
    ],
) -> Command:
    """The command's id and the keyed digest of its method, path and body bytes as received."""
    ledger = services_of(request).ledger
    keyring = ledger.keyring
    body = await request.body()
    asked = b"%s %s\n%s" % (request.method.encode(), request.url.path.encode(), body)
    who = orjson.dumps([identity.kind, identity.id]).decode()
    command = Command(keyring.command_id(who, idempotency_key), keyring.request_digest(asked))
    request.state.recorded = lambda: ledger.repeated(command)
    return command


Commanded = Annotated[Command, Depends(command_of)]

BY_STATE = (refusals.Refused, refusals.Refusal, ports.StaleVersion, ports.ClaimTaken)
"""What is refused for what stands in the log, where the command itself may stand by now."""


class CommandRoute(APIRoute):
    """A route whose commands, refused though they were recorded meanwhile, are answered as recorded: whoever
    sends one twice at once, or repeats it to another process, is that quick."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except BY_STATE:
                if not await _recorded_meanwhile(request):
                    raise
            return await handle(request)  # every command looks first for what was recorded of it

        return handled


async def _recorded_meanwhile(request: Request) -> bool:
    recorded = getattr(request.state, "recorded", None)  # set where the route takes a command
    if recorded is None:
        return False
    try:
        return await recorded() is not None
    except (ports.LedgerError, psycopg.Error, PoolTimeout, TooManyRequests):
        return False


def revision_of(if_match: str | None) -> int:
    """The revision that If-Match names; 428 without it, 422 when it is no revision."""
    if if_match is None:
        raise Problem(428, "if_match_missing")
    match = _REVISION.fullmatch(if_match.strip())
    if match is None or int(match[1]) > LARGEST_REVISION:
        raise Problem(422, "if_match_malformed")
    return int(match[1])


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a dossier command is to wait for before it answers. What is recorded stays recorded."""

    services: Services
    asked: bool

    async def attested(self, position: int) -> bool:
        """Whether a published checkpoint covers the position, within HOSO_ATTEST_WAIT_SECONDS."""
        return await self.services.attesting.wait_for(position, self.services.settings.attest_wait_seconds)


async def waiting_of(
    services: Works,
    wait_for: Annotated[
        Literal["attested"] | None,
        Query(
            description="`attested`: answer once a signed checkpoint covers what was recorded, or after some "
            "seconds without it; `attested` in the answer says which. A repeat waits again."
        ),
    ] = None,
) -> Waiting:
    """What `wait_for` asks."""
    return Waiting(services, wait_for == "attested")


Waits = Annotated[Waiting, Depends(waiting_of)]


async def recorded(answer: Answer, waiting: Waiting, status: int = 200) -> Response:
    """A dossier command's answer: what was recorded, the first time and every time it is repeated."""
    body: dict[str, Any] = {
        "code": answer.code,
        "revision": answer.revision,
        "position": answer.position,
        "recorded_at": answer.recorded_at,
    }
    if waiting.asked:
        body["attested"] = await waiting.attested(answer.position)
    headers = {"ETag": f'"{answer.revision}"'}
    return receipt(body, answer.position, f"/v1/dossiers/{quote(answer.code, safe='')}", status, headers)


def receipt(
    body: dict[str, Any],
    position: int,
    location: str,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """Any command's answer, with the position that a later read can wait for."""
    standing = {"Ledger-Position": str(position), "Location": location, "Cache-Control": "no-store"}
    return Response(orjson.dumps(body), status, standing | (headers or {}), "application/json")
