"""The public page's table: a dossier counted once for a part, and worked out once for all who ask."""

from __future__ import annotations

import asyncio

from interfaces.http.district_table import Districts
from tests.http.client import Api
from tests.office.acts import amended, at, transferred
from tests.office.test_amending import swapped
from tests.office.world import HOUR


async def all_shown(api: Api) -> None:
    _, head = await api.services.ledger.recorder.clock()
    for view in ("status", "handover"):
        await api.services.views.shown.wait_for(view, head, seconds=20)


async def test_what_an_amendment_moves_again_is_not_counted_twice(api: Api) -> None:
    for place in ("07207", "07210", "07201"):
        await api.filed(place=place)
    part = await api.office.scheduled()
    await api.office.move_clock(HOUR)
    await transferred(api.office, part)
    await at(api.office, "2025-07-10T09:00:00")
    await amended(api.office, part, swapped(api.office))
    assert (await transferred(api.office, part)).total >= 1
    await all_shown(api)
    page = await api.get("/", headers={"Accept-Language": "en"})
    cells = "<td>2</td><td>3</td><td>3</td><td>0</td><td>0</td><td>3</td>"
    assert f'<tbody><tr><th scope="row">Đơn vị 213</th>{cells}</tr></tbody>' in page.text
    assert f'<tfoot><tr><th scope="row">Total</th>{cells}</tr>' in page.text
    again = "an amendment (not in the total)</th><td>1</td><td>1</td><td>1</td>"
    assert again in page.text
    assert "As of 10/07/2025 09:00" in page.text


async def test_the_table_is_counted_once_for_all_who_ask_and_again_when_it_is_old(api: Api) -> None:
    now = 100.0
    districts = Districts(10.0, lambda: now)
    pool, reader = api.services.views.pool, api.office.reader
    await api.filed()
    moment = await reader.moment(fresh=True)
    assert (await districts.table(pool, moment)).rows == ()
    await api.office.scheduled()
    await all_shown(api)
    moment = await reader.moment(fresh=True)
    (first, *others) = await asyncio.gather(*(districts.table(pool, moment) for _ in range(20)))
    assert [row.counts[:2] for row in first.rows] == [(1, 1)]  # at once: another part is scheduled
    assert all(table is first for table in others)
    await api.filed()
    await all_shown(api)
    now += 9.9
    assert await districts.table(pool, moment) is first
    now += 0.2
    table = await districts.table(pool, moment)
    assert [row.counts[:2] for row in table.rows] == [(1, 2)]
