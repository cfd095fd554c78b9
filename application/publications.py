"""Promulgation and public posting of procedures: recorded from a file, again and again, and judged for a day.

What is judged are days and deadlines of `domain.publication`; where a calendar that is needed is not
published, that is said, and nothing is counted by guessing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from application.moment import Moment
from application.organisation import Organisation
from application.policy import Identity, allow
from application.refusals import within
from application.registry import Registry, envelope_of, record_each
from domain.calendar import CalendarUnknown
from domain.facts import Envelope
from domain.local_time import local_date
from domain.procedure import Procedure
from domain.publication import (
    NOT_COUNTED,
    NOT_POSTED,
    STATES,
    UNKNOWN,
    Judgement,
    Promulgation,
    judged_decision,
    judged_posting,
    state_of,
)

__all__ = ["STATES", "Published", "load_publications", "publication_of", "state_on"]

Json = dict[str, Any]
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Published:
    """What a file did: `promulgated` and `posted` facts recorded now, `known` entries that said nothing new.
    `states`: how its versions stand now, by the words of `domain.publication`; `overdue`: how many of those
    not posted should be by now."""

    promulgated: int
    posted: int
    known: int
    states: Mapping[str, int]
    overdue: int


async def load_publications(office: Registry, identity: Identity, entries: Sequence[Entry]) -> Published:
    """Record promulgations and postings; what is recorded already is left alone. An entry: procedure (code),
    version, the fields of `procedure.promulgated.v1`, and posted_on, None where it is not posted yet.

    All of the file or nothing is decided. Raises Refused and NotFound with the entry's pointer.
    """
    moment = await office.reader.moment(fresh=True)
    envelope = envelope_of(allow(identity, "load-procedures", moment), moment)
    changed: dict[str, Procedure] = {}
    recorded: Counter[str] = Counter()
    for number, entry in enumerate(entries):
        with within(f"/publications/{number}"):
            procedure = await _procedure(office, moment, changed, entry["procedure"])
            recorded += _say(procedure, envelope, entry)
    await record_each(office, [(p, []) for p in changed.values() if p.pending_events])
    return _published(changed, entries, recorded, moment)


async def _procedure(office: Registry, moment: Moment, changed: dict[str, Procedure], code: str) -> Procedure:
    """As recorded, with what the file said of it before. NotFound."""
    if code not in changed:
        known = moment.organisation.procedure_by_code(code)
        changed[code] = await office.ledger.load(Procedure, known.id)
    return changed[code]


def _say(procedure: Procedure, envelope: Envelope, entry: Entry) -> Counter[str]:
    """Record what the entry says and the procedure does not. Raises Refused."""
    version: int = entry["version"]
    said = Promulgation(**{name: entry[name] for name in Promulgation.__dataclass_fields__})
    posted_on: date | None = entry["posted_on"]
    made: Counter[str] = Counter()
    if procedure.promulgations.get(version) != said:
        procedure.promulgate(envelope, version=version, promulgation=said)
        made["promulgated"] += 1
    if posted_on is not None and procedure.posted.get(version) != posted_on:
        procedure.post(envelope, version=version, posted_on=posted_on)
        made["posted"] += 1
    return made or Counter(known=1)


def _published(
    changed: Mapping[str, Procedure], entries: Sequence[Entry], recorded: Counter[str], moment: Moment
) -> Published:
    today, organisation = local_date(moment.now), moment.organisation
    named = dict.fromkeys((entry["procedure"], entry["version"]) for entry in entries)
    shown = [publication_of(organisation, changed[code], version, today) for code, version in named]
    counts = Counter(publication["state"] for publication in shown)
    overdue = sum(p["state"] == NOT_POSTED and p["posting"]["days_late"] > 0 for p in shown)
    return Published(
        recorded["promulgated"],
        recorded["posted"],
        recorded["known"],
        {state: counts[state] for state in STATES},
        overdue,
    )


def publication_of(organisation: Organisation, procedure: Procedure, version: int, day: date) -> Json:
    """A version's promulgation and posting as of a local day: `state`, what is recorded, and of `decision`
    and `posting` whether they came in time, the last day in time and by what; None where that cannot be
    said."""
    promulgation = procedure.promulgations.get(version)
    if promulgation is None or promulgation.decided_on > day:
        nothing = dict.fromkeys(Promulgation.__dataclass_fields__)
        return {"state": UNKNOWN, **nothing, "posted_on": None, "decision": None, "posting": None}
    posted_on = procedure.posted.get(version) if procedure.posted_by(version, day) else None
    said = {**asdict(promulgation), "posted_on": posted_on}
    try:
        decision = judged_decision(promulgation, organisation.calendar)
        posting = judged_posting(promulgation, posted_on, day, organisation.calendar)
    except CalendarUnknown:
        return {"state": NOT_COUNTED, **said, "decision": None, "posting": None}
    steps = {"decision": _judged(decision), "posting": _judged(posting)}
    return {"state": state_of(decision, posting), **said, **steps}


def state_on(organisation: Organisation, procedure: Procedure, version: int, day: date) -> str:
    """Its state alone."""
    state: str = publication_of(organisation, procedure, version, day)["state"]
    return state


def _judged(judgement: Judgement | None) -> Json | None:
    if judgement is None:
        return None
    deadline = judgement.deadline
    return {
        "state": judgement.state,
        "due_on": judgement.due_on,
        "days_late": judgement.days_late,
        "act": deadline.act,
        "article": deadline.article,
    }
