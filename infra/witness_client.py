"""A witness over HTTP (C2SP tlog-witness), as the ledger asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx

from application.tlog_ports import Refused, TlogUnavailable
from domain.notes import NoteBroken, VerifierKey
from domain.trust_policy import TrustedWitness
from domain.witness_protocol import SIZE_TYPE, read_size_answer, submission

MOST_ANSWER_BYTES = 64 * 1024
KEPT_SECONDS = 3.0
"""How long a connection stays open for the next round: less than witnesses keep it."""
MOST_SAID = 200


class HttpWitness:
    """`name`: as the policy calls it, or its keys' names where several keys have one address."""

    def __init__(self, name: str, url: str, keys: Sequence[VerifierKey], client: httpx.AsyncClient) -> None:
        self._name, self._keys, self._client = name, tuple(keys), client
        self._url = f"{url.rstrip('/')}/add-checkpoint"

    @property
    def name(self) -> str:
        return self._name

    @property
    def keys(self) -> Sequence[VerifierKey]:
        return self._keys

    async def add_checkpoint(self, old_size: int, proof: Sequence[bytes], note: str) -> str | Refused:
        """See the port."""
        body = submission(old_size, proof, note).encode()
        try:
            async with self._client.stream("POST", self._url, content=body) as response:
                content = await _limited(response)
                kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = str(error) or type(error).__name__
            raise TlogUnavailable(f"cannot be reached at {self._url}: {reason}") from error
        says = " ".join(content.decode("utf-8", "replace").split())[:MOST_SAID]
        if response.status_code == httpx.codes.OK:
            return content.decode("utf-8", "replace")
        latest = None
        if response.status_code == httpx.codes.CONFLICT and kind == SIZE_TYPE:
            latest = _size(content)
        return Refused(response.status_code, latest, says)


async def _limited(response: httpx.Response) -> bytes:
    content = bytearray()
    async for part in response.aiter_bytes():
        content += part
        if len(content) > MOST_ANSWER_BYTES:
            raise httpx.DecodingError(f"its answer is longer than {MOST_ANSWER_BYTES} bytes")
    return bytes(content)


def _size(content: bytes) -> int | None:
    try:
        return read_size_answer(content)
    except NoteBroken:
        return None


def address_problem(url: str | None) -> str | None:
    """Why a witness cannot be asked at this address, or None."""
    if url is None:
        return (
            "has no address, so it cannot be asked; write it after the key, like https://witness.example.vn"
        )
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment or parts.username is not None:
        return "has an address that is none: write it like https://witness.example.vn/prefix"
    return None


@asynccontextmanager
async def http_witnesses(
    witnesses: Sequence[TrustedWitness], seconds: float
) -> AsyncIterator[list[HttpWitness]]:
    """One for each address, with all its keys: a witness that signs by two keys is asked once."""
    at: dict[str, list[TrustedWitness]] = {}
    for witness in witnesses:
        assert witness.url is not None, "looked at before"
        at.setdefault(witness.url.rstrip("/"), []).append(witness)
    limits = httpx.Limits(max_connections=2 * len(at) or 1, keepalive_expiry=KEPT_SECONDS)
    async with httpx.AsyncClient(
        timeout=seconds, limits=limits, trust_env=False, follow_redirects=False
    ) as client:
        yield [
            HttpWitness(", ".join(each.name for each in here), url, [each.key for each in here], client)
            for url, here in at.items()
        ]
