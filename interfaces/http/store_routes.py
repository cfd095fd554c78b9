"""The store of a person's electronic documents: for themself, for officers through a dossier of theirs in
hand, for auditors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from application import stores
from application.file_ports import OpenedFile
from interfaces import cursors
from interfaces.http import parameters
from interfaces.http.bodies import Body, Text
from interfaces.http.commands import Commanded, CommandRoute, receipt
from interfaces.http.documents import COMMAND, READ, Responses
from interfaces.http.identity import Asking, Works
from interfaces.http.parameters import KnownAt, ValidAt
from interfaces.http.reading import (
    DEFAULT_PAGE,
    Cursor,
    Limit,
    Shown,
    json_answer,
    page_size,
    place_in,
)

MAX_CODE = 64
CONTENT: Responses = {200: {"description": "The file.", "content": {"application/octet-stream": {}}}}

router = APIRouter(route_class=CommandRoute, prefix="/v1/citizens/{id}/documents", tags=["documents"])

InHand = Annotated[
    str | None,
    Query(max_length=MAX_CODE, description="For officers: a dossier of this owner in hand."),
]


class WithdrawDocument(Body):
    ground: Literal["issued_in_error", "revoked", "replaced", "forged", "not_of_owner", "unusable", "other"]
    reason: Text


class DocumentRecorded(BaseModel):
    """Recorded. Headers: Ledger-Position, Location."""

    document: UUID
    revision: int
    position: int


@router.get("", responses=READ, dependencies=[Shown], summary="The documents of a person or organisation")
async def listed(
    request: Request,
    services: Works,
    identity: Asking,
    id: UUID,
    dossier: InHand = None,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """Results and components that an agency found in order, as they were kept; `valid`: today."""
    size, asked = page_size(request, limit), parameters.pair(valid_at, known_at).said()
    after = place_in(cursors.document_place, cursor)
    rows = await stores.listed(services.dossiers, identity, id, dossier, after=after, limit=size, **asked)
    following = cursors.after_document(rows[-1] if len(rows) == size else None)
    return json_answer({"items": rows, "next": following})


@router.get("/{document}", responses=READ, dependencies=[Shown], summary="A document")
async def one(
    services: Works,
    identity: Asking,
    id: UUID,
    document: UUID,
    dossier: InHand = None,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
) -> Response:
    """What is known of it, without its content."""
    asked = parameters.pair(valid_at, known_at).said()
    return json_answer(await stores.one(services.dossiers, identity, id, document, dossier, **asked))


@router.get("/{document}/content", responses={**READ, **CONTENT}, dependencies=[Shown], summary="Its file")
async def content(
    services: Works, identity: Asking, id: UUID, document: UUID, dossier: InHand = None
) -> Response:
    """That it is read is recorded before the first byte is sent."""
    opened = await stores.content(services.dossiers, identity, id, document, dossier)
    headers = {
        "Content-Length": str(opened.size),
        "Content-Disposition": "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(_chunks(opened), headers=headers, media_type=opened.media_type)


async def _chunks(opened: OpenedFile) -> AsyncIterator[bytes]:
    async with aclosing(opened.chunks) as chunks:
        async for chunk in chunks:
            yield chunk


@router.get("/{document}/readings", responses=READ, dependencies=[Shown], summary="Who read it")
async def readings(
    request: Request,
    services: Works,
    identity: Asking,
    id: UUID,
    document: UUID,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """Each reading of its content: when, who, for which agency and dossier. For the owner and auditors."""
    size = page_size(request, limit)
    after = place_in(cursors.position_place, cursor)
    rows = await stores.readings(services.dossiers, identity, id, document, after=after, limit=size)
    following = cursors.after_position(rows[-1]["number"] if len(rows) == size else None)
    return json_answer({"items": rows, "next": following})


@router.post(
    "/{document}/withdraw", response_model=DocumentRecorded, responses=COMMAND, summary="Withdraw a document"
)
async def withdraw(
    services: Works,
    identity: Asking,
    command: Commanded,
    id: UUID,
    document: UUID,
    body: WithdrawDocument,
) -> Response:
    """It counts no longer: nobody re-uses it, and its paper may be asked for again. By who decides at the
    agency that vouched for it, or at its heir."""
    done = await stores.withdraw(
        services.dossiers,
        identity,
        id,
        document,
        ground=body.ground,
        reason=body.reason,
        command=command,
    )
    said = {"document": done.document, "revision": done.revision, "position": done.position}
    return receipt(said, done.position, f"/v1/citizens/{id}/documents/{document}")
