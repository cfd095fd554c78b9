"""Handovers: draft an act, then one route per step of a part's life."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from application import handover_reading, handovers, receiving, reconciling, transfer
from application.handovers import StepAnswer
from interfaces.http import handover_requests as bodies
from interfaces.http.commands import Commanded, receipt
from interfaces.http.documents import COMMAND, READ
from interfaces.http.identity import Asking, Works
from interfaces.http.problems import answer, problem_of
from interfaces.http.reading import Shown, json_answer
from interfaces.services import Services

NDJSON = "application/x-ndjson"

Step = Callable[[], Awaitable[StepAnswer]]


class HandoverAnswer(BaseModel):
    """Recorded up to `position`. `counts`: what was simulated, transferred, acknowledged or reconciled."""

    handover: UUID
    part: UUID | None
    position: int
    counts: dict[str, Any]


router = APIRouter(prefix="/v1/handovers", tags=["handovers"])
PART = "/{id}/parts/{part}"
STEP: dict[str, Any] = {"response_model": HandoverAnswer, "responses": COMMAND}


@router.get("", responses=READ, dependencies=[Shown], summary="Every act")
async def acts(services: Works, identity: Asking) -> Response:
    """The newest first, each with the state of its parts and the digest that an approval names."""
    return json_answer({"handovers": await handover_reading.acts(services.handovers, identity)})


@router.get("/{id}", responses=READ, dependencies=[Shown], summary="One act")
async def act(services: Works, identity: Asking, id: UUID) -> Response:
    return json_answer(await handover_reading.act(services.handovers, identity, id))


@router.post("", status_code=201, **STEP, summary="Draft an act")
async def draft(services: Works, identity: Asking, command: Commanded, body: bodies.Draft) -> Response:
    """All or nothing: a document that is refused anywhere records nothing. `counts.parts`: the parts."""
    document = body.model_dump(mode="json", by_alias=True)
    drafted = await handovers.draft(services.handovers, identity, document, command)
    parts = await handover_reading.parts_of(services.handovers, drafted.handover)
    return _recorded(drafted, parts[0], {"parts": parts}, 201)


@router.post(f"{PART}/simulate", **STEP, summary="Say what would happen")
async def simulate(
    services: Works,
    identity: Asking,
    command: Commanded,
    id: UUID,
    part: UUID,
    body: bodies.Nothing | None = None,
) -> Response:
    """Counts by (from, to, procedure, status), what no rule places, what is overdue. Nothing moves."""
    return await _step(
        services, id, part, lambda: handovers.simulate(services.handovers, identity, part, command)
    )


@router.post(f"{PART}/approve", **STEP, summary="Approve a part")
async def approve(
    services: Works, identity: Asking, command: Commanded, id: UUID, part: UUID, body: bodies.Approve
) -> Response:
    """Binds the act, its rules and exceptions by their digest; two different officers are needed."""
    office = services.handovers
    return await _step(
        services, id, part, lambda: handovers.approve(office, identity, part, body.digest, command)
    )


@router.post(f"{PART}/schedule", **STEP, summary="Schedule a part for its hour")
async def schedule(
    services: Works,
    identity: Asking,
    command: Commanded,
    id: UUID,
    part: UUID,
    body: bodies.Nothing | None = None,
) -> Response:
    """From here on the hour needs nobody."""
    return await _step(
        services, id, part, lambda: handovers.schedule(services.handovers, identity, part, command)
    )


@router.post(f"{PART}/cancel", **STEP, summary="Cancel a part before its hour")
async def cancel(
    services: Works, identity: Asking, command: Commanded, id: UUID, part: UUID, body: bodies.Cancel
) -> Response:
    office = services.handovers
    return await _step(
        services, id, part, lambda: handovers.cancel(office, identity, part, body.reason, command)
    )


@router.post(f"{PART}/transfer", **STEP, summary="Record the transfer of each dossier")
async def transfer_part(
    request: Request,
    services: Works,
    identity: Asking,
    command: Commanded,
    id: UUID,
    part: UUID,
    body: bodies.Nothing | None = None,
) -> Response:
    """Resumable: stopped anywhere and sent again it writes what is missing, and nothing twice.

    `Accept: application/x-ndjson` streams the progress, a line for each chunk; the last line is the answer.
    """
    await handover_reading.part_in_act(services.handovers, id, part)
    steps = transfer.transfer(services.handovers, identity, part, command)
    first = await anext(steps)  # what is refused is refused before the answer begins
    if NDJSON in request.headers.get("accept", ""):
        return StreamingResponse(_progress(request, steps, first, id, part), media_type=NDJSON)
    last = first
    async for progress in steps:
        last = progress
    return _transferred(last, id, part)


async def _progress(
    request: Request,
    steps: AsyncIterator[transfer.Progress],
    first: transfer.Progress,
    id: UUID,
    part: UUID,
) -> AsyncIterator[bytes]:
    try:
        last = first
        yield _line(_counts(first))
        async for progress in steps:
            last = progress
            yield _line(_counts(last))
        yield bytes(_transferred(last, id, part).body) + b"\n"
    except Exception as error:  # the status is sent already: the last line is the problem instead
        yield bytes(answer(request, problem_of(error)).body) + b"\n"


def _line(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _counts(progress: transfer.Progress) -> dict[str, int]:
    return {"written": progress.written, "found": progress.found, "total": progress.total}


def _transferred(last: transfer.Progress, id: UUID, part: UUID) -> Response:
    return _recorded(StepAnswer(id, part, last.position, _counts(last)), part)


@router.post(f"{PART}/acknowledge", **STEP, summary="Acknowledge dossiers that came")
async def acknowledge(
    services: Works, identity: Asking, command: Commanded, id: UUID, part: UUID, body: bodies.Acknowledge
) -> Response:
    """For the receiving agency: what has been answered already stays as it is."""
    await handover_reading.part_in_act(services.handovers, id, part)
    done = await receiving.acknowledge(
        services.handovers, identity, part, body.agency, body.dossiers, papers=body.papers, command=command
    )
    return _recorded(StepAnswer(id, part, done.position, {"acknowledged": done.count}), part)


@router.post(f"{PART}/refuse", **STEP, summary="Refuse dossiers that came")
async def refuse(
    services: Works, identity: Asking, command: Commanded, id: UUID, part: UUID, body: bodies.Refuse
) -> Response:
    """They go to the coordination queue and stay with the refuser until a decision is recorded."""
    await handover_reading.part_in_act(services.handovers, id, part)
    done = await receiving.refuse(
        services.handovers, identity, part, body.agency, body.dossiers, reason=body.reason, command=command
    )
    return _recorded(StepAnswer(id, part, done.position, {"refused": done.count}), part)


@router.post(f"{PART}/place", **STEP, summary="Decide who holds a dossier")
async def place(
    services: Works, identity: Asking, command: Commanded, id: UUID, part: UUID, body: bodies.Place
) -> Response:
    """For what no rule placed, or an agency refused."""

    def step() -> Awaitable[StepAnswer]:
        return receiving.place(
            services.handovers, identity, part, body.dossier, body.to_agency, body.ground, command
        )

    return await _step(services, id, part, step)


@router.post(f"{PART}/reconcile", **STEP, summary="Reconcile a part")
async def reconcile(
    services: Works,
    identity: Asking,
    command: Commanded,
    id: UUID,
    part: UUID,
    body: bodies.Nothing | None = None,
) -> Response:
    """Every dossier that moved has one holder and one transfer, and the counts add up."""
    return await _step(
        services, id, part, lambda: reconciling.reconcile(services.handovers, identity, part, command)
    )


async def _step(services: Services, id: UUID, part: UUID, step: Step) -> Response:
    """Run one step of a part, which must be of this act."""
    await handover_reading.part_in_act(services.handovers, id, part)
    done = await step()
    counts = dict(done.counts)
    if done.repeated and not counts:
        counts = await handover_reading.recorded_counts(services.handovers, part, done.position)
    return _recorded(StepAnswer(id, part, done.position, counts), part)


def _recorded(
    done: StepAnswer, part: UUID | None, counts: dict[str, Any] | None = None, status: int = 200
) -> Response:
    body = {
        "handover": done.handover,
        "part": part,
        "position": done.position,
        "counts": dict(done.counts) if counts is None else counts,
    }
    return receipt(body, done.position, f"/v1/handovers/{done.handover}", status)
