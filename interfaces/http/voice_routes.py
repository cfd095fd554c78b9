"""Feedback and complaints about agencies' work: received, passed on, answered, withdrawn, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from application import voice_reading, voices
from application.voices import VoiceAnswer
from interfaces import cursors
from interfaces.http import voice_requests as bodies
from interfaces.http.commands import Commanded, CommandRoute, receipt
from interfaces.http.documents import COMMAND, READ
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
from interfaces.voices import voices_of

router = APIRouter(route_class=CommandRoute, prefix="/v1/voice", tags=["voice"])


class VoiceRecorded(BaseModel):
    """Recorded. Headers: Ledger-Position, Location."""

    id: UUID
    revision: int
    position: int


@router.get("", responses=READ, dependencies=[Shown], summary="Feedback and complaints")
async def listed(
    request: Request,
    services: Works,
    identity: Asking,
    agency: Annotated[
        UUID | None, Query(description="What this one has to answer, or answered: for its own officers too.")
    ] = None,
    open: Annotated[bool, Query(description="Only what waits for an answer.")] = False,
    late: Annotated[bool, Query(description="Only what is, or was, answered after its due date.")] = False,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """The oldest first, with who has to answer, the due date (null: no limit was set) and whether it is late.
    Texts are for the agency that has to answer alone; `texts` says whether they are opened."""
    size = page_size(request, limit)
    after = place_in(cursors.voice_place, cursor)
    rows = await voice_reading.listed(
        voices_of(services),
        identity,
        agency=agency,
        open_only=open,
        late_only=late,
        after=after,
        limit=size,
    )
    following = cursors.after_voice(rows[-1] if len(rows) == size else None)
    return json_answer({"items": rows, "next": following})


@router.get("/{id}", responses=READ, dependencies=[Shown], summary="One feedback or complaint")
async def read(services: Works, identity: Asking, id: UUID) -> Response:
    """As recorded now. Its texts are for the agency that has to answer and for whoever said it."""
    return json_answer(await voice_reading.one(voices_of(services), identity, id))


@router.post(
    "",
    status_code=201,
    response_model=VoiceRecorded,
    responses=COMMAND,
    summary="Receive feedback or a complaint",
)
async def receive(
    services: Works, identity: Asking, command: Commanded, body: bodies.ReceiveVoice
) -> Response:
    """By an officer, a portal, or the citizen (`by` is then themself). The due date follows from the limit
    that was set for the kind; without one there is none."""
    said = voices.Said(
        body.kind,
        body.agency,
        body.way,
        body.text,
        by=body.by,
        dossier=body.dossier,
        procedure_code=body.procedure,
        occurred_at=body.occurred_at,
    )
    return _recorded(await voices.receive(voices_of(services), identity, said, command), 201)


@router.post("/{id}/pass-on", response_model=VoiceRecorded, responses=COMMAND, summary="Pass it on")
async def pass_on(
    services: Works, identity: Asking, command: Commanded, id: UUID, body: bodies.PassOnVoice
) -> Response:
    """Another agency has to answer; the clock runs on."""
    office = voices_of(services)
    return _recorded(await voices.pass_on(office, identity, id, body.to_agency, body.reason, command))


@router.post("/{id}/answer", response_model=VoiceRecorded, responses=COMMAND, summary="Answer it")
async def answer(
    services: Works, identity: Asking, command: Commanded, id: UUID, body: bodies.AnswerVoice
) -> Response:
    office = voices_of(services)
    return _recorded(await voices.answer(office, identity, id, body.outcome, body.text, command))


@router.post("/{id}/withdraw", response_model=VoiceRecorded, responses=COMMAND, summary="Take it back")
async def withdraw(
    services: Works, identity: Asking, command: Commanded, id: UUID, body: bodies.WithdrawVoice
) -> Response:
    return _recorded(await voices.withdraw(voices_of(services), identity, id, body.reason, command))


def _recorded(done: VoiceAnswer, status: int = 200) -> Response:
    body = {"id": done.voice, "revision": done.revision, "position": done.position}
    return receipt(body, done.position, f"/v1/voice/{done.voice}", status)
