"""Applicants: identified once, read by themselves and by the officers who work for them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from application import citizens
from interfaces.http.commands import Commanded, receipt
from interfaces.http.documents import COMMAND, READ
from interfaces.http.identity import Asking, Works
from interfaces.http.reading import Shown, json_answer
from interfaces.http.requests import Identify

MAX_CODE = 64

router = APIRouter(prefix="/v1/citizens", tags=["citizens"])


class CitizenRecorded(BaseModel):
    id: UUID
    revision: int
    position: int


@router.post(
    "", status_code=201, response_model=CitizenRecorded, responses=COMMAND, summary="Identify an applicant"
)
async def identify(services: Works, identity: Asking, command: Commanded, body: Identify) -> Response:
    """A number that is known already answers with the applicant known by it, and records who asked."""
    who = citizens.Identification(**body.model_dump())
    found = await citizens.identify(services.citizens, identity, who, command)
    answer = {"id": found.id, "revision": found.revision, "position": found.position}
    headers = {"ETag": f'"{found.revision}"'}
    return receipt(answer, found.position, f"/v1/citizens/{found.id}", 201, headers)


@router.get("/{id}", responses=READ, dependencies=[Shown], summary="An applicant")
async def read(
    services: Works,
    identity: Asking,
    id: UUID,
    dossier: Annotated[
        str | None,
        Query(max_length=MAX_CODE, description="For officers: a dossier of this applicant in hand."),
    ] = None,
) -> Response:
    """Opened with the applicant's key; what was erased is null. Officers name a dossier of this applicant
    that lies, or lay, where they are posted."""
    found = await citizens.read(services.citizens, services.dossiers, identity, id, dossier)
    return json_answer(found, {"ETag": f'"{found["revision"]}"'})
