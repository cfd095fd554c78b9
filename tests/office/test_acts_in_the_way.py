"""Acts that stand in one another's way: refused at their line, and nothing is ended that still receives."""

from __future__ import annotations

from typing import Any

import pytest

from application.refusals import NotFound, Refused
from domain import handover_rules as rules
from tests.office.acts import an_act, drafted, link, scheduled
from tests.office.test_chained_acts import (
    MERGE_DAY,
    NORTH,
    S25,
    SOUTH,
    SPLIT_DAY,
    merged,
    reformed,
    split,
)
from tests.office.world import Office


@pytest.mark.parametrize(
    ("change", "rule", "pointer"),
    [
        ({"ends": []}, rules.OVERLAPS, "/parts/0/begins/0/code"),
        ({"ends": ["07201@2025-06-01"]}, rules.ENDS_ONCE, "/parts/0/ends/0"),
    ],
)
async def test_what_another_act_did_or_left_valid_is_refused_at_its_line(
    office: Office, change: dict[str, Any], rule: Any, pointer: str
) -> None:
    await reformed(office)
    ends = change["ends"]
    new = f"07210@{SPLIT_DAY}"
    act = an_act(
        office,
        SPLIT_DAY,
        number="7/NQ",
        ends=ends,
        begins=["07210"],
        links=[link(one, new) for one in ends],
    )
    with pytest.raises(Refused) as refused:
        await drafted(office, act)
    assert (refused.value.rule, refused.value.pointer) == (rule, pointer)


async def test_what_is_ended_is_no_heir_and_what_receives_is_not_ended_before(office: Office) -> None:
    await reformed(office)
    later = merged(office)
    with pytest.raises(NotFound, match="07211"):
        await drafted(office, later)
    await scheduled(office, split(office))
    handing = an_act(
        office,
        MERGE_DAY,
        number="8/NQ",
        ends=[S25],
        begins=["07213"],
        links=[link(S25, f"07213@{MERGE_DAY}")],
        closes={SOUTH: NORTH},
        receives={f"07213@{MERGE_DAY}": NORTH},
    )
    with pytest.raises(Refused) as refused:
        await scheduled(office, handing)
    assert refused.value.rule is rules.RECEIVES_OPEN
