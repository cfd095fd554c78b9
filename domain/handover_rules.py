"""The rules of a handover: what a draft must have, who may take it a step further, and why a dossier goes
where it goes.

No official text lays down how unfinished dossiers are handed over in such detail; each rule says what it was
taken from. The 2025 reform asks that every unfinished dossier passes on without interruption, with no new
code, no step redone and no due date reset.
"""

from __future__ import annotations

from domain.refusals import NOTHING_OFFICIAL, Rule


def _rule(id: str, says: str, article: str) -> Rule:
    return Rule(id=id, says=says, act=NOTHING_OFFICIAL, article=article)


_DRAFT = "design of the handover, life, step 1"
_LIFE = "design of the handover, life, steps 2 to 6"
_ROUTE = "design of the handover, the facts that shape it and step 2"
_HOLD = "design of the handover, who holds a dossier"

# -- the draft

ACT_ONCE = _rule("handover.act_once", "an act is drafted once", _DRAFT)
ACT_COMPLETE = _rule(
    "handover.act_complete", "an act needs a number, a title and at least one part, each once", _DRAFT
)
ACT_KIND = _rule("handover.act_kind", "an act is a resolution, a decree, a decision or other", _DRAFT)
LOCAL_MIDNIGHT = _rule("handover.local_midnight", "an act takes effect at midnight in Vietnam", _DRAFT)
NOTHING_ENDS = _rule("handover.nothing_ends", "a part ends or begins at least one unit or agency", _DRAFT)
HEIR_ENDS = _rule(
    "handover.heir_ends", "the default heir of a dissolved agency must not end in the same hour", _DRAFT
)
HEIR_CYCLE = _rule("handover.heir_cycle", "agencies that end cannot be each other's heirs", _DRAFT)
LISTED_TWICE = _rule("handover.listed_twice", "the draft lists the same thing twice", _DRAFT)
ENDS_AND_BEGINS = _rule("handover.ends_and_begins", "a unit cannot both end and begin in one part", _DRAFT)
LINK_UNLISTED = _rule(
    "handover.link_unlisted", "a link leads from a unit that the part ends to a unit that it begins", _DRAFT
)
LINK_KIND = _rule("handover.link_kind", "a link is whole, part or same", _DRAFT)
LINK_WHOLE = _rule(
    "handover.link_whole", "a unit that passes on whole, or stays the same, has one successor", _DRAFT
)
LINK_DEFAULTS = _rule("handover.link_defaults", "a unit has at most one default successor", _DRAFT)
NO_SUCCESSOR = _rule(
    "handover.no_successor", "a unit that ends has a successor: a link from it to a unit that begins", _DRAFT
)
LINK_CYCLE = _rule("handover.link_cycle", "units cannot succeed one another in a circle", _DRAFT)
NO_RECEIVER = _rule(
    "handover.no_receiver", "a unit that receives needs an agency that receives for it", _DRAFT
)
RECEIVER_ENDS = _rule(
    "handover.receiver_ends", "an agency that receives must not end in the same hour", _DRAFT
)
RECEIVER_LEVEL = _rule(
    "handover.receiver_level", "an agency receives for the commune or the province level", _DRAFT
)
PROVINCE_DESK = _rule(
    "handover.province_desk",
    "a part that ends an agency has exactly one receiver of the province level; another at most one",
    _DRAFT,
)
LEVEL_UNKNOWN = _rule(
    "handover.level",
    "a procedure goes to the commune, to the province, is abolished, or is independent of territory",
    _DRAFT,
)
LINK_DECIDED = _rule(
    "handover.link_decided",
    "places, streets or a person decide where a unit is split, and only there",
    _DRAFT,
)
EXCEPTION = _rule(
    "handover.exception",
    "an exception has a name of its own and names a procedure, a place or an agency that ends",
    _DRAFT,
)
SAME_STAYS = _rule(
    "handover.same_stays",
    "an agency goes on where its unit goes on under the kind same: nothing of it moves",
    _DRAFT,
)
OVERLAPS = _rule(
    "handover.overlaps",
    "a unit begins when no other unit with its code and level is valid any more",
    _DRAFT,
)
POSTING_ENDS = _rule(
    "handover.posting_ends", "a posting cannot move to an agency that ends in the same hour", _DRAFT
)

# -- the life of a part

NOT_DRAFTED = _rule("handover.not_drafted", "the part has no draft", _LIFE)
DRAFT_SETTLED = _rule("handover.draft_settled", "a cancelled part takes no new draft", _LIFE)
DRAFT_HOUR = _rule(
    "handover.draft_hour",
    "act, province and date of effect of a part stay the same from draft to draft",
    _LIFE,
)
NOT_SIMULATED = _rule("handover.not_simulated", "this draft must be simulated before it is approved", _LIFE)
DIGEST_DIFFERS = _rule("handover.digest_differs", "the digest is not that of the draft: read it again", _LIFE)
BY_OFFICER = _rule("handover.by_officer", "only an officer approves", _LIFE)
TWO_OFFICERS = _rule("handover.two_officers", "two different officers approve, each once", _LIFE)
APPROVED_ALREADY = _rule("handover.approved_already", "two officers have approved this draft already", _LIFE)
NOT_APPROVED = _rule("handover.not_approved", "two officers must have approved this draft", _LIFE)
SCHEDULED_ALREADY = _rule("handover.scheduled_already", "the part is scheduled", _LIFE)
CANCELLED = _rule("handover.cancelled", "the part was cancelled", _LIFE)
HOUR_PASSED = _rule("handover.hour_passed", "after its hour a part can be amended, not cancelled", _LIFE)
ACT_NUMBER = _rule(
    "handover.act_number", "an act's number is free once every part of its other draft is cancelled", _DRAFT
)
BEGINS_ONCE = _rule("handover.begins_once", "a unit's reference and an agency's identifier begin once", _LIFE)
ENDS_ONCE = _rule("handover.ends_once", "a unit or an agency is ended by one part", _LIFE)
NEVER_BEGINS = _rule(
    "handover.never_begins", "a part names only what is there or begins by a scheduled part", _LIFE
)
RECEIVES_OPEN = _rule(
    "handover.receives_open",
    "an heir, and whoever else receives, is open at the hour at which something goes to it",
    _LIFE,
)
FOUNDED_GOES_ON = _rule(
    "handover.founded_goes_on",
    "an agency that has begun by this part goes on, or an amendment ends it with an heir",
    _LIFE,
)
RESTORED_OPEN = _rule(
    "handover.restored_open",
    "an amendment gives dossiers back only to an agency that is open then; else it still ends with its heir",
    _LIFE,
)
NO_DATE = _rule("handover.no_date", "an act that does not say when it takes effect is never scheduled", _LIFE)
NEEDED_BY = _rule(
    "handover.needed_by",
    "what another scheduled part ends, names or hands to must be there then: cancel that part first",
    _LIFE,
)
PART_CLOSED = _rule("handover.part_closed", "a closed part is amended no more", _LIFE)
NOT_EFFECTIVE = _rule("handover.not_effective", "the part is not scheduled, or its hour has not come", _LIFE)
TRANSFER_ONCE = _rule("handover.transfer_once", "the transfer is finished", _LIFE)
TRANSFER_OPEN = _rule("handover.transfer_open", "the transfer is not finished", _LIFE)
RECONCILED_ONCE = _rule("handover.reconciled_once", "the part is reconciled", _LIFE)
COUNTS_DIFFER = _rule(
    "handover.counts_differ",
    "what moves, what was handed over and what the transfer reported must be equal, each with one holder",
    _LIFE,
)

# -- one dossier

HANDED_OVER_ONCE = _rule(
    "handover.dossier_once", "a dossier is handed over once per version of a part", _LIFE
)
PLACED_HOLDER = _rule("handover.placed_holder", "a placement names the new holder in its envelope", _HOLD)
NOT_HOLDER = _rule(
    "handover.not_holder", "only the agency that holds the dossier acknowledges or refuses it", _LIFE
)
ANSWERED = _rule(
    "handover.answered", "the agency has answered; a decision of the coordination comes next", _LIFE
)
NOT_MOVED = _rule(
    "handover.not_moved",
    "only a dossier that this part moved is acknowledged, refused or placed by it",
    _LIFE,
)
NOTHING_TO_DECIDE = _rule(
    "handover.nothing_to_decide",
    "only a dossier that is held provisionally, or that its receiver refused, is placed",
    _HOLD,
)
PLACED_CONCLUDED = _rule("handover.placed_concluded", "a dossier that was concluded moves no more", _HOLD)
PLACED_OPEN = _rule("handover.placed_open", "a dossier is placed with an agency that is open", _HOLD)
PAPERS = _rule("handover.papers", "paper originals are confirmed, missing or none", _LIFE)

# -- why a dossier goes where it goes: reasons, not refusals

BY_EXCEPTION = _rule("route.exception", "an exception of the act names who receives", _ROUTE)
TO_PERSON = _rule(
    "route.exception_person", "an exception of the act leaves it to a person; held until decided", _ROUTE
)
INDEPENDENT = _rule(
    "route.independent", "the procedure is independent of territory; the heir of who held it goes on", _ROUTE
)
TO_PROVINCE = _rule("route.province", "the procedure is the province's after the hour", _ROUTE)
TO_PROVINCE_ABOLISHED = _rule(
    "route.abolished", "the procedure is abolished; the province finishes what was filed", _ROUTE
)
TO_SUCCESSOR = _rule("route.successor", "the whole place passed to this commune", _ROUTE)
TO_OWN_PLACE = _rule("route.own_place", "the place is itself a commune that receives", _ROUTE)
SPLIT_DEFAULT = _rule(
    "route.split_default", "the place was split; its default successor holds until decided", _ROUTE
)
SPLIT_DESK = _rule(
    "route.split_desk", "the place was split, with no default; the province holds until decided", _ROUTE
)
PLACE_UNKNOWN = _rule("route.place_unknown", "the place is unknown; the province holds until decided", _ROUTE)
PROCEDURE_UNKNOWN = _rule(
    "route.procedure_unknown", "no rule names the procedure; the province holds until decided", _ROUTE
)
RECEIVER_UNKNOWN = _rule(
    "route.receiver_unknown", "nobody receives for the place; the province holds until decided", _ROUTE
)

# -- why somebody holds: reasons, not refusals

HELD_BY_FACT = _rule("hold.fact", "a recorded fact of the dossier set the holder", _HOLD)
CONCLUDED_HERE = _rule(
    "hold.concluded", "the dossier was concluded before the hour and ended with its holder", _HOLD
)
RESTORED = _rule("hold.restored", "an amended act no longer ends the agency that held before", _HOLD)
