"""Applicants: identified once, read by themselves and by the officers who work for them; who acts for them,
who is the same as whom, and finding them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from application import citizen_search, citizens, mandating, merging
from application.changing import Asked, Changed
from interfaces import cursors
from interfaces.http import parameters
from interfaces.http.citizen_requests import EndMandate, GiveMandate, Merge, Search, Separate
from interfaces.http.commands import Commanded, CommandRoute, receipt
from interfaces.http.documents import COMMAND, READ
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
from interfaces.http.requests import Identify
from projections import status_queries

MAX_CODE = 64

router = APIRouter(route_class=CommandRoute, prefix="/v1/citizens", tags=["citizens"])


class CitizenRecorded(BaseModel):
    id: UUID
    revision: int
    position: int


class CitizenIdentified(CitizenRecorded):
    """`known`: the number was known already (200). `name_differs`: the name given is not the recorded one, so
    the number may be mistyped."""

    known: bool
    name_differs: bool


class MandateRecorded(CitizenRecorded):
    mandate: UUID


@router.post(
    "",
    status_code=201,
    response_model=CitizenIdentified,
    responses=COMMAND | {200: {"model": CitizenIdentified, "description": "Known by this number"}},
    summary="Identify an applicant",
)
async def identify(services: Works, identity: Asking, command: Commanded, body: Identify) -> Response:
    """A number that is known already answers 200 with the applicant known by it, and records who asked;
    `name_differs` says that their name is another than the one given. One known for another kind of citizen
    is refused."""
    who = citizens.Identification(**body.model_dump())
    found = await citizens.identify(services.citizens, identity, who, command)
    answer = {
        "id": found.id,
        "revision": found.revision,
        "position": found.position,
        "known": found.known,
        "name_differs": found.name_differs,
    }
    headers = {"ETag": f'"{found.revision}"'}
    status = 200 if found.known else 201
    return receipt(answer, found.position, f"/v1/citizens/{found.id}", status, headers)


@router.get("/{id}", responses=READ, dependencies=[Shown], summary="An applicant")
async def read(
    services: Works,
    identity: Asking,
    id: UUID,
    dossier: Annotated[
        str | None,
        Query(max_length=MAX_CODE, description="For officers: a dossier of this applicant in hand."),
    ] = None,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
) -> Response:
    """Opened with the applicant's key; what was erased is null. Officers name a dossier of this applicant
    that lies, or lay, where they are posted."""
    asked = parameters.pair(valid_at, known_at).said()
    found = await citizens.read(services.citizens, services.dossiers, identity, id, dossier, **asked)
    known = found["known_at"]
    headers = {"ETag": f'"{found["revision"]}"'} if known is None else {"Ledger-Position": str(known)}
    return json_answer(found, headers)


@router.post("/search", responses=READ, dependencies=[Shown], summary="Find citizens")
async def search(services: Works, identity: Asking, body: Search) -> Response:
    """By number, name (whole, with or without diacritics) or phone, at most 50 with what tells them apart;
    for officers of desks and who handle or decide, and for portals. What is asked for stands in no address
    and in no log."""
    asked = citizen_search.Asked(**body.model_dump())
    return json_answer(await citizen_search.search(services.citizens, identity, asked))


@router.get("/{id}/dossiers", responses=READ, dependencies=[Shown], summary="A citizen's own dossiers")
async def owned(
    request: Request,
    services: Works,
    identity: Asking,
    id: UUID,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """What belongs to the person, under each of their records; for the citizen and for portals. No personal
    text is in here."""
    moment, owners = await citizens.owned_by(services.citizens, identity, id)
    size = page_size(request, limit)
    after = place_in(cursors.dossier_place, cursor)
    async with services.views.pool.connection() as connection:
        rows = await status_queries.owned_dossiers(connection, moment.now, owners, after, size)
    following = cursors.after_dossier(rows[-1] if len(rows) == size else None)
    return json_answer({"items": rows, "next": following})


@router.post(
    "/{id}/mandates",
    status_code=201,
    response_model=MandateRecorded,
    responses=COMMAND,
    summary="Give a mandate",
)
async def give_mandate(
    services: Works, identity: Asking, command: Commanded, id: UUID, body: GiveMandate
) -> Response:
    """Let somebody act for this citizen; by the citizen, a desk or a portal."""
    given = mandating.Given(**body.model_dump() | {"procedures": tuple(body.procedures)})
    mandate, changed = await mandating.give(services.dossiers, Asked(identity, command), id, given)
    return _changed(changed, 201, mandate=mandate)


@router.get("/{id}/mandates", responses=READ, dependencies=[Shown], summary="Who may act for a citizen")
async def mandates(
    services: Works, identity: Asking, id: UUID, valid_at: ValidAt = None, known_at: KnownAt = None
) -> Response:
    """Those of every record of one person, the newest first, at most 500."""
    asked = parameters.pair(valid_at, known_at).said()
    return json_answer(await mandating.read(services.dossiers, identity, id, **asked))


@router.post(
    "/{id}/mandates/{mandate}/end",
    response_model=CitizenRecorded,
    responses=COMMAND,
    summary="End a mandate",
)
async def end_mandate(
    services: Works, identity: Asking, command: Commanded, id: UUID, mandate: UUID, body: EndMandate
) -> Response:
    """From today, or a later day on, it holds no longer; what was done under it stays done."""
    asked = Asked(identity, command)
    return _changed(await mandating.end(services.dossiers, asked, id, mandate, body.ended_on))


@router.post("/{id}/merge", response_model=CitizenRecorded, responses=COMMAND, summary="Merge a duplicate")
async def merge(services: Works, identity: Asking, command: Commanded, id: UUID, body: Merge) -> Response:
    """This record stands for the same person as another; by a registrar. No dossier changes; whoever reads
    follows the link."""
    asked = Asked(identity, command)
    return _changed(await merging.merge(services.citizens, asked, id, **body.model_dump()))


@router.post(
    "/{id}/separate", response_model=CitizenRecorded, responses=COMMAND, summary="Undo a wrong merge"
)
async def separate(
    services: Works, identity: Asking, command: Commanded, id: UUID, body: Separate
) -> Response:
    """Two people again, each with what was recorded of them; by a registrar."""
    return _changed(await merging.separate(services.citizens, Asked(identity, command), id, note=body.note))


def _changed(changed: Changed, status: int = 200, **further: UUID) -> Response:
    answer = {"id": changed.id, "revision": changed.revision, "position": changed.position} | further
    headers = {"ETag": f'"{changed.revision}"'}
    return receipt(answer, changed.position, f"/v1/citizens/{changed.id}", status, headers)
