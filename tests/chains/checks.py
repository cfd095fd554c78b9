"""The six invariants of a handover, at every position of a log, against the naive replay of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from application.organisation import Organisation
from tests.chains.replay import CONCLUDED, MICROSECOND, Replay, Row


def one_holder_that_can_open_it(replay: Replay) -> None:
    """1. At every position each dossier that is not concluded has one holder, which is open and has somebody
    posted; and every fact of the dossier states that holder."""
    hours = [step[0] for step in replay.steps(replay.rows[-1].position)]
    for number, row in enumerate(replay.rows):
        following = replay.rows[number + 1].at if number + 1 < len(replay.rows) else row.at
        instants = {row.at, *(hour for hour in hours if row.at < hour < following)}
        for at in sorted(instants):
            for dossier in {e[3] for e in replay.entries if e[2] == "H" and e[0] <= row.position}:
                _held(replay, row, dossier, at)


def _held(replay: Replay, row: Row, dossier: UUID, at: datetime) -> None:
    held = replay.holder(dossier, at, row.position)
    assert held is not None, (row.position, dossier)
    where = (row.position, str(dossier), str(held[0]), at.isoformat())
    if replay.status(dossier, row.position) not in CONCLUDED:
        assert not held[3], where
        assert replay.is_open(held[0], at, row.position), where
        assert replay.posted_at(held[0], at, row.position), where
    if row.topic.startswith("dossier.") and row.stream == dossier and at == row.at and not held[3]:
        assert UUID(row.body["holder"]) == held[0], where


def the_past_never_changes(replay: Replay) -> None:
    """Who held at an instant is the same as known at every later position."""
    answers: dict[tuple[UUID, datetime], Any] = {}
    times = sorted({row.at for row in replay.rows})
    for row in replay.rows[:: max(1, len(replay.rows) // 40)]:
        for dossier in replay.dossiers:
            for t in [t for t in times if t < row.at][::3]:
                held = replay.holder(dossier, t, row.position)
                assert answers.setdefault((dossier, t), held) == held, (row.position, dossier, t)


def dossiers_unchanged(replay: Replay, accepted: list[tuple[UUID, str]]) -> None:
    """2 and 3. A dossier's stream has the facts of the commands accepted on it, each once, in their order,
    and besides only how they moved its clock: no handover touches its code, revision, components, payments
    or dates."""
    streams: dict[UUID, list[str]] = {}
    for row in replay.rows:
        if row.topic.startswith("dossier."):
            streams.setdefault(row.stream, []).append(row.topic)
            assert row.version == len(streams[row.stream])
    of_acts = {s: [t for t in topics if not t.startswith("dossier.clock_")] for s, topics in streams.items()}
    expected: dict[UUID, list[str]] = {}
    for dossier, topic in accepted:
        expected.setdefault(dossier, []).append(topic)
    assert of_acts == expected


def one_unit_per_place(replay: Replay, organisation: Organisation) -> None:
    """4. At every instant a code names one commune, by the naive reading of the law and by the ledger's; and
    every commune of the beginning has living heirs, all valid."""
    position = replay.rows[-1].position
    hours = set(replay.hours.values())
    for t in sorted({near for hour in hours for near in (hour - MICROSECOND, hour)} | {replay.rows[-1].at}):
        valid = replay.valid_units(t, position)
        assert all(len(units) == 1 for units in valid.values()), (t, valid)
        found = {
            unit.id
            for unit in organisation.units.values()
            if unit.level == "commune" and organisation.unit_valid_at(unit, t)
        }
        assert found == {unit for units in valid.values() for unit in units}, t


def transfers_stated_once(replay: Replay) -> None:
    """5. What the transfers have stated, however often they were stopped and run: for each dossier that a
    step moved one fact, saying what the definition says."""
    stated = {}
    for row in replay.rows:
        if row.topic.startswith("handover.dossier_handed_over."):
            data = row.data
            key = (UUID(data["dossier"]), UUID(data["part"]), data["part_version"])
            assert key not in stated, "stated twice"
            stated[key] = (
                UUID(data["from_agency"]),
                UUID(data["to_agency"]),
                data["provisional"],
                datetime.fromisoformat(data["effective_at"]),
            )
            before = [r for r in replay.rows if r.stream == key[0] and r.at < stated[key][3]]
            assert data["revision"] == len(before)
            assert data["code"] == before[0].data["code"]
    expected = replay.expected_transfers()
    missing, extra = expected.keys() - stated.keys(), stated.keys() - expected.keys()
    steps = replay.steps(replay.rows[-1].position)
    assert stated == expected, ("not stated", missing, "stated and not expected", extra, steps)


def the_ledgers_own_reading(replay: Replay, histories: dict[UUID, Any], steps_at: Any, holder: Any) -> None:
    """The project's definition of the holder against the naive one, at every position."""
    for row in replay.rows:
        steps = steps_at(row.position)
        for dossier, history in histories.items():
            naive = replay.holder(dossier, row.at, row.position)
            held = holder(history, steps, row.at, row.position)
            found = held and (held.agency, held.since, held.provisional, held.ended_here)
            assert found == naive, (row.position, dossier)
