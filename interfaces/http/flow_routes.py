"""Stock and flow per agency and day, as the read models show them."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from application.lookup import day_start
from application.policy import allow
from application.stock import not_transferred
from interfaces.http.documents import READ
from interfaces.http.identity import Asking, Works
from interfaces.http.problems import Problem
from interfaces.http.reading import (
    DEFAULT_PAGE,
    Cursor,
    Limit,
    Shown,
    cursor_text,
    cursor_values,
    json_answer,
    page_size,
)
from projections import flow_queries

router = APIRouter(prefix="/v1", tags=["views"])


@router.get("/flow", responses=READ, dependencies=[Shown], summary="Stock and flow of every agency")
async def flow(
    request: Request,
    services: Works,
    identity: Asking,
    from_: Annotated[date, Query(alias="from", description="The first day, in Vietnam.")],
    until: Annotated[date, Query(description="The day after the last one.")],
    agency: Annotated[UUID | None, Query(description="One agency.")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """Opening, received, handed in, settled, open, handed out; `again`, `by_act_in` and `by_act_out` are in
    them. `waiting_for`: parts whose hour has come and whose transfer is not recorded yet: their hand-overs
    are not in here. As known earlier, and from the log itself: `hoso flow`."""
    moment = await services.reader.moment(fresh=False)
    allow(identity, "read-flow", moment)
    if until <= from_:
        raise Problem(422, "bad_period", "until: the period ends before it begins")
    values = cursor_values(cursor, (str,))
    try:
        after = UUID(values[-1]) if values else None
    except ValueError:
        raise Problem(422, "bad_cursor") from None
    size = page_size(request, limit)
    async with services.views.pool.connection() as connection:
        rows = await flow_queries.flow(connection, from_, until, agency=agency, after=after, limit=size)
    following = cursor_text([str(rows[-1]["agency"])]) if len(rows) == size else None
    waiting = not_transferred(moment.organisation, min(moment.now, day_start(until)))
    return json_answer(
        {"from": from_, "until": until, "items": rows, "waiting_for": waiting, "next": following}
    )
