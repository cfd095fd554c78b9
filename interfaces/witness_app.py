"""A witness over HTTP (C2SP tlog-witness), as a bare ASGI application: nothing of a ledger is in its process.

    POST /add-checkpoint                 judge a checkpoint, answer with cosignatures
    GET  /<SHA-256 of origin>/checkpoint the newest cosigned checkpoint of a log
    GET  /                               who this is: name, vkeys, trusted logs, latest sizes

One thread judges, one submission after the other; the connections that may wait for it are bounded, and so
are a request's size and the time in which it has to arrive.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, TypeVar

import orjson

from application.witness_ports import KnownLog, StateBroken, WitnessReader
from application.witnessing import MOST_BODY_BYTES, SIZE_TYPE, Answer, Verdict, Witnessing, origin_hash

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Result = TypeVar("Result")

BODY_SECONDS = 10.0
TEXT = "text/plain; charset=utf-8"
STATUS = {
    Verdict.COSIGNED: HTTPStatus.OK,
    Verdict.MALFORMED: HTTPStatus.BAD_REQUEST,
    Verdict.UNKNOWN_LOG: HTTPStatus.NOT_FOUND,
    Verdict.NOT_SIGNED: HTTPStatus.FORBIDDEN,
    Verdict.OTHER_SIZE: HTTPStatus.CONFLICT,
    Verdict.INCONSISTENT: HTTPStatus.UNPROCESSABLE_ENTITY,
    Verdict.CLOCK_BEHIND: HTTPStatus.SERVICE_UNAVAILABLE,
}
log = logging.getLogger("hoso.witness")


class _Unread(Exception):
    """A body that is too large, too slow, or ends early."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status = status


class WitnessApp:
    """`vkeys`: of this witness, as text."""

    def __init__(
        self,
        witnessing: Witnessing,
        reader: WitnessReader,
        vkeys: Sequence[str],
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._witnessing, self._reader, self._vkeys = witnessing, reader, vkeys
        self._body_seconds = body_seconds
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="witness")

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", "served without lifespan and web sockets"
        method, path = scope["method"], scope["path"]
        try:
            if path == "/add-checkpoint":
                await self._add(method, receive, send)
            elif method not in ("GET", "HEAD"):
                await _not_allowed(send, "GET")
            elif path == "/":
                logs = await self._alone(self._reader.logs)
                await _answer(
                    send, HTTPStatus.OK, about(self._reader.name, self._vkeys, logs), "application/json"
                )
            else:
                await self._checkpoint(path, send)
        except StateBroken as error:
            log.error("%s", error)
            await _answer(send, HTTPStatus.SERVICE_UNAVAILABLE, "The witness cannot use its state now.")

    async def _add(self, method: str, receive: Receive, send: Send) -> None:
        if method != "POST":
            await _not_allowed(send, "POST")
            return
        try:
            body = await asyncio.wait_for(_body(receive), self._body_seconds)
        except _Unread as unread:
            await _answer(send, unread.status, str(unread), last=True)
            return
        except TimeoutError:
            text = f"The body did not arrive within {self._body_seconds:g} seconds."
            await _answer(send, HTTPStatus.REQUEST_TIMEOUT, text, last=True)
            return
        answer = await self._alone(lambda: self._witnessing.add_checkpoint(body))
        _tell(answer)
        kind = SIZE_TYPE if answer.verdict is Verdict.OTHER_SIZE else TEXT
        headers = [(b"retry-after", b"%d" % answer.retry_after)] if answer.retry_after else []
        await _answer(send, STATUS[answer.verdict], answer.text, kind, headers)

    async def _checkpoint(self, path: str, send: Send) -> None:
        hashed, _, rest = path.removeprefix("/").partition("/")
        note = await self._alone(lambda: self._reader.checkpoint(hashed)) if rest == "checkpoint" else None
        if note is None:
            await _answer(send, HTTPStatus.NOT_FOUND, "Nothing is here that was cosigned.")
        else:
            await _answer(send, HTTPStatus.OK, note)

    async def _alone(self, work: Callable[[], Result]) -> Result:
        """In the one thread that uses the state."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def about(name: str, vkeys: Sequence[str], logs: Sequence[KnownLog]) -> bytes:
    """Who a witness is and what it has seen, as JSON."""
    return orjson.dumps(
        {"name": name, "vkeys": list(vkeys), "logs": [log_document(each) for each in logs]},
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def log_document(known: KnownLog) -> dict[str, Any]:
    """`cosigned_at`: POSIX time in seconds."""
    latest = known.latest
    return {
        "origin": known.origin,
        "vkeys": [str(key) for key in known.keys],
        "size": latest.size if latest else None,
        "root": latest.root.hex() if latest else None,
        "cosigned_at": latest.cosigned_at if latest else None,
        "checkpoint": f"/{origin_hash(known.origin)}/checkpoint",
        "evidence": known.evidence,
    }


async def _body(receive: Receive) -> bytes:
    content = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Unread(HTTPStatus.BAD_REQUEST, "The body ended early.")
        content += message.get("body", b"")
        if len(content) > MOST_BODY_BYTES:
            text = f"A submission has at most {MOST_BODY_BYTES} bytes."
            raise _Unread(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
        if not message.get("more_body"):
            return bytes(content)


def _tell(answer: Answer) -> None:
    """What went wrong, to the log; what a log cosigned every few seconds is not worth a line."""
    if answer.verdict in (Verdict.INCONSISTENT, Verdict.CLOCK_BEHIND):
        log.warning("%s: %s", answer.verdict, answer.text)
    else:
        log.debug("%s", answer.verdict)


async def _not_allowed(send: Send, method: str) -> None:
    allow = [(b"allow", method.encode())]
    await _answer(send, HTTPStatus.METHOD_NOT_ALLOWED, f"Only {method} is answered here.", TEXT, allow)


async def _answer(
    send: Send,
    status: HTTPStatus,
    content: str | bytes,
    kind: str = TEXT,
    headers: Sequence[tuple[bytes, bytes]] = (),
    last: bool = False,
) -> None:
    """`last`: the connection closes, since the request was not read to its end."""
    if isinstance(content, str):
        content = (content if content.endswith("\n") else content + "\n").encode()
    told = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(content)), *headers]
    if last:
        told.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status.value, "headers": told})
    await send({"type": "http.response.body", "body": content})
