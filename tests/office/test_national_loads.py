"""Lists that come again, later ones, two at once, and programmes: what is recorded of each, and what is said
first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from application import catalogue
from application.catalogue_loads import load_procedures
from application.limit_decisions import undecided
from application.national_loads import ListLoaded, load_list
from application.programmes import tag_procedures
from application.refusals import BadRequest, Refused
from domain import doubt_rules, record_rules
from infra.national_list import Listed
from tests.office.listed_procedures import (
    BIRTH,
    LAND,
    decide,
    loaded,
    registrar,
)
from tests.office.province import SYSTEM, procedure_entry
from tests.office.world import Office
from tests.reference.national import sample


async def test_loading_again_adds_nothing(office: Office) -> None:
    first = await loaded(office)
    assert (first.recorded, first.known, first.changed, first.gone) == (17, 0, {}, [])
    head = (await office.reader.moment(fresh=True)).read_up_to
    again = await loaded(office)
    assert (again.recorded, again.known, again.changed, again.gone) == (0, 17, {}, [])
    assert (await office.reader.moment(fresh=True)).read_up_to == head


def changed_list() -> list[Listed]:
    """A later list: land certificates take 25 days at the counter, the sea area is gone, one code is new."""
    land = sample()[LAND]
    lines = [
        line | {"limit_amount": 25, "listed_time": "25"} if line["channel"] == "counter" else line
        for line in land.version["channels"]
    ]
    rest = [one for code, one in sample().items() if code not in (LAND, "1.005399", "2.000908")]
    new = sample()["2.000908"]._replace(code="9.000001")
    return [land._replace(version={**land.version, "channels": tuple(lines)}), *rest, new]


async def test_a_later_list_is_told_first_and_published_only_from_a_day(office: Office) -> None:
    await loaded(office)
    told = await loaded(office, changed_list())
    assert (told.recorded, told.published, told.known) == (1, 0, 14)
    assert told.gone == ["1.005399", "2.000908"]
    ((code, (difference,)),) = told.changed.items()
    assert (code, difference["field"]) == (LAND, "counter")
    assert (difference["was"]["limit_amount"], difference["is"]["limit_amount"]) == (27, 25)
    procedure = (await office.reader.moment(fresh=True)).organisation.procedure_by_code(LAND)
    assert len(procedure.versions) == 1
    done = await loaded(office, changed_list(), valid_from=date(2025, 6, 10))
    assert (done.recorded, done.published) == (0, 1)
    procedure = (await office.reader.moment(fresh=True)).organisation.procedure_by_code(LAND)
    found = [procedure.version_at(date(2025, 6, day)) for day in (9, 10)]
    assert [v and v.entry("counter", None)["limit_amount"] for v in found] == [27, 25]  # type: ignore[index]
    last = await loaded(office, changed_list())
    assert (last.recorded, last.published, last.known, last.changed) == (0, 0, 16, {})


async def test_what_the_list_does_not_say_stays_as_it_was(office: Office) -> None:
    entry = procedure_entry("1.000001")
    code = entry["code"] = "2.000908"
    for version in entry["versions"]:
        version |= {
            "components": ({"id": "don", "name": "Đơn", "copies": 1},),
            "terms": {"clock": {"start": "arrival"}},
        }
    await load_procedures(office.registry, SYSTEM, [entry])
    untouched = await loaded(office, [sample()[code]], valid_from=date(2026, 7, 1))
    assert (untouched.own, untouched.published, untouched.changed) == ([code], 0, {})
    await loaded(office, [sample()[code]], valid_from=date(2026, 7, 1), over_own=True)
    procedure = (await office.reader.moment(fresh=True)).organisation.procedure_by_code(code)
    before, after = procedure.versions[2], procedure.versions[3]
    assert (after.components, after.terms, after.place_basis) == (
        before.components,
        before.terms,
        "residence",
    )
    assert (after.level, after.valid_from, after.of_a_list) == ("commune", date(2026, 7, 1), True)


async def test_a_document_over_a_lists_version_is_recorded_only_from_a_day(office: Office) -> None:
    await loaded(office, [sample()["2.000908"]])
    entry = procedure_entry("1.000001") | {"code": "2.000908"}
    held = await load_procedures(office.registry, SYSTEM, [entry])
    assert (held.recorded, held.known, held.of_a_list) == (0, 0, ("2.000908",))
    done = await load_procedures(office.registry, SYSTEM, [entry], date(2026, 8, 1))
    assert (done.recorded, done.of_a_list) == (1, ())
    again = await load_procedures(office.registry, SYSTEM, [entry])
    assert (again.recorded, again.known) == (0, 1)


class Overtaken:
    """The ledger, where somebody else's load comes between reading a stream and what is done with it."""

    def __init__(self, ledger: Any, other: Any, *, before: bool) -> None:
        self._ledger, self._other, self._before = ledger, other, before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    async def load(self, *asked: Any) -> Any:
        if self._before:
            await self._other()
        found = await self._ledger.load(*asked)
        if not self._before:
            await self._other()
        return found


async def overtaken(office: Office, *, before: bool) -> ListLoaded:
    """A load of the changed list while another load of it runs and is quicker."""

    async def other() -> None:
        await loaded(office, changed_list(), valid_from=date(2025, 6, 10))

    slow = replace(office.registry, ledger=cast(Any, Overtaken(office.registry.ledger, other, before=before)))
    return await load_list(slow, SYSTEM, changed_list(), date(2025, 6, 10))


async def versions_of(office: Office, code: str = LAND) -> list[int]:
    return list((await office.reader.moment(fresh=True)).organisation.procedure_by_code(code).versions)


async def test_two_loads_at_once_publish_a_version_once(office: Office) -> None:
    await loaded(office)
    later = await overtaken(office, before=True)
    assert (later.published, later.changed) == (0, {})
    assert await versions_of(office) == [1, 2]


async def test_a_load_that_another_one_overtakes_says_so_and_may_be_run_again(office: Office) -> None:
    await loaded(office)
    with pytest.raises(BadRequest) as refusal:
        await overtaken(office, before=False)
    assert refusal.value.code == "load_running"
    assert "stream" not in str(refusal.value)
    again = await loaded(office, changed_list(), valid_from=date(2025, 6, 10))
    assert (again.published, again.known) == (0, 16)
    assert await versions_of(office) == [1, 2]


async def test_two_loads_of_a_document_over_a_list_publish_it_once(office: Office) -> None:
    await loaded(office, [sample()["2.000908"]])
    entry = procedure_entry("1.000001") | {"code": "2.000908"}
    day = date(2026, 8, 1)

    async def other() -> None:
        await load_procedures(office.registry, SYSTEM, [entry], day)

    for before in (False, True):
        slow = replace(
            office.registry, ledger=cast(Any, Overtaken(office.registry.ledger, other, before=before))
        )
        if before:
            assert (await load_procedures(slow, SYSTEM, [entry], day)).known == 1
        else:
            with pytest.raises(BadRequest) as refusal:
                await load_procedures(slow, SYSTEM, [entry], day)
            assert refusal.value.code == "load_running"
        assert await versions_of(office, "2.000908") == [1, 2]


async def test_a_past_day_is_taken_only_where_it_is_meant(office: Office) -> None:
    await loaded(office)
    await office.move_clock(datetime(2025, 6, 20, 1, tzinfo=UTC))
    past = {"valid_from": date(2025, 6, 10)}
    with pytest.raises(BadRequest) as refusal:
        await loaded(office, changed_list(), **past)
    assert refusal.value.code == "day_in_the_past"
    with pytest.raises(BadRequest):
        await load_procedures(office.registry, SYSTEM, [], date(2025, 6, 10))
    assert await versions_of(office) == [1]
    assert (await loaded(office, changed_list(), past=True, **past)).published == 1
    today = await loaded(office, valid_from=date(2025, 6, 20))
    assert today.published == 1


async def test_a_list_of_an_earlier_day_than_the_newest_version_is_refused(office: Office) -> None:
    await loaded(office)
    await loaded(office, changed_list(), valid_from=date(2026, 8, 1))
    with pytest.raises(Refused) as refusal:
        await loaded(office, valid_from=date(2026, 7, 31))
    assert refusal.value.rule is record_rules.VERSION_DAY
    assert await versions_of(office) == [1, 2]


async def test_a_first_day_that_was_given_too_late_is_put_right_by_publishing_again(office: Office) -> None:
    await loaded(office)
    await loaded(office, changed_list(), valid_from=date(2026, 8, 1))
    right = await loaded(office, changed_list(), valid_from=date(2026, 7, 15))
    assert right.published == 2  # what was new that day, and what changed
    assert right.limits_changed == 0
    procedure = (await office.reader.moment(fresh=True)).organisation.procedure_by_code(LAND)
    found = [procedure.version_at(date(2026, 7, day)) for day in (14, 15)]
    assert [v and (v.entry("counter", None) or {})["limit_amount"] for v in found] == [27, 25]
    later = await loaded(office, changed_list(), valid_from=date(2026, 9, 1))
    assert (later.published, later.known) == (0, 16)


async def test_a_load_tells_how_many_limits_change_and_how_many_decisions_count_no_more(
    office: Office,
) -> None:
    await loaded(office)
    await decide(office, await registrar(office), 1)
    birth = sample()[BIRTH]
    renamed = birth._replace(version={**birth.version, "decision_no": "1/QĐ-BTP"})
    rest = [one for one in changed_list() if one.code != BIRTH]
    told = await loaded(office, [renamed, *rest])
    assert (told.limits_changed, told.in_doubt_again) == (1, 0)
    done = await loaded(office, [renamed, *rest], valid_from=date(2026, 8, 1))
    assert (done.published, done.limits_changed, done.in_doubt_again) == (2, 1, 1)


# Programmes


async def test_a_programme_is_recorded_once_and_says_what_is_unknown_or_left_over(office: Office) -> None:
    await loaded(office)
    programme = {
        "programme": "made-up",
        "valid_from": date(2025, 6, 1),
        "valid_until": None,
        "source": "tests",
    }
    first = await tag_procedures(office.registry, SYSTEM, programme, [BIRTH, LAND, "9.999999"])
    assert (first.recorded, first.known, first.unknown, first.outside) == (2, 0, ("9.999999",), ())
    again = await tag_procedures(office.registry, SYSTEM, programme, [BIRTH])
    assert (again.recorded, again.known, again.outside) == (0, 1, (LAND,))
    organisation = (await office.reader.moment(fresh=True)).organisation
    t = datetime(2025, 6, 2, tzinfo=UTC)
    of_it = catalogue.procedures(organisation, t, "", 10, programme="made-up")
    assert [one["code"] for one in of_it] == [BIRTH, LAND]
    early = datetime(2025, 5, 2, tzinfo=UTC)
    assert catalogue.procedures(organisation, early, "", 10, programme="made-up") == []
    ends = programme | {"valid_until": date(2025, 5, 1)}
    with pytest.raises(Refused) as refusal:
        await tag_procedures(office.registry, SYSTEM, ends, [BIRTH])
    assert refusal.value.rule is doubt_rules.TAG_DAYS


# What the list may not be


async def test_cases_with_different_limits_are_listed_for_the_dossier_that_names_none(
    office: Office,
) -> None:
    certificate = sample()["2.000908"]
    line = certificate.version["channels"][0]
    lines = [line | {"case": f"trường hợp {n}", "limit_amount": n} for n in (2, 4)]
    await loaded(office, [certificate._replace(version={**certificate.version, "channels": tuple(lines)})])

    async def to_decide() -> list[dict[str, Any]]:
        organisation = (await office.reader.moment(fresh=True)).organisation
        return undecided(organisation, date(2025, 6, 2), "", 10)

    ((one,),) = (item["limits"] for item in await to_decide())
    assert (one["channel"], one["case"], one["doubts"]) == (line["channel"], None, ("case_not_named",))
    assert [(case["case"], case["limit_amount"]) for case in one["cases"]] == [
        ("trường hợp 2", 2),
        ("trường hợp 4", 4),
    ]
    assert line["channel"] == "counter"
    await decide(office, await registrar(office), 4, certificate.code)
    assert await to_decide() == []
