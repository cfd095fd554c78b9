"""Which texts of an imported case stand in clear, and under whose key the others are sealed.

In clear: activity names, life-cycle steps and channels of a list, the dates of the process, numbers, yes and
no, and what the mapping names. Sealed: all other text, since an earlier system's fields may name anybody; any
other date, which may be one of birth; numbers that could be a phone or a person's number or a date (eight
digits or more before or after the point, or a leading zero); and what calls itself a date or a number and is
none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from unicodedata import normalize
from urllib.parse import quote
from uuid import UUID

from application.import_mapping import ImportMapping
from domain.facts import Personal
from domain.imported_case import ImportedAttribute, ImportedCase

CLEAR_LENGTH = 200
PROCESS_DATES = frozenset(
    {"time:timestamp", "deadline", "startdate", "enddate", "enddate_planned", "enddateplanned"}
    | {"duedate", "planned", "datefinished", "datestop"}
)
CHANNELS = frozenset(
    {"counter", "desk", "online", "internet", "post", "kiosk", "e-mail", "email", "telephone", "intern"}
)
TRANSITIONS = frozenset(  # of the XES standard's life-cycle extension
    {"schedule", "assign", "reassign", "withdraw", "start", "suspend", "resume", "complete", "unknown"}
    | {"ate_abort", "pi_abort", "autoskip", "manualskip"}
)
CLEAR_WORDS = {
    "channel": CHANNELS,
    "lifecycle:transition": TRANSITIONS,
    "lifecycle:model": frozenset({"standard", "bpaf"}),
}
"""Keys whose values are clear where they are one of these words, small letters or not."""
WHOLE = re.compile(r"[+-]?(0|[1-9][0-9]{0,6})", re.ASCII)
REAL = re.compile(r"[+-]?(0|[1-9][0-9]{0,6})\.[0-9]{1,7}", re.ASCII)


def stored_attributes(
    attributes: Iterable[ImportedAttribute],
    mapping: ImportMapping,
    own_subject: UUID,
    resources: Mapping[str, UUID],
) -> tuple[dict[str, Any], ...]:
    """Attributes as a fact holds them, in order. `resources`: whose key seals a resource's name."""
    return tuple(
        {"key": a.key, "type": a.type, "value": _value(a, mapping, own_subject, resources)}
        for a in attributes
    )


def resource_names(case: ImportedCase, mapping: ImportMapping) -> Iterator[str]:
    """The values of this case that name somebody who acted."""
    for attributes in (case.attributes, *(step.attributes for step in case.steps)):
        for attribute in attributes:
            if attribute.value and attribute.key in mapping.resources and not in_clear(attribute, mapping):
                yield attribute.value


def in_clear(attribute: ImportedAttribute, mapping: ImportMapping) -> bool:
    """Whether the value may be read by everybody for ever."""
    key, kind, value = attribute
    if not value or key in mapping.clear:
        return True
    if key in mapping.sealed or key in mapping.resources:
        return False
    match kind:
        case "date":
            return key.lower() in PROCESS_DATES and _is_time(value)
        case "int":
            return bool(WHOLE.fullmatch(value))
        case "float":
            return bool(REAL.fullmatch(value) or WHOLE.fullmatch(value))
        case "boolean":
            return value.lower() in ("true", "false")
    if key == "concept:name":
        return len(value) <= CLEAR_LENGTH
    return value.lower() in CLEAR_WORDS.get(key, ())


def status_of(attributes: Iterable[ImportedAttribute], mapping: ImportMapping) -> int | None:
    """The status that the mapping gives to one of these attributes; None: unknown."""
    for attribute in attributes:
        status = mapping.attribute_status.get(attribute.key, {}).get(attribute.value)
        if status is not None:
            return status
    return None


def dossier_code(case_id: str, mapping: ImportMapping) -> str:
    """The case's id where that is a dossier code; else `<source>:<case id>`, with blanks, unprintable
    letters and
    `%` written as %XX."""
    if mapping.case_id_is_code:
        return case_id
    readable = "".join(
        letter if letter.isprintable() and not letter.isspace() and letter != "%" else quote(letter, safe="")
        for letter in normalize("NFC", case_id)
    )
    return f"{mapping.source}:{readable}"


def _value(
    attribute: ImportedAttribute, mapping: ImportMapping, own_subject: UUID, resources: Mapping[str, UUID]
) -> str | Personal:
    if in_clear(attribute, mapping):
        return attribute.value
    if attribute.key in mapping.resources:
        return Personal(resources[attribute.value], attribute.value)
    return Personal(own_subject, attribute.value)


def _is_time(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
