"""What a proven fact says, from the bytes of the proof alone: the dossier's code, the agency, times and the
promised date, and what is sealed in it.

A fact does not hold all of that itself. Other facts stand beside it, each proven in the same tree:

    dossier         the first fact of the dossier that the fact is about, unless the fact is it; needed
    promise         the fact that promised the date, where the fact promises none
    agency          the first fact of the agency that acted, or else holds, or else receives; needed if any
    agency_changed  how that agency was called by then

Whatever does not fit into this is refused (`facts_do_not_fit`): nobody can lend a fact another code or name.
That nothing between two facts changed a name or a date is not shown: who needs that reads the log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any, Final, NoReturn
from uuid import UUID

from application.proof_file import AGENCY, AGENCY_CHANGED, BESIDE, DOSSIER, PROMISE, ProvenFact, Unproven
from domain.local_time import VIETNAM, local_date
from domain.sealed_fields import SEALED_KEYS, associated_data, from_base64

BEGINNINGS: Final = ("dossier.submitted", "dossier.opened", "dossier.imported", "dossier.quarantined")
OF_DOSSIERS: Final = "dossier."
ABOUT_DOSSIERS: Final = ("handover.dossier_", "papers.")
"""Beside a dossier's own stream, and of its history all the same. Others that name one (what is said of it,
who read a document) are others' to read."""
ACTING, HOLDING, RECEIVING = "acting", "holding", "receiving"
MOST_DEPTH: Final = 32
LOCAL_TIME: Final = VIETNAM
"""In which every time of a proof is shown."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SealedField:
    """A field of the fact that only a key opens. `path`: as docs/events.md writes it."""

    path: str
    subject: UUID
    nonce: bytes
    ciphertext: bytes
    salt: bytes
    associated: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """What the fact says. `code`: of its dossier, None where it is about none; `agency_is`: ACTING, HOLDING
    or RECEIVING; `promised`: exclusive; `promised_by`: the version of the dossier's fact that promised it;
    `data`: the fact's own fields as JSON; `sealed`: those among them that are. Times aware, UTC."""

    topic: str
    version: int
    position: int
    stream: UUID
    recorded_at: datetime
    occurred_at: datetime
    code: str | None
    procedure: str | None
    received_at: datetime | None
    agency: str | None
    agency_identifier: str | None
    agency_is: str | None
    promised: datetime | None
    promised_by: int | None
    data: Json
    sealed: tuple[SealedField, ...]


@dataclass(frozen=True, slots=True)
class Needed:
    """What a fact's own bytes say about what must stand beside it."""

    dossier: UUID | None
    agency: UUID | None
    agency_is: str | None


def base(topic: str) -> str:
    """`dossier.submitted.v3` without its version."""
    return topic.rpartition(".v")[0]


def payload_of(fact: ProvenFact) -> Json:
    """The stored payload as JSON. Raises Unproven (fact_unreadable)."""
    try:
        text = fact.payload.decode("utf-8")
        payload = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
        if not isinstance(payload["data"], dict):
            raise TypeError("its data are no object")
    except (ValueError, TypeError, KeyError, RecursionError) as broken:
        raise Unproven(
            "fact_unreadable", f"the payload of position {fact.position} is none: {broken}"
        ) from None
    return dict(payload)


def _once(pairs: list[tuple[str, Any]]) -> Json:
    """An object in which no name stands twice: of two values another reader might take the other one."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands in it twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _no_number(text)


def needed(fact: ProvenFact, payload: Json) -> Needed:
    """Raises ValueError for ids that are none."""
    data = payload["data"]
    dossier: UUID | None = None
    if fact.topic.startswith(OF_DOSSIERS):
        dossier = fact.stream
    elif fact.topic.startswith(ABOUT_DOSSIERS):
        dossier = UUID(_text(data["dossier"]))
    for name, role in (("acting_agency", ACTING), ("holder", HOLDING)):
        if payload.get(name) is not None:
            return Needed(dossier, UUID(payload[name]), role)
    if dossier is not None and isinstance(data.get("to_agency"), str):
        return Needed(dossier, UUID(data["to_agency"]), RECEIVING)
    return Needed(dossier, None, None)


def begins_dossier(fact: ProvenFact) -> bool:
    return base(fact.topic) in BEGINNINGS and fact.version == 1


def said(facts: Sequence[ProvenFact]) -> Said:
    """What the first of these says, the others beside it. Raises Unproven (fact_unreadable,
    facts_do_not_fit)."""
    fact = facts[0]
    payload = payload_of(fact)
    try:
        return _said(fact, payload, {one.role: (one, payload_of(one)) for one in _beside(facts)})
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as broken:
        raise Unproven(
            "fact_unreadable", f"a fact is not as docs/events.md has it: {type(broken).__name__}: {broken}"
        ) from None


def _beside(facts: Sequence[ProvenFact]) -> Sequence[ProvenFact]:
    order = [BESIDE.index(one.role) for one in facts[1:] if one.role in BESIDE]
    if len(order) != len(facts) - 1 or order != sorted(set(order)):
        roles = ", ".join(one.role for one in facts[1:])
        raise Unproven("facts_do_not_fit", f"these do not stand beside a fact like that: {roles[:100]}")
    for one in facts[1:]:
        if one.position >= facts[0].position:
            raise Unproven(
                "facts_do_not_fit", f"position {one.position} was not known at {facts[0].position}"
            )
    return facts[1:]


def _said(fact: ProvenFact, payload: Json, beside: dict[str, tuple[ProvenFact, Json]]) -> Said:
    wants = needed(fact, payload)
    data = payload["data"]
    first = _first_of_dossier(fact, data, wants, beside.get(DOSSIER))
    promised, promised_by = _promised(fact, data, wants, beside.get(PROMISE))
    name, identifier = _agency(fact, wants, beside.get(AGENCY), beside.get(AGENCY_CHANGED))
    return Said(
        topic=fact.topic,
        version=fact.version,
        position=fact.position,
        stream=fact.stream,
        recorded_at=fact.recorded_at,
        occurred_at=_instant(payload["occurred_at"]),
        code=_text(first[1]["code"]) if first else None,
        procedure=_text_or_none(first[1].get("procedure_code")) if first else None,
        received_at=first[0].recorded_at if first else None,
        agency=name,
        agency_identifier=identifier,
        agency_is=wants.agency_is,
        promised=promised,
        promised_by=promised_by,
        data=data,
        sealed=tuple(_sealed(fact, payload)),
    )


def _first_of_dossier(
    fact: ProvenFact, data: Json, wants: Needed, beside: tuple[ProvenFact, Json] | None
) -> tuple[ProvenFact, Json] | None:
    if wants.dossier is None or begins_dossier(fact):
        _unless(beside is None, "the dossier's first fact stands beside one that needs none")
        return None if wants.dossier is None else (fact, data)
    if beside is None:
        raise Unproven("facts_do_not_fit", "the dossier's first fact, which has its code, is missing")
    first, payload = beside
    fits = begins_dossier(first) and first.stream == wants.dossier
    _unless(fits, f"position {first.position} is not the first fact of this dossier")
    return first, payload["data"]


def _promised(
    fact: ProvenFact, data: Json, wants: Needed, beside: tuple[ProvenFact, Json] | None
) -> tuple[datetime | None, int | None]:
    if own := _instant_or_none(data.get("promised")):
        _unless(beside is None, "another promise stands beside a fact that promises a date itself")
        return own, None
    if beside is None:
        return None, None
    promise, payload = beside
    date_ = _instant_or_none(payload["data"].get("promised"))
    _unless(
        promise.stream == wants.dossier and promise.topic.startswith(OF_DOSSIERS) and date_ is not None,
        f"position {promise.position} promises no date of this dossier",
    )
    return date_, promise.version


def _agency(
    fact: ProvenFact,
    wants: Needed,
    founded: tuple[ProvenFact, Json] | None,
    changed: tuple[ProvenFact, Json] | None,
) -> tuple[str | None, str | None]:
    if wants.agency is None:
        _unless(founded is None and changed is None, "an agency stands beside a fact that names none")
        return None, None
    if founded is None:
        raise Unproven("facts_do_not_fit", "the first fact of the agency, which has its name, is missing")
    first, payload = founded
    fits = base(first.topic) == "agency.founded" and first.version == 1 and first.stream == wants.agency
    _unless(fits, f"position {first.position} is not the first fact of the agency that the fact names")
    name, identifier = _text(payload["data"]["name"]), _text(payload["data"]["identifier"])
    if changed is None:
        return name, identifier
    change, payload = changed
    since = date.fromisoformat(payload["data"]["from"]) if base(change.topic) == "agency.changed" else None
    fits = change.stream == wants.agency and since is not None and since <= local_date(fact.recorded_at)
    _unless(fits, f"position {change.position} does not say how the agency was called by then")
    return _text(payload["data"]["changes"]["name"]), identifier


def _sealed(fact: ProvenFact, payload: Json) -> Iterator[SealedField]:
    salt = from_base64(_text(payload["salt"]))

    def walk(value: Any, path: str, depth: int) -> Iterator[SealedField]:
        if depth > MOST_DEPTH:
            raise ValueError("a field lies too deep")
        if isinstance(value, dict) and value.keys() == SEALED_KEYS:
            yield SealedField(
                path,
                UUID(value["subject"]),
                from_base64(value["nonce"]),
                from_base64(value["ciphertext"]),
                salt,
                associated_data(fact.stream, fact.version, fact.topic, path),
            )
        elif isinstance(value, dict):
            for name, member in value.items():
                yield from walk(member, f"{path}.{name}", depth + 1)
        elif isinstance(value, list):
            for number, member in enumerate(value):
                yield from walk(member, f"{path}.{number}", depth + 1)

    yield from walk(payload["data"], "data", 0)


def _unless(fits: bool, says: str) -> None:
    if not fits:
        raise Unproven("facts_do_not_fit", says)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where text belongs")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _instant(value: Any) -> datetime:
    found = datetime.fromisoformat(_text(value))
    if found.tzinfo is None:
        raise ValueError("an instant without a zone")
    return found


def _instant_or_none(value: Any) -> datetime | None:
    return None if value is None else _instant(value)
