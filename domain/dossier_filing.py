"""Rules of filing and assigning that look beyond the dossier: at codes, procedures and postings as they are
known at the moment. The dossier's own stream cannot tell, so they are judged before its act."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from domain import citizen_rules, delegation_rules, rules, voice_rules
from domain.refusals import Refused


def judge_foreign_code(code: str, is_ours: Callable[[str], bool]) -> None:
    """A code from elsewhere begins with no identifier of an agency here, however it is written: the number
    behind it may be issued one day. `is_ours`: whether an agency of this ledger has the identifier."""
    identifier = code.upper().partition("-")[0]
    if is_ours(identifier):
        raise Refused(rules.CODE_NOT_OURS, identifier=identifier)


def judge_not_abolished(procedure_code: str, *, abolished: bool) -> None:
    """`abolished`: by the procedure's version of the day, or by an act that has come into effect."""
    if abolished:
        raise Refused(rules.SUBMIT_ABOLISHED, procedure=procedure_code)


def judge_level(said: str | None, proven: str | None) -> None:
    """An applicant does not say of which level their own account is. `proven`: by their token; None: it says
    nothing."""
    if said not in (None, proven):
        raise Refused(citizen_rules.LEVEL_OF_ACCOUNT)


def judge_posted(officer: UUID, posted_at: Iterable[UUID], agency: UUID) -> None:
    """Whoever is to work on a dossier is posted at the agency that holds it."""
    if agency not in posted_at:
        raise Refused(rules.OFFICER_AT_HOLDER, officer=str(officer))


def judge_present(officer: UUID, *, absent: bool) -> None:
    """Nobody is given work while away."""
    if absent:
        raise Refused(delegation_rules.ABSENT, officer=str(officer))


def judge_signed_then(officer: UUID, posted_then: Iterable[UUID], holder_then: UUID) -> None:
    """A decision counts only if whoever signs it was posted, when it was made, where the dossier lay then."""
    if holder_then not in posted_then:
        raise Refused(delegation_rules.SIGNED_THEN, officer=str(officer))


def judge_own_rating(by: UUID | None, applicant: UUID) -> None:
    """An applicant rates for themself alone; None: for themself."""
    if by not in (None, applicant):
        raise Refused(voice_rules.RATE_PARTY)
