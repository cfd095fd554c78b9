"""Territory, organisation and catalogue: public, as known now, for any day."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from application import catalogue
from application.heirs import heirs as heirs_of
from application.needed import needed
from application.policy import allow
from interfaces.http import parameters
from interfaces.http.documents import PUBLIC, READ
from interfaces.http.identity import Asking, Works
from interfaces.http.parameters import KnownAt, ValidAt
from interfaces.http.reading import (
    DEFAULT_PAGE,
    Cursor,
    Json,
    Limit,
    Shown,
    cursor_text,
    cursor_values,
    json_answer,
    page_size,
)

router = APIRouter(prefix="/v1", dependencies=[Shown])
CODE = Annotated[str | None, Query(max_length=64)]


def _page(request: Request, rows: list[Json], limit: int, key: str) -> Response:
    """`rows` are one more than the page where there is a next one."""
    size = page_size(request, limit)
    cursor = cursor_text([str(rows[size - 1][key])]) if len(rows) > size else None
    return json_answer({"items": rows[:size], "next": cursor})


def _after(cursor: str | None) -> str:
    values = cursor_values(cursor, (str,))
    return values[0] if values else ""


@router.get("/units", responses=PUBLIC, tags=["territory"], summary="Units valid at an instant")
async def units(
    request: Request,
    services: Works,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    level: Annotated[str | None, Query(pattern="^(province|district|commune)$")] = None,
    parent: CODE = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """By CODE@DATE; of one level, or within one unit."""
    moment = await services.reader.as_known(parameters.known_at(known_at))
    allow(None, "read-units", moment)
    t = parameters.valid_at(valid_at, moment.now)
    size = page_size(request, limit)
    rows = catalogue.units(moment.organisation, t, level, parent, _after(cursor), size + 1)
    return _page(request, rows, limit, "unit")


@router.get("/units/{code}", responses=PUBLIC, tags=["territory"], summary="A unit")
async def unit(services: Works, code: str, valid_at: ValidAt = None, known_at: KnownAt = None) -> Response:
    """`code`: CODE (valid at `valid_at`) or CODE@DATE. Two units may share a code and even a name."""
    moment = await services.reader.as_known(parameters.known_at(known_at))
    allow(None, "read-units", moment)
    t = parameters.valid_at(valid_at, moment.now)
    return json_answer(catalogue.unit(moment.organisation, code, t))


@router.get("/units/{code}/heirs", responses=PUBLIC, tags=["territory"], summary="Who stands for a unit")
async def heirs(services: Works, code: str, valid_at: ValidAt = None, known_at: KnownAt = None) -> Response:
    """`heirs`: the units that succeed it at `valid_at`, through any number of acts; none while it is valid.
    `links`: by which links of which acts, those to come and disputed ones included; `undated`: what acts
    that do not say yet from when they count would change."""
    moment = await services.reader.as_known(parameters.known_at(known_at))
    allow(None, "read-units", moment)
    t = parameters.valid_at(valid_at, moment.now)
    return json_answer(heirs_of(moment.organisation, code, t))


@router.get("/agencies", responses=PUBLIC, tags=["organisation"], summary="Agencies open at an instant")
async def agencies(
    request: Request,
    services: Works,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    unit: CODE = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """By identifier: address, hotline and hours as they are at `valid_at`; `origin` says what was assumed."""
    moment = await services.reader.as_known(parameters.known_at(known_at))
    allow(None, "read-agencies", moment)
    t = parameters.valid_at(valid_at, moment.now)
    size = page_size(request, limit)
    rows = catalogue.agencies(moment.organisation, t, unit, _after(cursor), size + 1)
    return _page(request, rows, limit, "identifier")


@router.get("/procedures", responses=PUBLIC, tags=["catalogue"], summary="Procedures in force")
async def procedures(
    request: Request,
    services: Works,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    publication: Annotated[
        Literal["on_time", "late", "not_posted", "unknown", "not_counted"] | None,
        Query(description="Only those whose promulgation and posting stand so: docs/publication.md."),
    ] = None,
    programme: Annotated[
        str | None, Query(pattern=r"^[a-z0-9_.-]{1,64}$", description="Only those that belong to it then.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """By code, each in the version valid at `valid_at`, with its promulgation and posting as of that day."""
    moment = await services.reader.as_known(parameters.known_at(known_at))
    allow(None, "read-procedures", moment)
    t = parameters.valid_at(valid_at, moment.now)
    size = page_size(request, limit)
    rows = catalogue.procedures(moment.organisation, t, _after(cursor), size + 1, publication, programme)
    return _page(request, rows, limit, "code")


@router.get("/procedures/{code}", responses=PUBLIC, tags=["catalogue"], summary="A procedure")
async def procedure(
    services: Works, code: str, valid_at: ValidAt = None, known_at: KnownAt = None
) -> Response:
    """In the version valid at `valid_at`; `publication`: whether that was promulgated and publicly posted in
    time, as of that day."""
    moment = await services.reader.as_known(parameters.known_at(known_at))
    allow(None, "read-procedures", moment)
    return json_answer(
        catalogue.procedure(moment.organisation, code, parameters.valid_at(valid_at, moment.now))
    )


@router.get("/procedures/{code}/papers", responses=READ, tags=["catalogue"], summary="What is still needed")
async def papers(
    services: Works,
    identity: Asking,
    code: str,
    owner: Annotated[
        UUID | None, Query(description="Of whom; absent: of whoever has nothing in store.")
    ] = None,
    channel: Annotated[str | None, Query(pattern="^(counter|online|post|kiosk)$")] = None,
    case: Annotated[str | None, Query(max_length=200)] = None,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
) -> Response:
    """Each paper of the procedure as it is today, or was then: `held`, to `look_up`, `needed`, or asked for
    `no_longer`, and why. Of an owner it is for themself, for officers who receive and process, and for
    portals."""
    asked = parameters.pair(valid_at, known_at).said()
    said = await needed(services.dossiers, identity, code, owner=owner, channel=channel, case=case, **asked)
    return json_answer(said)


@router.get("/officers", responses=READ, tags=["organisation"], summary="Officers and where they are posted")
async def officers(
    request: Request,
    services: Works,
    identity: Asking,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    agency: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """Ids, roles and agencies; names are personal and are not in here. Who may read it is judged now."""
    allow(identity, "read-officers", await services.reader.moment(fresh=True))
    moment = await services.reader.as_known(parameters.known_at(known_at))
    t = parameters.valid_at(valid_at, moment.now)
    size = page_size(request, limit)
    rows = catalogue.officers(moment.organisation, t, agency, _after(cursor), size + 1)
    return _page(request, rows, limit, "officer")
