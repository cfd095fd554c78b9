"""The one place where a refusal becomes a status: RFC 9457 problem+json, in Vietnamese or English.

Refused (a rule)         409  type urn:hoso:rule:<rule id>, with act and article
StaleRevision/-Version   412  with the current revision
KeyReused, BadRequest    422
SubjectErased            410
NotAllowed 403 · NotFound 404 · no or bad token 401
Overloaded, Unavailable, ClockJumped, NotShownYet   503 with Retry-After
NotAttestedYet           409 with Retry-After
What a place of the body is refused for has `pointer` (RFC 6901).
anything else            500, without what went wrong inside
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from psycopg_pool import PoolTimeout, TooManyRequests
from starlette.exceptions import HTTPException

from application import file_ports, ports, proving, refusals, tlog, tlog_ports
from interfaces import texts
from interfaces.http import wording
from interfaces.json_lines import known_path, pointer_of
from projections.shown import NotShownYet

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 1
MAX_ERRORS = 20
CODE_STATUS = {  # refusals by state rather than by content
    "code_taken": 409,
    "cursor_ahead": 409,
    "not_recorded_yet": 409,
    "before_the_hour": 409,
    "not_scheduled": 409,
    "transfer_missing": 409,
    "agency_twice": 409,
    "quarantined_dossier": 409,
    "no_code_free": 503,
    "file_too_large": 413,
    "media_type_unknown": 415,
    "no_identity": 401,
}
RULE_STATUS = {"dossier.code.acceptable": 422}  # nothing is in that state: it can be no code at all
STARLETTE_CODES = {404: "not_found", 405: "method_not_allowed", 406: "not_acceptable", 413: "body_too_large"}

logger = logging.getLogger("hoso.http")


class Problem(Exception):
    """A refusal of HTTP itself, or the form that any other takes. `detail`: English; None: the code's."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or code)
        self.status = status
        self.code = code
        self.detail = detail
        self.extra = extra or {}
        self.headers = headers or {}

    def worded(self, lang: texts.Language) -> Problem:
        """The same problem with what it says of fields in this language."""
        return self


class Invalid(Problem):
    """Fields that are missing or wrong: where and what, never the value that was sent, which may be
    personal."""

    def __init__(self, errors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(422, "invalid_request", *_listed(errors, "en"))
        self._errors = errors

    def worded(self, lang: texts.Language) -> Problem:
        return Problem(self.status, self.code, *_listed(self._errors, lang))


def _listed(errors: Sequence[Mapping[str, Any]], lang: texts.Language) -> tuple[str | None, dict[str, Any]]:
    listed = [
        {
            "at": "/".join(str(p) for p in e["loc"]),
            "error": wording.of_error(e["type"], e["msg"], e.get("ctx", {}), lang),
        }
        for e in errors
    ]
    if not listed:
        return None, {"errors": listed}
    where = errors[0]["loc"]
    pointer = {"pointer": pointer_of(where[1:])} if where[:1] == ("body",) else {}
    return f"{listed[0]['at']}: {listed[0]['error']}", {"errors": listed, **pointer}


def install(app: FastAPI) -> None:
    """Let every exception that may leave a route become a problem."""
    handled: tuple[type[Exception], ...] = (
        Problem,
        refusals.Refused,
        refusals.Refusal,
        ports.LedgerError,
        tlog_ports.TlogUnavailable,
        NotShownYet,
        RequestValidationError,
        HTTPException,
        psycopg.Error,
        PoolTimeout,
        TooManyRequests,
        Exception,
    )
    for kind in handled:
        app.add_exception_handler(kind, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    return answer(request, problem_of(error))


def answer(request: Request, problem: Problem) -> Response:
    """The response, in the caller's language."""
    lang = texts.language(request.headers.get("accept-language"))
    problem = problem.worded(lang)
    rule = problem.extra.get("rule")
    title = texts.of_code("rule" if rule else problem.code, lang)
    if rule:
        detail = wording.of_rule(rule, problem.extra.get("details", {}), lang)
    else:
        detail = wording.of_problem(problem.code, problem.detail, lang)
    body = {
        "type": f"urn:hoso:rule:{rule}" if rule else f"urn:hoso:{problem.code}",
        "title": title,
        "status": problem.status,
        "detail": detail,
        "instance": request.url.path,
        "code": problem.code,
        **problem.extra,
    }
    headers = {"Content-Language": lang, "Cache-Control": "no-store", **problem.headers}
    return Response(orjson.dumps(body, default=str), problem.status, headers, MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """Which problem an exception is."""
    match error:
        case Problem():
            return error
        case refusals.Refused():
            rule = error.rule
            where = {"rule": rule.id, "act": rule.act, "article": rule.article, "details": error.details}
            where |= _pointer(error)
            return Problem(RULE_STATUS.get(rule.id, 409), "rule", extra=where)
        case refusals.StaleRevision():
            return _stale(error.code, str(error), error.current)
        case ports.StaleVersion():
            return _stale("stale_revision", str(error), error.current)
        case proving.NotAttestedYet():
            return _unattested(error)
        case refusals.Refusal():
            return _refusal(error)
        case ports.KeyReused():
            return Problem(422, "key_reused", str(error))
        case ports.ClaimTaken():
            return Problem(409, "claim_taken", f"this {error.kind} is taken already")
        case ports.SubjectErased():
            return Problem(410, "subject_erased")
        case ports.Overloaded():
            return _later("overloaded", str(error), error.retry_after)
        case ports.ClockJumped():
            return _later("clock_jumped", str(error), 60)
        case ports.Rejected():
            return _later("overloaded", "too much changed at once: try again")
        case NotShownYet():
            return _later("not_shown_yet", str(error))
        case PoolTimeout() | TooManyRequests():
            return _later("overloaded", "too many reads are waiting: try again")
        case file_ports.FileStoreError():
            return _of_file(error)
        case tlog_ports.TlogUnavailable():
            logger.error("tlog: %s", error)
            return _later("tlog_unavailable", None, 5)
        case tlog.Stands():
            return _later("not_attesting", str(error), 60)
        case ports.LedgerError() | psycopg.OperationalError():
            logger.error("the database cannot be used: %s", type(error).__name__)
            return _later("unavailable", None, 5)
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            return _of_starlette(error)
    logger.error("unexpected %s", type(error).__name__, exc_info=error)
    return Problem(500, "internal_error")


def _of_file(error: file_ports.FileStoreError) -> Problem:
    """What the store says of itself is for its operator alone."""
    match error:
        case file_ports.FileErased() | file_ports.OwnerErased():
            return Problem(410, "subject_erased")
        case file_ports.FileMissing() | file_ports.FileBroken():
            logger.error("%s", error)
            code = "file_missing" if isinstance(error, file_ports.FileMissing) else "file_broken"
            return Problem(500, code, f"the file {error.file}")
    logger.error("files: %s", error)
    return _later("files_unavailable", None, 5)


def _stale(code: str, detail: str, current: int) -> Problem:
    return Problem(412, code, detail, {"current_revision": current}, {"ETag": f'"{current}"'})


def _later(code: str, detail: str | None, seconds: int = RETRY_SECONDS) -> Problem:
    return Problem(503, code, detail, headers={"Retry-After": str(seconds)})


def _unattested(error: proving.NotAttestedYet) -> Problem:
    extra = {"attested": error.attested, "signed_at": error.signed_at}
    return Problem(409, error.code, str(error), extra, {"Retry-After": str(error.retry_after)})


def _refusal(error: refusals.Refusal) -> Problem:
    usual = {refusals.NotAllowed: 403, refusals.NotFound: 404}.get(type(error), 422)
    status = CODE_STATUS.get(error.code, usual)
    if status == 503:
        return _later(error.code, str(error), 60)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Problem(status, error.code, str(error), _pointer(error), headers)


def _pointer(error: refusals.Refused | refusals.Refusal) -> dict[str, Any]:
    """Where in the body (RFC 6901), for what a document is refused for."""
    return {} if error.pointer is None else {"pointer": error.pointer}


def _invalid(error: RequestValidationError) -> Problem:
    """Which problem a request is that does not fit its route."""
    errors = error.errors()[:MAX_ERRORS]
    if any(e["type"] == "json_invalid" for e in errors):
        return Problem(
            400, "malformed_json", "the body is not JSON: " + str(errors[0].get("ctx", {}).get("error", ""))
        )
    if any([str(p).lower() for p in e["loc"]] == ["header", "idempotency-key"] for e in errors):
        return Problem(422, "idempotency_key_missing")
    body = error.body if isinstance(error.body, dict | list) else None
    return Invalid([e | {"loc": _in_body(body, e["loc"])} for e in errors])


def _in_body(body: Any, loc: Sequence[str | int]) -> tuple[str | int, ...]:
    """The place in the body as it was sent: which of several forms was tried is no part of it."""
    known = body is not None and loc[:1] == ("body",)
    return ("body", *known_path(body, loc[1:])) if known else tuple(loc)


def _of_starlette(error: HTTPException) -> Problem:
    code = STARLETTE_CODES.get(error.status_code, "invalid_request")
    detail = str(error.detail) if error.status_code == 413 else None  # ours: interfaces.http.limits
    return Problem(error.status_code, code, detail, headers=dict(error.headers or {}))
