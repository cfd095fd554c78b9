"""Handovers: draft an act, then one route per step of a part's life."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from application import amending, handover_reading, handovers, receiving, reconciling, simulating, transfer
from application.handovers import Handovers, StepAnswer
from application.ledger import Command
from application.policy import Identity
from interfaces import cursors
from interfaces.http import handover_requests as bodies
from interfaces.http import parameters
from interfaces.http.commands import Commanded, CommandRoute, receipt
from interfaces.http.documents import COMMAND, READ
from interfaces.http.identity import Asking, Works
from interfaces.http.parameters import KnownAt, ValidAt
from interfaces.http.problems import answer, problem_of
from interfaces.http.reading import (
    DEFAULT_PAGE,
    Cursor,
    Limit,
    Shown,
    json_answer,
    page_size,
    place_in,
)
from interfaces.services import Limits

NDJSON = "application/x-ndjson"


class HandoverAnswer(BaseModel):
    """Recorded up to `position`. `counts`: what was simulated, transferred, acknowledged or reconciled."""

    handover: UUID
    part: UUID | None
    position: int
    counts: dict[str, Any]


router = APIRouter(route_class=CommandRoute, prefix="/v1/handovers", tags=["handovers"])
PART = "/{id}/parts/{part}"
STEP: dict[str, Any] = {"response_model": HandoverAnswer, "responses": COMMAND}


@router.get("", responses=READ, dependencies=[Shown], summary="Every act")
async def acts(
    request: Request,
    services: Works,
    identity: Asking,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """A page, the newest first, each with the state of its parts and the digest that an approval names."""
    size, asked = page_size(request, limit), parameters.pair(valid_at, known_at).said()
    after = place_in(cursors.act_place, cursor)
    found = await handover_reading.acts(services.handovers, identity, after, size, **asked)
    following = cursors.after_act(found[-1] if len(found) == size else None)
    return json_answer({"handovers": found, "next": following})


@router.get("/{id}", responses=READ, dependencies=[Shown], summary="One act")
async def act(
    services: Works, identity: Asking, id: UUID, valid_at: ValidAt = None, known_at: KnownAt = None
) -> Response:
    """The act with its parts and their steps, as they are now, or were then."""
    asked = parameters.pair(valid_at, known_at).said()
    return json_answer(await handover_reading.act(services.handovers, identity, id, **asked))


@router.post("", status_code=201, **STEP, summary="Draft an act")
async def draft(services: Works, identity: Asking, command: Commanded, body: bodies.Draft) -> Response:
    """All or nothing: a document that is refused anywhere records nothing. `counts.parts`: the parts."""
    document = body.model_dump(mode="json", by_alias=True)
    drafted = await handovers.draft(services.handovers, identity, document, command)
    parts = await handover_reading.parts_of(services.handovers, drafted.handover)
    return _recorded(drafted, parts[0], {"parts": parts}, 201)


@dataclass(frozen=True, slots=True)
class AtPart:
    """What every step of a part works with; the part is one of the act's."""

    office: Handovers
    identity: Identity
    command: Command
    act: UUID
    part: UUID
    settings: Limits

    async def answer(self, step: Awaitable[StepAnswer]) -> Response:
        done = await step
        return self.recorded(done.position, done.counts)

    def recorded(self, position: int, counts: Mapping[str, Any]) -> Response:
        return _recorded(StepAnswer(self.act, self.part, position, counts), self.part)


async def _at_part(services: Works, identity: Asking, command: Commanded, id: UUID, part: UUID) -> AtPart:
    await handover_reading.part_in_act(services.handovers, id, part)
    return AtPart(services.handovers, identity, command, id, part, services.settings)


Asked = Annotated[AtPart, Depends(_at_part)]


@router.post(f"{PART}/amend", **STEP, summary="Draft a next version of a part")
async def amend(at: Asked, body: bodies.Amendment) -> Response:
    """While nothing is scheduled it replaces the draft, afterwards it is an amendment: simulated, approved
    and scheduled in its turn, while the version in force stays. `counts.part_version`: its number."""
    document = body.model_dump(mode="json", by_alias=True)
    return await at.answer(amending.amend(at.office, at.identity, at.part, document, at.command))


@router.post(f"{PART}/simulate", **STEP, summary="Say what would happen")
async def simulate(at: Asked, body: bodies.Nothing | None = None) -> Response:
    """Counts by (from, to, procedure, status), what no rule or several rules place, which officers and desks
    are left without an agency, what is overdue and with whom. Nothing moves."""
    return await at.answer(simulating.simulate(at.office, at.identity, at.part, at.command))


@router.post(f"{PART}/approve", **STEP, summary="Approve a part")
async def approve(at: Asked, body: bodies.Approve) -> Response:
    """Binds the act, its rules and exceptions by their digest; two different officers are needed."""
    return await at.answer(handovers.approve(at.office, at.identity, at.part, body.digest, at.command))


@router.post(f"{PART}/schedule", **STEP, summary="Schedule a part for its hour")
async def schedule(at: Asked, body: bodies.Nothing | None = None) -> Response:
    """From here on the hour needs nobody. Refused where another scheduled part, or what is there already,
    stands in the way."""
    return await at.answer(handovers.schedule(at.office, at.identity, at.part, at.command))


@router.post(f"{PART}/cancel", **STEP, summary="Cancel a part before its hour")
async def cancel(at: Asked, body: bodies.Cancel) -> Response:
    """The units stay as they are, and nothing is transferred; the reason stays on record."""
    return await at.answer(handovers.cancel(at.office, at.identity, at.part, body.reason, at.command))


@router.post(f"{PART}/transfer", **STEP, summary="Record the transfer of each dossier")
async def transfer_part(request: Request, at: Asked, body: bodies.Nothing | None = None) -> Response:
    """Resumable: stopped anywhere and sent again it writes what is missing, and nothing twice.

    `Accept: application/x-ndjson` streams the progress, a line for each chunk; the last line is the answer.
    """
    steps = transfer.transfer(at.office, at.identity, at.part, at.command, busy=at.settings.transfer_busy)
    first = await anext(steps)  # what is refused is refused before the answer begins
    if NDJSON in request.headers.get("accept", ""):
        return StreamingResponse(_progress(request, at, steps, first), media_type=NDJSON)
    last = first
    async for progress in steps:
        last = progress
    return at.recorded(last.position, _counts(last))


async def _progress(
    request: Request, at: AtPart, steps: AsyncIterator[transfer.Progress], first: transfer.Progress
) -> AsyncIterator[bytes]:
    try:
        last = first
        yield _line(_counts(first))
        async for progress in steps:
            last = progress
            yield _line(_counts(last))
        yield bytes(at.recorded(last.position, _counts(last)).body) + b"\n"
    except Exception as error:  # the status is sent already: the last line is the problem instead
        yield bytes(answer(request, problem_of(error)).body) + b"\n"


def _line(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _counts(progress: transfer.Progress) -> dict[str, int]:
    return {"written": progress.written, "found": progress.found, "total": progress.total}


@router.post(f"{PART}/acknowledge", **STEP, summary="Acknowledge dossiers that came")
async def acknowledge(at: Asked, body: bodies.Acknowledge) -> Response:
    """For the receiving agency: what has been answered already stays as it is."""
    done = await receiving.acknowledge(
        at.office, at.identity, at.part, body.agency, body.dossiers, papers=body.papers, command=at.command
    )
    return at.recorded(done.position, {"acknowledged": done.count})


@router.post(f"{PART}/refuse", **STEP, summary="Refuse dossiers that came")
async def refuse(at: Asked, body: bodies.Refuse) -> Response:
    """They go to the coordination queue and stay with the refuser until a decision is recorded."""
    done = await receiving.refuse(
        at.office,
        at.identity,
        at.part,
        body.agency,
        body.dossiers,
        reason=body.reason,
        suggests=body.suggests,
        command=at.command,
    )
    return at.recorded(done.position, {"refused": done.count})


@router.post(f"{PART}/place", **STEP, summary="Decide who holds a dossier")
async def place(at: Asked, body: bodies.Place) -> Response:
    """For what the part moved, is still open, and no rule placed or an agency refused."""
    return await at.answer(
        receiving.place(
            at.office, at.identity, at.part, body.dossier, body.to_agency, body.ground, at.command
        )
    )


@router.post(f"{PART}/reconcile", **STEP, summary="Reconcile a part")
async def reconcile(at: Asked, body: bodies.Nothing | None = None) -> Response:
    """Every dossier that moved has one holder and one transfer, and the counts add up."""
    busy = at.settings.reconcile_busy
    return await at.answer(reconciling.reconcile(at.office, at.identity, at.part, at.command, busy=busy))


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
