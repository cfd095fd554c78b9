"""One keep-alive HTTP/1.1 connection that costs its process next to nothing: request bytes out, status and
body in. Each caller has a loopback address of its own, since the public's look-ups are limited by address.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

ANSWER_SECONDS = 30.0
LOOKUPS_A_SECOND, MOST_LOOKUPS = 0.9, 50.0
"""Less than an address may ask for."""


class Lost(Exception):
    """No answer came: the connection broke, or it took too long."""

    def __init__(self, why: str, *, late: bool = False) -> None:
        super().__init__(why)
        self.late = late


@dataclass(slots=True)
class Caller:
    """`number` from 0: which caller this is. Not for two requests at once."""

    host: str
    port: int
    number: int
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None
    _lookups: float = MOST_LOOKUPS
    _counted_at: float = field(default_factory=time.monotonic)

    def may_look_up(self) -> bool:
        """Whether the public look-up's limit leaves one more for this address; counts it."""
        now = time.monotonic()
        self._lookups = min(MOST_LOOKUPS, self._lookups + (now - self._counted_at) * LOOKUPS_A_SECOND)
        self._counted_at = now
        if self._lookups < 1:
            return False
        self._lookups -= 1
        return True

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Raises Lost."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._ask(request)
        except TimeoutError:
            self.close()
            raise Lost("no answer in time", late=True) from None
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            self.close()
            raise Lost(repr(error)) from error

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        if self._writer is None or self._reader is None or self._writer.is_closing():
            own = (f"127.0.{1 + self.number // 250}.{1 + self.number % 250}", 0)
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port, local_addr=own)
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status, length, closes = int(head[9:12]), None, False
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            match name.lower():
                case b"content-length":
                    length = int(value)
                case b"connection":
                    closes = value.strip().lower() == b"close"
        if length is None:
            raise ValueError("an answer without its length")
        body = await self._reader.readexactly(length)
        if closes:
            self.close()
        return status, body

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


def request(
    method: str,
    path: str,
    token: str | None = None,
    body: bytes | None = None,
    key: str | None = None,
    revision: int | None = None,
) -> bytes:
    """A request's bytes. `revision`: for If-Match; `key`: the idempotency key."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if key is not None:
        lines += [f"Idempotency-Key: {key}", "Content-Type: application/json"]
    if revision is not None:
        lines.append(f'If-Match: "{revision}"')
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")
