"""Erasing by command, with nobody serving: looked at, requested, carried out by another, and on record; holds
and retention beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from application.changing import Asked
from application.citizens import Identification, identify
from application.erasing import carry_out
from application.policy import Identity
from domain.citizen import Citizen
from infra.settings import read_settings
from interfaces import wiring
from tests.cli.office import DESK, Office, refused

DECISION = "12/QĐ-UBND"
PERIODS = {
    "format": "hoso.retention.v1",
    "periods": [
        {"procedure": None, "amount": 10, "unit": "year", "valid_from": None, "source": "Thông tư 1/2025"}
    ],
}


def registrars(office: Office) -> list[str]:
    people = [
        {"number": f"RG-{n}", "name": f"Lê Thị {n}", "postings": [{"agency": DESK, "roles": ["registrar"]}]}
        for n in (1, 2)
    ]
    office.write("registrars.json", {"format": "hoso.officers.v1", "officers": people})
    assert office.hoso("officers", "load", "registrars.json").code == 0
    return [office.token("--officer", f"RG-{n}") for n in (1, 2)]


def identified(office: Office, name: str = "Lò Thị Quên") -> UUID:
    async def run() -> UUID:
        async with wiring.open_ledger(read_settings(office.environment)) as opened:
            system = Identity("system", "setup")
            return (await identify(opened.services.citizens, system, Identification("person", name))).id

    return asyncio.run(run())


def test_an_erasure_by_command_from_looking_to_its_record(office: Office) -> None:
    first, second = registrars(office)
    citizen = str(identified(office))
    looked = office.hoso("erase", "check", citizen, HOSO_TOKEN=first)
    assert (looked.code, looked.last_line.split(":")[0]) == (0, "It may be erased")
    hold = office.hoso(
        "holds", "place", citizen, "--ground", "court", "--decision", "5/TA", "--json", HOSO_TOKEN=first
    ).document["hold"]
    held = office.hoso("erase", "check", citizen, "--json", HOSO_TOKEN=first)
    assert (held.code, [way["rule"] for way in held.document["in_the_way"]]) == (1, ["erase.legal_hold"])
    ask = ("erase", "request", citizen, "--ground", "person_asked", "--decision", DECISION)
    refused(office.hoso(*ask, HOSO_TOKEN=first), "erase.legal_hold", "A legal hold stands")
    assert len(office.hoso("holds", "list", "--json", HOSO_TOKEN=first).document["items"]) == 1
    assert office.hoso("holds", "lift", hold, "--decision", "6/TA", HOSO_TOKEN=first).code == 0

    erasure = office.hoso(*ask, "--json", HOSO_TOKEN=first).document["erasure"]
    waiting = office.hoso("erase", "list", "--waiting", "--json", HOSO_TOKEN=second).document["items"]
    assert [item["erasure"] for item in waiting] == [erasure]
    assert office.hoso("erase", "carry-out", erasure, "--confirm", "yes", HOSO_TOKEN=second).code == 2
    carry_out = ("erase", "carry-out", erasure, "--confirm", erasure)
    refused(office.hoso(*carry_out, HOSO_TOKEN=first))
    done = office.hoso(*carry_out, HOSO_TOKEN=second)
    assert (done.code, done.last_line.split(",")[0]) == (0, "Erased: 1 key destroyed")
    told = office.hoso("erase", "show", citizen, "--json", HOSO_TOKEN=first).document
    assert (told["state"], told["ground"], told["decision"]) == ("carried_out", "person_asked", DECISION)
    assert office.hoso("erase", "list", "--waiting", "--json", HOSO_TOKEN=second).document["items"] == []
    assert office.hoso("erase", "finish", HOSO_TOKEN=first).last_line == "Nothing was left to finish."
    assert office.hoso("erase", "finish", "--all", HOSO_TOKEN=first).last_line.startswith(
        "1 erasure finished"
    )
    auditor = office.token("--officer", "IMP-1")
    assert office.hoso("audit", "--no-views", HOSO_TOKEN=auditor).code == 0
    desk = office.hoso("erase", "check", citizen, HOSO_TOKEN=office.token("--officer", "OP-1"))
    refused(desk)


def test_an_erasure_that_is_withdrawn_and_one_that_is_not_there(office: Office) -> None:
    first, _ = registrars(office)
    citizen = str(identified(office))
    ask = ("erase", "request", citizen, "--ground", "person_asked", "--decision", DECISION, "--json")
    erasure = office.hoso(*ask, HOSO_TOKEN=first).document["erasure"]
    back = office.hoso("erase", "withdraw", erasure, "--ground", "person_withdrew", HOSO_TOKEN=first)
    assert (back.code, back.last_line) == (0, "Withdrawn: nothing was erased.")
    refused(office.hoso("erase", "show", citizen, HOSO_TOKEN=first))
    assert office.hoso("erase", "show", erasure, HOSO_TOKEN=first).last_line.startswith("It was withdrawn")
    refused(office.hoso("erase", "check", "khong-co", HOSO_TOKEN=first))


def test_retention_by_command(office: Office) -> None:
    first, second = registrars(office)
    office.write("periods.json", PERIODS)
    loaded = office.hoso("retention", "load", "periods.json", HOSO_TOKEN=first)
    assert loaded.last_line == "1 period set, 0 known already."
    dry = office.hoso("retention", "run", "--dry-run", "--json", HOSO_TOKEN=first)
    assert (dry.code, dry.document["looked_at"], dry.document["ended"]) == (0, 0, True)
    assert office.hoso("retention", "run", HOSO_TOKEN=second).code == 2
    run = ("retention", "run", "--decision", "40/QĐ")
    refused(office.hoso(*run, HOSO_TOKEN=first))
    ran = office.hoso(*run, "--json", HOSO_TOKEN=second).document
    assert (ran["erased"], ran["ended"]) == (0, True)
    shown = office.hoso("retention", "show", "--json", HOSO_TOKEN=second).document
    assert [one["months"] for one in shown["periods"]] == [120]
    assert [one["run"] for one in shown["runs"]] == [ran["run"]]


class _Dies:
    """Stands for the keyring of a process that dies before it destroys a key."""

    async def destroy(self, subjects: Sequence[UUID], at: datetime) -> None:
        raise ConnectionError("killed")

    async def finished(self) -> int:
        return 0

    async def finish(self, through: int) -> None:
        raise ConnectionError("killed")


def test_what_a_crash_left_is_finished_when_the_server_starts(office: Office) -> None:
    first, _ = registrars(office)
    citizen = identified(office)
    ask = ("erase", "request", str(citizen), "--ground", "person_asked", "--decision", DECISION, "--json")
    erasure = UUID(office.hoso(*ask, HOSO_TOKEN=first).document["erasure"])

    async def dies() -> None:
        async with wiring.open_ledger(read_settings(office.environment)) as opened:
            ledger = opened.services.ledger
            second = await ledger.find("officer", "RG-2")
            asked = Asked(Identity("officer", str(second)))
            await wiring.catch_up(opened, (await ledger.recorder.clock())[1])
            dying = replace(opened.services.erasing, keys=_Dies())
            with pytest.raises(ConnectionError):
                await carry_out(dying, asked, erasure)

    async def starts() -> str | None:
        async with wiring.open_services(read_settings(office.environment)) as services:
            found = await services.ledger.load(Citizen, citizen)
            await services.ledger.keyring.load([citizen])
            assert found.erased == erasure
            return services.ledger.keyring.open(found.name)

    asyncio.run(dies())
    told = office.hoso("erase", "show", str(citizen), HOSO_TOKEN=first)
    assert "NOT finished" in told.last_line
    assert asyncio.run(starts()) is None
    assert "is finished" in office.hoso("erase", "show", str(citizen), HOSO_TOKEN=first).last_line
