"""The limit by which a dossier's clock starts: as its procedure's version states it, and where that is in
doubt as a person has decided, known now or as recorded up to a position."""

from __future__ import annotations

from application.organisation import Organisation
from domain.dossier import Dossier
from domain.doubt_rules import LIMIT_DECIDED
from domain.procedure import ProcedureVersion
from domain.procedure_doubts import limit_decided, stated
from domain.refusals import Refused
from domain.term_values import Limit


def limit_of(
    dossier: Dossier, organisation: Organisation, version: ProcedureVersion, position: int | None = None
) -> Limit | None:
    """For the dossier's channel and case; None where the version states none, or where it was decided that
    there is none. Raises Refused (accept.limit_decided)."""
    code, channel = dossier.procedure_code or "", dossier.channel or ""
    return limit_for(organisation, code, version, channel, dossier.case, position)


def limit_accepted(
    dossier: Dossier, organisation: Organisation, version: ProcedureVersion | None
) -> Limit | None:
    """The limit that an accepted dossier has, whatever was decided since, also where its clock begins later;
    None too for what an earlier release accepted while the limit was in doubt: that begins no clock."""
    if version is None:
        return None
    try:
        return limit_of(dossier, organisation, version, dossier.limits_known)
    except Refused as refusal:
        if refusal.rule is not LIMIT_DECIDED:
            raise
        return None


def limit_for(
    organisation: Organisation,
    code: str,
    version: ProcedureVersion,
    channel: str,
    case: str | None,
    position: int | None = None,
) -> Limit | None:
    """The same for any channel and case of a procedure."""
    said = stated(version, channel, case)
    procedure = organisation.procedure_by_code(code)
    decided = organisation.decided_limits.of(procedure.id, version.number, said.channel, said.case, position)
    limit = limit_decided(code, version, said, decided)
    return None if limit is None else Limit(*limit)
