"""An inspection finds what inspectors look for, each with its dossier, and takes nothing else for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from application.catalogue_loads import load_hours
from application.dossiers import act
from application.inspecting import Inspection, Scope, inspect, may_inspect
from application.policy import Identity
from application.refusals import NotAllowed
from domain.dossier_facts import DossierTaken
from domain.inspection import CHECKS, Thresholds
from infra.scan import open_scan
from interfaces.inspection_texts import CHECKS as TEXTS
from tests.office.asked_papers import BIRTH, both_published, check, filed
from tests.office.asked_papers import ask as ask_for
from tests.office.one_dossier import DESK, ask, bring, do, end_of, in_processing, known
from tests.office.province import HOUR, OLD_DESKS, SYSTEM
from tests.office.test_office_hours import FOUR_HOURS, open_at
from tests.office.world import Office


async def inspected(
    office: Office, scope: Scope | None = None
) -> tuple[Inspection, dict[str, list[dict[str, Any]]]]:
    """What was found, and each line of it by check."""
    lines: list[dict[str, Any]] = []
    now, _ = await office.opened.recorder.clock()
    async with open_scan(office.database.app_dsn) as scan:
        found = await inspect(office.opened.ledger, now, scan, scope or Scope(), told=lines.append)
    told: dict[str, list[dict[str, Any]]] = {check.id: [] for check in CHECKS}
    for line in lines:
        told[line["check"]].append(line)
    for check_, counted in found.checks.items():
        assert counted.count == len(told[check_.id])
        assert counted.dossiers == len({line["dossier"] for line in told[check_.id]} - {None})
        assert set(counted.first) == {line["code"] for line in told[check_.id]} - {None}
    return found, told


async def test_a_ledger_in_which_nothing_stands_out(office: Office) -> None:
    await in_processing(office)
    found, told = await inspected(office)
    assert {name: lines for name, lines in told.items() if lines} == {}
    assert found.not_judged > 0, "no hours were loaded, so nobody worked outside them"


async def test_what_was_done_days_before_it_was_recorded_is_found(office: Office) -> None:
    code = await in_processing(office)
    await office.move_clock(datetime(2025, 6, 5, 2, tzinfo=UTC))
    await office.reader.moment(fresh=True)
    revision = (await known(office, code)).dossier.version
    done = datetime(2025, 6, 2, 3, tzinfo=UTC)
    await act(
        office.dossiers,
        office.officer(DESK),
        code,
        "take",
        {"officer": office.officer(DESK).uuid},
        revision=revision,
        occurred_at=done,
    )
    _, told = await inspected(office)
    (line,) = told["recorded_late"]
    assert (line["code"], line["occurred_at"], line["days"]) == (code, done, 2)
    assert line["fact"] == "dossier.taken.v1"
    _, patient = await inspected(office, Scope(thresholds=Thresholds(late=timedelta(days=4))))
    assert patient["recorded_late"] == []


async def test_an_extension_is_found(office: Office) -> None:
    code = await in_processing(office)
    at = datetime(2025, 6, 4, 2, tzinfo=UTC)
    await do(office, code, "extend", at, until=end_of(12), reason="chờ kết quả")
    _, told = await inspected(office)
    assert [line["code"] for line in told["extended"]] == [code]


async def test_a_third_request_for_papers_is_found_and_two_are_not(office: Office) -> None:
    code = await in_processing(office)
    for day in (3, 5):
        await ask(office, code, datetime(2025, 6, day, 1, tzinfo=UTC))
        await bring(office, code, datetime(2025, 6, day + 1, 1, tzinfo=UTC))
    _, twice = await inspected(office)
    assert twice["asked_often"] == []
    await ask(office, code, datetime(2025, 6, 9, 1, tzinfo=UTC), not_followed="không nộp bản chính")
    _, thrice = await inspected(office)
    (line,) = thrice["asked_often"]
    assert (line["code"], line["requests"]) == (code, 3)
    (named,) = thrice["rule_not_kept"]
    assert named["rules"] == ["dossier.request_supplement.trips"]


async def test_requests_for_papers_after_the_period_or_of_another_agency_are_not_found(
    office: Office,
) -> None:
    code = await in_processing(office)
    for day in (3, 5):
        await ask(office, code, datetime(2025, 6, day, 1, tzinfo=UTC))
        await bring(office, code, datetime(2025, 6, day + 1, 1, tzinfo=UTC))
    await ask(office, code, datetime(2025, 6, 9, 1, tzinfo=UTC), not_followed="ba lần")
    _, told = await inspected(office)
    assert len(told["asked_often"]) == 1
    for scope in (
        Scope(until=datetime(2025, 6, 9, tzinfo=UTC)),
        Scope(from_=datetime(2025, 6, 10, tzinfo=UTC)),
        Scope(agency=await office.agency(OLD_DESKS["07210"])),
    ):
        _, told = await inspected(office, scope)
        assert told["asked_often"] == []
    await bring(office, code, datetime(2025, 6, 10, 1, tzinfo=UTC))
    await ask(office, code, datetime(2025, 6, 11, 1, tzinfo=UTC), not_followed="bốn lần")
    _, told = await inspected(office, Scope(until=datetime(2025, 6, 11, tzinfo=UTC)))
    assert [line["requests"] for line in told["asked_often"]] == [3], "the fourth is after the period"


async def test_no_time_that_has_not_come_is_counted_as_held(office: Office) -> None:
    await office.filed(OLD_DESKS["07207"], "07207")
    now, _ = await office.opened.recorder.clock()
    later = Scope(until=now + timedelta(days=200), thresholds=Thresholds(held=timedelta(days=28)))
    _, told = await inspected(office, later)
    assert told["held_long"] == []


async def test_asking_for_what_was_held_is_found_with_what_let_it(office: Office) -> None:
    await both_published(office)
    code = await filed(office, await office.applicant(), BIRTH, "khai-sinh")
    await check(office, code, "khai-sinh", "unusable")
    await ask_for(office, code, "khai-sinh")
    other = await filed(office, await office.applicant(), BIRTH, "to-khai")
    await ask_for(office, other, "khai-sinh")
    _, told = await inspected(office)
    assert [line["code"] for line in told["asked_for_held"]] == [code]


async def test_a_dossier_that_rests_is_found_at_each_agency_that_held_it_too_long(office: Office) -> None:
    resting = (await office.filed(OLD_DESKS["07207"], "07207")).code
    ended = (await office.filed(OLD_DESKS["07207"], "07207")).code
    await do(office, ended, "withdraw", desk=OLD_DESKS["07207"], reason="thôi")
    began = (await known(office, resting)).held.since
    await office.scheduled()
    await office.move_clock(HOUR + timedelta(days=45))
    _, told = await inspected(office, Scope(thresholds=Thresholds(held=timedelta(days=28))))
    lines = told["held_long"]
    assert {line["code"] for line in lines} == {resting}
    assert [(line["since"], line["until"] <= HOUR) for line in lines] == [(began, True), (HOUR, False)]
    assert lines[0]["agency"] == await office.agency(OLD_DESKS["07207"])
    assert lines[0]["agency"] != lines[1]["agency"]
    _, one = await inspected(
        office, Scope(agency=lines[1]["agency"], thresholds=Thresholds(held=timedelta(days=28)))
    )
    assert [line["since"] for line in one["held_long"]] == [HOUR]
    _, before = await inspected(office, Scope(until=HOUR, thresholds=Thresholds(held=timedelta(days=28))))
    assert [line["since"] for line in before["held_long"]] == [began]


async def test_work_outside_the_hours_is_found_on_the_hours_known_then(office: Office) -> None:
    await open_at(office, FOUR_HOURS)
    code = await in_processing(office)  # Monday at 8
    _, in_time = await inspected(office)
    assert in_time["outside_hours"] == []
    me = office.officer(DESK).uuid
    await do(office, code, "take", datetime(2025, 6, 2, 15, tzinfo=UTC), officer=me)  # at 22
    found, late = await inspected(office)
    assert [(line["code"], line["fact"]) for line in late["outside_hours"]] == [(code, "dossier.taken.v1")]
    assert found.not_judged == 0
    every_hour = tuple({"day": day, "opens": "00:00", "closes": "23:59"} for day in range(1, 6))
    entry = {
        "schedule": "office",
        "valid_from": date(2025, 6, 3),
        "openings": every_hour,
        "source": "thử",
    }
    await load_hours(office.registry, SYSTEM, [entry])
    _, afterwards = await inspected(office)
    assert len(afterwards["outside_hours"]) == 1, "hours that were set later make nothing right"


async def test_an_act_without_posting_at_the_time_is_found(damaged_office: Office) -> None:
    office = damaged_office
    code = await in_processing(office)
    found = await known(office, code)
    me, last = office.officer(DESK), found.facts[-1].fact.envelope
    found.dossier.record(DossierTaken, replace(last, posting_id=uuid4()), officer=me.uuid)
    await office.opened.ledger.append(found.dossier)
    _, told = await inspected(office)
    assert [line["code"] for line in told["without_posting"]] == [code]


async def test_an_act_done_before_its_officer_was_posted_is_found(office: Office) -> None:
    """Recorded through a posting of now, of a day on which there was none."""
    code = await in_processing(office)
    await office.move_clock(datetime(2025, 6, 4, 2, tzinfo=UTC))
    posting = {"agency": DESK, "roles": ["handler"], "from": "2025-06-04T07:00:00+07:00"}
    new = await office.appointed({"number": "NEW-1", "name": "Cán bộ mới", "postings": [posting]})
    revision = (await known(office, code)).dossier.version
    before = datetime(2025, 6, 3, 2, tzinfo=UTC)
    asked = {"officer": new.uuid}
    await act(office.dossiers, new, code, "take", asked, revision=revision, occurred_at=before)
    _, told = await inspected(office)
    assert [(line["code"], line["occurred_at"]) for line in told["without_posting"]] == [(code, before)]


async def test_the_period_bounds_what_was_recorded(office: Office) -> None:
    code = await in_processing(office)
    at = datetime(2025, 6, 4, 2, tzinfo=UTC)
    await do(office, code, "extend", at, until=end_of(12), reason="chờ kết quả")
    for scope, count in (
        (Scope(from_=at), 1),
        (Scope(until=at), 0),
        (Scope(at - timedelta(days=1), at + timedelta(days=1)), 1),
        (Scope(agency=await office.agency(OLD_DESKS["07210"])), 0),
        (Scope(agency=await office.agency(DESK)), 1),
    ):
        _, told = await inspected(office, scope)
        assert len(told["extended"]) == count, scope


async def test_auditors_and_operators_inspect_and_a_desk_does_not(office: Office) -> None:
    moment = await office.reader.moment(fresh=True)
    may_inspect(office.officer("first operator"), moment)
    for identity in (office.officer(DESK), Identity("applicant", str(uuid4()))):
        with pytest.raises(NotAllowed):
            may_inspect(identity, moment)


def test_every_check_has_its_words() -> None:
    assert list(TEXTS) == [check.id for check in CHECKS]
