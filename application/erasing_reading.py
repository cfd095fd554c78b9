"""The record of erasures: what was asked for, decided and destroyed, by whom and when. It names nobody whose
data were erased otherwise than by the ids that stand in the log.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final
from uuid import UUID

from application.changing import Asked
from application.erasing import CLAIM, known_erasure
from application.erasing_ports import Erasing
from application.known_time import folded
from application.policy import allow
from application.refusals import NotFound
from domain.citizen import Citizen
from domain.erasure import CITIZEN, Erasure
from domain.facts import Category, Fact, Recorded

PAGE: Final = 1_000
Json = dict[str, Any]


async def record(office: Erasing, asked: Asked, kind: str, id: UUID) -> Json:
    """Of one erasure, by its id, by a citizen who was erased or is about to be, or by an imported dossier.
    Raises NotAllowed, NotFound."""
    allow(asked.identity, "read-erasures", await office.reader.moment(fresh=True))
    erasure = await known_erasure(office, await _named(office, kind, id))
    facts = await office.ledger.facts_of([erasure.id])
    return _record(erasure, facts, await office.keys.finished())


async def _named(office: Erasing, kind: str, id: UUID) -> UUID:
    if kind != CITIZEN:
        if (found := await office.ledger.find(CLAIM, str(id))) is None:
            raise NotFound("unknown_erasure", f"the dossier {id} was not erased: see `hoso erase list`")
        return found
    first = await office.ledger.recorder.first_of([id])
    if first and first[0].category == Category.CITIZEN:
        citizen = await office.ledger.load(Citizen, id)
        if (of := citizen.erased or citizen.erasing) is None:
            raise NotFound("unknown_erasure", f"no erasure of the citizen {id} is on record")
        return of
    return id


async def listed(office: Erasing, asked: Asked, *, waiting_only: bool, limit: int) -> list[Json]:
    """The newest, the last one last; `waiting_only`: those that were neither carried out nor withdrawn."""
    allow(asked.identity, "read-erasures", await office.reader.moment(fresh=True))
    known: OrderedDict[UUID, Erasure] = OrderedDict()
    facts: dict[UUID, list[Recorded[Fact]]] = {}
    after = 0
    while page := await office.ledger.recorder.events_after(after, PAGE, (Category.ERASURE,)):
        for stored in page:
            recorded = office.ledger.codec.decode(stored)
            id = recorded.fact.originator_id
            if id not in known and recorded.fact.originator_version > 1:
                continue  # among the older ones, which are not listed
            erasure = folded(known, Erasure, recorded.fact)
            facts.setdefault(id, []).append(recorded)
            if waiting_only and not erasure.stands:
                _forget(known, facts, id)
        while len(known) > limit:
            _forget(known, facts, next(iter(known)))
        after = page[-1].position
    finished = await office.keys.finished()
    return [_record(erasure, facts[id], finished) for id, erasure in known.items()]


def _forget(known: OrderedDict[UUID, Erasure], facts: dict[UUID, list[Recorded[Fact]]], id: UUID) -> None:
    del known[id], facts[id]


def _record(erasure: Erasure, facts: list[Recorded[Fact]], finished: int) -> Json:
    asked_for = erasure.requested
    assert asked_for is not None
    last = facts[-1]
    done = erasure.carried_out
    return {
        "erasure": erasure.id,
        "state": _state(erasure, last.position, finished),
        "kind": asked_for.kind,
        "subject": asked_for.subject,
        "records": list(asked_for.citizens),
        "ground": asked_for.ground,
        "decision": asked_for.decision,
        "retention_run": asked_for.run,
        "requested_at": facts[0].recorded_at,
        "requested_by": asked_for.envelope.actor.id,
        "ended_at": last.recorded_at if len(facts) > 1 else None,
        "ended_by": last.fact.envelope.actor.id if len(facts) > 1 else None,
        "withdrawn_because": erasure.withdrawn.ground if erasure.withdrawn else None,
        "keys_destroyed": len(done.subjects) if done else 0,
        "dossiers": done.dossiers if done else 0,
        "files": done.files if done else 0,
        "position": last.position,
    }


def _state(erasure: Erasure, position: int, finished: int) -> str:
    if erasure.stands:
        return "requested"
    if erasure.withdrawn is not None:
        return "withdrawn"
    return "carried_out" if position <= finished else "not_finished"
