"""What is recorded of one dossier in a handover, outside the dossier's own stream, so that its revision never
moves.

`HandedOver` is one fact per part version and dossier: it states who held at the hour and who holds since. Its
stream's id is derived, so recording it twice is impossible by constraint and a stopped transfer is finished
by running it again. `Placement` is what people say afterwards: the receiving agency acknowledges or refuses,
and the coordination decides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain import handover_rules as rules
from domain.derived_ids import derived_stream_id
from domain.facts import Aggregate, Envelope, Fact, PersonalText
from domain.handed_over_facts import (
    DossierAcknowledged,
    DossierHandedOver,
    DossierPlaced,
    DossierTransferRefused,
)
from domain.holding import CONCLUDED, DossierHistory, Step, spells
from domain.refusals import Refused

PAPERS = ("confirmed", "missing", "none")


def stream_id(part_id: UUID, part_version: int, dossier_id: UUID, effective_at: datetime) -> UUID:
    """UUIDv8 of the hour in milliseconds (48 bits) and the first 74 bits of SHA-256(part id | part version
    i64 | dossier id), big-endian."""
    named = part_id.bytes + part_version.to_bytes(8, "big", signed=True) + dossier_id.bytes
    return derived_stream_id(effective_at, named)


def placement_stream_id(part_id: UUID, dossier_id: UUID, effective_at: datetime) -> UUID:
    """The same with SHA-256("placement" | part id | dossier id): one placement per part and dossier, whatever
    the version."""
    return derived_stream_id(effective_at, b"placement" + part_id.bytes + dossier_id.bytes)


def history_digest(leaves: Iterable[bytes]) -> str:
    """SHA-256 (hex) over the leaves of the dossier's own stream recorded before the hour, in order of
    version."""
    digest = hashlib.sha256()
    for leaf in leaves:
        digest.update(leaf)
    return digest.hexdigest()


def components_digest(components: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 (hex) of the components' canonical JSON, ordered by id: the papers that the dossier had at the
    hour."""
    ordered = sorted(
        (dict(component) for component in components), key=lambda component: str(component["id"])
    )
    text = json.dumps(ordered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Moved:
    """What a part did to a dossier by the definition of the holder. `status`: now (None: unknown);
    `provisional`: who holds it now does so until a person decides."""

    status: int | None
    provisional: bool


def moved_by(
    part_id: UUID, history: DossierHistory, steps: Sequence[Step], t: datetime, position: int | None = None
) -> Moved | None:
    """Whether the part had moved the dossier by `t`, as known at `position` (None: all of the history); what
    ended with its holder was not moved. Nothing is recorded of it: this is the definition's own walk."""
    known = history if position is None else history.up_to(position)
    walked = [held for held in spells(known, steps) if held.since <= t]
    if not any(held.by and held.by.part_id == part_id and not held.ended_here for held in walked):
        return None
    status = known.statuses[-1].status if known.statuses else None
    return Moved(status, walked[-1].provisional)


class HandedOver(Aggregate):
    """A stream of one fact."""

    stated: DossierHandedOver | None = None

    def hand_over(self, envelope: Envelope, **fields: Any) -> None:
        """Record what `DossierHandedOver` has, all as at the hour. Raises Refused (handover.dossier_once)."""
        if self.stated is not None:
            raise Refused(rules.HANDED_OVER_ONCE, stream=str(self.id))
        self.record(DossierHandedOver, envelope, **fields)

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, DossierHandedOver):
            self.stated = fact


class Placement(Aggregate):
    """Decisions and answers on one dossier of one part. `placed`: the last decision, or None.
    `answer`: acknowledged or refused, by `answered_by`, since that decision; else None."""

    placed: DossierPlaced | None = None
    answer: str | None = None
    answered_by: UUID | None = None

    def place(
        self,
        envelope: Envelope,
        *,
        dossier: UUID,
        part: UUID,
        from_agency: UUID,
        to_agency: UUID,
        ground: PersonalText,
        moved: Moved | None,
        to_is_open: bool,
    ) -> None:
        """A person of the coordination queue decides; to the agency that holds it already means that it
        stays. `moved`: what the part did to the dossier; `to_is_open`: at the ledger's time.

        Raises Refused (handover.not_moved, handover.placed_concluded, handover.nothing_to_decide,
        handover.placed_open, handover.placed_holder).
        """
        if moved is None:
            raise Refused(rules.NOT_MOVED, dossier=str(dossier), part=str(part))
        if moved.status in CONCLUDED:
            raise Refused(rules.PLACED_CONCLUDED, dossier=str(dossier), status=moved.status)
        if not moved.provisional and self.answer != "refused":
            raise Refused(rules.NOTHING_TO_DECIDE, dossier=str(dossier), part=str(part))
        if not to_is_open:
            raise Refused(rules.PLACED_OPEN, dossier=str(dossier), to_agency=str(to_agency))
        if envelope.holder != to_agency:
            raise Refused(rules.PLACED_HOLDER, dossier=str(dossier), to_agency=str(to_agency))
        self.record(
            DossierPlaced,
            envelope,
            dossier=dossier,
            part=part,
            from_agency=from_agency,
            to_agency=to_agency,
            ground=ground,
        )

    def acknowledge(
        self,
        envelope: Envelope,
        *,
        dossier: UUID,
        part: UUID,
        agency: UUID,
        papers: str,
        moved: Moved | None,
    ) -> None:
        """The holder (envelope) confirms. `papers`: confirmed, missing or none.

        Raises Refused (handover.not_moved, handover.not_holder, handover.answered, handover.papers).
        """
        self._must_answer(envelope, dossier, agency, moved)
        if papers not in PAPERS:
            raise Refused(rules.PAPERS, papers=papers)
        self.record(DossierAcknowledged, envelope, dossier=dossier, part=part, agency=agency, papers=papers)

    def refuse(
        self,
        envelope: Envelope,
        *,
        dossier: UUID,
        part: UUID,
        agency: UUID,
        reason: PersonalText,
        moved: Moved | None,
        suggests: UUID | None = None,
    ) -> None:
        """The holder (envelope) refuses; it stays the holder until a decision is recorded. `suggests`: the
        agency that it holds competent. Raises Refused
        (handover.not_moved, handover.not_holder, handover.answered)."""
        self._must_answer(envelope, dossier, agency, moved)
        self.record(
            DossierTransferRefused,
            envelope,
            dossier=dossier,
            part=part,
            agency=agency,
            reason=reason,
            suggests=suggests,
        )

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, DossierPlaced):
            self.placed, self.answer, self.answered_by = fact, None, None
        elif isinstance(fact, DossierAcknowledged):
            self.answer, self.answered_by = "acknowledged", fact.agency
        elif isinstance(fact, DossierTransferRefused):
            self.answer, self.answered_by = "refused", fact.agency

    def _must_answer(self, envelope: Envelope, dossier: UUID, agency: UUID, moved: Moved | None) -> None:
        if moved is None:
            raise Refused(rules.NOT_MOVED, dossier=str(dossier), agency=str(agency))
        if envelope.holder != agency:
            raise Refused(rules.NOT_HOLDER, agency=str(agency), holder=str(envelope.holder))
        if self.answered_by == agency:
            raise Refused(rules.ANSWERED, agency=str(agency), answer=self.answer)
