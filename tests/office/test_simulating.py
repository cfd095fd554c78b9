"""What a simulation says before anybody approves: what a person will have to decide, what the draft forgets,
how late it is already."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from application.handovers import draft
from application.simulating import simulate, summed
from tests.office.world import DISTRICT, OLD_DESKS, PROVINCE, Office, document


async def test_a_simulation_names_what_no_rule_and_what_several_rules_place_and_who_is_forgotten(
    office: Office,
) -> None:
    certain = await office.filed(DISTRICT, "07207@2025-06-01")
    unruled = await office.filed(DISTRICT, "07207@2025-06-01", "1.000003")
    split = await office.filed(DISTRICT, "07201@2025-06-01")
    await office.move_clock(datetime(2025, 6, 28, tzinfo=UTC))
    act = document(office.officers)
    part = act["parts"][0]
    part["rules"] = [rule for rule in part["rules"] if rule["procedure"] != "1.000003"]
    for link in part["links"]:
        if link["from"] == "07201@2025-06-01":
            link["kind"] = "part"
    part["agencies"]["ends"] = [
        end for end in part["agencies"]["ends"] if end["agency"] != OLD_DESKS["07210"]
    ]
    operator = office.officers["first operator"]
    drafted = (await draft(office.handovers, operator, act)).part
    assert drafted
    counts = (await simulate(office.handovers, operator, drafted, office.command("s"))).counts
    assert (counts["total"], counts["no_rule"], counts["several_rules"]) == (3, 1, 1)
    assert counts["to_decide"] == {
        "route.procedure_unknown": [unruled.code],
        "route.split_default": [split.code],
    }
    assert certain.code not in str(counts)
    assert counts["desks_left"] == {"amount": 1, "agencies": [OLD_DESKS["07210"]]}
    left = counts["officers_without_move"]
    assert left["amount"] == len(left["officers"])
    assert office.officer(PROVINCE).id in left["officers"]
    assert counts["overdue"] == 3
    (late,) = counts["overdue_at"].items()
    assert late[0] == DISTRICT
    assert late[1]["dossiers"] == 3
    assert late[1]["longest_days"] >= 1
    again = await simulate(office.handovers, operator, drafted, office.command("s"))
    assert again.counts == counts


def test_the_smaller_groups_are_one() -> None:
    assert summed(Counter({"a": 3, "b": 2, "c": 1}), most=1) == {"a": 3, "others": 3}
