"""Mandates that nobody gave and links between records that do not hold, recorded by somebody who goes around
the application: the audit names each, and nothing that was recorded as it should be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from application.ids import new_id
from application.mandating import end
from domain.citizen import Citizen
from domain.citizen_facts import (
    MandateGiven,
)
from tests.office.people_unjudged import (
    by_desk,
    filed_under,
    filed_unjudged,
    found,
    gave,
    intruder,
    merged,
    separated,
    today,
)
from tests.office.world import Office


async def test_a_dossier_under_a_mandate_that_nobody_gave_is_named_with_its_position_and_code(
    damaged_office: Office,
) -> None:
    owner, other = await damaged_office.applicant(), await damaged_office.applicant("Lê Văn Khác")
    mandate = uuid4()
    code = await filed_unjudged(damaged_office, owner, other, mandate)
    position = (await damaged_office.opened.recorder.clock())[1]
    (finding,) = (await damaged_office.audited()).findings
    assert (finding["kind"], finding["position"]) == ("mandate", position)
    assert finding["says"] == (
        f"position {position} files dossier {code} under the mandate {mandate}, "
        "which its owner had not given to who files it"
    )


async def test_a_mandate_of_another_owner_to_another_submitter_or_one_given_afterwards(
    damaged_office: Office,
) -> None:
    owner, other = await damaged_office.applicant(), await damaged_office.applicant("Lê Văn Khác")
    stranger = await damaged_office.applicant("Phạm Thị Lạ")
    to_other = await gave(damaged_office, owner, other)
    wrong = [
        await filed_unjudged(damaged_office, stranger, other, to_other),
        await filed_unjudged(damaged_office, owner, stranger, to_other),
    ]
    later = new_id((await damaged_office.reader.moment(fresh=True)).now)
    wrong.append(await filed_unjudged(damaged_office, owner, other, later))
    record = await damaged_office.opened.ledger.load(Citizen, owner)
    said: dict[str, Any] = {"kind": "authorised", "valid_until": None, "procedures": ()}
    said |= {"valid_from": await today(damaged_office), "mandate": later, "representative": other}
    record.record(MandateGiven, await intruder(damaged_office), **said)
    await damaged_office.opened.ledger.append(record)
    says = await found(damaged_office, "mandate")
    assert len(says) == 3
    for code in wrong:
        assert any(f"dossier {code}" in one and "had not given" in one for one in says)


async def test_a_mandate_that_is_not_in_force_yet_was_ended_or_covers_another_procedure(
    damaged_office: Office,
) -> None:
    owner, other = await damaged_office.applicant(), await damaged_office.applicant("Lê Văn Khác")
    day = await today(damaged_office)
    early = await gave(damaged_office, owner, other, valid_from=day + timedelta(days=1))
    ended = await gave(damaged_office, owner, other)
    narrow = await gave(damaged_office, owner, other, procedures=("1.000002",))
    before = await filed_under(damaged_office, owner, other, ended)
    await end(damaged_office.dossiers, by_desk(damaged_office), owner, ended, day)
    wrong = [await filed_unjudged(damaged_office, owner, other, one) for one in (early, ended, narrow)]
    says = await found(damaged_office, "mandate")
    assert not any(before in one for one in says), "what was filed while it was in force stays right"
    expected = ("not in force on that day", "not in force on that day", "does not cover its procedure")
    for code, why in zip(wrong, expected, strict=True):
        assert [one for one in says if code in one and why in one]
    assert len(says) == 3


async def test_the_day_of_a_filing_is_the_day_of_vietnam(damaged_office: Office) -> None:
    """At half past midnight of the second of June it is still the first of June in UTC."""
    owner, other = await damaged_office.applicant(), await damaged_office.applicant("Lê Văn Khác")
    second = (await today(damaged_office)) + timedelta(days=1)
    from_second = await gave(damaged_office, owner, other, valid_from=second)
    until_second = await gave(damaged_office, owner, other, valid_until=second)
    midnight = datetime.fromisoformat(f"{second.isoformat()}T00:30:00+07:00")
    await damaged_office.move_clock(midnight)
    await filed_under(damaged_office, owner, other, from_second)
    code = await filed_unjudged(damaged_office, owner, other, until_second)
    (says,) = await found(damaged_office, "mandate")
    assert code in says
    assert "not in force" in says


async def test_mandates_of_a_person_with_several_records_are_sound_when_these_are_separated_again(
    office: Office,
) -> None:
    owner, twin = await office.applicant(), await office.applicant("Trần Thị Thử")
    other, other_twin = await office.applicant("Lê Văn Khác"), await office.applicant("Lê Văn Khác")
    mandate = await gave(office, twin, other_twin)
    await merged(office, twin, owner)
    await merged(office, other, other_twin)
    await filed_under(office, owner, other, mandate)
    await separated(office, twin)
    await separated(office, other)
    await merged(office, owner, twin)


async def test_a_mandate_of_a_record_that_was_merged_afterwards_or_separated_before(
    damaged_office: Office,
) -> None:
    owner, twin = await damaged_office.applicant(), await damaged_office.applicant("Trần Thị Thử")
    other = await damaged_office.applicant("Lê Văn Khác")
    mandate = await gave(damaged_office, twin, other)
    before = await filed_unjudged(damaged_office, owner, other, mandate)
    await merged(damaged_office, twin, owner)
    await filed_under(damaged_office, owner, other, mandate)
    await separated(damaged_office, twin)
    after = await filed_unjudged(damaged_office, owner, other, mandate)
    says = await found(damaged_office, "mandate")
    assert len(says) == 2
    assert all(any(code in one for one in says) for code in (before, after))


# two records of one person
