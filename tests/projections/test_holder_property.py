"""The holder that the view shows is the one that the definition gives, at every instant that could matter."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg import AsyncConnection

from domain.dossier_timeline import timeline
from domain.facts import Recorded
from domain.handover_facts import PartCancelled, PartScheduled
from domain.handover_part import HandoverPart
from domain.holding import DossierHistory, holder, steps_from_parts
from projections.runner import Runner
from projections.status import Status
from tests.projections import dossiers as lives
from tests.projections import world as w
from tests.projections.moving import NAIVE_TO_MOVE, kept_to_move
from tests.support import Database

MICROSECOND = timedelta(microseconds=1)
HOURS = timedelta(hours=1)
LATER = w.HOUR + timedelta(days=20)

_HELD = """
SELECT t.at, h.agency FROM unnest(%s::timestamptz[]) t (at)
  LEFT JOIN status.holding h ON h.dossier = %s AND h.since <= t.at AND t.at < h.until ORDER BY t.at"""
_CLEAR = """
TRUNCATE status.dossier, status.history, status.holding, status.to_move, status.work, status.lane,
         status.flow, status.procedure_version, status.unit, status.agency"""

DESKS = [*w.DISTRICT_DESK[:2], *w.OLD_DESK[4:], *w.NEW_DESK[:2], w.PROVINCE_DESK]
ACTS = st.sampled_from(
    [
        "submit",
        "submit",
        "forward",
        "forward",
        "withdraw",
        "stop",
        "send_back",
        "correct",
        "place",
        "finish",
        "schedule",
        "schedule",
        "cancel",
        "schedule_later",
    ]
)
STEPS = st.lists(
    st.tuples(
        ACTS,
        st.sampled_from([0, 0, 1, 5, 24, 300, 600]),  # hours since the fact before
        st.integers(0, 2),  # which dossier
        st.sampled_from(DESKS),
        st.sampled_from([*w.OLD[3:], w.NEW[0], None]),
        st.sampled_from(sorted(w.PROCEDURES)),
    ),
    min_size=3,
    max_size=25,
)


CONCLUDED_IN_THE_INSTANT = [
    ("submit", 24, 1, w.OLD_DESK[4], w.OLD[3], "1.001"),
    ("stop", 600, 1, w.OLD_DESK[4], w.OLD[3], "1.001"),
    ("schedule", 0, 1, w.OLD_DESK[4], w.OLD[3], "1.001"),
    ("place", 1, 1, w.PROVINCE_DESK, w.OLD[3], "1.001"),
    ("send_back", 1, 1, w.OLD_DESK[4], None, "1.001"),
]
"""An act recorded after its hour, in the instant in which a dossier was stopped."""


def written(steps: list[tuple[Any, ...]]) -> w.MemoryLog:
    """The log of these steps; what cannot be (an act on no dossier, a part scheduled twice) is left out."""
    log = w.MemoryLog()
    w.organisation(log)
    for fact in [*w.part_facts(), *w.later_part(LATER)]:
        log.add(fact, w.NOW)
    dossiers = [lives.DossierFacts(w.uid(100, n)) for n in range(3)]
    placements = [0, 0, 0]
    parts = {"schedule": 0, "schedule_later": 0, "cancelled": 0}
    at = w.NOW
    for act, hours, number, desk, place, procedure in steps:
        at += hours * HOURS
        dossier = dossiers[number]
        if act == "schedule" and not parts["schedule"]:
            parts[act] = log.add(w.scheduled(), at)
        elif act == "cancel" and parts["schedule"] and not parts["cancelled"] and at < w.HOUR:
            parts["cancelled"] = log.add(w.cancelled(), at)
        elif act == "schedule_later" and not parts[act]:
            parts[act] = log.add(w.scheduled(w.OTHER_PART, LATER), at)
        elif act == "submit" and not dossier.version:
            log.add(dossier.submitted(at, desk, place, procedure), at)
        elif dossier.version:
            match act:
                case "forward":
                    log.add(dossier.forwarded(at, desk, desk), at)
                case "withdraw":
                    log.add(dossier.withdrawn(at, desk), at)
                case "stop":
                    log.add(dossier.stopped(at, desk), at)
                case "send_back":
                    log.add(dossier.sent_back(at, desk, desk), at)
                case "correct" if place is not None:
                    log.add(dossier.corrected(at, desk, place), at)
                case "finish":
                    log.add(dossier.finished(at, desk), at)
                case "place":
                    placements[number] += 1
                    log.add(lives.placed(dossier.id, number, placements[number], at, desk, desk), at)
    return log


def defined(log: w.MemoryLog, dossier: Any, position: int, at: datetime) -> Any:
    """By the definition, from the facts at positions up to `position`."""
    facts: list[Recorded[Any]] = [log.recorded(p) for p in range(1, position + 1)]
    parts: dict[Any, HandoverPart] = {}
    for recorded in facts:
        if recorded.fact.CATEGORY == 8:
            parts.setdefault(
                recorded.fact.originator_id, HandoverPart.empty(recorded.fact.originator_id)
            ).replay(recorded.fact)
    steps = steps_from_parts(
        [r for r in facts if isinstance(r.fact, PartScheduled)],
        [r for r in facts if isinstance(r.fact, PartCancelled)],
        lambda part, version: parts[part].rules(version),
    )
    own = [r for r in facts if dossier in (r.fact.originator_id, getattr(r.fact, "dossier", None))]
    if not own:
        return None
    known = timeline(own)
    held = holder(DossierHistory(known.holder_sets, known.places, known.statuses), steps, at)
    return held.agency if held else None


@pytest.mark.parametrize("page", [1000, 3])
@example(steps=CONCLUDED_IN_THE_INSTANT)
@given(steps=STEPS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_view_names_the_holder_of_the_definition(
    views: Database, page: int, steps: list[tuple[Any, ...]]
) -> None:
    log = written(steps)
    instants = {w.HOUR, LATER, log.rows[-1].recorded_at} | {row.recorded_at for row in log.rows}
    instants |= {t + MICROSECOND for t in instants} | {t - MICROSECOND for t in instants}

    async def check() -> None:
        async with await AsyncConnection.connect(views.app_dsn, autocommit=True) as connection:
            await connection.execute(_CLEAR)
            await connection.execute("UPDATE views.tracking SET position = 0, generation = generation + 1")
            await Runner(views.app_dsn, log.port(), [Status()], page=page).catch_up(log.head)
            parked = await (await connection.execute("SELECT reason FROM views.parked")).fetchall()
            assert parked == []
            naive = await (await connection.execute(NAIVE_TO_MOVE)).fetchall()
            assert await kept_to_move(connection) == sorted(naive)
            for dossier in (w.uid(100, n) for n in range(3)):
                cursor = await connection.execute(_HELD, (sorted(instants), dossier))
                for at, agency in await cursor.fetchall():
                    assert agency == defined(log, dossier, log.head, at), f"at {at} of {dossier}"

    asyncio.run(check())


def test_what_was_held_at_a_past_instant_never_changes() -> None:
    """The definition's own promise, on which the view relies when it only writes from a fact on."""
    log = w.MemoryLog()
    w.organisation(log)
    dossier = lives.DossierFacts(w.uid(100, 1))
    for fact in w.part_facts():
        log.add(fact, w.NOW)
    log.add(dossier.submitted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    late = w.HOUR + timedelta(days=3)
    position = log.head
    log.add(w.scheduled(), late)  # recorded after its hour: counts from its recording
    log.add(dossier.corrected(late, w.NEW_DESK[0], w.OLD[4]), late)
    for at in (w.NOW, w.HOUR, late - MICROSECOND):
        assert defined(log, dossier.id, position, at) == defined(log, dossier.id, log.head, at)
    assert defined(log, dossier.id, log.head, late) == w.NEW_DESK[0]
