"""An erasure whose process is killed at any point is finished by the next that comes, and until then the
audit says what is left."""

from __future__ import annotations

import asyncio
import signal
import sys

import pytest

from application import erasing, erasing_reading
from application.erasing_finish import finish
from infra.file_folder import FileFolder
from tests.office.asked_papers import BIRTH, a_file, both_published, do, filed
from tests.office.erasures import by, requested
from tests.office.killed_erasure import BEFORE_FACT, BEFORE_NOTED, POINTS
from tests.office.leftovers import opened_texts
from tests.office.world import Office

NAME = "Lường Thị Đứt"


async def killed(office: Office, erasure: str, point: str) -> None:
    store = office.files.store
    assert isinstance(store, FileFolder)
    second = (await by(office, "second")).identity.id
    told = ("-m", "tests.office.killed_erasure", office.database.app_dsn, str(store.root), erasure)
    process = await asyncio.create_subprocess_exec(sys.executable, *told, second, point)
    assert await process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("point", POINTS)
async def test_killed_on_the_way_it_is_finished_by_the_next(damaged_office: Office, point: str) -> None:
    office = damaged_office
    await both_published(office)
    owner = await office.applicant(NAME)
    code = await filed(office, owner, BIRTH, "to-khai")
    for paper in ("khai-sinh", "so-ho-khau"):
        file = await a_file(office, owner, b"%PDF-1.7 " + paper.encode())
        await do(office, code, "upload-component", component=paper, file=file)
    await do(office, code, "withdraw")
    erasure = await requested(office, owner, "authority_order")
    await killed(office, str(erasure), point)
    told = await erasing_reading.record(office.erasing, await by(office), "citizen", owner)
    findings = {f["kind"] for f in (await office.audited()).findings}
    if point == BEFORE_FACT:
        assert (told["state"], findings) == ("requested", set())
        assert NAME in await opened_texts(office)
        await erasing.carry_out(office.erasing, await by(office, "second"), erasure)
    else:
        assert told["state"] == "not_finished"
        assert findings == (set() if point == BEFORE_NOTED else {"erasure"})
        assert (await finish(office.erasing)).erasures == 1
    told = await erasing_reading.record(office.erasing, await by(office), "citizen", owner)
    assert told["state"] == "carried_out"
    assert NAME not in await opened_texts(office)
    assert await office.files.store.names("", 5) == []
    found = await office.audited()
    assert found.ok, found.findings
