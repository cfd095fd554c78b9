"""Why a dossier goes where it goes: named values in their order, of which the first that answers decides.

    exception -> the province's procedure -> abolished -> independent of territory -> place unknown
    -> place split -> procedure unknown -> successor's or own place -> nobody receives there

The exceptions of an act go before all else, so they alone can say otherwise for an abolished procedure;
nothing is ever closed by a rule. Where a person has to decide, somebody holds the dossier meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from domain import handover_rules as rules
from domain.handover_facts import RoutingException
from domain.refusals import Rule

if TYPE_CHECKING:
    from domain.routing import PartRules


@dataclass(frozen=True, slots=True)
class Placing:
    """The agency that receives, the id of the rule that says so (`route.*`), and whether a person still has
    to decide. `exception`: the name of the act's exception that decided."""

    agency: UUID
    rule: str
    provisional: bool
    exception: str | None = None


@dataclass(slots=True)
class Asked:
    """A dossier as the rules see it: who held it, its place, its procedure (code) and that procedure's level
    after the hour; the unit that stands for the place, whether that is certain, and who receives there."""

    rules: PartRules
    from_agency: UUID
    place: UUID | None
    procedure: str | None
    level: str | None
    unit: UUID | None
    certain: bool
    receiver: UUID | None

    def desk(self, reason: Rule, *, provisional: bool) -> Placing:
        """The province's desk; where the part names none, the heir of who held it."""
        return Placing(self.rules.desk_for(self.from_agency), reason.id, provisional)

    @property
    def exception(self) -> RoutingException | None:
        """The first exception that fits. A place is named as it was, or as the unit that certainly stands for
        it."""
        for one in self.rules.exceptions:
            if one.procedure is not None and one.procedure != self.procedure:
                continue
            if one.agency is not None and one.agency != self.from_agency:
                continue
            if one.place is None or one.place == self.place or (self.certain and one.place == self.unit):
                return one
        return None


Judge = Callable[[Asked], Placing | None]


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """One rule: its name in the list, the reason that a placing by it states, and its judgement (None: it
    does not fit)."""

    id: str
    reason: Rule
    judge: Judge


def _by_exception(asked: Asked) -> Placing | None:
    one = asked.exception if asked.rules.exceptions else None
    if one is None or one.to is None:
        return None
    return Placing(one.to, rules.BY_EXCEPTION.id, False, one.name)


def _to_person(asked: Asked) -> Placing | None:
    """Held meanwhile by whom the rules that follow name."""
    one = asked.exception if asked.rules.exceptions else None
    if one is None:
        return None
    return Placing(judged(asked, AFTER_EXCEPTIONS).agency, rules.TO_PERSON.id, True, one.name)


def _to_province(asked: Asked) -> Placing | None:
    return asked.desk(rules.TO_PROVINCE, provisional=False) if asked.level == "province" else None


def _abolished(asked: Asked) -> Placing | None:
    return asked.desk(rules.TO_PROVINCE_ABOLISHED, provisional=False) if asked.level == "abolished" else None


def _independent(asked: Asked) -> Placing | None:
    if asked.level != "independent":
        return None
    heir = asked.rules.heirs.get(asked.from_agency, asked.from_agency)
    return Placing(heir, rules.INDEPENDENT.id, provisional=False)


def _place_unknown(asked: Asked) -> Placing | None:
    return asked.desk(rules.PLACE_UNKNOWN, provisional=True) if asked.place is None else None


def _split_default(asked: Asked) -> Placing | None:
    if asked.certain or asked.receiver is None:
        return None
    return Placing(asked.receiver, rules.SPLIT_DEFAULT.id, provisional=True)


def _split_desk(asked: Asked) -> Placing | None:
    return None if asked.certain else asked.desk(rules.SPLIT_DESK, provisional=True)


def _procedure_unknown(asked: Asked) -> Placing | None:
    return asked.desk(rules.PROCEDURE_UNKNOWN, provisional=True) if asked.level is None else None


def _own_place(asked: Asked) -> Placing | None:
    if asked.receiver is None or asked.unit != asked.place:
        return None
    return Placing(asked.receiver, rules.TO_OWN_PLACE.id, provisional=False)


def _successor(asked: Asked) -> Placing | None:
    return Placing(asked.receiver, rules.TO_SUCCESSOR.id, provisional=False) if asked.receiver else None


def _place_elsewhere(asked: Asked) -> Placing | None:
    return asked.desk(rules.PLACE_UNKNOWN, provisional=True) if asked.unit == asked.place else None


def _nobody_receives(asked: Asked) -> Placing | None:
    return asked.desk(rules.RECEIVER_UNKNOWN, provisional=True)


ROUTING: tuple[RoutingRule, ...] = (
    RoutingRule("exception", rules.BY_EXCEPTION, _by_exception),
    RoutingRule("exception_to_person", rules.TO_PERSON, _to_person),
    RoutingRule("province", rules.TO_PROVINCE, _to_province),
    RoutingRule("abolished", rules.TO_PROVINCE_ABOLISHED, _abolished),
    RoutingRule("independent", rules.INDEPENDENT, _independent),
    RoutingRule("place_unknown", rules.PLACE_UNKNOWN, _place_unknown),
    RoutingRule("split_default", rules.SPLIT_DEFAULT, _split_default),
    RoutingRule("split_desk", rules.SPLIT_DESK, _split_desk),
    RoutingRule("procedure_unknown", rules.PROCEDURE_UNKNOWN, _procedure_unknown),
    RoutingRule("own_place", rules.TO_OWN_PLACE, _own_place),
    RoutingRule("successor", rules.TO_SUCCESSOR, _successor),
    RoutingRule("place_elsewhere", rules.PLACE_UNKNOWN, _place_elsewhere),
    RoutingRule("nobody_receives", rules.RECEIVER_UNKNOWN, _nobody_receives),
)
"""In their order; the last one always answers."""

AFTER_EXCEPTIONS = ROUTING[2:]


def judged(asked: Asked, ordered: tuple[RoutingRule, ...] = ROUTING) -> Placing:
    """What the first rule that fits says."""
    for rule in ordered:
        placing = rule.judge(asked)
        if placing is not None:
            return placing
    raise AssertionError("the last routing rule answers whatever is asked")
