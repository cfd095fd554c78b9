"""Finding people by command: what is looked for is piped in, and stands on no command line."""

from __future__ import annotations

import asyncio
import subprocess
from uuid import UUID

from application.citizens import Identification, identify
from application.policy import Identity
from infra.settings import read_settings
from interfaces import wiring
from tests.cli.office import DESK, HOSO, Answer, Office, refused


def search(office: Office, text: str, by: str, *further: str, token: str) -> Answer:
    done = subprocess.run(
        [HOSO, "citizens", "search", "--by", by, *further],
        env=office.environment | {"HOSO_TOKEN": token},
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def identified_before_there_was_a_search(office: Office) -> UUID:
    """Two citizens, one of them erased, and nothing in the table."""

    async def run() -> UUID:
        async with wiring.open_ledger(read_settings(office.environment)) as opened:
            services = opened.services
            system = Identity("system", "setup")
            who = Identification("person", "Lò Thị Thử", "personal_number", "024199000321", "0912345678")
            kept = await identify(services.citizens, system, who)
            gone = await identify(services.citizens, system, Identification("person", "Lò Thị Xoá"))
            for citizen in (kept.id, gone.id):
                await opened.persons.replace_terms(citizen, [])
            now, _ = await opened.recorder.clock()
            await opened.services.ledger.keyring.destroy([gone.id], now)  # type: ignore[attr-defined]
            return kept.id

    return asyncio.run(run())


def test_a_ledger_older_than_the_search_is_filled_and_then_people_are_found(office: Office) -> None:
    posting = {"agency": DESK, "roles": ["desk"]}
    people = [{"number": "CL-3", "name": "Ngô Văn Tìm", "postings": [posting]}]
    office.write("clerk.json", {"format": "hoso.officers.v1", "officers": people})
    assert office.hoso("officers", "load", "clerk.json").code == 0
    clerk = office.token("--officer", "CL-3")
    kept = identified_before_there_was_a_search(office)
    nobody = search(office, "Lò Thị Thử\n", "name", token=clerk)
    assert (nobody.code, nobody.out.split(":")[0]) == (0, "Nobody is found")

    numberless = search(office, "024199000321\n", "number", token=clerk).last_line
    assert "the number again" in numberless
    assert "name" not in numberless
    of_others = office.hoso("documents", "list", str(kept), HOSO_TOKEN=clerk)
    refused(of_others, "To read documents name the dossier in hand: --dossier CODE")

    refused(office.hoso("citizens", "index", HOSO_TOKEN=clerk), "registrar")
    for _ in range(2):
        done = office.hoso("citizens", "index", "--json")
        assert (done.code, done.document["citizens"], done.document["erased"]) == (0, 1, 1)
    for text, by in (("lo thi thu", "name"), ("024199000321", "number"), ("+84912345678", "phone")):
        found = search(office, text, by, "--json", token=clerk)
        assert found.code == 0, found.out + found.err
        assert [item["id"] for item in found.document["items"]] == [str(kept)], found.err
    told = search(office, "Lò Thị Thử\n", "name", token=clerk)
    assert told.last_line == "1 record found."
    assert "321" in told.out
    assert "024199000321" not in told.out
    assert search(office, "Lò Thị Xoá", "name", "--json", token=clerk).document["items"] == []


def test_a_search_for_nothing_and_one_by_an_operator_say_what_is_wrong(office: Office) -> None:
    refused(search(office, "\n", "name", token=office.settings["HOSO_TOKEN"]), "system")
    refused(search(office, "x\n", "name", token=office.token("--officer", "OP-1")), "role")
