"""The answer of a command that decides something for each of many lines: every line has its own outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from fastapi import Request, Response
from pydantic import BaseModel

from application.each import Outcome
from interfaces.http.commands import receipt
from interfaces.http.problems import answer, problem_of


class LineOutcome(BaseModel):
    """`outcome`: what was done, `before` where it stood already, or `refused` with its problem."""

    dossier: UUID
    outcome: str
    position: int | None = None
    problem: dict[str, Any] | None = None


class OutcomesAnswer(BaseModel):
    """`counts`: how many lines had each outcome; `outcomes`: one for each line, in its order."""

    handover: UUID
    part: UUID | None
    position: int
    counts: dict[str, int]
    outcomes: list[LineOutcome]


def outcomes_answer(
    request: Request, act: UUID, part: UUID | None, dossiers: Sequence[UUID], outcomes: Sequence[Outcome]
) -> Response:
    """200 also where lines were refused: the body says which, and why."""
    position = max((outcome.position for outcome in outcomes), default=0)
    body = {
        "handover": act,
        "part": part,
        "position": position,
        "counts": dict(Counter(outcome.word for outcome in outcomes)),
        "outcomes": [_line(request, d, o) for d, o in zip(dossiers, outcomes, strict=True)],
    }
    return receipt(body, position, f"/v1/handovers/{act}")


def _line(request: Request, dossier: UUID, outcome: Outcome) -> dict[str, Any]:
    problem = orjson.loads(answer(request, problem_of(outcome.error)).body) if outcome.error else None
    return {
        "dossier": dossier,
        "outcome": outcome.word,
        "position": outcome.position or None,
        "problem": problem,
    }
