"""What makes a part's draft fit to be recorded. A refusal names the item that offends and its place in the
part's document (RFC 6901).

Whether an agency or unit exists at all is the directory's question; here stands what the draft itself must
keep, so that nothing is ever without a holder: every dissolved agency has a default heir that does not end in
the same hour, every unit that ends has a successor, every unit that receives has an agency that receives for
it, and the province has a desk. A part that ends no agency is of law only and needs no receiver: nothing
moves by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from graphlib import CycleError, TopologicalSorter
from uuid import UUID

from domain import handover_rules as rules
from domain.handover_draft import PartDraft
from domain.handover_facts import Link
from domain.refusals import Refused

LINK_KINDS = ("whole", "part", "same")
DECIDED_BY = ("places", "streets", "person")
RECEIVER_LEVELS = ("commune", "province")
PROCEDURE_LEVELS = ("commune", "province", "abolished", "independent")


def validate(draft: PartDraft, also_ending: Collection[UUID] = ()) -> None:
    """Judge a draft. `also_ending`: agencies that other parts end at the same hour, in which no heir may
    stand either.

    Raises Refused with the first rule that the draft breaks and the item that breaks it.
    """
    if not (draft.ends or draft.begins or draft.closings):
        raise Refused(rules.NOTHING_ENDS, part=draft.name)
    also = frozenset(also_ending)
    ending = also.union(closing.agency for closing in draft.closings)
    _units(draft)
    _links(draft)
    _successors(draft)
    _heirs(draft, also)
    _receivers(draft, ending)
    _levels(draft)
    _exceptions(draft, ending)
    _postings(draft, ending)


def _units(draft: PartDraft) -> None:
    _each_once("unit", "/ends", draft.ends)
    _each_once("unit", "/begins", draft.begins)
    both = set(draft.ends) & set(draft.begins)
    if both:
        _no_circle(draft.links)
    for number, unit in enumerate(draft.ends):
        if unit in both:
            raise Refused(rules.ENDS_AND_BEGINS, pointer=f"/ends/{number}", unit=str(unit))


def _no_circle(links: Iterable[Link]) -> None:
    earlier: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for link in links:
        earlier[link.to].append(link.from_)
    try:
        TopologicalSorter(earlier).prepare()
    except CycleError as found:
        units = found.args[1]
        number = next(n for n, link in enumerate(links) if link.from_ in units and link.to in units)
        raise Refused(rules.LINK_CYCLE, pointer=f"/links/{number}", units=tuple(map(str, units))) from None


def _links(draft: PartDraft) -> None:
    ends, begins = set(draft.ends), set(draft.begins)
    _each_once("link", "/links", ((link.from_, link.to) for link in draft.links))
    for number, link in enumerate(draft.links):
        at = f"/links/{number}"
        if link.kind not in LINK_KINDS:
            raise Refused(rules.LINK_KIND, pointer=f"{at}/kind", unit=str(link.from_), kind=link.kind)
        if link.from_ not in ends:
            unit = str(link.from_)
            raise Refused(rules.LINK_UNLISTED, pointer=f"{at}/from", unit=unit, missing_in="ends")
        if link.to not in begins:
            unit = str(link.to)
            raise Refused(rules.LINK_UNLISTED, pointer=f"{at}/to", unit=unit, missing_in="begins")
        if link.decided_by is not None and (link.kind != "part" or link.decided_by not in DECIDED_BY):
            unit, by = str(link.from_), link.decided_by
            raise Refused(rules.LINK_DECIDED, pointer=f"{at}/decided_by", unit=unit, decided_by=by)


def _successors(draft: PartDraft) -> None:
    """A disputed link beside others says nothing about how a unit passes on."""
    by_unit: defaultdict[UUID, list[tuple[int, Link]]] = defaultdict(list)
    for number, link in enumerate(draft.links):
        by_unit[link.from_].append((number, link))
    for number, unit in enumerate(draft.ends):
        if unit not in by_unit:
            raise Refused(rules.NO_SUCCESSOR, pointer=f"/ends/{number}", unit=str(unit))
    for unit, links in by_unit.items():
        sure = [(number, link) for number, link in links if not link.disputed] or links
        wrong = [number for number, link in sure if link.kind != "part"]
        if len(sure) > 1 and wrong:
            raise Refused(rules.LINK_WHOLE, pointer=f"/links/{wrong[0]}", unit=str(unit))
        defaults = [number for number, link in sure if link.default]
        if len(defaults) > 1:
            raise Refused(rules.LINK_DEFAULTS, pointer=f"/links/{defaults[1]}/default", unit=str(unit))


def _heirs(draft: PartDraft, also_ending: frozenset[UUID]) -> None:
    _each_once("agency", "/agencies/ends", (closing.agency for closing in draft.closings))
    heirs = {closing.agency: closing.heir for closing in draft.closings}
    for number, (agency, heir) in enumerate(heirs.items()):
        rule = rules.HEIR_ENDS if heir in also_ending or heir in heirs else None
        if heir in heirs and _walks_in_circle(agency, heirs):
            rule = rules.HEIR_CYCLE
        if rule is not None:
            at = f"/agencies/ends/{number}/heir"
            raise Refused(rule, pointer=at, agency=str(agency), heir=str(heir))


def _walks_in_circle(agency: UUID, heirs: dict[UUID, UUID]) -> bool:
    seen: set[UUID] = set()
    while agency in heirs and agency not in seen:
        seen.add(agency)
        agency = heirs[agency]
    return agency in seen


def _receivers(draft: PartDraft, ending: frozenset[UUID]) -> None:
    at = "/agencies/receivers"
    _each_once("receiver", at, ((receiver.unit, receiver.level) for receiver in draft.receivers))
    for number, receiver in enumerate(draft.receivers):
        unit, agency = str(receiver.unit), str(receiver.agency)
        if receiver.level not in RECEIVER_LEVELS:
            raise Refused(
                rules.RECEIVER_LEVEL, pointer=f"{at}/{number}/level", unit=unit, level=receiver.level
            )
        if receiver.agency in ending:
            raise Refused(rules.RECEIVER_ENDS, pointer=f"{at}/{number}/agency", unit=unit, agency=agency)
    desks = [number for number, receiver in enumerate(draft.receivers) if receiver.level == "province"]
    if len(desks) > 1 or (draft.closings and not desks):
        pointer = f"{at}/{desks[1]}" if desks else at
        raise Refused(rules.PROVINCE_DESK, pointer=pointer, part=draft.name, receivers=len(desks))
    if not draft.closings:
        return
    received = {receiver.unit for receiver in draft.receivers}
    for number, link in enumerate(draft.links):
        if link.to not in received:
            raise Refused(rules.NO_RECEIVER, pointer=f"/links/{number}/to", unit=str(link.to))


def _levels(draft: PartDraft) -> None:
    _each_once("procedure", "/rules", (rule.procedure for rule in draft.rules))
    for number, rule in enumerate(draft.rules):
        if rule.level not in PROCEDURE_LEVELS:
            at = f"/rules/{number}/level"
            raise Refused(rules.LEVEL_UNKNOWN, pointer=at, procedure=rule.procedure, level=rule.level)


def _exceptions(draft: PartDraft, ending: frozenset[UUID]) -> None:
    """A place is one that the part ends, begins or receives for; an agency is one that it ends."""
    _each_once("exception", "/exceptions", (one.name for one in draft.exceptions))
    if not draft.exceptions:
        return
    places = {*draft.ends, *draft.begins, *(receiver.unit for receiver in draft.receivers)}
    closed = {closing.agency for closing in draft.closings}
    for number, one in enumerate(draft.exceptions):
        at = f"/exceptions/{number}"
        if not one.name.strip() or (one.procedure, one.place, one.agency) == (None, None, None):
            raise Refused(rules.EXCEPTION, pointer=at, exception=one.name)
        if one.place is not None and one.place not in places:
            raise Refused(rules.EXCEPTION, pointer=f"{at}/place", exception=one.name, unit=str(one.place))
        if one.agency is not None and one.agency not in closed:
            agency = str(one.agency)
            raise Refused(rules.EXCEPTION, pointer=f"{at}/agency", exception=one.name, agency=agency)
        if one.to in ending:
            raise Refused(rules.RECEIVER_ENDS, pointer=f"{at}/to", exception=one.name, agency=str(one.to))


def _postings(draft: PartDraft, ending: frozenset[UUID]) -> None:
    _each_once("posting", "/postings", (move.posting for move in draft.postings))
    for number, move in enumerate(draft.postings):
        if move.agency in ending:
            posting, agency = str(move.posting), str(move.agency)
            raise Refused(
                rules.POSTING_ENDS, pointer=f"/postings/{number}/to", posting=posting, agency=agency
            )


def _each_once(kind: str, pointer: str, items: Iterable[Hashable]) -> None:
    seen: set[Hashable] = set()
    for number, item in enumerate(items):
        if item in seen:
            named = tuple(map(str, item)) if isinstance(item, tuple) else (str(item),)
            raise Refused(rules.LISTED_TWICE, pointer=f"{pointer}/{number}", kind=kind, item=named)
        seen.add(item)
