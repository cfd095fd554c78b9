"""Who receives a dossier when its agency ends: the procedure's level after the hour x the place that counts x
the succession of units.

`PartRules` is one version of one part, ready to be asked. Asking changes nothing, and there is always an
answer: where no rule places a dossier, or more than one, somebody holds it provisionally (the split's default
successor, else the desk of the province as it is after the hour).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from domain import handover_rules as rules
from domain.handover_draft import PartDraft
from domain.refusals import Rule


@dataclass(frozen=True, slots=True)
class Placing:
    """The agency that receives, the id of the rule that says so (`route.*`), and whether a person still has
    to decide."""

    agency: UUID
    rule: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class PartRules:
    """A part's draft as dictionaries. `successors`: ended unit to (unit, kind, default) of each; `receivers`:
    unit to the agency that receives for it at commune level; `heirs`: dissolved agency to its default heir;
    `levels`: procedure code to level; `posting_moves`: posting to its agency after."""

    successors: Mapping[UUID, tuple[tuple[UUID, str, bool], ...]]
    receivers: Mapping[UUID, UUID]
    province_desk: UUID
    heirs: Mapping[UUID, UUID]
    levels: Mapping[str, str]
    posting_moves: Mapping[UUID, UUID]
    ended_units: frozenset[UUID] = frozenset()
    begun_units: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, draft: PartDraft) -> PartRules:
        """From a validated draft."""
        successors: defaultdict[UUID, list[tuple[UUID, str, bool]]] = defaultdict(list)
        for link in draft.links:
            successors[link.from_].append((link.to, link.kind, link.default))
        return cls(
            successors={unit: tuple(links) for unit, links in successors.items()},
            receivers={r.unit: r.agency for r in draft.receivers if r.level == "commune"},
            province_desk=next(r.agency for r in draft.receivers if r.level == "province"),
            heirs={closing.agency: closing.heir for closing in draft.closings},
            levels={rule.procedure: rule.level for rule in draft.rules},
            posting_moves={move.posting: move.agency for move in draft.postings},
            ended_units=frozenset(draft.ends),
            begun_units=frozenset(draft.begins),
        )

    def ends(self, agency: UUID) -> bool:
        """Whether this part dissolves the agency."""
        return agency in self.heirs

    def successor(self, unit: UUID) -> tuple[UUID | None, bool]:
        """Which unit stands for this one after the hour, and whether that is certain. A split has its default
        (None: it has none), never certain."""
        links = self.successors.get(unit)
        if links is None:
            return unit, True
        if len(links) == 1 and links[0][1] != "part":
            return links[0][0], True
        return next((to for to, _, default in links if default), None), False

    def place(self, from_agency: UUID, place_unit: UUID | None, procedure_code: str | None) -> Placing:
        """Who receives a dossier of this procedure and place. `from_agency`, whose end moves it, decides
        nothing today: all that a district or a commune held is placed alike."""
        level = self.levels.get(procedure_code) if procedure_code is not None else None
        if level == "province":
            return self._desk(rules.TO_PROVINCE, provisional=False)
        if level == "abolished":
            return self._desk(rules.TO_PROVINCE_ABOLISHED, provisional=False)
        if place_unit is None:
            return self._desk(rules.PLACE_UNKNOWN)
        unit, certain = self.successor(place_unit)
        receiver = self.receivers.get(unit) if unit is not None else None
        if not certain:
            if receiver is None:
                return self._desk(rules.SPLIT_DESK)
            return Placing(receiver, rules.SPLIT_DEFAULT.id, provisional=True)
        if level is None:
            return self._desk(rules.PROCEDURE_UNKNOWN)
        if receiver is None:
            return self._desk(rules.PLACE_UNKNOWN if unit == place_unit else rules.RECEIVER_UNKNOWN)
        reason = rules.TO_OWN_PLACE if unit == place_unit else rules.TO_SUCCESSOR
        return Placing(receiver, reason.id, provisional=False)

    def _desk(self, reason: Rule, *, provisional: bool = True) -> Placing:
        return Placing(self.province_desk, reason.id, provisional)
