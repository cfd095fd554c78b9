"""Feedback and complaints: counted on their own clock, passed on, answered, withdrawn, and never left with
nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.catalogue_loads import load_voice_limits
from application.policy import Identity
from application.refusals import BadRequest, NotAllowed, NotFound, Refused
from application.voice_reading import listed, one
from application.voices import Said, Voices, answer, pass_on, receive, withdraw
from domain import record_rules, voice_rules
from interfaces.voices import ShownVoices
from tests.office.province import SYSTEM
from tests.office.world import DISTRICT, HOUR, OLD_DESKS, Office

DESK = OLD_DESKS["07207"]
OTHER = OLD_DESKS["07210"]
FRIDAY_AFTERNOON = datetime(2025, 8, 29, 9, tzinfo=UTC)
"""16:00, before the holiday of Tuesday 2 September."""
JUNE = datetime(2025, 6, 6, 9, tzinfo=UTC)
"""Friday at 16:00."""
PORTAL = Identity("portal", "npsp")


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


def voices(office: Office) -> Voices:
    return Voices(office.opened.ledger, office.reader, ShownVoices(office.shown._views))


async def shown(office: Office) -> Voices:
    """Once the view shows all that is recorded."""
    found = voices(office)
    await found.index.shown((await office.reader.moment(fresh=True)).read_up_to)
    return found


async def limited(
    office: Office, amount: int = 10, kind: str = "complaint", valid_from: date | None = None, **changes: Any
) -> None:
    entry = {"kind": kind, "amount": amount, "unit": "working_day", "valid_from": valid_from, "source": "thử"}
    await load_voice_limits(office.registry, SYSTEM, [entry | changes])


async def complained(office: Office, desk: str = DESK, at: datetime | None = None, **changes: Any) -> UUID:
    """A complaint about a desk by an applicant, received at the counter of that desk."""
    by = changes.pop("by", None) or await office.applicant()
    said: Any = {"kind": "complaint", "way": "counter", "text": "phải chờ quá lâu", "by": by} | changes
    about = Said(agency=await office.agency(desk), occurred_at=at, **said)
    return (await receive(voices(office), office.officer(DESK), about)).voice


async def seen(office: Office, voice: UUID, identity: Identity | None = None) -> dict[str, Any]:
    return await one(voices(office), identity or office.officer(DESK), voice)


async def refused(rule: Any, doing: Any) -> None:
    with pytest.raises(Refused) as refusal:
        await doing
    assert refusal.value.rule is rule


# -- its own clock


async def test_ten_working_days_from_friday_afternoon_run_over_the_holiday(office: Office) -> None:
    await limited(office)
    await office.move_clock(datetime(2025, 9, 1, 2, tzinfo=UTC))  # entered on Monday
    voice = await complained(office, at=FRIDAY_AFTERNOON)
    found = await seen(office, voice)
    assert found["received_at"] == FRIDAY_AFTERNOON
    # Counted: 1, 3, 4, 5, then 8 to 12, and 15 September.
    assert found["due"] == end_of(date(2025, 9, 15))


async def test_a_limit_raised_afterwards_changes_nothing_of_what_came_before(office: Office) -> None:
    await limited(office, 5)
    await office.move_clock(JUNE)
    before = await complained(office)
    await limited(office, 20, valid_from=date(2025, 6, 1))
    after = await complained(office)
    assert (await seen(office, before))["due"] == end_of(date(2025, 6, 13))
    assert (await seen(office, after))["due"] == end_of(date(2025, 7, 4))


async def test_a_limit_holds_from_its_day_on_whenever_it_is_recorded(office: Office) -> None:
    await limited(office, 5)
    await limited(office, 1, valid_from=date(2025, 6, 6))
    await office.move_clock(JUNE)
    came_before = await complained(office, at=datetime(2025, 6, 5, 9, tzinfo=UTC))
    assert (await seen(office, came_before))["due"] == end_of(date(2025, 6, 12))
    assert (await seen(office, await complained(office)))["due"] == end_of(date(2025, 6, 9))


async def test_without_a_limit_there_is_no_due_date_and_nothing_is_late(office: Office) -> None:
    await limited(office, kind="feedback")
    voice = await complained(office)
    found = await seen(office, voice)
    assert (found["due"], found["late"], found["open"]) == (None, None, True)
    auditor = office.officers["first operator"]
    assert await listed(await shown(office), auditor, late_only=True) == []


async def test_a_complaint_answered_late_stays_late_whatever_is_said(office: Office) -> None:
    await limited(office, 1)
    await office.move_clock(JUNE)
    late, in_time = await complained(office), await complained(office)
    await answer(voices(office), office.officer(DESK), in_time, "explained", "đã giải thích")
    await office.move_clock(end_of(date(2025, 6, 9)))  # due now, exclusive
    assert (await seen(office, late))["late"] is True
    await pass_on(voices(office), office.officer(DESK), late, await office.agency(OTHER), "của xã khác")
    await answer(voices(office), office.officer(OTHER), late, "upheld", "xin lỗi ông bà")
    found = await seen(office, late, office.officer(OTHER))
    assert (found["late"], found["open"], found["outcome"]) == (True, False, "upheld")
    assert (found["text"], found["answer"]) == ("phải chờ quá lâu", "xin lỗi ông bà")
    assert (await seen(office, in_time))["late"] is False
    rows = await listed(await shown(office), office.officer(OTHER), agency=await office.agency(OTHER))
    assert [(row["voice"], row["late"], row["passed_on"]) for row in rows] == [(late, True, 1)]
    overseen = office.officers["first operator"]
    late_ones = await listed(await shown(office), overseen, late_only=True)
    assert [row["voice"] for row in late_ones] == [late]
    assert await listed(await shown(office), overseen, late_only=True, open_only=True) == []


async def test_nobody_makes_their_own_complaint_late(office: Office) -> None:
    await limited(office, 1)
    await office.move_clock(JUNE)
    citizen = await office.applicant()
    speaks = Identity("applicant", str(citizen))
    said = Said("complaint", await office.agency(DESK), "online", "chậm", citizen)
    early = Said(
        "complaint", said.agency, "online", "chậm", citizen, occurred_at=datetime(2025, 5, 2, tzinfo=UTC)
    )
    await refused(voice_rules.VOICE_SAID_NOW, receive(voices(office), speaks, early))
    ahead = Said("complaint", said.agency, "post", "chậm", occurred_at=end_of(date(2025, 6, 9)))
    with pytest.raises(BadRequest):
        await receive(voices(office), PORTAL, ahead)
    voice = (await receive(voices(office), speaks, said)).voice
    assert (await seen(office, voice, speaks))["text"] == "chậm"


async def test_a_year_without_a_calendar_is_said_and_not_guessed(office: Office) -> None:
    await limited(office, 12, unit="month")
    with pytest.raises(BadRequest) as unknown:
        await complained(office)
    assert unknown.value.code == "calendar_unknown"


# -- limits are data


async def test_limits_are_set_in_order_and_once(office: Office) -> None:
    await limited(office, 10, valid_from=date(2025, 6, 1))
    await limited(office, 10, valid_from=date(2025, 6, 1))  # known already
    earlier = limited(office, 5, valid_from=date(2025, 5, 1))
    await refused(voice_rules.VOICE_LIMIT_ORDER, earlier)
    await refused(record_rules.DEADLINE_AMOUNT, limited(office, 0, kind="feedback"))
    await refused(record_rules.ONE_OF, limited(office, kind="rumour"))


# -- nobody is left with nothing


async def test_a_complaint_at_an_abolished_district_is_with_its_heir(office: Office) -> None:
    await limited(office)
    await office.scheduled()
    await office.move_clock(JUNE)
    voice = await complained(office, desk=DISTRICT)
    await office.move_clock(HOUR)
    operator = office.officers["first operator"]
    found = await seen(office, voice, operator)
    moment = await office.reader.moment(fresh=True)
    district = await office.agency(DISTRICT)
    assert moment.organisation.heir_of(district, moment.now) != district
    assert found["answers"]["agency"] == moment.organisation.heir_of(district, moment.now)
    assert found["due"] == end_of(date(2025, 6, 20))
    clerk = office.officer(DISTRICT)  # posted at the heir since the hour
    (row,) = await listed(await shown(office), clerk, agency=found["answers"]["agency"])
    assert (row["voice"], row["text"], row["late"]) == (voice, "phải chờ quá lâu", True)
    await answer(voices(office), clerk, voice, "partly_upheld", "xin lỗi")
    assert (await seen(office, voice, clerk))["outcome"] == "partly_upheld"
    said_now = await complained(office, desk=DISTRICT)
    assert (await seen(office, said_now, operator))["answers"]["agency"] == found["answers"]["agency"]


async def test_passed_on_from_who_has_to_answer_to_another(office: Office) -> None:
    voice = await complained(office)
    own, other = await office.agency(DESK), await office.agency(OTHER)
    office_ = voices(office)
    await refused(voice_rules.VOICE_TO_ANOTHER, pass_on(office_, office.officer(DESK), voice, own, "x"))
    with pytest.raises(NotAllowed):
        await pass_on(office_, office.officer(OTHER), voice, other, "của chúng tôi")
    with pytest.raises(NotFound):
        await pass_on(office_, office.officer(DESK), voice, uuid4(), "x")
    await pass_on(office_, office.officers["first operator"], voice, other, "nhầm cơ quan")
    with pytest.raises(NotAllowed):
        await answer(office_, office.officer(DESK), voice, "explained", "không còn việc của tôi")
    await answer(office_, office.officer(OTHER), voice, "explained", "đã giải thích")
    for doing in (
        answer(office_, office.officer(OTHER), voice, "upheld", "lần nữa"),
        pass_on(office_, office.officer(OTHER), voice, own, "lần nữa"),
        withdraw(office_, PORTAL, voice),
    ):
        await refused(voice_rules.VOICE_OPEN, doing)
