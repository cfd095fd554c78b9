"""What somebody with the rights of the tables' owner does to an event of an attested ledger: the audit names
its position, and says whether the event or its stored leaf was changed."""

from __future__ import annotations

from typing import LiteralString

import pytest

from application.audit import Audit
from tests.audit.attested import Attested

AT = 300
"""A position of the middle, in the second tile."""


def of(found: Audit, kind: str) -> list[str]:
    assert not found.ok
    return [f["says"] for f in found.findings if f["kind"] == kind]


CHANGES: dict[str, LiteralString] = {
    "payload": "UPDATE event SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1)"
    " WHERE position = %s",
    "recorded_at": "UPDATE event SET recorded_at = recorded_at + interval '1 microsecond'"
    " WHERE position = %s",
    "far_future": "UPDATE event SET recorded_at = '294000-01-01 00:00:00Z' WHERE position = %s",
    "version": "UPDATE event SET version = version # 4096 WHERE position = %s",
    "stream": "UPDATE event SET stream_id = overlay(stream_id::text placing '01' from 35)::uuid"
    " WHERE position = %s",
    "topic": "UPDATE event SET topic = overlay(topic placing 'e' from 1) WHERE position = %s",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
async def test_an_event_that_was_changed_is_told_from_a_stored_leaf_that_was(
    attested: Attested, change: LiteralString
) -> None:
    attested.tamper(change, AT)
    found = await attested.audited()
    (said,) = of(found, "leaf")
    assert said.startswith(f"the leaf of position {AT} does not cover its stored bytes")
    assert said.endswith("its tile has the stored leaf, so the event was changed")
    assert not {"root", "tile"} & found.kinds.keys(), "one change is one finding"


async def test_a_stored_leaf_that_was_changed_is_told_from_an_event_that_was(attested: Attested) -> None:
    attested.tamper(
        "UPDATE event SET leaf = set_byte(leaf, 5, get_byte(leaf, 5) # 8) WHERE position = %s", AT
    )
    found = await attested.audited()
    (said,) = of(found, "leaf")
    assert said.endswith("its tile has the event's, so the stored leaf was changed")
    assert found.kinds == {"leaf": 1}


async def test_an_event_put_in_place_of_another_with_a_leaf_that_fits_is_against_tile_and_root(
    attested: Attested,
) -> None:
    attested.tamper(
        "UPDATE event SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1) WHERE position = %s", AT
    )
    attested.tamper(
        "UPDATE event SET leaf = leaf_of(stream_id, version, position, micros_of(recorded_at),"
        " sha256(payload), topic) WHERE position = %s",
        AT,
    )
    found = await attested.audited()
    assert "leaf" not in found.kinds
    (tile,) = [f for f in found.findings if f["kind"] == "tile"]
    assert (tile["position"], tile["path"], tile["number"]) == (AT, "tile/0/001", (AT - 1) % 256)
    assert tile["expected"] != tile["found"]
    roots = [f["size"] for f in found.findings if f["kind"] == "root"]
    assert {f["position"] for f in found.findings if f["kind"] == "bundle"} == {AT}
    assert roots == [size for size in attested.sizes() if size >= AT]
    before = max(size for size in attested.sizes() if size < AT)
    assert all(says.endswith(f"the last one that fits is of size {before}") for says in of(found, "root"))
    assert found.kinds["head"] == 1


async def test_an_event_that_was_removed_leaves_the_tree_whole(attested: Attested) -> None:
    attested.tamper("DELETE FROM event WHERE position = %s", AT)
    found = await attested.audited()
    assert of(found, "order") == [f"position {AT} is missing: the event was removed"]
    assert not {"root", "tile", "tree", "head"} & found.kinds.keys(), "its leaf is in a tile"


async def test_where_no_tile_has_the_leaf_of_an_event_that_was_removed_the_tree_ends_there(
    attested: Attested,
) -> None:
    attested.tamper("DELETE FROM event WHERE position = %s", AT)
    attested.tile("tile/0/001").unlink()
    found = await attested.audited()
    assert of(found, "tree") == [
        f"the tree ends before position {AT}: its event is missing, and no tile has it"
    ]
    assert "root" not in found.kinds
    assert any(f"checkpoints from size {attested.sizes()[3]} on" in said for said in found.said)


async def test_an_event_under_another_position_is_missing_at_its_own(attested: Attested) -> None:
    attested.tamper("UPDATE event SET position = position # 4096 WHERE position = %s", AT)
    found = await attested.audited()
    assert of(found, "order")[0] == f"position {AT} is missing: the event was removed"
    assert any(f"position {AT ^ 4096}" in said for said in of(found, "leaf"))


async def test_a_log_whose_end_was_cut_is_shorter_than_its_checkpoints_and_its_head(
    attested: Attested,
) -> None:
    size = attested.sizes()[-1]
    attested.tamper("DELETE FROM event WHERE position > %s", size - 2)
    found = await attested.audited()
    (says,) = of(found, "checkpoint")
    assert says.startswith(
        f"the checkpoint of size {size} of {attested.origin} covers more than the {size - 2}"
    )
    (head,) = of(found, "head")
    assert f"a checkpoint of {size} events; the log has {size - 2} events: its end was cut" in head
