"""The rules of published limits that are in doubt, and of programmes."""

from __future__ import annotations

from domain.refusals import LEDGER, Rule

LIMIT_DECIDED = Rule(
    "accept.limit_decided",
    "The published limit is in doubt: no clock starts by it until a person has decided what it is.",
    "Decree 63/2010/NĐ-CP",
    "Art 8.2",
)
DECIDE_DOUBTFUL = Rule(
    "procedure.decide.doubtful",
    "Only a limit in doubt is decided, of a line of the version, or of a channel that its list leaves out (a "
    "kiosk's is that of online); another limit is another version.",
    LEDGER,
    "a published version never changes",
)
DECIDE_SAYS = Rule(
    "procedure.decide.basis",
    "Who decides a limit says by which provision or decision.",
    LEDGER,
    "a limit is laid down, not chosen",
)
DECIDE_NEWS = Rule(
    "procedure.decide.news",
    "Exactly this was decided of the limit already.",
    LEDGER,
    "a fact says something",
)
TAG_DAYS = Rule(
    "procedure.tag.days",
    "A procedure belongs to a programme from a day until the same day or a later one.",
    LEDGER,
    "validity is half-open",
)
