"""What the bodies of requests are made of. Texts and lists are bounded, unknown fields are refused, numbers
are numbers and texts are texts. What is not sealed is one of a list or a code: the domain judges it again
(`domain/clear_text.py`), and a test holds the two together.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

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
KeyedBy = Literal["applicant", "officer", "postal_employee", "kiosk", "system"]
PaperReason = Literal[
    "no_account", "no_device", "original_required", "system_down", "disability_or_age", "other"
]
IdentityLevel = Literal["vneid_1", "vneid_2", "account", "none"]
Trigger = Literal["life_event", "age_reached", "data_changed", "validity_ends", "another_dossier", "other"]
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


class ActBody(Body):
    """`occurred_at`: when it was done, where that was earlier than now."""

    occurred_at: Instant | None = None
