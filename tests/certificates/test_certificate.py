"""The certificate from its issue to the part's close, on a real ledger."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest

from application.agency_keys import name_key, withdraw_key
from application.certificates import issue, issue_all, keys_of, shown, state
from application.changing import Asked
from application.closing import close
from application.policy import Identity
from application.refusals import BadRequest, NotAllowed, NotFound
from domain.certificate import canonical
from domain.refusals import Refused
from tests.certificates.signing_world import NEW_DESKS, OLD_DESKS, PROVINCE, Closing
from tests.office.province import SYSTEM
from tests.office.world import HOUR, Office

REGISTRAR = {
    "number": "registrar",
    "name": "Cán bộ quản lý",
    "postings": [{"agency": NEW_DESKS["07210"], "roles": ["registrar"]}],
}


async def test_a_certificate_is_issued_signed_by_both_sides_and_closes_the_part(closing: Closing) -> None:
    office, part = closing.office, closing.part
    issued = await closing.issue()
    assert issued.counts["dossiers"] == 3
    assert (
        issued.counts["signatures_required"] == 4
    )  # 07207 and 07201 handed over, both new communes received
    with pytest.raises(Refused, match="signatures_missing") as refused:
        await close(office.handovers, closing.operator, part)
    assert OLD_DESKS["07207"] + " (handing)" in str(refused.value.details["missing"])
    done = await closing.sign_all()
    assert (done.signed, done.missing) == (4, 0)
    closed = await close(office.handovers, closing.operator, part, office.command("close"))
    again = await close(office.handovers, closing.operator, part, office.command("close"))
    assert (again.position, again.repeated) == (closed.position, True)
    with pytest.raises(Refused, match="part_closed"):
        await close(office.handovers, closing.operator, part)
    moment = await office.reader.moment(fresh=True)
    assert moment.organisation.parts[part].state_at(moment.now).value == "closed"


async def test_the_document_is_made_again_byte_for_byte_whatever_comes_later(closing: Closing) -> None:
    office = closing.office
    await closing.issue()
    first = canonical((await shown(office.handovers, closing.operator, closing.part))["document"])
    registrar = await office.appointed(REGISTRAR)
    from application.organisation_acts import change_agency

    changed = {"name": "Tên mới"}
    day = HOUR.date()
    await change_agency(office.registry, Asked(registrar), NEW_DESKS["07210"], changes=changed, from_=day)
    await closing.sign_all()
    second = await shown(office.handovers, closing.operator, closing.part)
    assert canonical(second["document"]) == first
    assert hashlib.sha256(first).hexdigest() == second["digest"]


async def test_the_document_says_what_happened(closing: Closing) -> None:
    await closing.issue()
    document = (await shown(closing.office.handovers, closing.operator, closing.part))["document"]
    assert document["act"]["number"] == "1658/NQ-UBTVQH15"
    assert [(row["from"], row["to"], row["dossiers"]) for row in document["counts"]["by"]] == [
        (OLD_DESKS["07201"], NEW_DESKS["07213"], 1),
        (OLD_DESKS["07207"], NEW_DESKS["07210"], 2),
    ]
    assert document["counts"]["totals"]["moved"] == document["dossiers"] == 3
    digest = hashlib.sha256()
    moment = await closing.office.reader.moment(fresh=True)
    ids = []
    for answer in closing.dossiers:
        found = await closing.office.opened.ledger.find("dossier_code", answer.code)
        assert found is not None
        ids.append(found.bytes)
    digest.update(b"".join(sorted(ids)))
    assert document["list_digest"] == digest.hexdigest()
    finished = moment.organisation.parts[closing.part].finished
    assert [f.digest for f in finished.values()] == [digest.hexdigest()]
    sides = {(a["identifier"], a["side"]): a["required"] for a in document["agencies"]}
    assert sides[PROVINCE, "handing"] is False  # dissolved, and handed nothing over
    assert sides[OLD_DESKS["07207"], "handing"] is True
    assert document["tree"]["size"] == document["position"]


async def test_a_certificate_needs_the_reconciliation_and_stands_once(office: Office) -> None:
    operator = office.officers["first operator"]
    with pytest.raises(NotFound):
        await issue(office.handovers, operator, uuid4())
    part = await office.scheduled()
    with pytest.raises(BadRequest, match="at 2025-07-01 00:00:00 in Vietnam: there is nothing"):
        await issue(office.handovers, operator, part)
    await office.move_clock(HOUR)
    with pytest.raises(Refused, match="not_reconciled"):
        await issue(office.handovers, operator, part)


async def test_issuing_again_is_refused_and_repeated_by_its_key(closing: Closing) -> None:
    office = closing.office
    command = office.command("issue")
    first = await issue(office.handovers, closing.operator, closing.part, command)
    again = await issue(office.handovers, closing.operator, closing.part, command)
    assert (again.position, again.counts, again.repeated) == (first.position, first.counts, True)
    with pytest.raises(Refused, match=r"certificate\.once"):
        await closing.issue()
    (one,) = await issue_all(office.handovers, closing.operator, [closing.part])
    assert (one.answers, one.problem) == ([], None)


async def test_who_signs(closing: Closing) -> None:
    """The closing officer for the dissolved, a decider or operator of the receiver for itself."""
    office = closing.office
    await closing.issue()
    handing = await closing.signature(OLD_DESKS["07207"], "handing")
    receiving = await closing.signature(NEW_DESKS["07210"], "receiving")
    own, other = office.officer(OLD_DESKS["07207"]), office.officer(OLD_DESKS["07201"])
    for who in (own, other, closing.operator, SYSTEM):
        with pytest.raises(NotAllowed):
            await closing.sign(who, handing)
    for who in (other, closing.closer, SYSTEM):
        with pytest.raises(NotAllowed):
            await closing.sign(who, receiving)
    assert (await closing.sign(closing.closer, handing)).missing == 3
    assert (await closing.sign(own, receiving)).missing == 2
    with pytest.raises(Refused, match="signed_once"):
        await closing.sign(own, await closing.signature(NEW_DESKS["07210"], "receiving"))
    not_listed = await closing.signature(NEW_DESKS["07210"], "handing")
    with pytest.raises(Refused, match=r"certificate\.side"):
        await closing.sign(own, not_listed)


async def test_in_bulk_everyone_signs_only_for_whom_they_may(closing: Closing) -> None:
    await closing.issue()
    closer = await closing.sign_all(closing.closer, demonstration=False)
    assert (closer.signed, closer.not_for_you, closer.missing) == (2, 2, 2)
    nobody = await closing.sign_all(SYSTEM, demonstration=False)
    assert (nobody.signed, nobody.not_for_you) == (0, 2)


@pytest.mark.parametrize("wrong", ["other_document", "foreign_key", "garbage", "early", "future", "unknown"])
async def test_a_signature_that_is_not_good_is_refused(closing: Closing, wrong: str) -> None:
    from dataclasses import replace

    await closing.issue()
    office = closing.office
    own = office.officer(OLD_DESKS["07207"])
    receiver = NEW_DESKS["07210"]
    good = await closing.signature(receiver, "receiving")
    rule = "certificate.signature"
    if wrong == "other_document":
        given = await closing.signature(receiver, "receiving", digest="0" * 64)
    elif wrong == "foreign_key":
        other = await closing.signature(NEW_DESKS["07213"], "receiving")
        given, rule = replace(other, agency=good.agency), "certificate.key"
    elif wrong == "garbage":
        given = replace(good, signature="?" * 88)
    elif wrong == "unknown":
        given, rule = replace(good, key_id="0" * 16), "certificate.key"
    else:
        moved = timedelta(days=-1) if wrong == "early" else timedelta(days=1)
        given = await closing.signature(receiver, "receiving", signed_at=good.signed_at + moved)
        rule = "certificate.signed_at"
    with pytest.raises(Refused) as refused:
        await closing.sign(own, given)
    assert refused.value.rule.id == rule
    assert (await closing.sign(own, await closing.signature(receiver, "receiving"))).signed == 1


async def test_a_withdrawn_key_signs_no_more_and_what_it_signed_stays(closing: Closing) -> None:
    office = closing.office
    registrar = await office.appointed(REGISTRAR)
    await closing.issue()
    own = office.officer(OLD_DESKS["07207"])
    receiver = NEW_DESKS["07210"]
    given = await closing.signature(receiver, "receiving")
    await withdraw_key(office.registry, Asked(registrar), receiver, key_id=given.key_id)
    late = await closing.signature(receiver, "receiving")
    with pytest.raises(Refused, match=r"certificate\.key"):
        await closing.sign(own, late)
    with pytest.raises(Refused, match=r"key\.open"):
        await withdraw_key(office.registry, Asked(registrar), receiver, key_id=given.key_id)
    agency = await office.agency(receiver)
    public = closing.keys.make(agency)
    await name_key(office.registry, Asked(registrar), receiver, public_key=public)
    newest = list(closing.keys.private)[-1][1]
    fresh = await closing.signature(receiver, "receiving", key_id=newest)
    assert (await closing.sign(own, fresh)).signed == 1
    moment = await office.reader.moment(fresh=True)
    assert [bool(key["withdrawn"]) for key in keys_of(moment, agency)] == [True, False]
    with pytest.raises(Refused, match=r"key\.once"):
        await name_key(office.registry, Asked(registrar), NEW_DESKS["07213"], public_key=public)


async def test_a_stranger_reads_no_certificate_and_a_closing_officer_without_posting_does(
    closing: Closing,
) -> None:
    await closing.issue()
    office = closing.office
    stranger = Identity("applicant", str(await office.applicant()))
    with pytest.raises(NotAllowed):
        await state(office.handovers, stranger, closing.part)
    known = await state(office.handovers, closing.closer, closing.part)
    assert [row["identifier"] for row in known["missing"]] != []
