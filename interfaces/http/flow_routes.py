"""Stock and flow per agency and day, and what was on time, as the read models show them."""

from __future__ import annotations

from datetime import date, timedelta
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
from projections import flow_queries, on_time_queries

router = APIRouter(prefix="/v1", tags=["views"])

LONGEST = timedelta(days=366)
FirstDay = Annotated[date, Query(alias="from", description="The first day, in Vietnam.")]
DayAfter = Annotated[date, Query(description="The day after the last one.")]


@router.get("/flow", responses=READ, dependencies=[Shown], summary="Stock and flow of every agency")
async def flow(
    request: Request,
    services: Works,
    identity: Asking,
    from_: FirstDay,
    until: DayAfter,
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
    after = _after(cursor)
    size = page_size(request, limit)
    async with services.views.pool.connection() as connection:
        rows = await flow_queries.flow(connection, from_, until, agency=agency, after=after, limit=size)
    following = cursor_text([str(rows[-1]["agency"])]) if len(rows) == size else None
    waiting = not_transferred(moment.organisation, min(moment.now, day_start(until)))
    return json_answer(
        {"from": from_, "until": until, "items": rows, "waiting_for": waiting, "next": following}
    )


@router.get("/on-time", responses=READ, dependencies=[Shown], summary="What was on time, by each date")
async def on_time(
    request: Request,
    services: Works,
    identity: Asking,
    from_: FirstDay,
    until: DayAfter,
    agency: Annotated[UUID | None, Query(description="One agency.")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """Results ready in the period (a year at most), per agency that held the dossier then: on time, late and
    undated by the statutory date, the promised one, that of an extension, and the one in force. `open_late`:
    open past the date in force now."""
    moment = await services.reader.moment(fresh=False)
    allow(identity, "read-flow", moment)
    if until <= from_ or until - from_ > LONGEST:
        raise Problem(422, "bad_period", "until: the period ends before it begins, or is longer than a year")
    after, size = _after(cursor), page_size(request, limit)
    begins, ends = day_start(from_), day_start(until)
    async with services.views.pool.connection() as connection:
        rows = await on_time_queries.on_time(
            connection, begins, ends, moment.now, agency=agency, after=after, limit=size
        )
    following = cursor_text([str(rows[-1]["agency"])]) if len(rows) == size else None
    return json_answer({"from": from_, "until": until, "at": moment.now, "items": rows, "next": following})


def _after(cursor: str | None) -> UUID | None:
    values = cursor_values(cursor, (str,))
    try:
        return UUID(values[-1]) if values else None
    except ValueError:
        raise Problem(422, "bad_cursor") from None
