"""Publishing the procedures of a list that is published again and again: what is new is published at once,
what says the same adds nothing, and what changed is told first and published only from a day that somebody
names.

What a list does not say (components, results, terms, the place that decides) stays as the version before had
it. What it has no longer is told, and nothing is recorded of it: a list that forgets a procedure ends none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from application.catalogue_report import ListedProcedure
from application.ids import new_id
from application.policy import Identity, allow
from application.ports import Claim
from application.registry import Registry, envelope_of, record_each
from domain.facts import Aggregate, Envelope
from domain.procedure import Procedure, ProcedureVersion

Json = dict[str, Any]
AT_ONCE = 500
COMPARED = ("name", "field", "decision_no", "levels")
OF_A_LINE = (
    "limit_amount",
    "limit_unit",
    "fee_vnd",
    "doubts",
    "listed_time",
    "listed_unit",
    "listed_fee",
    "text",
)


@dataclass(slots=True)
class ListLoaded:
    """What a load did. `recorded`: new procedures; `published`: new versions of known ones; `known`: those
    that say the same; `changed`: what differs, by code; `gone`: codes of earlier lists that this one has no
    longer."""

    recorded: int = 0
    published: int = 0
    known: int = 0
    changed: dict[str, list[Json]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)


async def load_list(
    office: Registry,
    identity: Identity,
    listed: Sequence[ListedProcedure],
    valid_from: date | None = None,
    so_far: Callable[[int, int], None] = lambda done, of: None,
) -> ListLoaded:
    """Publish what is new; with `valid_from` (local) also what changed, as a version from that day on, from
    which new procedures are valid too. Without it they are valid from the beginning. `so_far`: how many of
    the list are behind us."""
    moment = await office.reader.moment(fresh=True)
    envelope = envelope_of(allow(identity, "load-procedures", moment), moment)
    known = {p.code: p for p in moment.organisation.procedures.values()}
    loaded = ListLoaded()
    remaining = iter(listed)
    done = 0
    while chunk := list(islice(remaining, AT_ONCE)):
        made: list[tuple[Aggregate, list[Claim]]] = []
        for one in chunk:
            if one.code not in known:
                procedure = _new(envelope, one, new_id(moment.now), valid_from)
                made.append((procedure, [office.ledger.claim("procedure", one.code, procedure.id)]))
            elif _differs(known[one.code], one, loaded) and valid_from is not None:
                procedure = await office.ledger.load(Procedure, known[one.code].id)
                _publish_next(envelope, procedure, one, valid_from)
                made.append((procedure, []))
                loaded.published += 1
        outcome = await record_each(office, made)
        loaded.recorded += sum(bool(claims) for _, claims in made) - outcome.known
        loaded.known += outcome.known
        done += len(chunk)
        so_far(done, len(listed))
    codes = {one.code for one in listed}
    loaded.gone = sorted(code for code, p in known.items() if code not in codes and _newest(p).of_a_list)
    return loaded


def _new(envelope: Envelope, one: ListedProcedure, id: UUID, valid_from: date | None) -> Procedure:
    procedure = Procedure.empty(id)
    version = {**one.version, "valid_from": valid_from, "origin": _origin(one.version, valid_from)}
    procedure.publish(envelope, code=one.code, number=1, **version)
    return procedure


def _differs(known: Procedure, one: ListedProcedure, loaded: ListLoaded) -> bool:
    """Whether the list says something else than the newest version, which is counted either way."""
    differences = differences_of(_newest(known), one.version)
    if differences:
        loaded.changed[one.code] = differences
    else:
        loaded.known += 1
    return bool(differences)


def _publish_next(envelope: Envelope, procedure: Procedure, one: ListedProcedure, valid_from: date) -> None:
    before = _newest(procedure)
    following = following_version(before, one.version, valid_from)
    procedure.publish(envelope, code=one.code, number=before.number + 1, **following)


def _newest(procedure: Procedure) -> ProcedureVersion:
    return procedure.versions[max(procedure.versions)]


def _origin(version: Mapping[str, Any], valid_from: date | None) -> Json:
    unknown = dict.fromkeys(("place_basis", "components", "results", "terms"), "unknown")
    since = "unknown" if valid_from is None else "named at the load"
    return {**unknown, **version["origin"], "valid_from": since}


def following_version(before: ProcedureVersion, listed: Mapping[str, Any], valid_from: date) -> Json:
    """The list's fields, and those of the version before where the list is silent."""
    kept = {
        "place_basis": before.place_basis,
        "components": before.components,
        "results": before.results,
        "terms": dict(before.said or {}),
    }
    level = before.level if before.level in listed["levels"] else listed["level"]
    origin = {**_origin(listed, valid_from), **dict.fromkeys(kept, f"kept from version {before.number}")}
    return {**listed, **kept, "level": level, "valid_from": valid_from, "origin": origin}


def differences_of(before: ProcedureVersion, listed: Mapping[str, Any]) -> list[Json]:
    """{field, was, is} for each field of the list that the version says otherwise; lines of channels as
    `counter`, `counter: CASE`."""
    found = [
        {"field": name, "was": getattr(before, name), "is": listed[name]}
        for name in COMPARED
        if getattr(before, name) != listed[name]
    ]
    was, now = _lines(before.channels), _lines(listed["channels"])
    found += [
        {"field": name, "was": was.get(name), "is": now.get(name)}
        for name in dict.fromkeys((*was, *now))
        if was.get(name) != now.get(name)
    ]
    return found


def _lines(channels: Iterable[Mapping[str, Any]]) -> dict[str, Json]:
    return {
        line["channel"] if line["case"] is None else f"{line['channel']}: {line['case']}": {
            name: tuple(line["doubts"]) if name == "doubts" else line[name] for name in OF_A_LINE
        }
        for line in channels
    }
