"""The obstacle register of an act: what keeps receivers from going on."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from application import coordinating, obstacles
from interfaces import cursors
from interfaces.http import coordination_requests as bodies
from interfaces.http.coordination_routes import PartAsked
from interfaces.http.documents import READ
from interfaces.http.handover_routes import PART, STEP, Asked
from interfaces.http.identity import Asking, Works
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
ONE = f"{PART}/obstacles/{{obstacle}}"


@router.get("/{id}/obstacles", responses=READ, dependencies=[Shown], summary="The obstacle register")
async def listed(
    request: Request,
    services: Works,
    identity: Asking,
    id: UUID,
    part: PartAsked = None,
    agency: Annotated[
        UUID | None, Query(description="Only of this agency: for its own officers too.")
    ] = None,
    all: Annotated[bool, Query(description="Resolved ones too.")] = False,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """The oldest first, with its age, who sees to it and to whom it was escalated."""
    parts = await coordinating.parts_of(services.handovers, id, part)
    after = place_in(cursors.obstacle_place, cursor)
    size = page_size(request, limit)
    rows = await obstacles.listed(
        registers_of(services),
        identity,
        parts,
        resolved_too=all,
        agency=agency,
        after=after,
        limit=size,
    )
    following = cursors.after_obstacle(rows[-1] if len(rows) == size else None)
    return json_answer({"handover": id, "items": rows, "next": following})


@router.post(f"{PART}/obstacles", **STEP, summary="Report an obstacle")
async def report(services: Works, at: Asked, body: bodies.ReportObstacle) -> Response:
    """By any officer of the agency concerned. `counts.obstacle`: its id."""
    told = obstacles.Report(at.part, body.agency, body.kind, body.description, body.dossier)
    return await at.answer(obstacles.report(registers_of(services), at.identity, told, at.command))


@router.post(f"{ONE}/assign", **STEP, summary="Say who sees to an obstacle")
async def assign(services: Works, at: Asked, obstacle: UUID, body: bodies.AssignObstacle) -> Response:
    """An officer; assigned again, the newest counts."""
    return await at.answer(
        obstacles.assign(registers_of(services), at.identity, obstacle, body.officer, at.command)
    )


@router.post(f"{ONE}/escalate", **STEP, summary="Escalate an obstacle")
async def escalate(services: Works, at: Asked, obstacle: UUID, body: bodies.EscalateObstacle) -> Response:
    """To another officer, with the reason; who saw to it before stays on record."""
    return await at.answer(
        obstacles.escalate(
            registers_of(services), at.identity, obstacle, body.to_officer, body.reason, at.command
        )
    )


@router.post(f"{ONE}/resolve", **STEP, summary="Say how an obstacle was resolved")
async def resolve(services: Works, at: Asked, obstacle: UUID, body: bodies.ResolveObstacle) -> Response:
    """It is over; what was done stands in the fact."""
    return await at.answer(
        obstacles.resolve(registers_of(services), at.identity, obstacle, body.resolution, at.command)
    )
