"""The bodies of the acts on a dossier, one model per act. `ACT_BODIES` has every act of
`application.acts.ACTS`; a test holds the two together.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from interfaces.http.bodies import (
    MAX_COMPONENTS,
    ActBody,
    ComponentId,
    Components,
    Instant,
    Name,
    Number,
    Reference,
    Text,
    Vnd,
)
from interfaces.http.component_requests import (
    CheckComponent,
    DigitiseComponent,
    RecordLookup,
    ReuseComponent,
    UploadComponent,
)
from interfaces.http.result_requests import (
    CheckSignature,
    IssueResult,
    LinkResult,
    ResultCode,
)


class Accept(ActBody):
    pass


class RefuseIntake(ActBody):
    ground: Literal[
        "not_in_order", "not_competent", "conditions_not_met", "supplement_missing", "duplicate", "other"
    ]
    reason: Text


class Arrive(ActBody):
    pass


class Assign(ActBody):
    officer: UUID


class Take(ActBody):
    officer: UUID | None = Field(default=None, description="Absent: the officer who asks.")


class Forward(ActBody):
    to_agency: UUID
    note: Text | None = None


class RequestSupplement(ActBody):
    request: Text
    components: Annotated[list[ComponentId], Field(max_length=MAX_COMPONENTS)] = Field(default=[])
    until: Instant | None = None
    not_followed: Text | None = None


class SubmitSupplement(ActBody):
    components: Components = Field(default=[])


class Charged(ActBody):
    """`amount_vnd` absent: a fee as the procedure lists it, for so many pages or copies (`count`)."""

    amount_vnd: Vnd | None = None
    purpose: Literal["fee", "charge", "tax", "other"]
    count: Annotated[int, Field(ge=1, le=100_000, strict=True)] = 1


class RequestPayment(Charged):
    until: Instant | None = None


class Charge(Charged):
    collected: Literal["receipt", "supplement", "return"]


class ConfirmPayment(ActBody):
    obligation: UUID
    amount_vnd: Vnd
    paid_at: Instant
    reference: Number


class Consult(ActBody):
    agency: UUID
    question: Text
    until: Instant | None = None


class AnswerConsultation(ActBody):
    """`consultation`: the version, in this dossier's stream, of the fact that asks."""

    consultation: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
    answer: Text


class BeginInspection(ActBody):
    subject: Text


class EndInspection(ActBody):
    finding: Text


class Resume(ActBody):
    reason: Text


class ConfirmDraft(ActBody):
    way: Literal["counter", "online", "post", "vneid", "silence"]


class Stop(ActBody):
    ground: Literal[
        "conditions_not_met", "supplement_missing", "payment_missing", "not_competent", "duplicate", "other"
    ]
    reason: Text


class TimePassed(ActBody):
    """What the procedure says of it is done: refused at intake, stopped, closed, or refused as a result, with
    its code where the version lists refusals."""

    reason: Text
    result_code: ResultCode | None = None


class Close(ActBody):
    ground: Literal["refused_at_intake", "stopped", "duplicate", "other"]


class Withdraw(ActBody):
    reason: Text | None = None


class Extend(ActBody):
    until: Instant
    reason: Text


class Apologise(ActBody):
    text: Text
    expected: Instant | None = None


class Finish(ActBody):
    outcome: Literal["granted", "refused"]
    result_code: ResultCode | None = None
    decision_no: Number | None = None
    reason: Text | None = None


class ReturnResult(ActBody):
    way: Literal["counter", "online", "post", "vneid"]
    collected_by: Name | None = None


class Recall(ActBody):
    reason: Text


class SendBack(ActBody):
    to_agency: UUID
    reason: Text


class Correct(ActBody):
    """`corrects`: the version, in this dossier's stream, of the fact that was wrong."""

    corrects: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
    place: Reference | None = None
    note: Text


class Rate(ActBody):
    """`by`: for which party a portal reports; absent: the applicant who asks."""

    score: Annotated[int, Field(ge=0, le=2, strict=True)]
    comment: Text | None = None
    by: UUID | None = None


ACT_BODIES: dict[str, type[ActBody]] = {
    "accept": Accept,
    "refuse-intake": RefuseIntake,
    "arrive": Arrive,
    "assign": Assign,
    "forward": Forward,
    "take": Take,
    "request-supplement": RequestSupplement,
    "submit-supplement": SubmitSupplement,
    "request-payment": RequestPayment,
    "charge": Charge,
    "confirm-payment": ConfirmPayment,
    "consult": Consult,
    "answer-consultation": AnswerConsultation,
    "begin-inspection": BeginInspection,
    "end-inspection": EndInspection,
    "resume": Resume,
    "upload-component": UploadComponent,
    "digitise-component": DigitiseComponent,
    "reuse-component": ReuseComponent,
    "check-component": CheckComponent,
    "record-lookup": RecordLookup,
    "confirm-draft": ConfirmDraft,
    "stop": Stop,
    "time-passed": TimePassed,
    "close": Close,
    "withdraw": Withdraw,
    "extend": Extend,
    "apologise": Apologise,
    "finish": Finish,
    "issue-result": IssueResult,
    "check-signature": CheckSignature,
    "link-result": LinkResult,
    "return-result": ReturnResult,
    "recall": Recall,
    "send-back": SendBack,
    "correct": Correct,
    "rate": Rate,
}


def fields_of(body: ActBody) -> dict[str, Any]:
    """An act's own fields as the domain takes them: lists are tuples, models plain objects."""
    fields = body.model_dump(exclude={"occurred_at"})
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
