"""The audit sees who acted through a posting that was not theirs to act through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from application import absences
from application.changing import Asked
from domain.dossier import Dossier
from domain.facts import Actor, Envelope
from tests.office.world import DISTRICT, OLD_DESKS, Office, open_office
from tests.support import Database

OLD = OLD_DESKS["07207"]


@pytest.fixture
async def damaged(database: Database) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        yield opened


async def acted_by(office: Office, actor: str, posting: Any) -> None:
    """A fact in the log that no policy was asked of."""
    filed = await office.filed(OLD, "07207")
    stream = await office.opened.ledger.find("dossier_code", filed.code)
    assert stream is not None
    dossier = await office.opened.ledger.load(Dossier, stream)
    agency = await office.agency(OLD)
    now, _ = await office.opened.recorder.clock()
    envelope = Envelope(
        actor=Actor("officer", actor),
        occurred_at=now,
        posting_id=posting,
        acting_agency=agency,
        holder=agency,
    )
    dossier.confirm_draft(envelope, way="counter")
    await office.opened.ledger.append(dossier)


async def posting_of(office: Office, number: str) -> Any:
    moment = await office.reader.moment(fresh=True)
    officer = office.officer(number).uuid
    assert officer is not None
    return moment.organisation.posted(officer, moment.now)[0][0].posting_id


async def kinds(office: Office) -> list[str]:
    return [finding["kind"] for finding in (await office.audited()).findings]


async def test_acting_through_anothers_posting_is_found_and_through_a_delegated_one_not(
    damaged: Office,
) -> None:
    owner, other = damaged.officer(OLD), damaged.officer(DISTRICT)
    posting = await posting_of(damaged, OLD)
    await acted_by(damaged, owner.id, posting)
    assert await kinds(damaged) == []
    now = (await damaged.reader.moment(fresh=True)).now
    await absences.delegate(
        damaged.registry, Asked(owner), owner.id, posting=posting, to=other.id, until=now + timedelta(days=1)
    )
    await acted_by(damaged, other.id, posting)
    assert await kinds(damaged) == []
    await damaged.move_clock(now + timedelta(days=2))
    await acted_by(damaged, other.id, posting)
    assert await kinds(damaged) == ["posting"]
    await acted_by(damaged, "nobody", posting)
    assert await kinds(damaged) == ["posting", "posting"]
