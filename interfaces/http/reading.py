"""What every read has in common: waiting for a position, cursors, and JSON answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Depends, Query, Request
from fastapi.responses import Response

from interfaces import cursors
from interfaces.http.identity import services_of
from interfaces.http.problems import Problem
from projections.schema import VIEWS

LARGEST_POSITION = 2**63 - 1
MAX_CURSOR = 400
DEFAULT_PAGE = 100

Json = dict[str, Any]
TPlace = TypeVar("TPlace")
Position = Annotated[int, Query(ge=0, le=LARGEST_POSITION)]
Limit = Annotated[
    int, Query(ge=1, le=100_000, description="Entries of a page; larger than the server's limit: that limit.")
]
Cursor = Annotated[str | None, Query(max_length=MAX_CURSOR, description="`next` of the page before.")]


async def shown(
    request: Request,
    min_position: Annotated[
        int, Query(ge=0, le=LARGEST_POSITION, description="Wait until this position is shown.")
    ] = 0,
) -> None:
    """Wait until every view shows `min_position`, and have the organisation read at least as far; 503 with
    Retry-After when it does not come in time."""
    if min_position:
        services = services_of(request)
        for view in VIEWS:
            await services.views.shown.wait_for(view, min_position, services.settings.wait_seconds)
        if (await services.reader.moment(fresh=False)).read_up_to < min_position:
            await services.reader.moment(fresh=True)


Shown = Depends(shown)


def page_size(request: Request, limit: int) -> int:
    return min(limit, services_of(request).settings.page_limit)


def json_answer(
    body: Any, headers: dict[str, str] | None = None, media_type: str = "application/json"
) -> Response:
    """JSON of ours: times RFC 3339 in UTC with microseconds, ids as text; no answer is kept by caches."""
    return Response(
        orjson.dumps(body, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS),
        200,
        {"Cache-Control": "no-store"} | (headers or {}),
        media_type,
    )


def cursor_text(values: list[Any]) -> str:
    """An opaque cursor: where the page ended."""
    return cursors.text_of(values)


def cursor_values(text: str | None, kinds: tuple[type, ...]) -> list[Any] | None:
    """What `cursor_text` put in, with the types expected; 422 for anything else."""
    return place_in(lambda given: None if given is None else cursors.values_of(given, kinds), text)


def place_in(read: Callable[[str | None], TPlace], text: str | None) -> TPlace:
    """Where a page begins, as one of `interfaces.cursors` reads it; 422 for what is none of its list's."""
    try:
        return read(text)
    except cursors.BadCursor:
        raise Problem(422, "bad_cursor") from None
