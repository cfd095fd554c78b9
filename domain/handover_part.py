"""One part of a handover act: the province's own units, agencies, succession and rules, from draft to
reconciled.

    drafted -> simulated -> approved -> scheduled -> effective -> transferring -> transferred -> reconciled
                                            \\-> cancelled (before its hour only)               -> closed

A version drafted after another was scheduled is an amendment: it is simulated, approved and scheduled beside
the version in force, which stays until then.

Nothing is recorded at the hour: a scheduled part is effective because its hour has come. That a transfer has
begun stands in the dossiers' own `DossierHandedOver` facts, so `state_at` is told of it. What an hour does to
a holder is `domain/holding.py`'s business.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from domain import handover_rules as rules
from domain.facts import Aggregate, Envelope, Fact, PersonalText
from domain.handover_checks import validate
from domain.handover_draft import PartDraft
from domain.handover_facts import (
    CoordinatorEnded,
    PartApproved,
    PartCancelled,
    PartClosed,
    PartDrafted,
    PartReconciled,
    PartScheduled,
    PartSimulated,
    TransferFinished,
)
from domain.handover_lists import Listed, lists_of, with_listed
from domain.part_state import APPROVALS, PartState, draft_state
from domain.refusals import Refused
from domain.routing import PartRules

__all__ = ["APPROVALS", "HandoverPart", "PartState"]


class HandoverPart(Aggregate):
    """`part_version`: of the latest draft. `approvals`: officers (actor ids) who approved that version.
    `scheduled`: the version scheduled last, or None. `finished` and `reconciled`: per version."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.part_version = 0
        self.simulated = False
        self.approvals: tuple[str, ...] = ()
        self.scheduled: int | None = None
        self.cancelled = False
        self.finished: dict[int, TransferFinished] = {}
        self.reconciled: set[int] = set()
        self.closed = False
        self._drafts: dict[int, PartDraft] = {}
        self._rules: dict[int, PartRules] = {}
        self._digests: dict[int, str] = {}

    # what is known

    @property
    def act(self) -> UUID:
        return self.draft_of().act

    @property
    def effective_at(self) -> datetime:
        """The act's instant. Raises Refused (handover.no_date) where the act does not say yet."""
        at = self.draft_of().effective_at
        if at is None:
            raise Refused(rules.NO_DATE, part=str(self.id), missing="effective_at")
        return at

    def draft_of(self, part_version: int | None = None) -> PartDraft:
        """The draft of a version (None: the latest). Raises Refused (handover.not_drafted)."""
        wanted = self.part_version if part_version is None else part_version
        if wanted not in self._drafts:
            raise Refused(rules.NOT_DRAFTED, part=str(self.id), part_version=wanted)
        return self._drafts[wanted]

    def digest(self, part_version: int | None = None) -> str:
        """What approval binds: see `PartDraft.digest`. Worked out once."""
        wanted = self.part_version if part_version is None else part_version
        if wanted not in self._digests:
            self._digests[wanted] = self.draft_of(wanted).digest()
        return self._digests[wanted]

    def rules(self, part_version: int | None = None) -> PartRules:
        """The routing rules of a version (None: the latest), built once."""
        wanted = self.part_version if part_version is None else part_version
        if wanted not in self._rules:
            self._rules[wanted] = PartRules.of(self.draft_of(wanted))
        return self._rules[wanted]

    def state_at(self, t: datetime, *, transfer_begun: bool = False) -> PartState:
        """The state by the facts replayed so far, at the instant `t` (aware). `transfer_begun`: some dossier
        has its `DossierHandedOver`."""
        if self.cancelled:
            return PartState.CANCELLED
        if self.closed:
            return PartState.CLOSED
        if self.scheduled is None:
            self.draft_of()
            return draft_state(self.simulated, self.approvals)
        if self.scheduled in self.reconciled:
            return PartState.RECONCILED
        if self.scheduled in self.finished:
            return PartState.TRANSFERRED
        if t < self.effective_at:
            return PartState.SCHEDULED
        return PartState.TRANSFERRING if transfer_begun else PartState.EFFECTIVE

    @property
    def amending(self) -> bool:
        """Whether the latest draft is an amendment that is not scheduled yet."""
        return self.scheduled is not None and self.part_version != self.scheduled

    def amendment_state(self) -> PartState | None:
        """The state of the amendment that is not scheduled yet; None where there is none."""
        if not self.amending or self.cancelled or self.closed:
            return None
        self.draft_of()
        return draft_state(self.simulated, self.approvals)

    # what may be done

    def draft(self, envelope: Envelope, draft: PartDraft, also_ending: Collection[UUID] = ()) -> None:
        """Record a draft, or the next version of it, in bounded facts. A new version needs a new simulation
        and new approvals; after another was scheduled it is an amendment. A date that the act did not say may
        be said, as long as nothing is scheduled; only then may the province be another unit.

        Raises Refused (the rules of `handover_checks.validate`, handover.draft_settled, handover.draft_hour,
        handover.part_closed).
        """
        if self.cancelled:
            raise Refused(rules.DRAFT_SETTLED, part=str(self.id))
        if self.part_version:
            known = self.draft_of()
            if known.act != draft.act or (self.scheduled and known.province != draft.province):
                raise Refused(rules.DRAFT_HOUR, pointer="/province", part=str(self.id))
            if known.effective_at not in (None, draft.effective_at):
                raise Refused(rules.DRAFT_HOUR, pointer="/effective_at", part=str(self.id))
        validate(draft, also_ending)
        number = self.part_version + 1
        self.record(
            PartDrafted,
            envelope,
            act=draft.act,
            name=draft.name,
            part_version=number,
            province=draft.province,
            effective_at=draft.effective_at,
        )
        for fact_class, members in lists_of(draft):
            self.record(fact_class, envelope, part_version=number, **members)

    def simulate(self, envelope: Envelope, *, at_position: int, counts: Mapping[str, Any]) -> None:
        """What would happen, computed by the caller as at a position. Raises Refused (handover.cancelled,
        handover.scheduled_already)."""
        self._must_be_open()
        version, digest = self.part_version, self.digest()
        told = {"part_version": version, "digest": digest, "at_position": at_position, "counts": dict(counts)}
        self.record(PartSimulated, envelope, **told)

    def approve(self, envelope: Envelope, *, digest: str) -> None:
        """The actor, an officer, approves the latest draft by its digest.

        Raises Refused (handover.by_officer, handover.not_simulated, handover.digest_differs,
        handover.two_officers, handover.approved_already, handover.cancelled, handover.scheduled_already).
        """
        self._must_be_open()
        if envelope.actor.kind != "officer":
            raise Refused(rules.BY_OFFICER, part=str(self.id), actor_kind=envelope.actor.kind)
        if not self.simulated:
            raise Refused(rules.NOT_SIMULATED, part=str(self.id), part_version=self.part_version)
        self._must_match(digest)
        if envelope.actor.id in self.approvals:
            raise Refused(rules.TWO_OFFICERS, part=str(self.id), officer=envelope.actor.id)
        if len(self.approvals) >= APPROVALS:
            raise Refused(rules.APPROVED_ALREADY, part=str(self.id))
        self.record(PartApproved, envelope, part_version=self.part_version, digest=digest)

    def schedule(self, envelope: Envelope, *, digest: str) -> None:
        """Set the hour. It may be past: then the part, or its amendment, takes effect when this is recorded.

        Raises Refused (handover.not_approved, handover.digest_differs, handover.cancelled,
        handover.scheduled_already, handover.no_date).
        """
        self._must_be_open()
        self._must_match(digest)
        if len(self.approvals) < APPROVALS:
            raise Refused(rules.NOT_APPROVED, part=str(self.id), approvals=len(self.approvals))
        hour = self.effective_at
        self.record(PartScheduled, envelope, part_version=self.part_version, digest=digest, effective_at=hour)

    def cancel(self, envelope: Envelope, *, now: datetime, reason: PersonalText) -> None:
        """Leave nothing behind. Append it *recorded before* `effective_at`, so that no cancellation lands
        after the hour.

        Raises Refused (handover.cancelled, handover.hour_passed).
        """
        self.draft_of()
        if self.cancelled:
            raise Refused(rules.CANCELLED, part=str(self.id))
        if self.scheduled is not None and now >= self.effective_at:
            raise Refused(rules.HOUR_PASSED, part=str(self.id), effective_at=self.effective_at.isoformat())
        self.record(PartCancelled, envelope, part_version=self.part_version, reason=reason)

    def finish_transfer(
        self,
        envelope: Envelope,
        *,
        now: datetime,
        handed_over: int,
        digest: str,
        part_version: int | None = None,
    ) -> None:
        """Every dossier that this version (None: the one scheduled last) moves has its fact. Recorded again
        only where a later run found more, as long as that version is not reconciled. Raises Refused
        (handover.not_effective, handover.transfer_once)."""
        version = self.scheduled if part_version is None else part_version
        if self.cancelled or version is None or self.scheduled is None or now < self.effective_at:
            raise Refused(rules.NOT_EFFECTIVE, part=str(self.id))
        before = self.finished.get(version)
        if before is not None and (version in self.reconciled or before.handed_over >= handed_over):
            raise Refused(rules.TRANSFER_ONCE, part=str(self.id))
        self.record(TransferFinished, envelope, part_version=version, handed_over=handed_over, digest=digest)

    def reconcile(
        self, envelope: Envelope, *, counts: Mapping[str, Any], part_version: int | None = None
    ) -> None:
        """One version (None: the one scheduled last). `counts` has at least `moved` (by the definition),
        `handed_over` (facts found) and `holders_other_than_one`; all else is kept as given.

        Raises Refused (handover.transfer_open, handover.reconciled_once, handover.counts_differ).
        """
        version = self.scheduled if part_version is None else part_version
        finished = self.finished.get(version) if version is not None else None
        if finished is None:
            raise Refused(rules.TRANSFER_OPEN, part=str(self.id))
        if version in self.reconciled:
            raise Refused(rules.RECONCILED_ONCE, part=str(self.id))
        found = [counts.get(key) for key in ("moved", "handed_over", "holders_other_than_one")]
        if found != [finished.handed_over, finished.handed_over, 0]:
            raise Refused(
                rules.COUNTS_DIFFER,
                part=str(self.id),
                reported=finished.handed_over,
                moved=found[0],
                handed_over=found[1],
                holders_other_than_one=found[2],
            )
        self.record(PartReconciled, envelope, part_version=finished.part_version, counts=dict(counts))

    # replay

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, PartDrafted):
            self.part_version = fact.part_version
            self.simulated, self.approvals = False, ()
            self._drafts[fact.part_version] = PartDraft(
                act=fact.act, name=fact.name, province=fact.province, effective_at=fact.effective_at
            )
        elif isinstance(fact, Listed):
            self._drafts[fact.part_version] = with_listed(self._drafts[fact.part_version], fact)
            self._rules.pop(fact.part_version, None)
            self._digests.pop(fact.part_version, None)
        elif isinstance(fact, PartSimulated):
            self.simulated = self.simulated or fact.part_version == self.part_version
        elif isinstance(fact, PartApproved):
            self.approvals = (*self.approvals, fact.envelope.actor.id)
        elif isinstance(fact, PartScheduled):
            self.scheduled = fact.part_version
        elif isinstance(fact, PartCancelled):
            self.cancelled = True
        elif isinstance(fact, TransferFinished):
            self.finished[fact.part_version] = fact
        elif isinstance(fact, PartReconciled):
            self.reconciled.add(fact.part_version)
        elif isinstance(fact, PartClosed):
            self.closed = True

    def record(self, fact_class: type[Fact], envelope: Envelope, **values: Any) -> None:
        if self.closed and fact_class is not CoordinatorEnded:  # a power may always end
            raise Refused(rules.PART_CLOSED, part=str(self.id))
        super().record(fact_class, envelope, **values)

    def _must_be_open(self) -> None:
        self.draft_of()
        if self.cancelled:
            raise Refused(rules.CANCELLED, part=str(self.id))
        if self.scheduled == self.part_version:
            raise Refused(rules.SCHEDULED_ALREADY, part=str(self.id))

    def _must_match(self, digest: str) -> None:
        if digest != self.digest():
            raise Refused(rules.DIGEST_DIFFERS, part=str(self.id), given=digest, draft=self.digest())
