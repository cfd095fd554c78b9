"""Limits of the published list that are in doubt: what nobody has decided, and deciding one."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field, StringConstraints

from application import limit_decisions
from application.catalogue import day_of
from application.changing import Asked
from application.policy import allow
from interfaces.http import parameters
from interfaces.http.bodies import Body, Name, Storable
from interfaces.http.commands import Commanded, CommandRoute, receipt
from interfaces.http.documents import COMMAND, PUBLIC
from interfaces.http.identity import Asking, Works
from interfaces.http.organisation_routes import OrganisationChanged
from interfaces.http.parameters import KnownAt, ValidAt
from interfaces.http.reading import Cursor, Shown, cursor_text, cursor_values, json_answer, page_size

router = APIRouter(route_class=CommandRoute, prefix="/v1", tags=["catalogue"])
MOST = 200

ProcedureCode = Annotated[str, Path(max_length=64, description="The procedure's code.")]
Page = Annotated[int, Query(ge=1, le=MOST)]


class DecideLimit(Body):
    """What a limit in doubt is: an amount with its unit, or none (both null). `case`: the line's, null for
    one without, or for dossiers that name none. `basis`: the provision or decision; it is public, and names
    nobody."""

    version: Annotated[int, Field(ge=1, le=100_000, strict=True)]
    channel: Literal["counter", "online", "post", "kiosk"]
    case: Name | None = None
    limit_amount: Annotated[int, Field(ge=1, le=10_000, strict=True)] | None
    limit_unit: Literal["working_day", "calendar_day", "hour", "working_hour", "month"] | None
    basis: Annotated[str, StringConstraints(min_length=1, max_length=200), Storable]


@router.get(
    "/procedure-doubts", responses=PUBLIC, dependencies=[Shown], summary="Limits in doubt, not decided yet"
)
async def doubts(
    request: Request,
    services: Works,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    cursor: Cursor = None,
    limit: Page = 50,
) -> Response:
    """By code: the lines of the version in force and of those to come whose published limit is not trusted,
    each with its reasons and with what the list says: docs/catalogue.md."""
    moment = await services.reader.as_known(parameters.known_at(known_at))
    allow(None, "read-procedures", moment)
    day = day_of(parameters.valid_at(valid_at, moment.now))
    size = page_size(request, limit)
    values = cursor_values(cursor, (str,))
    rows = limit_decisions.undecided(moment.organisation, day, values[0] if values else "", size + 1)
    following = cursor_text([rows[size - 1]["code"]]) if len(rows) > size else None
    return json_answer({"items": rows[:size], "next": following})


@router.post(
    "/procedures/{code}/decide-limit",
    responses=COMMAND,
    response_model=OrganisationChanged,
    summary="Decide a limit in doubt",
)
async def decide_limit(
    services: Works, identity: Asking, command: Commanded, code: ProcedureCode, body: DecideLimit
) -> Response:
    """By a registrar, through a posting. It counts for what is accepted from then on; decided again, the
    newest counts."""
    who = Asked(identity, command)
    changed = await limit_decisions.decide_limit(services.registry, who, code, **body.model_dump())
    answer = {"id": str(changed.id), "revision": changed.revision, "position": changed.position}
    location = f"/v1/procedures/{quote(code)}"
    return receipt(answer, changed.position, location, 200, {"ETag": f'"{changed.revision}"'})
