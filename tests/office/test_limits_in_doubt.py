"""Dossiers of procedures whose published limit is in doubt, on a real ledger: nothing is accepted by it until
a person has decided, and what is decided later moves no date. The audit at the end works each date out
again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from application import catalogue
from application.audit_clocks import wrong_dates
from application.catalogue_loads import load_procedures
from application.changing import Asked
from application.limit_decisions import decide_limit, listed_limit, undecided
from application.national_loads import ListLoaded, load_list
from application.policy import Identity
from application.programmes import tag_procedures
from application.refusals import BadRequest, NotAllowed, Refused
from domain import doubt_rules
from domain.dossier_facts import DossierAccepted
from domain.dossier_supplement_facts import ClockSet
from domain.transitions import SUBMITTED
from infra.national_list import Listed, read_national
from infra.reference_input import FileProblem
from tests.office.one_dossier import DESK, MONDAY, do, due, end_of, known, refused_by, statutory
from tests.office.province import PROVINCE, SYSTEM, procedure_entry
from tests.office.world import Office
from tests.reference.national import SAMPLE, sample

BIRTH, LAND, EXTRACT = "1.001193", "1.013978", "2.000635"
BASIS = "Luật Hộ tịch 2014, Điều 16"


async def loaded(office: Office, listed: Sequence[Listed] | None = None, **more: Any) -> ListLoaded:
    return await load_list(office.registry, SYSTEM, listed or list(sample().values()), **more)


async def registrar(office: Office) -> Identity:
    posting = {"agency": PROVINCE, "roles": ["registrar"]}
    return await office.appointed({"number": "REG-1", "name": "Lê Thị Sổ", "postings": [posting]})


async def decide(office: Office, who: Identity, amount: int | None, code: str = BIRTH) -> None:
    await decide_limit(
        office.registry,
        Asked(who),
        code,
        version=1,
        channel="counter",
        case=None,
        limit_amount=amount,
        limit_unit="working_day" if amount else None,
        basis=BASIS,
    )


async def filed(office: Office, procedure: str = BIRTH) -> str:
    return (await office.filed(DESK, "07207", procedure, accept=False)).code


async def accepted(office: Office, procedure: str = BIRTH) -> str:
    code = await filed(office, procedure)
    await do(office, code, "accept")
    return code


async def test_a_birth_registration_is_accepted_only_once_its_limit_is_decided(office: Office) -> None:
    await loaded(office)
    await office.move_clock(MONDAY)
    code = await filed(office)
    await refused_by(doubt_rules.LIMIT_DECIDED, do(office, code, "accept"))
    assert (await known(office, code)).dossier.status == SUBMITTED
    who = await registrar(office)
    await decide(office, who, 1)
    await do(office, code, "accept")
    assert await statutory(office, code) == end_of(3)


async def test_a_later_decision_moves_no_date_and_holds_for_what_comes_after_it(office: Office) -> None:
    await loaded(office)
    who = await registrar(office)
    await decide(office, who, 1)
    await office.move_clock(MONDAY)
    before = await accepted(office)
    await decide(office, who, 3)
    after = await accepted(office)
    assert [await statutory(office, code) for code in (before, after)] == [end_of(3), end_of(5)]


async def test_a_limit_that_is_decided_to_be_none_gives_no_date(office: Office) -> None:
    await loaded(office)
    await decide(office, await registrar(office), None)
    await office.move_clock(MONDAY)
    code = await accepted(office)
    assert await statutory(office, code) is None
    assert (await known(office, code)).dossier.limit_amount is None


async def test_what_the_list_names_no_limit_for_is_accepted_without_a_date(office: Office) -> None:
    await loaded(office)
    await office.move_clock(MONDAY)
    assert await statutory(office, await accepted(office, EXTRACT)) is None
    land = await accepted(office, LAND)
    assert (await known(office, land)).dossier.limit_amount == 27


async def test_a_limit_that_hangs_on_payment_waits_for_the_decision_too(office: Office) -> None:
    birth = sample()[BIRTH]
    await loaded(
        office, [birth._replace(version={**birth.version, "terms": {"clock": {"start": "payment"}}})]
    )
    await office.move_clock(MONDAY)
    code = await filed(office)
    await refused_by(doubt_rules.LIMIT_DECIDED, do(office, code, "accept"))
    await decide(office, await registrar(office), 1)
    await do(office, code, "accept")
    await pay(office, code)
    assert await statutory(office, code) == end_of(3)


async def pay(office: Office, code: str) -> None:
    await do(office, code, "assign", officer=office.officer(DESK).uuid)
    fee: dict[str, Any] = {"amount_vnd": 8_000, "purpose": "fee", "count": 1}
    await do(office, code, "request-payment", **fee)
    (owed,) = (await known(office, code)).dossier.obligations
    paid_at = (await office.reader.moment(fresh=True)).now
    paid = {"obligation": owed, "amount_vnd": 8_000, "paid_at": paid_at, "reference": "GD1"}
    await office.act(office.officer(DESK), code, "confirm-payment", None, **paid)


async def test_a_decision_after_the_acceptance_starts_no_clock_where_there_was_no_limit(
    office: Office,
) -> None:
    await loaded(office)
    who = await registrar(office)
    await decide(office, who, None)
    await office.move_clock(MONDAY)
    code = await accepted(office)
    await decide(office, who, 1)
    assert await due(office, code) is None
    await do(office, code, "assign", officer=office.officer(DESK).uuid)
    assert await due(office, code) is None
    assert not any(isinstance(recorded.fact, ClockSet) for recorded in (await known(office, code)).facts)


async def test_a_decision_after_the_acceptance_takes_no_limit_away_that_payment_begins(
    office: Office,
) -> None:
    birth = sample()[BIRTH]
    terms = {"clock": {"start": "payment"}}
    await loaded(office, [birth._replace(version={**birth.version, "terms": terms})])
    who = await registrar(office)
    await decide(office, who, 1)
    await office.move_clock(MONDAY)
    code = await accepted(office)
    await decide(office, who, None)
    waiting = await due(office, code)
    assert waiting is not None
    assert waiting["remaining"] == {"unit": "working_day", "amount": 1}
    await pay(office, code)
    assert await statutory(office, code) == end_of(3)


async def test_the_audit_finds_a_clock_that_a_later_decision_began(office: Office) -> None:
    birth = sample()[BIRTH]
    terms = {"clock": {"start": "payment"}}
    await loaded(office, [birth._replace(version={**birth.version, "terms": terms})])
    who = await registrar(office)
    await decide(office, who, 3)
    before = (await office.reader.moment(fresh=True)).read_up_to
    await decide(office, who, 1)
    await office.move_clock(MONDAY)
    code = await accepted(office)
    await pay(office, code)
    facts = (await known(office, code)).facts
    organisation = (await office.reader.moment(fresh=True)).organisation
    assert list(wrong_dates(facts, organisation)) == []
    tampered = [
        replace(r, fact=replace(r.fact, calendar_position=before))
        if isinstance(r.fact, DossierAccepted)
        else r
        for r in facts
    ]
    assert len(list(wrong_dates(tampered, organisation))) == 1


async def test_only_a_registrar_with_a_posting_decides(office: Office) -> None:
    await loaded(office)
    for who in (SYSTEM, office.officer(DESK)):
        with pytest.raises(NotAllowed):
            await decide(office, who, 1)


async def test_the_audit_finds_an_acceptance_by_a_limit_that_nobody_had_decided_then(office: Office) -> None:
    await loaded(office)
    await office.move_clock(MONDAY)
    code = await filed(office)
    before = (await office.reader.moment(fresh=True)).read_up_to
    await decide(office, await registrar(office), 1)
    await do(office, code, "accept")
    facts = (await known(office, code)).facts
    organisation = (await office.reader.moment(fresh=True)).organisation
    assert list(wrong_dates(facts, organisation)) == []
    for changed in ({"calendar_position": before}, {"limit_amount": 2}, {"channel": "online"}):
        tampered = [
            replace(r, fact=replace(r.fact, **changed)) if isinstance(r.fact, DossierAccepted) else r
            for r in facts
        ]
        assert len(list(wrong_dates(tampered, organisation))) == 1, changed


async def test_what_is_in_doubt_is_listed_by_code_until_it_is_decided(office: Office) -> None:
    await loaded(office)
    day = date(2025, 6, 2)

    async def codes(after: str = "", limit: int = 100) -> list[str]:
        organisation = (await office.reader.moment(fresh=True)).organisation
        return [item["code"] for item in undecided(organisation, day, after, limit)]

    everything = ["1.000656", "1.000894", BIRTH, "1.004873", "2.001428", "3.000226"]
    assert await codes() == everything
    assert await codes(BIRTH, 2) == everything[3:5]
    who = await registrar(office)
    for channel in ("counter", "online", "post"):
        await decide_limit(
            office.registry,
            Asked(who),
            BIRTH,
            version=1,
            channel=channel,
            case=None,
            limit_amount=1,
            limit_unit="working_day",
            basis=BASIS,
        )
    assert await codes() == [code for code in everything if code != BIRTH]
    organisation = (await office.reader.moment(fresh=True)).organisation
    shown = catalogue.procedure(organisation, BIRTH, datetime(2025, 6, 2, tzinfo=UTC))
    assert {line["limit"]["state"] for line in shown["channels"]} == {"decided"}
    assert shown["channels"][0]["limit"]["basis"] == BASIS
    allowance = listed_limit(organisation, "2.001428", 1, "post", None)
    assert allowance == (7, "calendar_day")
    with pytest.raises(BadRequest):
        listed_limit(organisation, BIRTH, 1, "post", None)


# The list, again and later


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
    await loaded(office, [sample()[code]], valid_from=date(2026, 7, 1))
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


@pytest.mark.parametrize(
    ("table", "was", "now", "words"),
    [
        (
            "tthc_channels.csv",
            "Trực tuyến",
            "Bằng thư",
            r":\d+: the channel 'Bằng thư' is not known; known are: Trực tiếp, Trực tuyến, ",
        ),
        ("tthc_channels.csv", "Ngày làm việc", "Tuần", r":\d+: the unit 'Tuần' is not known; known are: Ng"),
        ("tthc_channels.csv", "1.001193,", "9.999999,", r"tthc_channels.csv:\d+: 9.999999 stands in no row"),
        (
            "tthc_procedures.csv",
            "Cấp xã",
            "Cấp thôn",
            r":\d+: the level 'Cấp thôn' is not known; known are",
        ),
        ("tthc_procedures.csv", "khai sinh", "khai\0sinh", r":\d+: name has the character U\+0000"),
        ("tthc_procedures.csv", "1.001193,", "1.000656,", "the code stands already above"),
        ("tthc_procedures.csv", "1.001193,", "khai sinh,", "is no procedure code"),
    ],
)
def test_a_list_with_words_that_nobody_knows_is_refused_with_its_line(
    tmp_path: Path, table: str, was: str, now: str, words: str
) -> None:
    for file in SAMPLE.glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_text(text.replace(was, now) if file.name == table else text, "utf-8")
    with pytest.raises(FileProblem, match=words):
        list(read_national(tmp_path))


def with_cells(folder: Path, was: str, now: str) -> list[Listed]:
    for file in SAMPLE.glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        (folder / file.name).write_text(text.replace(was, now), encoding="utf-8")
    return list(read_national(folder))


async def test_an_amount_or_a_fee_that_nobody_can_mean_is_a_doubt_and_not_a_fault(
    office: Office, tmp_path: Path
) -> None:
    listed = with_cells(tmp_path, "1.013978,Trực tiếp,27,", "1.013978,Trực tiếp,27000,")
    (land,) = (one for one in listed if one.code == LAND)
    line = next(line for line in land.version["channels"] if line["channel"] == "counter")
    assert (line["limit_amount"], line["listed_time"]) == (None, "27000")
    assert "not_whole" in line["doubts"]
    await loaded(office, [land])
    who = await registrar(office)
    await decide(office, who, 27, LAND)


def test_a_fee_beyond_any_is_unknown_and_stands_as_it_is_listed(tmp_path: Path) -> None:
    listed = with_cells(tmp_path, ",20000,Việt Nam Đồng,", f",{10**13},Việt Nam Đồng,")
    before = {one.code: one for one in read_national(SAMPLE)}
    changed = [one for one in listed if one.version != before[one.code].version]
    assert changed
    for one in changed:
        assert None in [line["fee_vnd"] for line in one.version["channels"]]


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
