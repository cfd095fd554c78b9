"""What a witness cosigned last (C2SP tlog-witness), asked over HTTP for the audit."""

from __future__ import annotations

import httpx

from application.tlog_ports import TlogUnavailable
from domain.notes import MOST_NOTE_BYTES
from domain.witness_protocol import origin_hash


class HttpSeen:
    """Implements `application.audit_evidence.Seen`. `name`: as the policy calls it; `url`: its address."""

    def __init__(self, name: str, url: str, client: httpx.AsyncClient) -> None:
        self._name, self._url, self._client = name, url.rstrip("/"), client

    @property
    def name(self) -> str:
        return self._name

    async def latest(self, origin: str) -> bytes | None:
        url = f"{self._url}/{origin_hash(origin)}/checkpoint"
        content = bytearray()
        try:
            async with self._client.stream("GET", url) as response:
                if response.status_code == httpx.codes.NOT_FOUND:
                    return None
                if response.status_code != httpx.codes.OK:
                    raise TlogUnavailable(f"it answers {response.status_code} at {url}")
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > MOST_NOTE_BYTES:
                        raise TlogUnavailable(f"its answer at {url} is longer than a checkpoint can be")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TlogUnavailable(
                f"it cannot be reached at {url}: {str(error) or type(error).__name__}"
            ) from error
        return bytes(content)
