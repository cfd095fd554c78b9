"""Where a page of a list ended, as opaque text: the same over HTTP (`cursor`, `next`) and by command
(`--cursor`, `next` of --json)."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from application.coordinating import Place
from application.registers import Row, Silent

Values = list[Any]


class BadCursor(ValueError):
    """The text is no cursor of this list."""


def text_of(values: Values) -> str:
    """The cursor that names these JSON values."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def values_of(text: str, kinds: tuple[type, ...]) -> Values:
    """What `text_of` put in, with the types expected. Raises BadCursor."""
    try:
        values = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        raise BadCursor from None
    if not isinstance(values, list) or [type(v) for v in values] != list(kinds):
        raise BadCursor
    return values


def uuid_in(text: str) -> UUID:
    """An id of a cursor. Raises BadCursor."""
    try:
        return UUID(text)
    except ValueError:
        raise BadCursor from None


def instant_in(text: str) -> datetime:
    """An aware instant of a cursor. Raises BadCursor."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadCursor from None
    if found.tzinfo is None:
        raise BadCursor
    return found


# Of each list: after its last row, and where that is


def after_act(last: Row | None) -> str | None:
    return text_of([str(last["id"])]) if last else None


def act_place(text: str | None) -> UUID | None:
    return uuid_in(values_of(text, (str,))[0]) if text is not None else None


def after_dossier(last: Row | None) -> str | None:
    """Lists of dossiers in the order of their ids."""
    return text_of([str(last["dossier"])]) if last else None


def dossier_place(text: str | None) -> UUID | None:
    return uuid_in(values_of(text, (str,))[0]) if text else None


def after_queue(place: Place | None) -> str | None:
    return text_of([place[0], *map(str, place[1:])]) if place else None


def queue_place(text: str | None) -> Place | None:
    if text is None:
        return None
    phase, part, held_before, since, dossier = values_of(text, (int, str, str, str, str))
    return phase, uuid_in(part), uuid_in(held_before), instant_in(since), uuid_in(dossier)


def after_silent(last: Silent | None) -> str | None:
    return text_of([last.listed.isoformat(), str(last.part), str(last.agency)]) if last else None


def silent_place(text: str | None) -> tuple[datetime, UUID, UUID] | None:
    if text is None:
        return None
    listed, part, agency = values_of(text, (str, str, str))
    return instant_in(listed), uuid_in(part), uuid_in(agency)


def after_obstacle(last: Row | None) -> str | None:
    return text_of([last["reported_at"].isoformat(), str(last["obstacle"])]) if last else None


def obstacle_place(text: str | None) -> tuple[datetime, UUID] | None:
    if text is None:
        return None
    reported_at, obstacle = values_of(text, (str, str))
    return instant_in(reported_at), uuid_in(obstacle)


def after_voice(last: Row | None) -> str | None:
    return text_of([last["received_at"].isoformat(), str(last["voice"])]) if last else None


def voice_place(text: str | None) -> tuple[datetime, UUID] | None:
    if text is None:
        return None
    received_at, voice = values_of(text, (str, str))
    return instant_in(received_at), uuid_in(voice)


def after_document(last: Row | None) -> str | None:
    return text_of([str(last["document"])]) if last else None


def document_place(text: str | None) -> UUID | None:
    return uuid_in(values_of(text, (str,))[0]) if text is not None else None


def after_papers(last: Row | None) -> str | None:
    return text_of([str(last["agency"]), last["box"], str(last["dossier"])]) if last else None


def papers_place(text: str | None) -> tuple[UUID, str, UUID] | None:
    if text is None:
        return None
    agency, box, dossier = values_of(text, (str, str, str))
    return uuid_in(agency), box, uuid_in(dossier)


def after_box(last: Row | None) -> str | None:
    return text_of([str(last["agency"]), last["box"]]) if last else None


def box_place(text: str | None) -> tuple[UUID, str] | None:
    if text is None:
        return None
    agency, box = values_of(text, (str, str))
    return uuid_in(agency), box


def after_code(last: Row | None) -> str | None:
    return text_of([last["code"]]) if last else None


def code_place(text: str | None) -> str:
    """The code after which the page begins; empty: at the first."""
    code: str = values_of(text, (str,))[0] if text is not None else ""
    return code


def after_position(position: int | None) -> str | None:
    return text_of([position]) if position is not None else None


def position_place(text: str | None) -> int:
    """The position after which the page begins; 0: at the first."""
    position: int = values_of(text, (int,))[0] if text is not None else 0
    if not 0 <= position < 2**63:
        raise BadCursor
    return position
