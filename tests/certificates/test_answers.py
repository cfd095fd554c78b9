"""Questions afterwards: who held it, who was late, what was promised and what came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from application.handover_answers import compare, who_held
from application.lateness import lateness
from application.policy import Identity
from application.reconciling import reconcile
from application.refusals import NotAllowed, NotFound
from application.transfer import transfer
from tests.office.acts import amended
from tests.office.acts import at as clock_at
from tests.office.test_amending import swapped
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, OLD_DESKS, Office

OLD, NEW = OLD_DESKS["07207"], NEW_DESKS["07210"]


async def transferred(office: Office) -> None:
    assert office.part is not None
    operator = office.officers["first operator"]
    async for _ in transfer(office.handovers, operator, office.part):
        pass
    await reconcile(office.handovers, operator, office.part, office.command())


async def test_who_held_it_on_that_day(office: Office) -> None:
    filed = await office.filed(OLD, "07207")
    await office.scheduled()
    await office.move_clock(HOUR + timedelta(days=1))
    officer = office.officer(OLD)
    before = await who_held(office.dossiers, officer, filed.code, HOUR - timedelta(microseconds=1))
    assert (before["holder"]["identifier"], before["holder"]["act"]) == (OLD, None)
    for at in (HOUR, None):
        since = await who_held(office.dossiers, officer, filed.code, at)
        assert (since["holder"]["identifier"], since["holder"]["act"]) == (NEW, "1658/NQ-UBTVQH15")
        assert [row["identifier"] for row in since["spells"]] == [OLD, NEW]
        assert since["spells"][0]["until"] == HOUR
    as_known_then = await who_held(office.dossiers, officer, filed.code, HOUR, filed.position)
    assert as_known_then["holder"]["identifier"] == OLD  # the act was not recorded yet
    with pytest.raises(NotFound):
        await who_held(office.dossiers, officer, filed.code, HOUR - timedelta(days=60))
    stranger = Identity("applicant", str(await office.applicant()))
    with pytest.raises(NotAllowed):
        await who_held(office.dossiers, stranger, filed.code)


async def test_lateness_is_charged_to_who_held_it_when_the_date_passed(office: Office) -> None:
    """Five working days from 1 June: one is late before the hour, one falls due after it."""
    early = await office.filed(OLD, "07207")
    done = await office.filed(OLD, "07207")
    await office.move_clock(datetime(2025, 6, 26, 3, tzinfo=UTC))
    later = await office.filed(OLD, "07207")
    officer = office.officer(OLD)
    await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=10))
    for answer, name in ((done, "assign"),):
        assigned = await office.act(officer, answer.code, name, answer.revision, officer=officer.uuid)
        fields = {"outcome": "granted", "result_code": None, "decision_no": "12/QĐ", "reason": None}
        await office.act(officer, answer.code, "finish", assigned.revision, **fields)
    await transferred(office)
    assert office.part is not None
    operator = office.officers["first operator"]
    now = await lateness(office.handovers, operator, office.part)
    rows = {row["identifier"]: row for row in now["agencies"]}
    assert (now["dossiers"], now["late"]) == (3, 2)
    assert (rows[OLD]["held_when_due"], rows[OLD]["handed_over_overdue"]) == (2, 2)
    assert (rows[NEW]["held_when_due"], rows[NEW]["inherited_overdue"]) == (0, 2)
    assert (rows[NEW]["concluded_late"], rows[NEW]["open_late"]) == (1, 1)
    await office.move_clock(HOUR + timedelta(days=30))
    after = await lateness(office.handovers, operator, office.part)
    rows = {row["identifier"]: row for row in after["agencies"]}
    assert (rows[NEW]["held_when_due"], rows[NEW]["inherited_overdue"]) == (1, 2)  # `later` passed there
    assert {early.code, later.code}


async def test_what_was_promised_and_what_came(office: Office) -> None:
    """Simulated with three; then one more is filed, one is withdrawn, one forwarded, one assigned."""
    stays = await office.filed(OLD, "07207")
    withdrawn = await office.filed(OLD, "07207")
    assigned = await office.filed(OLD_DESKS["07201"], "07201")
    forwarded = await office.filed(DISTRICT, "07207")
    await office.scheduled()
    await office.filed(OLD, "07207")
    await office.filed(OLD, "07207")
    officer = office.officer(OLD)
    await office.act(officer, withdrawn.code, "withdraw", None, reason=None)
    other = office.officer(OLD_DESKS["07201"])
    await office.act(other, assigned.code, "assign", assigned.revision, officer=other.uuid)
    to = await office.agency(OLD)
    district = office.officer(DISTRICT)
    await office.act(district, forwarded.code, "forward", forwarded.revision, to_agency=to, note=None)
    await office.move_clock(HOUR)
    await transferred(office)
    operator = office.officers["first operator"]
    moment = await office.reader.moment(fresh=True)
    assert office.part is not None
    act = moment.organisation.parts[office.part].act
    found = await compare(office.handovers, operator, act)
    (part,) = found["parts"]
    assert (part["promised"], part["came"], part["unexplained"]) == (4, 5, 0)
    assert part["reasons"]["filed"] == {"more": 2, "fewer": 0}
    assert part["reasons"]["concluded"] == {"more": 0, "fewer": 1}
    assert part["reasons"]["changed"] == {"more": 2, "fewer": 2}
    groups = {d["group"]: d for d in part["differences"]}
    group = f"{OLD} > {NEW} | 1.000001 | 2"
    assert (groups[group]["promised"], groups[group]["came"]) == (2, 4)
    assert groups[group]["more"] == {"filed": 2, "changed": 1}
    assert groups[group]["fewer"] == {"concluded": 1}
    assert stays.code


async def test_an_amendment_is_asked_about_with_the_version_before_it(office: Office) -> None:
    """Two of old 07201 went to new 07213; one was concluded there, the other went on to new 07210."""
    for commune in ("07201", "07207"):
        await office.filed(OLD_DESKS[commune], commune)
    withdrawn = await office.filed(OLD_DESKS["07201"], "07201")
    part = await office.scheduled()
    await office.move_clock(HOUR)
    await transferred(office)
    officer = office.officer(OLD_DESKS["07201"])
    await office.act(officer, withdrawn.code, "withdraw", None, reason=None)
    await clock_at(office, "2025-07-10T09:00:00")
    await amended(office, part, swapped(office))
    await transferred(office)
    operator = office.officers["first operator"]
    late = await lateness(office.handovers, operator, part)
    assert (late["dossiers"], late["late"], late["totals"]["held_when_due"]) == (3, 3, 3)
    rows = {row["identifier"]: row for row in late["agencies"]}
    assert [(v["part_version"], v["dossiers"], v["late"]) for v in late["versions"]] == [(1, 3, 3), (2, 1, 1)]
    assert (rows[NEW]["inherited_overdue"], rows[NEW]["open_late"]) == (2, 2)
    south = rows[NEW_DESKS["07213"]]
    assert (south["inherited_overdue"], south["handed_over_overdue"]) == (2, 1)
    assert (south["concluded_late"], south["open_late"]) == (1, 0)
    moment = await office.reader.moment(fresh=True)
    found = await compare(office.handovers, operator, moment.organisation.parts[part].act)
    told = [(p["part_version"], p["promised"], p["came"], p["unexplained"]) for p in found["parts"]]
    assert told == [(1, 3, 3, 0), (2, 1, 1, 0)]
    assert found["totals"] == {"promised": 4, "came": 4, "unexplained": 0}
