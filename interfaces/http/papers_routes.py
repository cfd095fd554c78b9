"""The paper originals of a part: which lie in which box, found or missing."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from application import coordinating, papers
from interfaces import cursors
from interfaces.http import coordination_requests as bodies
from interfaces.http.coordination_routes import EACH
from interfaces.http.documents import READ
from interfaces.http.handover_routes import PART, Asked
from interfaces.http.identity import Asking, Works
from interfaces.http.outcomes import outcomes_answer
from interfaces.http.reading import (
    DEFAULT_PAGE,
    Cursor,
    Limit,
    Shown,
    json_answer,
    page_size,
    place_in,
)
from interfaces.registers import registers_of

router = APIRouter(prefix="/v1/handovers", tags=["handovers"])
Agency = Annotated[UUID | None, Query(description="Only what this agency hands over.")]


@router.post(f"{PART}/papers", **EACH, summary="List the paper originals of dossiers")
async def list_papers(request: Request, at: Asked, body: bodies.ListPapers) -> Response:
    """By the agency that hands over: before the hour the holder's desk, after it the officer who closes its
    books or the heir's desk. Listed again it replaces what was listed, until it is checked."""
    listings = [papers.Listing(one.dossier, one.box, _counts(one.originals)) for one in body.papers]
    outcomes = await papers.list_each(at.office, at.identity, [at.part], listings, at.command)
    return outcomes_answer(request, at.act, at.part, [one.dossier for one in listings], outcomes)


@router.post(f"{PART}/papers/check", **EACH, summary="Say which originals were found")
async def check_papers(request: Request, at: Asked, body: bodies.CheckPapers) -> Response:
    """By the desk that holds the dossier after the hour. What was listed and not found is missing."""
    checks = [
        papers.Check(one.dossier, None if one.found is None else _counts(one.found), one.box)
        for one in body.papers
    ]
    outcomes = await papers.check_each(
        at.office, at.identity, [at.part], checks, report_missing=body.report_missing, command=at.command
    )
    return outcomes_answer(request, at.act, at.part, [one.dossier for one in checks], outcomes)


def _counts(originals: list[bodies.Original]) -> dict[str, int]:
    return {original.component: original.count for original in originals}


@router.get(f"{PART}/papers", responses=READ, dependencies=[Shown], summary="Paper originals, by box")
async def inventory(
    request: Request,
    services: Works,
    identity: Asking,
    id: UUID,
    part: UUID,
    agency: Agency = None,
    box: Annotated[str | None, Query(max_length=40)] = None,
    missing: Annotated[bool, Query(description="Only where something is missing.")] = False,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """Each dossier of the part with its originals: listed, found, missing."""
    await coordinating.parts_of(services.handovers, id, part)
    after = place_in(cursors.papers_place, cursor)
    size = page_size(request, limit)
    rows = await papers.inventory(
        registers_of(services),
        identity,
        part,
        agency=agency,
        box=box,
        missing=missing,
        after=after,
        limit=size,
    )
    following = cursors.after_papers(rows[-1] if len(rows) == size else None)
    return json_answer({"handover": id, "part": part, "items": rows, "next": following})


@router.get(f"{PART}/papers/boxes", responses=READ, dependencies=[Shown], summary="The boxes and their sums")
async def boxes(
    request: Request,
    services: Works,
    identity: Asking,
    id: UUID,
    part: UUID,
    agency: Agency = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """Each box with the number of dossiers and originals that were listed and found."""
    await coordinating.parts_of(services.handovers, id, part)
    after = place_in(cursors.box_place, cursor)
    size = page_size(request, limit)
    rows = await papers.boxes(
        registers_of(services),
        identity,
        part,
        agency=agency,
        after=after,
        limit=size,
    )
    following = cursors.after_box(rows[-1] if len(rows) == size else None)
    return json_answer({"handover": id, "part": part, "items": rows, "next": following})
