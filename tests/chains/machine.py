"""The machine: acts by chance, stopped transfers, answers, lost memory; all checks at the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
from hypothesis.stateful import precondition, rule

from application.amending import amend
from application.handovers import cancel
from application.receiving import acknowledge, place, refuse
from application.refusals import BadRequest, NotAllowed, NotFound
from domain.dossier_timeline import timeline
from domain.holding import holder
from domain.local_time import day_start, local_date
from domain.refusals import Refused
from tests.chains import checks
from tests.chains.land import Planned, corrected, merge, rename, split
from tests.chains.traffic import TrafficMachine


class ChainMachine(TrafficMachine):
    # acts

    @rule(data=st.data(), ahead=st.integers(0, 2), reuse=st.booleans())
    def merge_two(self, data: st.DataObject, ahead: int, reuse: bool) -> None:
        if len(self.land.places) < 2 or self.acts > 7:
            return
        chosen = data.draw(
            st.lists(st.sampled_from(sorted(self.land.places)), min_size=2, max_size=2, unique=True)
        )
        day, before = self.free_day(ahead, chosen), self.land.copy()
        self.schedule("merge", merge(self.land, chosen, day, self.number(), reuse=reuse), day, before)

    @rule(data=st.data(), ahead=st.integers(0, 2), default=st.booleans())
    def split_one(self, data: st.DataObject, ahead: int, default: bool) -> None:
        able = sorted(d for d, p in self.land.places.items() if len(p.officers) >= 2)
        if not able or self.acts > 7:
            return
        desk = data.draw(st.sampled_from(able))
        day, before = self.free_day(ahead, [desk]), self.land.copy()
        officers = {number: identity.id for number, identity in self.office.officers.items()}
        document = split(self.land, desk, day, self.number(), default=default, officers=officers)
        self.schedule("split", document, day, before)

    @rule(data=st.data(), ahead=st.integers(0, 2))
    def rename_one(self, data: st.DataObject, ahead: int) -> None:
        if self.acts > 7:
            return
        desk = data.draw(st.sampled_from(sorted(self.land.places)))
        day, before = self.free_day(ahead, [desk]), self.land.copy()
        self.schedule("rename", rename(self.land, desk, day, self.number()), day, before)

    def free_day(self, ahead: int, desks: list[str]) -> Any:
        """Not the day on which one of these communes begins."""
        begun = max(self.land.places[desk].begun for desk in desks)
        return max(self.day(ahead), begun + timedelta(days=1))

    @rule(data=st.data(), ago=st.integers(1, 3))
    def an_act_is_recorded_late(self, data: st.DataObject, ago: int) -> None:
        """Its hour lies before today: units by law since then, dossiers from its recording on."""
        day = local_date(self.now()) - timedelta(days=ago)
        able = sorted(d for d, p in self.land.places.items() if p.begun < day)
        if len(able) < 2 or self.acts > 7:
            return
        chosen = data.draw(st.lists(st.sampled_from(able), min_size=2, max_size=2, unique=True))
        before = self.land.copy()
        self.schedule("late", merge(self.land, chosen, day, self.number(), reuse=False), day, before)

    @precondition(lambda self: any(planned.kind in ("merge", "split") for planned in self.planned))
    @rule(data=st.data(), how=st.sampled_from(["default", "level", "receivers"]))
    def amend_one(self, data: st.DataObject, how: str) -> None:
        """Before its hour or after it."""
        able = [planned for planned in self.planned if planned.kind in ("merge", "split")]
        planned = data.draw(st.sampled_from(able))
        changed = corrected(planned.document, how)
        if changed == planned.document:
            return
        file = self.country.prepared(changed)
        try:
            self.country.run(amend(self.office.handovers, self.country.operator(), planned.part, file))
            self.country.run(self.country.through(planned.part))
        except Refused as refused:
            if refused.rule.id != "handover.receives_open" or not self.receiver_is_gone(planned):
                raise
            return
        planned.document = changed

    def receiver_is_gone(self, planned: Planned) -> bool:
        """Whether a later act has ended a desk to which the amended one would hand something now."""
        begun = {entry["identifier"] for entry in planned.document["parts"][0]["agencies"]["begins"]}
        return any(
            end["agency"] in begun
            for other in self.planned
            for end in other.document["parts"][0]["agencies"]["ends"]
        )

    @precondition(lambda self: self.planned)
    @rule(data=st.data())
    def cancel_one(self, data: st.DataObject) -> None:
        """Only before its hour, and only what no other act builds on; what is refused changes nothing."""
        number = data.draw(st.integers(0, len(self.planned) - 1))
        planned, rows = self.planned[number], len(self.replay().rows)
        try:
            self.country.run(cancel(self.office.handovers, self.country.operator(), planned.part, "thôi"))
        except Refused as refused:
            if refused.rule.id not in ("handover.hour_passed", "handover.needed_by"):
                raise
            assert len(self.replay().rows) == rows
            assert day_start(planned.day) <= self.now() or number < len(self.planned) - 1
            return
        assert self.now() < day_start(planned.day)
        del self.planned[number]
        if number == len(self.planned):
            self.land = planned.before
        else:
            self.replan(number, planned)

    def replan(self, number: int, gone: Planned) -> None:
        """Nothing that came later named what this act began: its communes are as before it, now and in what
        each later act found."""
        begun = {entry["identifier"] for entry in gone.document["parts"][0]["agencies"]["begins"]}
        ended = {end["agency"] for end in gone.document["parts"][0]["agencies"]["ends"]}
        for land in (self.land, *(later.before for later in self.planned[number:])):
            kept = {desk: p for desk, p in land.places.items() if desk not in begun}
            land.places = kept | {desk: gone.before.places[desk] for desk in ended}

    # after the hour

    @precondition(lambda self: self.planned)
    @rule(data=st.data(), stop_after=st.sampled_from([1, None]))
    def run_transfer(self, data: st.DataObject, stop_after: int | None) -> None:
        planned = data.draw(st.sampled_from(self.planned))
        try:
            self.country.run(self.country.transferred(planned.part, stop_after))
        except BadRequest as refused:
            if refused.code != "before_the_hour" or self.now() >= day_start(planned.day):
                raise

    @precondition(lambda self: self.planned and self.dossiers)
    @rule(data=st.data(), say=st.sampled_from(["acknowledge", "refuse", "place"]))
    def somebody_answers(self, data: st.DataObject, say: str) -> None:
        """By whoever holds it; what is not to be answered or decided is refused."""
        planned, (dossier, _) = (
            data.draw(st.sampled_from(self.planned)),
            data.draw(st.sampled_from(self.dossiers)),
        )
        replay = self.replay()
        end = replay.rows[-1].position
        agency = replay.holder(dossier, self.now(), end)[0]
        officer, handovers = self.officer_of(agency, replay), self.office.handovers
        to = data.draw(
            st.sampled_from(sorted(a for a in replay.agencies if replay.is_open(a, self.now(), end)))
        )
        try:
            if say == "acknowledge":
                self.country.run(acknowledge(handovers, officer, planned.part, agency, [dossier]))
            elif say == "refuse":
                self.country.run(refuse(handovers, officer, planned.part, agency, [dossier], reason="không"))
            else:
                self.country.run(place(handovers, self.country.operator(), planned.part, dossier, to, "vì"))
        except (Refused, BadRequest, NotFound, NotAllowed):
            assert len(self.replay().rows) == len(replay.rows)

    @rule()
    def the_process_is_gone(self) -> None:
        self.country.crash()

    # at the end

    def teardown(self) -> None:
        try:
            self.run_all_transfers()
            replay = self.replay()
            moment = self.country.run(self.office.reader.moment(fresh=True))
            checks.one_holder_that_can_open_it(replay)
            checks.the_past_never_changes(replay)
            checks.dossiers_unchanged(replay, self.accepted)
            checks.one_unit_per_place(replay, moment.organisation)
            checks.transfers_stated_once(replay)
            histories = {d: self.history(d, moment.organisation) for d, _ in self.dossiers}
            checks.the_ledgers_own_reading(replay, histories, moment.organisation.steps_known_at, holder)
            audited = self.country.run(self.office.audited())
            assert audited.ok, audited.findings
        finally:
            self.country.close()

    def run_all_transfers(self) -> None:
        """Twice: the second run finds everything written."""
        now = self.now()
        effective = [planned.part for planned in self.planned if day_start(planned.day) <= now]
        for _ in range(2):
            progress = [self.country.run(self.country.transferred(part)) for part in effective]
        assert all(last is None or last.written == 0 for last in progress if effective)

    def history(self, dossier: UUID, organisation: Any) -> Any:
        streams = [dossier, *organisation.placement_streams(dossier, self.now())]
        return timeline(self.country.run(self.office.opened.ledger.facts_of(streams)))
