"""Units, agencies and officers: dated, half-open, and named so that nothing is confused with its
successor."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain import organisation_rules as rules
from domain.agency import Agency
from domain.facts import Aggregate, Personal
from domain.officer import Officer
from domain.unit import Unit
from tests.domain.handover_world import MICROSECOND, an_id, by, refused

START = datetime(2025, 6, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
REFORM = date(2025, 7, 1)


def a_unit(valid_from: date | None = None, known_valid_on: date | None = None) -> Unit:
    unit = Unit.empty(an_id(1))
    unit.establish(
        by(),
        code="07210",
        name="Phường Hoàng Văn Thụ",
        level="commune",
        kind="Phường",
        source="vn_bac_giang_58.csv",
        valid_from=valid_from,
        known_valid_on=known_valid_on,
    )
    return unit


def an_agency(valid_from: date | None = None) -> Agency:
    agency = Agency.empty(an_id(2))
    agency.found(
        by(),
        identifier="H02.21",
        name="Bộ phận Một cửa",
        kind="desk",
        unit=an_id(1),
        address="Số 1",
        hotline="1022",
        hours="7:30-17:00",
        legal_form="bộ phận",
        valid_from=valid_from,
        origin={"identifier": "assumed", "name": "sourced"},
    )
    return agency


def an_officer() -> Officer:
    officer = Officer.empty(an_id(3))
    officer.appoint(by(), name=Personal(an_id(3), "Nguyễn Văn A"))
    return officer


def replayed(aggregate: Aggregate) -> Aggregate:
    again = type(aggregate).empty(aggregate.id)
    for fact in aggregate.pending_events:
        again.replay(fact)
    return again


def test_two_units_of_one_code_have_two_references() -> None:
    assert a_unit(known_valid_on=date(2025, 6, 1)).reference == "07210@2025-06-01"
    assert a_unit(REFORM, date(2025, 8, 1)).reference == "07210@2025-07-01"


def test_a_renamed_unit_stays_the_same_and_has_its_name_of_the_day() -> None:
    unit = a_unit(REFORM)
    unit.rename(by(), name="Phường Lạng Giang", kind="Phường", from_=date(2026, 9, 1))
    unit.rename(by(), name="Xã Kép", kind="Xã", from_=date(2026, 1, 1))  # recorded later, valid earlier
    assert unit.name_on(date(2020, 1, 1)) == "Phường Hoàng Văn Thụ"
    assert unit.name_on(date(2025, 12, 31)) == "Phường Hoàng Văn Thụ"
    assert (unit.name_on(date(2026, 1, 1)), unit.kind_on(date(2026, 1, 1))) == ("Xã Kép", "Xã")
    assert unit.name_on(date(2026, 9, 1)) == "Phường Lạng Giang"
    again = replayed(unit)
    assert isinstance(again, Unit)
    assert again.name_on(date(2026, 9, 1)) == "Phường Lạng Giang"


def test_a_unit_needs_a_level_a_name_and_a_day() -> None:
    good = {"code": "1", "name": "n", "level": "commune", "kind": "Xã", "source": "s", "valid_from": REFORM}
    for changed, rule in (
        ({"level": "hamlet"}, rules.UNIT_LEVEL),
        ({"name": " "}, rules.NAMED),
        ({"code": ""}, rules.NAMED),
        ({"valid_from": None}, rules.UNIT_DATED),
    ):
        with refused(rule):
            Unit.empty(an_id(9)).establish(by(), **(good | changed))  # type: ignore[arg-type]
    with refused(rules.ONCE):
        a_unit(REFORM).establish(by(), **good)  # type: ignore[arg-type]


def test_a_dissolved_unit_ends_once_and_is_not_renamed_afterwards() -> None:
    unit = a_unit(REFORM)
    with refused(rules.HALF_OPEN):
        unit.dissolve(by(), until=REFORM, reason=Personal(an_id(9), "never was"))
    with refused(rules.HALF_OPEN):
        unit.rename(by(), name="x", kind="Xã", from_=REFORM - DAY)
    unit.dissolve(by(), until=date(2026, 9, 1), reason=Personal(an_id(9), "merged without an act"))
    assert unit.until == date(2026, 9, 1)
    with refused(rules.ENDED):
        unit.dissolve(by(), until=date(2027, 1, 1), reason=Personal(an_id(9), "again"))
    with refused(rules.ENDED):
        unit.rename(by(), name="x", kind="Xã", from_=date(2026, 9, 1))
    with refused(rules.UNKNOWN):
        Unit.empty(an_id(9)).rename(by(), name="x", kind="Xã", from_=REFORM)


def test_an_agency_has_the_values_of_the_day() -> None:
    agency = an_agency()
    agency.change(by(), from_=date(2026, 3, 1), changes={"hotline": "19001"}, origin={"hotline": "sourced"})
    agency.change(by(), from_=date(2026, 1, 1), changes={"hotline": "1900", "address": "Số 2"})
    again = replayed(agency)
    assert isinstance(again, Agency)
    for known in (agency, again):
        assert known.on(date(2025, 12, 31)).hotline == "1022"
        assert (known.on(date(2026, 1, 1)).hotline, known.on(date(2026, 1, 1)).address) == ("1900", "Số 2")
        assert known.on(date(2026, 3, 1)).hotline == "19001"
        assert known.on(date(2026, 3, 1)).origin["hotline"] == "sourced"
        assert known.on(date(2026, 3, 1)).identifier == "H02.21"


def test_an_agencys_unit_and_kind_never_change() -> None:
    with refused(rules.AGENCY_CHANGES):
        an_agency().change(by(), from_=REFORM, changes={"unit": "2"})
    with refused(rules.AGENCY_CHANGES):
        an_agency().change(by(), from_=REFORM, changes={})
    with refused(rules.AGENCY_KIND):
        Agency.empty(an_id(9)).found(
            by(),
            identifier="H",
            name="n",
            kind="bureau",
            unit=an_id(1),
            address="",
            hotline="",
            hours="",
            legal_form="",
        )
    with refused(rules.ONCE):
        an_agency().found(
            by(),
            identifier="H",
            name="n",
            kind="desk",
            unit=an_id(1),
            address="",
            hotline="",
            hours="",
            legal_form="",
        )


def test_a_dissolved_agency_ends_once() -> None:
    agency = an_agency(REFORM)
    with refused(rules.HALF_OPEN):
        agency.dissolve(by(), until=REFORM, reason=Personal(an_id(9), "never was"))
    agency.dissolve(by(), until=date(2026, 1, 1), reason=Personal(an_id(9), "closed without an act"))
    with refused(rules.ENDED):
        agency.dissolve(by(), until=date(2026, 2, 1), reason=Personal(an_id(9), "again"))
    with refused(rules.ENDED):
        agency.change(by(), from_=date(2026, 1, 1), changes={"name": "x"})
    with refused(rules.UNKNOWN):
        Agency.empty(an_id(9)).dissolve(by(), until=REFORM, reason=Personal(an_id(9), "unknown"))


def test_an_officer_is_posted_to_several_agencies_from_to() -> None:
    officer = an_officer()
    officer.post(by(), posting_id=an_id(31), agency=an_id(2), roles=["desk", "handler"], from_=START)
    officer.post(
        by(),
        posting_id=an_id(32),
        agency=an_id(4),
        roles=["decider"],
        from_=START + DAY,
        until=START + 3 * DAY,
    )
    officer.end_posting(by(), posting_id=an_id(31), at=START + 2 * DAY)
    again = replayed(officer)
    assert isinstance(again, Officer)

    def agencies(at: datetime) -> list[int]:
        assert officer.postings_at(at) == again.postings_at(at)
        return [posting.agency.int for posting in officer.postings_at(at)]

    assert agencies(START - MICROSECOND) == []
    assert agencies(START) == [2]
    assert agencies(START + DAY) == [2, 4]
    assert agencies(START + 2 * DAY - MICROSECOND) == [2, 4]
    assert agencies(START + 2 * DAY) == [4]
    assert agencies(START + 3 * DAY) == []


def test_a_posting_that_begins_by_a_part_says_so() -> None:
    officer = an_officer()
    officer.post(
        by(), posting_id=an_id(31), agency=an_id(2), roles=["desk"], from_=START, begins_by=an_id(70)
    )
    assert officer.postings_at(START)[0].begins_by == an_id(70)


@pytest.mark.parametrize("roles", [[], ["boss"], ["desk", "desk"]])
def test_a_posting_has_known_roles(roles: list[str]) -> None:
    with refused(rules.POSTING_ROLES):
        an_officer().post(by(), posting_id=an_id(31), agency=an_id(2), roles=roles, from_=START)


def test_a_posting_is_made_once_and_ends_while_it_is_open() -> None:
    officer = an_officer()
    with refused(rules.HALF_OPEN):
        officer.post(by(), posting_id=an_id(31), agency=an_id(2), roles=["desk"], from_=START, until=START)
    officer.post(by(), posting_id=an_id(31), agency=an_id(2), roles=["desk"], from_=START)
    with refused(rules.POSTING_ONCE):
        officer.post(by(), posting_id=an_id(31), agency=an_id(4), roles=["desk"], from_=START)
    for posting, at in ((an_id(99), START), (an_id(31), START - MICROSECOND)):
        with refused(rules.POSTING_OPEN):
            officer.end_posting(by(), posting_id=posting, at=at)
    officer.end_posting(by(), posting_id=an_id(31), at=START + DAY)
    with refused(rules.POSTING_OPEN):
        officer.end_posting(by(), posting_id=an_id(31), at=START + DAY)


def test_an_officer_is_suspended_and_reinstated_in_turn() -> None:
    officer = an_officer()
    reason = Personal(an_id(3), "đang xác minh")
    with refused(rules.SUSPENSION_ORDER):
        officer.reinstate(by(), from_=START)
    officer.suspend(by(), from_=START, reason=reason)
    with refused(rules.SUSPENSION_ORDER):
        officer.suspend(by(), from_=START + DAY, reason=reason)
    with refused(rules.SUSPENSION_ORDER):
        officer.reinstate(by(), from_=START - DAY)
    officer.reinstate(by(), from_=START + DAY)
    assert [officer.suspended_at(START + n * DAY / 2) for n in (-1, 0, 1, 2, 3)] == [
        False,
        True,
        True,
        False,
        False,
    ]
    with refused(rules.ONCE):
        officer.appoint(by(), name=Personal(an_id(3), "again"))
    with refused(rules.UNKNOWN):
        Officer.empty(an_id(9)).suspend(by(), from_=START, reason=reason)
