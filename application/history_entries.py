"""What the auditor reads of one fact: what, when, by whom through which posting, under which version of the
procedure and by which rules; what a correction corrects; and whether it was recorded long after it was
done.

All of it is as known up to the position of the reading: a later fact adds entries, and changes one only where
it corrects it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from application.fact_fields import clear_fields, opened
from application.organisation import Organisation
from application.ports import Keyring
from application.rules import known_rules
from domain.dossier_facts import DossierAccepted, DossierCorrected
from domain.dossier_timeline import timeline
from domain.facts import Category, Fact, Recorded
from domain.inspection import Thresholds, late_by
from domain.local_time import local_date
from domain.result_facts import ResultIssued

Json = dict[str, Any]


class Entries:
    """`recorded`: the facts about one dossier as known up to a position, in the order of positions, with the
    organisation as known there."""

    def __init__(self, keyring: Keyring, organisation: Organisation, recorded: Sequence[Recorded[Fact]]):
        self._keyring = keyring
        self._organisation = organisation
        history = timeline(recorded)
        self._dossier = history.dossier
        self._statuses = {known.position: known.status for known in history.statuses}
        own = [r for r in recorded if r.fact.originator_id == history.dossier_id]
        self._own = {r.fact.originator_version: r for r in own}
        self._accepted = [r for r in own if isinstance(r.fact, DossierAccepted)]
        self._corrected: dict[int, list[int]] = {}
        for one in own:
            if (version := _corrects(one.fact)) is not None:
                self._corrected.setdefault(version, []).append(one.position)

    def entry(self, recorded: Recorded[Fact]) -> Json:
        """One fact. `back_dated_by`: seconds between doing and recording, where these are more than a day;
        `corrects`: the fact that this one corrects; `corrected_by`: the positions of those that correct
        it."""
        fact, envelope = recorded.fact, recorded.fact.envelope
        back = late_by(recorded, Thresholds())
        return {
            "position": recorded.position,
            "version": fact.originator_version,
            "type": fact.TOPIC,
            "recorded_at": recorded.recorded_at,
            "occurred_at": envelope.occurred_at,
            "back_dated_by": None if back is None else int(back.total_seconds()),
            "actor": {"kind": envelope.actor.kind, "id": envelope.actor.id},
            "posting_id": envelope.posting_id,
            "posting": self._posting(fact),
            "acting_agency": envelope.acting_agency,
            "holder": envelope.holder,
            "procedure_version": self._procedure_version(recorded),
            "rules": list(envelope.rules),
            "decided_by": [_rule(id) for id in envelope.rules],
            "status": self._statuses.get(recorded.position),
            "corrects": self._named(fact),
            "corrected_by": self._corrected.get(fact.originator_version, []) if self._is_own(fact) else [],
            "leaf": recorded.leaf.hex(),
            "data": {name: opened(self._keyring, value) for name, value in clear_fields(fact)},
        }

    def _is_own(self, fact: Fact) -> bool:
        return fact.originator_id == self._dossier.id

    def _posting(self, fact: Fact) -> Json | None:
        """In which agency and with which roles the posting was made; whose it is, where it was delegated."""
        envelope = fact.envelope
        if envelope.posting_id is None:
            return None
        found = self._organisation.posting(envelope.posting_id, UUID(envelope.actor.id))
        if found is None:
            return None
        officer, posting = found
        return {"officer": officer, "agency": posting.agency, "roles": list(posting.roles)}

    def _procedure_version(self, recorded: Recorded[Fact]) -> Json | None:
        """The version that applied: the one that an acceptance up to here pinned, before that the one in
        force on the day, as known when the fact was recorded."""
        procedure_id = self._dossier.procedure_id
        if procedure_id is None or recorded.fact.CATEGORY != Category.DOSSIER:
            return None
        procedure = self._organisation.procedures[procedure_id]
        pinned = [r for r in self._accepted if r.position <= recorded.position]
        if pinned:
            version = procedure.versions.get(pinned[-1].fact.procedure_version)  # type: ignore[attr-defined]
        else:
            known = self._organisation.versions_known_at(procedure_id, recorded.position)
            version = procedure.version_at(local_date(recorded.fact.envelope.occurred_at), known)
        if version is None:
            return None
        return {
            "procedure": procedure.code,
            "version": version.number,
            "valid_from": version.valid_from,
            "decision_no": version.decision_no,
            "pinned": bool(pinned),
        }

    def _named(self, fact: Fact) -> Json | None:
        version = _corrects(fact)
        corrected = self._own.get(version) if version is not None else None
        if corrected is None:
            return None
        return {"version": version, "position": corrected.position, "type": corrected.fact.TOPIC}


def _corrects(fact: Fact) -> int | None:
    """The version of the fact that this one corrects, or whose result it replaces."""
    match fact:
        case DossierCorrected():
            return fact.corrects
        case ResultIssued():
            return fact.replaces
    return None


def _rule(id: str) -> Json:
    """With where it comes from; a rule that this program does not know any more is named all the same."""
    rule = known_rules().get(id)
    return {"rule": id, "act": rule.act if rule else None, "article": rule.article if rule else None}
