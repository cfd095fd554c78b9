"""An obstacle: something that keeps a receiver from going on, from its report to its resolution.

reported -> assigned (again and again) -> escalated (again and again) -> resolved
"""

from __future__ import annotations

from uuid import UUID

from domain import register_rules as rules
from domain.clear_text import judge_one_of
from domain.facts import Aggregate, Envelope, Fact, PersonalText
from domain.obstacle_facts import (
    KINDS,
    ObstacleAssigned,
    ObstacleEscalated,
    ObstacleReported,
    ObstacleResolved,
)
from domain.refusals import Refused


class Obstacle(Aggregate):
    """`reported`: the report, None before; `assigned`, `escalated_to`: officers, the last each."""

    reported: ObstacleReported | None = None
    assigned: UUID | None = None
    escalated_to: UUID | None = None
    resolved: bool = False

    def report(
        self,
        envelope: Envelope,
        *,
        part: UUID,
        agency: UUID,
        dossier: UUID | None,
        kind: str,
        description: PersonalText,
    ) -> None:
        """Raises Refused (obstacle.once, record.one_of for a kind that does not exist)."""
        if self.reported is not None:
            raise Refused(rules.OBSTACLE_ONCE, obstacle=str(self.id))
        judge_one_of("kind", kind, KINDS)
        self.record(
            ObstacleReported,
            envelope,
            part=part,
            agency=agency,
            dossier=dossier,
            kind=kind,
            description=description,
        )

    def assign(self, envelope: Envelope, *, officer: UUID) -> None:
        """Who sees to it. Raises Refused (obstacle.known, obstacle.resolved)."""
        self._must_be_open()
        self.record(ObstacleAssigned, envelope, officer=officer)

    def escalate(self, envelope: Envelope, *, to_officer: UUID, reason: PersonalText) -> None:
        """Whose turn it is now. Raises Refused (obstacle.known, obstacle.resolved)."""
        self._must_be_open()
        self.record(ObstacleEscalated, envelope, to_officer=to_officer, reason=reason)

    def resolve(self, envelope: Envelope, *, resolution: PersonalText) -> None:
        """Raises Refused (obstacle.known, obstacle.resolved)."""
        self._must_be_open()
        self.record(ObstacleResolved, envelope, resolution=resolution)

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, ObstacleReported):
            self.reported = fact
        elif isinstance(fact, ObstacleAssigned):
            self.assigned = fact.officer
        elif isinstance(fact, ObstacleEscalated):
            self.escalated_to = fact.to_officer
        elif isinstance(fact, ObstacleResolved):
            self.resolved = True

    def _must_be_open(self) -> None:
        if self.reported is None:
            raise Refused(rules.OBSTACLE_KNOWN, obstacle=str(self.id))
        if self.resolved:
            raise Refused(rules.OBSTACLE_RESOLVED, obstacle=str(self.id))
