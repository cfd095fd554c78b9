"""Within what feedback and complaints are answered: dated data, set in the order of the days from which each
limit holds. No text that was found gives one, so where nobody has set one there is none.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from domain import clear_text, record_rules
from domain import voice_rules as rules
from domain.clear_text import judge_one_of
from domain.deadlines import LARGEST_AMOUNT, UNITS
from domain.facts import Aggregate, Envelope, Fact, Recorded
from domain.refusals import Refused
from domain.voice_facts import VoiceLimitSet


class VoiceLimit(NamedTuple):
    """What holds from a day on (None: from the beginning)."""

    valid_from: date | None
    amount: int
    unit: str


class VoiceLimits(Aggregate):
    """All limits of one kind."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.kind: str | None = None
        self.limits: tuple[VoiceLimit, ...] = ()

    def set(
        self, envelope: Envelope, *, kind: str, amount: int, unit: str, valid_from: date | None, source: str
    ) -> None:
        """Say from when which limit holds. Raises Refused (voice.limit_in_order, deadline.amount,
        value.one_of)."""
        judge_one_of("kind", kind, clear_text.VOICE_KINDS)
        judge_one_of("unit", unit, UNITS)
        if not 1 <= amount <= LARGEST_AMOUNT:
            raise Refused(record_rules.DEADLINE_AMOUNT, amount=amount)
        last = self.limits[-1].valid_from if self.limits else None
        later = not self.limits or (valid_from is not None and (last is None or last < valid_from))
        if self.kind not in (None, kind) or not later:
            raise Refused(rules.VOICE_LIMIT_ORDER, kind=kind)
        self.record(
            VoiceLimitSet, envelope, kind=kind, amount=amount, unit=unit, valid_from=valid_from, source=source
        )

    def says(self, valid_from: date | None, amount: int, unit: str) -> bool:
        """Whether exactly this limit was set already."""
        return VoiceLimit(valid_from, amount, unit) in self.limits

    def apply(self, fact: Fact) -> None:
        assert isinstance(fact, VoiceLimitSet), fact
        self.kind = fact.kind
        self.limits = (*self.limits, VoiceLimit(fact.valid_from, fact.amount, fact.unit))


class VoiceLimitsKnown:
    """The limits as recorded up to any position: what is set later changes nothing of what was received."""

    def __init__(self) -> None:
        self.kinds: dict[str, VoiceLimits] = {}
        self._since: dict[str, list[int]] = {}

    def apply(self, recorded: Recorded[Any]) -> None:
        """Follow one fact, in order of position."""
        fact = recorded.fact
        if fact.kind not in self.kinds:
            self.kinds[fact.kind], self._since[fact.kind] = VoiceLimits.empty(fact.originator_id), []
        self.kinds[fact.kind].replay(fact)
        self._since[fact.kind].append(recorded.position)

    def on(self, kind: str, day: date, position: int | None = None) -> VoiceLimit | None:
        """What holds for what is received on a day, as known now or as recorded up to a position."""
        known = self.kinds.get(kind)
        if known is None:
            return None
        read = len(known.limits) if position is None else bisect_right(self._since[kind], position)
        held = [one for one in known.limits[:read] if one.valid_from is None or one.valid_from <= day]
        return held[-1] if held else None
