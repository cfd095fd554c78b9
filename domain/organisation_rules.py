"""Rules about units, agencies and officers. None of them stands in one official text: each says what it was
taken from."""

from __future__ import annotations

from domain.refusals import NOTHING_OFFICIAL, Rule


def _rule(id: str, says: str, article: str) -> Rule:
    return Rule(id=id, says=says, act=NOTHING_OFFICIAL, article=article)


_FILES = "reference 2.6: a code alone does not identify a unit, (code, valid from) does"
_OURS = "the ledger's own order"

ONCE = _rule(
    "organisation.once", "what is established, founded or appointed already cannot be so again", _OURS
)
UNKNOWN = _rule(
    "organisation.unknown", "nothing of this kind was established, founded or appointed under this id", _OURS
)
NAMED = _rule("organisation.named", "code, identifier and name must not be empty", _OURS)
UNIT_LEVEL = _rule("unit.level", "a unit is a province, a district or a commune", _FILES)
UNIT_DATED = _rule(
    "unit.dated",
    "a unit needs the day from which it is valid, or a day on which it is known to have been",
    _FILES,
)
HALF_OPEN = _rule("organisation.half_open", "an end must come after the beginning", _OURS)
ENDED = _rule("organisation.ended", "it has ended before that day", _OURS)
AGENCY_KIND = _rule(
    "agency.kind",
    "an agency is a desk, a centre, a branch, a division, a police or a land office",
    "reference glossary (a)",
)
AGENCY_CHANGES = _rule(
    "agency.changes",
    "only name, address, hotline, hours and legal form can change; a new unit or kind is a new agency",
    _OURS,
)
AGENCY_OPEN = _rule("agency.open", "officers are posted to an agency that is open then", _OURS)
AGENCY_EMPTY = _rule(
    "agency.empty",
    "an agency that holds unfinished dossiers ends by a handover, or after they were forwarded",
    _OURS,
)
AGENCY_RECEIVES = _rule(
    "agency.receives",
    "an agency to which an act hands something, at an hour to come or since one in force, ends by a handover",
    _OURS,
)
UNIT_WITHOUT_AGENCIES = _rule(
    "unit.without_agencies",
    "a unit whose agencies are open ends by a handover, or after they were dissolved",
    _OURS,
)
POSTING_ROLES = _rule(
    "officer.roles",
    "a posting has one or more roles of: desk, handler, decider, operator, registrar, importer, auditor",
    _OURS,
)
POSTING_ONCE = _rule("officer.posting_once", "a posting's id names one posting", _OURS)
POSTING_OPEN = _rule(
    "officer.posting_open", "there is no posting with this id that is still open at that instant", _OURS
)
SUSPENSION_ORDER = _rule(
    "officer.suspension_order", "suspensions and reinstatements follow one another in time", _OURS
)
KEY_FORM = _rule("key.form", "a public key is the base64 of the 32 bytes of an Ed25519 key", _OURS)
KEY_ONCE = _rule("key.once", "a key is named once, and belongs to one agency", _OURS)
KEY_OPEN = _rule("key.open", "the agency has no key with this id that is not withdrawn", _OURS)
