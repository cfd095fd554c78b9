"""A transfer in shares: the same facts whatever the number of processes, finished once, each dossier told."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import UUID

from application.ports import StoredFact
from application.statement import statement, steps_of, until
from application.transfer import WHOLE, Outcome, Progress, Share, transfer
from domain.facts import Category
from domain.handed_over_facts import DossierHandedOver
from domain.handover_facts import TransferFinished
from tests.office.test_receiving import part_of
from tests.office.world import DISTRICT, HOUR, Office

PLACES = ("07201@2025-06-01", "07207@2025-06-01", "07210@2025-06-01")


async def past_the_hour(office: Office, dossiers: int) -> None:
    for number in range(dossiers):
        await office.filed(DISTRICT, PLACES[number % 3])
    await office.scheduled()
    await office.move_clock(HOUR)


async def run(
    office: Office, share: Share = WHOLE, told: list[Outcome] | None = None, busy: float = 1.0
) -> Progress:
    last = None
    tell = (lambda _: None) if told is None else told.append
    operator = office.officers["first operator"]
    async for progress in transfer(
        office.handovers, operator, part_of(office), share=share, tell=tell, busy=busy
    ):
        last = progress
    assert last is not None
    return last


async def finished(office: Office) -> list[TransferFinished]:
    facts = await office.opened.ledger.facts_of([part_of(office)])
    return [r.fact for r in facts if isinstance(r.fact, TransferFinished)]


async def stated(office: Office) -> dict[UUID, dict[str, Any]]:
    """What each `HandedOver` says, by dossier."""
    rows = await office.opened.recorder.events_after(0, 10_000, (Category.HANDED_OVER,))
    found: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        fact = office.opened.codec.decode(row).fact
        assert isinstance(fact, DossierHandedOver)
        assert fact.dossier not in found
        found[fact.dossier] = vars(fact)
    return found


async def expected(office: Office) -> dict[UUID, dict[str, Any]]:
    """The same from the definition, dossier by dossier, without the transfer."""
    moment = await office.reader.moment(fresh=True)
    (step,) = steps_of(moment, part_of(office))
    rows = await office.opened.recorder.events_after(0, 10_000, (Category.DOSSIER,))
    facts: dict[UUID, list[Any]] = {}
    for row in rows:
        if row.recorded_at < step.hour:
            facts.setdefault(row.stream_id, []).append(office.opened.codec.decode(row))
    organisation = moment.organisation
    said = {d: statement(organisation, until(organisation, step), step, f) for d, f in facts.items()}
    return {dossier: fields for dossier, fields in said.items() if fields is not None}


async def test_shares_leave_the_end_to_the_run_that_finds_everything_stated(office: Office) -> None:
    await past_the_hour(office, 32)  # so many that no share is empty by chance
    first = await run(office, Share(1, 2))
    assert first.position == 0
    assert not await finished(office)
    second = await run(office, Share(2, 2))
    assert first.total + second.total == 32
    assert second.position > 0
    (fact,) = await finished(office)
    assert fact.handed_over == 32
    truth = await expected(office)
    found = await stated(office)
    assert {d: {name: f[name] for name in truth[d]} for d, f in found.items()} == truth


async def test_shares_at_once_and_a_whole_run_beside_them_write_each_fact_once(office: Office) -> None:
    await past_the_hour(office, 12)
    done = await asyncio.gather(*(run(office, Share(n, 3)) for n in (1, 2, 3)), run(office, busy=0.5))
    assert sum(progress.written for progress in done) == 12
    assert len(await stated(office)) == 12
    (fact,) = await finished(office)
    assert fact.handed_over == 12
    again = await run(office, Share(1, 3))
    assert (again.written, again.found, len(await finished(office))) == (0, again.total, 1)


async def test_the_digest_of_the_list_is_the_same_in_shares_and_whole(office: Office) -> None:
    await past_the_hour(office, 9)
    for number in (3, 1, 2):
        await run(office, Share(number, 3))
    (in_shares,) = await finished(office)
    await run(office)
    moved = sorted(await stated(office))
    assert in_shares.digest == hashlib.sha256(b"".join(dossier.bytes for dossier in moved)).hexdigest()


async def test_every_dossier_has_its_outcome(office: Office) -> None:
    await past_the_hour(office, 5)
    told: list[Outcome] = []
    await run(office, Share(1, 2))
    last = await run(office, told=told)
    counted = Counter(outcome.outcome for outcome in told)
    assert counted == Counter(written=last.written, found=last.found)  # one share may be empty by chance
    positions = {outcome.dossier: outcome.position for outcome in told}
    rows = await office.opened.recorder.events_after(0, 10_000, (Category.HANDED_OVER,))
    truth = {office.opened.codec.decode(row).fact.dossier: row.position for row in rows}  # type: ignore[attr-defined]
    assert positions == truth


class Damaged:
    """The office's recorder, but the stored bytes of one dossier cannot be read."""

    def __init__(self, office: Office, dossier: UUID) -> None:
        self._recorder = office.opened.recorder
        self._dossier = dossier

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recorder, name)

    async def events_of_many(self, *asked: Any) -> list[StoredFact]:
        rows = await self._recorder.events_of_many(*asked)
        return [replace(r, payload=b"{") if r.stream_id == self._dossier else r for r in rows]


async def test_one_dossier_that_cannot_be_read_is_named_and_keeps_no_other_from_its_transfer(
    office: Office,
) -> None:
    await past_the_hour(office, 3)
    rows = await office.opened.recorder.events_after(0, 10_000, (Category.DOSSIER,))
    broken = rows[0].stream_id
    whole = office.handovers.ledger.recorder
    office.handovers.ledger.recorder = Damaged(office, broken)
    told: list[Outcome] = []
    last = await run(office, told=told)
    assert (last.written, last.refused, last.position) == (2, 1, 0)
    (refused,) = [outcome for outcome in told if outcome.outcome == "refused"]
    assert refused.dossier == broken
    assert refused.reason is not None
    assert "cannot be read" in refused.reason
    assert not await finished(office)
    office.handovers.ledger.recorder = whole
    assert (await run(office)).written == 1
    assert len(await finished(office)) == 1
