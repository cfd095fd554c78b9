"""Publishing the procedures of a list that is published again and again: what is new is published at once,
what says the same adds nothing, and what changed is told first and published only from a day that somebody
names.

What a list does not say (components, results, terms, the place that decides) stays as the version before had
it. What it has no longer is told, and nothing is recorded of it: a list that forgets a procedure ends none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from application.catalogue_report import ListedProcedure
from application.ids import new_id
from application.moment import Moment
from application.policy import Identity, allow
from application.ports import Claim, StaleVersion
from application.refusals import BadRequest
from application.registry import Registry, envelope_of, record_each
from domain.facts import Aggregate, Envelope
from domain.local_time import local_date
from domain.procedure import Procedure, ProcedureVersion
from domain.procedure_doubts import stated

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
    that say the same; `changed`: what differs, by code; `own`: codes of those whose newest version a document
    of one's own gave, which are left alone; `gone`: codes of earlier lists that this one has no longer, of
    `listed_before`; `in_doubt_again`: how many limits that somebody decided the new versions doubt anew."""

    recorded: int = 0
    published: int = 0
    known: int = 0
    changed: dict[str, list[Json]] = field(default_factory=dict)
    own: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    listed_before: int = 0
    in_doubt_again: int = 0

    @property
    def limits_changed(self) -> int:
        """Of how many known procedures a limit, or whether it is trusted, is another than before."""
        return sum(any(map(_of_a_limit, differences)) for differences in self.changed.values())


@dataclass(slots=True)
class _Load:
    """A load under way: what is known before it, and how it is to be done."""

    office: Registry
    envelope: Envelope
    known: Mapping[str, Procedure]
    valid_from: date | None
    over_own: bool
    loaded: ListLoaded


async def load_list(
    office: Registry,
    identity: Identity,
    listed: Sequence[ListedProcedure],
    valid_from: date | None = None,
    so_far: Callable[[int, int], None] = lambda done, of: None,
    *,
    over_own: bool = False,
    past: bool = False,
) -> ListLoaded:
    """Publish what is new; with `valid_from` (local) also what changed, as a version from that day on, from
    which new procedures are valid too; a day in the past only with `past`. Without it they are valid from the
    beginning. What a document of one's own said last is left alone without `over_own`. `so_far`: how many of
    the list are behind us. Raises BadRequest (day_in_the_past, load_running), Refused
    (procedure.version.day)."""
    moment = await office.reader.moment(fresh=True)
    envelope = envelope_of(allow(identity, "load-procedures", moment), moment)
    judge_day(valid_from, moment, past=past)
    known = {p.code: p for p in moment.organisation.procedures.values()}
    load = _Load(office, envelope, known, valid_from, over_own, ListLoaded())
    remaining = iter(listed)
    done = 0
    while chunk := list(islice(remaining, AT_ONCE)):
        await _load_chunk(load, chunk, moment)
        done += len(chunk)
        so_far(done, len(listed))
    codes = {one.code for one in listed}
    before = [code for code, p in known.items() if _newest(p).of_a_list]
    load.loaded.gone = sorted(code for code in before if code not in codes)
    load.loaded.listed_before = len(before)
    return load.loaded


async def _load_chunk(load: _Load, chunk: Sequence[ListedProcedure], moment: Moment) -> None:
    made: list[tuple[Aggregate, list[Claim]]] = []
    ledger = load.office.ledger
    for one in chunk:
        if one.code not in load.known:
            procedure = _new(load.envelope, one, new_id(moment.now), load.valid_from)
            made.append((procedure, [ledger.claim("procedure", one.code, procedure.id)]))
        elif following := await _following(load, one):
            made.append((following, []))
    published = sum(not claims for _, claims in made)
    with one_load_at_a_time():
        outcome = await record_each(load.office, made)
    load.loaded.published += published
    load.loaded.recorded += len(made) - published - outcome.known
    load.loaded.known += outcome.known


async def _following(load: _Load, one: ListedProcedure) -> Procedure | None:
    """The procedure with the version that follows, where the list says something else and a day is given;
    what it says else is kept either way. The stream is compared again: another load may have been quicker."""
    procedure, loaded = load.known[one.code], load.loaded
    if not load.over_own and not _newest(procedure).of_a_list:
        loaded.own.append(one.code)
        return None
    differences = _differences(procedure, one, load.valid_from)
    if differences and load.valid_from is not None:
        procedure = await load.office.ledger.load(Procedure, procedure.id)
        differences = _differences(procedure, one, load.valid_from)
    if not differences:
        loaded.known += 1
        return None
    loaded.changed[one.code] = differences
    if load.valid_from is None:
        return None
    _publish_next(load.envelope, procedure, one, load.valid_from)
    loaded.in_doubt_again += _decided_anew(procedure)
    return procedure


def judge_day(valid_from: date | None, moment: Moment, *, past: bool) -> None:
    """Refuse a first day in the past that nobody means. Raises BadRequest (day_in_the_past)."""
    if valid_from is not None and valid_from < local_date(moment.now) and not past:
        raise BadRequest(
            "day_in_the_past",
            f"{valid_from} is past: from then on dossiers may have been accepted by the version before;"
            " give --past where the new versions hold from that day all the same",
        )


@contextmanager
def one_load_at_a_time() -> Iterator[None]:
    """Another load that was quicker is said so. Raises BadRequest (load_running)."""
    try:
        yield
    except StaleVersion:
        raise BadRequest(
            "load_running",
            "another load publishes the same procedures now: wait until it has ended, then run this again;"
            " that is safe, since what is recorded by then is known and not published twice",
        ) from None


def _differences(procedure: Procedure, one: ListedProcedure, valid_from: date | None) -> list[Json]:
    """What the list says otherwise than the newest version; the day too, where that begins later than the day
    that is given."""
    newest = _newest(procedure)
    found = differences_of(newest, one.version)
    if not found and valid_from is not None and newest.begins_after(valid_from):
        found = [{"field": "valid_from", "was": newest.valid_from, "is": valid_from}]
    return found


def _of_a_limit(difference: Json) -> bool:
    was, now = difference["was"] or {}, difference["is"] or {}
    if not (isinstance(was, dict) and isinstance(now, dict)):
        return False
    return any(was.get(name) != now.get(name) for name in ("limit_amount", "limit_unit", "doubts"))


def _decided_anew(procedure: Procedure) -> int:
    """How many limits that were decided of the version before are in doubt in the newest."""
    newest = _newest(procedure)
    before = [line for line in procedure.decided if line[0] == newest.number - 1]
    return sum(bool(stated(newest, channel, case).doubts) for _, channel, case in before)


def _new(envelope: Envelope, one: ListedProcedure, id: UUID, valid_from: date | None) -> Procedure:
    procedure = Procedure.empty(id)
    version = {**one.version, "valid_from": valid_from, "origin": _origin(one.version, valid_from)}
    procedure.publish(envelope, code=one.code, number=1, **version)
    return procedure


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
