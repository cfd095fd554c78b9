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

ACT_KINDS = ("resolution", "decree", "decision", "other")


class HandoverAct(Aggregate):
    """`effective_at` None: the act does not say yet when it takes effect."""

    number: str
    title: str
    issued_on: date
    effective_at: datetime | None
    reference: str
    parts: tuple[UUID, ...]
    kind: str
    corrects: UUID | None

    def draft(
        self,
        envelope: Envelope,
        *,
        number: str,
        title: str,
        issued_on: date,
        effective_at: datetime | None,
        reference: str,
        parts: Iterable[UUID],
        kind: str = "other",
        corrects: UUID | None = None,
    ) -> None:
        """`effective_at`: aware, midnight in Vietnam; None: the act does not say yet. `reference`: where the
        act can be read; `kind`: one of ACT_KINDS; `corrects`: another act that this one corrects.

        Raises Refused (handover.act_once, handover.act_complete, handover.act_kind, handover.local_midnight).
        """
        parts = tuple(parts)
        if self.version:
            raise Refused(rules.ACT_ONCE, act=str(self.id))
        if not number.strip() or not title.strip() or not parts or len(set(parts)) < len(parts):
            raise Refused(rules.ACT_COMPLETE, pointer="/number", number=number, parts=len(parts))
        if kind not in ACT_KINDS:
            raise Refused(rules.ACT_KIND, number=number, kind=kind)
        must_be_midnight(number, effective_at)
        self.record(
            ActDrafted,
            envelope,
            number=number,
            title=title,
            issued_on=issued_on,
            effective_at=effective_at,
            reference=reference,
            parts=parts,
            kind=kind,
            corrects=corrects,
        )

    def date(self, envelope: Envelope, effective_at: datetime) -> None:
        """Say when the act takes effect, which it did not say before. Raises Refused (handover.draft_hour,
        handover.local_midnight)."""
        if self.effective_at is not None:
            raise Refused(rules.DRAFT_HOUR, act=str(self.id))
        must_be_midnight(self.number, effective_at)
        self.record(
            ActDrafted,
            envelope,
            number=self.number,
            title=self.title,
            issued_on=self.issued_on,
            effective_at=effective_at,
            reference=self.reference,
            parts=self.parts,
            kind=self.kind,
            corrects=self.corrects,
        )

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, ActDrafted):
            self.number, self.title, self.issued_on = fact.number, fact.title, fact.issued_on
            self.effective_at, self.reference, self.parts = fact.effective_at, fact.reference, fact.parts
            self.kind, self.corrects = fact.kind, fact.corrects


def must_be_midnight(number: str, effective_at: datetime | None) -> None:
    """Raises Refused (handover.local_midnight) for any other hour of the day in Vietnam."""
    if effective_at is not None and effective_at.astimezone(VIETNAM_OFFSET).time() != time():
        at = effective_at.isoformat()
        raise Refused(rules.LOCAL_MIDNIGHT, pointer="/effective_at", number=number, effective_at=at)
