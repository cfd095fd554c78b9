"""An erasure: requested by one officer, carried out by another, or withdrawn. What it erases and what stands
in its way is read by `application.erasing`; here stands what may follow what.

requested -> carried out, or withdrawn
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from domain import erasure_rules as rules
from domain.clear_text import DECISION, judge_form, judge_one_of
from domain.erasure_facts import ErasureCarriedOut, ErasureRequested, ErasureWithdrawn
from domain.facts import Actor, Aggregate, Envelope, Fact
from domain.refusals import Refused

CITIZEN, DOSSIER = "citizen", "dossier"
PERSON_ASKED, RETENTION_OVER = "person_asked", "retention_over"
UNLAWFUL, ORDERED = "unlawful_processing", "authority_order"
GROUNDS: Final = (PERSON_ASKED, RETENTION_OVER, UNLAWFUL, ORDERED)
PERIODS_COUNT: Final = frozenset({PERSON_ASKED, RETENTION_OVER})
"""Grounds against which a retention period stands; what was processed unlawfully, and what a court or a
competent authority orders, is erased before it is over."""
WITHDRAWAL_GROUNDS: Final = ("exception_stands", "person_withdrew", "mistake")
MOST_DOSSIERS: Final = 1_000


class Erasure(Aggregate):
    """`request`: None before; `requested_by`: who asked for it."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.requested: ErasureRequested | None = None
        self.requested_by: Actor | None = None
        self.carried_out: ErasureCarriedOut | None = None
        self.withdrawn: ErasureWithdrawn | None = None

    @property
    def stands(self) -> bool:
        """Whether it was requested and waits."""
        return self.requested is not None and self.carried_out is None and self.withdrawn is None

    def request(
        self,
        envelope: Envelope,
        *,
        kind: str,
        subject: UUID,
        citizens: tuple[UUID, ...],
        ground: str,
        decision: str,
        run: UUID | None = None,
    ) -> None:
        """`decision`: the number of the act or decision. Raises Refused (value.one_of, value.code)."""
        if self.requested is not None:
            raise Refused(rules.REQUESTED_ONCE)
        judge_one_of("ground", ground, GROUNDS)
        judge_form("decision", decision, DECISION)
        self.record(
            ErasureRequested,
            envelope,
            kind=kind,
            subject=subject,
            citizens=citizens,
            ground=ground,
            decision=decision,
            run=run,
        )

    def withdraw(self, envelope: Envelope, *, ground: str) -> None:
        self._must_stand()
        judge_one_of("ground", ground, WITHDRAWAL_GROUNDS)
        self.record(ErasureWithdrawn, envelope, ground=ground)

    def carry_out(
        self, envelope: Envelope, *, subjects: tuple[UUID, ...], beside: tuple[UUID, ...], files: int
    ) -> None:
        """By another than who requested it, unless a retention run did both: who may run one is judged
        there. Raises Refused (erase.requested, erase.four_eyes, erase.at_most)."""
        self._must_stand()
        assert self.requested is not None
        if self.requested.run is None and envelope.actor == self.requested_by:
            raise Refused(rules.FOUR_EYES)
        dossiers = len(subjects) - len(self.requested.citizens) + len(beside)
        if dossiers > MOST_DOSSIERS:
            raise Refused(rules.AT_MOST, dossiers=dossiers)
        self.record(
            ErasureCarriedOut, envelope, subjects=subjects, beside=beside, dossiers=dossiers, files=files
        )

    def apply(self, fact: Fact) -> None:
        match fact:
            case ErasureRequested():
                self.requested, self.requested_by = fact, fact.envelope.actor
            case ErasureWithdrawn():
                self.withdrawn = fact
            case ErasureCarriedOut():
                self.carried_out = fact
            case _:
                raise TypeError(f"not a fact of an erasure: {fact.TOPIC}")

    def _must_stand(self) -> None:
        if not self.stands:
            raise Refused(rules.REQUESTED)
