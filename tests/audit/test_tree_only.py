"""An audit of the tree alone: what is stored against leaves, tiles, checkpoints and head, and nothing that
facts say.
"""

from __future__ import annotations

import pytest

from application.audit_sources import Span
from infra import leaf_pages
from tests.audit.attested import Attested

FLIP = "UPDATE event SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1) WHERE position = %s"


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaf_pages, "PAGE", 60)


async def test_a_sound_ledger_is_compared_as_far_as_by_the_whole_audit(attested: Attested) -> None:
    whole, quick = await attested.audited(), await attested.audited(tree_only=True)
    assert quick.findings == ()
    assert quick.attested == whole.attested
    assert (quick.positions, quick.dossiers) == (whole.positions, 0)
    assert any("were not looked at" in said for said in quick.said)


async def test_parts_are_the_whole(attested: Attested) -> None:
    sizes = attested.sizes()
    middle = await attested.audited(Span(sizes[1], sizes[3]), tree_only=True)
    assert middle.ok, middle.findings
    assert (middle.since, middle.until, middle.positions) == (sizes[1], sizes[3], sizes[3] - sizes[1])


@pytest.mark.parametrize(
    "statement",
    [
        FLIP,
        "UPDATE event SET leaf = set_byte(leaf, 3, get_byte(leaf, 3) # 1) WHERE position = %s",
        "UPDATE event SET topic = topic || 'x' WHERE position = %s",
        "UPDATE event SET recorded_at = recorded_at + interval '1 microsecond' WHERE position = %s",
        "UPDATE event SET recorded_at = 'infinity' WHERE position = %s",
    ],
)
async def test_what_was_changed_is_named_as_the_whole_audit_names_it(
    attested: Attested, statement: str
) -> None:
    position = attested.sizes()[2] + 7
    attested.tamper(statement, position)
    quick, whole = await attested.audited(tree_only=True), await attested.audited()
    of_tree = [f for f in whole.findings if f["kind"] in ("leaf", "bundle")]
    assert [f["position"] for f in of_tree if f["kind"] == "leaf"] == [position]
    assert list(quick.findings) == of_tree


@pytest.mark.parametrize("count", [1, 61, 130])
async def test_events_that_were_removed_are_named_and_the_tree_goes_on(
    attested: Attested, count: int
) -> None:
    first = attested.sizes()[1] + 3
    attested.tamper("DELETE FROM event WHERE position >= %s AND position < %s", first, first + count)
    found = await attested.audited(tree_only=True)
    assert set(found.kinds) == {"order"}, "what the tiles have fills the hole"
    assert min(f["position"] for f in found.findings) == first


async def test_an_event_that_was_moved_is_missing_and_too_many(attested: Attested) -> None:
    position = attested.sizes()[1] + 3
    ((head,),) = attested.rows("SELECT max(position) FROM event")
    attested.tamper("UPDATE event SET position = %s WHERE position = %s", head + 3, position)
    found = await attested.audited(tree_only=True)
    assert {f["position"] for f in found.findings if f["kind"] == "order"} == {position, head + 1}
    assert found.kinds["leaf"] == 1


async def test_a_log_without_its_end_is_shorter_than_its_checkpoints(attested: Attested) -> None:
    attested.tamper("DELETE FROM event WHERE position > %s", attested.sizes()[-1] - 1)
    found = await attested.audited(tree_only=True)
    assert {"checkpoint", "head"} <= set(found.kinds)


async def test_a_checkpoint_with_another_root_is_named(attested: Attested) -> None:
    size = attested.sizes()[2]
    attested.tamper(
        "UPDATE checkpoint SET root = set_byte(root, 0, get_byte(root, 0) # 1) WHERE size = %s", size
    )
    found = await attested.audited(tree_only=True)
    assert ("root", size) in {(f["kind"], f["position"]) for f in found.findings}
