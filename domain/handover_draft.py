"""A part's draft as one value, and its digest. One legal act gives it; what makes it fit to be recorded is in
handover_checks.py."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.handover_facts import Closing, LevelRule, Link, PostingMove, Receiver, RoutingException


@dataclass(frozen=True, slots=True)
class PartDraft:
    """Everything that approval binds. `effective_at` is aware, None: the act does not say yet; `province` is
    the unit as it is after the hour; `founds`: the agencies that begin by it, None where they are not
    listed."""

    act: UUID
    name: str
    province: UUID
    effective_at: datetime | None
    ends: tuple[UUID, ...] = ()
    begins: tuple[UUID, ...] = ()
    links: tuple[Link, ...] = ()
    closings: tuple[Closing, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    rules: tuple[LevelRule, ...] = ()
    postings: tuple[PostingMove, ...] = ()
    exceptions: tuple[RoutingException, ...] = ()
    founds: tuple[UUID, ...] | None = None

    def digest(self) -> str:
        """SHA-256 (hex) of the draft's canonical JSON: lists sorted, so the order of a file does not matter
        (but for exceptions, where it decides); no counts, no version. What a draft does not say is left out,
        so that approvals of earlier releases still bind."""
        canonical: dict[str, Any] = {
            "act": str(self.act),
            "name": self.name,
            "province": str(self.province),
            "effective_at": _instant(self.effective_at),
            "ends": sorted(map(str, self.ends)),
            "begins": sorted(map(str, self.begins)),
            "links": sorted(map(_link, self.links), key=lambda link: link[:4]),
            "closings": sorted([str(x.agency), str(x.heir), str(x.closed_by)] for x in self.closings),
            "receivers": sorted([str(x.unit), x.level, str(x.agency)] for x in self.receivers),
            "rules": sorted([x.procedure, x.level, x.rule, x.origin] for x in self.rules),
            "postings": sorted([str(x.posting), str(x.agency)] for x in self.postings),
        }
        if self.exceptions:
            canonical["exceptions"] = [
                [x.name, x.procedure, *(_id(one) for one in (x.place, x.agency, x.to))]
                for x in self.exceptions
            ]
        if self.founds is not None:
            canonical["founds"] = sorted(map(str, self.founds))
        text = json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _link(link: Link) -> list[Any]:
    plain = [str(link.from_), str(link.to), link.kind, link.default]
    further = [link.decided_by, link.basis, link.disputed]
    return plain if further == [None, "", False] else plain + further
