"""The acts on a dossier's papers: each raises Refused with the rule that forbids it, or records one fact."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from domain import clear_text
from domain import component_rules as rules
from domain.clear_text import judge_form, judge_one_of
from domain.component_facts import (
    ComponentChecked,
    ComponentDigitised,
    ComponentReused,
    ComponentUploaded,
    LookupRecorded,
)
from domain.components import FOUND, UNAVAILABLE, UNUSABLE
from domain.document_store import KeptDocument, judge_file
from domain.dossier_judging import DossierJudging
from domain.facts import Envelope, Personal
from domain.local_time import local_date
from domain.refusals import Refused, Rule
from domain.transitions import SUPPLEMENT_REQUESTED

MOST_PROVIDED: Final = 20
APPLICANT: Final = "applicant"


class DossierComponents(DossierJudging):
    """A dossier whose papers are provided and checked. See `domain.dossier.Dossier`."""

    def _judge_room(self, component: str) -> tuple[Rule, ...]:
        """The rule, unless the paper was provided too often already. Raises Refused."""
        if len(self.provisions.known(component).provided) >= MOST_PROVIDED:
            raise Refused(rules.AT_MOST, component=component, at_most=MOST_PROVIDED)
        return (rules.AT_MOST,)

    def _judge_awaited(self, component: str, envelope: Envelope) -> tuple[Rule, ...]:
        """The rule that let an applicant bring this paper after acceptance; none for others. A request that
        names no papers asks for any. Raises Refused."""
        if envelope.actor.kind != APPLICANT or self.procedure_version is None:
            return ()
        asked = self.status == SUPPLEMENT_REQUESTED and (not self.asked_for or component in self.asked_for)
        if not asked and self.provisions.known(component).provided:
            raise Refused(rules.AWAITED, component=component)
        return (rules.AWAITED,)

    def upload_component(
        self,
        envelope: Envelope,
        *,
        component: str,
        file: str,
        media_type: str,
        size: int,
        content: Personal,
    ) -> None:
        """A paper came as a file, which is stored already."""
        self._judge("upload_component")
        judge_form("component", component, clear_text.COMPONENT)
        judge_file(file, media_type, size, content)
        decided = (*self._judge_room(component), *self._judge_awaited(component, envelope))
        self._decide(
            "upload_component",
            ComponentUploaded,
            envelope,
            decided,
            component=component,
            file=file,
            media_type=media_type,
            size=size,
            content=content,
        )

    def digitise_component(
        self,
        envelope: Envelope,
        *,
        component: str,
        file: str,
        media_type: str,
        size: int,
        content: Personal,
        form: str,
        digitised_by: UUID,
        digitised_at: datetime,
        mark: str | None = None,
    ) -> None:
        """An officer made a file of a paper."""
        self._judge("digitise_component")
        judge_form("component", component, clear_text.COMPONENT)
        judge_one_of("form", form, clear_text.PAPER_FORMS)
        judge_form("mark", mark, clear_text.NUMBER)
        judge_file(file, media_type, size, content)
        _judge_past("digitised_at", digitised_at, envelope)
        self._decide(
            "digitise_component",
            ComponentDigitised,
            envelope,
            self._judge_room(component),
            component=component,
            file=file,
            media_type=media_type,
            size=size,
            content=content,
            form=form,
            mark=mark,
            digitised_by=digitised_by,
            digitised_at=digitised_at,
        )

    def reuse_component(self, envelope: Envelope, *, component: str, known: KeptDocument) -> None:
        """A document of the owner's store stands for the paper; that it may was judged by
        `Asking.judge_reuse`."""
        self._judge("reuse_component")
        judge_form("component", component, clear_text.COMPONENT)
        also = (*self._judge_room(component), *self._judge_awaited(component, envelope))
        self._rely_on(envelope, component, known, also)

    def _rely_on(
        self, envelope: Envelope, component: str, known: KeptDocument, also: tuple[Rule, ...] = ()
    ) -> None:
        """Record that a document stands for the paper. An acceptance that relies on it is refused for no
        number of papers that came before."""
        self._decide(
            "reuse_component",
            ComponentReused,
            envelope,
            (rules.REUSE_OWN, rules.REUSE_VALID, rules.REUSE_KIND, *also),
            component=component,
            document=known.document,
            kept_as=known.kept_as,
            from_dossier=known.dossier,
            from_version=known.dossier_version,
        )

    def check_component(
        self,
        envelope: Envelope,
        *,
        component: str,
        outcome: str,
        provided: int | None = None,
        reason: Personal | None = None,
    ) -> None:
        """What was provided was looked at; `provided`: by which fact, absent: all that was provided of the
        paper and stands (`Component.looked_at`), one fact for each."""
        self._judge("check_component")
        judge_one_of("outcome", outcome, clear_text.CHECKS)
        known = self.provisions.known(component)
        named = known.by(provided) if provided is not None else None
        found = known.looked_at() if provided is None else (named,) if named else ()
        if not found:
            raise Refused(rules.CHECK_PROVIDED, component=component)
        if outcome == UNUSABLE and reason is None:
            raise Refused(rules.CHECK_REASON, component=component)
        for one in found:
            self._decide(
                "check_component",
                ComponentChecked,
                envelope,
                (rules.CHECK_PROVIDED,),
                component=component,
                provided=one.version,
                outcome=outcome,
                reason=reason,
            )

    def record_lookup(
        self,
        envelope: Envelope,
        *,
        source: str,
        outcome: str,
        component: str | None = None,
        result_digest: str | None = None,
        looked_up_at: datetime | None = None,
        file: str | None = None,
        media_type: str | None = None,
        size: int | None = None,
        content: Personal | None = None,
    ) -> None:
        """Record what a database answered, as at the time of the look-up: `found`, `not_found`, `unavailable`
        or `inconsistent`. `file`: what it said, right or wrong; a wrong answer is what lets a paper be asked
        for."""
        self._judge("record_lookup")
        judge_form("source", source, clear_text.WORD)
        judge_one_of("outcome", outcome, clear_text.LOOKUP_OUTCOMES)
        judge_form("component", component, clear_text.COMPONENT)
        judge_form("result_digest", result_digest, clear_text.DIGEST)
        judge_file(file, media_type, size, content)
        if file is not None and (component is None or outcome == UNAVAILABLE):
            raise Refused(rules.LOOKED_UP_FOR)
        at = looked_up_at or envelope.occurred_at
        _judge_past("looked_up_at", at, envelope)
        if self.begun_at is not None and local_date(at) < local_date(self.begun_at):
            raise Refused(rules.LOOKED_UP_SINCE, begun=self.begun_at.isoformat())
        room = self._judge_room(component) if component is not None and outcome == FOUND else ()
        self._decide(
            "record_lookup",
            LookupRecorded,
            envelope,
            (rules.LOOKED_UP_SINCE, *room),
            source=source,
            outcome=outcome,
            component=component,
            result_digest=result_digest,
            looked_up_at=at,
            file=file,
            media_type=media_type,
            size=size,
            content=content,
        )


def _judge_past(field: str, at: datetime, envelope: Envelope) -> None:
    if at > envelope.occurred_at:
        raise Refused(rules.TIME_PAST, field=field)
