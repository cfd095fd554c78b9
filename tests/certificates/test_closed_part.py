"""After a part is closed nobody is waited for, reminded or escalated by it."""

from __future__ import annotations

from datetime import timedelta

from application.closing import close
from application.reminding import remind, silent
from tests.certificates.signing_world import Closing
from tests.office.test_coordination import shown as registers
from tests.office.world import HOUR


async def test_nothing_of_a_closed_part_is_asked_for_any_more(closing: Closing) -> None:
    office, part = closing.office, closing.part
    await closing.issue()
    before = await silent(await registers(office), closing.operator, [part])
    assert sum(one.waiting for one in before) == 3
    await closing.sign_all()
    await close(office.handovers, closing.operator, part)
    assert await silent(await registers(office), closing.operator, [part]) == []
    await office.move_clock(HOUR + timedelta(days=9))
    *_, done = [p async for p in remind(await registers(office), closing.operator, [part])]
    assert done.counts == {"reminded": 0, "escalated": 0, "obstacles_escalated": 0}
