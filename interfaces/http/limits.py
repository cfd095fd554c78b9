"""Limits before a route is reached, and one access line after it: body, headers, and who may connect at all.

The access line has method, route, status and time, never a path, a query or an address: those can name a
person.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.files import too_large
from interfaces.http.metrics import Metrics
from interfaces.http.problems import Problem, answer

FILES_PATH = "/v1/files"
MAX_HEADER_BYTES = 16_384
MAX_TARGET_BYTES = 4_096
LOOKUPS_PER_MINUTE = 60
MOST_ADDRESSES = 10_000

access = logging.getLogger("hoso.access")


class Limited:
    """ASGI middleware, the outermost."""

    def __init__(
        self, app: ASGIApp, *, body_limit: int, file_limit: int, loopback_only: bool, metrics: Metrics
    ) -> None:
        self._app = app
        self._file_limit = file_limit
        self._body_limit = body_limit
        self._loopback_only = loopback_only
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.monotonic()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._answer(scope, receive, sending)
        finally:
            seconds = time.monotonic() - begun
            route = getattr(scope.get("route"), "path_format", None) or "unmatched"
            self._metrics.request(scope["method"], route, status, seconds)
            access.info("%s %s %d %.1f ms", scope["method"], route, status, seconds * 1000)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = self._refused(scope)
        if problem is not None:
            await answer(Request(scope), problem)(scope, receive, send)
            return
        read, most = 0, self._most(scope)

        async def receiving() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                if scope["path"] == FILES_PATH:
                    raise self._too_large(scope)
                # the one kind that FastAPI lets through while it reads a body
                raise HTTPException(413, f"at most {most} bytes are taken")
            return message

        await self._app(scope, receiving, send)

    def _refused(self, scope: Scope) -> Problem | None:
        headers = scope["headers"]
        if sum(len(name) + len(value) for name, value in headers) > MAX_HEADER_BYTES:
            return Problem(431, "headers_too_large")
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_TARGET_BYTES:
            return Problem(414, "headers_too_large", "the address is too long")
        if self._loopback_only and not is_loopback(scope.get("client")):
            return Problem(403, "loopback_only")
        for name, value in headers:
            if name == b"content-length" and value.isdigit() and int(value[:20]) > self._most(scope):
                return self._too_large(scope)
        return None

    def _too_large(self, scope: Scope) -> Problem:
        if scope["path"] == FILES_PATH:
            return Problem(413, "file_too_large", too_large(self._file_limit))
        return Problem(413, "body_too_large", f"at most {self._body_limit} bytes are taken")

    def _most(self, scope: Scope) -> int:
        """Files are streamed, and may be larger than what is read into memory."""
        return self._file_limit if scope["path"] == FILES_PATH else self._body_limit


def is_loopback(client: Any) -> bool:
    """Whether the peer is this machine: 127.0.0.0/8, ::1, or a Unix socket (no address)."""
    if client is None:
        return True
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return client[0] in ("", "localhost", "testclient")


class LookupLimiter:
    """Public look-ups per address: a bucket that refills, for at most some thousand addresses at once."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> None:
        """Raises a 429 problem when this address has looked up too often."""
        now = self._monotonic()
        left, at = self._buckets.pop(address, (float(LOOKUPS_PER_MINUTE), now))
        left = min(float(LOOKUPS_PER_MINUTE), left + (now - at) * LOOKUPS_PER_MINUTE / 60)
        self._buckets[address] = (max(left - 1, 0.0), now)
        while len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        if left < 1:
            raise Problem(429, "rate_limited", headers={"Retry-After": "1"})
