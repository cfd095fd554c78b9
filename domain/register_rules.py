"""The rules of what is kept beside a handover: its coordinators, reminders of silent receivers, obstacles,
and the inventory of paper originals.

No official text lays these down in such detail; the founding documents ask for an obstacle register with an
escalation path and for a two-sided act with an inventory (reference, sections 1.1 and 1.2).
"""

from __future__ import annotations

from domain.refusals import NOTHING_OFFICIAL, Rule


def _rule(id: str, says: str, article: str) -> Rule:
    return Rule(id=id, says=says, act=NOTHING_OFFICIAL, article=article)


_COORDINATION = "design of the handover, life, steps 5 and 6"
_OBSTACLES = "reference, section 1.1: obstacles are registered and escalated, with date"
_PAPERS = "reference, section 1.2: offered and accepted, with inventory"

# -- coordination

COORDINATOR_OPEN = _rule(
    "handover.coordinator_open",
    "a coordinator is named for a part that is drafted and neither cancelled nor closed",
    _COORDINATION,
)
COORDINATOR_STANDS = _rule(
    "handover.coordinator_stands",
    "only a naming that stands is ended: by its officer, and by the agency for which it is, or the part",
    _COORDINATION,
)
REMINDED_ONCE = _rule(
    "handover.reminded_once", "a receiver is reminded at most once a day (of Vietnam)", _COORDINATION
)
ESCALATED_ONCE = _rule(
    "handover.escalated_once", "a receiver is escalated at most once a day (of Vietnam)", _COORDINATION
)
NOTHING_WAITS = _rule(
    "handover.nothing_waits",
    "only a receiver that has dossiers to answer for is reminded or escalated",
    _COORDINATION,
)

# -- obstacles

OBSTACLE_ONCE = _rule("obstacle.once", "an obstacle is reported once", _OBSTACLES)
OBSTACLE_KNOWN = _rule("obstacle.known", "only an obstacle that was reported goes on", _OBSTACLES)
OBSTACLE_RESOLVED = _rule("obstacle.resolved", "a resolved obstacle goes no further", _OBSTACLES)

# -- paper originals

PAPERS_LISTED = _rule(
    "papers.originals",
    "an inventory lists at least one original, each component once, 1 to 1000 of it",
    _PAPERS,
)
PAPERS_FROM = _rule(
    "papers.from", "only a dossier that the part moves is listed, by the agency that hands it over", _PAPERS
)
PAPERS_SETTLED = _rule(
    "papers.settled", "an inventory that the receiver has checked is listed no more", _PAPERS
)
PAPERS_UNLISTED = _rule("papers.unlisted", "only what was listed is checked", _PAPERS)
PAPERS_HOLDER = _rule("papers.holder", "the agency that holds the dossier after the hour checks it", _PAPERS)
PAPERS_ADD_UP = _rule(
    "papers.add_up", "what is missing is what was listed less what was found, component by component", _PAPERS
)
PAPERS_MISSING = _rule(
    "papers.missing", "papers of which the checked inventory misses some are not confirmed", _PAPERS
)
