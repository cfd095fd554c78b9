"""What was put in about people is in no stored byte: not in the events, not in a dump of the whole database.

The dump holds the erasable tables and the wrapped keys too; even there nothing stands in clear, nor as a
bare hash.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from application.ids import new_id
from application.ports import Item
from application.search_terms import terms_of, without_marks, written_plainly
from domain.citizen import Citizen
from domain.dossier import Dossier
from domain.facts import Actor, Envelope, Personal
from domain.officer import Officer
from infra.embedded import Cluster
from tests.codec.opened_ledger import OpenedLedger, open_ledger
from tests.support import Database

NOW = datetime(2025, 6, 2, 1, tzinfo=UTC)
AGENCY = new_id(NOW)
ENVELOPE = Envelope(Actor("officer", str(new_id(NOW))), NOW, acting_agency=AGENCY, holder=AGENCY)

NAME = "Nguyễn Thị Quỳnh Hương"
OFFICER_NAME = "Vũ Đình Khoát"
RESOURCE = "Lương Thế Vinh (Phòng Một cửa)"
ORGANISATION = "Công ty TNHH Thạch Bàn Xanh"
NUMBER = "024199012345"
ENTERPRISE = "2400123458"
PHONE = "0912887766"
NEW_PHONE = "0988776655"
ADDRESS = "Số 12, ngõ 34 đường Hùng Vương, phường Ngô Quyền"
NOTE = "Người nộp là con gái bà Phạm Thị Mão"
PUT_IN = (
    NAME,
    OFFICER_NAME,
    RESOURCE,
    ORGANISATION,
    NUMBER,
    ENTERPRISE,
    PHONE,
    NEW_PHONE,
    ADDRESS,
    NOTE,
    written_plainly(NAME),
    without_marks(NAME),
    without_marks(ORGANISATION),
    "Quỳnh",
    "Khoát",
    "Thạch Bàn",
    "Hùng Vương",
    "Phạm Thị Mão",
)


def disguises(text: str) -> Iterator[bytes]:
    """The text as it might stand in a file: plain, escaped, in hexadecimal, in base64, or as a bare hash."""
    plain = text.encode()
    for shown in {plain, json.dumps(text)[1:-1].encode(), text.upper().encode(), text.lower().encode()}:
        yield shown
        yield shown.hex().encode()
    for shift in range(3):  # base64 of the text inside something longer, at each of the three offsets
        inner = base64.b64encode(bytes(shift) + plain)[-(-8 * shift // 6) : 8 * (shift + len(plain)) // 6]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))
    for algorithm in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(algorithm, plain, usedforsecurity=False)
        yield digest.digest()
        yield digest.hexdigest().encode()


def found_in(haystack: bytes) -> list[str]:
    return [text for text in PUT_IN if any(needle in haystack for needle in disguises(text))]


def all_event_bytes(database: Database) -> bytes:
    with psycopg.connect(database.owner_dsn) as connection:
        rows = connection.execute("SELECT topic, payload FROM event ORDER BY position").fetchall()
    return b"\n".join(topic.encode() + b" " + payload for topic, payload in rows)


def dump(cluster: Cluster, database: Database) -> bytes:
    program = cluster.program("pg_dump")
    done = subprocess.run(
        [str(program), "--dbname", database.owner_dsn, "--inserts"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout


async def record_people(opened: OpenedLedger) -> UUID:
    """Citizens, an officer, a dossier and an imported one, with everything that names somebody."""
    ledger = opened.ledger
    person, company, officer = (
        Citizen.empty(new_id(NOW)),
        Citizen.empty(new_id(NOW)),
        Officer.empty(new_id(NOW)),
    )
    person.identify(
        ENVELOPE,
        kind="person",
        name=Personal(person.id, NAME),
        number_kind="personal_number",
        number=Personal(person.id, NUMBER),
        phone=Personal(person.id, PHONE),
        address=Personal(person.id, ADDRESS),
    )
    person.change_contact(ENVELOPE, phone=Personal(person.id, NEW_PHONE), address=None)
    company.identify(
        ENVELOPE,
        kind="organisation",
        name=Personal(company.id, ORGANISATION),
        number_kind="enterprise_code",
        number=Personal(company.id, ENTERPRISE),
        phone=None,
        address=None,
    )
    officer.appoint(ENVELOPE, name=Personal(officer.id, OFFICER_NAME))
    dossier, imported = Dossier.empty(new_id(NOW)), Dossier.empty(new_id(NOW))
    dossier.submit(
        ENVELOPE,
        code="000.00.21.H02-250602-0001",
        code_origin="issued",
        procedure=new_id(NOW),
        procedure_code="1.000001",
        channel="counter",
        owner=company.id,
        submitter=person.id,
        receiving_agency=AGENCY,
        competent_agency=AGENCY,
        returning_agency=AGENCY,
        components=({"id": "k1", "form": "original", "count": 1},),
        matter=Personal(person.id, NOTE),
    )
    subject = (await opened.index.aliases("resource|old register", [RESOURCE], lambda: new_id(NOW)))[RESOURCE]
    imported.import_from(
        ENVELOPE,
        code="old:1",
        source="old register",
        case_id="1",
        attributes=({"key": "note", "type": "string", "value": Personal(imported.id, NOTE)},),
    )
    imported.import_step(
        ENVELOPE,
        step=0,
        activity="Receive",
        attributes=({"key": "org:resource", "type": "string", "value": Personal(subject, RESOURCE)},),
    )
    for number, citizen in ((NUMBER, person.id), (ENTERPRISE, company.id)):
        await opened.index.reserve(number, citizen)
    twin = Citizen.empty(new_id(NOW))
    twin.identify(
        ENVELOPE,
        kind="person",
        name=Personal(twin.id, NAME),
        number_kind="none",
        number=None,
        phone=None,
        address=None,
    )
    twin.merge_into(
        ENVELOPE,
        person,
        ground="registered_twice",
        note=Personal(twin.id, NOTE),
        same_number=None,
        duplicates=(twin.id,),
        survivors=(person.id,),
    )
    person.give_mandate(
        ENVELOPE,
        mandate=new_id(NOW),
        representative=company.id,
        kind="authorised",
        valid_from=NOW.date(),
        valid_until=None,
        procedures=("1.000001",),
        today=NOW.date(),
        same=(),
    )
    claim = ledger.claim("dossier_code", "000.00.21.H02-250602-0001", dossier.id)
    await ledger.append(person, company, officer, dossier, imported, twin, claims=[claim])
    of_person = [(person.id, *term) for term in terms_of(NAME, NUMBER, NEW_PHONE)]
    of_company = [(company.id, *term) for term in terms_of(ORGANISATION, ENTERPRISE, None)]
    await opened.index.add_terms([*of_person, *of_company, (twin.id, "name", written_plainly(NAME))])
    return person.id


async def test_nothing_that_names_a_person_is_stored_in_clear(cluster: Cluster, database: Database) -> None:
    async with open_ledger(database.app_dsn) as opened:
        person = await record_people(opened)
        citizen = await opened.ledger.load(Citizen, person)
        await opened.keyring.load([person])
        assert opened.keyring.open(citizen.name) == NAME
    events = all_event_bytes(database)
    assert events.count(b'"ciphertext"') == 13
    assert found_in(events) == []
    everything = dump(cluster, database)
    assert b"000.00.21.H02-250602-0001".hex().encode() in everything  # what is in clear is found in this dump
    assert b"subject_key" in everything
    assert everything.count(b"INSERT INTO public.citizen_search") == 8
    assert found_in(everything) == []


async def test_after_the_key_is_destroyed_nothing_finds_the_person(
    cluster: Cluster, database: Database
) -> None:
    async with open_ledger(database.app_dsn) as opened:
        person = await record_people(opened)
        mine = opened.index.find_terms
        terms = list(terms_of(NAME, NUMBER, NEW_PHONE))
        assert all([person in await mine([[term]], 9) for term in terms])
        await opened.keyring.destroy([person], NOW)
        assert not any([person in await mine([[term]], 9) for term in terms])
        assert await opened.index.find_number(NUMBER) is None
        await opened.index.replace_terms(person, terms)  # a reading of the log that came late
        assert not any([person in await mine([[term]], 9) for term in terms])
    with psycopg.connect(database.owner_dsn) as connection:
        for query in (
            b"SELECT count(*) FROM citizen_search WHERE citizen = %s",
            b"SELECT count(*) FROM citizen_number WHERE citizen = %s",
        ):
            assert connection.execute(query, [person]).fetchone() == (0,)
    assert found_in(dump(cluster, database)) == []


async def test_what_is_indexed_while_the_key_is_being_destroyed_goes_with_it(database: Database) -> None:
    """The row is written in a transaction that began before the erasure and ends after its delete began."""
    async with open_ledger(database.app_dsn) as opened:
        person = await record_people(opened)
        with psycopg.connect(database.owner_dsn) as writing:
            writing.execute("INSERT INTO citizen_search VALUES ('phone', %s, %s)", [bytes(32), person])
            erasing = asyncio.create_task(opened.keyring.destroy([person], NOW))
            await asyncio.sleep(0.2)
            assert not erasing.done()
            writing.commit()
            await erasing
            rows = writing.execute("SELECT count(*) FROM citizen_search WHERE citizen = %s", [person])
            assert rows.fetchone() == (0,)


async def test_the_search_finds_what_somebody_forgot_to_seal(cluster: Cluster, database: Database) -> None:
    careless = Dossier.empty(new_id(NOW))
    careless.import_from(
        ENVELOPE,
        code=f"old:{PHONE}",
        source="old register",
        case_id="1",
        attributes=({"key": "note", "type": "string", "value": NOTE},),
    )
    async with open_ledger(database.app_dsn) as opened:
        await opened.recorder.append(Item(tuple(map(opened.codec.encode, careless.collect_events()))))
    assert found_in(all_event_bytes(database)) == [PHONE, NOTE, "Phạm Thị Mão"]
    assert found_in(dump(cluster, database)) == [PHONE, NOTE, "Phạm Thị Mão"]
    for text in PUT_IN:
        assert found_in(b"x" + hashlib.sha256(text.encode()).hexdigest().encode())
        assert found_in(base64.urlsafe_b64encode(b"{" + text.encode() + b"}  "))
