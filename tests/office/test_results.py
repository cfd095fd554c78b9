"""Results on a real ledger: linked ones stand in the owner's store in the same append, wrong ones are
withdrawn from it, and a certificate of another agency is found."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from application import anomalies
from application.linked_known import stands_of
from application.reading import state
from application.refusals import NotFound
from domain import result_rules as rules
from domain.document_store import DocumentStore, store_stream
from domain.facts import Sealed
from domain.linked_terms import LinkedStep
from tests.office.files_here import PDF, put
from tests.office.one_dossier import DESK, FRIDAY, MONDAY, do, in_processing, known, refused_by
from tests.office.province import NEW_PROVINCE, OLD_DESKS, SYSTEM
from tests.office.world import Office

CODE = "KQ.G15.000031"
OTHER = OLD_DESKS["07201"]


async def issue(office: Office, code: str, said: bytes, **changes: Any) -> int:
    """Issue an electronic result with these bytes: the version of its fact."""
    owner = (await known(office, code)).dossier.owner
    assert owner is not None
    file = (await put(office, owner, said)).file
    await do(office, code, "issue-result", form="electronic", result_code=CODE, file=file, **changes)
    return (await known(office, code)).dossier.version


async def finished(office: Office) -> tuple[str, int]:
    """A dossier with an electronic result, completed: its code, and the version of the result's fact."""
    code = await in_processing(office)
    issued = await issue(office, code, b"khai sinh")
    await do(office, code, "finish", outcome="granted", result_code=CODE)
    return code, issued


async def store_of(office: Office, code: str) -> DocumentStore:
    owner = (await known(office, code)).dossier.owner
    assert owner is not None
    return await office.opened.ledger.load(DocumentStore, store_stream(owner))


async def checked(office: Office, code: str, issued: int, **said: Any) -> None:
    said = {"issued": issued, "outcome": "valid", "checker": "vneid", **said}
    await office.act(office.officer(DESK), code, "check-signature", None, **said)


async def named(office: Office) -> list[str]:
    page = await anomalies.up_to(office.opened.ledger, office.reader, SYSTEM, 0, 100)
    return [rule["rule"] for item in page.items for rule in item["rules"]]


async def test_only_what_was_recorded_of_a_result_is_shown(office: Office) -> None:
    code, issued = await finished(office)
    (shown,) = (await state(office.dossiers, office.officer(DESK), code))["results"]
    assert (shown["issued"], shown["signature"], shown["linked"]) == (issued, None, None)
    assert "content" not in shown
    await checked(office, code, issued)
    await do(office, code, "link-result", issued=issued)
    found = await state(office.dossiers, office.officer(DESK), code)
    (shown,) = found["results"]
    assert (shown["signature"]["outcome"], shown["signature"]["anomaly"]) == ("valid", False)
    assert found["result_returned_at"] is None
    await do(office, code, "return-result", way="online")
    assert (await state(office.dossiers, office.officer(DESK), code))["result_returned_at"] is not None
    assert (await office.audited()).findings == ()


async def test_a_linked_result_stands_in_its_owners_store_in_the_same_append(office: Office) -> None:
    code, issued = await finished(office)
    await do(office, code, "link-result", issued=issued)
    store = await store_of(office, code)
    (document,) = store.documents.values()
    dossier = (await known(office, code)).dossier
    assert document.document == dossier.results[issued].document
    assert (document.kept_as, document.kind, document.size) == ("result", CODE, 18)
    assert document.issuer == await office.agency(DESK)
    assert isinstance(document.content, Sealed)
    assert office.opened.keyring.open(document.content) == hashlib.sha256(PDF + b"khai sinh").hexdigest()
    positions = [r.position for r in await office.opened.ledger.facts_of([dossier.id, store.id])]
    assert positions[-2] + 1 == positions[-1]


async def test_a_refused_link_leaves_nothing_in_the_store(office: Office) -> None:
    code, issued = await finished(office)
    await checked(office, code, issued, outcome="invalid")
    await refused_by(rules.LINK_INVALID, do(office, code, "link-result", issued=issued))
    assert (await store_of(office, code)).documents == {}


async def test_a_corrected_result_withdraws_the_wrong_ones_document_with_it(office: Office) -> None:
    code, wrong = await finished(office)
    await do(office, code, "link-result", issued=wrong)
    right = await issue(office, code, b"khai sinh, sua", replaces=wrong)
    (document,) = (await store_of(office, code)).documents.values()
    assert document.withdrawn == "replaced"
    await do(office, code, "link-result", issued=right)
    standing = [d for d in (await store_of(office, code)).documents.values() if d.withdrawn is None]
    assert [d.size for d in standing] == [23]
    assert (await office.audited()).findings == ()


async def test_a_certificate_of_another_agency_than_the_holder_is_an_anomaly(office: Office) -> None:
    code, issued = await finished(office)
    await checked(office, code, issued, bound_to=await office.agency(DESK))
    assert rules.SIGNED_FOR_HOLDER.id not in await named(office)
    await checked(office, code, issued, bound_to=await office.agency(OTHER))
    assert (await named(office)).count(rules.SIGNED_FOR_HOLDER.id) == 1
    (shown,) = (await state(office.dossiers, office.officer(DESK), code))["results"]
    assert shown["signature"]["anomaly"]


async def test_a_certificate_of_a_unit_that_an_act_has_dissolved_is_an_anomaly(office: Office) -> None:
    code, issued = await finished(office)
    await office.scheduled()
    await office.move_clock(FRIDAY + timedelta(days=30))
    await office.reader.moment(fresh=True)
    dissolved = await office.agency(DESK)
    said = {"issued": issued, "outcome": "valid", "checker": "vneid", "bound_to": dissolved}
    heirs = await office.appointed(
        {"number": "heir", "name": "H", "postings": [{"agency": NEW_PROVINCE, "roles": ["desk"]}]}
    )
    await office.act(heirs, code, "check-signature", None, **said, signed_at=MONDAY + timedelta(hours=1))
    assert rules.SIGNED_FOR_HOLDER.id not in await named(office)  # it held it, and was open then
    late = FRIDAY + timedelta(days=28)
    await office.act(heirs, code, "check-signature", None, **said, signed_at=late)
    assert rules.SIGNED_FOR_HOLDER.id in await named(office)


async def test_a_certificate_of_an_agency_that_nobody_knows_is_not_guessed(office: Office) -> None:
    code, issued = await finished(office)
    with pytest.raises(NotFound):
        await checked(office, code, issued, bound_to=UUID(int=5))


async def test_what_was_uploaded_as_a_paper_is_not_issued_as_the_result(office: Office) -> None:
    code = await in_processing(office)
    owner = (await known(office, code)).dossier.owner
    assert owner is not None
    file = (await put(office, owner, b"to khai")).file
    await office.act(office.officer(DESK), code, "upload-component", None, component="to-khai", file=file)
    issuing = do(office, code, "issue-result", form="electronic", result_code=CODE, file=file)
    await refused_by(rules.NOT_A_COMPONENT, issuing)


async def test_a_linked_result_whose_signature_turns_out_invalid_counts_no_longer(office: Office) -> None:
    code, issued = await finished(office)
    await do(office, code, "link-result", issued=issued)
    await checked(office, code, issued)
    (document,) = (await store_of(office, code)).documents.values()
    assert document.withdrawn is None
    await checked(office, code, issued, outcome="invalid")
    (document,) = (await store_of(office, code)).documents.values()
    assert document.withdrawn == "unusable"
    dossier = (await known(office, code)).dossier
    step = LinkedStep("birth", passes=CODE)
    assert stands_of(dossier, step).document is None
    assert (await office.audited()).findings == ()
