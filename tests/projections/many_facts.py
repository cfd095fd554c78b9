"""A log of many dossiers with acts of all kinds, made from a seed, to compare ways of applying it."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.projections import dossiers as lives
from tests.projections import world as w

MINUTE = timedelta(minutes=1)


def many_facts(
    seed: int, dossiers: int, *, log: w.MemoryLog | None = None, with_part: bool = True
) -> w.MemoryLog:
    """Submitted, accepted, forwarded, finished, stopped and sent back over June; the part is scheduled on
    15 June, transfers are stated in July."""
    chance = random.Random(seed)
    if log is None:
        log = w.MemoryLog()
        w.organisation(log)
    facts: list[tuple[datetime, Any]] = []
    for n in range(dossiers):
        dossier = lives.DossierFacts(w.uid(100, n + 1))
        holder: UUID = chance.choice([*w.DISTRICT_DESK, *w.OLD_DESK, w.PROVINCE_DESK])
        at = w.START + chance.randrange(40_000) * MINUTE
        facts.append(
            (
                at,
                dossier.submitted(
                    at, holder, chance.choice([*w.OLD, None]), chance.choice(sorted(w.PROCEDURES))
                ),
            )
        )
        for _ in range(chance.randrange(5)):
            at += chance.randrange(2_000) * MINUTE
            match chance.randrange(7):
                case 0:
                    fact = dossier.accepted(at, holder)
                case 1:
                    fact = dossier.assigned(at, holder)
                case 2:
                    before, holder = holder, chance.choice(w.DISTRICT_DESK)
                    fact = dossier.forwarded(at, before, holder)
                case 3:
                    fact = dossier.finished(at, holder)
                case 4:
                    fact = dossier.stopped(at, holder)
                case 5:
                    before, holder = holder, chance.choice(w.OLD_DESK)
                    fact = dossier.sent_back(at, before, holder)
                case _:
                    fact = dossier.corrected(at, holder, chance.choice(w.OLD))
            facts.append((at, fact))
    if with_part:
        facts += [(w.START, fact) for fact in w.part_facts()]
        facts += [(w.START + 20_000 * MINUTE, w.scheduled())]
    for at, fact in sorted(facts, key=lambda pair: pair[0]):
        log.add(fact, at)
    return log
