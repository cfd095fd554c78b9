"""Which status each failure gets, and that nothing of the inside is told."""

from __future__ import annotations

import psycopg
import pytest

from application import ports, refusals
from domain import rules
from domain.refusals import Refused
from interfaces.http.problems import problem_of
from interfaces.http.waiting import Slots
from projections.shown import NotShownYet
from tests.http.client import Api
from tests.http.test_commands import assert_problem


@pytest.mark.parametrize(
    ("error", "status", "code", "retry_after"),
    [
        (Refused(rules.ACCEPT), 409, "rule", None),
        (refusals.NotFound("unknown_unit", "x"), 404, "unknown_unit", None),
        (refusals.NotAllowed("not_posted", "x"), 403, "not_posted", None),
        (refusals.NotAllowed("no_identity", "x"), 401, "no_identity", None),
        (refusals.BadRequest("no_zone", "x"), 422, "no_zone", None),
        (refusals.BadRequest("code_taken", "x"), 409, "code_taken", None),
        (refusals.BadRequest("no_code_free", "x"), 503, "no_code_free", "60"),
        (refusals.StaleRevision(7), 412, "stale_revision", None),
        (ports.KeyReused(), 422, "key_reused", None),
        (ports.Overloaded(3), 503, "overloaded", "3"),
        (ports.ClockJumped("x"), 503, "clock_jumped", "60"),
        (ports.Unavailable("x"), 503, "unavailable", "5"),
        (psycopg.OperationalError("secret"), 503, "unavailable", "5"),
        (NotShownYet("status", 9, 7), 503, "not_shown_yet", "1"),
        (RuntimeError("secret"), 500, "internal_error", None),
        (psycopg.errors.UniqueViolation("secret"), 500, "internal_error", None),
    ],
)
def test_each_failure_has_its_status(
    error: Exception, status: int, code: str, retry_after: str | None
) -> None:
    problem = problem_of(error)
    assert (problem.status, problem.code) == (status, code)
    assert problem.headers.get("Retry-After") == retry_after
    assert "secret" not in (problem.detail or "")


async def test_an_unexpected_failure_is_told_without_its_inside(api: Api) -> None:
    async def broken() -> None:
        raise RuntimeError("secret")

    api.app.add_api_route("/broken", broken)
    answer = await api.get("/broken")
    assert_problem(answer, 500, "urn:hoso:internal_error")
    assert "secret" not in answer.text


async def test_snapshots_beyond_the_slots_are_asked_to_come_again(api: Api) -> None:
    slots = Slots(1)
    api.app.state.snapshots = slots
    async with slots.one():
        refused = await api.get("/v1/views/status", api.office.officers["first operator"])
    assert_problem(refused, 503, "urn:hoso:overloaded")
    assert refused.headers["retry-after"] == "5"
    assert (await api.get("/v1/views/status", api.office.officers["first operator"])).status_code == 200
