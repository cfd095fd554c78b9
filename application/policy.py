"""Who may do what: the one function that every route and every recording command asks.

The token says who; the ledger's postings say where. An officer acts only through a posting, at the ledger's
time, in the agency that holds the dossier, and a
posting that a handover moved counts where it is now. Nothing here reads a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.grants import GRANTS, OWNER, Grant
from application.moment import Moment
from application.refusals import NotAllowed
from domain.clear_text import IDENTITY_LEVELS
from domain.facts import Actor

LEVELS = IDENTITY_LEVELS
"""Of an applicant's account, as a token may say it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bearer token names. `kind` as in `domain.facts.Actor`; `id`: an officer's or citizen's id, or
    a program's name; `level`: of the account that the token stands for, None where it says nothing."""

    kind: str
    id: str
    level: str | None = None

    @property
    def uuid(self) -> UUID | None:
        try:
            return UUID(self.id)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Acting:
    """As whom an allowed command acts: goes into the fact's envelope."""

    actor: Actor
    posting_id: UUID | None = None
    agency: UUID | None = None


PUBLIC = frozenset({"track", "read-units", "read-agencies", "read-procedures", "read-docs", "read-health"})


def allow(
    identity: Identity | None,
    act: str,
    moment: Moment,
    *,
    holder: UUID | None = None,
    earlier: frozenset[UUID] = frozenset(),
    parties: frozenset[UUID] = frozenset(),
    agency: UUID | None = None,
) -> Acting:
    """As whom `identity` may do `act` now, or NotAllowed with the reason.

    `holder`: the agency that holds the dossier; `earlier`: those that held it before, for acts that are
    theirs too; `parties`: its owner and submitter (or the citizen spoken of); `agency`: where an officer must
    be posted when no dossier says it (a desk that submits, imports or acknowledges).
    """
    if act in PUBLIC:
        return Acting(Actor(identity.kind, identity.id) if identity else Actor("system", "public"))
    if identity is None:
        raise NotAllowed(
            "no_identity", "this needs a signed bearer token: ask for one with `hoso tokens issue`"
        )
    grant = GRANTS[act]
    if identity.kind == "officer":
        if grant.closing and agency and identity.uuid and closes(moment, identity.uuid, agency):
            return Acting(Actor("officer", identity.id), None, agency)
        if grant.closing and not grant.roles:
            raise NotAllowed(
                "not_closing", f"to {act} the act must name the officer, and the part not be closed yet"
            )
        if grant.holder:
            where = earlier | {holder} if holder else earlier
            return _allow_officer(identity, act, grant, moment, where)
        return _allow_officer(identity, act, grant, moment, frozenset({agency}) if agency else None)
    if identity.kind == "applicant" and grant.citizen:
        if identity.uuid in parties:
            return Acting(Actor(identity.kind, identity.id))
        who = "owner, or who has a mandate of theirs in force," if grant.citizen == OWNER else "own applicant"
        raise NotAllowed("not_a_party", f"only the dossier's {who} may {act}")
    if identity.kind in grant.others:
        return Acting(Actor(identity.kind, identity.id))
    raise NotAllowed("kind_not_allowed", f"a token of kind {identity.kind!r} may not {act}")


def closes(moment: Moment, officer: UUID, agency: UUID) -> UUID | None:
    """The part whose act names this officer to close the dissolved agency's books: from its hour until the
    part is closed, by its version in force alone (an amendment names another, or ends the agency no longer).
    None: no such power. It comes with the act, through no posting; suspension stays it."""
    organisation = moment.organisation
    known = organisation.officers.get(officer)
    if known is None or known.suspended_at(moment.now):
        return None
    for step in organisation.known_acts.at(moment.now).parts.values():
        if not step.rules.ends(agency):
            continue
        part = organisation.parts[step.part_id]
        closings = () if part.closed else part.draft_of(step.part_version).closings
        if any(c.agency == agency and c.closed_by == officer for c in closings):
            return part.id
    return None


def agency_then(acting: Acting, moment: Moment, occurred_at: datetime) -> UUID | None:
    """For which agency the actor acted at `occurred_at`: where the posting was then. A posting made since
    reports for the agency where it is now."""
    officer = moment.organisation.officers.get(UUID(acting.actor.id)) if acting.posting_id else None
    steps = moment.organisation.steps
    if officer is None or not any(occurred_at < step.hour <= moment.now for step in steps):
        return acting.agency
    for posting, agency in moment.organisation.acting(officer.id, occurred_at):
        if posting.posting_id == acting.posting_id:
            return agency
    return acting.agency


def _allow_officer(
    identity: Identity, act: str, grant: Grant, moment: Moment, where: frozenset[UUID] | None
) -> Acting:
    officer = identity.uuid
    posted = moment.organisation.acting(officer, moment.now) if officer else []
    if not posted:
        raise NotAllowed(
            "not_posted", f"officer {identity.id} has no posting in force: nothing can be done through it"
        )
    fitting = [(p, a) for p, a in posted if grant.roles.intersection(p.roles)]
    if not fitting:
        needed = " or ".join(sorted(grant.roles)) or "no officer's role"
        raise NotAllowed("role_missing", f"to {act} a posting with the role {needed} is needed")
    for posting, agency in fitting:
        if where is None or agency in where or grant.anywhere.intersection(posting.roles):
            return Acting(Actor("officer", identity.id), posting.posting_id, agency)
    if not where:
        raise NotAllowed("not_the_holder", f"to {act} name the dossier in hand: ?dossier=CODE")
    known = {agency: moment.organisation.agencies.get(agency) for agency in where}
    named = " or ".join(sorted(one.identifier if one else str(agency) for agency, one in known.items()))
    why = "it holds the dossier" if grant.holder else "that is where it is done"
    raise NotAllowed("not_the_holder", f"to {act} a posting at the agency {named} is needed: {why}")
