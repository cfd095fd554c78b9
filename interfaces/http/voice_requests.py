"""The bodies of requests about feedback and complaints."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from interfaces.http.bodies import Body, Instant, Text

ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.]{1,40}$")]


class ReceiveVoice(Body):
    """`agency`: of which it is said; `by`: who says it, absent where nobody is named; `occurred_at`: when it
    came, where that was earlier than now."""

    kind: Literal["feedback", "complaint"]
    agency: UUID
    way: Literal["counter", "online", "post", "phone"]
    text: Text
    by: UUID | None = None
    dossier: UUID | None = None
    procedure: ProcedureCode | None = None
    occurred_at: Instant | None = None


class PassOnVoice(Body):
    to_agency: UUID
    reason: Text


class AnswerVoice(Body):
    outcome: Literal["explained", "upheld", "partly_upheld", "not_upheld"]
    text: Text


class WithdrawVoice(Body):
    reason: Text | None = None
