"""The bodies of requests, one model per act. Texts and lists are bounded, unknown fields are refused. What is
not sealed is one of a list or a code: the domain judges it again (`domain/clear_text.py`), and a test holds
the two lists together.

`ACT_BODIES` has every act of `application.acts.ACTS`; a test holds the two together. What only the server can
know (the holder, due dates, versions) is not in here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

MAX_TEXT = 4000
MAX_COMPONENTS = 200
MAX_VND = 10**15


def _storable(text: str) -> str:
    """PostgreSQL and JSON readers cannot keep these."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("the text has a character that cannot be stored")
    return text


def _written(value: object) -> object:
    """Only RFC 3339 text: a bare number would be taken for seconds since 1970."""
    if not isinstance(value, str) or len(value) > 40 or value[10:11] not in ("T", "t"):
        raise ValueError("write an instant as 2025-07-01T08:00:00+07:00")
    return value


def _in_range(instant: datetime) -> datetime:
    if not 1900 <= instant.year <= 2200:
        raise ValueError("the year must be between 1900 and 2200")
    return instant.astimezone(UTC)


Storable = AfterValidator(_storable)
Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT), Storable]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), Storable]
Word = Annotated[str, StringConstraints(min_length=1, max_length=64), Storable]
ForeignCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:_-]{0,63}$")]
Channel = Literal["counter", "online", "post", "kiosk"]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,64}$")]
ComponentId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-zĐđƯ./:_-]{1,64}$")]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=40), Storable]
Instant = Annotated[AwareDatetime, AfterValidator(_in_range), BeforeValidator(_written)]
Vnd = Annotated[int, Field(ge=1, le=MAX_VND, strict=True)]


class Body(BaseModel):
    """A request's body. Numbers are numbers and texts are texts: nothing is guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Component(Body):
    """One paper of a dossier: its id in the procedure, its form and how many."""

    id: ComponentId
    form: Literal["original", "certified", "copy", "electronic"]
    count: Annotated[int, Field(ge=1, le=1000, strict=True)] = 1


Components = Annotated[list[Component], Field(max_length=MAX_COMPONENTS)]


class Submit(Body):
    """A dossier as it is filed. `place`: the commune that counts, as CODE or CODE@DATE; `accept`: received at
    once at the counter; `submitter` absent: the owner."""

    procedure: Word
    channel: Channel
    owner: UUID
    submitter: UUID | None = None
    place: Reference | None = None
    receiving_agency: UUID
    case: Name | None = Field(default=None, description="One of the procedure's own for the channel.")
    code: ForeignCode | None = Field(
        default=None, description="Only where the code was issued elsewhere; not for applicants."
    )
    competent_agency: UUID | None = Field(
        default=None, description="Who decides, where that is not who receives."
    )
    returning_agency: UUID | None = None
    components: Components = []
    linked_group: UUID | None = None
    matter: Text | None = None
    accept: Annotated[bool, Field(strict=True)] = False


class ActBody(Body):
    """`occurred_at`: when it was done, where that was earlier than now."""

    occurred_at: Instant | None = None


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
    components: Annotated[list[ComponentId], Field(max_length=MAX_COMPONENTS)] = []
    until: Instant | None = None
    not_followed: Text | None = None


class SubmitSupplement(ActBody):
    components: Components = []


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


class RecordLookup(ActBody):
    source: Code
    outcome: Literal["found", "not_found", "unavailable", "inconsistent"]
    component: ComponentId | None = None
    result_digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class ConfirmDraft(ActBody):
    way: Literal["counter", "online", "post", "vneid", "silence"]


class Stop(ActBody):
    ground: Literal["conditions_not_met", "supplement_missing", "not_competent", "duplicate", "other"]
    reason: Text


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
    result_code: Annotated[str, StringConstraints(pattern=r"^KQ\.[A-Z][0-9]{2}\.[0-9]{6}$")] | None = None
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
    "record-lookup": RecordLookup,
    "confirm-draft": ConfirmDraft,
    "stop": Stop,
    "close": Close,
    "withdraw": Withdraw,
    "extend": Extend,
    "apologise": Apologise,
    "finish": Finish,
    "return-result": ReturnResult,
    "recall": Recall,
    "send-back": SendBack,
    "correct": Correct,
}


class Identify(Body):
    """An applicant. Nobody is required to have a number."""

    kind: Literal["person", "organisation"]
    name: Name
    number_kind: Literal["personal_number", "enterprise_code", "none"] = "none"
    number: Annotated[str, StringConstraints(min_length=1, max_length=20), Storable] | None = None
    phone: Annotated[str, StringConstraints(min_length=1, max_length=40), Storable] | None = None
    address: Annotated[str, StringConstraints(min_length=1, max_length=500), Storable] | None = None


def fields_of(body: ActBody) -> dict[str, Any]:
    """An act's own fields as the domain takes them: lists are tuples, models plain objects."""
    fields = body.model_dump(exclude={"occurred_at"})
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
