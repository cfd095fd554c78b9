"""A small province for the tests of handovers: a district with a desk, three old communes, two new ones, and
a province that begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.facts import Actor, Envelope
from domain.handover_draft import PartDraft
from domain.handover_facts import Closing, LevelRule, Link, PostingMove, Receiver
from domain.handover_part import HandoverPart
from domain.holding import DossierHistory, HolderSet, PlaceKnown, StatusKnown, Step
from domain.refusals import Refused, Rule
from domain.routing import PartRules

HOUR = datetime(2025, 6, 30, 17, 0, tzinfo=UTC)  # midnight of 1 July in Vietnam
LATER = datetime(2026, 2, 28, 17, 0, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def an_id(number: int) -> UUID:
    return UUID(int=number)


ACT, PART, SECOND_PART = an_id(1), an_id(2), an_id(3)
OLD_PROVINCE, NEW_PROVINCE, DISTRICT = an_id(10), an_id(11), an_id(12)
OLD_WHOLE, OLD_SPLIT, OLD_SAME = an_id(13), an_id(14), an_id(15)
NEW_NORTH, NEW_SOUTH, NEW_SAME = an_id(16), an_id(17), an_id(18)
DISTRICT_DESK, OLD_WHOLE_DESK, POLICE = an_id(20), an_id(21), an_id(22)
NORTH_DESK, SOUTH_DESK, SAME_DESK, PROVINCE_DESK = an_id(23), an_id(24), an_id(25), an_id(26)
CLOSER, POSTING = an_id(30), an_id(31)
BIRTH, LAND, OLD_LICENCE = "1.001193", "1.000105", "2.000000"


def draft(**changes: object) -> PartDraft:
    """The province's part of the act, valid as it stands."""
    values: dict[str, object] = {
        "act": ACT,
        "name": "Bắc Ninh",
        "province": NEW_PROVINCE,
        "effective_at": HOUR,
        "ends": (OLD_PROVINCE, DISTRICT, OLD_WHOLE, OLD_SPLIT, OLD_SAME),
        "begins": (NEW_PROVINCE, NEW_NORTH, NEW_SOUTH, NEW_SAME),
        "links": (
            Link(OLD_PROVINCE, NEW_PROVINCE, "whole", True),
            Link(DISTRICT, NEW_NORTH, "part", False),
            Link(DISTRICT, NEW_SOUTH, "part", False),
            Link(OLD_WHOLE, NEW_NORTH, "whole", True),
            Link(OLD_SPLIT, NEW_NORTH, "part", False),
            Link(OLD_SPLIT, NEW_SOUTH, "part", True),
            Link(OLD_SAME, NEW_SAME, "same", True),
        ),
        "closings": (
            Closing(DISTRICT_DESK, NORTH_DESK, CLOSER),
            Closing(OLD_WHOLE_DESK, NORTH_DESK, CLOSER),
        ),
        "receivers": (
            Receiver(NEW_NORTH, "commune", NORTH_DESK),
            Receiver(NEW_SOUTH, "commune", SOUTH_DESK),
            Receiver(NEW_SAME, "commune", SAME_DESK),
            Receiver(NEW_PROVINCE, "province", PROVINCE_DESK),
        ),
        "rules": (
            LevelRule("l1", BIRTH, "commune", "sourced"),
            LevelRule("l2", LAND, "province", "assumed"),
            LevelRule("l3", OLD_LICENCE, "abolished", "assumed"),
        ),
        "postings": (PostingMove(POSTING, NORTH_DESK),),
    }
    return PartDraft(**(values | changes))  # type: ignore[arg-type]


def later_draft(**changes: object) -> PartDraft:
    """A second act: the northern commune passes to the southern one."""
    values: dict[str, object] = {
        "effective_at": LATER,
        "ends": (NEW_NORTH,),
        "begins": (an_id(19),),
        "links": (Link(NEW_NORTH, an_id(19), "whole", True),),
        "closings": (Closing(NORTH_DESK, SOUTH_DESK, CLOSER),),
        "receivers": (
            Receiver(an_id(19), "commune", SOUTH_DESK),
            Receiver(NEW_PROVINCE, "province", PROVINCE_DESK),
        ),
        "postings": (),
    }
    return draft(**(values | changes))


RULES, LATER_RULES = PartRules.of(draft()), PartRules.of(later_draft())
STEP = Step(HOUR, PART, 1, RULES, HOUR)
LATER_STEP = Step(LATER, SECOND_PART, 1, LATER_RULES, LATER)


def by(officer: str = "officer-1", kind: str = "officer", holder: UUID | None = None) -> Envelope:
    return Envelope(actor=Actor(kind, officer), occurred_at=HOUR - timedelta(days=9), holder=holder)


def drafted(part_draft: PartDraft | None = None) -> HandoverPart:
    part = HandoverPart.empty(PART)
    part.draft(by(), part_draft or draft())
    return part


def approved(part_draft: PartDraft | None = None) -> HandoverPart:
    part = drafted(part_draft)
    part.simulate(by(), at_position=100, counts={"moved": 3})
    part.approve(by("officer-1"), digest=part.digest())
    part.approve(by("officer-2"), digest=part.digest())
    return part


def scheduled(part_draft: PartDraft | None = None) -> HandoverPart:
    part = approved(part_draft)
    part.schedule(by(), digest=part.digest())
    return part


def history(
    agency: UUID = DISTRICT_DESK,
    place: UUID | None = OLD_WHOLE,
    procedure: str | None = BIRTH,
    status: int | None = 4,
    at: datetime = HOUR - timedelta(days=5),
) -> DossierHistory:
    """A dossier with one fact, which names holder, place and status."""
    return DossierHistory(
        (HolderSet(agency, at, 1),), (PlaceKnown(place, procedure, at, 1),), (StatusKnown(status, at, 1),)
    )


def refused(rule: Rule) -> pytest.RaisesExc[Refused]:
    return pytest.raises(Refused, check=lambda refusal: refusal.rule is rule)
