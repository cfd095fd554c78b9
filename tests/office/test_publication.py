"""Promulgations and postings on a real ledger: recorded once, shown for any day; and a dossier received
before posting is accepted, and its fact names the rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from application import catalogue
from application.catalogue_loads import load_procedures
from application.publications import Published, load_publications
from application.refusals import NotFound, Refused
from domain import record_rules
from domain.anomalies import POSTED_BEFORE_RECEIPT
from tests.office.one_dossier import DESK, known
from tests.office.province import SYSTEM, procedure_entry
from tests.office.world import Office

PROCEDURE = "1.000001"
DECIDED = date(2025, 6, 2)
TUESDAY = datetime(2025, 6, 3, 1, tzinfo=UTC)


def entry(**changed: Any) -> dict[str, Any]:
    said = {
        "procedure": PROCEDURE,
        "version": 1,
        "decision_no": "15/QĐ-UBND",
        "issuer": "province",
        "decided_on": DECIDED,
        "in_force_on": date(2025, 6, 10),
        "shortened": False,
        "posted_on": None,
    }
    return said | changed


async def told(office: Office, *entries: dict[str, Any]) -> Published:
    return await load_publications(office.registry, SYSTEM, entries)


async def publication(office: Office, at: datetime | None = None) -> dict[str, Any]:
    moment = await office.reader.moment(fresh=True)
    shown: dict[str, Any] = catalogue.procedure(moment.organisation, PROCEDURE, at or moment.now)
    return dict(shown["publication"])


async def head(office: Office) -> int:
    _, position = await office.opened.recorder.clock()
    return position


async def test_what_was_recorded_before_adds_nothing_and_the_posting_follows_by_itself(
    office: Office,
) -> None:
    await office.move_clock(TUESDAY)
    assert (await publication(office))["state"] == "unknown"
    first = await told(office, entry())
    assert (first.promulgated, first.posted, first.known) == (1, 0, 0)
    assert (first.states["not_posted"], first.overdue) == (1, 0)
    before = await head(office)
    again = await told(office, entry(), entry())
    assert (again.promulgated, again.posted, again.known) == (0, 0, 2)
    assert await head(office) == before
    posted = await told(office, entry(posted_on=date(2025, 6, 3)))
    assert (posted.promulgated, posted.posted, posted.states["on_time"]) == (0, 1, 1)
    shown = await publication(office)
    assert (shown["state"], shown["posted_on"]) == ("on_time", date(2025, 6, 3))
    assert shown["decision"]["due_on"] == date(2025, 6, 5)
    assert shown["posting"]["due_on"] == date(2025, 6, 9)
    then = await publication(office, TUESDAY - timedelta(days=1))
    assert (then["state"], then["posted_on"]) == ("not_posted", None)


async def test_what_is_not_posted_in_time_is_overdue(office: Office) -> None:
    await office.move_clock(datetime(2025, 6, 11, 1, tzinfo=UTC))
    done = await told(office, entry())
    assert (done.states["not_posted"], done.overdue) == (1, 1)
    assert (await publication(office))["posting"]["days_late"] == 2


async def test_without_the_calendar_of_the_year_nothing_is_counted_by_guessing(office: Office) -> None:
    await office.move_clock(TUESDAY)
    past = entry(decided_on=date(2023, 6, 1), in_force_on=date(2023, 7, 1), posted_on=date(2023, 6, 2))
    done = await told(office, past)
    assert done.states["not_counted"] == 1
    shown = await publication(office)
    assert (shown["state"], shown["decision"], shown["posted_on"]) == ("not_counted", None, date(2023, 6, 2))


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"version": 7}, record_rules.PROMULGATE_KNOWN),
        ({"decision_no": "16/QĐ-UBND"}, record_rules.PROMULGATE_ONCE),
        ({"posted_on": date(2025, 6, 4)}, record_rules.PUBLICATION_PAST),
    ],
)
async def test_a_wrong_entry_is_named_and_nothing_of_the_file_is_recorded(
    office: Office, wrong: dict[str, Any], rule: Any
) -> None:
    await office.move_clock(TUESDAY)
    before = await head(office)
    with pytest.raises(Refused) as refusal:
        await told(office, entry(), entry(**wrong))
    assert (refusal.value.rule, refusal.value.pointer) == (rule, "/publications/1")
    with pytest.raises(NotFound) as missing:
        await told(office, entry(procedure="9.999999"))
    assert missing.value.pointer == "/publications/0"
    assert await head(office) == before


async def test_the_next_version_of_a_promulgated_procedure_is_published(office: Office) -> None:
    await office.move_clock(TUESDAY)
    await told(office, entry(posted_on=DECIDED))
    catalogue_entry = procedure_entry(PROCEDURE)
    versions = catalogue_entry["versions"]
    catalogue_entry["versions"] = [*versions, versions[-1] | {"valid_from": date(2025, 6, 5)}]
    loaded = await load_procedures(office.registry, SYSTEM, [catalogue_entry])
    assert loaded.recorded == 1
    moment = await office.reader.moment(fresh=True)
    procedure = moment.organisation.procedure_by_code(PROCEDURE)
    assert sorted(procedure.versions) == list(range(1, len(versions) + 2))
    assert sorted(procedure.promulgations) == [1]


async def rules_of_filing(office: Office, code: str) -> tuple[str, ...]:
    facts = (await known(office, code)).facts
    assert [r.fact.TOPIC for r in facts] == ["dossier.submitted.v3", "dossier.accepted.v1"]
    return facts[0].fact.envelope.rules


async def test_a_dossier_received_the_day_before_posting_is_accepted_and_on_record(office: Office) -> None:
    await office.move_clock(TUESDAY)
    await told(office, entry())
    early = await office.filed(DESK, "07207", PROCEDURE)
    assert await rules_of_filing(office, early.code) == (POSTED_BEFORE_RECEIPT.id,)
    await office.move_clock(TUESDAY + timedelta(days=1))
    await told(office, entry(posted_on=date(2025, 6, 4)))
    in_time = await office.filed(DESK, "07207", PROCEDURE)
    assert await rules_of_filing(office, in_time.code) == ()


async def test_where_nothing_is_recorded_of_its_publication_nothing_is_said_of_a_filing(
    office: Office,
) -> None:
    await office.move_clock(TUESDAY)
    filed = await office.filed(DESK, "07207", PROCEDURE)
    assert await rules_of_filing(office, filed.code) == ()
