"""Rules of absence, delegation and signing. No official text lays them down for handovers; each says what it
was taken from."""

from __future__ import annotations

from domain.refusals import NOTHING_OFFICIAL, Rule


def _rule(id: str, says: str) -> Rule:
    return Rule(id=id, says=says, act=NOTHING_OFFICIAL, article="design of the handover, officers and desks")


ABSENCE_ORDER = _rule(
    "absence.order", "an absence begins after the one before has ended, and ends after it began"
)
ABSENCE_OPEN = _rule("absence.open", "there is no absence that lasts at that instant")
ABSENT = _rule("absence.not_assigned", "an officer who is absent is given no dossier; a delegate may take it")
DELEGATION_OWN = _rule(
    "delegation.own_posting",
    "only a posting of one's own that is open then is delegated; what was delegated is not passed on",
)
DELEGATION_OTHER = _rule("delegation.to_another", "a posting is delegated to another officer")
DELEGATION_PERIOD = _rule(
    "delegation.period", "a delegation begins now or later and ends after it began, at most a year later"
)
DELEGATION_ONE = _rule("delegation.one_at_a_time", "a posting is delegated to one officer at a time")
DELEGATION_OPEN = _rule("delegation.open", "there is no delegation with this id that lasts at that instant")
SIGNED_THEN = _rule(
    "sign.agency_then",
    "a decision is signed by an officer posted, when it was made, at the agency that held the dossier",
)
