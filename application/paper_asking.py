"""A dossier's papers as a decision sees them now: by the version that the dossier pins, before acceptance the
one in force, and by the ledger's own day. What is held, connected, no longer asked for or valid is so today,
whenever an act is said to have been done: nothing that is dated back gets round the rules of the day."""

from __future__ import annotations

from datetime import datetime

from application.clocks import version_of
from application.organisation import Organisation
from domain.asking import Asking
from domain.dossier import Dossier
from domain.kept_documents import KeptDocuments
from domain.local_time import local_date
from domain.paper_terms import PaperTerms
from domain.procedure import ProcedureVersion
from domain.terms import GENERAL_TERMS


def asking_of(
    dossier: Dossier,
    organisation: Organisation,
    now: datetime,
    documents: KeptDocuments,
    version: ProcedureVersion | None = None,
    position: int | None = None,
) -> Asking:
    """`version`: by which it is judged, absent: by the dossier's own; `position`: up to which versions are
    known, None: all. Raises NotFound (unknown_procedure)."""
    version = version or version_of(dossier, organisation, now, position)
    return Asking(
        dossier.id,
        dossier.provisions,
        GENERAL_TERMS.papers if version is None else version.terms.papers,
        dossier.case,
        documents,
        local_date(now),
        _before(dossier, organisation, version, position),
        dossier.procedure_code,
    )


def _before(
    dossier: Dossier, organisation: Organisation, version: ProcedureVersion | None, position: int | None
) -> tuple[PaperTerms, ...]:
    """What the versions of the days said on which the dossier's papers came, where another judges them: so
    the same paper is not asked for again under the id that a new version gives it."""
    if version is None or dossier.procedure_code is None:
        return ()
    procedure = organisation.procedure_by_code(dossier.procedure_code)
    first = None if position is None else organisation.versions_known_at(procedure.id, position)
    came = {local_date(one.at) for known in dossier.provisions.values() for one in known.provided}
    found = {then.number: then for day in came if (then := procedure.version_at(day, first))}
    others = (found[number] for number in sorted(found, reverse=True) if number != version.number)
    return tuple(then.terms.papers for then in others)
