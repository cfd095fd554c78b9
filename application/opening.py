"""Opening a dossier without a submission: a proactive service, which the agency begins by itself for somebody
(Decree 224/2026 Arts 14-16). It is accepted in the same append, and its clock runs as of that."""

from __future__ import annotations

from dataclasses import dataclass

from application.acted import Acted
from application.beginning import Beginning, begin, code_origin, matter_of, received, receiving_agency
from application.dossiers import Answer, Dossiers, perform
from application.ids import new_id
from application.ledger import Command
from application.moment import Moment
from application.policy import Identity, allow
from domain.dossier import Dossier
from domain.kept_documents import KeptDocuments


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening(Beginning):
    """What an agency opens by itself, for `owner`. `channel`: the one whose limit and fees count;
    `service_level`: 1 to 4; `trigger`: what let the agency open it."""

    service_level: int
    trigger: str


async def open_dossier(
    office: Dossiers, identity: Identity, opening: Opening, command: Command | None = None
) -> Answer:
    """Record a new dossier, opened and accepted, by an officer posted at the agency that receives it. Which
    procedures are proactive is not known of any, so it is not judged: the level is recorded as given."""

    def opened(moment: Moment, code: str, documents: KeptDocuments) -> Dossier:
        return opened_dossier(identity, opening, moment, code)

    return await begin(office, opening, opened, command)


def opened_dossier(identity: Identity, opening: Opening, moment: Moment, code: str) -> Dossier:
    """A new dossier with this code as judged at the moment; not recorded yet. That its owner exists is for
    the caller to check."""
    receiving = receiving_agency(opening, moment)
    acting = allow(identity, "open", moment, agency=receiving)
    dossier = Dossier.empty(new_id(moment.now))
    dossier.open(
        received(acting, opening, moment, receiving),
        **matter_of(opening, moment, receiving, code, code_origin(receiving, moment)),
        service_level=opening.service_level,
        trigger=opening.trigger,
    )
    perform(Acted(dossier, moment, acting, receiving, moment.now), "accept", {})
    return dossier
