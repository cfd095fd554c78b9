"""Contact changes and finding people over HTTP: by number, name or phone, and by nothing once erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from infra.person_index import FIND_TERMS, _columns
from projections import status_queries
from tests.http.client import Api
from tests.http.test_citizens import found, identified, mandated, now
from tests.http.test_commands import assert_problem
from tests.http.test_who_may import NOBODY, PORTAL, applicant

# contact and search


async def test_a_citizen_changes_their_own_phone_and_is_found_by_the_new_one_alone(api: Api) -> None:
    own = await identified(api, "Đặng Thị Hoà", phone="0912 000 111")
    other = await applicant(api)
    path = f"/v1/citizens/{own.id}"
    assert_problem(
        await api.post(f"{path}/change-contact", {"phone": "0900"}, other), 403, "urn:hoso:not_a_party"
    )
    assert await found(api, phone="+84 912 000 111") == [own.id]
    changed = await api.post(f"{path}/change-contact", {"phone": "0988.000.222"}, own)
    assert changed.status_code == 200, changed.text
    assert (await found(api, phone="0988000222"), await found(api, phone="0912000111")) == ([own.id], [])
    facts = await api.services.ledger.facts_of([UUID(own.id)])
    first = facts[0].fact.phone  # type: ignore[attr-defined]
    assert api.services.ledger.keyring.open(first) == "0912 000 111"
    assert (await api.get(path, own)).json()["phone"] == "0988.000.222"


async def test_a_name_without_marks_finds_every_spelling_and_one_with_marks_its_own(api: Api) -> None:
    hoa = await identified(api, "Nguyễn  Thị HOA")
    hoa_marked = await identified(api, "Nguyễn Thị Hoá")
    bare = await identified(api, "nguyen thi hoa")
    dau = await identified(api, "Đậu Thị Đào")
    assert await found(api, name="Nguyen Thi Hoa") == [hoa.id, hoa_marked.id, bare.id]
    assert await found(api, name="nguyễn thị hoá") == [hoa_marked.id, bare.id]
    assert await found(api, name="dau thi dao") == [dau.id]
    assert await found(api, name="Nguyễn Thị") == []


async def test_search_shows_what_tells_people_apart_and_fifty_at_most(api: Api) -> None:
    many = [await api.office.applicant("Trần Văn Đông") for _ in range(51)]
    one = await identified(api, "Trần Văn Đông", number_kind="personal_number", number="024199000789",
                           phone="0912345678", address="thôn Thử")  # fmt: skip
    answer = (await api.post("/v1/citizens/search", {"name": "trần văn đông"}, api.desk)).json()
    assert ([item["id"] for item in answer["items"]], answer["more"]) == ([str(m) for m in many[:50]], True)
    sharper = await api.post(
        "/v1/citizens/search", {"name": "Trần Văn Đông", "number": "024199000789"}, PORTAL
    )
    (item,) = sharper.json()["items"]
    assert item == {
        "id": one.id,
        "kind": "person",
        "name": "Trần Văn Đông",
        "number_kind": "personal_number",
        "number_ends": "789",
        "phone_ends": "678",
        "identified_in": (await now(api)).year,
        "merged_into": None,
    }
    assert "thôn Thử" not in sharper.text
    assert await found(api, name="Trần Văn Tây", number="024199000789") == []


async def test_only_offices_that_work_on_dossiers_and_portals_search(api: Api) -> None:
    own = await applicant(api)
    body = {"name": "Trần Thị Thử"}
    assert_problem(await api.post("/v1/citizens/search", body, own), 403, "urn:hoso:kind_not_allowed")
    assert_problem(await api.post("/v1/citizens/search", body, api.operator), 403, "urn:hoso:role_missing")
    assert_problem(await api.post("/v1/citizens/search", body), 401, "urn:hoso:no_token")
    assert_problem(await api.post("/v1/citizens/search", {}, api.desk), 422, "urn:hoso:search_empty")
    asked = await api.post("/v1/citizens/search", {}, api.desk, headers={"Accept-Language": "vi"})
    assert "Hãy nêu số định danh, họ tên đầy đủ hoặc số điện thoại" in asked.json()["detail"]
    assert_problem(
        await api.post("/v1/citizens/search", {"phone": "không có"}, api.desk), 422, "urn:hoso:search_empty"
    )


async def test_who_was_erased_is_found_by_nothing(api: Api) -> None:
    own = await identified(
        api, "Vũ Thị Xoá", number_kind="personal_number", number="024199000001", phone="0901"
    )
    son = await applicant(api)
    await mandated(api, own, son)
    moment = await api.office.reader.moment(fresh=True)
    await api.office.opened.keyring.destroy([UUID(own.id)], moment.now)
    asked: tuple[Any, ...] = (
        {"name": "Vũ Thị Xoá"},
        {"name": "vu thi xoa"},
        {"number": "024199000001"},
        {"phone": "0901"},
    )
    assert [await found(api, **one) for one in asked] == [[]] * 4
    with psycopg.connect(api.office.database.owner_dsn) as connection:
        rows = connection.execute("SELECT count(*) FROM citizen_search WHERE citizen = %s", [own.id])
        assert rows.fetchone() == (0,)
    await api.office.opened.index.add_terms([(UUID(own.id), "name", "vũ thị xoá")])  # a load that came late
    assert await found(api, name="Vũ Thị Xoá") == []
    read = (await api.get(f"/v1/citizens/{own.id}", own)).json()
    assert (read["name"], read["number"], read["phone"]) == (None, None, None)


async def test_a_persons_list_walks_the_index_of_owners(api: Api) -> None:
    known = {"owners": [UUID(NOBODY)], "at": await now(api), "after": UUID(int=0), "limit": 50}
    with psycopg.connect(api.office.database.app_dsn) as connection:
        connection.execute("SET enable_seqscan = off")  # a handful of rows would be read whole
        explain = b"EXPLAIN " + status_queries._OWNED.encode()
        plan = "\n".join(row[0] for row in connection.execute(explain, known))
    assert "dossier_owner" in plan, plan


@pytest.mark.parametrize("asked", [[[("name", "x")]], [[("number", "1")], [("name", "x"), ("name", "y")]]])
async def test_a_search_walks_an_index_however_many_there_are(api: Api, asked: Any) -> None:
    first, *others = asked
    flat = [(n, *term) for n, terms in enumerate(others) for term in terms]
    hashes = api.office.opened.keyring
    parameters = [
        *_columns(hashes, first),
        list(range(len(others))),
        [n for n, *_ in flat],
        *_columns(hashes, [(kind, text) for _, kind, text in flat]),
        51,
        51,
    ]
    with psycopg.connect(api.office.database.owner_dsn) as connection:
        connection.execute(
            "INSERT INTO subject_key SELECT uuidv7(), decode(repeat('00', 60), 'hex')"
            " FROM generate_series(1, 20000)"
        )
        connection.execute(
            "INSERT INTO citizen_search SELECT 'name', sha256((n % 100)::text::bytea), subject"
            " FROM (SELECT subject, row_number() OVER () AS n FROM subject_key) numbered"
        )
        connection.execute("ANALYZE citizen_search")
        plan = "\n".join(row[0] for row in connection.execute(b"EXPLAIN " + FIND_TERMS.encode(), parameters))
        connection.rollback()
    assert "Seq Scan on citizen_search" not in plan, plan
