"""The public HTTP API as a client from outside uses it: tokens, idempotency keys, revisions, patience."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

import httpx
import orjson

from application.policy import Identity
from interfaces.cli.errors import CommandError

PATIENCE = 30
"""Times that a 503 is waited for, with the same idempotency key."""
LONGEST_ANSWER = 120.0
NDJSON = "application/x-ndjson"

Json = dict[str, Any]


class Unexpected(CommandError):
    """The API answered what the demo cannot go on with."""

    def __init__(self, what: str, answer: httpx.Response) -> None:
        sentence = (
            f"The demo cannot go on: {what} was answered with {answer.status_code}: {answer.text[:500]}."
            " Its ledger is kept for a look; please report this."
        )
        super().__init__("demo_unexpected", sentence)
        self.answer = answer


class Api:
    """One client. `issue`: makes a token for (kind, id)."""

    def __init__(self, url: str, issue: Callable[[str, str], str]) -> None:
        self.url = url
        self._issue = issue
        self._tokens: dict[Identity, str] = {}
        self._client = httpx.AsyncClient(
            base_url=url,
            timeout=LONGEST_ANSWER,
            trust_env=False,
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=32),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    def token(self, who: Identity) -> str:
        if who not in self._tokens:
            self._tokens[who] = self._issue(who.kind, who.id)
        return self._tokens[who]

    def _headers(self, who: Identity | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(who)}"} if who else {}

    async def get(
        self, who: Identity | None, path: str, language: str = "en", **query: Any
    ) -> httpx.Response:
        headers = self._headers(who) | {"Accept-Language": language}
        return await self._patiently(self._client.build_request("GET", path, params=query, headers=headers))

    async def post(
        self, who: Identity, path: str, body: Json, *, key: str, revision: int | None = None
    ) -> httpx.Response:
        """A command; `revision`: the one that was read (If-Match)."""
        headers = self._headers(who) | {"Idempotency-Key": key}
        if revision is not None:
            headers["If-Match"] = f'"{revision}"'
        content = orjson.dumps(body)
        headers["Content-Type"] = "application/json"
        return await self._patiently(
            self._client.build_request("POST", path, content=content, headers=headers)
        )

    async def _patiently(self, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
        """Send; where the server says that it is busy, wait as it asks and send the same again."""
        for _ in range(PATIENCE):
            answer = await self._client.send(request, stream=stream)
            if answer.status_code != 503:
                return answer
            await answer.aread()
            await asyncio.sleep(float(answer.headers.get("Retry-After", 1)))
        return answer

    async def lines(
        self, who: Identity, method: str, path: str, key: str | None = None
    ) -> AsyncIterator[Json]:
        """The lines of an NDJSON answer. Raises Unexpected for a problem."""
        headers = self._headers(who) | {"Accept": NDJSON}
        if key is not None:
            headers |= {"Idempotency-Key": key, "Content-Type": "application/json"}
        request = self._client.build_request(
            method, path, headers=headers, content=b"{}" if key is not None else None
        )
        answer = await self._patiently(request, stream=True)
        try:
            if answer.status_code != 200:
                await answer.aread()
                raise Unexpected(f"{method} {path}", answer)
            async for line in answer.aiter_lines():
                if line:
                    yield orjson.loads(line)
        finally:
            await answer.aclose()


def ok(what: str, answer: httpx.Response) -> Json:
    """The body of a good answer. Raises Unexpected."""
    if answer.status_code not in (200, 201):
        raise Unexpected(what, answer)
    body: Json = answer.json()
    return body
