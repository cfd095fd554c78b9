"""The results of a dossier: issued, checked, linked, each by an act of its own; their return is
`Dossier.return_result`.

A result that is only issued is not yet an electronic result in the owner's hands: nothing here is derived
from anything else, and what nobody recorded is absent.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from domain import clear_text
from domain import result_rules as rules
from domain.clear_text import ELECTRONIC, judge_form, judge_one_of
from domain.document_store import document_id, judge_file
from domain.dossier_beginning import DossierBeginning
from domain.dossier_facts import DossierFinished, DossierRecalled, DossierSentBack, ResultReturned
from domain.facts import Envelope, Fact, Personal, PersonalText
from domain.refusals import Refused
from domain.result_facts import ResultIssued, ResultLinked, ResultSignatureChecked
from domain.transitions import COMPLETED, RESULT_RETURNED


@dataclass(frozen=True, slots=True)
class Result:
    """One issued result as known. `issued`: the version of its fact; `agency`: for which it was issued;
    `checked`: the last check of its signature; `document`: in the owner's store, once it is linked;
    `replaced_by`: the version of the result that came in its place."""

    issued: int
    code: str
    number: str | None
    form: str
    file: str | None
    media_type: str | None
    size: int | None
    content: PersonalText | None
    valid_from: date | None
    valid_until: date | None
    agency: UUID | None
    issued_at: datetime
    replaces: int | None
    checked: ResultSignatureChecked | None = None
    linked_at: datetime | None = None
    linked_by: int | None = None
    document: UUID | None = None
    replaced_by: int | None = None

    @property
    def stands(self) -> bool:
        return self.replaced_by is None


class DossierResults(DossierBeginning):
    """A dossier with its results. See `domain.dossier.Dossier`."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.results: dict[int, Result] = {}
        self.filed: frozenset[str] = frozenset()
        self.outcome: str | None = None
        self.returned_at: datetime | None = None

    @property
    def standing_results(self) -> tuple[Result, ...]:
        """Those that were not replaced, in the order in which they were issued."""
        return tuple(result for result in self.results.values() if result.stands)

    def issue_result(
        self,
        envelope: Envelope,
        *,
        result_code: str,
        form: str,
        number: str | None = None,
        file: str | None = None,
        media_type: str | None = None,
        size: int | None = None,
        content: Personal | None = None,
        valid_from: date | None = None,
        valid_until: date | None = None,
        replaces: int | None = None,
        refusals: Collection[str] = (),
    ) -> None:
        """Issue a result, or one in place of a wrong one (`replaces`). `refusals`: the codes that the version
        lists as refusals. Raises Refused."""
        self._judge("issue_result")
        judge_form("result_code", result_code, clear_text.RESULT)
        judge_form("number", number, clear_text.NUMBER)
        judge_one_of("form", form, clear_text.RESULT_FORMS)
        self._judge_file(form, file, media_type, size, content)
        if valid_from is not None and valid_until is not None and valid_until <= valid_from:
            raise Refused(rules.RESULT_VALIDITY, valid_until=valid_until.isoformat())
        self._judge_replaces(replaces)
        if self.status in (COMPLETED, RESULT_RETURNED) and self.outcome is not None:
            judge_refusal(self.outcome, (result_code,), refusals)
        self._decide(
            "issue_result",
            ResultIssued,
            envelope,
            result_code=result_code,
            number=number,
            file=file,
            media_type=media_type,
            size=size,
            content=content,
            form=form,
            valid_from=valid_from,
            valid_until=valid_until,
            replaces=replaces,
        )

    def check_signature(
        self,
        envelope: Envelope,
        *,
        issued: int,
        outcome: str,
        checker: str,
        signed_at: datetime | None = None,
        bound_to: UUID | None = None,
        certificate: str | None = None,
    ) -> None:
        """Put on record what a check of the signature said; a later check stands beside it. Raises
        Refused."""
        self._judge("check_signature")
        result = self.results.get(issued)
        if result is None or (signed_at is not None and signed_at > envelope.occurred_at):
            raise Refused(rules.CHECK, issued=issued)
        if result.form != ELECTRONIC:
            raise Refused(rules.CHECK_ELECTRONIC, issued=issued)
        judge_one_of("outcome", outcome, clear_text.SIGNATURE_OUTCOMES)
        judge_form("checker", checker, clear_text.WORD)
        judge_form("certificate", certificate, clear_text.NUMBER)
        self._decide(
            "check_signature",
            ResultSignatureChecked,
            envelope,
            issued=issued,
            outcome=outcome,
            signed_at=signed_at,
            bound_to=bound_to,
            certificate=certificate,
            checker=checker,
        )

    def link_result(self, envelope: Envelope, *, issued: int) -> None:
        """Say that the result stands in the owner's store: it is put there in the same append. Raises
        Refused."""
        self._judge("link_result")
        result = self.results.get(issued)
        if result is None or not result.stands:
            raise Refused(rules.LINK, issued=issued)
        if self.owner is None:
            raise Refused(rules.LINK_OWNER)
        if result.document is not None:
            raise Refused(rules.LINK_ONCE, issued=issued)
        if result.checked is not None and result.checked.outcome == "invalid":
            raise Refused(rules.LINK_INVALID, issued=issued)
        document = document_id(self.id, issued)
        self._decide("link_result", ResultLinked, envelope, issued=issued, document=document)

    def _judge_file(
        self,
        form: str,
        file: str | None,
        media_type: str | None,
        size: int | None,
        content: PersonalText | None,
    ) -> None:
        judge_file(file, media_type, size, content)
        if form == ELECTRONIC and file is None:
            raise Refused(rules.ELECTRONIC_FILE, form=form)
        if file in self.filed:
            raise Refused(rules.NOT_A_COMPONENT, file=file)

    def _judge_replaces(self, replaces: int | None) -> None:
        wrong = self.results.get(replaces) if replaces is not None else None
        if replaces is not None and (wrong is None or not wrong.stands):
            raise Refused(rules.REPLACES, replaces=replaces)
        completed = self.status in (COMPLETED, RESULT_RETURNED)
        if replaces is None and completed and self.standing_results:
            raise Refused(rules.REPLACES_NAMED, standing=tuple(r.issued for r in self.standing_results))

    def apply(self, fact: Fact) -> None:
        super().apply(fact)
        if isinstance(fact, ResultIssued):
            self._issued(fact)
        elif isinstance(fact, ResultSignatureChecked):
            self.results[fact.issued] = replace(self.results[fact.issued], checked=fact)
        elif isinstance(fact, ResultLinked):
            self.results[fact.issued] = replace(
                self.results[fact.issued],
                document=fact.document,
                linked_at=fact.envelope.occurred_at,
                linked_by=fact.originator_version,
            )
        elif isinstance(fact, DossierFinished):
            self.outcome = fact.outcome
        elif isinstance(fact, DossierRecalled | DossierSentBack):
            self.outcome = None
        elif isinstance(fact, ResultReturned):
            self.returned_at = fact.envelope.occurred_at
        elif (file := getattr(fact, "file", None)) is not None:  # provided, by whatever fact says so
            self.filed |= {file}

    def _issued(self, fact: ResultIssued) -> None:
        if fact.replaces is not None:
            wrong = self.results[fact.replaces]
            self.results[fact.replaces] = replace(wrong, replaced_by=fact.originator_version)
        self.results[fact.originator_version] = Result(
            issued=fact.originator_version,
            code=fact.result_code,
            number=fact.number,
            form=fact.form,
            file=fact.file,
            media_type=fact.media_type,
            size=fact.size,
            content=fact.content,
            valid_from=fact.valid_from,
            valid_until=fact.valid_until,
            agency=fact.envelope.acting_agency or fact.envelope.holder,
            issued_at=fact.envelope.occurred_at,
            replaces=fact.replaces,
        )


def judge_refusal(outcome: str, codes: Collection[str | None], refusals: Collection[str]) -> None:
    """Refuse a refusal whose results are none that the version lists as refusals, where it lists any, and a
    grant with one of them. `codes`: what is named or was issued. Raises Refused (result.refusal_coded)."""
    if not refusals:
        return
    named = [code in refusals for code in codes if code is not None]
    if (outcome == "refused") != bool(named and all(named)) and (outcome == "refused" or any(named)):
        raise Refused(rules.REFUSAL_CODED, outcome=outcome, refusals=tuple(sorted(refusals)))
