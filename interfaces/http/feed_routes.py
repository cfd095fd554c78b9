"""The feed: the log as a CloudEvents batch by position, with a long poll.

The body is a plain batch, which any CloudEvents SDK reads; whose log it is and how far the page goes stand in
the headers `Ledger-Id` and `Ledger-Through`. The next request asks `after` what the last one went `through`.
Each event's `dataschema` is a URN: CloudEvents wants an absolute URI, and a server behind others does not
know its own address; the schema stands at `/v1/schemas/` under the URN's last part.
"""

from __future__ import annotations

import time
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from interfaces.http.documents import PUBLIC, READ, answers
from interfaces.http.identity import Asking, Works
from interfaces.http.problems import Problem
from interfaces.http.reading import DEFAULT_PAGE, LARGEST_POSITION, Limit, json_answer, page_size

router = APIRouter(prefix="/v1", tags=["feed"])

BATCH = "application/cloudevents-batch+json"
SCHEMA = "application/schema+json"
LONGEST_WAIT = 30.0


@router.get(
    "/events",
    response_class=Response,
    responses={**READ, **answers(BATCH, "CloudEvents; headers Ledger-Id and Ledger-Through", "array")},
    summary="Events after a position",
)
async def events(
    request: Request,
    services: Works,
    identity: Asking,
    after: Annotated[
        int, Query(ge=0, le=LARGEST_POSITION, description="The position read last; 0: from the beginning.")
    ] = 0,
    limit: Limit = DEFAULT_PAGE,
    wait: Annotated[
        float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for the next event (long poll).")
    ] = 0.0,
    ledger_id: Annotated[
        str | None, Query(max_length=36, description="The ledger that the cursor is of; another one: 409.")
    ] = None,
) -> Response:
    """Every position once, in order. A cursor beyond this log, or of another ledger, gets 409."""
    if ledger_id is not None and ledger_id != str(services.ledger_id):
        raise Problem(409, "cursor_ahead", f"this is ledger {services.ledger_id}, not the cursor's")
    until = time.monotonic() + wait
    size = page_size(request, limit)
    while True:
        page = await services.feed.page(identity, after, size)
        left = until - time.monotonic()
        if page.events or left <= 0 or await request.is_disconnected():
            break
        await request.app.state.head.beyond(page.through, left)
    headers = {"Ledger-Id": str(page.ledger_id), "Ledger-Through": str(page.through)}
    return json_answer(list(page.events), headers, BATCH)


@router.get("/schemas", responses=PUBLIC, summary="The types of events")
async def schemas() -> Response:
    """Every type by its topic; what the feed calls it stands in the events themselves."""
    return json_answer({"schemas": list(_schemas())})


@router.get(
    "/schemas/{topic}",
    response_class=Response,
    responses={**PUBLIC, **answers(SCHEMA, "JSON Schema, draft 2020-12", "object")},
    summary="What the data of an event may be",
)
async def schema(
    topic: Annotated[str, Path(max_length=100, description="The last part of an event's dataschema.")],
) -> Response:
    """Of `data` as the feed has it: without what is personal. docs/schemas has what is recorded."""
    found = _schemas().get(topic)
    if found is None:
        raise Problem(404, "not_found", "there is no such type of event: GET /v1/schemas lists them")
    return json_answer(found, media_type=SCHEMA)


@cache
def _schemas() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(files("interfaces.http").joinpath("feed_schemas.json").read_bytes())
    return found
