"""Keys, certificate, close and the questions afterwards by command, and a check without any ledger."""

from __future__ import annotations

import stat

import pytest

from tests.cli.office import DESK, Office, refused
from tests.cli.test_handover import CODE, HEIR, NEW, OLD, scheduled, staffed

pytestmark = pytest.mark.slow

__all__ = ["staffed"]


@pytest.fixture(scope="module")
def reconciled(staffed: Office) -> tuple[Office, str, dict[str, str]]:
    """The office after the hour, the act's id, and the operator's token."""
    first, second = ({"HOSO_TOKEN": staffed.token("--officer", f"OP-{n}")} for n in (2, 3))
    act = scheduled(staffed, first, second)
    assert staffed.hoso("clock", "move", "--to", f"{NEW}T08:00:00+07:00").code == 0
    for verb in ("transfer", "reconcile"):
        done = staffed.hoso("handover", verb, act, **first)
        assert done.code == 0, done.err
    assert done.last_line.endswith("Issue the certificate next: hoso certificate issue.")
    return staffed, act, first


def test_from_keys_to_the_close_and_a_check_without_a_ledger(
    reconciled: tuple[Office, str, dict[str, str]],
) -> None:
    office, act, operator = reconciled
    made = office.hoso("keys", "init", "--json")
    assert (made.code, made.document["recorded"]) == (0, made.document["made"]), made.err
    assert office.hoso("keys", "init").last_line == "Every agency has a key already."
    keys = list((office.folder / "data" / "keys").iterdir())
    assert len(keys) == made.document["made"] >= 3
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}

    refused(office.hoso("certificate", "sign", act, "--all", **operator), "no certificate")
    issued = office.hoso("certificate", "issue", act, **operator)
    assert (
        "1 certificate issued, 2 signatures needed. Sign next: hoso certificate sign." in issued.last_line
    ), issued.err
    refused(office.hoso("certificate", "sign", act, "--agency", DESK, **operator), "closing officer")
    refused(office.hoso("handover", "close", act, **operator), "handover.signatures_missing", DESK)
    signed = office.hoso("certificate", "sign", act, "--all", "--json")
    assert (signed.document["signed"], signed.document["missing"]) == (2, 0), signed.out

    shown = office.hoso("certificate", "show", act, "--out", "cert.json", "--html", "cert.html", **operator)
    assert "signed by all" in shown.last_line, shown.err
    assert "Biên bản bàn giao" in (office.folder / "cert.html").read_text(encoding="utf-8")
    listed = office.hoso("keys", "list", "--json", **operator)
    office.write("keys.json", listed.out)
    dossier = office.hoso("handover", "who", CODE, "--json", **operator)
    assert dossier.document["holder"]["identifier"] == HEIR, dossier.out
    closed = office.hoso("handover", "close", act, **operator)
    assert closed.code == 0, closed.err
    assert office.hoso("handover", "close", act, **operator).last_line == "Every part is closed already."
    check_elsewhere(office)


def check_elsewhere(office: Office) -> None:
    """No ledger, no database: only the files."""
    away = {"HOSO_DATA_DIR": "nowhere", "HOSO_DATABASE_URL": "", "HOSO_TOKEN": ""}
    good = office.hoso("certificate", "check", "cert.json", "--keys", "keys.json", **away)
    assert good.last_line == "Valid: 2 of 2 signatures are good.", good.err
    alone = office.hoso("certificate", "check", "cert.json", **away)
    assert "was not checked" in alone.last_line
    content = (office.folder / "cert.json").read_bytes()
    place = content.index(b"list_digest") + 16
    changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    (office.folder / "changed.json").write_bytes(changed)
    bad = office.hoso("certificate", "check", "changed.json", "--json", **away)
    assert (bad.code, bad.document["valid"]) == (1, False)
    assert any("digest differs" in problem for problem in bad.document["problems"])
    office.write("ids.txt", "not an id\n")
    refused(office.hoso("certificate", "check", "cert.json", "--list", "ids.txt", **away), "ids.txt")
    refused(office.hoso("certificate", "check", "missing.json", **away), "missing.json")
    assert not (office.folder / "nowhere").exists()


def test_what_is_asked_afterwards(reconciled: tuple[Office, str, dict[str, str]]) -> None:
    office, act, operator = reconciled
    before = office.hoso("handover", "who", CODE, "--at", OLD, **operator)
    assert f"was held then by {DESK}" in before.last_line, before.err
    late = office.hoso("handover", "late", act, **operator)
    assert "1 late" in late.last_line or "of 1 late" in late.last_line, late.err
    compared = office.hoso("handover", "compare", act, "--json", **operator)
    (part,) = compared.document["parts"]
    assert (part["promised"], part["came"], part["unexplained"]) == (1, 1, 0)
    books = office.hoso("handover", "books", act, "--agency", DESK, **operator)
    assert f"{DESK}: 1 dossier moved" in books.last_line, books.err


def test_absence_and_delegation_by_command(reconciled: tuple[Office, str, dict[str, str]]) -> None:
    office, _, operator = reconciled
    own = office.hoso("officers", "show", "OP-2", "--json").document
    posting = own["postings"][0]["posting"]
    until = "2025-08-01T00:00:00+07:00"
    absent = office.hoso("officers", "absent", "OP-2", "--until", until, **operator)
    assert "is absent until" in absent.last_line, absent.err
    refused(office.hoso("officers", "absent", "OP-3", **operator), "registrar")
    given = office.hoso(
        "officers", "delegate", "OP-2", "--posting", posting, "--to", "IMP-1", "--until", until, **operator
    )
    assert given.code == 0, given.err
    shown = office.hoso("officers", "show", "OP-2", "--json").document
    assert shown["absent"] is True
    delegation = shown["delegations"][0]["delegation"]
    assert office.hoso("officers", "show", "IMP-1", "--json").document["acts_for"]
    ended = office.hoso("officers", "end-delegation", "OP-2", delegation, **operator)
    assert ended.code == 0, ended.err
    assert office.hoso("officers", "back", "OP-2", **operator).code == 0
