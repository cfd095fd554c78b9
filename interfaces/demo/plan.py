"""Which dossiers are filed in June 2025, where, and how each one's life goes: planned ahead, seeded.

A step waits a number of working slots after the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from interfaces.demo.june import LATE, SLOTS_A_DAY, Slot, timeline
from interfaces.demo.world import CENTRE_BEFORE, World

DECK = {10: 51, 4: 13, 2: 6, 9: 6, 1: 5, 5: 5, 3: 4, 6: 4, 7: 3, 8: 3}
"""Of a hundred dossiers, how many stand in which status when June ends."""
OPEN = (1, 2, 4, 5, 6, 9)
DISTRICT_SHARE, COMMUNE_SHARE, LATE_SHARE = 0.65, 0.29, 0.01
SAME_CODE = "07210"
"""The old ward whose code another, larger ward has from 1 July."""

LONGEST = 15 * SLOTS_A_DAY
"""Working slots that a life may take."""


@dataclass(frozen=True, slots=True)
class Step:
    """`after`: working slots since the step before. `role`: the officer's, or `applicant`, or `portal`."""

    after: int
    act: str
    role: str


@dataclass(frozen=True, slots=True)
class Filing:
    """A dossier to be. `slot`: index into the timeline; `steps` follow from the working slot `begins`."""

    slot: int
    begins: int
    desk: str
    place: str
    district: str
    procedure: str
    channel: str
    target: int
    steps: tuple[Step, ...]

    @property
    def at_counter(self) -> bool:
        return self.channel == "counter" and self.target not in (1, 3)


@dataclass(slots=True)
class _Kinds:
    """The catalogue by level before the reform."""

    by_level: Mapping[str, Sequence[Mapping[str, Any]]]
    chance: Random

    def one(self, level: str) -> Mapping[str, Any]:
        return self.chance.choice(self.by_level[level])


def filings(count: int, world: World, catalogue: Sequence[Mapping[str, Any]], chance: Random) -> list[Filing]:
    """`count` dossiers in the order of filing. `catalogue`: with `code`, `level_before`, `channels`."""
    kinds = _Kinds({level: [e for e in catalogue if e["level_before"] == level] for level in LEVELS}, chance)
    planner = _Planner(timeline(), kinds, chance)
    late = max(30, int(count * LATE_SHARE)) if count >= 300 else count // 10
    made: list[Filing] = []
    for placed in _places(count - late, world, chance):
        made.append(planner.filing(*placed))
    districts = list(world.districts.values())
    for number in range(late):
        district = districts[number % len(districts)]
        commune = chance.choice([c for c in world.before.values() if c.district == district.code])
        desk = district.desk if number % 3 else commune.desk
        level = "district" if number % 3 else "commune"
        made.append(planner.late(level, desk, commune.code, district.code))
    return sorted(made, key=lambda f: f.slot)


LEVELS = ("district", "commune", "province")


def _places(count: int, world: World, chance: Random) -> Iterator[tuple[str, str, str, str, int]]:
    """Level, desk, place, district and final status of each dossier."""
    communes = list(world.before.values())
    in_district = {d: [c for c in communes if c.district == d] for d in world.districts}
    at_districts, at_communes = int(count * DISTRICT_SHARE), int(count * COMMUNE_SHARE)
    for code, number in _shares(at_districts, {d: len(c) + 10 for d, c in in_district.items()}).items():
        cards = _cards(chance)
        for _ in range(number):
            place = chance.choice(in_district[code])
            yield "district", world.districts[code].desk, place.code, code, next(cards)
    chance.shuffle(communes)
    communes.sort(key=lambda c: c.code != SAME_CODE)
    cards = _cards(chance)
    for number in range(at_communes):
        commune = communes[number % len(communes)]
        target = next(cards) if number else OPEN[2]
        yield "commune", commune.desk, commune.code, commune.district, target
    cards = _cards(chance)
    for _ in range(count - at_districts - at_communes):
        commune = chance.choice(communes)
        yield "province", CENTRE_BEFORE, commune.code, commune.district, next(cards)


def _shares(count: int, weights: Mapping[str, int]) -> dict[str, int]:
    """`count` divided by weight, all of it given out."""
    total, given, shares = sum(weights.values()), 0, {}
    for number, (key, weight) in enumerate(weights.items(), start=1):
        shares[key] = count - given if number == len(weights) else round(count * weight / total)
        given += shares[key]
    return shares


def _cards(chance: Random) -> Iterator[int]:
    """Final statuses by the deck; the first ten cards are the ten statuses."""
    rest = [status for status, number in DECK.items() for _ in range(number - 1)]
    while True:
        yield from DECK
        chance.shuffle(rest)
        yield from rest


@dataclass(slots=True)
class _Planner:
    slots: list[Slot]
    kinds: _Kinds
    chance: Random
    index: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.index = {s.working: i for i, s in enumerate(self.slots) if s.working is not None}

    def filing(self, level: str, desk: str, place: str, district: str, target: int) -> Filing:
        kind = self.kinds.one(level)
        online = [c for c in _channels(kind) if c != "counter"]
        channel = self.chance.choice(_channels(kind))
        if target == 1 and online:
            channel = online[0]
        steps = self._paced(self._script(level, channel, target), kind)
        begins = self._begin(sum(s.after for s in steps), target)
        slot = self.index[begins]
        if channel == "online" and begins >= SLOTS_A_DAY and self.chance.random() < 0.3:
            slot = self._evening_before(begins)
        return Filing(slot, begins, desk, place, district, kind["code"], channel, target, steps)

    def late(self, level: str, desk: str, place: str, district: str) -> Filing:
        """Filed online in the last hours, touched by nobody before the end."""
        kinds = [k for k in self.kinds.by_level[level] if "online" in _channels(k)]
        kind = self.chance.choice(kinds)
        slot = len(self.slots) - 1 - self.chance.randrange(len(LATE))
        return Filing(slot, len(self.index), desk, place, district, kind["code"], "online", 1, ())

    def _evening_before(self, begins: int) -> int:
        at = self.index[begins - begins % SLOTS_A_DAY] - 1
        assert self.slots[at].working is None
        return at

    def _begin(self, takes: int, target: int) -> int:
        """The working slot of filing: anywhere if the life is over by then, else so that it ends lately."""
        last = len(self.index) - 1 - takes
        if target not in OPEN:
            return self.chance.randint(0, last)
        waits = self.chance.randint(0, 11) if target == 1 else int(self.chance.expovariate(1 / 18))
        return max(0, last - waits)

    def _script(self, level: str, channel: str, target: int) -> list[tuple[str, str]]:
        """Acts and roles up to the final status."""
        acts: list[tuple[str, str]] = []
        if target == 1:
            return acts
        if target == 3:
            return [("refuse-intake", "desk"), *([("close", "desk")] if self.chance.random() < 0.5 else [])]
        if channel != "counter":
            acts.append(("accept", "desk"))
        if target == 2:
            return acts
        division = level == "district" and self.chance.random() < 0.45
        if division:
            acts.append(("forward", "desk"))
        acts.append(("assign", "handler"))
        acts += self._episodes()
        ends = {5: ("request-supplement", "handler"), 6: ("request-payment", "handler")}
        ends |= {7: ("withdraw", "applicant"), 8: ("stop", "decider")}
        if target in ends:
            acts.append(ends[target])
        if target in (9, 10):
            acts.append(("finish", "decider"))
            if division:
                acts.append(("forward", "decider"))
        if target == 10:
            acts.append(("return-result", "desk"))
        return acts

    def _episodes(self) -> list[tuple[str, str]]:
        """What may happen while a dossier is processed."""
        draw = self.chance.random()
        if draw < 0.14:
            return [("request-supplement", "handler"), ("submit-supplement", "applicant")]
        if draw < 0.28:
            return [("request-payment", "handler"), ("confirm-payment", "portal")]
        if draw < 0.36:
            return [("consult", "handler")]
        if draw < 0.44:
            return [("record-lookup", "handler")]
        if draw < 0.50:
            return [("extend", "decider")]
        return []

    def _paced(self, script: Sequence[tuple[str, str]], kind: Mapping[str, Any]) -> tuple[Step, ...]:
        """Gaps so that the whole takes about its time limit: mostly less, sometimes more."""
        if not script:
            return ()
        takes = min(LONGEST, _limit_slots(kind) * self.chance.uniform(0.3, 1.25))
        most = max(1, round(2 * takes / len(script)))
        most = min(most, LONGEST // len(script))
        return tuple(Step(self.chance.randint(1, most), act, role) for act, role in script)


def _channels(kind: Mapping[str, Any]) -> list[str]:
    return [line["channel"] for line in kind["channels"]]


def _limit_slots(kind: Mapping[str, Any]) -> int:
    """The procedure's time limit in working slots, roughly."""
    line = kind["channels"][0]
    days = {"working_day": 1.0, "calendar_day": 0.7, "hour": 0.1, "working_hour": 0.13, "month": 21.0}
    return int((line["limit_amount"] or 1) * days[line["limit_unit"] or "working_day"] * SLOTS_A_DAY) + 2
