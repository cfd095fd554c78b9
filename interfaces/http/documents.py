"""What the OpenAPI document says about answers that are the same for many routes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from interfaces.http.problems import MEDIA_TYPE

Responses = dict[int | str, dict[str, Any]]


class CommandAnswer(BaseModel):
    """Recorded. Headers: ETag (the revision), Ledger-Position, Location. `attested`, only where the request
    asked to wait for it: whether a signed checkpoint covers the position by now; where not, one will."""

    code: str
    revision: int
    position: int
    recorded_at: datetime
    attested: bool | None = None


class ProblemBody(BaseModel):
    """RFC 9457. `type` is stable; a refusal by a rule names it, with act and article."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    rule: str | None = None
    act: str | None = None
    article: str | None = None
    current_revision: int | None = None


WHEN = {
    400: "Not JSON, or not HTTP",
    401: "No bearer token, or not one of this ledger's",
    403: "The policy says no",
    404: "There is no such thing",
    408: "The sender fell silent",
    409: "Refused by a rule, or by the state of things",
    410: "The personal data were erased, or the file of the log was pruned",
    412: "The dossier has moved on: current_revision says where",
    413: "The body is too large",
    415: "Another media type is needed",
    422: "A field is missing or wrong, or the Idempotency-Key was used for another request",
    428: "If-Match is missing",
    429: "Too many requests from one address",
    500: "A defect, or a file that is missing or damaged",
    503: "Overloaded, or not shown yet: Retry-After",
}


def problems(*statuses: int) -> Responses:
    schema = {"$ref": "#/components/schemas/ProblemBody"}
    return {
        status: {"description": WHEN[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def answers(media_type: str, description: str, kind: str = "string") -> Responses:
    """A 200 in another form than one JSON object."""
    schema = {"type": "array", "items": {"type": "object"}} if kind == "array" else {"type": kind}
    return {200: {"description": description, "content": {media_type: {"schema": schema}}}}


PUBLIC = problems(400, 404, 422, 503)
READ = problems(400, 401, 403, 404, 409, 422, 503)
COMMAND = problems(400, 401, 403, 404, 409, 410, 412, 413, 422, 503)
