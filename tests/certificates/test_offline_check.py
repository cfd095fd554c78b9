"""The certificate's file is checked without the ledger: whatever was changed, dropped or foreign is found."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.agency_keys import withdraw_key
from application.certificate_check import Checked, check
from application.certificates import keys_of
from application.changing import Asked
from domain.certificate import canonical
from interfaces.certificate_page import page
from interfaces.signatures import verify
from tests.certificates.signing_world import NEW_DESKS, OLD_DESKS, Closing


async def signed(closing: Closing) -> tuple[bytes, list[dict[str, Any]], list[UUID]]:
    """The file with all signatures, everyone's keys, and the ids of the dossiers."""
    await closing.issue()
    await closing.sign_all()
    moment = await closing.office.reader.moment(fresh=True)
    ids = [await closing.office.opened.ledger.find("dossier_code", d.code) for d in closing.dossiers]
    return await closing.file(), keys_of(moment), [found for found in ids if found]


def again(content: dict[str, Any]) -> bytes:
    """A file as somebody would write it who knows the form."""
    return canonical(content) + b"\n"


def problems(found: Checked) -> str:
    return "; ".join(found.problems)


async def test_a_good_certificate_is_valid_with_list_and_keys(closing: Closing) -> None:
    file, keys, ids = await signed(closing)
    alone = check(file, verify)
    assert alone.valid, alone.problems
    assert alone.remarks, "it says that whose the keys are was not checked"
    found = check(file, verify, dossiers=ids, keys=keys)
    assert (found.problems, found.remarks, found.signed, found.required) == ([], [], 4, 4)


async def test_any_changed_byte_makes_it_not_valid(closing: Closing) -> None:
    """At many places, three other values each; with keys and without."""
    file, keys, _ = await signed(closing)
    places = [*range(0, len(file), max(1, len(file) // 400)), len(file) - 1]
    for place in places:
        for other in (file[place] ^ 1, (file[place] + 7) % 256, ord("0") if file[place] != ord("0") else 49):
            changed = file[:place] + bytes([other]) + file[place + 1 :]
            found = check(changed, verify)
            assert not found.valid, f"byte {place}: {file[place - 20 : place + 20]!r} -> {chr(other)!r}"
            assert found.problems[0]
    for cut in (b"", file[:-1], file + b" ", b" " + file, file[: len(file) // 2]):
        assert not check(cut, verify, keys=keys).valid


async def test_every_byte_of_a_signature_counts(closing: Closing) -> None:
    file, _, _ = await signed(closing)
    start = file.index(b'"signatures"')
    for place in range(start, start + 400):
        changed = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
        assert not check(changed, verify).valid, place


async def test_what_is_not_valid_says_why(closing: Closing) -> None:
    file, keys, ids = await signed(closing)
    content = json.loads(file)

    def told(change: Any, **more: Any) -> str:
        copied = json.loads(file)
        change(copied)
        return problems(check(again(copied), verify, **more))

    assert "digest differs" in told(lambda c: c["document"].update(dossiers=4))
    assert "has not signed" in told(lambda c: c["signatures"].pop(0))
    assert "stands twice" in told(lambda c: c["signatures"].append(c["signatures"][0]))
    assert "does not fit" in told(
        lambda c: c["signatures"][0].update(signed_at="2025-07-02T00:00:00.000000Z")
    )
    assert "does not list it" in told(lambda c: c["signatures"][0].update(agency=str(uuid4())))
    assert "other fields" in told(lambda c: c["signatures"][0].update(note="x"))
    assert "no hoso.certificate-file.v1" in told(lambda c: c.update(note="x"))
    assert "lacks" in told(lambda c: c["document"].pop("agencies"))
    swapped = content["signatures"][1]["key_id"]
    assert "not the key's" in told(lambda c: c["signatures"][0].update(key_id=swapped))
    other_list = problems(check(file, verify, dossiers=[*ids[1:], uuid4()]))
    assert "not the one that was signed" in other_list
    assert "2 dossiers" in problems(check(file, verify, dossiers=ids[1:]))
    assert check(file, verify, dossiers=reversed(ids), keys=keys).valid


async def test_a_forger_with_a_key_of_their_own_is_found_by_the_list_of_keys(closing: Closing) -> None:
    """Digest, document and all signatures made anew fit each other; the keys are nobody's."""
    import hashlib

    from domain.certificate import signed_bytes

    file, keys, _ = await signed(closing)
    content = json.loads(file)
    content["document"]["dossiers"] = 2
    content["digest"] = hashlib.sha256(canonical(content["document"])).hexdigest()
    for entry in content["signatures"]:
        agency = UUID(entry["agency"])
        entry["public_key"] = closing.keys.make(agency)
        entry["key_id"] = list(closing.keys.private)[-1][1]
        message = signed_bytes(content["digest"], entry["agency"], entry["side"], entry["signed_at"])
        entry["signature"] = closing.keys.sign(agency, entry["key_id"], message)
    forged = again(content)
    assert check(forged, verify).valid, "by itself a file cannot say whose its keys are"
    assert "not in the list of keys" in problems(check(forged, verify, keys=keys))
    relabelled = [key | {"agency": keys[0]["agency"]} for key in keys]
    assert "another agency's" in problems(check(file, verify, keys=relabelled))


async def test_a_key_withdrawn_before_it_signed_is_found_and_one_withdrawn_since_is_not(
    closing: Closing,
) -> None:
    file, keys, _ = await signed(closing)
    signed_at = json.loads(file)["signatures"][0]["signed_at"]
    before = [key | {"withdrawn": signed_at} for key in keys]
    assert "had been withdrawn" in problems(check(file, verify, keys=before))
    later = [key | {"from": "2030-01-01T00:00:00.000000Z"} for key in keys]
    assert "named later" in problems(check(file, verify, keys=later))
    office = closing.office
    entry = {
        "number": "registrar",
        "name": "R",
        "postings": [{"agency": NEW_DESKS["07210"], "roles": ["registrar"]}],
    }
    registrar = Asked(await office.appointed(entry))
    for key in keys:
        await withdraw_key(office.registry, registrar, key["identifier"], key_id=key["key_id"])
    since = keys_of(await office.reader.moment(fresh=True))
    assert all(key["withdrawn"] for key in since)
    assert check(file, verify, keys=since).valid


@pytest.mark.parametrize(
    "junk", [b"", b"{}", b"[]", b"null", b'{"format":1}', b"\xff\xfe", b"[" * 5000, b'{"a":1,"a":2}']
)
def test_junk_is_not_valid_and_no_crash(junk: bytes) -> None:
    assert not check(junk, verify).valid


async def test_the_page_has_everything_and_escapes_names(closing: Closing) -> None:
    file = json.loads((await signed(closing))[0])
    file["document"]["agencies"][0]["name"] = "<script>alert(1)</script>"
    html = page(file)
    assert "<script>" not in html
    for text in (
        file["digest"],
        file["document"]["tree"]["root"],
        OLD_DESKS["07207"],
        "Bên giao",
        "Receiving",
    ):
        assert text in html
    file["signatures"] = []
    assert "Chưa ký" in page(file)
