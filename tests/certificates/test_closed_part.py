"""After a part is closed nobody is waited for, reminded or escalated by it, or named; a naming still ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from application.closing import close
from application.coordinators import end, is_coordinator, name
from application.refusals import Refused
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


async def test_a_coordinators_naming_ends_after_the_close_too_and_nobody_is_named_any_more(
    closing: Closing,
) -> None:
    office, part, operator = closing.office, closing.part, closing.operator
    assert operator.uuid is not None
    await name(office.handovers, operator, part, operator.uuid)
    await closing.issue()
    await closing.sign_all()
    await close(office.handovers, operator, part)
    await end(office.handovers, operator, part, operator.uuid)
    moment = await office.reader.moment(fresh=True)
    assert not is_coordinator(moment, part, operator.uuid)
    with pytest.raises(Refused):
        await name(office.handovers, operator, part, operator.uuid)
