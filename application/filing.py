"""Filing a dossier: who may, where, and who typed it in; at the counter accepted at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from application.acted import Acted
from application.beginning import Beginning, begin, code_origin, matter_of, named, received, receiving_agency
from application.dossiers import Answer, Dossiers, perform
from application.ids import new_id
from application.ledger import Command
from application.moment import Moment
from application.persons import judge_mandate
from application.policy import Acting, Identity, allow
from domain.dossier import Dossier
from domain.dossier_filing import judge_foreign_code, judge_level
from domain.kept_documents import NO_DOCUMENTS, KeptDocuments
from domain.local_time import local_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Beginning):
    """What an applicant files. `code`: only where it was issued elsewhere; `helping_agency`: where the
    applicant was helped; `keyed_by`: who typed it in, where that is not plain from who files and the channel;
    `paper_reason`: why papers were filed; `identity_level`: by which level of account, as a portal or a desk
    says it; `mandate`: under which the submitter files for the owner."""

    submitter: UUID
    code: str | None = None
    helping_agency: UUID | None = None
    keyed_by: str | None = None
    paper_reason: str | None = None
    identity_level: str | None = None
    mandate: UUID | None = None
    accept: bool = False


async def submit(
    office: Dossiers, identity: Identity, submission: Submission, command: Command | None = None
) -> Answer:
    """Record a new dossier; with `accept` (filing at the counter) receipt and acceptance are one act
    (Decree 61/2018 Art 17.1)."""

    def filed(moment: Moment, code: str, documents: KeptDocuments) -> Dossier:
        return filed_dossier(identity, submission, moment, code, documents)

    async def mandated(moment: Moment) -> Sequence[UUID]:
        if submission.mandate is None:
            return ()
        owner, submitter = submission.owner, submission.submitter
        today = local_date(moment.now)
        return await judge_mandate(
            office.ledger, submission.mandate, owner, submitter, submission.procedure, today
        )

    return await begin(office, submission, filed, command, given_code=submission.code, read_first=mandated)


def filed_dossier(
    identity: Identity,
    filed: Submission,
    moment: Moment,
    code: str,
    documents: KeptDocuments = NO_DOCUMENTS,
) -> Dossier:
    """A new dossier with this code, filed (and accepted, where that was asked) as judged at the moment; not
    recorded yet. That owner and submitter exist, and that a mandate lets the one file for the other, is for
    the caller to check. Filed under a version that should have been posted and is not, it is filed all the
    same, and the fact names the rule."""
    receiving = receiving_agency(filed, moment)
    helping = named(filed.helping_agency, moment)
    acting = _may_file(identity, filed, moment, receiving, helping)
    origin = "elsewhere" if filed.code else code_origin(receiving, moment)
    dossier = Dossier.empty(new_id(moment.now))
    dossier.submit(
        received(acting, filed, moment, receiving),
        **matter_of(filed, moment, receiving, code, origin),
        submitter=filed.submitter,
        helping_agency=helping,
        keyed_by=_keyed_by(identity, filed),
        paper_reason=filed.paper_reason,
        identity_level=_level(identity, filed),
        mandate=filed.mandate,
    )
    if filed.accept:
        accepting = allow(identity, "accept", moment, holder=receiving)
        perform(Acted(dossier, moment, accepting, receiving, moment.now, documents), "accept", {})
    return dossier


def _may_file(
    identity: Identity, filed: Submission, moment: Moment, receiving: UUID, helping: UUID | None
) -> Acting:
    """As whom this is filed. Where the applicant was helped, an officer of that place may file for them with
    the agency that receives, and no more. A code from elsewhere and a linked group are no applicant's to
    name, and no code that this ledger could issue is anybody's."""
    parties = frozenset({filed.owner, filed.submitter})
    helps = helping is not None and not _posted(identity, moment, receiving)
    acting = allow(identity, "submit", moment, agency=helping if helps else receiving, parties=parties)
    if filed.linked_group is not None:
        allow(identity, "name-linked-group", moment, agency=receiving)
    if filed.code is not None:
        allow(identity, "name-code", moment, agency=receiving)
        known = moment.organisation.agency_with_identifier
        judge_foreign_code(filed.code, lambda identifier: known(identifier) is not None)
    return acting


def _level(identity: Identity, filed: Submission) -> str | None:
    """Of an applicant's own account by their token; else as the portal or the desk says."""
    if identity.kind != "applicant":
        return filed.identity_level
    judge_level(filed.identity_level, identity.level)
    return identity.level


def _posted(identity: Identity, moment: Moment, agency: UUID) -> bool:
    officer = identity.uuid if identity.kind == "officer" else None
    posted = moment.organisation.acting(officer, moment.now) if officer else []
    return any(where == agency for _, where in posted)


def _keyed_by(identity: Identity, filed: Submission) -> str | None:
    """What was said; else what the channel and whoever files make plain. A program files for somebody of whom
    it must say who typed."""
    if filed.keyed_by is not None:
        return filed.keyed_by
    if filed.channel == "kiosk":
        return "kiosk"
    return identity.kind if identity.kind in ("officer", "applicant") else None
