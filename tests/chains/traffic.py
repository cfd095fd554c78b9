"""What the machine does between acts: time, filing, work at the desks; and what it remembers of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from application.dossiers import act, load
from application.policy import Identity
from domain.delegation_rules import SIGNED_THEN
from domain.local_time import day_start, local_date
from domain.refusals import Refused
from tests.chains.land import Land, Planned
from tests.chains.office import Country
from tests.chains.replay import Replay
from tests.office.province import LEVELS

PROCEDURES = list(LEVELS)
LATEST = day_start(date(2025, 9, 1))
TOPICS = {
    "accept": "accepted.v1", "assign": "assigned.v1", "finish": "finished.v1", "stop": "stopped.v1",
    "return-result": "result_returned.v1", "request-supplement": "supplement_requested.v3",
    "correct": "corrected.v1", "submit-supplement": "supplement_submitted.v1", "consult": "consulted.v1",
}  # fmt: skip
CLOCK = ("request-supplement", "submit-supplement")
"""Acts that stop a clock and let it go on, in that order; what they record besides follows from them."""


class TrafficMachine(RuleBasedStateMachine):
    country: Country

    def __init__(self) -> None:
        super().__init__()
        self.land = Land.first()
        self.planned: list[Planned] = []
        self.dossiers: list[tuple[UUID, str]] = []
        self.accepted: list[tuple[UUID, str]] = []
        self.acts = 0

    # helpers

    @property
    def office(self) -> Any:
        return self.country.office

    def now(self) -> datetime:
        return self.country.run(self.country.now())

    def replay(self) -> Replay:
        return self.country.run(self.country.rows())

    def number(self) -> str:
        self.acts += 1
        return f"{self.acts}/NQ-HĐND"

    def day(self, ahead: int) -> Any:
        """A day for the next act: after today and not before the last one planned."""
        first = local_date(self.now()) + timedelta(days=1)
        return max([first, *(planned.day for planned in self.planned)]) + timedelta(days=ahead)

    def schedule(self, kind: str, document: dict[str, Any], day: Any, before: Land) -> None:
        part = self.country.run(self.country.scheduled(document))
        self.planned.append(Planned(kind, document, day, before, part))

    def officer_of(self, agency: UUID, replay: Replay) -> Identity:
        return Identity("officer", str(replay.posted_at(agency, self.now(), replay.rows[-1].position)[0]))

    # time and traffic

    @rule(hours=st.sampled_from([1, 5, 24]))
    def time_passes(self, hours: int) -> None:
        to = self.now() + timedelta(hours=hours)
        if to < LATEST:
            self.country.run(self.office.move_clock(to))

    @precondition(lambda self: self.planned)
    @rule()
    def the_next_hour_comes(self) -> None:
        """What an officer reads of a dossier is the same a moment before and after it, but for the holder."""
        now = self.now()
        ahead = [day_start(planned.day) for planned in self.planned if day_start(planned.day) > now]
        if not ahead or min(ahead) >= LATEST:
            return
        before = [self.seen(code) for _, code in self.dossiers]
        self.country.run(self.office.move_clock(min(ahead)))
        assert [self.seen(code) for _, code in self.dossiers] == before

    def seen(self, code: str) -> tuple[Any, ...]:
        async def look() -> tuple[Any, ...]:
            known = await load(self.office.dossiers, code, await self.office.reader.moment(fresh=True))
            d = known.dossier
            return d.code, d.version, d.status, d.components, d.obligations, d.statutory_due, d.promised

        return self.country.run(look())

    @precondition(lambda self: len(self.dossiers) < 6)
    @rule(data=st.data(), procedure=st.sampled_from(PROCEDURES))
    def file(self, data: st.DataObject, procedure: str) -> None:
        """At a desk that is open now, for a commune that is valid now."""
        replay, now = self.replay(), self.now()
        end = replay.rows[-1].position
        organisation = self.country.run(self.office.reader.moment(fresh=True)).organisation
        desks = sorted(
            organisation.agencies[a].identifier for a in replay.agencies if replay.is_open(a, now, end)
        )
        units = sorted(u for units in replay.valid_units(now, end).values() for u in units)
        desk, unit = data.draw(st.sampled_from(desks)), data.draw(st.sampled_from(units))
        at = organisation.agency_by_identifier(desk).id
        self.office.officers[desk] = self.officer_of(at, replay)
        try:
            answer = self.country.run(self.office.filed(desk, organisation.units[unit].reference, procedure))
        except Refused as refused:
            if "abolished" not in refused.rule.id:
                raise
            return
        dossier = self.country.run(self.office.opened.ledger.find("dossier_code", answer.code))
        self.dossiers.append((dossier, answer.code))
        self.accepted += [(dossier, "dossier.submitted.v3"), (dossier, "dossier.accepted.v1")]

    @precondition(lambda self: self.dossiers)
    @rule(data=st.data(), back=st.sampled_from([0, 0, 0, 30]))
    def work(self, data: st.DataObject, back: int) -> None:
        """By an officer whom the naive replay finds at the holder; some steps are recorded hours later. A
        decision dated before an hour counts only if that officer was where the dossier lay then."""
        dossier, code = data.draw(st.sampled_from(self.dossiers))
        replay = self.replay()
        end = replay.rows[-1].position
        status = replay.status(dossier, end)
        choices = {2: ["assign"], 4: ["finish", "stop", "request-supplement", "consult", "correct"],
                   5: ["submit-supplement"], 9: ["return-result"]}.get(status or 0)  # fmt: skip
        if choices is None:
            return
        agency = replay.holder(dossier, self.now(), end)[0]
        officer = self.officer_of(agency, replay)
        name = data.draw(st.sampled_from(choices))
        fields = self.fields(name, officer, agency, replay, dossier, data)
        revision = sum(row.stream == dossier for row in replay.rows)
        first = next(row.at for row in replay.rows if row.stream == dossier)
        when = self.now() - timedelta(hours=0 if name in CLOCK else back)
        earlier = when if back and when > first else None
        try:
            self.country.run(self.do(officer, code, name, revision, fields, earlier))
        except Refused as refused:
            if refused.rule is not SIGNED_THEN or earlier is None:
                raise
            then = replay.posted_at(replay.holder(dossier, earlier, end)[0], earlier, end)
            assert officer.uuid not in then, "who was posted where it lay then may sign for then"
            return
        self.accepted.append((dossier, f"dossier.{TOPICS[name]}"))

    async def do(self, officer: Any, code: str, name: str, revision: int, fields: Any, when: Any) -> None:
        await act(
            self.office.dossiers, officer, code, name, fields,
            command=self.office.command(), revision=revision, occurred_at=when,
        )  # fmt: skip

    def fields(
        self, name: str, officer: Identity, agency: UUID, replay: Replay, dossier: UUID, data: st.DataObject
    ) -> dict[str, Any]:
        units = sorted(
            u for us in replay.valid_units(self.now(), replay.rows[-1].position).values() for u in us
        )
        organisation = self.country.run(self.office.reader.moment(fresh=True)).organisation
        place_drawn = organisation.units[data.draw(st.sampled_from(units))].reference
        revision = next(r.version for r in replay.rows if r.stream == dossier)
        every: dict[str, dict[str, Any]] = {
            "assign": {"officer": officer.uuid},
            "finish": {"outcome": "granted"},
            "stop": {"ground": "other", "reason": "dừng"},
            "request-supplement": {"request": "bổ sung", "components": [], "not_followed": "thiếu như cũ"},
            "submit-supplement": {"components": []},
            "consult": {"agency": agency, "question": "hỏi"},
            "return-result": {"way": "counter"},
            "correct": {"corrects": revision, "place": place_drawn, "note": "nhầm xã"},
        }
        return every[name]
