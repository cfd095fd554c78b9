"""Who receives a dossier when its agency ends: the exceptions of the act, then the procedure's level after
the hour x the place that counts x the succession of units.

`PartRules` is one version of one part, ready to be asked. Asking changes nothing, and there is always an
answer: where no rule places a dossier, or more than one, somebody holds it provisionally (the split's default
successor, else the desk of the province as it is after the hour). The rules themselves, in their order, are
in routing_rules.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from domain.handover_draft import PartDraft
from domain.handover_facts import Link, RoutingException
from domain.routing_rules import AFTER_EXCEPTIONS, ROUTING, Asked, Placing, RoutingRule, judged

__all__ = ["ROUTING", "PartRules", "Placing", "RoutingRule"]

Successors = tuple[tuple[UUID, str, bool], ...]


@dataclass(frozen=True, slots=True)
class PartRules:
    """A part's draft as dictionaries. `successors`: ended unit to (unit, kind, default) of each; `receivers`:
    unit to the agency that receives for it at commune level; `heirs`: dissolved agency to its default heir;
    `levels`: procedure code to level; `posting_moves`: posting to its agency after; `province_desk`: None in
    a part of law only, which ends no agency. `begun_agencies`: None where the draft does not list them.

    A disputed link stands in `disputed`; it is followed only where the unit has no other, and is never
    certain.
    """

    successors: Mapping[UUID, Successors]
    receivers: Mapping[UUID, UUID]
    province_desk: UUID | None
    heirs: Mapping[UUID, UUID]
    levels: Mapping[str, str]
    posting_moves: Mapping[UUID, UUID]
    ended_units: frozenset[UUID] = frozenset()
    begun_units: frozenset[UUID] = frozenset()
    exceptions: tuple[RoutingException, ...] = ()
    begun_agencies: frozenset[UUID] | None = None
    disputed: Mapping[UUID, Successors] = field(default_factory=dict)
    doubtful: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, draft: PartDraft) -> PartRules:
        """From a validated draft."""
        sure, disputed = _by_unit(draft.links, disputed=False), _by_unit(draft.links, disputed=True)
        desk = next((r.agency for r in draft.receivers if r.level == "province"), None)
        return cls(
            successors=disputed | sure,
            receivers={r.unit: r.agency for r in draft.receivers if r.level == "commune"},
            province_desk=desk,
            heirs={closing.agency: closing.heir for closing in draft.closings},
            levels={rule.procedure: rule.level for rule in draft.rules},
            posting_moves={move.posting: move.agency for move in draft.postings},
            ended_units=frozenset(draft.ends),
            begun_units=frozenset(draft.begins),
            exceptions=draft.exceptions,
            begun_agencies=None if draft.founds is None else frozenset(draft.founds),
            disputed=disputed,
            doubtful=frozenset(disputed.keys() - sure.keys()),
        )

    def ends(self, agency: UUID) -> bool:
        """Whether this part dissolves the agency."""
        return agency in self.heirs

    def successor(self, unit: UUID) -> tuple[UUID | None, bool]:
        """Which unit stands for this one after the hour, and whether that is certain. A split has its default
        (None: it has none), never certain; so has a unit of which every link is disputed."""
        links = self.successors.get(unit)
        if links is None:
            return unit, True
        if len(links) == 1 and links[0][1] != "part":
            return links[0][0], unit not in self.doubtful
        return next((to for to, _, default in links if default), None), False

    def same(self, unit: UUID) -> UUID | None:
        """The unit as which this one goes on unchanged (a rename, a commune that becomes a ward), if it
        does."""
        links = self.successors.get(unit, ())
        return links[0][0] if len(links) == 1 and links[0][1] == "same" else None

    def place(self, from_agency: UUID, place_unit: UUID | None, procedure_code: str | None) -> Placing:
        """Who receives a dossier of this procedure and place that `from_agency`, whose end moves it, held."""
        level = self.levels.get(procedure_code) if procedure_code is not None else None
        unit, certain = (None, True) if place_unit is None else self.successor(place_unit)
        receiver = self.receivers.get(unit) if unit is not None else None
        asked = Asked(self, from_agency, place_unit, procedure_code, level, unit, certain, receiver)
        return judged(asked, ROUTING if self.exceptions else AFTER_EXCEPTIONS)

    def desk_for(self, agency: UUID) -> UUID:
        """The desk of the province; where the part names none, the agency's heir, else the agency itself."""
        return self.province_desk or self.heirs.get(agency, agency)


def _by_unit(links: tuple[Link, ...], *, disputed: bool) -> dict[UUID, Successors]:
    found: defaultdict[UUID, list[tuple[UUID, str, bool]]] = defaultdict(list)
    for link in links:
        if link.disputed == disputed:
            found[link.from_].append((link.to, link.kind, link.default))
    return {unit: tuple(successors) for unit, successors in found.items()}
