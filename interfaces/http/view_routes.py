"""What is shown: lists of dossiers, desks' queues, and the views as snapshots to follow the feed from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from application.policy import allow
from application.reading import may_list
from interfaces.http.documents import READ, answers
from interfaces.http.identity import Asking, Works
from interfaces.http.problems import Problem
from interfaces.http.reading import (
    DEFAULT_PAGE,
    LARGEST_POSITION,
    Cursor,
    Json,
    Limit,
    Shown,
    cursor_text,
    cursor_values,
    json_answer,
    page_size,
)
from projections import queue, snapshot, status_queries
from projections.shown import tracking

router = APIRouter(prefix="/v1", tags=["views"])

NDJSON = "application/x-ndjson"


@router.get(
    "/dossiers",
    responses=READ,
    dependencies=[Shown],
    tags=["dossiers"],
    summary="Dossiers of a list or an agency",
)
async def dossiers(
    request: Request,
    services: Works,
    identity: Asking,
    holder: Annotated[UUID | None, Query(description="The agency that holds them now.")] = None,
    status: Annotated[int | None, Query(ge=1, le=10)] = None,
    changed_after: Annotated[
        int | None, Query(ge=0, le=LARGEST_POSITION, description="With a fact after this position.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """Of one's own agency, or of all for auditors and operators. No personal text is in here."""
    moment = await services.reader.moment(fresh=False)
    may_list(identity, moment, holder)
    size = page_size(request, limit)
    async with services.views.pool.connection() as connection:
        if changed_after is None:
            after = _uuid(cursor_values(cursor, (str,)))
            rows = await status_queries.dossiers(
                connection, moment.now, holder=holder, status=status, after=after, limit=size
            )
            following = [str(rows[-1]["dossier"])] if len(rows) == size else None
        else:
            values = cursor_values(cursor, (int,))
            rows = await status_queries.changed_dossiers(
                connection,
                moment.now,
                values[0] if values else changed_after,
                holder=holder,
                status=status,
                limit=size,
            )
            following = [rows[-1]["position"]] if len(rows) == size else None
    return json_answer({"items": rows, "next": cursor_text(following) if following else None})


def _uuid(values: list[Any] | None) -> UUID | None:
    try:
        return UUID(values[-1]) if values else None
    except ValueError:
        raise Problem(422, "bad_cursor") from None


@router.get("/queues/{agency}", responses=READ, dependencies=[Shown], summary="What a desk has to do")
async def read_queue(
    request: Request,
    services: Works,
    identity: Asking,
    agency: UUID,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """By due date; with the next holder as soon as an act is scheduled."""
    moment = await services.reader.moment(fresh=False)
    may_list(identity, moment, agency)
    values = cursor_values(cursor, (str, str))
    dossier = _uuid(values)
    after = (str(values[0]), dossier) if values and dossier else None
    async with services.views.pool.connection() as connection:
        rows, following = await queue.queue_page(
            connection, agency, moment.now, after=after, limit=page_size(request, limit)
        )
    ends = cursor_text([following[0], str(following[1])]) if following else None
    return json_answer({"agency": agency, "items": rows, "next": ends})


@router.get("/views", responses=READ, summary="The views and how far each is")
async def views(services: Works, identity: Asking) -> Response:
    """Position, state, and what a view that stands still says of itself."""
    moment = await services.reader.moment(fresh=False)
    allow(identity, "read-views", moment)
    async with services.views.pool.connection() as connection:
        rows = await tracking(connection)
    found = [
        {
            "view": row.view,
            "generation": row.generation,
            "position": row.position,
            "state": row.state,
            "parked": row.parked,
            "error": row.last_error,
        }
        for row in rows
    ]
    return json_answer({"views": found, "snapshots": list(snapshot.NAMES)})


@router.get(
    "/views/{name}",
    response_class=Response,
    responses={**READ, **answers(NDJSON, "One JSON object a line; header Ledger-Position")},
    dependencies=[Shown],
    summary="A view as it is at a position",
)
async def read_view(
    request: Request,
    services: Works,
    identity: Asking,
    name: str,
    meta: Annotated[bool, Query(description="A first line with ledger, view, position and time.")] = False,
) -> Response:
    """One JSON object a line, all as at one position (`Ledger-Position`): follow the feed from there."""
    moment = await services.reader.moment(fresh=True)
    allow(identity, "read-views", moment)
    if name not in snapshot.NAMES:
        raise Problem(404, "unknown_view", f"there is no such view: one of {', '.join(snapshot.NAMES)}")
    stack = AsyncExitStack()
    try:
        await stack.enter_async_context(request.app.state.snapshots.one())
        opened = snapshot.snapshot(services.views.dsn, name, moment.now)
        taken = await stack.enter_async_context(opened)
    except BaseException:
        await stack.aclose()
        raise
    first = {"ledger_id": services.ledger_id, "view": name, "position": taken.position, "at": moment.now}
    headers = {
        "Ledger-Id": str(services.ledger_id),
        "Ledger-Position": str(taken.position),
        "Cache-Control": "no-store",
    }
    lines = _lines(stack, taken.lines, first if meta else None)
    return StreamingResponse(lines, headers=headers, media_type=NDJSON)


async def _lines(
    stack: AsyncExitStack, lines: AsyncIterator[bytes], first: Json | None
) -> AsyncIterator[bytes]:
    async with stack:
        if first is not None:
            yield orjson.dumps(first, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)
        async for chunk in lines:
            yield chunk
