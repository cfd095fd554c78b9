"""What anybody may ask without signing in: how far a dossier is, by its code."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from application import tracking
from interfaces import texts
from interfaces.http.documents import PUBLIC, problems
from interfaces.http.identity import Works
from interfaces.http.reading import Shown, json_answer

router = APIRouter(prefix="/v1", tags=["public"])


@router.get(
    "/track/{code:path}",
    responses={**PUBLIC, **problems(429)},
    dependencies=[Shown],
    summary="How far a dossier is",
)
async def track(request: Request, services: Works, code: str) -> Response:
    """The code and the degree of completion, and nothing else of the dossier (Circular 01/2018 Art 16).

    `desks`: which offices stand today for the agency that the code names.
    """
    request.app.state.lookups.take(request.client.host if request.client else "")
    found = await tracking.track(services.dossiers, code)
    lang = texts.language(request.headers.get("accept-language"))
    completion = {"status": found.status, "text": texts.of_status(found.status, lang)}
    body = {"code": found.code, "degree_of_completion": completion, "desks": list(found.desks)}
    return json_answer(body, {"Content-Language": lang})
