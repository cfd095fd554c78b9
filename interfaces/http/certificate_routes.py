"""The certificate of a part, its signatures and its close; what the closing officer reads; and what is asked
afterwards."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from application import certificates, closing, handover_answers, handover_reading, lateness, signing
from interfaces.http import certificate_requests as bodies
from interfaces.http import parameters
from interfaces.http.documents import COMMAND, READ
from interfaces.http.handover_requests import Nothing
from interfaces.http.handover_routes import Asked, HandoverAnswer
from interfaces.http.identity import Asking, Works
from interfaces.http.parameters import KnownAt, ValidAt
from interfaces.http.problems import Problem
from interfaces.http.reading import (
    DEFAULT_PAGE,
    Cursor,
    Limit,
    Shown,
    cursor_text,
    cursor_values,
    json_answer,
    page_size,
)
from interfaces.signatures import verify
from projections import closing_queries

router = APIRouter(prefix="/v1", tags=["handovers"])
PART = "/handovers/{id}/parts/{part}"
STEP: dict[str, Any] = {"response_model": HandoverAnswer, "responses": COMMAND}
Agency = Annotated[str, Path(max_length=64, description="The dissolved agency's identifier.")]


@router.post(f"{PART}/certificate", **STEP, summary="Issue the certificate")
async def issue(at: Asked, body: bodies.IssueCertificate | None = None) -> Response:
    """For a version of a part that is reconciled; `counts.digest` is what both sides sign."""
    version = body.part_version if body else None
    done = await certificates.issue(at.office, at.identity, at.part, at.command, part_version=version)
    return at.recorded(done.position, done.counts)


@router.get(f"{PART}/certificate", responses=READ, dependencies=[Shown], summary="The certificate")
async def read(
    services: Works,
    identity: Asking,
    id: UUID,
    part: UUID,
    document: Annotated[bool, Query(description="With the document, made again from the log.")] = False,
    part_version: Annotated[
        int | None, Query(ge=1, description="Absent: the newest version that has a certificate.")
    ] = None,
) -> Response:
    """Digest, who has signed and who is missing; with `document` the very bytes of the file that anyone can
    check without the ledger."""
    await handover_reading.part_in_act(services.handovers, id, part)
    if not document:
        known = await certificates.state(services.handovers, identity, part, part_version=part_version)
        return json_answer(known)
    file = await certificates.shown(services.handovers, identity, part, part_version=part_version)
    headers = {"Cache-Control": "no-store"}
    return Response(certificates.file_bytes(file), 200, headers, "application/json")


@router.post(f"{PART}/certificate/sign", **STEP, summary="Sign the certificate")
async def sign(at: Asked, body: bodies.SignCertificate) -> Response:
    """The agency keeps its key and sends the signature, which is verified before it is recorded."""
    given = signing.Signature(body.agency, body.side, body.key_id, body.signature, body.signed_at)
    version = body.part_version
    done = await signing.sign(
        at.office, at.identity, at.part, given, verify, at.command, part_version=version
    )
    return at.recorded(done.position, {"signed": done.signed, "missing": done.missing})


@router.post(f"{PART}/close", **STEP, summary="Close a part")
async def close(at: Asked, body: Nothing | None = None) -> Response:
    """When all who must have signed. No amendment follows, and the closing officers' power ends."""
    return await at.answer(closing.close(at.office, at.identity, at.part, at.command))


@router.get(f"{PART}/closings/{{agency}}", responses=READ, dependencies=[Shown], summary="An agency's books")
async def books(
    request: Request,
    services: Works,
    identity: Asking,
    id: UUID,
    part: UUID,
    agency: Agency,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> Response:
    """The list of what the part took from a dissolved agency, and its counts: for the officer whom the act
    names to close its books, until the part is closed; for operators and auditors always."""
    await handover_reading.part_in_act(services.handovers, id, part)
    found = await closing.may_read(services.handovers, identity, part, agency)
    size = page_size(request, limit)
    async with services.views.pool.connection() as connection:
        now = found.moment.now
        rows = await closing_queries.listed(
            connection, part, found.agency, now, after=_after(cursor), limit=size
        )
        counts = await closing_queries.counts(connection, part, found.agency, now)
    following = cursor_text([str(rows[-1]["dossier"])]) if len(rows) == size else None
    return json_answer({"agency": found.identifier, "counts": counts, "items": rows, "next": following})


def _after(cursor: str | None) -> UUID | None:
    values = cursor_values(cursor, (str,))
    try:
        return UUID(values[0]) if values else None
    except ValueError:
        raise Problem(422, "bad_cursor") from None


@router.get(f"{PART}/lateness", responses=READ, dependencies=[Shown], summary="Who was late")
async def late(services: Works, identity: Asking, id: UUID, part: UUID) -> Response:
    """Per agency: late while it held, concluded late (the official figure), open and late, inherited overdue.
    Read from the log: a large part takes its time, or use `hoso handover late`."""
    await handover_reading.part_in_act(services.handovers, id, part)
    return json_answer(await lateness.lateness(services.handovers, identity, part))


@router.get("/handovers/{id}/compare", responses=READ, dependencies=[Shown], summary="Promised and come")
async def compare(services: Works, identity: Asking, id: UUID) -> Response:
    """Each version's last simulation before its hour beside what was handed over, the differences by what was
    recorded in between."""
    return json_answer(await handover_answers.compare(services.handovers, identity, id))


@router.get(
    "/dossiers/{code:path}/holder",
    summary="Who holds a dossier",
    responses=READ,
    dependencies=[Shown],
    tags=["dossiers"],
)
async def holder(
    services: Works,
    identity: Asking,
    code: str,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
) -> Response:
    """Who held the dossier then, as known then, and everyone who had held it."""
    moment = await services.reader.moment(fresh=True)
    when = parameters.valid_at(valid_at, moment.now)
    then = parameters.known_at(known_at)
    return json_answer(await handover_answers.who_held(services.dossiers, identity, code, when, then))
