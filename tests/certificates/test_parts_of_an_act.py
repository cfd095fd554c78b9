"""Commands for a whole act: a cancelled part is passed over, one that is not ready keeps no other from it."""

from __future__ import annotations

from uuid import UUID

from application.certificates import issue_all
from application.handovers import cancel, draft
from application.reconciling import reconcile_act
from tests.office.acts import an_act, through, transferred
from tests.office.world import HOUR, OLD_DESKS, Office, document


async def test_a_cancelled_part_is_passed_over_and_one_not_ready_says_why(office: Office) -> None:
    await office.filed(OLD_DESKS["07207"], "07207")
    operator = office.officers["first operator"]
    act = document(office.officers)
    for code in ("07298", "07299"):
        act["parts"] += an_act(
            office,
            "2025-07-01",
            number=code,
            begins=[code],
            founds={f"000.{code[3:]}.77.H05": f"{code}@2025-07-01"},
            receives={f"{code}@2025-07-01": f"000.{code[3:]}.77.H05"},
        )["parts"]
    act_id = (await draft(office.handovers, operator, act)).handover
    moment = await office.reader.moment(fresh=True)
    ready, cancelled, waiting = parts = list(moment.organisation.acts[act_id].parts)
    await through(office, ready)
    await cancel(office.handovers, operator, cancelled, "thôi")
    await office.move_clock(HOUR)
    await transferred(office, ready)
    found = {one.part: one for one in await reconcile_act(office.handovers, operator, act_id)}
    assert list(found) == [ready, waiting]
    assert found[ready].answer is not None
    assert (getattr(found[waiting].problem, "code", None), found[waiting].failed) == ("not_scheduled", False)
    issued: dict[UUID, int] = {}
    for one in await issue_all(office.handovers, operator, parts):
        issued[one.part] = len(one.answers)
        assert getattr(one.problem, "code", None) == (None if one.part == ready else "not_scheduled")
    assert issued == {ready: 1, waiting: 0}
