"""Erasing a person: who may, what refuses it, what is left, and what the same person may do afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from application import erasing, erasing_reading, holding_back
from application.changing import Asked
from application.citizen_search import Asked as Searched
from application.citizen_search import search
from application.citizens import Identification, identify
from application.erasing_finish import finish
from application.file_check import check
from application.filing import submit
from application.refusals import NotAllowed, Refused
from domain import erasure_rules as rules
from domain import record_rules
from tests.office.asked_papers import BIRTH, DESK, a_file, both_published, do, filed
from tests.office.erasures import by, erased, erased_unjudged, held, kept_for, requested
from tests.office.people_unjudged import merged, submission
from tests.office.province import SYSTEM
from tests.office.test_voice import complained, voices
from tests.office.world import Office

NUMBER = "024199012345"
WHO = Identification("person", "Nguyễn Thị Quên", "personal_number", NUMBER, "0912887766", "Số 12 ngõ 34")


async def refused(rule: Any, doing: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        await doing
    assert refusal.value.rule is rule
    return refusal.value


async def identified(office: Office) -> UUID:
    return (await identify(office.citizens, SYSTEM, WHO)).id


async def concluded(office: Office, owner: UUID, *, paper: bytes | None = None) -> str:
    """A dossier of theirs that was withdrawn."""
    code = await filed(office, owner, BIRTH, "to-khai")
    if paper is not None:
        file = await a_file(office, owner, paper)
        await do(office, code, "upload-component", component="khai-sinh", file=file)
    await do(office, code, "withdraw")
    return code


async def test_two_officers_erase_and_nothing_finds_the_person_again(office: Office) -> None:
    await both_published(office)
    owner = await identified(office)
    await concluded(office, owner, paper=b"%PDF-1.7 giay")
    await kept_for(office, None, 1)
    await refused(rules.PERIOD_RUNS, requested(office, owner))
    done = await erased(office, owner, "unlawful_processing")
    assert (done.subjects, done.dossiers, done.files) == (2, 1, 1)
    assert done.finished is not None
    assert done.finished.files == 1
    desk = office.officer(DESK)
    assert (await search(office.citizens, desk, Searched(number=NUMBER)))["items"] == []
    assert await office.files.store.names("", 5) == []
    files = await check(office.opened.recorder, office.opened.codec, office.files.sealed, office.files.store)
    assert (files.files, files.erased, files.findings) == (1, 1, ())
    told = await erasing_reading.record(office.erasing, await by(office), "citizen", owner)
    assert (told["state"], told["ground"], told["files"]) == ("carried_out", "unlawful_processing", 1)
    assert told["requested_by"] != told["ended_by"]


async def test_who_requested_it_does_not_carry_it_out_and_nobody_else_requests_it(office: Office) -> None:
    owner = await identified(office)
    id = await requested(office, owner)
    await refused(rules.REQUESTED_ONCE, requested(office, owner))
    await refused(rules.FOUR_EYES, erasing.carry_out(office.erasing, await by(office), id))
    with pytest.raises(NotAllowed):
        await erasing.carry_out(office.erasing, Asked(office.officer(DESK)), id)
    await erasing.carry_out(office.erasing, await by(office, "second"), id)
    again = await erasing.carry_out(office.erasing, await by(office, "second"), id)
    assert (again.position, again.subjects) == (0, 1)
    await refused(rules.ALREADY, requested(office, owner))


async def test_nothing_begins_for_who_is_being_erased_until_it_is_withdrawn(office: Office) -> None:
    await both_published(office)
    owner = await identified(office)
    id = await requested(office, owner)
    await refused(rules.BEING_DECIDED, filed(office, owner))
    await refused(rules.BEING_DECIDED, complained(office, by=owner))
    other = await office.applicant()
    await refused(rules.BEING_DECIDED, merged(office, other, owner))
    await erasing.withdraw(office.erasing, await by(office), id, ground="person_withdrew")
    await refused(rules.REQUESTED, erasing.carry_out(office.erasing, await by(office, "second"), id))
    code = await filed(office, owner)
    stands = await refused(rules.PROCEDURE_OPEN, requested(office, owner))
    assert stands.details["dossier"] == code


async def test_the_same_person_files_again_as_a_new_record(office: Office) -> None:
    await both_published(office)
    old = await identified(office)
    await erased(office, old)
    await refused(rules.ALREADY, filed(office, old))
    new = await identify(office.citizens, SYSTEM, WHO)
    assert (new.id != old, new.known) == (True, False)
    await filed(office, new.id)
    read = await erasing.preview(office.erasing, await by(office), "citizen", new.id)
    assert [way.rule for way in read.ways] == [rules.PROCEDURE_OPEN]


async def test_every_record_of_one_person_goes_together(office: Office) -> None:
    one, two, other = [await office.applicant(name) for name in ("Lò Thị Một", "Lò Thị Hai", "Lò Thị Ba")]
    await merged(office, two, one)
    done = await erased(office, two)
    assert done.subjects == 2
    await office.opened.keyring.load([one, two, other])
    assert [office.opened.keyring._cached(id) is None for id in (one, two, other)] == [True, True, False]
    await refused(rules.ALREADY, merged(office, other, one))


async def test_a_hold_stops_it_wherever_it_stands(office: Office) -> None:
    await both_published(office)
    owner = await identified(office)
    code = await concluded(office, owner)
    dossier = await office.opened.ledger.find("dossier_code", code)
    assert dossier is not None
    for kind, id in (("citizen", owner), ("dossier", dossier)):
        hold = await held(office, id, kind)
        stands = await refused(rules.HELD, requested(office, owner, "authority_order"))
        assert stands.details == {"hold": str(hold), "ground": "court"}
        await holding_back.lift(office.erasing, await by(office), hold, decision="6/TA")
        await refused(
            rules.HOLD_STANDS, holding_back.lift(office.erasing, await by(office), hold, decision="6")
        )
    id = await requested(office, owner, "authority_order")
    await held(office, owner)
    await refused(rules.HELD, erasing.carry_out(office.erasing, await by(office, "second"), id))
    assert len(await holding_back.listed(office.erasing, await by(office))) == 1
    assert len(await holding_back.listed(office.erasing, await by(office), every=True)) == 3


async def test_what_an_authority_still_needs_is_kept(office: Office) -> None:
    await both_published(office)
    owner, helper = await identified(office), await office.applicant("Lò Thị Giúp")
    await filed(office, owner, submitter=helper)
    for one in (owner, helper):
        await refused(rules.PROCEDURE_OPEN, requested(office, one, "authority_order"))
    third = await office.applicant("Lò Thị Kêu")
    voice = await complained(office, by=third)
    await voices(office).index.shown((await office.reader.moment(fresh=True)).read_up_to)
    stands = await refused(rules.VOICE_OPEN, requested(office, third, "authority_order"))
    assert stands.details == {"voice": str(voice)}


async def test_a_period_is_data_and_counts_against_a_request_and_not_against_an_order(office: Office) -> None:
    await both_published(office)
    owner = await identified(office)
    await concluded(office, owner)
    await refused(rules.PERIOD_UNKNOWN, requested(office, owner))
    await kept_for(office, None, 24)
    runs = await refused(rules.PERIOD_RUNS, requested(office, owner))
    assert str(runs.details["until"]).startswith("2027-06")
    await kept_for(office, BIRTH, None)
    await refused(rules.FOR_EVER, requested(office, owner))
    assert (await erased(office, owner, "authority_order")).subjects == 2


async def test_killed_between_the_fact_and_the_keys_it_is_finished_by_the_next(
    damaged_office: Office,
) -> None:
    office = damaged_office
    owner = await identified(office)
    await erased_unjudged(office, owner, finished=False)
    kinds = [(f["kind"], f["says"]) for f in (await office.audited()).findings]
    assert {kind for kind, _ in kinds} == {"erasure"}
    assert any("subject_key still has a row" in says for _, says in kinds)
    done = await finish(office.erasing)
    assert (done.erasures, done.keys) == (1, 1)
    assert (await finish(office.erasing)).erasures == 0
    assert (await office.audited()).ok


async def test_what_the_audit_says_of_erasures(damaged_office: Office) -> None:
    office = damaged_office
    one, two, three = [await office.applicant(name) for name in ("A B", "C D", "E G")]
    now = (await office.reader.moment(fresh=True)).now
    await office.opened.keyring.destroy([one], now)
    await erased_unjudged(office, two, three, leaving_out=1)
    says = [f["says"] for f in (await office.audited()).findings]
    assert [str(one) in said and "no erasure on record" in said for said in says] == [False, True]
    assert f"names {two}, whose own stream does not say so" in says[0]


async def test_submission_of_another_for_the_erased_is_refused(office: Office) -> None:
    owner, helper = await identified(office), await office.applicant()
    await erased(office, owner)
    said = await submission(office, owner, helper, None)
    await refused(rules.ALREADY, submit(office.dossiers, office.officer(DESK), said))


async def test_it_is_not_carried_out_before_all_that_began_before_the_request_is_shown(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await identified(office)
    asked = await erasing.request(
        office.erasing, await by(office), "citizen", owner, ground="authority_order", decision="1/QĐ"
    )
    waited: list[int] = []
    shown = office.erasing.index.shown

    async def waits(position: int) -> None:
        waited.append(position)
        await shown(position)

    monkeypatch.setattr(office.erasing.index, "shown", waits)
    await erasing.carry_out(office.erasing, await by(office, "second"), asked.erasure)
    request = (await office.opened.ledger.facts_of([asked.erasure]))[0].position
    assert waited
    assert min(waited) >= request


@pytest.mark.parametrize("number", [NUMBER, "0912887766", "Nguyễn Thị Quên", "quyết định"])
async def test_no_name_and_no_number_of_a_person_stands_for_a_decision(office: Office, number: str) -> None:
    owner = await identified(office)
    said: dict[str, Any] = {"ground": "person_asked", "decision": number}
    await refused(
        record_rules.CODE_FORM,
        erasing.request(office.erasing, await by(office), "citizen", owner, **said),
    )
    placed: dict[str, Any] = {"kind": "citizen", "held": owner, "ground": "court", "decision": number}
    await refused(
        record_rules.CODE_FORM,
        holding_back.place(office.erasing, await by(office), **placed),
    )
