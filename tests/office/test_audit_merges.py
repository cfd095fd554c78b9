"""What the audit finds of people with several records: an end of a merge that is missing, circles, and what
was asked for although another record of the same person had it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.audit import audit
from application.citizens import Identification, identify
from application.keeping import documents_of
from application.people_then import PeopleThen, same_then
from application.ports import NewerFacts, StoredFact
from domain.citizen import Citizen
from domain.citizen_facts import (
    CitizenAbsorbed,
    CitizenMerged,
    CitizenReleased,
    CitizenSeparated,
)
from infra.recorder import PostgresRecorder
from infra.scan import open_scan
from tests.office.asked_papers import BIRTH, LAND, OTHER_DESK, both_published, filed, kept_for
from tests.office.people_unjudged import (
    filed_under,
    found,
    gave,
    intruder,
    merged,
    separated,
)
from tests.office.province import SYSTEM
from tests.office.test_audit_finds import only
from tests.office.unjudged import asked
from tests.office.world import Office


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
