"""A handover act: the legal act by which units and agencies end. One part per province, as provinces are
after the hour; each part has a life of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone
from uuid import UUID

from domain import handover_rules as rules
from domain.facts import Aggregate, Envelope, Fact
from domain.handover_facts import ActDrafted
from domain.refusals import Refused

VIETNAM_OFFSET = timezone(
    timedelta(hours=7)
)  # no summer time since 1975: a fixed offset needs no zone database


class HandoverAct(Aggregate):
    number: str
    title: str
    issued_on: date
    effective_at: datetime
    reference: str
    parts: tuple[UUID, ...]

    def draft(
        self,
        envelope: Envelope,
        *,
        number: str,
        title: str,
        issued_on: date,
        effective_at: datetime,
        reference: str,
        parts: Iterable[UUID],
    ) -> None:
        """`effective_at`: aware, midnight in Vietnam. `reference`: where the act can be read.

        Raises Refused (handover.act_once, handover.act_complete, handover.local_midnight).
        """
        parts = tuple(parts)
        if self.version:
            raise Refused(rules.ACT_ONCE, act=str(self.id))
        if not number.strip() or not title.strip() or not parts or len(set(parts)) < len(parts):
            raise Refused(rules.ACT_COMPLETE, number=number, parts=len(parts))
        if effective_at.astimezone(VIETNAM_OFFSET).time() != time():
            raise Refused(rules.LOCAL_MIDNIGHT, number=number, effective_at=effective_at.isoformat())
        self.record(
            ActDrafted,
            envelope,
            number=number,
            title=title,
            issued_on=issued_on,
            effective_at=effective_at,
            reference=reference,
            parts=parts,
        )

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, ActDrafted):
            self.number, self.title, self.issued_on = fact.number, fact.title, fact.issued_on
            self.effective_at, self.reference, self.parts = fact.effective_at, fact.reference, fact.parts
