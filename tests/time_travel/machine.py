"""The machine of the chains of acts, which also asks: for past pairs of instants and positions, of dossiers
and registers, over HTTP; each answer beside the naive one, and again and again while the ledger grows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import hypothesis.strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from application.catalogue_loads import load_procedures
from application.changing import Asked
from application.organisation_acts import rename_unit
from application.outages import Announcement, announce
from application.policy import Identity
from domain.local_time import local_date
from domain.refusals import Refused
from interfaces.http.app import create_app
from tests.chains.machine import ChainMachine
from tests.chains.replay import MICROSECOND, Replay, Row
from tests.http.client import services_of
from tests.office.province import LEVELS, SYSTEM, procedure_entry
from tests.time_travel import naive_state as naive

AGAIN = 6
"""How many of the pairs asked before are asked again after each step."""


class TimeMachine(ChainMachine):
    """`asked`: path to the answer's status and bytes, as it came first."""

    auditor: Identity
    last: str

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, tuple[int, bytes]] = {}
        self.turn = 0
        self.api: tuple[Any, Any, Any] | None = None
        self.compared = 0

    @initialize(data=st.data())
    def two_are_filed(self, data: st.DataObject) -> None:
        for procedure in sorted(LEVELS)[:2]:
            self.file(data, procedure)
        self.somebody_asks(data, by_instant=False)

    # what grows besides what the chains do

    @rule(data=st.data(), days=st.integers(1, 20))
    def a_version_is_published(self, data: st.DataObject, days: int) -> None:
        """Of a procedure, from a day on: for whoever asked before it there was none."""
        code = data.draw(st.sampled_from(sorted(LEVELS)))
        known = [r for r in self.replay().rows if "version_published" in r.topic and r.data["code"] == code]
        entry = procedure_entry(code)
        begins = max([local_date(self.now()), *map(_first_day, known)]) + timedelta(days=days)
        further = {**entry["versions"][1], "valid_from": begins, "name": f"Thủ tục {len(known)}"}
        versions = [entry["versions"][0]] * len(known) + [further]
        loading = load_procedures(self.office.registry, SYSTEM, [{"code": code, "versions": versions}])
        assert self.country.run(loading).recorded == 1

    @rule(data=st.data())
    def a_unit_gets_another_name(self, data: st.DataObject) -> None:
        organisation, now = self.country.run(self.office.reader.moment(fresh=True)).organisation, self.now()
        communes = [u for u in organisation.units.values() if u.level == "commune"]
        valid = sorted(u.reference for u in communes if organisation.unit_valid_at(u, now))
        unit, name = data.draw(st.sampled_from(valid)), f"Xã {len(self.asked)}"
        renaming = rename_unit(
            self.office.registry, Asked(self.auditor), unit, name=name, from_=local_date(now), kind=None
        )
        with suppress(Refused):  # it was named on that day before
            self.country.run(renaming)

    @rule(hours=st.integers(1, 40), ahead=st.integers(-48, 48))
    def an_outage_is_announced(self, hours: int, ahead: int) -> None:
        starts = self.now() + timedelta(hours=ahead)
        said = Announcement("portal", starts, starts + timedelta(hours=hours), True, "tests")
        self.country.run(announce(self.office.dossiers, Asked(self.auditor), said))

    @precondition(lambda self: self.dossiers)
    @rule(data=st.data(), back=st.sampled_from([0, 1, 20]))
    def something_is_paid(self, data: st.DataObject, back: int) -> None:
        """Asked for now, and confirmed as paid before that: what banks tell comes late."""
        dossier, code = data.draw(st.sampled_from(self.dossiers))
        replay = self.replay()
        end = replay.rows[-1].position
        if replay.status(dossier, end) != 4:
            return
        officer = self.officer_of(replay.holder(dossier, self.now(), end)[0], replay)
        own = [row for row in replay.rows if row.stream == dossier]
        asked = {"amount_vnd": 20_000, "purpose": "charge", "until": None}
        self.country.run(self.do(officer, code, "request-payment", len(own), asked, None))
        (owed,) = [r.data["obligation"] for r in self.replay().rows[-2:] if "payment_requested" in r.topic]
        when = max(self.now() - timedelta(hours=back), naive.occurred(own[0]))
        paid = {"obligation": UUID(owed), "amount_vnd": 20_000, "paid_at": when, "reference": owed}
        bank = Identity("portal", "bank")
        self.country.run(self.do(bank, code, "confirm-payment", None, paid, when if back else None))  # type: ignore[arg-type]
        for topic in ("payment_requested.v2", "payment_confirmed.v1"):
            self.accepted.append((dossier, f"dossier.{topic}"))

    # asking

    @precondition(lambda self: self.dossiers)
    @rule(data=st.data(), by_instant=st.booleans())
    def somebody_asks(self, data: st.DataObject, by_instant: bool) -> None:
        replay = self.replay()
        dossier, code = data.draw(st.sampled_from(self.dossiers))
        valid = data.draw(st.sampled_from(sorted(self.instants(replay), reverse=True)))
        since = next(n for n, row in enumerate(replay.rows) if row.stream == dossier)
        row = data.draw(st.sampled_from(replay.rows[since:] + replay.rows[:since:10]))
        said, position = str(row.position), row.position
        if by_instant and row.at < self.now():
            said, position = _text(row.at), naive.position_at(replay, row.at)
        then, pair = naive.known(replay, position), f"valid_at={_text(valid)}&known_at={said}"
        self.compare_dossier(code, dossier, then, valid, pair)
        self.compare_units(then, valid, pair, data)
        self.compare_procedures(then, valid, pair)
        self.compare_agencies(then, valid, pair)

    @precondition(lambda self: self.dossiers)
    @rule(data=st.data(), by_instant=st.booleans())
    def somebody_asks_again_and_again(self, data: st.DataObject, by_instant: bool) -> None:
        """Twice as often as anything else happens."""
        self.somebody_asks(data, by_instant)

    def instants(self, replay: Replay) -> set[datetime]:
        """Where something may change: when facts were done and recorded, hours, and a moment beside."""
        near = {row.at for row in replay.rows[-60:]} | {naive.occurred(row) for row in replay.rows[-60:]}
        near |= set(replay.hours.values())
        return {t + by for t in near for by in (-MICROSECOND, timedelta(0), MICROSECOND)}

    def compare_dossier(self, code: str, dossier: UUID, then: Replay, valid: datetime, pair: str) -> None:
        status, told = self.ask(f"/v1/dossiers/{quote(code, safe='')}?{pair}")
        expected = naive.state(then, dossier, valid)
        if expected is None:
            assert status == 404, told
            return
        assert status == 200, self.last
        due = told["due"] or {}
        found = naive.State(
            told["revision"],
            told["status"],
            told["place"]["code"],
            tuple(_instant(due.get(name)) for name in ("statutory", "promised", "extended_until")),
            told["supplements_requested"],
            {owed["obligation"]: owed["paid"] for owed in told["obligations"]},
        )
        assert found == expected, (pair, told)
        self.compare_holder(told["holder"], then.holder(dossier, valid, then.rows[-1].position), pair)
        assert told["known_at"] == then.rows[-1].position
        self.compared += 1
        status, told = self.ask(f"/v1/dossiers/{quote(code, safe='')}/history?{pair}")
        assert status == 200, self.last
        own = [fact["position"] for fact in told["facts"] if fact["type"].startswith("dossier.")]
        assert own == [row.position for row in naive.valid_rows(then, dossier, valid)], pair

    def compare_holder(self, holder: Any, held: Any, pair: str) -> None:
        if held is None:
            assert holder is None, pair
            return
        agency, *others = held
        assert [_instant(holder["since"]), holder["provisional"], holder["custodian"]] == others, pair
        assert holder["custodian"] or holder["agency"] == str(agency), pair

    def compare_units(self, then: Replay, valid: datetime, pair: str, data: st.DataObject) -> None:
        communes = then.valid_units(valid, then.rows[-1].position)
        status, told = self.ask(f"/v1/units?level=commune&{pair}")
        assert status == 200, self.last
        counted = {UUID(unit["id"]) for unit in told["items"]}
        begun = {u for us in communes.values() for u in us if naive.has_begun(then, u, valid)}
        assert counted == begun, pair
        units = [unit for unit, said in then.units.items() if said["level"] == "commune"]
        if not units:
            return
        unit = data.draw(st.sampled_from(units))
        status, told = self.ask(f"/v1/units/{naive.reference(then, unit)}/heirs?{pair}")
        if status == 200:
            assert {UUID(heir["id"]) for heir in told["heirs"]} == naive.heirs(then, unit, valid), pair

    def compare_procedures(self, then: Replay, valid: datetime, pair: str) -> None:
        for code in LEVELS:
            status, told = self.ask(f"/v1/procedures/{code}?{pair}")
            version = naive.procedure_version(then, code, valid)
            assert (told["version"] if status == 200 else None) == version, (pair, told)

    def compare_agencies(self, then: Replay, valid: datetime, pair: str) -> None:
        """Which are open, and who is posted where."""
        position = then.rows[-1].position
        status, told = self.ask(f"/v1/agencies?{pair}")
        assert status == 200, self.last
        is_open = {agency for agency in then.agencies if then.is_open(agency, valid, position)}
        assert {UUID(agency["id"]) for agency in told["items"]} == is_open, pair
        status, told = self.ask(f"/v1/officers?{pair}")
        assert status == 200, self.last
        posted = {
            (UUID(officer["officer"]), UUID(posting["agency"]))
            for officer in told["items"]
            for posting in officer["postings"]
            if {"desk", "handler", "decider"} & set(posting["roles"])
        }
        naively = {(o, a) for a in then.agencies for o in then.posted_at(a, valid, position)}
        assert posted == naively, pair

    @invariant()
    def what_was_answered_is_answered_again(self) -> None:
        """Some of the pairs that were asked before, in turn."""
        for path in self.some():
            assert self.get(path) == self.asked[path], path

    def some(self) -> Iterator[str]:
        paths = list(self.asked)
        for number in range(min(AGAIN, len(paths))):
            yield paths[(self.turn + number) % len(paths)]
        self.turn += AGAIN

    def teardown(self) -> None:
        """All of them, by a process that remembers nothing; then the audit."""
        try:
            self.country.crash()
            for path, first in self.asked.items():
                assert self.get(path) == first, path
            audited = self.country.run(self.office.audited())
            assert audited.ok, audited.findings
        finally:
            self.country.close()

    def ask(self, path: str) -> tuple[int, Any]:
        answered = self.get(path)
        first = self.asked.setdefault(path, answered)
        assert answered == first, path
        return answered[0], httpx.Response(answered[0], content=answered[1]).json()

    def get(self, path: str) -> tuple[int, bytes]:
        answered: tuple[int, bytes] = self.country.run(self._get(path))
        return answered

    async def _get(self, path: str) -> tuple[int, bytes]:
        if self.api is None or self.api[0] is not self.office:
            services = services_of(self.office)
            self.api = self.office, create_app(services), services.tokens
        _, app, tokens = self.api
        token = tokens.issue(self.auditor.kind, self.auditor.id)
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            answer = await http.get(path, headers={"Authorization": f"Bearer {token}"})
        # A refusal names its request by an id of its own.
        self.last = answer.text
        return answer.status_code, answer.content if answer.status_code == 200 else b"{}"


def _text(t: datetime) -> str:
    return quote(t.astimezone(UTC).isoformat())


def _first_day(row: Row) -> date:
    begins = row.data["valid_from"]
    return date.fromisoformat(begins) if begins else date(2025, 1, 1)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
