"""The coordination queue: what persons still have to decide of an act, who is responsible, deciding in bulk,
and the receivers that are silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from application import coordinating, coordinators, placing, reminding
from interfaces import cursors
from interfaces.http import coordination_requests as bodies
from interfaces.http.commands import Commanded, CommandRoute, receipt
from interfaces.http.documents import COMMAND, READ
from interfaces.http.handover_routes import PART, STEP, Asked
from interfaces.http.identity import Asking, Works
from interfaces.http.outcomes import OutcomesAnswer, outcomes_answer
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

router = APIRouter(route_class=CommandRoute, prefix="/v1/handovers", tags=["handovers"])
EACH: dict[str, Any] = {"response_model": OutcomesAnswer, "responses": COMMAND}
PartAsked = Annotated[UUID | None, Query(description="Only this part of the act.")]


@router.get("/{id}/queue", responses=READ, dependencies=[Shown], summary="What persons still have to decide")
async def queue(
    request: Request,
    services: Works,
    identity: Asking,
    id: UUID,
    part: PartAsked = None,
    coordinator: Annotated[UUID | None, Query(description="Only what this officer is named for.")] = None,
    late_days: Annotated[float, Query(gt=0, le=365, description="Mark what waits longer.")] = 3,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """First what nobody is responsible for; then by who held before, and since when. For operators, auditors
    and the coordinators, of whom one who is named for what an agency held sees that alone."""
    parts = await coordinating.parts_of(services.handovers, id, part)
    page = await coordinating.queue(
        registers_of(services),
        identity,
        parts,
        coordinator=coordinator,
        late=timedelta(days=late_days),
        after=place_in(cursors.queue_place, cursor),
        limit=page_size(request, limit),
    )
    following = cursors.after_queue(page.following)
    return json_answer({"handover": id, "at": page.at, "items": page.rows, "next": following})


@router.post(f"{PART}/place-list", **EACH, summary="Decide who holds each of these dossiers")
async def place_list(request: Request, at: Asked, body: bodies.PlaceList) -> Response:
    """Line by line: what is refused leaves the others as they are, and stands in its outcome."""
    decisions = [placing.Decision(d.dossier, d.to_agency, d.ground) for d in body.decisions]
    outcomes = await placing.place_each(at.office, at.identity, [at.part], decisions, at.command)
    return outcomes_answer(request, at.act, at.part, [d.dossier for d in decisions], outcomes)


@router.post(f"{PART}/place-waiting", **EACH, summary="Decide all that wait with a place")
async def place_waiting(request: Request, services: Works, at: Asked, body: bodies.PlaceWaiting) -> Response:
    """The first 1,000 that wait with it; send it again, with a new key, until the outcomes are empty. Given
    again with the same key it decides what still waits then: nothing is decided twice."""
    moment = await services.reader.moment(fresh=True)
    place = moment.organisation.unit_by_reference(body.place, moment.now)
    registers = registers_of(services)
    async for page in placing.waiting_with(registers, at.identity, [at.part], place.id):
        decisions = [placing.Decision(d, body.to_agency, body.ground) for d, _ in page]
        outcomes = await placing.place_each(at.office, at.identity, [at.part], decisions, at.command)
        return outcomes_answer(request, at.act, at.part, [d.dossier for d in decisions], outcomes)
    return outcomes_answer(request, at.act, at.part, [], [])


@router.post(f"{PART}/coordinator", **STEP, summary="Name who is responsible for the queue")
async def name_coordinator(at: Asked, body: bodies.NameCoordinator) -> Response:
    """For the part, or for what one agency held before; named again, the last one counts."""
    return await at.answer(
        coordinators.name(
            at.office,
            at.identity,
            at.part,
            body.officer,
            agency=body.agency,
            escalates_to=body.escalates_to,
            command=at.command,
        )
    )


@router.post(f"{PART}/end-coordinator", **STEP, summary="End a coordinator's naming")
async def end_coordinator(at: Asked, body: bodies.EndCoordinator) -> Response:
    """For the part, or for what one agency held. From here on it lets the officer decide nothing; what they
    decided stays."""
    return await at.answer(
        coordinators.end(
            at.office, at.identity, at.part, body.officer, agency=body.agency, command=at.command
        )
    )


@router.post("/{id}/remind", **STEP, summary="Remind and escalate silent receivers")
async def remind(
    services: Works, identity: Asking, command: Commanded, id: UUID, body: bodies.Remind | None = None
) -> Response:
    """Each at most once a day; obstacles that stay open are escalated too. Safe to send again."""
    asked = body or bodies.Remind()
    parts = await coordinating.parts_of(services.handovers, id)
    limits = reminding.Limits(
        timedelta(days=asked.after_days),
        timedelta(days=asked.escalate_after_days),
        timedelta(days=asked.obstacles_after_days),
    )
    done = reminding.Reminded()
    async for progress in reminding.remind(registers_of(services), identity, parts, limits, command):
        done = progress
    said = {"handover": id, "part": None, "position": done.position, "counts": done.counts}
    return receipt(said, done.position, f"/v1/handovers/{id}/silent")


@router.get("/{id}/silent", responses=READ, dependencies=[Shown], summary="Receivers that have not answered")
async def silent(
    request: Request,
    services: Works,
    identity: Asking,
    id: UUID,
    part: PartAsked = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """The one that waits longest first: how many dossiers, since when, how often reminded and escalated."""
    parts = await coordinating.parts_of(services.handovers, id, part)
    after = place_in(cursors.silent_place, cursor)
    size = page_size(request, limit)
    rows = await reminding.silent(registers_of(services), identity, parts, after=after, limit=size)
    following = cursors.after_silent(rows[-1] if len(rows) == size else None)
    moment = await services.reader.moment(fresh=False)
    items = [reminding.shown(moment, row) for row in rows]
    return json_answer({"handover": id, "items": items, "next": following})
