"""Which dossiers the benchmark loads: what each is about, where it lies, how far it has come by the end of
June 2025 and when it began. Planned by chance from a seed, without any fact yet.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from bench.country import Country, Place
from domain.local_time import day_start

OPEN = {1: 12, 2: 16, 4: 42, 5: 10, 6: 8, 9: 12}
CONCLUDED = {3: 15, 7: 12, 8: 8, 10: 65}
CONCLUDED_SHARE = 0.08
"""Beside the open ones: the ledger of an office holds far more, which no handover moves."""
LEVELS = {"district": 60, "commune": 34, "province": 6}
STEPS: dict[int, tuple[str, ...]] = {
    1: ("submit",),
    2: ("submit", "accept"),
    3: ("submit", "refuse_intake"),
    4: ("submit", "accept", "assign"),
    5: ("submit", "request_supplement"),
    6: ("submit", "accept", "assign", "request_payment"),
    7: ("submit", "withdraw"),
    8: ("submit", "accept", "assign", "stop"),
    9: ("submit", "accept", "assign", "finish"),
    10: ("submit", "accept", "assign", "finish", "return_result"),
}
FIRST, LAST = date(2025, 6, 2), date(2025, 6, 27)
HOURS = (8, 9, 10, 11, 13, 14, 15, 16)
A_DAY = len(HOURS)
SLOT = timedelta(hours=1)
AHEAD = 4 * A_DAY
"""A step follows within this many working hours."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a dossier is about: a procedure by one of its channels. `limit` None: by agreement."""

    procedure: str
    channel: str
    limit: tuple[int, str] | None
    components: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Life:
    """One dossier to be. `commune`: the place that counts; `holder`: the agency that receives it."""

    number: int
    kind: Kind
    commune: Place
    holder: Place
    target: int


def slots() -> list[datetime]:
    """The working hours of June, each by its beginning."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    starts = [day_start(day).astimezone(UTC) for day in days if day.weekday() < 5]
    return [start + timedelta(hours=hour) for start in starts for hour in HOURS]


def kinds(country: Country) -> dict[str, list[list[Kind]]]:
    """By level before the hour: for each procedure its channels at a desk or online."""
    found: dict[str, list[list[Kind]]] = {level: [] for level in LEVELS}
    for entry in country.procedures:
        version = entry["versions"][0]
        papers = tuple(
            {"id": c["id"], "form": "original", "count": c["copies"]} for c in version["components"]
        )
        ways = [
            Kind(
                entry["code"],
                line["channel"],
                (line["limit_amount"], line["limit_unit"]) if line["limit_amount"] else None,
                papers,
            )
            for line in version["channels"]
            if line["channel"] in ("counter", "online") and line["limit_unit"] != "hour"
        ]
        if ways:
            found[country.levels[entry["code"]][0]].append(ways)
    return found


class Plan:
    """`count` open dossiers and a share of concluded ones, in compact form: a million of them are some
    megabytes."""

    def __init__(self, country: Country, count: int, chance: Random) -> None:
        self._communes = country.at("commune")
        self._country = country
        by_level = kinds(country)
        self._kinds = [way for level in LEVELS for ways in by_level[level] for way in ways]
        numbers = iter(range(len(self._kinds)))
        choices = {level: [[next(numbers) for _ in ways] for ways in by_level[level]] for level in LEVELS}
        concluded = max(20, round(count * CONCLUDED_SHARE))
        targets = [*_cards(OPEN, count, chance), *_cards(CONCLUDED, concluded, chance)]
        self.count = len(targets)
        weights = list(accumulate(2 if place.ward else 1 for place in self._communes))
        self._commune = array(
            "H", chance.choices(range(len(self._communes)), cum_weights=weights, k=self.count)
        )
        levels = chance.choices(list(LEVELS), list(LEVELS.values()), k=self.count)
        self._kind = array("H", (chance.choice(chance.choice(choices[level])) for level in levels))
        self._level = array("B", (list(LEVELS).index(level) for level in levels))
        self._target = array("B", targets)
        self._slots = len(slots())
        self._start = array("H", (self._begins(n, chance) for n in range(self.count)))

    def _begins(self, number: int, chance: Random) -> int:
        """So that it comes as far as it shall; one that is still open is mostly within its limit."""
        target = self._target[number]
        last = self._slots - len(STEPS[target])
        limit = self._kinds[self._kind[number]].limit
        if target not in OPEN or limit is None:
            return chance.randrange(last)
        days = {"working_day": 1.0, "calendar_day": 0.7, "month": 21.0}[limit[1]] * limit[0]
        age = min(last, int(days * A_DAY * chance.uniform(0.05, 1.1)))
        return last - age if age < last else chance.randrange(last)

    def by_slot(self) -> Iterator[list[Life]]:
        """For each slot the dossiers that begin in it."""
        starting: list[array[int]] = [array("I") for _ in range(self._slots)]
        for number, slot in enumerate(self._start):
            starting[slot].append(number)
        for numbers in starting:
            yield [self._life(number) for number in numbers]

    def _life(self, number: int) -> Life:
        commune = self._communes[self._commune[number]]
        level = list(LEVELS)[self._level[number]]
        code = {"commune": commune.code, "district": commune.district, "province": commune.province}[level]
        holder = self._country.places[code or commune.province]
        return Life(number, self._kinds[self._kind[number]], commune, holder, self._target[number])


def _cards(deck: dict[int, int], count: int, chance: Random) -> Sequence[int]:
    """Final statuses by the deck's shares, every one of them at least once where there are enough."""
    dealt = [*deck, *chance.choices(list(deck), list(deck.values()), k=max(0, count - len(deck)))][:count]
    chance.shuffle(dealt)
    return dealt
