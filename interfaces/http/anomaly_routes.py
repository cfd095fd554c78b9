"""What is on record although a rule was not kept, for operators and auditors."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from application import anomalies
from interfaces import cursors, texts
from interfaces.http import parameters
from interfaces.http.documents import READ
from interfaces.http.identity import Asking, Works
from interfaces.http.parameters import KnownAt
from interfaces.http.reading import DEFAULT_PAGE, Cursor, Limit, json_answer, page_size, place_in

router = APIRouter(prefix="/v1", tags=["feed"])


@router.get("/anomalies", responses=READ, summary="What is on record although a rule was not kept")
async def read_anomalies(
    request: Request,
    services: Works,
    identity: Asking,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
    known_at: KnownAt = None,
) -> Response:
    """By position: papers asked for once too often, dossiers received before their procedure was posted.
    Nothing indexes them, so a page reads through 20,000 positions at most: it may hold nothing and have a
    `next`. `through`: the last position it read; `head`: the log's last."""
    after = place_in(cursors.position_place, cursor)
    size, known = page_size(request, limit), parameters.known_at(known_at)
    found = await anomalies.page(services.ledger, services.reader, identity, after, size, known)
    lang = texts.language(request.headers.get("accept-language"))
    items = [
        item | {"rules": [rule | {"says": texts.of_rule(rule["rule"], lang)} for rule in item["rules"]]}
        for item in found.items
    ]
    following = cursors.after_position(found.through if found.goes_on else None)
    body = {"items": items, "through": found.through, "head": found.head, "next": following}
    return json_answer(body, {"Content-Language": lang})
