"""A part that is amended after it was scheduled: versions beside one another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain import handover_rules as rules
from domain.facts import Personal
from domain.handover_part import HandoverPart, PartState
from tests.domain.handover_world import (
    HOUR,
    OLD_PROVINCE,
    PART,
    by,
    draft,
    refused,
    scheduled,
)
from tests.domain.test_handover_part import COUNTS, replayed


def amended(part: HandoverPart) -> HandoverPart:
    """The south receives what the north did; simulated, approved and scheduled."""
    part.draft(by(), draft(links=tuple(replace(link, default=False) for link in draft().links)))
    part.simulate(by(), at_position=200, counts={})
    for officer in ("officer-3", "officer-4"):
        part.approve(by(officer), digest=part.digest())
    part.schedule(by(), digest=part.digest())
    return part


def test_an_amendment_is_drafted_approved_and_scheduled_beside_the_version_in_force() -> None:
    part = scheduled()
    first = part.digest()
    part.draft(by(), draft(name="Bắc Ninh, sửa đổi"))
    assert (part.scheduled, part.part_version, part.amending) == (1, 2, True)
    assert (part.state_at(HOUR), part.amendment_state()) == (PartState.EFFECTIVE, PartState.DRAFTED)
    with refused(rules.NOT_SIMULATED):
        part.approve(by("officer-3"), digest=part.digest())
    part.simulate(by(), at_position=200, counts={})
    with refused(rules.DIGEST_DIFFERS):
        part.approve(by("officer-3"), digest=first)
    part.approve(by("officer-3"), digest=part.digest())
    with refused(rules.NOT_APPROVED):
        part.schedule(by(), digest=part.digest())
    part.approve(by("officer-4"), digest=part.digest())
    assert part.amendment_state() is PartState.APPROVED
    part.schedule(by(), digest=part.digest())
    assert (part.scheduled, part.amending, part.amendment_state()) == (2, False, None)
    assert part.digest(1) == first
    with refused(rules.SCHEDULED_ALREADY):
        part.schedule(by(), digest=part.digest())
    assert replayed(part).draft_of(2) == part.draft_of(2)


def test_each_version_is_transferred_and_reconciled_on_its_own() -> None:
    part = scheduled()
    part.finish_transfer(by(), now=HOUR, handed_over=3, digest="d")
    part.reconcile(by(), counts=COUNTS)
    assert part.state_at(HOUR) is PartState.RECONCILED
    amended(part)
    assert part.state_at(HOUR) is PartState.EFFECTIVE
    part.finish_transfer(by(), now=HOUR, handed_over=1, digest="d")
    assert part.state_at(HOUR) is PartState.TRANSFERRED
    part.reconcile(by(), counts={"moved": 1, "handed_over": 1, "holders_other_than_one": 0})
    assert part.state_at(HOUR) is PartState.RECONCILED


def test_an_amendment_keeps_act_province_and_hour_and_says_what_differs_where() -> None:
    for changed, pointer in (
        (draft(province=OLD_PROVINCE), "/province"),
        (draft(effective_at=HOUR + timedelta(days=1)), "/effective_at"),
        (draft(effective_at=None), "/effective_at"),
    ):
        with refused(rules.DRAFT_HOUR) as caught:
            scheduled().draft(by(), changed)
        assert caught.value.pointer == pointer


def test_after_the_hour_an_amendment_is_drafted_and_nothing_is_cancelled() -> None:
    part = scheduled()
    part.draft(by(), draft(name="sửa đổi"))
    with refused(rules.HOUR_PASSED):
        part.cancel(by(), now=HOUR, reason=Personal(PART, "late"))
