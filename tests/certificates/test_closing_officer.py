"""Who closes a dissolved agency's books can do that and no more, and nothing afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from application.changing import Asked
from application.closing import books_of, close, may_read
from application.dossiers import load
from application.grants import GRANTS
from application.organisation_acts import reinstate_officer, suspend_officer
from application.policy import PUBLIC, Identity, allow, closes
from application.refusals import NotAllowed, NotFound
from interfaces.views import ShownDossiers
from projections import closing_queries
from tests.certificates.signing_world import NEW_DESKS, OLD_DESKS, Closing, open_closing
from tests.office.acts import amended
from tests.office.world import HOUR, Office, document

OLD = OLD_DESKS["07207"]
CLOSING_ACTS = sorted(name for name, grant in GRANTS.items() if grant.closing)
OTHER_ACTS = sorted(GRANTS.keys() - set(CLOSING_ACTS) - PUBLIC)


@pytest.fixture
async def closer(office: Office, monkeypatch: pytest.MonkeyPatch) -> Identity:
    """Named by the act for every dissolved agency; their only posting is over before its hour."""
    entry = {
        "number": "closer",
        "name": "Cán bộ khóa sổ",
        "postings": [{"agency": OLD, "roles": ["desk"], "until": (HOUR - timedelta(days=1)).isoformat()}],
    }
    named = await office.appointed(entry)

    def with_closer(officers: Any) -> dict[str, Any]:
        act = document(officers)
        for end in act["parts"][0]["agencies"]["ends"]:
            end["closed_by"] = named.id
        return act

    monkeypatch.setattr("tests.office.world.document", with_closer)
    return named


async def test_the_power_begins_at_the_hour_and_ends_with_the_close(office: Office, closer: Identity) -> None:
    assert closer.uuid is not None
    part = await office.scheduled()
    agency, heir = await office.agency(OLD), await office.agency(NEW_DESKS["07210"])
    before = await office.reader.moment(fresh=True)
    assert closes(before, closer.uuid, agency) is None
    await office.move_clock(HOUR)
    at_hour = await office.reader.moment(fresh=True)
    assert closes(at_hour, closer.uuid, agency) == part
    assert closes(at_hour, closer.uuid, heir) is None
    stranger = office.officer(OLD).uuid
    assert stranger is not None
    assert closes(at_hour, stranger, agency) is None
    assert {row["identifier"] for row in books_of(at_hour, closer.uuid)} >= {OLD}


async def test_reads_signs_and_nothing_else_and_nothing_after_the_close(
    office: Office, closer: Identity
) -> None:
    assert closer.uuid is not None
    closing: Closing = await open_closing(office)
    part, agency = closing.part, await office.agency(OLD)
    await closing.issue()
    moment = await office.reader.moment(fresh=True)
    for name in CLOSING_ACTS:
        acting = allow(closer, name, moment, agency=agency)
        assert (acting.posting_id, acting.agency) == (None, agency)
        with pytest.raises(NotAllowed):
            allow(closer, name, moment, agency=await office.agency(NEW_DESKS["07210"]))
    known = await load(office.dossiers, closing.dossiers[0].code, moment)
    for name in OTHER_ACTS:
        for where in (agency, None):
            with pytest.raises(NotAllowed):
                allow(closer, name, moment, holder=known.answerable(moment), agency=where)
    found = await may_read(office.handovers, closer, part, OLD)
    listed = await _books(office, part, agency, found.moment.now)
    assert [row["code"] for row in listed["items"]] == [d.code for d in closing.dossiers[:2]]
    assert listed["counts"] == {"moved": 2, "ended_here": 0, "handed_over": 2, "provisional": 0}
    await closing.sign(closer, await closing.signature(OLD, "handing"))
    await closing.sign_all()
    await close(office.handovers, closing.operator, part)
    after = await office.reader.moment(fresh=True)
    for name in CLOSING_ACTS:
        with pytest.raises(NotAllowed):
            allow(closer, name, after, agency=agency)
    with pytest.raises(NotAllowed):
        await may_read(office.handovers, closer, part, OLD)
    assert books_of(after, closer.uuid) == []


async def test_only_the_version_in_force_names_who_closes(office: Office, closer: Identity) -> None:
    assert closer.uuid is not None
    part = await office.scheduled()
    kept = OLD_DESKS["07201"]
    agency, restored = await office.agency(OLD), await office.agency(kept)
    act = document(office.officers)  # names another officer
    ends = act["parts"][0]["agencies"]["ends"]
    named = UUID(ends[0]["closed_by"])
    act["parts"][0]["agencies"]["ends"] = [end for end in ends if end["agency"] != kept]
    await office.move_clock(HOUR + timedelta(days=1))
    before = await office.reader.moment(fresh=True)
    assert [closes(before, closer.uuid, one) for one in (agency, restored)] == [part, part]
    await amended(office, part, act)
    after = await office.reader.moment(fresh=True)
    assert [closes(after, closer.uuid, one) for one in (agency, restored)] == [None, None]
    assert [closes(after, named, one) for one in (agency, restored)] == [part, None]
    with pytest.raises(NotAllowed):
        await may_read(office.handovers, closer, part, OLD)
    assert books_of(after, closer.uuid) == []
    assert restored not in {row["agency"] for row in books_of(after, named)}


async def _books(office: Office, part: Any, agency: Any, now: Any) -> dict[str, Any]:
    shown: ShownDossiers = office.shown
    async with shown._views.pool.connection() as connection:
        return {
            "items": await closing_queries.listed(connection, part, agency, now),
            "counts": await closing_queries.counts(connection, part, agency, now),
        }


async def test_a_suspended_closing_officer_has_no_power(office: Office, closer: Identity) -> None:
    assert closer.uuid is not None
    part = await office.scheduled()
    await office.move_clock(HOUR)
    entry = {
        "number": "registrar",
        "name": "R",
        "postings": [{"agency": NEW_DESKS["07210"], "roles": ["registrar"]}],
    }
    registrar = Asked(await office.appointed(entry))
    await suspend_officer(office.registry, registrar, closer.id, reason="kiểm tra")
    with pytest.raises(NotAllowed):
        await may_read(office.handovers, closer, part, OLD)
    await reinstate_officer(office.registry, registrar, closer.id)
    assert (await may_read(office.handovers, closer, part, OLD)).identifier == OLD
    with pytest.raises(NotFound):
        await may_read(office.handovers, office.officers["first operator"], part, NEW_DESKS["07210"])
