"""Linked groups: declared, each step begun, results passed on, errors returned to their issuer, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from application import linked, linked_passing, linked_reading
from application.linked_recording import GroupAnswer
from interfaces import cursors
from interfaces.http import linked_requests as bodies
from interfaces.http import parameters
from interfaces.http.commands import Commanded, CommandRoute, receipt
from interfaces.http.documents import COMMAND, READ
from interfaces.http.identity import Asking, Works
from interfaces.http.parameters import KnownAt
from interfaces.http.reading import (
    DEFAULT_PAGE,
    Cursor,
    Limit,
    Shown,
    json_answer,
    page_size,
    place_in,
)
from interfaces.linked import ShownGroups

router = APIRouter(route_class=CommandRoute, prefix="/v1/linked-groups", tags=["linked groups"])
Step = Annotated[str, Path(pattern=r"^[a-z0-9_.-]{1,64}$")]


class GroupRecorded(BaseModel):
    """Recorded. `codes`: by step, of the dossiers that have begun. Headers: Ledger-Position, Location."""

    group: UUID
    revision: int
    position: int
    codes: dict[str, str]


@router.get("", responses=READ, dependencies=[Shown], summary="Linked groups")
async def listed(
    request: Request,
    services: Works,
    identity: Asking,
    late: Annotated[
        bool,
        Query(
            description="Of a page of those that go on, only those in which something is late now and not yet"
            " done: fewer than `limit`."
        ),
    ] = False,
    going_on: Annotated[
        bool, Query(description="Only those of which a step waits, can begin, or is in hand.")
    ] = False,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """In the order of their declarations, each with its steps and what is late. A page with `late` may be
    empty and have a `next`."""
    size = page_size(request, limit)
    after = place_in(cursors.position_place, cursor)
    index = ShownGroups(services.views)
    page = await linked_reading.listed(
        services.dossiers,
        index,
        identity,
        late_only=late,
        going_on=going_on,
        after=after or 0,
        limit=size,
    )
    return json_answer({"items": page.items, "next": cursors.after_position(page.next)})


@router.get("/{id}", responses=READ, dependencies=[Shown], summary="One linked group")
async def read(services: Works, identity: Asking, id: UUID, known_at: KnownAt = None) -> Response:
    """Of each step what it waits for, by when it had to be passed on and taken up, what is late and whose
    that is: as known now, or as known and late by then, with announced outages left out."""
    known = parameters.known_at(known_at)
    return json_answer(await linked_reading.one(services.dossiers, identity, id, known))


@router.post(
    "",
    status_code=201,
    response_model=GroupRecorded,
    responses=COMMAND,
    summary="Declare a birth or a death for several procedures at once",
)
async def declare(
    services: Works, identity: Asking, command: Commanded, body: bodies.DeclareLinked
) -> Response:
    """By a desk or a portal. The dossiers of the steps that need no other begin with it."""
    return _recorded(await linked.declare(services.dossiers, identity, body.said(), command), 201)


@router.post(
    "/{id}/steps/{step}/begin", response_model=GroupRecorded, responses=COMMAND, summary="Begin a step"
)
async def begin(
    services: Works, identity: Asking, command: Commanded, id: UUID, step: Step, body: bodies.BeginStep
) -> Response:
    """Its dossier begins at its agency, with what the steps before pass on re-used as its papers."""
    components = tuple(component.model_dump() for component in body.components)
    return _recorded(await linked.begin_step(services.dossiers, identity, id, step, components, command))


@router.post(
    "/{id}/steps/{step}/pass-on",
    response_model=GroupRecorded,
    responses=COMMAND,
    summary="Pass a corrected result on",
)
async def pass_on(
    services: Works, identity: Asking, command: Commanded, id: UUID, step: Step, body: bodies.PassOn
) -> Response:
    """To a step that has begun: its dossier takes it as its paper while it is handled."""
    done = await linked_passing.pass_on(services.dossiers, identity, id, step, body.from_step, command)
    return _recorded(done)


@router.post(
    "/{id}/return-to-issuer",
    response_model=GroupRecorded,
    responses=COMMAND,
    summary="Return an error to its issuer",
)
async def return_to_issuer(
    services: Works, identity: Asking, command: Commanded, id: UUID, body: bodies.ReturnToIssuer
) -> Response:
    """By whoever holds the dossier of the step at which it was found, or a portal; no status changes."""
    done = await linked_passing.return_to_issuer(
        services.dossiers, identity, id, body.found_at, body.to_step, body.reason, body.component, command
    )
    return _recorded(done)


@router.post(
    "/{id}/verify", response_model=GroupRecorded, responses=COMMAND, summary="Something has to be verified"
)
async def verify(
    services: Works, identity: Asking, command: Commanded, id: UUID, body: bodies.Verify
) -> Response:
    """The whole is due by the longer limit of its rules, once."""
    done = await linked_passing.verify(services.dossiers, identity, id, body.step, body.reason, command)
    return _recorded(done)


def _recorded(done: GroupAnswer, status: int = 200) -> Response:
    body = {
        "group": done.group,
        "revision": done.revision,
        "position": done.position,
        "codes": dict(done.codes),
    }
    return receipt(body, done.position, f"/v1/linked-groups/{done.group}", status)
