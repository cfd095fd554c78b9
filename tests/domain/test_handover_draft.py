"""What a draft must keep; each refusal names the item that offends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import handover_rules as rules
from domain.handover_checks import validate
from domain.handover_draft import PartDraft
from domain.handover_facts import Closing, LevelRule, Link, PostingMove, Receiver, RoutingException
from domain.refusals import Refused, Rule
from tests.domain.handover_world import (
    BIRTH,
    CLOSER,
    DISTRICT,
    DISTRICT_DESK,
    HOUR,
    NEW_NORTH,
    NEW_PROVINCE,
    NEW_SOUTH,
    NORTH_DESK,
    OLD_SPLIT,
    OLD_WHOLE,
    OLD_WHOLE_DESK,
    POLICE,
    POSTING,
    PROVINCE_DESK,
    an_id,
    draft,
    later_draft,
)

D = draft()
OFFENCES: list[tuple[PartDraft, Rule, object]] = [
    (draft(ends=(), begins=(), links=(), closings=()), rules.NOTHING_ENDS, "Bắc Ninh"),
    (draft(ends=(*D.ends, OLD_WHOLE)), rules.LISTED_TWICE, (str(OLD_WHOLE),)),
    (draft(ends=(*D.ends, NEW_NORTH)), rules.ENDS_AND_BEGINS, str(NEW_NORTH)),
    (draft(links=(*D.links, Link(an_id(90), NEW_NORTH, "whole", True))), rules.LINK_UNLISTED, str(an_id(90))),
    (draft(links=(*D.links, Link(DISTRICT, an_id(91), "part", False))), rules.LINK_UNLISTED, str(an_id(91))),
    (draft(links=(*D.links, Link(OLD_WHOLE, NEW_SOUTH, "part", False))), rules.LINK_WHOLE, str(OLD_WHOLE)),
    (
        draft(links=(*(replace(link, kind="half") for link in D.links),)),
        rules.LINK_KIND,
        str(D.links[0].from_),
    ),
    (
        draft(links=tuple(replace(x, default=True) if x.from_ == OLD_SPLIT else x for x in D.links)),
        rules.LINK_DEFAULTS,
        str(OLD_SPLIT),
    ),
    (
        draft(
            ends=(*D.ends, NEW_NORTH),
            begins=(*D.begins, OLD_WHOLE),
            links=(*D.links, Link(NEW_NORTH, OLD_WHOLE, "whole", True)),
        ),
        rules.LINK_CYCLE,
        (str(NEW_NORTH), str(OLD_WHOLE), str(NEW_NORTH)),
    ),
    (
        draft(
            closings=(Closing(DISTRICT_DESK, OLD_WHOLE_DESK, CLOSER), Closing(OLD_WHOLE_DESK, POLICE, CLOSER))
        ),
        rules.HEIR_ENDS,
        str(DISTRICT_DESK),
    ),
    (
        draft(
            closings=(
                Closing(DISTRICT_DESK, OLD_WHOLE_DESK, CLOSER),
                Closing(OLD_WHOLE_DESK, DISTRICT_DESK, CLOSER),
            )
        ),
        rules.HEIR_CYCLE,
        str(DISTRICT_DESK),
    ),
    (
        draft(closings=(*D.closings, Closing(DISTRICT_DESK, POLICE, CLOSER))),
        rules.LISTED_TWICE,
        (str(DISTRICT_DESK),),
    ),
    (
        draft(receivers=tuple(r for r in D.receivers if r.unit != NEW_SOUTH)),
        rules.NO_RECEIVER,
        str(NEW_SOUTH),
    ),
    (
        draft(receivers=(*D.receivers, Receiver(DISTRICT, "commune", DISTRICT_DESK))),
        rules.RECEIVER_ENDS,
        str(DISTRICT),
    ),
    (
        draft(receivers=(*D.receivers, Receiver(DISTRICT, "district", NORTH_DESK))),
        rules.RECEIVER_LEVEL,
        str(DISTRICT),
    ),
    (
        draft(receivers=(*D.receivers, Receiver(NEW_NORTH, "commune", POLICE))),
        rules.LISTED_TWICE,
        (str(NEW_NORTH), "commune"),
    ),
    (draft(receivers=(*D.receivers, Receiver(NEW_NORTH, "province", PROVINCE_DESK))), rules.PROVINCE_DESK, 2),
    (draft(rules=(*D.rules, LevelRule("l9", BIRTH, "province", "assumed"))), rules.LISTED_TWICE, (BIRTH,)),
    (draft(rules=(LevelRule("l9", BIRTH, "district", "assumed"),)), rules.LEVEL_UNKNOWN, BIRTH),
    (draft(postings=(PostingMove(POSTING, DISTRICT_DESK),)), rules.POSTING_ENDS, str(POSTING)),
]


def test_the_drafts_of_the_small_province_are_fit() -> None:
    validate(draft())
    validate(later_draft())


@pytest.mark.parametrize(
    ("offending", "rule", "item"), OFFENCES, ids=[f"{rule.id}-{n}" for n, (_, rule, _) in enumerate(OFFENCES)]
)
def test_a_draft_is_refused_and_the_refusal_names_the_item(
    offending: PartDraft, rule: Rule, item: object
) -> None:
    with pytest.raises(Refused) as caught:
        validate(offending)
    assert caught.value.rule is rule
    assert item in caught.value.details.values()


def test_an_heir_that_another_part_ends_in_the_same_hour_is_no_living_heir() -> None:
    with pytest.raises(Refused) as caught:
        validate(draft(), also_ending={NORTH_DESK})
    assert caught.value.rule is rules.HEIR_ENDS
    assert caught.value.details["heir"] == str(NORTH_DESK)


def test_the_digest_binds_every_list_and_not_their_order() -> None:
    turned = draft(
        **{name: tuple(reversed(getattr(D, name))) for name in ("ends", "begins", "links", "closings")}
    )
    assert turned.digest() == D.digest()
    others = [
        draft(act=an_id(99)),
        draft(name="Bắc Giang"),
        draft(province=NEW_NORTH),
        draft(effective_at=HOUR + timedelta(microseconds=1)),
        draft(ends=D.ends[1:]),
        draft(begins=D.begins[1:]),
        draft(links=D.links[1:]),
        draft(closings=(replace(D.closings[0], heir=POLICE), *D.closings[1:])),
        draft(receivers=(replace(D.receivers[0], agency=POLICE), *D.receivers[1:])),
        draft(rules=(replace(D.rules[0], level="province"), *D.rules[1:])),
        draft(postings=()),
        draft(receivers=(*D.receivers, Receiver(NEW_PROVINCE, "commune", POLICE))),
    ]
    assert len({D.digest(), *(other.digest() for other in others)}) == len(others) + 1


LAW_ONLY = draft(closings=(), receivers=(), rules=(), postings=())
SPLIT = next(n for n, link in enumerate(D.links) if link.from_ == OLD_SPLIT)


def linked(number: int, **changes: object) -> PartDraft:
    links = list(D.links)
    links[number] = replace(links[number], **changes)  # type: ignore[arg-type]
    return draft(links=tuple(links))


def excepted(**fields: object) -> PartDraft:
    blank = {"name": "e", "procedure": None, "place": None, "agency": None, "to": None}
    return draft(exceptions=(RoutingException(**(blank | fields)),))  # type: ignore[arg-type]


PLACES: list[tuple[PartDraft, Rule, str]] = [
    (draft(ends=(*D.ends, OLD_WHOLE)), rules.LISTED_TWICE, f"/ends/{len(D.ends)}"),
    (draft(ends=(*D.ends, an_id(92))), rules.NO_SUCCESSOR, f"/ends/{len(D.ends)}"),
    (linked(2, to=an_id(91)), rules.LINK_UNLISTED, "/links/2/to"),
    (linked(2, from_=an_id(91)), rules.LINK_UNLISTED, "/links/2/from"),
    (linked(0, decided_by="places"), rules.LINK_DECIDED, "/links/0/decided_by"),
    (linked(SPLIT, decided_by="dice"), rules.LINK_DECIDED, f"/links/{SPLIT}/decided_by"),
    (linked(SPLIT, default=True), rules.LINK_DEFAULTS, f"/links/{SPLIT + 1}/default"),
    (
        draft(closings=(D.closings[0], replace(D.closings[1], heir=DISTRICT_DESK))),
        rules.HEIR_ENDS,
        "/agencies/ends/1/heir",
    ),
    (
        draft(receivers=(*D.receivers, Receiver(DISTRICT, "commune", DISTRICT_DESK))),
        rules.RECEIVER_ENDS,
        f"/agencies/receivers/{len(D.receivers)}/agency",
    ),
    (
        draft(receivers=tuple(r for r in D.receivers if r.level != "province")),
        rules.PROVINCE_DESK,
        "/agencies/receivers",
    ),
    (draft(rules=(replace(D.rules[0], level="moon"),)), rules.LEVEL_UNKNOWN, "/rules/0/level"),
    (draft(postings=(PostingMove(POSTING, DISTRICT_DESK),)), rules.POSTING_ENDS, "/postings/0/to"),
    (excepted(), rules.EXCEPTION, "/exceptions/0"),
    (excepted(place=an_id(77)), rules.EXCEPTION, "/exceptions/0/place"),
    (excepted(agency=POLICE), rules.EXCEPTION, "/exceptions/0/agency"),
    (excepted(procedure=BIRTH, to=DISTRICT_DESK), rules.RECEIVER_ENDS, "/exceptions/0/to"),
]


@pytest.mark.parametrize(
    ("offending", "rule", "pointer"), PLACES, ids=[f"{rule.id}-{n}" for n, (_, rule, _) in enumerate(PLACES)]
)
def test_a_refusal_says_where_in_the_document(offending: PartDraft, rule: Rule, pointer: str) -> None:
    with pytest.raises(Refused) as caught:
        validate(offending)
    assert (caught.value.rule, caught.value.pointer) == (rule, pointer)


def test_a_part_that_ends_no_agency_needs_no_receiver() -> None:
    validate(LAW_ONLY)


def test_a_disputed_link_beside_another_does_not_make_a_split() -> None:
    validate(draft(links=(*D.links, Link(OLD_WHOLE, NEW_SOUTH, "whole", True, disputed=True))))


def test_what_a_draft_does_not_say_leaves_its_digest_as_earlier_releases_approved_it() -> None:
    assert D.digest() == "c116f1b29c151af029bb1dad6ce87a8403b973807bfed37e2fbf5c74e065e9b3"
    others = [
        excepted(procedure=BIRTH),
        linked(SPLIT, decided_by="places", basis="thôn Thử"),
        linked(0, disputed=True),
        draft(effective_at=None),
        draft(founds=()),
        draft(founds=(NORTH_DESK,)),
    ]
    assert len({D.digest(), *(other.digest() for other in others)}) == len(others) + 1


def test_the_order_of_exceptions_is_bound_since_it_decides() -> None:
    one, two = (RoutingException(name, BIRTH, None, None, None) for name in ("one", "two"))
    assert draft(exceptions=(one, two)).digest() != draft(exceptions=(two, one)).digest()
