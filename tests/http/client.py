"""What the HTTP tests ask with: the application of a small province, tokens for its people, short verbs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from application.feed import Feed
from application.policy import Identity
from interfaces.http.app import create_app
from interfaces.services import Services
from interfaces.tokens import Tokens
from tests.office.world import DISTRICT, MOST_FILE_BYTES, PROVINCE, Office, open_office
from tests.proofs.log_world import World
from tests.support import Database

BODY_LIMIT = 200_000
PAGE_LIMIT = 50


@dataclass(frozen=True)
class Limits:
    body_limit: int = BODY_LIMIT
    file_max_bytes: int = MOST_FILE_BYTES
    page_limit: int = PAGE_LIMIT
    wait_seconds: float = 2.0
    attest_wait_seconds: float = 0.5
    transfer_busy: float = 1.0
    reconcile_busy: float = 1.0


@dataclass
class Api:
    """`desk`, `operator`: officers; a request without `who` carries no token."""

    office: Office
    services: Services
    app: FastAPI
    http: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def desk(self) -> Identity:
        return self.office.officer(DISTRICT)

    @property
    def operator(self) -> Identity:
        return self.office.officer("first operator")

    def token(self, who: Identity) -> str:
        return self.services.tokens.issue(who.kind, who.id)

    def _headers(self, who: Identity | None, extra: dict[str, str] | None) -> dict[str, str]:
        signed = {"Authorization": f"Bearer {self.token(who)}"} if who else {}
        return {"Accept-Language": "en"} | signed | (extra or {})

    async def get(
        self, path: str, who: Identity | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        return await self.http.get(path, headers=self._headers(who, headers))

    async def post(
        self,
        path: str,
        body: Any,
        who: Identity | None = None,
        *,
        key: str | None = "new",
        revision: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """`key`: "new" for a key of its own, None for no header."""
        sent = self._headers(who, headers)
        if key is not None:
            sent["Idempotency-Key"] = str(uuid4()) if key == "new" else key
        if revision is not None:
            sent["If-Match"] = f'"{revision}"'
        if isinstance(body, bytes):
            return await self.http.post(
                path, content=body, headers=sent | {"Content-Type": "application/json"}
            )
        return await self.http.post(path, json=body, headers=sent)

    async def filing(self, **changes: Any) -> dict[str, Any]:
        """The body of a submission at the district's desk."""
        owner = await self.office.applicant()
        body: dict[str, Any] = {
            "procedure": "1.000001",
            "channel": "counter",
            "owner": str(owner),
            "place": "07207",
            "receiving_agency": str(await self.office.agency(DISTRICT)),
            "accept": True,
            "matter": "cấp lại giấy tờ",
            "components": [{"id": "c1", "form": "original", "count": 1}],
        }
        return body | changes

    async def filed(self, **changes: Any) -> dict[str, Any]:
        """A dossier submitted over HTTP: its answer."""
        answer = await self.post("/v1/dossiers", await self.filing(**changes), self.desk)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def agency(self, identifier: str = PROVINCE) -> UUID:
        return await self.office.agency(identifier)


@asynccontextmanager
async def open_api(database: Database) -> AsyncIterator[Api]:
    async with open_office(database) as office:
        services = services_of(office)
        app = create_app(services)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            yield Api(office, services, app, http)


def services_of(office: Office, folder: Path | None = None) -> Services:
    """`folder`: of the log's tiles, keys and head, where a test has one."""
    recorder = office.opened.recorder
    ledger_id = recorder.ledger.ledger_id
    key = Ed25519PrivateKey.generate()
    return Services(
        ledger_id=ledger_id,
        demo=True,
        settings=Limits(),
        ledger=office.opened.ledger,
        reader=office.reader,
        tokens=Tokens(ledger_id, key.public_key(), key),
        dossiers=office.dossiers,
        citizens=office.citizens,
        files=office.files,
        erasing=office.erasing,
        registry=office.registry,
        handovers=office.handovers,
        feed=Feed(office.opened.ledger, office.reader, ledger_id),
        proving=World(office, folder or Path("/nowhere")).proving,
        views=office.shown._views,
    )
