"""A part's draft as one value, and what makes it fit to be recorded. One legal act gives it; refusals name
the item that offends.

Whether an agency or unit exists at all is the directory's question; here stands what the draft itself must
keep, so that nothing is ever without a holder: every dissolved agency has a default heir that does not end in
the same hour, every unit that receives has an agency that receives for it, and the province has a desk.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any
from uuid import UUID

from domain import handover_rules as rules
from domain.handover_facts import Closing, LevelRule, Link, PostingMove, Receiver, RoutingException
from domain.refusals import Refused, Rule

LINK_KINDS = ("whole", "part", "same")
RECEIVER_LEVELS = ("commune", "province")
PROCEDURE_LEVELS = ("commune", "province", "abolished", "independent")


@dataclass(frozen=True, slots=True)
class PartDraft:
    """Everything that approval binds. `effective_at` is aware, None: the act does not say yet; `province` is
    the unit as it is after the hour; `founds`: the agencies that begin by it, None where they are not
    listed."""

    act: UUID
    name: str
    province: UUID
    effective_at: datetime | None
    ends: tuple[UUID, ...] = ()
    begins: tuple[UUID, ...] = ()
    links: tuple[Link, ...] = ()
    closings: tuple[Closing, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    rules: tuple[LevelRule, ...] = ()
    postings: tuple[PostingMove, ...] = ()
    exceptions: tuple[RoutingException, ...] = ()
    founds: tuple[UUID, ...] | None = None

    def digest(self) -> str:
        """SHA-256 (hex) of the draft's canonical JSON: lists sorted, so the order of a file does not matter
        (but for exceptions, where it decides); no counts, no version. What a draft does not say is left out,
        so that approvals of earlier releases still bind."""
        canonical: dict[str, Any] = {
            "act": str(self.act),
            "name": self.name,
            "province": str(self.province),
            "effective_at": _instant(self.effective_at),
            "ends": sorted(map(str, self.ends)),
            "begins": sorted(map(str, self.begins)),
            "links": sorted(map(_link, self.links), key=lambda link: link[:4]),
            "closings": sorted([str(x.agency), str(x.heir), str(x.closed_by)] for x in self.closings),
            "receivers": sorted([str(x.unit), x.level, str(x.agency)] for x in self.receivers),
            "rules": sorted([x.procedure, x.level, x.rule, x.origin] for x in self.rules),
            "postings": sorted([str(x.posting), str(x.agency)] for x in self.postings),
        }
        if self.exceptions:
            canonical["exceptions"] = [
                [x.name, x.procedure, *(_id(one) for one in (x.place, x.agency, x.to))]
                for x in self.exceptions
            ]
        if self.founds is not None:
            canonical["founds"] = sorted(map(str, self.founds))
        text = json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _link(link: Link) -> list[Any]:
    plain = [str(link.from_), str(link.to), link.kind, link.default]
    further = [link.decided_by, link.basis, link.disputed]
    return plain if further == [None, "", False] else plain + further


def validate(draft: PartDraft, also_ending: Collection[UUID] = ()) -> None:
    """Judge a draft. `also_ending`: agencies that other parts end at the same hour, in which no heir may
    stand either.

    Raises Refused with the first rule that the draft breaks and the item that breaks it.
    """
    if not (draft.ends or draft.begins or draft.closings):
        raise Refused(rules.NOTHING_ENDS, part=draft.name)
    _units(draft)
    _links(draft)
    _heirs(draft, frozenset(also_ending))
    _receivers(draft, frozenset(also_ending))
    _levels_and_postings(draft, frozenset(also_ending))


def _units(draft: PartDraft) -> None:
    _each_once("unit", draft.ends)
    _each_once("unit", draft.begins)
    both = set(draft.ends) & set(draft.begins)
    if both:
        _no_circle(draft.links)
    for unit in draft.ends:
        if unit in both:
            raise Refused(rules.ENDS_AND_BEGINS, unit=str(unit))


def _no_circle(links: Iterable[Link]) -> None:
    earlier: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for link in links:
        earlier[link.to].append(link.from_)
    try:
        TopologicalSorter(earlier).prepare()
    except CycleError as found:
        raise Refused(rules.LINK_CYCLE, units=tuple(map(str, found.args[1]))) from None


def _links(draft: PartDraft) -> None:
    ends, begins = set(draft.ends), set(draft.begins)
    _each_once("link", ((link.from_, link.to) for link in draft.links))
    by_unit: defaultdict[UUID, list[Link]] = defaultdict(list)
    for link in draft.links:
        if link.kind not in LINK_KINDS:
            raise Refused(rules.LINK_KIND, unit=str(link.from_), kind=link.kind)
        if link.from_ not in ends:
            raise Refused(rules.LINK_UNLISTED, unit=str(link.from_), missing_in="ends")
        if link.to not in begins:
            raise Refused(rules.LINK_UNLISTED, unit=str(link.to), missing_in="begins")
        by_unit[link.from_].append(link)
    for unit, links in by_unit.items():
        if len(links) > 1 and any(link.kind != "part" for link in links):
            raise Refused(rules.LINK_WHOLE, unit=str(unit))
        if sum(link.default for link in links) > 1:
            raise Refused(rules.LINK_DEFAULTS, unit=str(unit))


def _heirs(draft: PartDraft, also_ending: frozenset[UUID]) -> None:
    _each_once("agency", (closing.agency for closing in draft.closings))
    heirs = {closing.agency: closing.heir for closing in draft.closings}
    for agency, heir in heirs.items():
        if heir in also_ending:
            raise Refused(rules.HEIR_ENDS, agency=str(agency), heir=str(heir))
        if heir in heirs:
            circle = _walks_in_circle(agency, heirs)
            raise Refused(rules.HEIR_CYCLE if circle else rules.HEIR_ENDS, agency=str(agency), heir=str(heir))


def _walks_in_circle(agency: UUID, heirs: dict[UUID, UUID]) -> bool:
    seen: set[UUID] = set()
    while agency in heirs and agency not in seen:
        seen.add(agency)
        agency = heirs[agency]
    return agency in seen


def _receivers(draft: PartDraft, also_ending: frozenset[UUID]) -> None:
    ending = also_ending.union(closing.agency for closing in draft.closings)
    _each_once("receiver", ((receiver.unit, receiver.level) for receiver in draft.receivers))
    for receiver in draft.receivers:
        if receiver.level not in RECEIVER_LEVELS:
            raise Refused(rules.RECEIVER_LEVEL, unit=str(receiver.unit), level=receiver.level)
        if receiver.agency in ending:
            raise Refused(rules.RECEIVER_ENDS, unit=str(receiver.unit), agency=str(receiver.agency))
    desks = [receiver.agency for receiver in draft.receivers if receiver.level == "province"]
    if len(desks) != 1:
        raise Refused(rules.PROVINCE_DESK, part=draft.name, receivers=len(desks))
    received = {receiver.unit for receiver in draft.receivers}
    for link in draft.links:
        if link.to not in received:
            raise Refused(rules.NO_RECEIVER, unit=str(link.to))


def _levels_and_postings(draft: PartDraft, also_ending: frozenset[UUID]) -> None:
    ending = also_ending.union(closing.agency for closing in draft.closings)
    _each_once("procedure", (rule.procedure for rule in draft.rules))
    _each_once("posting", (move.posting for move in draft.postings))
    for rule in draft.rules:
        if rule.level not in PROCEDURE_LEVELS:
            raise Refused(rules.LEVEL_UNKNOWN, procedure=rule.procedure, level=rule.level)
    for move in draft.postings:
        if move.agency in ending:
            raise Refused(rules.POSTING_ENDS, posting=str(move.posting), agency=str(move.agency))


def _each_once(kind: str, items: Iterable[Hashable], rule: Rule = rules.LISTED_TWICE) -> None:
    for item, times in Counter(items).items():
        if times > 1:
            named = tuple(map(str, item)) if isinstance(item, tuple) else (str(item),)
            raise Refused(rule, kind=kind, item=named)
