"""Who holds a dossier: `domain.holding` against a naive replay, over acts, amendments, cancellations,
forwards, recalls and transfers stopped and repeated.

The replay imports nothing of the project. Both must agree at every position p, for t =
every recorded time and every hour, and a microsecond before and after, up to r(p).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.facts import Actor, Envelope, Fact, Personal, Recorded
from domain.handed_over import HandedOver, stream_id
from domain.handover_facts import PartCancelled, PartScheduled
from domain.handover_part import HandoverPart
from domain.holding import (
    DossierHistory,
    HolderSet,
    PlaceKnown,
    StatusKnown,
    Step,
    holder,
    links,
    spells,
    steps_from_parts,
)
from domain.routing import PartRules
from tests.domain.act_contents import AGENCIES, PROCEDURES, UNITS, act_contents, as_draft
from tests.domain.naive_holding import Content, Entry, naive_holder, naive_steps

MICROSECOND = timedelta(microseconds=1)
GRID = timedelta(hours=1)
START = datetime(2025, 6, 30, tzinfo=UTC)


def by(officer: str, at: datetime) -> Envelope:
    return Envelope(actor=Actor("officer", officer), occurred_at=at)


class HoldingMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now, self.position = START, 0
        self.log: list[Entry] = []
        self.contents: dict[Any, Content] = {}
        self.parts: dict[UUID, HandoverPart] = {}
        self.part_facts: list[Recorded[Any]] = []
        self.dossiers: list[UUID] = []
        self.stated: dict[UUID, tuple[Any, ...]] = {}

    def record(self, *entries: Entry) -> None:
        """One fact with one or more aspects, at the next position and the present time."""
        self.position += 1
        self.log += [(self.position, self.now, *entry) for entry in entries]

    def record_part(self, part: HandoverPart | Fact) -> None:
        for fact in part.collect_events() if isinstance(part, HandoverPart) else [part]:
            entry: Entry = ("other",)
            if isinstance(fact, PartScheduled):
                entry = ("schedule", fact.originator_id, fact.part_version, fact.effective_at)
            elif isinstance(fact, PartCancelled):
                entry = ("cancel", fact.originator_id)
            self.record(entry)
            self.part_facts.append(Recorded(fact, self.position, self.now, b""))

    def steps(self, position: int) -> tuple[Step, ...]:
        return steps_from_parts(
            [r for r in self.part_facts if isinstance(r.fact, PartScheduled)],
            [r for r in self.part_facts if isinstance(r.fact, PartCancelled)],
            lambda part, version: PartRules.of(as_draft(self.contents[part, version], START)),
            position,
        )

    def history(self, d: UUID) -> DossierHistory:
        of_d = [e for e in self.log if e[2] in ("H", "place", "status") and e[3] == d]
        return DossierHistory(
            tuple(HolderSet(e[4], e[1], e[0]) for e in of_d if e[2] == "H"),
            tuple(PlaceKnown(e[4], e[5], e[1], e[0]) for e in of_d if e[2] == "place"),
            tuple(StatusKnown(e[4], e[1], e[0]) for e in of_d if e[2] == "status"),
        )

    def hour_is_free(self, hour: datetime, content: Content, part: UUID | None = None) -> bool:
        """A second act on the same agency and hour is refused; an amendment has its instant alone."""
        others = [step for step in naive_steps(self.log) if step[0] == hour and step[2] != part]
        late = any(step[0] == hour and step[3] > 1 for step in others)
        return not late and not any(
            set(self.contents[s[2], s[3]]["heirs"]) & set(content["heirs"]) for s in others
        )

    # time and dossiers

    @initialize(data=st.data())
    def open_with_two(self, data: st.DataObject) -> None:
        for _ in range(2):
            place, procedure = (
                data.draw(st.sampled_from([*UNITS, None])),
                data.draw(st.sampled_from(PROCEDURES)),
            )
            self.submit(data.draw(st.sampled_from(AGENCIES)), place, procedure, 2)

    @rule(delta=st.sampled_from([MICROSECOND, GRID, GRID, 2 * GRID]))
    def time_passes(self, delta: timedelta) -> None:
        self.now += delta

    @rule()
    def the_next_hour_comes(self) -> None:
        ahead = [step[0] for step in naive_steps(self.log) if step[0] > self.now]
        self.now = min(ahead, default=self.now)

    @precondition(lambda self: len(self.dossiers) < 4)
    @rule(
        agency=st.sampled_from(AGENCIES),
        place=st.sampled_from([*UNITS, None]),
        procedure=st.sampled_from(PROCEDURES),
        status=st.sampled_from([1, 2, 4, None]),
    )
    def submit(self, agency: UUID, place: UUID | None, procedure: str | None, status: int | None) -> None:
        d = UUID(int=0xD0 + len(self.dossiers))
        self.dossiers.append(d)
        self.record(("H", d, agency), ("place", d, place, procedure), ("status", d, status))

    @precondition(lambda self: self.dossiers)
    @rule(data=st.data(), to=st.sampled_from(AGENCIES))
    def forward(self, data: st.DataObject, to: UUID) -> None:
        """Also a coordination decision, and a back-dated step: only the recorded time counts."""
        self.record(("H", data.draw(st.sampled_from(self.dossiers)), to))

    @precondition(lambda self: self.dossiers)
    @rule(data=st.data(), status=st.sampled_from([4, 6, 9]))
    def recall(self, data: st.DataObject, status: int) -> None:
        d = data.draw(st.sampled_from(self.dossiers))
        earlier = [e[4] for e in self.log if e[2] == "H" and e[3] == d]
        self.record(("H", d, earlier[-2:][0]), ("status", d, status))

    @precondition(lambda self: self.dossiers)
    @rule(data=st.data(), status=st.sampled_from([3, 4, 5, 7, 8, 9, 10]))
    def advance(self, data: st.DataObject, status: int) -> None:
        self.record(("status", data.draw(st.sampled_from(self.dossiers)), status))

    @precondition(lambda self: self.dossiers)
    @rule(data=st.data(), place=st.sampled_from([*UNITS, None]))
    def correct_place(self, data: st.DataObject, place: UUID | None) -> None:
        d = data.draw(st.sampled_from(self.dossiers))
        procedure = next(e[5] for e in self.log if e[2] == "place" and e[3] == d)
        self.record(("place", d, place, procedure))

    # acts

    @precondition(lambda self: len(self.parts) < 4)
    @rule(content=act_contents(), ahead=st.integers(-2, 4))
    def schedule(self, content: Content, ahead: int) -> None:
        """In time, or after its hour."""
        hour = START + GRID * ((self.now - START) // GRID + ahead)
        if not self.hour_is_free(max(hour, self.now), content):
            return
        part = HandoverPart(UUID(int=0xC0 + len(self.parts)))
        part.draft(by("1", self.now), as_draft(content, hour))
        part.simulate(by("1", self.now), at_position=self.position, counts={})
        for officer in ("1", "2"):
            part.approve(by(officer, self.now), digest=part.digest())
        part.schedule(by("1", self.now), digest=part.digest())
        self.parts[part.id] = part
        self.contents[part.id, 1] = content
        self.record_part(part)

    @precondition(lambda self: any(not part.cancelled for part in self.parts.values()))
    @rule(data=st.data(), content=act_contents(), same_ends=st.booleans())
    def amend(self, data: st.DataObject, content: Content, same_ends: bool) -> None:
        """A later version of a scheduled part, before its hour or after it."""
        part = data.draw(st.sampled_from([p for p in self.parts.values() if not p.cancelled]))
        version = max(v for p, v in self.contents if p == part.id) + 1
        living = {*content["receivers"].values(), content["desk"], *content["heirs"].values()}
        first = self.contents[part.id, 1]["heirs"]
        if same_ends and not living & first.keys() and not set(first.values()) & first.keys():
            content = {**content, "heirs": first}
        self.now += MICROSECOND
        hour = max(self.now, part.effective_at)
        late = hour == self.now and any(step[0] == hour for step in naive_steps(self.log))
        if late or not self.hour_is_free(hour, content, part.id):
            return
        self.contents[part.id, version] = content
        self.record_part(
            PartScheduled(
                originator_id=part.id,
                originator_version=version,
                envelope=by("1", self.now),
                part_version=version,
                digest="",
                effective_at=part.effective_at,
            )
        )

    @precondition(lambda self: any(self.cancellable(part) for part in self.parts.values()))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        part = data.draw(st.sampled_from([p for p in self.parts.values() if self.cancellable(p)]))
        part.cancel(by("1", self.now), now=self.now, reason=Personal(part.id, "withdrawn"))
        self.record_part(part)

    def cancellable(self, part: HandoverPart) -> bool:
        return not part.cancelled and self.now < part.effective_at

    @precondition(lambda self: self.dossiers and self.parts)
    @rule(stop_after=st.integers(1, 12))
    def transfer(self, stop_after: int) -> None:
        """State what the steps did, stopping at any point; what was stated before is stated again alike,
        and it moves nobody."""
        steps = self.steps(self.position)
        for d, step in [(d, s) for s in steps if s.hour <= self.now for d in self.dossiers][:stop_after]:
            after = holder(self.history(d), steps, step.hour, self.position)
            before = holder(self.history(d), steps, step.hour - MICROSECOND, self.position)
            if after is None or before is None or after.by != step.key or after.ended_here:
                continue
            stream = stream_id(step.part_id, step.part_version, d, step.hour)
            says = (before.agency, after.agency, after.rule, after.provisional)
            if self.stated.setdefault(stream, says) is says:
                self.record(("other", HandedOver(stream).id))
            assert self.stated[stream] == says

    # the comparison

    def teardown(self) -> None:
        hours = {step.hour for step in self.steps(self.position)}
        times = {
            near
            for at in {e[1] for e in self.log} | hours
            for near in (at - MICROSECOND, at, at + MICROSECOND)
        }
        answers: dict[tuple[UUID, datetime], Any] = {}
        for position in range(1, self.position + 1):
            log = [e for e in self.log if e[0] <= position]
            naive, steps = naive_steps(log), self.steps(position)
            assert [(s.hour, s.part_id, s.part_version) for s in steps] == [(s[0], *s[2:]) for s in naive]
            for d in self.dossiers:
                whole = spells(self.history(d).up_to(position), steps)
                for t in sorted(t for t in times if t <= log[-1][1]):
                    expected = naive_holder(log, self.contents, naive, d, t)
                    held = holder(self.history(d), steps, t, position)
                    found = held and (held.agency, held.since, held.provisional, held.ended_here)
                    assert found == expected, (position, t)
                    assert ([None, *(spell for spell in whole if spell.since <= t)])[-1] == held
                    if answers.setdefault((d, t), expected) != expected:
                        raise AssertionError(f"who held {d} at {t} changed at {position}")
                    if t == log[-1][1]:
                        del answers[d, t]  # what is recorded later in this very instant may still count
        self.links_foresee(hours)

    def links_foresee(self, hours: set[datetime]) -> None:
        """What a read model stores once answers for every hour to come, if nothing else is recorded."""
        steps = self.steps(self.position)
        naive = naive_steps(self.log)
        for d in self.dossiers:
            stored = links(self.history(d), steps)
            for t in (t for t in hours if t >= stored[0].since):
                held = [link for link in stored if link.since <= t][-1]
                found = (held.agency, held.since, held.provisional, held.ended_here)
                assert found == naive_holder(self.log, self.contents, naive, d, t)


COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def test_the_definition_and_a_naive_replay_agree() -> None:
    run_state_machine_as_test(
        HoldingMachine,
        settings=settings(max_examples=400, stateful_step_count=40, **COMMON),  # type: ignore[arg-type]
    )


@pytest.mark.slow
def test_the_definition_and_a_naive_replay_agree_over_many_more_histories() -> None:
    run_state_machine_as_test(
        HoldingMachine,
        settings=settings(max_examples=3000, stateful_step_count=60, **COMMON),  # type: ignore[arg-type]
    )
