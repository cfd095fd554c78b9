"""What every act on a dossier is prepared from and into: see `application.acts`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from application.moment import Moment
from application.paper_asking import asking_of
from application.policy import Acting
from domain.asking import Asking
from domain.dossier import Dossier
from domain.facts import Personal
from domain.holding import DossierHistory
from domain.kept_documents import NO_DOCUMENTS, KeptDocuments
from domain.procedure import ProcedureVersion

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Acted:
    """What an act is prepared from: the dossier, what was known, who acts, who holds, when it was done, and
    the documents of its owner where the act asks for them. `party`: the owner or submitter as whom an
    applicant acts whose token has another id of theirs; `history`: who held it before; None where it just
    begins."""

    dossier: Dossier
    moment: Moment
    acting: Acting
    holder: UUID
    occurred_at: datetime
    documents: KeptDocuments = NO_DOCUMENTS
    party: UUID | None = None
    history: DossierHistory | None = None

    def asking(self, version: ProcedureVersion | None = None) -> Asking:
        """The dossier's papers as this act sees them today, whenever it was done: by a version, absent: by
        the one that the dossier pins, before acceptance the one in force."""
        return asking_of(self.dossier, self.moment.organisation, self.moment.now, self.documents, version)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Fields for the aggregate's method, and the agency that holds the dossier once the fact is recorded."""

    fields: Fields
    holder: UUID


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the API. `from_outside`: reported facts (payment, supplement, withdrawal), which need no
    If-Match."""

    prepare: Callable[[Acted, Fields], Prepared]
    from_outside: bool = False


def sealed(acted: Acted, fields: Fields, *names: str) -> Fields:
    """Free text may name somebody: it is sealed with the key of the dossier's owner."""
    subject = acted.dossier.owner or acted.dossier.id
    return fields | {
        name: None if fields.get(name) is None else Personal(subject, fields[name]) for name in names
    }
