"""Which papers a procedure still needs of somebody: what is held is not asked for, what a database has is
looked up, the rest is needed. The same judgement as when papers are asked for (`domain.asking`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from application.catalogue import version_on
from application.dossiers import Dossiers
from application.keeping import documents_of
from application.persons import records_of
from application.policy import Identity, allow
from application.then import KnownAt, documents_then, moment_then, pair_then
from domain.asking import Asking
from domain.components import Component, Components
from domain.document_store import KeptDocument
from domain.kept_documents import NO_DOCUMENTS
from domain.local_time import local_date
from domain.paper_terms import PaperTerm
from domain.procedure import ProcedureVersion

Json = dict[str, Any]


async def needed(
    office: Dossiers,
    identity: Identity | None,
    code: str,
    *,
    owner: UUID | None = None,
    channel: str | None = None,
    case: str | None = None,
    valid_at: datetime | None = None,
    known_at: KnownAt = None,
) -> Json:
    """The papers of a procedure as it is today, or as valid and known then, for one owner or (None) for
    whoever has nothing in store: each with how it stands and why; by which document a paper is held is told
    to the owner.
    `known` false: it is from a published list, which does not say which papers it asks for. Raises NotFound,
    NotAllowed, Refused (procedure.lists)."""
    moment = await office.reader.moment(fresh=True)
    documents, own = NO_DOCUMENTS, frozenset[UUID]()
    if owner is None:
        allow(identity, "read-procedures", moment)
    else:
        own = await records_of(office.ledger, identity, owner) if identity else own
        allow(identity, "read-needed", moment, parties=own)
        documents = await documents_of(office.ledger, owner)
    if valid_at is not None or known_at is not None:
        t, position = await pair_then(office.reader, valid_at, known_at)
        documents = await documents_then(office.ledger, owner, t, position)
        moment = await moment_then(office.reader, t, position)
    version = version_on(moment.organisation, code, moment.now)
    if channel is not None:
        version.judge_filing(channel, case, ())
    day = local_date(moment.now)
    asking = Asking(None, Components(), version.terms.papers, case, documents, day)
    return {
        "procedure": code,
        "version": version.number,
        "channel": channel,
        "case": case,
        "owner": owner,
        "as_of": moment.now,
        "known": bool(version.components) or not version.of_a_list,
        "papers": papers_shown(asking, version, documents=bool(identity and identity.uuid in own)),
    }


def papers_shown(asking: Asking, version: ProcedureVersion, *, documents: bool) -> list[Json]:
    """Each paper that belongs to the case, in the version's order. `standing`: `held`, `look_up`, `needed` or
    `no_longer`, and `why`. `documents`: whether it is said which they are."""
    said = {term.component for term in version.terms.papers.papers}
    return [
        _paper(asking, component, term, documents)
        for component in version.components
        if (term := asking.terms.of(component["id"], asking.case)) or component["id"] not in said
    ]


def _paper(asking: Asking, component: Json, term: PaperTerm | None, documents: bool) -> Json:
    standing, why = asking.standing(component["id"])
    term = term or PaperTerm(component["id"])
    return {
        "component": component["id"],
        "name": component["name"],
        "copies": component.get("copies"),
        "kind": term.kind,
        "whose": term.whose,
        "required": term.required,
        "standing": standing,
        "why": list(why),
        "held": _held(asking, component["id"], documents),
    }


def _held(asking: Asking, id: str, documents: bool) -> Json | None:
    held = asking.held(id)
    if held is None:
        return None
    return {"by": held.by, "fact": held.fact, "document": held.document if documents else None}


def components_shown(asking: Asking, *, files: bool) -> list[Json]:
    """What is recorded of each paper of a dossier: digitisation status 0 to 3, held by what, how often it was
    asked for, each time that it was provided. `files`: whether the reader may read the dossier's files, and
    so learns which files and documents they are."""
    return [_component(asking, known, files) for known in asking.components.values()]


def _withdrawn(kept: KeptDocument | None, documents: bool) -> Json | None:
    """On what ground, and when, the document of the store that stands for a paper was withdrawn."""
    if kept is None or kept.withdrawn is None:
        return None
    document = kept.document if documents else None
    return {"document": document, "ground": kept.withdrawn, "at": kept.withdrawn_at}


def _component(asking: Asking, known: Component, files: bool) -> Json:
    return {
        "component": known.id,
        "digitisation": known.digitisation,
        "held": _held(asking, known.id, files),
        "asked": known.asked,
        "provided": [
            {
                "way": one.way,
                "fact": one.version,
                "at": one.at,
                "file": one.file.file if one.file and files else None,
                "document": one.document if files else None,
                "source": one.source,
                "checked": one.checked,
                "withdrawn": _withdrawn(asking.kept(one), files),
            }
            for one in known.provided
        ],
        "lookups": [
            {"source": lookup.source, "outcome": lookup.outcome, "fact": lookup.version}
            for lookup in known.lookups
        ],
    }
