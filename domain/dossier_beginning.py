"""How a dossier begins: filed by an applicant, or opened by the agency itself (a proactive service).

A third way of beginning is one more fact under `DossierBegun` and one more method here: what is read of a
beginning is read of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, Required, TypedDict, Unpack
from uuid import UUID

from domain import clear_text, rules
from domain.clear_text import ELECTRONIC, judge_components, judge_known, judge_one_of
from domain.dossier_beginning_facts import DossierBegun, DossierOpened, DossierSubmitted
from domain.dossier_code import check_acceptable
from domain.dossier_importing import DossierImporting, need_holder
from domain.facts import Envelope, Personal
from domain.local_time import local_date
from domain.refusals import Refused, on_record

ELECTRONIC_SINCE: Final = date(2025, 7, 1)
"""The day from which papers need a reason."""
LEVELS: Final = range(1, 5)
LEVELS_SINCE: Final = date(2026, 7, 1)
"""From when Decree 224/2026 is in force, and with it the levels of proactive services."""
BY_ONESELF: Final = ("applicant", "kiosk")
"""Who can have typed in what an applicant files with a token of their own."""


class Matter(TypedDict, total=False):
    """What is said of a dossier however it begins: the fields of `DossierBegun`."""

    code: Required[str]
    code_origin: Required[str]
    procedure: Required[UUID]
    procedure_code: Required[str]
    channel: Required[str]
    owner: Required[UUID]
    receiving_agency: Required[UUID]
    competent_agency: Required[UUID]
    returning_agency: Required[UUID]
    components: Required[tuple[dict[str, Any], ...]]
    case: str | None
    place: UUID | None
    place_code: str | None
    linked_group: UUID | None
    matter: Personal | None


class DossierBeginning(DossierImporting):
    """A dossier that begins here. See `domain.dossier.Dossier`."""

    def submit(
        self,
        envelope: Envelope,
        *,
        submitter: UUID,
        helping_agency: UUID | None = None,
        keyed_by: str | None = None,
        paper_reason: str | None = None,
        identity_level: str | None = None,
        mandate: UUID | None = None,
        **matter: Unpack[Matter],
    ) -> None:
        """File. At the counter `accept` follows in the same append: filing and receipt are one act there
        (Decree 61/2018 Art 17.1). Papers without a reason refuse nothing: the fact names the rule."""
        self._judge_beginning(envelope, matter)
        judge_known("keyed_by", keyed_by, clear_text.KEYED_BY)
        judge_known("paper_reason", paper_reason, clear_text.PAPER_REASONS)
        judge_known("identity_level", identity_level, clear_text.IDENTITY_LEVELS)
        if envelope.actor.kind == "applicant" and keyed_by not in (None, *BY_ONESELF):
            raise Refused(rules.KEYED_BY_ONESELF, keyed_by=keyed_by)
        if paper_reason is None and needs_paper_reason(envelope, matter["components"]):
            missing = (rule.id for rule in on_record(rules.PAPER_REASON))
            envelope = replace(envelope, rules=(*envelope.rules, *missing))
        self._begin(
            DossierSubmitted,
            envelope,
            matter,
            submitter=submitter,
            helping_agency=helping_agency,
            keyed_by=keyed_by,
            paper_reason=paper_reason,
            identity_level=identity_level,
            mandate=mandate,
        )

    def open(self, envelope: Envelope, *, service_level: int, trigger: str, **matter: Unpack[Matter]) -> None:
        """The agency begins it without a submission; `accept` follows in the same append. Raises Refused
        (dossier.open.level)."""
        self._judge_beginning(envelope, matter)
        judge_one_of("trigger", trigger, clear_text.TRIGGERS)
        if service_level not in LEVELS or local_date(envelope.occurred_at) < LEVELS_SINCE:
            raise Refused(rules.SERVICE_LEVEL, service_level=service_level, since=LEVELS_SINCE.isoformat())
        self._begin(DossierOpened, envelope, matter, service_level=service_level, trigger=trigger)

    def _judge_beginning(self, envelope: Envelope, matter: Matter) -> None:
        self._judge_first()
        judge_one_of("code_origin", matter["code_origin"], clear_text.CODE_ORIGINS)
        judge_one_of("channel", matter["channel"], clear_text.CHANNELS)
        judge_components(matter["components"])
        check_acceptable(matter["code"])
        need_holder(envelope)

    def _begin(
        self, fact_class: type[DossierBegun], envelope: Envelope, matter: Matter, **further: Any
    ) -> None:
        said: dict[str, Any] = dict.fromkeys(("case", "place", "place_code", "linked_group", "matter"))
        self.record(fact_class, envelope, **(said | matter | further))


def needs_paper_reason(envelope: Envelope, components: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a dossier is filed on paper alone on a day on which that is an exception."""
    forms = {component["form"] for component in components}
    return bool(forms) and ELECTRONIC not in forms and local_date(envelope.occurred_at) >= ELECTRONIC_SINCE
