"""The life of a handover act and of one part of it, from draft to reconciled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from domain import handover_rules as rules
from domain.facts import Personal
from domain.handover_act import HandoverAct
from domain.handover_draft import PartDraft
from domain.handover_facts import CHUNK, Link, PartScheduled
from domain.handover_part import HandoverPart, PartState
from tests.domain.handover_world import (
    ACT,
    HOUR,
    MICROSECOND,
    NEW_NORTH,
    PART,
    RULES,
    SECOND_PART,
    an_id,
    approved,
    by,
    draft,
    drafted,
    refused,
    scheduled,
)

COUNTS = {"moved": 3, "handed_over": 3, "holders_other_than_one": 0, "by_status": {"4": 3}}


def replayed(part: HandoverPart) -> HandoverPart:
    again = HandoverPart.empty(part.id)
    for fact in part.pending_events:
        again.replay(fact)
    return again


def an_act() -> HandoverAct:
    act = HandoverAct.empty(ACT)
    act.draft(
        by(),
        number="1658/NQ-UBTVQH15",
        title="Sắp xếp các đơn vị hành chính cấp xã",
        issued_on=date(2025, 6, 16),
        effective_at=HOUR,
        reference="https://example.org/act",
        parts=(PART, SECOND_PART),
    )
    return act


def test_an_act_is_drafted_once_at_a_local_midnight() -> None:
    act = an_act()
    assert (act.number, act.effective_at, act.parts) == ("1658/NQ-UBTVQH15", HOUR, (PART, SECOND_PART))
    values = {
        "number": "1",
        "title": "t",
        "issued_on": date(2025, 6, 16),
        "effective_at": HOUR,
        "reference": "",
        "parts": (PART,),
    }
    with refused(rules.ACT_ONCE):
        act.draft(by(), **values)  # type: ignore[arg-type]
    for changed, rule in (
        ({"effective_at": HOUR + timedelta(hours=7)}, rules.LOCAL_MIDNIGHT),
        ({"number": " "}, rules.ACT_COMPLETE),
        ({"parts": ()}, rules.ACT_COMPLETE),
        ({"parts": (PART, PART)}, rules.ACT_COMPLETE),
    ):
        with refused(rule):
            HandoverAct.empty(ACT).draft(by(), **(values | changed))  # type: ignore[arg-type]


def test_a_part_goes_from_draft_to_reconciled() -> None:
    part = drafted()
    states = [part.state_at(HOUR)]
    part.simulate(by(), at_position=9, counts={"moved": 3})
    states.append(part.state_at(HOUR))
    part.approve(by("officer-1"), digest=part.digest())
    states.append(part.state_at(HOUR))
    part.approve(by("officer-2"), digest=part.digest())
    states.append(part.state_at(HOUR))
    part.schedule(by(), digest=part.digest())
    states += [part.state_at(HOUR - MICROSECOND), part.state_at(HOUR)]
    states.append(part.state_at(HOUR, transfer_begun=True))
    part.finish_transfer(by(), now=HOUR, handed_over=3, digest="d")
    states.append(part.state_at(HOUR))
    part.reconcile(by(), counts=COUNTS)
    states.append(part.state_at(HOUR))
    assert states == [
        PartState.DRAFTED,
        PartState.SIMULATED,
        PartState.SIMULATED,
        PartState.APPROVED,
        PartState.SCHEDULED,
        PartState.EFFECTIVE,
        PartState.TRANSFERRING,
        PartState.TRANSFERRED,
        PartState.RECONCILED,
    ]
    again = replayed(part)
    assert (again.state_at(HOUR), again.digest(), again.rules()) == (
        PartState.RECONCILED,
        part.digest(),
        RULES,
    )
    assert (again.version, again.scheduled, again.approvals) == (part.version, 1, ("officer-1", "officer-2"))


def test_a_draft_larger_than_an_event_is_cut_and_comes_back_whole() -> None:
    units = tuple(an_id(1000 + n) for n in range(2 * CHUNK + 1))
    whole = draft(
        ends=(*draft().ends, *units),
        links=(*draft().links, *(Link(unit, NEW_NORTH, "whole", True) for unit in units)),
    )
    part = drafted(whole)
    sizes = [
        len(members)
        for fact in part.pending_events
        for members in (getattr(fact, name, ()) or () for name in ("ends", "begins", "links", "receivers"))
    ]
    assert max(sizes) == CHUNK
    assert replayed(part).draft_of() == whole
    assert replayed(part).digest() == whole.digest()


def test_approval_needs_a_simulation_the_right_digest_and_two_different_officers() -> None:
    part = drafted()
    with refused(rules.NOT_SIMULATED):
        part.approve(by(), digest=part.digest())
    part.simulate(by(), at_position=9, counts={})
    with refused(rules.DIGEST_DIFFERS):
        part.approve(by(), digest="0" * 64)
    with refused(rules.BY_OFFICER):
        part.approve(by(kind="system"), digest=part.digest())
    part.approve(by("officer-1"), digest=part.digest())
    with refused(rules.TWO_OFFICERS):
        part.approve(by("officer-1"), digest=part.digest())
    with refused(rules.NOT_APPROVED):
        part.schedule(by(), digest=part.digest())
    part.approve(by("officer-2"), digest=part.digest())
    with refused(rules.APPROVED_ALREADY):
        part.approve(by("officer-3"), digest=part.digest())


def test_a_new_simulation_keeps_approvals_and_a_changed_draft_loses_them() -> None:
    part = approved()
    part.simulate(by(), at_position=200, counts={"moved": 4})
    assert part.state_at(HOUR) is PartState.APPROVED
    old = part.digest()
    part.draft(by(), draft(rules=draft().rules[1:]))
    assert (part.part_version, part.state_at(HOUR), part.approvals) == (2, PartState.DRAFTED, ())
    with refused(rules.DIGEST_DIFFERS):
        part.schedule(by(), digest=old)
    with refused(rules.NOT_APPROVED):
        part.schedule(by(), digest=part.digest())
    assert part.digest(1) == old


def test_a_part_keeps_its_act_province_and_hour() -> None:
    for changed in ({"act": an_id(9)}, {"province": NEW_NORTH}, {"effective_at": HOUR + MICROSECOND}):
        with refused(rules.DRAFT_HOUR):
            scheduled().draft(by(), replace(draft(), **changed))
    drafted().draft(by(), draft(province=NEW_NORTH))


def test_a_part_may_be_scheduled_after_its_hour() -> None:
    part = approved()
    part.schedule(replace(by(), occurred_at=HOUR + timedelta(days=3)), digest=part.digest())
    fact = part.pending_events[-1]
    assert isinstance(fact, PartScheduled)
    assert (fact.effective_at, fact.part_version, fact.digest) == (HOUR, 1, part.digest())
    with refused(rules.HOUR_PASSED):
        part.cancel(by(), now=HOUR + timedelta(days=3), reason=Personal(PART, "too late"))


def test_a_scheduled_part_can_be_cancelled_until_its_hour_and_never_comes_back() -> None:
    with refused(rules.HOUR_PASSED):
        scheduled().cancel(by(), now=HOUR, reason=Personal(PART, "too late"))
    part = scheduled()
    part.cancel(by(), now=HOUR - MICROSECOND, reason=Personal(PART, "postponed"))
    assert part.state_at(HOUR) is PartState.CANCELLED
    with refused(rules.CANCELLED):
        part.cancel(by(), now=HOUR - MICROSECOND, reason=Personal(PART, "again"))
    with refused(rules.CANCELLED):
        part.schedule(by(), digest=part.digest())
    with refused(rules.DRAFT_SETTLED):
        part.draft(by(), draft())
    with refused(rules.NOT_EFFECTIVE):
        part.finish_transfer(by(), now=HOUR, handed_over=0, digest="d")


def test_a_scheduled_part_takes_no_step_twice() -> None:
    part = scheduled()
    with refused(rules.SCHEDULED_ALREADY):
        part.schedule(by(), digest=part.digest())
    with refused(rules.SCHEDULED_ALREADY):
        part.simulate(by(), at_position=1, counts={})
    with refused(rules.NOT_EFFECTIVE):
        part.finish_transfer(by(), now=HOUR - MICROSECOND, handed_over=3, digest="d")
    with refused(rules.TRANSFER_OPEN):
        part.reconcile(by(), counts=COUNTS)
    part.finish_transfer(by(), now=HOUR, handed_over=3, digest="d")
    with refused(rules.TRANSFER_ONCE):
        part.finish_transfer(by(), now=HOUR, handed_over=3, digest="d")


def test_counts_that_differ_are_not_reconciled() -> None:
    part = scheduled()
    part.finish_transfer(by(), now=HOUR, handed_over=3, digest="d")
    for wrong in ({"moved": 4}, {"handed_over": 2}, {"holders_other_than_one": 1}):
        with refused(rules.COUNTS_DIFFER):
            part.reconcile(by(), counts=COUNTS | wrong)
    part.reconcile(by(), counts=COUNTS)
    with refused(rules.RECONCILED_ONCE):
        part.reconcile(by(), counts=COUNTS)


def test_nothing_can_be_done_to_a_part_without_a_draft() -> None:
    empty = HandoverPart.empty(PART)
    with refused(rules.NOT_DRAFTED):
        empty.simulate(by(), at_position=1, counts={})
    with refused(rules.NOT_DRAFTED):
        empty.cancel(by(), now=HOUR, reason=Personal(PART, "nothing there"))
    with refused(rules.NOT_DRAFTED):
        empty.draft_of(1)
    assert isinstance(drafted().draft_of(1), PartDraft)


def test_a_part_without_a_date_is_drafted_simulated_and_approved_but_never_scheduled() -> None:
    part = approved(draft(effective_at=None))
    with refused(rules.NO_DATE) as caught:
        part.schedule(by(), digest=part.digest())
    assert caught.value.details["missing"] == "effective_at"
    undated = part.digest()
    part.draft(by(), draft())
    assert (part.digest() != undated, part.state_at(HOUR)) == (True, PartState.DRAFTED)
    part.simulate(by(), at_position=1, counts={})
    for officer in ("officer-1", "officer-2"):
        part.approve(by(officer), digest=part.digest())
    part.schedule(by(), digest=part.digest())
    assert part.effective_at == HOUR


def test_an_act_says_its_date_once_and_what_kind_it_is() -> None:
    act = HandoverAct.empty(ACT)
    values = {"number": "1", "title": "t", "issued_on": date(2026, 1, 1), "reference": "", "parts": (PART,)}
    with refused(rules.ACT_KIND):
        act.draft(by(), **values, effective_at=None, kind="wish")  # type: ignore[arg-type]
    act.draft(by(), **values, effective_at=None, kind="resolution")  # type: ignore[arg-type]
    with refused(rules.LOCAL_MIDNIGHT):
        act.date(by(), HOUR + timedelta(hours=1))
    act.date(by(), HOUR)
    assert (act.effective_at, act.kind, act.corrects) == (HOUR, "resolution", None)
    with refused(rules.DRAFT_HOUR):
        act.date(by(), HOUR)
