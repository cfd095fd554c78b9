"""What an erasure means in the stream of each record of a person: nothing new begins while it is decided,
nothing at all once it was carried out."""

from __future__ import annotations

from uuid import UUID

from domain import erasure_rules
from domain.citizen_facts import CitizenErased, CitizenErasureRequested, CitizenErasureWithdrawn
from domain.facts import Aggregate, Envelope, Fact
from domain.refusals import Refused

ERASING = (CitizenErasureRequested, CitizenErasureWithdrawn, CitizenErased)


class Erasable(Aggregate):
    """Part of `domain.citizen.Citizen`. `erasing`: the erasure that is being decided; `erased`: the one that
    was carried out."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.erasing: UUID | None = None
        self.erased: UUID | None = None

    def begin_erasure(self, envelope: Envelope, erasure: UUID) -> None:
        """An erasure is being decided. Raises Refused (erase.already, erase.requested_once)."""
        self.judge_not_erased()
        if self.erasing is not None:
            raise Refused(erasure_rules.REQUESTED_ONCE, erasure=str(self.erasing))
        self.record(CitizenErasureRequested, envelope, erasure=erasure)

    def end_erasure(self, envelope: Envelope, erasure: UUID, *, carried_out: bool) -> None:
        """It is carried out, or withdrawn. Raises Refused (erase.same_records)."""
        if self.erasing != erasure:
            raise Refused(erasure_rules.SAME_PEOPLE, citizen=str(self.id))
        self.record(CitizenErased if carried_out else CitizenErasureWithdrawn, envelope, erasure=erasure)

    def judge_not_erased(self) -> None:
        """Raises Refused (erase.already)."""
        if self.erased is not None:
            raise Refused(erasure_rules.ALREADY, citizen=str(self.id))

    def judge_may_begin(self) -> None:
        """Whether anything new may begin for them. Raises Refused (erase.already, erase.being_decided)."""
        self.judge_not_erased()
        if self.erasing is not None:
            raise Refused(erasure_rules.BEING_DECIDED, erasure=str(self.erasing))

    def apply_erasing(self, fact: Fact) -> None:
        match fact:
            case CitizenErasureRequested():
                self.erasing = fact.erasure
            case CitizenErasureWithdrawn():
                self.erasing = None
            case CitizenErased():
                self.erasing, self.erased = None, fact.erasure
