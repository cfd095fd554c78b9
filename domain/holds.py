"""Legal holds: while one stands on a citizen or a dossier, nothing of them is erased."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from domain import erasure_rules as rules
from domain.clear_text import DECISION, judge_form, judge_one_of
from domain.erasure_facts import HoldLifted, HoldPlaced
from domain.facts import Aggregate, Envelope, Fact
from domain.refusals import Refused

KINDS: Final = ("citizen", "dossier")
GROUNDS: Final = ("court", "inspection", "investigation", "complaint", "audit", "other")
"""Why something has to be kept. The list is ours: no source gives one."""


class Hold(Aggregate):
    """`placed`: None before."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.placed: HoldPlaced | None = None
        self.lifted: HoldLifted | None = None

    @property
    def stands(self) -> bool:
        return self.placed is not None and self.lifted is None

    def place(self, envelope: Envelope, *, kind: str, held: UUID, ground: str, decision: str) -> None:
        """Raises Refused (hold.once, value.one_of, value.code)."""
        if self.placed is not None:
            raise Refused(rules.HOLD_ONCE)
        judge_one_of("kind", kind, KINDS)
        judge_one_of("ground", ground, GROUNDS)
        judge_form("decision", decision, DECISION)
        self.record(HoldPlaced, envelope, kind=kind, held=held, ground=ground, decision=decision)

    def lift(self, envelope: Envelope, *, decision: str) -> None:
        """Raises Refused (hold.stands, value.code)."""
        if not self.stands:
            raise Refused(rules.HOLD_STANDS)
        judge_form("decision", decision, DECISION)
        self.record(HoldLifted, envelope, decision=decision)

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, HoldPlaced):
            self.placed = fact
        else:
            assert isinstance(fact, HoldLifted), fact
            self.lifted = fact
