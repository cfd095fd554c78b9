"""Mandates that nobody gave and links between records that do not hold, recorded by somebody who goes around
the application: the audit names each, and nothing that was recorded as it should be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.audit import audit
from application.changing import Asked
from application.citizens import Identification, identify
from application.filing import Submission, filed_dossier, submit
from application.ids import new_id
from application.keeping import documents_of
from application.mandating import Given, end, give
from application.merging import merge, separate
from application.people_then import PeopleThen, same_then
from application.ports import NewerFacts, StoredFact
from domain.citizen import Citizen
from domain.citizen_facts import (
    CitizenAbsorbed,
    CitizenMerged,
    CitizenReleased,
    CitizenSeparated,
    MandateGiven,
)
from domain.facts import Actor, Envelope
from domain.local_time import local_date
from infra.recorder import PostgresRecorder
from infra.scan import open_scan
from tests.office.asked_papers import BIRTH, DESK, LAND, OTHER_DESK, PLACES, both_published, filed, kept_for
from tests.office.province import SYSTEM
from tests.office.registrars import by_registrar
from tests.office.test_audit_finds import only
from tests.office.unjudged import asked
from tests.office.world import Office


async def today(office: Office) -> date:
    return local_date((await office.reader.moment(fresh=True)).now)


def by_desk(office: Office) -> Asked:
    return Asked(office.officer(DESK), office.command())


async def gave(office: Office, owner: UUID, to: UUID, **days: Any) -> UUID:
    mandate, _ = await give(office.dossiers, by_desk(office), owner, Given(to, "authorised", **days))
    return mandate


async def merged(office: Office, one: UUID, into: UUID) -> None:
    await merge(office.citizens, await by_registrar(office), one, into=into, ground="registered_twice")


async def separated(office: Office, one: UUID) -> None:
    await separate(office.citizens, await by_registrar(office), one)


async def submission(office: Office, owner: UUID, submitter: UUID, mandate: UUID | None) -> Submission:
    return Submission(
        procedure="1.000001",
        channel="counter",
        owner=owner,
        submitter=submitter,
        place=PLACES[DESK],
        receiving_agency=await office.agency(DESK),
        mandate=mandate,
    )


async def filed_unjudged(office: Office, owner: UUID, submitter: UUID, mandate: UUID) -> str:
    """A dossier whose mandate nobody judged."""
    said = await submission(office, owner, submitter, mandate)
    moment = await office.reader.moment(fresh=True)
    code = f"{DESK}-250601-{uuid4().int % 10_000:04}"
    dossier = filed_dossier(office.officer(DESK), said, moment, code)
    claim = office.opened.ledger.claim("dossier_code", code, dossier.id)
    await office.opened.ledger.append(dossier, claims=[claim])
    return code


async def filed_under(office: Office, owner: UUID, submitter: UUID, mandate: UUID) -> str:
    said = await submission(office, owner, submitter, mandate)
    return (await submit(office.dossiers, office.officer(DESK), said, office.command())).code


async def intruder(office: Office) -> Envelope:
    return Envelope(Actor("system", "intruder"), (await office.reader.moment(fresh=True)).now)


async def found(office: Office, kind: str) -> list[str]:
    """What the audit says, all of it of one kind."""
    findings = (await office.audited()).findings
    assert {finding["kind"] for finding in findings} <= {kind}, findings
    return [finding["says"] for finding in findings]


# mandates


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


async def one_end(office: Office, id: UUID, kind: type[Any], **named: Any) -> None:
    record = await office.opened.ledger.load(Citizen, id)
    further: dict[type[Any], dict[str, Any]] = {
        CitizenMerged: {"ground": "other", "note": None},
        CitizenSeparated: {"note": None},
    }
    record.record(kind, await intruder(office), **named, **further.get(kind, {}))
    await office.opened.ledger.append(record)


async def both_ends(office: Office, one: UUID, into: UUID) -> None:
    """A merge that no rule judged."""
    ledger, by = office.opened.ledger, await intruder(office)
    duplicate, survivor = await ledger.load(Citizen, one), await ledger.load(Citizen, into)
    duplicate.record(CitizenMerged, by, into=into, ground="other", note=None)
    survivor.record(CitizenAbsorbed, by, duplicate=one)
    await ledger.append(duplicate, survivor)


async def test_a_merge_of_which_one_end_is_missing(damaged_office: Office) -> None:
    a, b, c, d = [await damaged_office.applicant() for _ in range(4)]
    await one_end(damaged_office, a, CitizenMerged, into=b)
    await one_end(damaged_office, c, CitizenAbsorbed, duplicate=d)
    says = await found(damaged_office, "merge")
    assert [one.split(" ", 2)[2] for one in sorted(says)] == [
        f"merges {a} into {b}, and no absorption of it stands next to that",
        f"absorbs {d}, and no merge of it stands next to that",
    ]


async def test_a_separation_of_which_one_end_is_missing(damaged_office: Office) -> None:
    a, b, c, d = [await damaged_office.applicant() for _ in range(4)]
    await merged(damaged_office, a, b)
    await merged(damaged_office, c, d)
    await one_end(damaged_office, a, CitizenSeparated, from_=b)
    await one_end(damaged_office, d, CitizenReleased, duplicate=c)
    says = await found(damaged_office, "merge")
    assert len(says) == 2
    assert any(f"separates {a} from {b}, and no release" in one for one in says)
    assert any(f"releases {c}, and no separation" in one for one in says)


async def test_the_two_ends_of_a_merge_from_two_appends(damaged_office: Office) -> None:
    a, b = await damaged_office.applicant(), await damaged_office.applicant()
    await one_end(damaged_office, a, CitizenMerged, into=b)
    await one_end(damaged_office, b, CitizenAbsorbed, duplicate=a)
    assert len(await found(damaged_office, "merge")) == 2


async def test_the_two_ends_of_a_merge_with_something_between_them(damaged_office: Office) -> None:
    a, b, c = [await damaged_office.applicant() for _ in range(3)]
    ledger, by = damaged_office.opened.ledger, await intruder(damaged_office)
    duplicate, between, survivor = [await ledger.load(Citizen, one) for one in (a, c, b)]
    duplicate.record(CitizenMerged, by, into=b, ground="other", note=None)
    between.verify(by, level="level_2", source="counter")
    survivor.record(CitizenAbsorbed, by, duplicate=a)
    await ledger.append(duplicate, between, survivor)
    assert len(await found(damaged_office, "merge")) == 2


async def test_a_merge_whose_other_end_stands_somewhere_else(damaged_office: Office) -> None:
    a, b, c = [await damaged_office.applicant() for _ in range(3)]
    ledger, by = damaged_office.opened.ledger, await intruder(damaged_office)
    one, other = await ledger.load(Citizen, a), await ledger.load(Citizen, c)
    one.record(CitizenMerged, by, into=b, ground="other", note=None)
    other.record(CitizenAbsorbed, by, duplicate=a)
    await ledger.append(one, other)
    says = await found(damaged_office, "merge")
    assert any(f"merges {a} into {b}, and no absorption" in one for one in says)
    assert any(f"absorbs {a}, and no merge" in one for one in says)


async def test_a_circle_of_merges(damaged_office: Office) -> None:
    a, b, c = [await damaged_office.applicant() for _ in range(3)]
    await merged(damaged_office, a, b)
    await merged(damaged_office, b, c)
    await both_ends(damaged_office, c, a)
    (says,) = await found(damaged_office, "merge")
    assert f"merges {c} into {a}, which stood for the same person already" in says


async def test_a_person_who_is_merged_twice_or_separated_from_somebody_else(damaged_office: Office) -> None:
    a, b, c = [await damaged_office.applicant() for _ in range(3)]
    await merged(damaged_office, a, b)
    await both_ends(damaged_office, a, c)
    (says,) = await found(damaged_office, "merge")
    assert f"merges {a} once more: it was merged into {b}" in says
    await one_end(damaged_office, a, CitizenSeparated, from_=b)
    says_all = await found(damaged_office, "merge")
    assert any(f"separates {a} from {b}, into which it was not merged" in one for one in says_all)


async def test_a_person_who_is_merged_with_an_organisation_or_with_nobody(damaged_office: Office) -> None:
    person = await damaged_office.applicant()
    company = (await identify(damaged_office.citizens, SYSTEM, Identification("organisation", "Cty Thử"))).id
    await both_ends(damaged_office, person, company)
    (says,) = await found(damaged_office, "merge")
    assert f"merges {person} into {company}: person into organisation" in says
    another = await damaged_office.applicant()
    await one_end(damaged_office, another, CitizenMerged, into=uuid4())
    says_all = await found(damaged_office, "merge")
    assert any("person into nobody who is known" in one for one in says_all)


async def test_merges_and_separations_as_the_rules_have_them_are_sound(office: Office) -> None:
    a, b, c = [await office.applicant() for _ in range(3)]
    await merged(office, a, b)
    await merged(office, b, c)
    await separated(office, a)
    await merged(office, c, a)


# what was asked for


@pytest.fixture
async def papers(damaged_office: Office) -> Office:
    await both_published(damaged_office)
    return damaged_office


async def test_a_request_for_what_the_store_of_another_record_of_the_same_person_has(papers: Office) -> None:
    owner, twin = await papers.applicant(), await papers.applicant("Trần Thị Thử")
    await kept_for(papers, twin)
    before, then, after = [await filed(papers, owner, LAND, desk=OTHER_DESK) for _ in range(3)]
    await asked(papers, before, "ks-ban-sao")  # the twin is somebody else still
    await merged(papers, twin, owner)
    await asked(papers, then, "ks-ban-sao")
    await separated(papers, twin)
    await asked(papers, after, "ks-ban-sao")
    (says,) = only(await papers.audited(), "asked")
    assert f"asks dossier {then} for ks-ban-sao, which is held by the store" in says


async def test_a_decision_on_somebodys_documents_is_made_again_when_a_merge_comes_between(
    papers: Office,
) -> None:
    owner, twin = await papers.applicant(), await papers.applicant("Trần Thị Thử")
    await kept_for(papers, twin)
    moment = await papers.reader.moment(fresh=True)
    documents = await documents_of(papers.opened.ledger, owner)
    await merged(papers, twin, owner)
    record = await papers.opened.ledger.load(Citizen, await papers.applicant())
    record.verify(await intruder(papers), level="level_2", source="counter")
    with pytest.raises(NewerFacts):
        await papers.opened.ledger.append(record, nothing_newer=moment.nothing_newer(documents.streams))


# what it costs


@dataclass
class Watched:
    """The recorder of an office, and which streams were read together through it."""

    recorder: PostgresRecorder
    read: list[UUID] = field(default_factory=list)

    async def events_of_many(
        self, streams: Sequence[UUID], recorded_before: datetime | None = None
    ) -> list[StoredFact]:
        self.read += streams
        return await self.recorder.events_of_many(streams, recorded_before)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.recorder, name)


async def read_by_the_audit(office: Office) -> list[UUID]:
    recorder = Watched(office.opened.recorder)
    now, _ = await office.opened.recorder.clock()
    async with open_scan(office.database.app_dsn) as scan:
        of = office.opened.codec, office.shown
        await audit(
            scan,
            recorder,
            *of,
            claim_value=office.opened.keyring.claim_value,
            now=now,
            store=office.files.store,
        )
    return recorder.read


async def test_without_mandates_and_merges_no_record_of_a_person_is_read_again(papers: Office) -> None:
    owner, other = await papers.applicant(), await papers.applicant("Lê Văn Khác")
    await asked(papers, await filed(papers, owner, BIRTH, submitter=other), "khai-sinh")
    assert not {owner, other} & set(await read_by_the_audit(papers))
    await filed_under(papers, owner, other, await gave(papers, owner, other))
    assert sorted({owner, other} & set(await read_by_the_audit(papers))) == sorted((owner, other))


async def test_no_more_records_are_remembered_than_there_is_room_for_and_none_is_read_past_the_head(
    office: Office,
) -> None:
    a, b, c = [await office.applicant() for _ in range(3)]
    await merged(office, a, b)
    head = (await office.opened.recorder.clock())[1]
    await merged(office, b, c)
    own = office.opened.recorder, office.opened.codec, head
    people = PeopleThen(*own, merged=True, room=4)
    records = await people.read([a, c])
    assert people.facts <= 4
    assert same_then(records, a, head + 1) == {a, b}
    assert same_then(records, a, head - 1) == {a}
    assert same_then(records, c, head + 1000) == {c}
    again = await people.read([a, c])
    assert again[a].links == records[a].links
